"""Wrong answers to k10, each written in another way."""

import math

import torch


class LastDropped:
    """The number of usable rows first, then the end of each batch; `narrow` for slices."""

    def minibatches(x, y, bs):
        usable = len(x) - len(x) % bs
        for stop in range(bs, usable + 1, bs):
            yield x.narrow(0, stop - bs, bs), y.narrow(0, stop - bs, bs)


class _Batches:
    """An iterator that counts the batches it has given."""

    def __init__(self, x, y, bs):
        self.tensors = x, y
        self.bs = bs
        self.given = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.given > len(self.tensors[0]) // self.bs:
            raise StopIteration
        first = self.given * self.bs
        self.given += 1
        rows = slice(first, first + self.bs)
        return tuple(t[rows] for t in self.tensors)


class OneTooMany:
    """An iterator class with a counter in place of a generator."""

    def minibatches(x, y, bs):
        return _Batches(x, y, bs)


class _Silent(_Batches):
    """An iterator that switches autograd off when it is asked for a batch."""

    def __next__(self):
        torch.set_grad_enabled(False)
        rows = self.given * self.bs
        if rows >= len(self.tensors[0]):
            torch.set_grad_enabled(True)
            raise StopIteration
        return super().__next__()


class WithoutGraph:
    """An iterator class switches autograd off, and on again after the last batch."""

    def minibatches(x, y, bs):
        return _Silent(x, y, bs)


class AllAtOnce:
    """`split` cuts both tensors, and the pieces are paired in a list."""

    mastery = True

    def minibatches(x, y, bs):
        if bs <= 0:
            raise ValueError(f"batch size {bs}")
        if x.size(0) == 0:
            return []
        return list(zip(x.split(bs), y.split(bs), strict=True))


class NegativeIsEmpty:
    """The batches are counted with `ceil`; zero is refused by hand; `narrow` for slices."""

    mastery = True

    def minibatches(x, y, bs):
        if bs == 0:
            raise ValueError("batches of no rows")
        n = x.size(0)
        for number in range(math.ceil(n / bs)):
            start = number * bs
            size = min(bs, n - start)
            yield x.narrow(0, start, size), y.narrow(0, start, size)
