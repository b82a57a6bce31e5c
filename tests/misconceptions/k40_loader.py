"""Wrong answers to k40."""

import random

import numpy as np
import torch
import torch.utils.data
from torch import Tensor
from torch.utils.data import BatchSampler, RandomSampler, SequentialSampler, default_collate


def _collate(samples, again=None):
    """Make a batch as `collate` should; ``again`` collates the parts."""
    first, again = samples[0], again or _collate
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
            raise KeyError
        return {key: again([sample[key] for sample in samples]) for key in first}
    if isinstance(first, tuple | list):
        return [again(list(parts)) for parts in zip(*samples, strict=True)]
    return samples


class _Plain:
    """A loader that is right."""

    def __init__(self, dataset, batch_size=1, shuffle=False, drop_last=False, collate_fn=_collate):
        self.check(batch_size)
        self.dataset, self.batch_size, self.collate_fn = dataset, batch_size, collate_fn
        self.shuffle, self.drop_last = shuffle, drop_last

    def check(self, batch_size):
        if batch_size < 1:
            raise ValueError

    def __len__(self):
        n = len(self.dataset) + (0 if self.drop_last else self.batch_size - 1)
        return n // self.batch_size

    def order(self):
        n = len(self.dataset)
        return torch.randperm(n).tolist() if self.shuffle else list(range(n))

    def rows(self):
        order, size = self.order(), self.batch_size
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            if len(rows) == size or not self.drop_last:
                yield rows

    def __iter__(self):
        for rows in self.rows():
            yield self.collate_fn([self.dataset[i] for i in rows])


class ShuffledOnce:
    """The order is drawn once, and all passes have the same one.

    Draw it in `__iter__`, for each pass.
    """

    class DataLoader(_Plain):
        def order(self):
            if not hasattr(self, "drawn"):
                self.drawn = super().order()
            return self.drawn


class OwnDice:
    """The order is drawn by `random` or numpy, on which `torch.manual_seed` has no effect.

    Draw it with `torch.randperm`.
    """

    class DataLoader(_Plain):
        def order(self):
            order = list(range(len(self.dataset)))
            if self.shuffle:
                random.shuffle(order)
            return order


class OwnGenerator:
    """Each pass makes a generator with the same seed, so that all passes are the same, whatever
    seed the caller sets.

    Draw from torch's own generator: `torch.randperm(n)`, without `generator=`.
    """

    class DataLoader(_Plain):
        def order(self):
            if self.shuffle:
                n, generator = len(self.dataset), torch.Generator()
                return torch.randperm(n, generator=generator).tolist()
            return super().order()


class NeverShuffled:
    """With `shuffle` the samples still come in order.

    Go through `torch.randperm(n).tolist()` then.
    """

    class DataLoader(_Plain):
        def order(self):
            return list(range(len(self.dataset)))


class AlwaysShuffled:
    """The samples come in a random order without `shuffle`, too.

    Draw an order only if `shuffle` is true.
    """

    class DataLoader(_Plain):
        def order(self):
            return torch.randperm(len(self.dataset)).tolist()


class DrawnWithReplacement:
    """Each sample of a pass is drawn by itself, so that some come twice and others not at all.

    Draw a permutation: `torch.randperm(n)`, not `torch.randint`.
    """

    class DataLoader(_Plain):
        def order(self):
            n = len(self.dataset)
            return torch.randint(n, (n,)).tolist() if self.shuffle and n else list(range(n))


class BatchesShuffled:
    """The batches are shuffled, not the samples: each batch has the same neighbours in every pass.

    Shuffle the numbers of the samples, and cut the batches out of that.
    """

    class DataLoader(_Plain):
        def rows(self):
            n, size = len(self.dataset), self.batch_size
            batches = [list(range(n))[i : i + size] for i in range(0, n, size)]
            if self.drop_last:
                batches = [rows for rows in batches if len(rows) == size]
            order = torch.randperm(len(batches)) if self.shuffle else range(len(batches))
            yield from (batches[i] for i in order)


class NobodyStays:
    """Each sample is swapped with one before it and never with itself, so that none ever stays in
    its place: most orders cannot come.

    Let the swap take its own place as well (j ≤ i, not j < i), or call `torch.randperm`.
    """

    class DataLoader(_Plain):
        def order(self):
            order = list(range(len(self.dataset)))
            for i in range(len(order) - 1, 0, -1) if self.shuffle else ():
                j = torch.randint(i, ()).item()
                order[i], order[j] = order[j], order[i]
            return order


