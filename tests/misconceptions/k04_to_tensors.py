"""Wrong answers to k04."""

from functools import cache
from typing import Any

import torch


class SharedMemory:
    """The tensors share the memory of the arrays, as those of `torch.from_numpy` and
    `torch.as_tensor` do: a later change of the array changes the tensor.

    Use `torch.tensor`, which copies.
    """

    def to_tensors(*arrays):
        return map(torch.from_numpy, arrays)


class CapitalT:
    """All tensors become float32, the labels too, and float32 arrays are not copied:
    `torch.Tensor`, with a capital T, does both.

    Use `torch.tensor`, with a small t, which keeps the dtype and copies.
    """

    def to_tensors(*arrays):
        return map(torch.Tensor, arrays)


class AllFloats:
    """All tensors become float32, the labels too, which must stay integers: the loss (k08) uses
    them as an index.

    Keep each array's dtype: `torch.tensor(array)`, without `dtype=` or `.float()`.
    """

    def to_tensors(*arrays):
        return [torch.tensor(array, dtype=torch.float32) for array in arrays]


class ThroughLists:
    """The dtype is inferred afresh, usually because the numbers pass through Python lists: float64
    becomes float32, and int32 becomes int64.

    Call `torch.tensor(array)`, which reads the dtype from the array.
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
    """Only the last tensor is returned.

    Collect the tensors in a list, and return the list.
    """

    def to_tensors(*arrays):
        for array in arrays:
            tensor = torch.tensor(array)
        return tensor


class Reversed:
    """The tensors come in the opposite order.

    Keep the order of the arguments.
    """

    def to_tensors(*arrays):
        return [torch.tensor(array) for array in arrays[::-1]]


class Flattened:
    """The shape is lost: every tensor has one axis.

    Leave out `flatten` or `reshape`: `torch.tensor(array)` keeps the shape.
    """

    def to_tensors(*arrays):
        return [torch.tensor(array).flatten() for array in arrays]


class NotReturned:
    """Nothing is returned: the call returns `None`.

    Return a list of the tensors, or what `map` returns.
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
    """The tensor of an earlier call is returned again, though the array has changed.

    Make a new tensor at every call.
    """

    def to_tensors(*arrays):
        for array in arrays:
            _kept.setdefault(id(array), (array, torch.tensor(array)))
        return [_kept[id(array)][1] for array in arrays]


class BoundsAsTensors:
    """The smallest and the largest label are still tensors.

    Take the number out: `.item()`, or `int(…)`.
    """

    def describe(x, y):
        n, c = x.shape
        return n, c, y.min(), y.max()


class ColumnsFirst:
    """Columns and rows are swapped.

    Return the number of rows first: it is the first entry of the shape.
    """

    def describe(x, y):
        c, n = x.shape
        return n, c, y.min().item(), y.max().item()


class LargestFirst:
    """The largest label comes before the smallest.

    Return (n, c, smallest, largest), in this order.
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
    """The labels are taken to be 0, 1, 2 and so on without a gap, though the number of different
    labels does not say which is the largest.

    Take `y.min()` and `y.max()`.
    """

    def describe(x, y):
        return *x.shape, 0, len(y.unique()) - 1


class FirstAndLast:
    """The first and the last label are returned, as if the labels were sorted.

    Take `y.min()` and `y.max()`, which look at all of them.
    """

    def describe(x, y):
        return *x.shape, y[0].item(), y[-1].item()


class ShapeInOne:
    """The result has three parts, because the shape is one of them; four numbers are expected.

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
    """Every call describes the first data set again.

    Look at `x` and `y` at every call, and keep nothing from one call to the next.
    """

    @cache
    def _first():
        return []

    def describe(x, y):
        seen = DescribedOnce._first()
        seen.append((*x.shape, y.min().item(), y.max().item()))
        return seen[0]
