"""Wrong answers to k04."""

from functools import cache
from typing import Any

import torch


class SharedMemory:
    """The tensors share the arrays' memory, as `torch.from_numpy` and `torch.as_tensor` make them:
    a later change of the array changes the tensor.

    Use `torch.tensor`, which copies.
    """

    def to_tensors(*arrays):
        return map(torch.from_numpy, arrays)


class AsTensor:
    """The tensors share the arrays' memory: `torch.as_tensor` copies only where it has to, and
    `torch.from_numpy` never.

    Use `torch.tensor`, which always copies.
    """

    def to_tensors(*arrays):
        return [torch.as_tensor(array) for array in arrays]


class CapitalT:
    """All tensors become float32, the labels too, and float32 arrays are not copied:
    `torch.Tensor`, with a capital T, does both.

    `torch.tensor` keeps the dtype and copies.
    """

    def to_tensors(*arrays):
        return map(torch.Tensor, arrays)


class AllFloats:
    """All tensors become float32, the labels too; a loss needs its labels as integers.

    Keep each array's dtype: `torch.tensor(array)`, without `dtype=` or `.float()`.
    """

    def to_tensors(*arrays):
        return [torch.tensor(array, dtype=torch.float32) for array in arrays]


class ThroughLists:
    """The dtype is guessed anew, usually because the numbers pass through Python lists: float64
    becomes float32, and int32 int64.

    `torch.tensor(array)` reads the dtype from the array.
    """

    def to_tensors(*arrays):
        return [torch.tensor(array.tolist()) for array in arrays]


class OnlyTheFirst:
    """Only the first array becomes a tensor, usually because a `return` inside the loop ends it.

    Collect the tensors in a list and return it after the loop, or use `map`.
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

    Go through the arrays in the order in which they are given.
    """

    def to_tensors(*arrays):
        return [torch.tensor(array) for array in arrays[::-1]]


class Flattened:
    """The shape is lost: every tensor has one axis.

    `torch.tensor(array)` keeps the shape: leave out `flatten` or `reshape`.
    """

    def to_tensors(*arrays):
        return [torch.tensor(array).flatten() for array in arrays]


class NotReturned:
    """Nothing is returned: the call gives `None`.

    Return a list of the tensors, or what `map` gives.
    """

    def to_tensors(*arrays):
        map(torch.tensor, arrays)


class OneForTwins:
    """The same array given twice becomes one tensor, so that a change of the first changes the
    second.

    Call `torch.tensor` for every argument: each tensor has memory of its own.
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
    """The smallest and the largest label are tensors still.

    Take the number out: `.item()`, or `int(…)`.
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

    The order is (n, c, smallest, largest).
    """

    def describe(x, y):
        return *x.shape, y.max().item(), y.min().item()


class BoundsOfX:
    """The bounds are those of the images, not of the labels.

    Take `y.min()` and `y.max()`.
    """

    def describe(x, y):
        return *x.shape, int(x.min()), int(x.max())


class LabelsFromZero:
    """The labels are taken for 0, 1, 2 and so on without a gap; how many different ones there are
    says nothing about the largest.

    Take `y.min()` and `y.max()`.
    """

    def describe(x, y):
        return *x.shape, 0, len(y.unique()) - 1


class FirstAndLast:
    """The first and the last label are returned, as if the labels were sorted.

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
    """The caller's labels are sorted in place, which takes them away from their images.

    Leave `y` as it is: `y.min()` and `y.max()` need no sorting.
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
