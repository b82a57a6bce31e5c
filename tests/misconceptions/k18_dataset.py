"""Wrong answers to k18."""

from typing import Any

import torch
from torch.utils.data import DataLoader, TensorDataset


def _learn(model, opt, loss_func, xb, yb):
    loss_func(model(xb), yb).backward()
    opt.step()
    opt.zero_grad()


class LabelsFirst:
    """Labels and images have changed places.

    `TensorDataset(x, y)`.
    """

    def make_dataset(x, y):
        return TensorDataset(y, x)


class ImagesOnly:
    """The labels are missing.

    Both tensors.
    """

    def make_dataset(x, y):
        return TensorDataset(x)


class APair:
    """A tuple of two tensors is no data set: its length is two.

    `TensorDataset(x, y)`.
    """

    def make_dataset(x, y):
        return x, y


class AList:
    """A list of rows cannot be sliced into batches.

    `TensorDataset(x, y)`.
    """

    def make_dataset(x, y):
        return list(zip(x, y, strict=True))


class NotReturned:
    """The data set is made, and nothing returned.

    `return TensorDataset(x, y)`.
    """

    def make_dataset(x, y):
        TensorDataset(x, y)


class Flattened:
    """Images lose their shape.

    Leave `x` as it is.
    """

    def make_dataset(x, y):
        return TensorDataset(x.reshape(len(x), -1), y)


class Floats:
    """Everything becomes float32.

    Leave the dtypes as they are.
    """

    def make_dataset(x, y):
        return TensorDataset(x.float(), y)


class Shuffled:
    """The images are shuffled, the labels are not.

    The rows stay in order, each with its label.
    """

    def make_dataset(x, y):
        return TensorDataset(x[torch.arange(len(x) - 1, -1, -1)], y)


class LastRowLost:
    """The last row is missing.

    The end of a slice does not belong to it: use the whole.
    """

    def make_dataset(x, y):
        return TensorDataset(x[:-1], y[:-1]) if len(x) > 1 else TensorDataset(x, y)


class Scaled:
    """The images are scaled in place, and the caller's with them.

    The data are the caller's.
    """

    def make_dataset(x, y):
        x /= x.abs().max()
        return TensorDataset(x, y)


_made: list[Any] = []


class TheFirst:
    """The first data set is given again and again.

    Make a new one.
    """

    def make_dataset(x, y):
        _made.append(TensorDataset(x, y))
        return _made[0]


class LastDropped:
    """The last, shorter batch is left out.

    Every row is learned from, in every epoch.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for i in range(len(train_ds) // bs):
                _learn(model, opt, loss_func, *train_ds[i * bs : (i + 1) * bs])


class OneRowTooMany:
    """Every batch has a row of the next one.

    `train_ds[start : start + bs]`.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for start in range(0, len(train_ds), bs):
                _learn(model, opt, loss_func, *train_ds[start : start + bs + 1])


class BatchesCounted:
    """The step of the slice is left out: the rows go up one by one.

    Batch i begins at i · bs.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for i in range((len(train_ds) - 1) // bs + 1):
                _learn(model, opt, loss_func, *train_ds[i : i + bs])


class RowByRow:
    """A step is taken for every row.

    For every slice of bs.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for i in range(len(train_ds)):
                _learn(model, opt, loss_func, *train_ds[i : i + 1])


class WholeAtOnce:
    """The whole data set makes one batch.

    Slices of bs.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            _learn(model, opt, loss_func, *train_ds[:])


class InAnyOrder:
    """The loader shuffles.

    In order, for now.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in DataLoader(train_ds, bs, shuffle=True):
                _learn(model, opt, loss_func, xb, yb)


class NotCleared:
    """The gradients are never cleared.

    `opt.zero_grad()` after each step.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(epochs):
            for start in range(0, len(train_ds), bs):
                xb, yb = train_ds[start : start + bs]
                loss_func(model(xb), yb).backward()
                opt.step()


class TwoEpochs:
    """There are two epochs, however many are asked for.

    `range(epochs)`.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        for _ in range(2):
            for start in range(0, len(train_ds), bs):
                _learn(model, opt, loss_func, *train_ds[start : start + bs])


class TensorsCentred:
    """The data set's own tensors are changed before training.

    They are needed as they are.
    """

    def fit(model, opt, loss_func, train_ds, epochs=2, bs=64):
        train_ds.tensors[0].sub_(train_ds.tensors[0].mean())
        for _ in range(epochs):
            for start in range(0, len(train_ds), bs):
                _learn(model, opt, loss_func, *train_ds[start : start + bs])
