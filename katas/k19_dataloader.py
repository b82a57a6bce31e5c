"""Part 3 · The same with torch.nn
k19 · A data loader

The loop still counts: where a batch begins, where it ends. A `DataLoader` does that, for
any data set. Going through it once is an epoch:

    train_dl = DataLoader(train_ds, batch_size=bs)
    for xb, yb in train_dl: …

It yields the rows in order unless told otherwise, and the last batch may be shorter. The
loop uses nothing but its batches, so anything that can be iterated over once per epoch
will do, even a list of batches. While a loader waits at a `yield`, the loop runs. So a
loader must not yield inside `torch.no_grad()`: the loop would have no gradients either.

Read: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
Tutorial: "Refactor using DataLoader"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#refactor-using-dataloader
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn, optim
from torch.utils.data import DataLoader, Dataset, TensorDataset


def make_loader(train_ds: Dataset, bs: int) -> DataLoader:
    """Return a loader of batches of bs rows, in order; the last one may be shorter.

    >>> train_ds = TensorDataset(torch.zeros(5, 784), torch.arange(5))
    >>> [yb.tolist() for xb, yb in make_loader(train_ds, 2)]
    [[0, 1], [2, 3], [4]]
    """
    raise NotImplementedError  # TODO: a loader for the data set


def fit(
    model: nn.Module,
    opt: optim.Optimizer,
    loss_func: Callable[[Tensor, Tensor], Tensor],
    train_dl: Iterable[tuple[Tensor, Tensor]],
    epochs: int = 2,
) -> None:
    """Train a module in place: one step of `opt` for each batch; each epoch is a new pass.

    >>> model = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.constant_(model.weight, 2.0)
    >>> opt = optim.SGD(model.parameters(), lr=0.25)
    >>> train_dl = [(torch.ones(4, 1), torch.zeros(4, 1)), (torch.ones(3, 1), torch.zeros(3, 1))]
    >>> fit(model, opt, nn.functional.mse_loss, train_dl)
    >>> model.weight.item()
    0.125
    """
    raise NotImplementedError  # TODO: two lines below become one, over `train_dl`; delete this line
    for _ in range(epochs):
        for start in range(0, len(train_ds), bs):
            xb, yb = train_ds[start : start + bs]
            loss = loss_func(model(xb), yb)
            loss.backward()
            opt.step()
            opt.zero_grad()
