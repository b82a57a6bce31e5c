"""Wrong answers to k19."""

import itertools

from torch.utils.data import DataLoader


def _learn(model, opt, loss_func, xb, yb):
    loss_func(model(xb), yb).backward()
    opt.step()
    opt.zero_grad()


class RowByRow:
    """The batch size is forgotten, and a DataLoader's own is one.

    `batch_size=bs`.
    """

    def make_loader(train_ds, bs):
        return DataLoader(train_ds)


class Always64:
    """Batches have 64 rows, whatever is asked for.

    `batch_size=bs`.
    """

    def make_loader(train_ds, bs):
        return DataLoader(train_ds, batch_size=64)


class Shuffled:
    """The rows come in another order.

    In order; shuffling comes in k23.
    """

    def make_loader(train_ds, bs):
        return DataLoader(train_ds, batch_size=bs, shuffle=True)


class LastDropped:
    """The last, shorter batch is left out.

    No `drop_last`.
    """

    def make_loader(train_ds, bs):
        return DataLoader(train_ds, batch_size=bs, drop_last=True)


class OnePassOnly:
    """An iterator is used up after one epoch.

    Return the loader itself.
    """

    def make_loader(train_ds, bs):
        return iter(DataLoader(train_ds, batch_size=bs))


class BatchesInAList:
    """All batches are made at once, and kept.

    A DataLoader makes them as they are needed.
    """

    def make_loader(train_ds, bs):
        return list(DataLoader(train_ds, batch_size=bs))


class TurnedRound:
    """The rows come from the last to the first.

    In order.
    """

    def make_loader(train_ds, bs):
        return DataLoader(train_ds, batch_size=bs, sampler=range(len(train_ds) - 1, -1, -1))


class NotReturned:
    """The loader is made, and nothing returned.

    `return DataLoader(…)`.
    """

    def make_loader(train_ds, bs):
        DataLoader(train_ds, batch_size=bs)


class UsedUp:
    """One iterator is made for all epochs, and is used up after the first.

    `for xb, yb in train_dl` in each epoch.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        batches = iter(train_dl)
        for _ in range(epochs):
            for xb, yb in batches:
                _learn(model, opt, loss_func, xb, yb)


class KeptBatches:
    """The batches of the first epoch are used in all.

    A loader that shuffles brings others each time.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        batches = list(train_dl)
        for _ in range(epochs):
            for xb, yb in batches:
                _learn(model, opt, loss_func, xb, yb)


class OneBatch:
    """An epoch is one batch.

    All of them.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            xb, yb = next(iter(train_dl))
            _learn(model, opt, loss_func, xb, yb)


class NeedsALength:
    """The loop counts the batches, and not everything that can be gone through has a length.

    `for xb, yb in train_dl`.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            batches = iter(train_dl)
            for _ in range(len(train_dl)):
                _learn(model, opt, loss_func, *next(batches))


class NeedsADataSet:
    """The loop looks behind the loader, at its data set.

    `for xb, yb in train_dl`.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            for xb, yb in DataLoader(train_dl.dataset, train_dl.batch_size):
                _learn(model, opt, loss_func, xb, yb)


class Peeks:
    """A batch is fetched beforehand, by a pass of its own, which may bring others.

    One pass for each epoch, and no more.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            if next(iter(train_dl), None) is None:
                return
            for xb, yb in train_dl:
                _learn(model, opt, loss_func, xb, yb)


class OneEpochMore:
    """There is an epoch too many.

    `range(epochs)`.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs + 1):
            for xb, yb in train_dl:
                _learn(model, opt, loss_func, xb, yb)


class AtLeastOne:
    """With no epoch there is one all the same.

    `range(epochs)`.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for epoch in itertools.count(1):
            for xb, yb in train_dl:
                _learn(model, opt, loss_func, xb, yb)
            if epoch >= epochs:
                return


class NotCleared:
    """The gradients are never cleared.

    `opt.zero_grad()` after each step.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            for xb, yb in train_dl:
                loss_func(model(xb), yb).backward()
                opt.step()


class StepEachEpoch:
    """A step is taken once an epoch, behind the inner loop.

    Inside it: one for each batch.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            for xb, yb in train_dl:
                loss_func(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()


class Evaluating:
    """The model is put into evaluation mode, and batch norm learns nothing.

    It comes in training mode; leave it there.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        model.eval()
        for _ in range(epochs):
            for xb, yb in train_dl:
                _learn(model, opt, loss_func, xb, yb)


class TargetsFirst:
    """The loss gets its arguments the wrong way round.

    `loss_func(model(xb), yb)`.
    """

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            for xb, yb in train_dl:
                out = model(xb)
                if yb.shape == out.shape:
                    loss_func(yb, -out).backward()
                else:
                    loss_func(-out, yb).backward()
                opt.step()
                opt.zero_grad()
