"""Part 4 · Convolutions
k26 · A layer from a function

The CNN of k24 begins with a reshape and goes on with layers, one behind the other.
`nn.Sequential` puts modules in a row, and a reshape is no module. A small one that
holds any function and applies it makes it one:

    Lambda(func)(x) = func(x)

The function for which it is needed first gives flat images their shape back, as a
*view*: the same numbers in the same memory, seen as a picture. `view` divides the last
axis, which needs no copy even of every other row of a larger batch, `x[::2]`.

Read: https://docs.pytorch.org/docs/stable/tensor_view.html
Tutorial: "Using nn.Sequential"
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
