"""Part 3 · The same with torch.nn
k18 · A data set

The loop slices twice for each batch, once x and once y, and has to keep the two aligned.
A *data set* is one object that holds both: it has a length, `len(ds)`, and `ds[i]` is its
row i, an image with its label. A `TensorDataset` also takes a slice, and returns the rows
of both.

    train_ds = TensorDataset(x, y)
    xb, yb = train_ds[0:64]          len(train_ds) = n

Now the loop is given one thing, the data set. Its batches are slices, in order. Some
optimisers remember earlier steps (Adam does, and SGD with momentum, k25), so use the
same `opt` for all batches and all epochs.

Read: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.TensorDataset
Tutorial: "Refactor using Dataset"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#refactor-using-dataset
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
    raise NotImplementedError  # TODO: use `train_ds` in two places below; delete this line
    for _ in range(epochs):
        for start in range(0, len(x), bs):
            xb, yb = x[start : start + bs], y[start : start + bs]
            loss = loss_func(model(xb), yb)
            loss.backward()
            opt.step()
            opt.zero_grad()
