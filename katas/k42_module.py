"""Part 5 · Under the hood
k42 · A module, from within

What is torch.nn really? Its heart is `nn.Module`, and that is less than it seems. A model
is a tree: it has parameters, and other modules, which have theirs. Since k14 you have
assigned them, `self.lin = nn.Linear(784, 10)`, and `named_parameters()` finds them. How? An
object keeps its attributes in a dict, `vars(self)`. Some of them are Parameters, some are
modules. Nothing more is needed.

    model                         vars(model)
    ├── weight    Parameter       {"training": True, "weight": …, "inner": …}
    └── inner     Module          vars(model.inner)
        └── bias  Parameter       {"training": True, "bias": …}

    named_parameters(): weight, inner.bias

First come a module's own parameters, in the order of assignment, and then those of each
module in it, with its name and a dot before theirs. A parameter that is in two places is
listed once, under its first name: otherwise an optimiser would step twice with it. What is
in a list or a dict is not seen (k15). The other methods go through the same tree:
`train` and `eval` set `.training` everywhere, `zero_grad` clears every gradient.

An attribute that is replaced, set to None or deleted has left the tree: if you look into
`vars(self)` each time, you need do nothing for that. Torch's `__setattr__` sorts parameters and
modules into dicts of their own, `_parameters` and `_modules`. So it needs `__getattr__` and
`__delattr__` as well, to find them again. You may do that, too. (Then beware: `copy` asks a
new object for attributes before its dicts are there.)

Mastery: a model can be copied and pickled, and someone who forgets `super().__init__()` is
told: assigning a parameter or a module before it raises AttributeError. A plain value may
be assigned before.

Read: https://docs.pytorch.org/docs/stable/notes/modules.html
      https://docs.python.org/3/reference/datamodel.html#object.__setattr__
Source: https://github.com/pytorch/pytorch/blob/main/torch/nn/modules/module.py
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn


class Module:
    """A base class for models, without nn.Module; the parameters are nn.Parameter.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.slope = nn.Parameter(torch.tensor(2.0))
    ...     def forward(self, x):
    ...         return self.slope * x
    >>> model = Module()
    >>> model.first, model.second = Line(), Line()
    >>> [name for name, parameter in model.named_parameters()]
    ['first.slope', 'second.slope']
    >>> model.first(3).item()
    6.0
    """

    training: bool
    forward: Callable[..., Any]  # a subclass defines it

    def __init__(self) -> None:
        raise NotImplementedError  # TODO: what every module has from the beginning

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse a part of the tree before `super().__init__()`; else assign as usual."""
        super().__setattr__(name, value)  # TODO for mastery, or for dicts like torch's

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Pass everything on to `forward`, and return what it returns."""
        raise NotImplementedError  # TODO

    def named_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """Give each parameter once, with its first name."""
        raise NotImplementedError  # TODO: first its own, then those of each module in it

    def parameters(self) -> Iterator[nn.Parameter]:
        """Give each parameter once, in the same order."""
        raise NotImplementedError  # TODO

    def modules(self) -> Iterator["Module"]:
        """Give the module itself and all inside, each once."""
        raise NotImplementedError  # TODO: the tree

    def train(self, mode: bool = True) -> "Module":
        """Set `.training` on all modules; return this one."""
        raise NotImplementedError  # TODO

    def eval(self) -> "Module":
        """Set `.training` to False on all modules; return this one."""
        raise NotImplementedError  # TODO

    def zero_grad(self) -> None:
        """Set the gradient of each parameter to None or to zero."""
        raise NotImplementedError  # TODO
