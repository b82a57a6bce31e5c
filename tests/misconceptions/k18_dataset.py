"""Wrong answers to k18."""

from typing import Any

import torch
from torch.utils.data import DataLoader, TensorDataset


def _learn(model, opt, loss_func, xb, yb):
    loss_func(model(xb), yb).backward()
    opt.step()
    opt.zero_grad()


class LabelsFirst:
    """Images and labels are swapped.

    Return `TensorDataset(x, y)`: the images first.
    """

    def make_dataset(x, y):
        return TensorDataset(y, x)


class ImagesOnly:
    """The labels are missing.

    Pass both tensors: `TensorDataset(x, y)`.
    """

    def make_dataset(x, y):
        return TensorDataset(x)


class APair:
    """A tuple of two tensors is not a data set: its length is 2, whatever the number of rows.

    Return `TensorDataset(x, y)`.
    """

    def make_dataset(x, y):
        return x, y


class AList:
    """A list of rows cannot be sliced into batches `(xb, yb)`: its slices are lists of pairs.

    Return a `TensorDataset(x, y)`.
    """

    def make_dataset(x, y):
        return list(zip(x, y, strict=True))


class NotReturned:
    """`make_dataset` returns nothing.

    Return the data set that it makes: `return TensorDataset(x, y)`.
    """

    def make_dataset(x, y):
        TensorDataset(x, y)


class Flattened:
    """The rows of `x` lose their shape.

    Pass `x` as it is, without `reshape` or `flatten`.
    """

    def make_dataset(x, y):
        return TensorDataset(x.reshape(len(x), -1), y)


class Floats:
    """`x` becomes float32, whatever it was.

    Leave its dtype as it is: no `.float()`.
    """

    def make_dataset(x, y):
        return TensorDataset(x.float(), y)


class ImagesReversed:
    """The rows of `x` come in reverse order, the last one first, and those of `y` do not.

    Keep the rows in order, each with its label.
    """

    def make_dataset(x, y):
        return TensorDataset(x[torch.arange(len(x) - 1, -1, -1)], y)


class LastRowLost:
    """The last row is missing.

    Pass all of `x` and `y`: a slice does not include its end.
    """

    def make_dataset(x, y):
        return TensorDataset(x[:-1], y[:-1]) if len(x) > 1 else TensorDataset(x, y)


class Scaled:
    """`x` is scaled in place, which changes the caller's data.

    Pass `x` as it is.
    """

    def make_dataset(x, y):
        x /= x.abs().max()
        return TensorDataset(x, y)


_made: list[Any] = []


class TheFirst:
    """Every call returns the first data set that was made.

    Make a new one at each call, and keep none.
    """

    def make_dataset(x, y):
        _made.append(TensorDataset(x, y))
        return _made[0]


class LastDropped:
    """A last batch of fewer than `bs` rows is left out.

    Begin a batch at each of `range(0, len(train_ds), bs)`: the last slice is shorter automatically.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for i in range(len(train_ds) // bs):
                _learn(model, opt, loss_func, *train_ds[i * bs : (i + 1) * bs])


class OneRowTooMany:
    """Every batch also has the first row of the next one.

    Write `train_ds[start : start + bs]`: a slice does not include its end.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for start in range(0, len(train_ds), bs):
                _learn(model, opt, loss_func, *train_ds[start : start + bs + 1])


class StepOfOne:
    """Each batch starts one row after the last instead of `bs` rows, so they overlap.

    Begin batch i at row `i * bs`, or loop over `range(0, len(train_ds), bs)`.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for i in range((len(train_ds) - 1) // bs + 1):
                _learn(model, opt, loss_func, *train_ds[i : i + bs])


class EmptyBatch:
    """Where the number of rows is a multiple of `bs`, there is one batch too many, and it is empty.

    Loop over `range(0, len(train_ds), bs)`, which begins no batch at the end.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for i in range(len(train_ds) // bs + 1):
                _learn(model, opt, loss_func, *train_ds[i * bs : i * bs + bs])


class EndIsTheSize:
    """Every slice ends at row `bs`, so that all batches after the first are empty.

    End it `bs` rows after its start: `train_ds[start : start + bs]`.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for start in range(0, len(train_ds), bs):
                _learn(model, opt, loss_func, *train_ds[start:bs])


class RowByRow:
    """A step is taken for every row.

    Take one for every slice of `bs` rows.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for i in range(len(train_ds)):
                _learn(model, opt, loss_func, *train_ds[i : i + 1])


class WholeAtOnce:
    """The whole data set makes one batch.

    Take slices of `bs` rows: `train_ds[start : start + bs]`.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            _learn(model, opt, loss_func, *train_ds[:])


class InAnyOrder:
    """The rows come in a random order.

    Take the slices in order: no shuffling.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in DataLoader(train_ds, bs, shuffle=True):
                _learn(model, opt, loss_func, xb, yb)


class NotCleared:
    """The gradients are never cleared, so that every step goes along the sum of all gradients so
    far.

    Call `opt.zero_grad()` after each step.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for start in range(0, len(train_ds), bs):
                xb, yb = train_ds[start : start + bs]
                loss_func(model(xb), yb).backward()
                opt.step()


class ClearedEachEpoch:
    """The gradients are cleared only once an epoch, and `backward` adds to them batch by batch.

    Clear them after each step, inside the inner loop.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for start in range(0, len(train_ds), bs):
                xb, yb = train_ds[start : start + bs]
                loss_func(model(xb), yb).backward()
                opt.step()
            opt.zero_grad()


class StepEachEpoch:
    """A step is taken only once an epoch, along the sum of all gradients.

    Take a step for each slice: step and clear after each `backward`.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for start in range(0, len(train_ds), bs):
                xb, yb = train_ds[start : start + bs]
                loss_func(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()


class TwoEpochs:
    """There are two epochs, however many are asked for.

    Loop over `range(epochs)`.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(2):
            for start in range(0, len(train_ds), bs):
                _learn(model, opt, loss_func, *train_ds[start : start + bs])


class MemoryLost:
    """The optimiser loses its memory, such as its momentum, at the beginning of each epoch.

    Use the one `opt` that was passed, for all epochs: make no new one, and clear only the
    gradients.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            own = type(opt)(model.parameters(), **opt.defaults)
            for start in range(0, len(train_ds), bs):
                _learn(model, own, loss_func, *train_ds[start : start + bs])


class TensorsCentred:
    """The mean of the data set's `x` is subtracted from it in place, before training.

    Train on the rows as they are, and change nothing in `train_ds`.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        train_ds.tensors[0].sub_(train_ds.tensors[0].mean())
        for _ in range(epochs):
            for start in range(0, len(train_ds), bs):
                _learn(model, opt, loss_func, *train_ds[start : start + bs])
