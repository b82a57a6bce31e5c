"""Wrong answers to k30."""

import torch.nn.functional as F

from solutions.k22_fit import fit
from solutions.k23_get_data import get_data
from solutions.k24_cnn import Mnist_CNN
from solutions.k25_momentum import get_optimizer


class Untrained:
    """The model that is returned has not been trained: it has seen no batch.

    Call `fit` with it, and return that same model.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        get_optimizer(model, lr)
        return model


class NotReturned:
    """`train` returns None.

    Return the model that `fit` has trained: `return model`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)


class OfAnotherModel:
    """The model sees the training data, but its parameters never change, usually because the
    optimiser holds those of another model.

    Make the optimiser for the model that is trained, at the rate asked for: `get_optimizer(model,
    lr)`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(Mnist_CNN(), lr), train_dl, valid_dl)
        return model


class DataSwapped:
    """The model learns from the validation data, usually because two arguments are swapped.

    Write `get_data(train_ds, valid_ds, bs)`, and pass `train_dl` to `fit` before `valid_dl`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(valid_ds, train_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)
        return model


class LoadersSwapped:
    """The model learns from the validation loader, usually because `fit` gets the two loaders in
    the wrong order.

    Pass `train_dl` to `fit` before `valid_dl`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(model, lr), valid_dl, train_dl)
        return model


class BothLearned:
    """The model learns from the validation data as well as from the training data.

    Call `fit` once, with the validation loader last: `valid_ds` is for reporting only.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = Mnist_CNN()
        opt = get_optimizer(model, lr)
        for pair in ((valid_ds, train_ds), (train_ds, valid_ds)):
            fit(epochs, model, F.cross_entropy, opt, *get_data(*pair, bs))
        return model


class RateForgotten:
    """The learning rate is 0.1, whatever is asked for.

    Pass `lr` on: `get_optimizer(model, lr)`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(model), train_dl, valid_dl)
        return model


class EpochsForgotten:
    """There are two epochs, whatever is asked for.

    Pass `epochs` to `fit`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(2, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)
        return model


class SizeForgotten:
    """The training batches have 64 rows, whatever is asked for.

    Pass `bs` to `get_data`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, 64)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)
        return model


class LogitsForLogProbabilities:
    """The loss is one for log-probabilities, such as `F.nll_loss`, but the model returns logits.

    Pass `F.cross_entropy` to `fit`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.nll_loss, get_optimizer(model, lr), train_dl, valid_dl)
        return model


class Upwards:
    """Every step goes uphill, and makes the loss larger.

    Pass `F.cross_entropy` and `lr` on as they are, without a minus sign.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        def loss_func(input, target):
            return -F.cross_entropy(input, target)

        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, loss_func, get_optimizer(model, lr), train_dl, valid_dl)
        return model


_model = Mnist_CNN()


class GoesOn:
    """Every call returns the same model, and a second call goes on training it.

    Make a new one in each call: `Mnist_CNN()` inside the function.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        fit(epochs, _model, F.cross_entropy, get_optimizer(_model, lr), train_dl, valid_dl)
        return _model


class AnotherDefault:
    """Without the argument `lr` the learning rate is not 0.1.

    Keep the default of the stub: `lr=0.1`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.5, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        fit(epochs, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)
        return model
