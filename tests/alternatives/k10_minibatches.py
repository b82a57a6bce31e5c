"""Right answers to k10, written differently."""

import torch
from torch.utils.data import DataLoader, TensorDataset


class Tutorial:
    """The tutorial's own lines."""

    mastery = False

    def minibatches(x, y, bs):
        n = len(x)
        for i in range((n - 1) // bs + 1):
            start_i = i * bs
            end_i = start_i + bs
            xb = x[start_i:end_i]
            yb = y[start_i:end_i]
            yield xb, yb


class AtOnce:
    """torch splits both at once."""

    mastery = False

    def minibatches(x, y, bs):
        return list(zip(x.split(bs), y.split(bs), strict=True)) if len(x) else []


class Loader:
    """With what k19 is about."""

    mastery = False

    def minibatches(x, y, bs):
        return DataLoader(TensorDataset(x, y), batch_size=bs) if len(x) else ()


class AnObject:
    """An iterable of its own, checked when it is made."""

    class minibatches:
        def __init__(self, x, y, bs):
            if bs < 1:
                raise ValueError("bs")
            self.x, self.y, self.bs = x, y, bs

        def __iter__(self):
            start = 0
            while start < len(self.y):
                size = min(self.bs, len(self.y) - start)
                yield self.x.narrow(0, start, size), self.y.narrow(0, start, size)
                start += size


class WhatIsLeft:
    """One batch is taken off, and the rest remains."""

    def minibatches(x, y, bs):
        if bs <= 0:
            raise ValueError(f"{bs} rows are no batch")
        while len(x):
            yield x[:bs], y[:bs]
            x, y = x[bs:], y[bs:]


class Expression:
    """A generator expression, after a check of its own."""

    def minibatches(x, y, bs):
        starts = range(0, len(x), bs) if bs > 0 else None
        if starts is None:
            raise ValueError
        return ((x[i : i + bs], y[i : i + bs]) for i in starts)


class Decorated:
    """The decorator switches autograd off in the generator, and on whenever it yields."""

    @torch.no_grad()
    def minibatches(x, y, bs):
        if bs < 1:
            raise ValueError(bs)
        for start in range(0, len(x), bs):
            yield x[start : start + bs], y[start : start + bs]


class OffWhileItSlices:
    """Autograd is off while the slices are made, and on again when they are given out."""

    def minibatches(x, y, bs):
        if bs < 1:
            raise ValueError(bs)
        for start in range(0, len(x), bs):
            with torch.inference_mode(False), torch.no_grad():
                rows = slice(start, start + bs)
                batch = x[rows], y[rows]
            yield batch


class Slots:
    """An iterator without a `__dict__`."""

    class minibatches:
        __slots__ = ("bs", "x", "y")

        def __init__(self, x, y, bs):
            if not bs > 0:
                raise ValueError(bs)
            self.x, self.y, self.bs = x, y, bs

        def __iter__(self):
            return self

        def __next__(self):
            if not len(self.x):
                raise StopIteration
            batch = self.x[: self.bs], self.y[: self.bs]
            self.x, self.y = self.x[self.bs :], self.y[self.bs :]
            return batch


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "ValueError(None)": "What the exception says is free.",
}
