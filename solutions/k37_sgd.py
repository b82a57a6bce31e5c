"""Part 5 · Under the hood
k37 · An optimiser, from within

k11 and k25 took steps with functions, and the caller kept everything. Since k17 an object
has done it: `opt.step()`, `opt.zero_grad()`. An optimiser is no more than that: a list of
parameters, a rule, and a memory for each parameter. Here is the simplest rule, stochastic
gradient descent, with three options:

    g ← p.grad + weight_decay · p
    v ← momentum · v + g               the first time: v = g
    p ← p − lr · v                     with nesterov: p ← p − lr · (g + momentum · v)

*Weight decay* pulls each weight a little towards zero in each step, so that it stays only
as large as the data ask for. *Nesterov's* momentum looks ahead: with the new v in it,
g + momentum · v is the velocity that the next step would have if g came once more. Without
momentum there is no velocity: p ← p − lr · g.

Settings live in `param_groups`, a list of dicts. Usually it has one:

    [{"params": [p, …], "lr": 0.1, "momentum": 0.9, "weight_decay": 0.0, "nesterov": False}]

Whoever changes the rate while a network trains writes `group["lr"] = …` there (k39 does);
so read it anew in each step. With several groups, the parts of a network learn at rates of
their own, as when a trained network is tuned to new data:

    SGD([{"params": body.parameters(), "lr": 0.001}, {"params": head.parameters()}], lr=0.1)

What belongs to a parameter (its velocity) is kept under the parameter itself, in a dict: a
tensor can be a key, and is found by what it is, not by its numbers. (Its place among the
gradients is not a key: the places shift when a gradient is None. Nor is its shape, since
another may have the same.)

Torch's own also takes dampening and `maximize`, steps all parameters at once (foreach), and
saves its state.

Read: https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
      https://docs.pytorch.org/docs/stable/optim.html#per-parameter-options
Source: https://github.com/pytorch/pytorch/blob/main/torch/optim/sgd.py
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor


def _group(options: dict[str, Any]) -> dict[str, Any]:
    """Return a group of these options, with its parameters in a list; refuse wrong ones."""
    params = options["params"]
    params = [params] if isinstance(params, Tensor) else list(params)
    if not params:
        raise ValueError("there are no parameters")
    for name in ("lr", "momentum", "weight_decay"):
        if options[name] < 0:
            raise ValueError(f"{name} is negative: {options[name]}")
    if options["nesterov"] and not options["momentum"]:
        raise ValueError("nesterov needs a momentum")
    return {**options, "params": params}


class SGD:
    """Stochastic gradient descent on `params`, which may be any iterable, a generator too.

    Parameters change in place. One whose `.grad` is None stays as it is, and so does its
    velocity. Not with anything of torch.optim, and not with its `Optimizer` as a base class.
    Mastery: `params` may be a list of dicts, as above. In each, "params" is an iterable or
    one parameter, and other entries win over the arguments; the caller's dicts stay as they
    are. ValueError if a group has a negative lr, momentum or weight_decay, nesterov without
    momentum, or no parameters; also if there are none at all, or a parameter comes twice.

    >>> p = torch.tensor([1.0], requires_grad=True)
    >>> opt = SGD([p], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     opt.zero_grad()
    ...     (2 * p).sum().backward()
    ...     opt.step()
    >>> p  # 1 − 0.1 · 2 − 0.1 · (0.9 · 2 + 2)
    tensor([0.4200], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        given = list(params)
        if not (given and isinstance(given[0], dict)):
            given = [{"params": given}]
        defaults = {
            "lr": lr, "momentum": momentum, "weight_decay": weight_decay, "nesterov": nesterov
        }  # fmt: skip
        self.param_groups = [_group(defaults | options) for options in given]
        self._velocities: dict[Tensor, Tensor] = {}
        everything = [p for group in self.param_groups for p in group["params"]]
        if len(set(everything)) < len(everything):
            raise ValueError("a parameter comes twice")

    @torch.no_grad()
    def step(self) -> None:
        """Take one step with every parameter that has a gradient."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p -= group["lr"] * self._direction(p, group)

    def _direction(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        g = p.grad + group["weight_decay"] * p
        momentum = group["momentum"]
        if not momentum:
            return g
        v = self._velocities[p] = momentum * self._velocities.get(p, 0.0) + g
        return g + momentum * v if group["nesterov"] else v

    def zero_grad(self) -> None:
        """Make every gradient None (or zero)."""
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None