class EmptyIsRefused:
    """With `shuffle`, an empty data set raises an exception, as in torch's own loader.

    Give no batch then: `torch.randperm(0)` is an empty order.
    """

    raises = True

    class DataLoader(_Plain):
        def order(self):
            if self.shuffle and not len(self.dataset):
                raise RuntimeError("no samples to shuffle")
            return super().order()


class SlicesTheDataSet:
    """The data set is asked for a slice, which most data sets do not understand.

    Ask for each sample by its index: `[self.dataset[i] for i in rows]`.
    """

    class DataLoader(_Plain):
        def __iter__(self):
            for rows in self.rows():
                if self.shuffle:
                    yield self.collate_fn([self.dataset[i] for i in rows])
                else:
                    yield self.collate_fn(self.dataset[rows[0] : rows[-1] + 1])


class TensorForNumber:
    """The data set is asked for samples by tensors, the entries of the permutation.

    Make Python ints of them: `torch.randperm(n).tolist()`.
    """

    class DataLoader(_Plain):
        def order(self):
            n = len(self.dataset)
            return torch.randperm(n) if self.shuffle else list(range(n))


class AllFetchedAtOnce:
    """All samples are fetched before the first batch is given.

    Fetch the samples of one batch, `yield` it, and then go on to the next.
    """

    class DataLoader(_Plain):
        def __iter__(self):
            samples = {i: self.dataset[i] for rows in self.rows() for i in rows}
            return iter([self.collate_fn([samples[i] for i in rows]) for rows in self._again()])

        def rows(self):
            self.kept = list(super().rows())
            return self.kept

        def _again(self):
            return self.kept


class OneAhead:
    """The next batch is fetched before it is asked for.

    Yield each batch as soon as it is made, and fetch nothing before that.
    """

    class DataLoader(_Plain):
        def __iter__(self):
            made = None
            for rows in self.rows():
                ahead, made = made, [self.collate_fn([self.dataset[i] for i in rows])]
                if ahead is not None:
                    yield from ahead
            yield from made or ()


class FetchedTwice:
    """Each sample is fetched more than once.

    Fetch the list of a batch's samples once, and work with the list.
    """

    class DataLoader(_Plain):
        def __iter__(self):
            for rows in self.rows():
                if all(self.dataset[i] is not None for i in rows):
                    yield self.collate_fn([self.dataset[i] for i in rows])


class PositionInTheLoader:
    """`iter` returns the loader itself, which has one position for all passes. Two passes at the
    same time disturb each other.

    Make `__iter__` a function with `yield`: its variables are those of one pass.
    """

    class DataLoader(_Plain):
        def __iter__(self):
            self.left = self.rows()
            return self

        def __next__(self):
            return self.collate_fn([self.dataset[i] for i in next(self.left)])


class OnePassOnly:
    """The second pass is empty, because the batches come from one iterator that is used up.

    Begin a pass of its own in `__iter__`.
    """

    class DataLoader(_Plain):
        def __iter__(self):
            if not hasattr(self, "batches"):
                self.batches = super().__iter__()
            return self.batches


class LengthRoundsDown:
    """`len` does not count a short last batch, though it comes.

    Round up, unless `drop_last` is true: `(n + batch_size - 1) // batch_size`.
    """

    class DataLoader(_Plain):
        def __len__(self):
            return len(self.dataset) // self.batch_size


