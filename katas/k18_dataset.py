"""Part 3 · The same with torch.nn
k18 · A data set

The loop slices x and y separately, twice for each batch, and has to keep the two
aligned. A `TensorDataset` holds them together: one index, or one slice, gives the rows
of both.

    train_ds = TensorDataset(x, y)
    xb, yb = train_ds[0:64]          len(train_ds) = n

What the loop gets now is one thing, the data set. Its batches are slices of it, in
order; an optimiser that remembers earlier steps (momentum, Adam) goes on from batch to
batch.

Read: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.TensorDataset
Tutorial: "Refactor using Dataset"
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn, optim
from torch.utils.data import TensorDataset


def make_dataset(x: Tensor, y: Tensor) -> TensorDataset:
    """Return the data set of the rows of x (n, …) and y (n, …).

    >>> make_dataset(torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([7, 8, 9]))[1:]
    (tensor([[2.],
            [3.]]), tensor([8, 9]))
    """
    raise NotImplementedError  # TODO: hold the two together


def fit(
    model: nn.Module,
    opt: optim.Optimizer,
    loss_func: Callable[[Tensor, Tensor], Tensor],
    train_ds: TensorDataset,
    epochs: int = 2,
    bs: int = 64,
) -> None:
    """Train a module in place: one step of `opt` for each slice of `train_ds`, in order.

    >>> model = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.constant_(model.weight, 2.0)
    >>> opt = optim.SGD(model.parameters(), lr=0.25)
    >>> train_ds = TensorDataset(torch.ones(4, 1), torch.zeros(4, 1))
    >>> fit(model, opt, nn.functional.mse_loss, train_ds)
    >>> model.weight.item()
    0.5
    """
    raise NotImplementedError  # TODO: the loop of k17, with slices of the data set
