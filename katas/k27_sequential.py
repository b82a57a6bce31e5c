"""Part 4 · Convolutions
k27 · The same network as a Sequential

A network that passes each layer's result to the next needs no class of its own:
`nn.Sequential` is the list of its layers. Write the CNN of k24 as one. What was a
function there becomes a module here: `nn.ReLU`, `nn.AvgPool2d` and, for the reshapes,
the `Lambda` of k26. (For the last of them torch has a module of its own, `nn.Flatten`.)

    images → conv, ReLU → conv, ReLU → conv, ReLU → average pool 4 → (N, 10)

The first layer takes flat images (N, 784) as well as (N, 1, 28, 28).

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
Tutorial: "Using nn.Sequential"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#using-nn-sequential
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


class Lambda(nn.Module):
    """A module that applies a function (k26)."""

    def __init__(self, func: Callable[[Any], Any]) -> None:
        super().__init__()
        self.func = func

    def forward(self, x: Any) -> Any:
        """Return `func(x)`."""
        return self.func(x)


def preprocess(x: Tensor) -> Tensor:
    """View flat images (N, 784) as (N, 1, 28, 28)."""
    return x.view(-1, 1, 28, 28)


def get_model() -> nn.Sequential:
    """Return a new CNN: 1 → 16 → 16 → 10 channels, kernel 3, stride 2, padding 1.

    >>> get_model()(torch.zeros(5, 784)).shape
    torch.Size([5, 10])
    """
    raise NotImplementedError  # TODO: all the layers, one after another
