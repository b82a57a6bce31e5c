"""Wrong answers to k10."""

import torch


class LastDropped:
    """The last, shorter batch is left out.

    Go on to the end, with `range(0, n, bs)`: the network must learn from these rows too.
    """

    def minibatches(x, y, bs):
        for i in range(len(x) // bs):
            yield x[i * bs : (i + 1) * bs], y[i * bs : (i + 1) * bs]


class OneTooMany:
    """If bs divides n, there is an empty batch at the end.

    Count `(n - 1) // bs + 1` batches, not `n // bs + 1`; or let `range(0, n, bs)` count.
    """

    def minibatches(x, y, bs):
        for i in range(len(x) // bs + 1):
            yield x[i * bs : (i + 1) * bs], y[i * bs : (i + 1) * bs]


class EmptyForNothing:
    """For a data set without rows there is one empty batch, as from `x.split(bs)`.

    Yield no batch then: `range(0, n, bs)` is empty for n = 0.
    """

    def minibatches(x, y, bs):
        for i in range(max(1, -(-len(x) // bs))):
            yield x[i * bs : (i + 1) * bs], y[i * bs : (i + 1) * bs]


class OneRowLess:
    """Each full batch lacks its last row: a slice stops before its end.

    Slice `x[start : start + bs]`, and subtract nothing.
    """

    def minibatches(x, y, bs):
        for start in range(0, len(x), bs):
            yield x[start : start + bs - 1], y[start : start + bs - 1]


class Overlapping:
    """Each batch starts one row after the last instead of bs rows, so they overlap.

    Step by bs: `range(0, n, bs)`.
    """

    def minibatches(x, y, bs):
        for start in range(0, len(x)):
            yield x[start : start + bs], y[start : start + bs]


class Wrapped:
    """The last batch is filled up with rows from the beginning, which are then seen twice.

    Let it be shorter: a slice may reach beyond the end.
    """

    def minibatches(x, y, bs):
        for start in range(0, len(x), bs):
            rows = torch.arange(start, start + bs) % len(x)
            yield x[rows], y[rows]


class Shuffled:
    """The rows come in a different order from `x` and `y`.

    Take consecutive slices of `x` and `y`, without shuffling.
    """

    def minibatches(x, y, bs):
        order = torch.randperm(len(x))
        for start in range(0, len(x), bs):
            rows = order[start : start + bs]
            yield x[rows], y[rows]


class LabelsOfFirstRows:
    """The labels are those of the first rows, in every batch.

    Slice `y` like `x`.
    """

    def minibatches(x, y, bs):
        for start in range(0, len(x), bs):
            xb = x[start : start + bs]
            yield xb, y[: len(xb)]


class ImagesOnly:
    """The labels are missing.

    Yield pairs, `(xb, yb)`.
    """

    def minibatches(x, y, bs):
        for start in range(0, len(x), bs):
            yield x[start : start + bs]


class FirstOnly:
    """There is only the first batch, usually because `return` ends the function.

    Use `yield`, after which the loop goes on.
    """

    def minibatches(x, y, bs):
        for start in range(0, len(x), bs):
            return [(x[start : start + bs], y[start : start + bs])]
        return []


class PairReturned:
    """Only the first batch is returned, and as a pair, so that the caller's loop runs over `xb` and
    `yb` instead of over batches.

    Use `yield`, which hands out a batch and goes on with the loop.
    """

    def minibatches(x, y, bs):
        for start in range(0, len(x), bs):
            return x[start : start + bs], y[start : start + bs]
        return []


class NotPaired:
    """Images and labels come one after another, each as an item of its own.

    Yield pairs: `yield xb, yb`, or append `(xb, yb)` to the list.
    """

    def minibatches(x, y, bs):
        batches = []
        for start in range(0, len(x), bs):
            batches.append(x[start : start + bs])
            batches.append(y[start : start + bs])
        return batches


class BatchesAsNumber:
    """bs is taken for the number of batches.

    Make batches of bs rows each.
    """

    def minibatches(x, y, bs):
        return list(zip(x.chunk(bs), y.chunk(bs), strict=True)) if len(x) else []


class RowsZeroed:
    """Rows are set to zero in the caller's tensor once they have been yielded.

    Leave the data alone: they are needed again in the next epoch, and slicing is enough.
    """

    def minibatches(x, y, bs):
        for start in range(0, len(x), bs):
            yield x[start : start + bs].clone(), y[start : start + bs].clone()
            x[start : start + bs] = 0


class Flattened:
    """Images lose their shape.

    Slice the first axis only, and leave out `flatten` or `reshape`.
    """

    def minibatches(x, y, bs):
        for start in range(0, len(x), bs):
            yield x[start : start + bs].flatten(1), y[start : start + bs]


_position = [0]


class GoesOn:
    """Two passes at the same time disturb each other, usually because the position is kept outside
    the function.

    Keep it in a local variable.
    """

    def minibatches(x, y, bs):
        _position[0] = 0
        while _position[0] < len(x):
            start = _position[0]
            _position[0] += bs
            yield x[start : start + bs], y[start : start + bs]


class WithoutGraph:
    """Autograd is off in the caller's loop too, usually because a `with torch.no_grad():` around
    the `yield` holds until the next batch is asked for.

    Leave it out: slicing does not need it.
    """

    def minibatches(x, y, bs):
        with torch.no_grad():
            for start in range(0, len(x), bs):
                yield x[start : start + bs], y[start : start + bs]


class Copied:
    """The batches are copies, usually because of `.clone()` or a list of row numbers.

    Take a slice, `x[start : start + bs]`: it is a view and copies nothing.
    """

    mastery = True

    def minibatches(x, y, bs):
        if bs < 1:
            raise ValueError(bs)
        for start in range(0, len(x), bs):
            rows = torch.arange(start, min(start + bs, len(x)))
            yield x[rows], y[rows]


class AllAtOnce:
    """All batches are made before the first one is returned.

    Write a loop that makes one batch and yields it: `yield` waits until the next is asked for.
    """

    mastery = True

    def minibatches(x, y, bs):
        if bs < 1:
            raise ValueError(bs)
        return [(x[i : i + bs], y[i : i + bs]) for i in range(0, len(x), bs)]


class OneAhead:
    """The next batch is made before it is asked for.

    Yield each batch in the line that slices it.
    """

    mastery = True

    def minibatches(x, y, bs):
        if bs < 1:
            raise ValueError(bs)
        following = x[:bs], y[:bs]
        for start in range(bs, len(x) + bs, bs):
            batch, following = following, None
            if start < len(x):
                following = x[start : start + bs], y[start : start + bs]
            if len(batch[0]):
                yield batch


class NegativeIsEmpty:
    """With a negative batch size there is no batch at all, and nobody notices.

    Check it first: `if bs < 1: raise ValueError(…)`.
    """

    mastery = True

    def minibatches(x, y, bs):
        for start in range(0, len(x), bs):
            yield x[start : start + bs], y[start : start + bs]


class AssertedOnly:
    """A batch size below 1 raises AssertionError, but an assertion is for what cannot happen, and
    is gone under `python -O`.

    Raise ValueError, which is meant for wrong arguments.
    """

    mastery = True
    raises = True

    def minibatches(x, y, bs):
        assert bs >= 1
        for start in range(0, len(x), bs):
            yield x[start : start + bs], y[start : start + bs]


class Divides:
    """A batch size of 0 raises ZeroDivisionError, from the line that counts the batches; with a
    negative one there is no batch, and nobody notices.

    Check it first: `if bs < 1: raise ValueError(…)`.
    """

    mastery = True

    def minibatches(x, y, bs):
        for i in range((len(x) - 1) // bs + 1):
            yield x[i * bs : (i + 1) * bs], y[i * bs : (i + 1) * bs]