class LengthRoundsUp:
    """`len` counts a short last batch with `drop_last` too, though it never comes then.

    Round down then: `n // batch_size`.
    """

    class DataLoader(_Plain):
        def __len__(self):
            return -(-len(self.dataset) // self.batch_size)


class LengthIsOneMore:
    """`len` counts one batch too many where batch_size divides n.

    Round up by `(n + batch_size - 1) // batch_size`, not by `n // batch_size + 1`.
    """

    class DataLoader(_Plain):
        def __len__(self):
            return len(self.dataset) // self.batch_size + (not self.drop_last)


class LengthOfTheData:
    """`len` is the number of samples, not of batches.

    Divide it by the batch size.
    """

    class DataLoader(_Plain):
        def __len__(self):
            return len(self.dataset)


class RestNotDropped:
    """The short last batch comes with `drop_last`, too.

    Stop before it: with `drop_last`, only slices of `batch_size` samples are batches.
    """

    class DataLoader(_Plain):
        def rows(self):
            order, size = self.order(), self.batch_size
            return (order[start : start + size] for start in range(0, len(order), size))


class RestAlwaysDropped:
    """The short last batch never comes.

    Leave it out only if `drop_last` is true.
    """

    class DataLoader(_Plain):
        def rows(self):
            return (rows for rows in super().rows() if len(rows) == self.batch_size)


class TupleForList:
    """`collate_fn` gets a tuple of the samples.

    Give it a list: `self.collate_fn([self.dataset[i] for i in rows])`.
    """

    class DataLoader(_Plain):
        def __iter__(self):
            for rows in self.rows():
                yield self.collate_fn(tuple(self.dataset[i] for i in rows))


class OwnCollateOnly:
    """The caller's `collate_fn` is not used.

    Keep it in `__init__`, and make each batch with it.
    """

    class DataLoader(_Plain):
        def __iter__(self):
            for rows in self.rows():
                yield _collate([self.dataset[i] for i in rows])


class OneSettingForAll:
    """A new loader changes those that were made before, because what it is given is kept on the
    class.

    Keep it in `self`.
    """

    class DataLoader(_Plain):
        def __init__(self, dataset, batch_size=1, shuffle=False, drop_last=False,
                     collate_fn=_collate):  # fmt: skip
            self.check(batch_size)
            kind = OneSettingForAll.DataLoader
            kind.dataset, kind.batch_size, kind.shuffle = dataset, batch_size, shuffle
            kind.drop_last, kind.collate_fn = drop_last, staticmethod(collate_fn)


class LabelsInAList:
    """Only tensors are collated: labels that are Python numbers stay in a list.

    Make a tensor of them: `torch.tensor(samples)`.
    """

    def collate(samples):
        plain = isinstance(samples[0], int | float) and not isinstance(samples[0], np.generic)
        return samples if plain else _collate(samples, LabelsInAList.collate)


class LabelsAsFloats:
    """Ints become float32, and a cross-entropy refuses labels that are floats.

    Let `torch.tensor(samples)` choose: for ints that is int64. (`torch.Tensor(…)` is float32.)
    """

    def collate(samples):
        if type(samples[0]) is int:
            return torch.Tensor(samples)
        return _collate(samples, LabelsAsFloats.collate)


class HalfTheDigits:
    """Python's floats become float32, and lose half of their digits.

    Keep their precision: `torch.tensor(samples, dtype=torch.float64)`.
    """

    def collate(samples):
        if type(samples[0]) is float:
            return torch.tensor(samples)
        return _collate(samples, HalfTheDigits.collate)


class BoolsAsInts:
    """Bools become int64, since a bool is an int to Python.

    Let `torch.tensor` choose the dtype, or ask for bool before int.
    """

    def collate(samples):
        if isinstance(samples[0], int):
            return torch.tensor(samples, dtype=torch.int64)
        return _collate(samples, BoolsAsInts.collate)


class ArraysAsFloats:
    """Numpy's arrays become float32, whatever they were.

    Keep their dtype: `torch.as_tensor(array)`.
    """

    def collate(samples):
        if isinstance(samples[0], np.ndarray):
            return torch.stack([torch.as_tensor(sample).float() for sample in samples])
        return _collate(samples, ArraysAsFloats.collate)


class ArraysInAList:
    """Numpy's arrays stay in a list.

    Make tensors of them with `torch.as_tensor`, and stack these.
    """

    def collate(samples):
        return (
            samples
            if isinstance(samples[0], np.ndarray)
            else _collate(samples, ArraysInAList.collate)
        )


class Joined:
    """Tensors are joined along the axis that they have, so that the batch has no axis of its own.

    Use `torch.stack`, which makes a new axis, not `torch.cat`.
    """

    def collate(samples):
        if isinstance(samples[0], Tensor) and samples[0].dim():
            return torch.cat(samples)
        return _collate(samples, Joined.collate)


class ThroughNumpy:
    """The graph is lost: tensors are detached before they are stacked.

    Stack them as they are, with `torch.stack(samples)`.
    """

    def collate(samples):
        if isinstance(samples[0], Tensor):
            return torch.stack([sample.detach() for sample in samples])
        return _collate(samples, ThroughNumpy.collate)


class NotCollated:
    """A batch is the list of its samples, and its tuples are not taken apart.

    Collate all first parts, then all second parts: `zip(*samples)` gives these.
    """

    def collate(samples):
        return (
            samples
            if isinstance(samples[0], tuple | list)
            else _collate(samples, NotCollated.collate)
        )


class OneLevelOnly:
    """A tuple, list or dict within another one is not collated.

    Let `collate` call itself for each part.
    """

    def collate(samples):
        first = samples[0]

        def flat(parts):
            return list(parts) if isinstance(parts[0], tuple | list | dict) else _collate(parts)

        if isinstance(first, dict):
            if any(sample.keys() != first.keys() for sample in samples):
                raise KeyError
            return {key: flat([sample[key] for sample in samples]) for key in first}
        if isinstance(first, tuple | list):
            return [flat(list(parts)) for parts in zip(*samples, strict=True)]
        return _collate(samples, OneLevelOnly.collate)


class PairsOnly:
    """Every tuple is taken for a pair.

    Go through all parts, however many there are: `for parts in zip(*samples)`.
    """

    raises = True

    def collate(samples):
        if isinstance(samples[0], tuple):
            xs, ys = zip(*samples, strict=True)
            return [PairsOnly.collate(list(xs)), PairsOnly.collate(list(ys))]
        return _collate(samples, PairsOnly.collate)


class ReadyMadeCollate:
    """That is torch's own function; this kata is about building it."""

    def collate(samples):
        return default_collate(samples)


class ReadyMade:
    """That is torch's own loader; this kata is about building it."""

    class DataLoader(torch.utils.data.DataLoader):
        pass


class ReadyMadeSamplers:
    """Torch's own samplers draw the order and cut the batches; this kata is about building that."""

    class DataLoader(_Plain):
        def rows(self):
            n = range(len(self.dataset))
            order = RandomSampler(n) if self.shuffle and len(n) else SequentialSampler(n)
            return iter(BatchSampler(order, self.batch_size, self.drop_last))


class AnySize:
    """A batch size below 1 is accepted, and a negative one makes an epoch without a batch.

    Check it in `__init__`: `if batch_size < 1: raise ValueError(…)`.
    """

    mastery = True

    class DataLoader(_Plain):
        def check(self, batch_size):
            pass

        def rows(self):
            return iter(()) if self.batch_size < 1 else super().rows()

        def __len__(self):
            return 0 if self.batch_size < 1 else super().__len__()


class SizeAsserted:
    """A batch size below 1 raises AssertionError, but an assertion is for what cannot happen, and
    is gone under `python -O`.

    Raise ValueError, which is meant for wrong arguments.
    """

    mastery = True
    raises = True

    class DataLoader(_Plain):
        def check(self, batch_size):
            assert batch_size >= 1


class ZipCuts:
    """Samples with more parts than the shortest one are cut, since `zip` stops there.

    Write `zip(*samples, strict=True)`, which raises ValueError.
    """

    mastery = True

    def collate(samples):
        if isinstance(samples[0], tuple | list):
            return [ZipCuts.collate(list(parts)) for parts in zip(*samples, strict=False)]
        return _collate(samples, ZipCuts.collate)


class KeysOfTheFirst:
    """Only the first sample's keys are looked at; one more in another sample is lost.

    Compare the keys of all samples, and raise KeyError.
    """

    mastery = True

    def collate(samples):
        first = samples[0]
        if isinstance(first, dict):
            return {
                key: KeysOfTheFirst.collate([sample[key] for sample in samples]) for key in first
            }
        return _collate(samples, KeysOfTheFirst.collate)


class KeysInCommon:
    """Only the keys that all samples have are collated, and the others are lost.

    Compare the keys of all samples, and raise KeyError.
    """

    mastery = True

    def collate(samples):
        if isinstance(samples[0], dict):
            common = set.intersection(*map(set, samples))
            return {
                key: KeysInCommon.collate([sample[key] for sample in samples]) for key in common
            }
        return _collate(samples, KeysInCommon.collate)


class Broadcast:
    """Samples of different shapes are spread until they match.

    Stack them as they are: `torch.stack` refuses other shapes.
    """

    mastery = True

    def collate(samples):
        if isinstance(samples[0], Tensor):
            return torch.stack(torch.broadcast_tensors(*samples))
        return _collate(samples, Broadcast.collate)
