"""Right answers to k40, written differently."""

import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real

import numpy as np
import torch


class ZipAndStack:
    """As short as can be, without the checks."""

    mastery = False

    def collate(samples):
        first = samples[0]
        if isinstance(first, torch.Tensor):
            return torch.stack(samples)
        if isinstance(first, np.ndarray | np.generic):
            return torch.from_numpy(np.stack(samples))
        if isinstance(first, str):
            return samples
        if isinstance(first, dict):
            return {key: ZipAndStack.collate([s[key] for s in samples]) for key in first}
        if isinstance(first, tuple | list):
            return tuple(ZipAndStack.collate(part) for part in zip(*samples))
        return torch.from_numpy(np.array(samples))

    class DataLoader:
        def __init__(self, dataset, batch_size=1, shuffle=False, drop_last=False, collate_fn=None):
            self.ds, self.bs, self.shuffle, self.drop_last = dataset, batch_size, shuffle, drop_last
            self.collate_fn = collate_fn or ZipAndStack.collate

        def __len__(self):
            return (math.floor if self.drop_last else math.ceil)(len(self.ds) / self.bs)

        def __iter__(self):
            n = len(self.ds)
            order = torch.randperm(n).tolist() if self.shuffle else list(range(n))
            for b in range(len(self)):
                yield self.collate_fn([self.ds[i] for i in order[b * self.bs : (b + 1) * self.bs]])


@functools.singledispatch
def _together(first, samples):
    raise TypeError(type(first))


@_together.register(str)
def _strings(first, samples):
    return tuple(samples)


@_together.register(torch.Tensor)
def _tensors(first, samples):
    if {sample.shape for sample in samples} != {first.shape}:
        raise ValueError("shapes")
    return torch.cat([sample.unsqueeze(0) for sample in samples])


@_together.register(np.ndarray)
@_together.register(np.generic)
def _arrays(first, samples):
    return torch.from_numpy(np.stack(samples))


@_together.register(Integral)
@_together.register(Real)
def _numbers(first, samples):
    return torch.from_numpy(np.array(samples))


@_together.register(Mapping)
def _mappings(first, samples):
    if len({frozenset(sample) for sample in samples}) > 1:
        raise KeyError("keys")
    return {key: Dispatched.collate([sample[key] for sample in samples]) for key in first}


@_together.register(Sequence)
def _sequences(first, samples):
    if len({len(sample) for sample in samples}) > 1:
        raise ValueError("parts")
    return [Dispatched.collate([sample[k] for sample in samples]) for k in range(len(first))]


class Dispatched:
    """By `singledispatch`; a pass is an object, and the order comes from sorted random numbers."""

    def collate(samples):
        return _together(samples[0], samples)

    class DataLoader:
        class Pass:
            def __init__(self, loader):
                self.loader, n = loader, len(loader.dataset)
                self.order = torch.rand(n, dtype=torch.float64).argsort().tolist()
                if not loader.shuffle:
                    self.order.sort()
                self.order.reverse()

            def __iter__(self):
                return self

            def __next__(self):
                size = self.loader.batch_size
                least = size if self.loader.drop_last else 1
                if len(self.order) < least:
                    raise StopIteration
                numbers = [self.order.pop() for _ in range(min(size, len(self.order)))]
                fetch = self.loader.dataset.__getitem__
                return self.loader.collate_fn(list(map(fetch, numbers)))

        def __init__(self, dataset, batch_size=1, shuffle=False, drop_last=False, collate_fn=None):
            if not batch_size >= 1:
                raise ValueError(batch_size)
            vars(self).update(dataset=dataset, batch_size=batch_size, shuffle=shuffle)
            self.drop_last = drop_last
            self.collate_fn = collate_fn or Dispatched.collate

        def __iter__(self):
            return self.Pass(self)

        def __len__(self):
            whole, rest = divmod(len(self.dataset), self.batch_size)
            return whole + (1 if rest and not self.drop_last else 0)


class Islices:
    """One iterator over the samples, cut by `islice`; checked when it is first gone through."""

    def collate(samples):
        kinds = {torch.Tensor: torch.stack, str: tuple}
        match samples[0]:
            case torch.Tensor() | str() as first:
                return kinds[str if isinstance(first, str) else torch.Tensor](samples)
            case np.ndarray() | np.generic():
                return Islices.collate([torch.tensor(sample) for sample in samples])
            case bool() | int():
                return torch.tensor(samples)
            case float():
                return torch.DoubleTensor(samples)
            case dict() as first:
                keys = set().union(*samples)
                return {key: Islices.collate([s[key] for s in samples]) for key in keys}
            case _:
                return list(map(Islices.collate, map(list, zip(*samples, strict=True))))

    class DataLoader:
        def __init__(self, dataset, batch_size=1, shuffle=False, drop_last=False, collate_fn=None):
            self._len, self._get, self._size = dataset.__len__, dataset.__getitem__, batch_size
            self._shuffle, self._drop, self._collate = shuffle, drop_last, collate_fn

        def __len__(self):
            return sum(1 for _ in self._starts())

        def _starts(self):
            n = self._len()
            return range(0, n - self._size + 1 if self._drop else n, self._size)

        def __iter__(self):
            if self._size < 1:
                raise ValueError("at least one sample")
            numbers = [*range(self._len())]
            for i in range(len(numbers) - 1, 0, -1) if self._shuffle else ():
                j = int(torch.randint(i + 1, (1,)))
                numbers[i], numbers[j] = numbers[j], numbers[i]
            fetched = map(self._get, numbers)
            for _ in self._starts():
                yield (self._collate or Islices.collate)(
                    list(itertools.islice(fetched, self._size))
                )


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "raise KeyError(": "What the exception says is free.",
    "ValueError(None)": "What the exception says is free.",
}
