"""Wrong answers to k28."""

import torch
from torch import nn


class _Wrapped:
    """Wraps a loader, for answers that differ in one place."""

    def __init__(self, dl, func):
        self.dl = dl
        self.func = func

    def __len__(self):
        return len(self.dl)

    def __iter__(self):
        for batch in self.dl:
            yield self.func(*batch)


class NotSpread:
    """The function gets the batch as one argument.

    `self.func(*batch)`: the star spreads it.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for batch in self.dl:
                yield self.func(batch)


class PairsOnly:
    """Every batch is taken for a pair.

    `self.func(*batch)`, however many there are.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for xb, yb in self.dl:
                yield self.func(xb, yb)


class ImagesOnly:
    """The function gets the images alone.

    It gets the whole batch.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for xb, *rest in self.dl:
                yield (self.func(xb), *rest)


class Unprepared:
    """The function is called, and its result thrown away.

    Yield the result.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for batch in self.dl:
                self.func(*batch)
                yield batch


class FirstOnly:
    """`return` ends the pass after the first batch.

    `yield`.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for batch in self.dl:
                return iter([self.func(*batch)])
            return iter(())


class AllAtOnce:
    """All batches are fetched and prepared before the first is given.

    `yield` each when it is asked for.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            return iter([self.func(*batch) for batch in self.dl])


class MadeBeforehand:
    """The batches are prepared when the loader is made, once for all epochs.

    In `__iter__`.
    """

    class WrappedDataLoader(_Wrapped):
        def __init__(self, dl, func):
            super().__init__(dl, func)
            self.batches = [func(*batch) for batch in dl]

        def __iter__(self):
            return iter(self.batches)


class OneAhead:
    """The next batch is fetched before it is asked for.

    One at a time.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            batches = iter(self.dl)
            following = next(batches, None)
            while following is not None:
                batch, following = following, next(batches, None)
                yield self.func(*batch)


class OnePass:
    """One pass is begun when the loader is made, and there is no other.

    Begin a new one in `__iter__`.
    """

    class WrappedDataLoader(_Wrapped):
        def __init__(self, dl, func):
            super().__init__(dl, func)
            self.batches = iter(dl)

        def __iter__(self):
            for batch in self.batches:
                yield self.func(*batch)


class ItsOwnIterator:
    """The loader is its own iterator, and two passes share one place.

    `__iter__` gives a new iterator: a generator is one.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            self.batches = iter(self.dl)
            return self

        def __next__(self):
            return self.func(*next(self.batches))


class Remembered:
    """The batches of the first whole pass are kept for all others.

    A loader that shuffles brings others each time.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            if not hasattr(self, "kept"):
                kept = []
                for batch in self.dl:
                    kept.append(self.func(*batch))
                    yield kept[-1]
                self.kept = kept
            else:
                yield from self.kept


class RowsCounted:
    """The length is the number of rows in the data set.

    The number of batches: `len(dl)`.
    """

    class WrappedDataLoader(_Wrapped):
        def __len__(self):
            return sum(len(batch) for batch in self.dl)


class NothingSkipped:
    """Batches of which the function leaves nothing are skipped.

    Whatever it gives is the batch.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for batch in self.dl:
                prepared = self.func(*batch)
                if prepared is not None:
                    yield prepared


class WithoutGraph:
    """Autograd is off while the generator waits, and so in the caller's loop too.

    A `with` around a `yield` holds until the next batch.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            with torch.no_grad():
                for batch in self.dl:
                    yield self.func(*batch)


class LabelsLost:
    """Only the images are returned.

    `return x.view(-1, 1, 28, 28), y`.
    """

    def preprocess(x, y):
        return x.view(-1, 1, 28, 28)


class LabelsReshaped:
    """The labels got the shape of a column.

    They stay as they are.
    """

    def preprocess(x, y):
        return x.view(-1, 1, 28, 28), y.view(-1, 1)


class ChannelForgotten:
    """The images have no channel.

    (N, 1, 28, 28).
    """

    def preprocess(x, y):
        return x.view(-1, 28, 28), y


class Sideways:
    """The images lie on their side.

    A view, and no transpose.
    """

    def preprocess(x, y):
        return x.view(-1, 1, 28, 28).transpose(2, 3), y


def _layers(*last):
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 16, 3, 2, 1), nn.ReLU(),
        nn.Conv2d(16, 10, 3, 2, 1), *last,
    )  # fmt: skip


class PoolOfFour:
    """The pool fits what is 4 × 4 by then: images of 28 × 28.

    `nn.AdaptiveAvgPool2d(1)`.
    """

    def get_model():
        return _layers(nn.ReLU(), nn.AvgPool2d(4), nn.Flatten())


class Maximum:
    """The pool takes the largest, not the mean.

    `nn.AdaptiveAvgPool2d(1)`.
    """

    def get_model():
        return _layers(nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten())


class NotFlat:
    """The result is (N, 10, 1, 1).

    (N, 10): flatten it.
    """

    def get_model():
        return _layers(nn.ReLU(), nn.AdaptiveAvgPool2d(1))


class Squeezed:
    """A batch of one image loses its axis.

    `nn.Flatten()` keeps the first.
    """

    def get_model():
        class Squeeze(nn.Module):
            def forward(self, x):
                return x.squeeze()

        return _layers(nn.ReLU(), nn.AdaptiveAvgPool2d(1), Squeeze())


class NoLastRelu:
    """The last ReLU is missing; it would be better so, but it is another network.

    As in k27.
    """

    def get_model():
        return _layers(nn.AdaptiveAvgPool2d(1), nn.Flatten())


class PoolOfTwo:
    """2 × 2 means are left of each channel.

    One.
    """

    def get_model():
        return _layers(nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())


class StillFlat:
    """The network gives images their shape still, and so ties itself to 28 × 28.

    The loader does that now.
    """

    def get_model():
        class Shape(nn.Module):
            def forward(self, x):
                return x.reshape(-1, 1, 28, 28)

        return nn.Sequential(Shape(), *_layers(nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()))
