"""Part 4 · Convolutions
k28 · A loader that prepares its batches

The network of k27 begins with something that is not really a layer: a reshape, which
ties the network to 28 × 28. Preparing data is the loader's job. Wrap one loader in
another, which applies a function to every batch on its way:

    for batch in dl:  yield func(*batch)

A batch is fetched and prepared when it is asked for, and not before. Python calls
`__iter__` when a `for` loop begins, and each call begins a new pass. It calls `__len__`
for `len(dl)`.

In the network, `nn.AvgPool2d(4)` fits the 4 × 4 values that are left of 28 × 28.
`nn.AdaptiveAvgPool2d(1)` averages over all that are left, so that any size will do.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
      https://docs.python.org/3/reference/datamodel.html#object.__iter__
Tutorial: "Wrapping DataLoader"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#wrapping-dataloader
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn


class Lambda(nn.Module):
    """A module that applies a function (k26): for the last reshape, if you like."""

    def __init__(self, func: Callable[[Any], Any]) -> None:
        super().__init__()
        self.func = func

    def forward(self, x: Any) -> Any:
        """Return `func(x)`."""
        return self.func(x)


class WrappedDataLoader:
    """A loader of what `func(*batch)` makes of the batches of `dl`.

    >>> dl = WrappedDataLoader([(1, 2), (3, 4)], lambda x, y: (x * 10, y))
    >>> len(dl), list(dl), list(dl)
    (2, [(10, 2), (30, 4)], [(10, 2), (30, 4)])
    """

    def __init__(self, dl: Any, func: Callable[..., Any]) -> None:
        raise NotImplementedError  # TODO: keep both

    def __len__(self) -> int:
        """Return the number of batches."""
        raise NotImplementedError  # TODO: as many as in `dl`

    def __iter__(self) -> Iterator[Any]:
        """Begin a new pass."""
        raise NotImplementedError  # TODO: batch after batch


def preprocess(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """View flat images (N, 784) as (N, 1, 28, 28), sharing their memory; leave the labels.

    >>> x, y = preprocess(torch.zeros(2, 784), torch.tensor([7, 1]))
    >>> x.shape, y
    (torch.Size([2, 1, 28, 28]), tensor([7, 1]))
    """
    raise NotImplementedError  # TODO: the images, and the labels


def get_model() -> nn.Sequential:
    """Return a new CNN as in k27, which takes images (N, 1, H, W) of any size to (N, 10).

    >>> get_model()(torch.zeros(5, 1, 20, 31)).shape
    torch.Size([5, 10])
    """
    raise NotImplementedError  # TODO: k27's layers, without the first, and another pool
