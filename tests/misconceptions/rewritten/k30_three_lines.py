"""Wrong answers to k30, written in another way."""

import copy
from functools import partial

from torch import nn

from solutions.k22_fit import fit
from solutions.k23_get_data import get_data
from solutions.k24_cnn import Mnist_CNN
from solutions.k25_momentum import get_optimizer

_loss_func = nn.CrossEntropyLoss()


class _Trainer:
    """A training: its model, its optimiser and its data."""

    def __init__(self, train_ds, valid_ds, bs, lr):
        self.loaders = get_data(train_ds, valid_ds, bs)
        self.model = Mnist_CNN()
        self.opt = get_optimizer(self.model, lr)

    def run(self, epochs):
        """Train, and return the model."""
        fit(epochs, self.model, _loss_func, self.opt, *self.loaders)
        return self.model


class NotReturned:
    """A class does the training; its method returns the model, and nobody takes it."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        trainer = _Trainer(train_ds, valid_ds, bs, lr)
        trainer.run(epochs)


def _get_model(lr):
    """Return a new model and its optimiser."""
    model = Mnist_CNN()
    return model, get_optimizer(model, lr)


class OfAnotherModel:
    """A helper gives a pair; one call is for the model, another for the optimiser."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = _get_model(lr)[0]
        opt = _get_model(lr)[1]
        run = partial(fit, epochs, model, _loss_func, opt)
        run(*get_data(train_ds, valid_ds, bs))
        return model


def _loaders(valid_ds, train_ds, bs):
    """Make both loaders."""
    return dict(zip(("train_dl", "valid_dl"), get_data(train_ds, valid_ds, bs), strict=True))


class DataSwapped:
    """A helper with its arguments in another order makes the loaders."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model, opt = _get_model(lr)
        loaders = _loaders(train_ds, valid_ds, bs)
        fit(epochs, model=model, loss_func=_loss_func, opt=opt, **loaders)
        return model


def _run(train_ds, valid_ds, bs, lr, epochs=2):
    """Train a new model and return it."""
    return _Trainer(train_ds, valid_ds, bs, lr).run(epochs)


class EpochsForgotten:
    """Another function does it all, with a default for what it is not told."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        return _run(train_ds, valid_ds, bs, lr)


class Untrained:
    """A copy is trained, and the original returned."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        trainer = _Trainer(train_ds, valid_ds, bs, lr)
        untouched = copy.deepcopy(trainer.model)
        trainer.run(epochs)
        return untouched
