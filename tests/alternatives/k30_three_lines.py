"""Right answers to k30, written differently."""

from torch import nn

from solutions.k22_fit import fit
from solutions.k23_get_data import get_data
from solutions.k24_cnn import Mnist_CNN
from solutions.k25_momentum import get_optimizer


class Tutorial:
    """The tutorial's own three lines."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
        model = Mnist_CNN()
        opt = get_optimizer(model, lr=lr)
        fit(epochs, model, nn.functional.cross_entropy, opt, train_dl, valid_dl)
        return model


class EpochByEpoch:
    """One call of `fit` for each epoch, with one optimiser."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = Mnist_CNN()
        opt, loaders = get_optimizer(model, lr), get_data(train_ds, valid_ds, bs)
        for _ in range(epochs):
            fit(1, model, nn.CrossEntropyLoss(), opt, *loaders)
        return model.eval()


class ByKeyword:
    """Everything by its name, and the loss written out."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        def loss_func(logits, target):
            return -logits.log_softmax(1).gather(1, target[:, None]).mean()

        train_dl, valid_dl = get_data(train_ds=train_ds, valid_ds=valid_ds, bs=bs)
        fit(
            model=(model := Mnist_CNN()),
            opt=get_optimizer(model=model, lr=lr),
            epochs=epochs,
            loss_func=loss_func,
            train_dl=train_dl,
            valid_dl=valid_dl,
        )
        return model
