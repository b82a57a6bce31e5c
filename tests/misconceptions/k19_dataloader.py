"""Wrong answers to k19."""

import itertools

import torch
from torch.utils.data import DataLoader


def _learn(model, opt, loss_func, xb, yb):
    loss_func(model(xb), yb).backward()
    opt.step()
    opt.zero_grad()


class RowByRow:
    """Every batch has one row, which is a `DataLoader`'s default.

    Pass `batch_size=bs`.
    """

    def make_loader(train_ds, bs):
        return DataLoader(train_ds)


class Always64:
    """Batches have 64 rows, whatever is asked for.

    Pass `batch_size=bs`.
    """

    def make_loader(train_ds, bs):
        return DataLoader(train_ds, batch_size=64)


class Shuffled:
    """The rows come in a random order.

    Keep them in order: no `shuffle=True`.
    """

    def make_loader(train_ds, bs):
        return DataLoader(train_ds, batch_size=bs, shuffle=True)


class LastDropped:
    """The last batch is left out if it is shorter.

    Keep it: no `drop_last=True`, and all rows of `train_ds`.
    """

    def make_loader(train_ds, bs):
        return DataLoader(train_ds, batch_size=bs, drop_last=True)


class OnePassOnly:
    """An iterator is used up after one epoch.

    Return the loader itself.
    """

    def make_loader(train_ds, bs):
        return iter(DataLoader(train_ds, batch_size=bs))


class WithoutGraph:
    """Autograd is off in the caller's loop too, usually because a `with torch.no_grad():` around
    the `yield` holds until the next batch is asked for.

    Leave it out: `DataLoader(train_ds, batch_size=bs)` is enough.
    """

    def make_loader(train_ds, bs):
        class Silent(DataLoader):
            def __iter__(self):
                with torch.no_grad():
                    yield from super().__iter__()

        return Silent(train_ds, batch_size=bs)


class TurnedRound:
    """The rows come in reverse order, the last one first.

    Pass no sampler: a `DataLoader` keeps the order of `train_ds`.
    """

    def make_loader(train_ds, bs):
        return DataLoader(train_ds, batch_size=bs, sampler=range(len(train_ds) - 1, -1, -1))


class NotReturned:
    """`make_loader` returns nothing.

    Return the loader that it makes: `return DataLoader(…)`.
    """

    def make_loader(train_ds, bs):
        DataLoader(train_ds, batch_size=bs)


class UsedUp:
    """Only the first epoch learns anything, usually because one iterator is made for all epochs,
    and is used up.

    Begin a new pass in each: `for xb, yb in train_dl` inside the loop over epochs.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        batches = iter(train_dl)
        for _ in range(epochs):
            for xb, yb in batches:
                _learn(model, opt, loss_func, xb, yb)


class KeptBatches:
    """The batches of the first epoch are used in every epoch, though a loader that shuffles makes
    new ones each time.

    Begin a new pass in each epoch: `for xb, yb in train_dl`.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        batches = list(train_dl)
        for _ in range(epochs):
            for xb, yb in batches:
                _learn(model, opt, loss_func, xb, yb)


class OneBatch:
    """Each epoch learns from its first batch only.

    Loop over all of them: `for xb, yb in train_dl`.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            xb, yb = next(iter(train_dl))
            _learn(model, opt, loss_func, xb, yb)


class LoopsSwapped:
    """Each batch is learned from several times in a row, usually because the loop over the epochs
    is inside the loop over the batches.

    Swap the loops: `for _ in range(epochs):` is the outer one.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for xb, yb in train_dl:
            for _ in range(epochs):
                _learn(model, opt, loss_func, xb, yb)


class NeedsALength:
    """The loop asks for the length of `train_dl`, but not everything that can be iterated over has
    one.

    Take only the batches: `for xb, yb in train_dl`.
    """

    raises = True

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            batches = iter(train_dl)
            for _ in range(len(train_dl)):
                _learn(model, opt, loss_func, *next(batches))


class NeedsADataSet:
    """The loop asks for the data set of `train_dl`, but not everything that can be iterated over
    has one.

    Take only the batches: `for xb, yb in train_dl`.
    """

    raises = True

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            for xb, yb in DataLoader(train_dl.dataset, train_dl.batch_size):
                _learn(model, opt, loss_func, xb, yb)


class Peeks:
    """Each epoch begins two passes over `train_dl`, perhaps to look at a batch beforehand, and the
    second may have other batches.

    Begin one pass for each epoch, and no more.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            if next(iter(train_dl), None) is None:
                return
            for xb, yb in train_dl:
                _learn(model, opt, loss_func, xb, yb)


class OneEpochMore:
    """There is one epoch too many.

    Loop over `range(epochs)`.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs + 1):
            for xb, yb in train_dl:
                _learn(model, opt, loss_func, xb, yb)


class AtLeastOne:
    """With `epochs=0` there is one epoch anyway.

    Loop over `range(epochs)`.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for epoch in itertools.count(1):
            for xb, yb in train_dl:
                _learn(model, opt, loss_func, xb, yb)
            if epoch >= epochs:
                return


class NotCleared:
    """The gradients are never cleared, so that every step goes along the sum of all gradients so
    far.

    Call `opt.zero_grad()` after each step.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            for xb, yb in train_dl:
                loss_func(model(xb), yb).backward()
                opt.step()


class ClearedEachEpoch:
    """The gradients are cleared only once an epoch, and `backward` adds to them batch by batch.

    Clear them after each step, inside the inner loop.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            for xb, yb in train_dl:
                loss_func(model(xb), yb).backward()
                opt.step()
            opt.zero_grad()


class StepEachEpoch:
    """A step is taken only once an epoch.

    Take one for each batch: step and clear after each `backward`.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            for xb, yb in train_dl:
                loss_func(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()


class Evaluating:
    """The model is put into evaluation mode, and batch norm learns nothing.

    Leave it in training mode, the mode that it came in.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        model.eval()
        for _ in range(epochs):
            for xb, yb in train_dl:
                _learn(model, opt, loss_func, xb, yb)
