"""Wrong answers to k04."""

from functools import cache
from typing import Any

import torch


class SharedMemory:
    """`from_numpy` shows the array's memory: a later change of the array changes the tensor.

    `torch.tensor` copies.
    """

    def to_tensors(*arrays):
        return map(torch.from_numpy, arrays)


class AsTensor:
    """`as_tensor` copies only where it has to.

    `torch.tensor` copies always.
    """

    def to_tensors(*arrays):
        return [torch.as_tensor(array) for array in arrays]


class CapitalT:
    """`torch.Tensor` makes float32 of everything, the labels too.

    `torch.tensor` keeps the dtype.
    """

    def to_tensors(*arrays):
        return map(torch.Tensor, arrays)


class AllFloats:
    """All become float32; a loss needs its labels as integers.

    Keep each array's dtype.
    """

    def to_tensors(*arrays):
        return [torch.tensor(array, dtype=torch.float32) for array in arrays]


class ThroughLists:
    """The numbers pass through Python, and their dtype is guessed anew.

    `torch.tensor(array)` reads it from the array.
    """

    def to_tensors(*arrays):
        return [torch.tensor(array.tolist()) for array in arrays]


class OnlyTheFirst:
    """Only the first array becomes a tensor.

    `return` ends the loop: collect the tensors, or `map`.
    """

    def to_tensors(*arrays):
        for array in arrays:
            return [torch.tensor(array)]


class TheLastOne:
    """What comes back is the last tensor alone.

    Collect them in a list.
    """

    def to_tensors(*arrays):
        for array in arrays:
            tensor = torch.tensor(array)
        return tensor


class Reversed:
    """The tensors come in the opposite order.

    First in, first out.
    """

    def to_tensors(*arrays):
        return [torch.tensor(array) for array in arrays[::-1]]


class Flattened:
    """The shape is lost.

    `torch.tensor` keeps it.
    """

    def to_tensors(*arrays):
        return [torch.tensor(array).flatten() for array in arrays]


class NotReturned:
    """Nothing is returned.

    `return map(…)`.
    """

    def to_tensors(*arrays):
        map(torch.tensor, arrays)


class OneForTwins:
    """The same array twice gives one tensor twice.

    Every tensor has memory of its own.
    """

    def to_tensors(*arrays):
        made = {id(array): torch.tensor(array) for array in arrays}
        return [made[id(array)] for array in arrays]


_kept: dict[Any, Any] = {}


class Remembered:
    """What was made of an array before is given again, though the array has changed.

    Make a new tensor at every call.
    """

    def to_tensors(*arrays):
        for array in arrays:
            _kept.setdefault(id(array), (array, torch.tensor(array)))
        return [_kept[id(array)][1] for array in arrays]


class ShapeAsTensor:
    """The bounds of the labels are tensors still.

    `.item()`, or `int(…)`.
    """

    def describe(x, y):
        n, c = x.shape
        return n, c, y.min(), y.max()


class ColumnsFirst:
    """Columns and rows have changed places.

    The first entry of a shape is the number of rows.
    """

    def describe(x, y):
        c, n = x.shape
        return n, c, y.min().item(), y.max().item()


class LargestFirst:
    """The largest label stands before the smallest.

    (n, c, smallest, largest).
    """

    def describe(x, y):
        return *x.shape, y.max().item(), y.min().item()


class BoundsOfX:
    """These are the bounds of the images, not of the labels.

    `y.min()`, `y.max()`.
    """

    def describe(x, y):
        return *x.shape, int(x.min()), int(x.max())


class LabelsFromZero:
    """The number of different labels says nothing about the largest.

    `y.max()`.
    """

    def describe(x, y):
        return *x.shape, 0, len(y.unique()) - 1


class FirstAndLast:
    """The labels are taken for sorted.

    `y.min()` and `y.max()` look at all of them.
    """

    def describe(x, y):
        return *x.shape, y[0].item(), y[-1].item()


class ShapeInOne:
    """The shape is one thing in the result; four numbers are due.

    Unpack it: `n, c = x.shape`.
    """

    def describe(x, y):
        return x.shape, y.min().item(), y.max().item()


class Sorted:
    """Sorting the labels in place takes them away from their images.

    The data are the caller's.
    """

    def describe(x, y):
        y.copy_(y.sort().values)
        return *x.shape, y[0].item(), y[-1].item()


class DescribedOnce:
    """The first data set that was described is described for ever.

    Look anew at every call.
    """

    @cache
    def _first():
        return []

    def describe(x, y):
        seen = DescribedOnce._first()
        seen.append((*x.shape, y.min().item(), y.max().item()))
        return seen[0]
