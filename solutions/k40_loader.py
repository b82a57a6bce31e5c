"""Part 5 · Under the hood
k40 · A data loader, from within

Since k19 a `DataLoader` has made the batches. A pass over it has three steps:

    order      0 … n − 1; with `shuffle` these in a random order, drawn for each pass
    fetch      [dataset[i] for the next batch_size numbers i of the order]
    collate    the list of samples (x, y) becomes one batch (xb, yb)

A data set has a length and gives one sample for one int. More is not needed: only a few
take a slice, `ds[0:64]`, as in k18. Others open a file for each i, and there may be
millions. So a batch is fetched when it is asked for, and no earlier: `yield` waits.

`collate` goes by the type of the samples:

    tensors                    stacked, along a new first axis
    numpy's arrays, numbers    tensors, in their dtype, and then stacked
    bool, int, float           a tensor: bool, int64, float64
    str                        stay a list
    tuples, lists              a list of the collated parts: first parts, second parts, …
    dicts                      a dict of the collated values, key by key

The parts may have parts again: let `collate` call itself. (A bool is an int to Python, and
numpy's float64 a float: the order in which you ask matters.)

The random order comes from torch's generator, so that `torch.manual_seed` makes a training
repeatable. Two loops over one loader may run at the same time, so a pass keeps its order
and its position to itself.

`len` is the number of batches: n / batch_size, rounded up. With `drop_last` a last batch
that is too short is left out, so round down then. Torch's loader does all this too,
and has *workers*: processes that fetch the next batches while the model trains.

Read: https://docs.pytorch.org/docs/stable/data.html#working-with-collate-fn
      https://docs.python.org/3/reference/datamodel.html#object.__getitem__
Source: https://github.com/pytorch/pytorch/blob/main/torch/utils/data/_utils/collate.py
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor


def collate(samples: list[Any]) -> Any:
    """Make one batch of a list of samples of one kind; there is at least one.

    Mastery: samples that differ in shape, number of parts or keys raise KeyError,
    ValueError or RuntimeError; nothing is cut off.

    >>> collate([(torch.tensor([1.0, 2.0]), 7), (torch.tensor([3.0, 4.0]), 8)])
    [tensor([[1., 2.],
            [3., 4.]]), tensor([7, 8])]
    """
    first = samples[0]
    if isinstance(first, Tensor):
        return torch.stack(samples)
    if isinstance(first, np.ndarray | np.generic):
        return torch.stack([torch.as_tensor(sample) for sample in samples])
    if isinstance(first, int):
        return torch.tensor(samples)
    if isinstance(first, float):
        return torch.tensor(samples, dtype=torch.float64)
    if isinstance(first, dict):
        if any(sample.keys() != first.keys() for sample in samples):
            raise KeyError("samples with different keys")
        return {key: collate([sample[key] for sample in samples]) for key in first}
    if isinstance(first, tuple | list):
        return [collate(list(parts)) for parts in zip(*samples, strict=True)]
    return samples


class DataLoader:
    """Gives the batches of a data set: one pass for each `for` loop.

    dataset: has `__len__` and `__getitem__(int)`. Not with torch.utils.data.
    Mastery: ValueError for batch_size < 1.

    >>> loader = DataLoader([10, 11, 12, 13, 14], batch_size=2)
    >>> len(loader), [batch.tolist() for batch in loader]
    (3, [[10, 11], [12, 13], [14]])
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int = 1,
        shuffle: bool = False,
        drop_last: bool = False,
        collate_fn: Callable[[list[Any]], Any] = collate,
    ) -> None:
        if batch_size < 1:
            raise ValueError(f"{batch_size=}")
        self.dataset, self.batch_size, self.collate_fn = dataset, batch_size, collate_fn
        self.shuffle, self.drop_last = shuffle, drop_last

    def __len__(self) -> int:
        """Return the number of batches in a pass."""
        n = len(self.dataset) + (0 if self.drop_last else self.batch_size - 1)
        return n // self.batch_size

    def __iter__(self) -> Iterator[Any]:
        """Begin a pass."""
        n = len(self.dataset)
        order = torch.randperm(n).tolist() if self.shuffle else range(n)
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            rows = order[start : start + self.batch_size]
            yield self.collate_fn([self.dataset[i] for i in rows])
