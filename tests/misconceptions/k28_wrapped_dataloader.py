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
    """The function gets the whole batch as one argument.

    Write `self.func(*batch)`: the star spreads the batch over the function's arguments.
    """

    raises = True

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for batch in self.dl:
                yield self.func(batch)


class PairsOnly:
    """Every batch is taken for a pair, but it may hold one thing, or three.

    Write `self.func(*batch)`, which passes all of them, however many there are.
    """

    raises = True

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for xb, yb in self.dl:
                yield self.func(xb, yb)


class PairsByIndex:
    """The function gets the first two parts of every batch, but a batch may hold one thing, or
    three.

    Write `self.func(*batch)`, which passes all of them, however many there are.
    """

    raises = True

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for batch in self.dl:
                yield self.func(batch[0], batch[1])


class ImagesOnly:
    """The function gets only the first part of a batch.

    Pass it the whole batch: `self.func(*batch)`.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for xb, *rest in self.dl:
                yield (self.func(xb), *rest)


class Unprepared:
    """The batches come as they are in `dl`: what the function makes of them is not used.

    Yield the function's result, not the batch.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for batch in self.dl:
                self.func(*batch)
                yield batch


class FirstOnly:
    """A pass ends after the first batch, usually because of a `return` inside the loop.

    Replace `return` by `yield`: then the loop goes on.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for batch in self.dl:
                return iter([self.func(*batch)])
            return iter(())


class AllAtOnce:
    """All batches are fetched and prepared before the first is yielded.

    Make `__iter__` a generator: `yield` each batch when it is asked for.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            return iter([self.func(*batch) for batch in self.dl])


class MadeBeforehand:
    """The batches are prepared when the loader is made, once for all epochs.

    Only keep `dl` and `func` in `__init__`, and loop over `self.dl` in `__iter__`.
    """

    class WrappedDataLoader(_Wrapped):
        def __init__(self, dl, func):
            super().__init__(dl, func)
            self.batches = [func(*batch) for batch in dl]

        def __iter__(self):
            return iter(self.batches)


class OneAhead:
    """The next batch is fetched from `dl` before it is asked for.

    Fetch one, prepare it and `yield` it, before you fetch another.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            batches = iter(self.dl)
            following = next(batches, None)
            while following is not None:
                batch, following = following, next(batches, None)
                yield self.func(*batch)


class OnePass:
    """There is only one pass over `dl`, which all loops share.

    Begin a new pass at each call of `__iter__`: `for batch in self.dl`.
    """

    class WrappedDataLoader(_Wrapped):
        def __init__(self, dl, func):
            super().__init__(dl, func)
            self.batches = iter(dl)

        def __iter__(self):
            for batch in self.batches:
                yield self.func(*batch)


class ItsOwnIterator:
    """Two passes at the same time share one position, usually because it is kept on the loader.

    Return a new iterator from `__iter__` each time: a generator, with `yield`, is one.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            self.batches = iter(self.dl)
            return self

        def __next__(self):
            return self.func(*next(self.batches))


class Remembered:
    """The batches of the first whole pass are yielded again in all later ones.

    Keep no batch: a loader that shuffles makes new ones in each pass.
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


class PartsCounted:
    """`len` fetches the batches and adds up their lengths.

    Return the number of batches instead: `len(self.dl)`.
    """

    class WrappedDataLoader(_Wrapped):
        def __len__(self):
            return sum(len(batch) for batch in self.dl)


class NoneSkipped:
    """A batch is left out if the function returns None for it.

    Yield the function's result, whatever it is.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            for batch in self.dl:
                prepared = self.func(*batch)
                if prepared is not None:
                    yield prepared


class WithoutGraph:
    """Autograd is off in the caller's loop too, usually because a `with torch.no_grad():` around
    the `yield` holds until the next batch.

    Leave it out: the caller decides whether autograd is on.
    """

    class WrappedDataLoader(_Wrapped):
        def __iter__(self):
            with torch.no_grad():
                for batch in self.dl:
                    yield self.func(*batch)


class Copied:
    """The images are copied.

    Use `x.view(…)`, which shares their memory; `clone`, `stack`, `repeat` and the like do not.
    """

    def preprocess(x, y):
        return x.clone().view(-1, 1, 28, 28), y


class CopiedIfStrided:
    """The images are copied if they are a part of a larger batch, such as every other row, as by
    `.contiguous()` or `flatten`.

    Use `x.view(-1, 1, 28, 28)` alone: it splits the last axis, which needs no copy.
    """

    def preprocess(x, y):
        return x.contiguous().view(-1, 1, 28, 28), y


class LabelsLost:
    """Only the images are returned.

    Return the labels after them: `return …, y`.
    """

    def preprocess(x, y):
        return x.view(-1, 1, 28, 28)


class LabelsReshaped:
    """The labels get the shape of a column, (N, 1).

    Return `y` as it is.
    """

    def preprocess(x, y):
        return x.view(-1, 1, 28, 28), y.view(-1, 1)


class ChannelForgotten:
    """The images have no channel axis.

    Make their shape (N, 1, 28, 28).
    """

    def preprocess(x, y):
        return x.view(-1, 28, 28), y


class Sideways:
    """Rows and columns of the images are swapped.

    Leave out the transpose: `view` reads the images row by row, as they are stored.
    """

    def preprocess(x, y):
        return x.view(-1, 1, 28, 28).transpose(2, 3), y


def _layers(*last):
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 16, 3, 2, 1), nn.ReLU(),
        nn.Conv2d(16, 10, 3, 2, 1), *last,
    )  # fmt: skip


class PoolOfFour:
    """The pool averages over 4 × 4, which is what is left of images of 28 × 28, but not of other
    sizes.

    Use `nn.AdaptiveAvgPool2d(1)`, which averages over all that is left.
    """

    def get_model():
        return _layers(nn.ReLU(), nn.AvgPool2d(4), nn.Flatten())


class Maximum:
    """The pool takes the largest value of each channel, not the mean.

    Use `nn.AdaptiveAvgPool2d(1)`, which takes the mean.
    """

    def get_model():
        return _layers(nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten())


class NotFlat:
    """The result has shape (N, 10, 1, 1).

    Add a last layer that makes it (N, 10): `nn.Flatten()`.
    """

    def get_model():
        return _layers(nn.ReLU(), nn.AdaptiveAvgPool2d(1))


class Squeezed:
    """The batch axis is lost when there is one image: `squeeze()` without a dimension does that.

    Use `nn.Flatten()`, which keeps the first axis.
    """

    def get_model():
        class Squeeze(nn.Module):
            def forward(self, x):
                return x.squeeze()

        return _layers(nn.ReLU(), nn.AdaptiveAvgPool2d(1), Squeeze())


class NoLastRelu:
    """There is no ReLU after the third convolution.

    Put an `nn.ReLU()` between it and the pool, as in k27.
    """

    def get_model():
        return _layers(nn.AdaptiveAvgPool2d(1), nn.Flatten())


class PoolOfTwo:
    """The pool leaves 2 × 2 means of each channel, and so 40 numbers for an image.

    Use `nn.AdaptiveAvgPool2d(1)`, which leaves one of each.
    """

    def get_model():
        return _layers(nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())


class StillFlat:
    """The network still reshapes its input to images of 28 × 28, whatever their size.

    Leave that layer out: the loader prepares the images.
    """

    raises = True

    def get_model():
        class Shape(nn.Module):
            def forward(self, x):
                return x.reshape(-1, 1, 28, 28)

        return nn.Sequential(Shape(), *_layers(nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()))
