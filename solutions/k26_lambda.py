"""Part 4 · Convolutions
k26 · A layer from a function

The CNN of k24 begins with a reshape and goes on with layers, one after another.
`nn.Sequential` runs modules one after another, but a plain function is not a module. A
small module that keeps any function and applies it closes the gap:

    Lambda(func)(x) = func(x)

The first function that needs it gives flat images their shape back, as a *view*: the
same numbers in the same memory, seen in another shape. `view` refuses if it would have to
copy; `reshape` then copies. To split the last axis, `view` never needs a copy, not
even for every other row of a larger batch, `x[::2]`.

Read: https://docs.pytorch.org/docs/stable/tensor_view.html
Tutorial: "Using nn.Sequential"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#using-nn-sequential
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


class Lambda(nn.Module):
    """A module that applies a function.

    >>> Lambda(torch.square)(torch.tensor([1.0, -3.0]))
    tensor([1., 9.])
    """

    def __init__(self, func: Callable[[Any], Any]) -> None:
        super().__init__()
        self.func = func

    def forward(self, x: Any) -> Any:
        """Return `func(x)`."""
        return self.func(x)


def preprocess(x: Tensor) -> Tensor:
    """View flat images (N, 784) as (N, 1, 28, 28), sharing their memory.

    >>> preprocess(torch.zeros(2, 784)).shape
    torch.Size([2, 1, 28, 28])
    """
    return x.view(-1, 1, 28, 28)
