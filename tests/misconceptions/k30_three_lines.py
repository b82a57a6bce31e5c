"""Wrong answers to k30."""

import copy

import torch.nn.functional as F

from solutions.k22_fit import fit
from solutions.k23_get_data import get_data
from solutions.k24_cnn import Mnist_CNN
from solutions.k25_momentum import get_optimizer


class NeverFitted:
    """Everything is there, and `fit` is not called.

    Three lines: data, model, fit.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        get_optimizer(model, lr)
        return model


class NotReturned:
    """The model is trained, and lost.

    `return model`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)


class AnotherReturned:
    """A new model is returned, not the one that was trained.

    Keep it in a variable.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)
        return Mnist_CNN()


class OfAnotherModel:
    """The optimiser is for another model, and the one that is called never learns.

    The same model in both places.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(Mnist_CNN(), lr), train_dl, valid_dl)
        return model


class Exchanged:
    """It learns from the validation data.

    `train_dl` comes first.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(valid_ds, train_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)
        return model


class BothLearned:
    """It learns from both data sets, one after the other.

    `valid_ds` is for reporting only.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = Mnist_CNN()
        opt = get_optimizer(model, lr)
        for pair in ((valid_ds, train_ds), (train_ds, valid_ds)):
            fit(epochs, model, F.cross_entropy, opt, *get_data(*pair, bs))
        return model


class RateForgotten:
    """The learning rate is the optimiser's own, whatever is asked for.

    `get_optimizer(model, lr)`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(model), train_dl, valid_dl)
        return model


class EpochsForgotten:
    """There are two epochs, whatever is asked for.

    Hand `epochs` on.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(2, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)
        return model


class SizeForgotten:
    """The batches have 64 rows, whatever is asked for.

    Hand `bs` on.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, 64)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)
        return model


class LogitsForLogProbabilities:
    """The loss expects log-probabilities, and the model gives logits.

    `F.cross_entropy`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.nll_loss, get_optimizer(model, lr), train_dl, valid_dl)
        return model


class Upwards:
    """The loss is made as large as possible.

    `F.cross_entropy`, as it is.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        def loss_func(input, target):
            return -F.cross_entropy(input, target)

        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, loss_func, get_optimizer(model, lr), train_dl, valid_dl)
        return model


class ACopy:
    """A copy is trained, and the original returned.

    The one that was trained.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        trained = copy.deepcopy(model)
        fit(epochs, trained, F.cross_entropy, get_optimizer(trained, lr), train_dl, valid_dl)
        return model


_model = Mnist_CNN()


class GoesOn:
    """The model is made once, and a second training goes on with it.

    A new one in each call.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        fit(epochs, _model, F.cross_entropy, get_optimizer(_model, lr), train_dl, valid_dl)
        return _model
