"""Wrong answers to k22, written in another way."""

import numpy as np
import torch


def _train_pass(model, loss_func, opt, batches):
    """Take one step for each batch, in training mode."""
    model.train(True)
    for inputs, labels in batches:
        torch.autograd.backward(loss_func(model(inputs), labels))
        opt.step()
        opt.zero_grad()


def _losses(model, loss_func, batches):
    """Give each batch's loss and its number of rows, one after the other."""
    for inputs, labels in batches:
        yield loss_func(model(inputs), labels).item(), inputs.size(0)


class _Average:
    """A mean that grows with every value, weighted."""

    def __init__(self):
        self.total, self.weight = 0.0, 0

    def add(self, value, weight):
        self.total += value * weight
        self.weight += weight

    def __format__(self, spec):
        return format(self.total / self.weight, spec)


class NoEvaluationMode:
    """Epochs are counted by a `while`, and the mean is a quotient of numpy's products."""

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        epoch = 0
        while epoch < epochs:
            _train_pass(model, loss_func, opt, train_dl)
            with torch.no_grad():
                losses, rows = np.array(list(_losses(model, loss_func, valid_dl))).T
            print(epoch, losses @ rows / rows.sum())
            epoch += 1


class GraphDuringValidation:
    """Training and validation are two rounds of the same loop."""

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            for training, batches in ((True, train_dl), (False, valid_dl)):
                model.train(training)
                total = rows = 0
                for inputs, labels in batches:
                    loss = loss_func(model(inputs), labels)
                    total += loss.item() * len(labels)
                    rows += len(labels)
                    if training:
                        loss.backward()
                        opt.step()
                        opt.zero_grad()
            print(epoch, total / rows)


class MeanOfMeans:
    """A decorated inner function validates, and numpy takes the mean."""

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        @torch.no_grad()
        def validation_loss():
            model.train(False)
            return np.mean([loss for loss, _ in _losses(model, loss_func, valid_dl)])

        for epoch in range(epochs):
            _train_pass(model, loss_func, opt, train_dl)
            print(epoch, validation_loss())


class Rounded:
    """An object keeps the mean and formats itself, into one string for the whole line."""

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            _train_pass(model, loss_func, opt, train_dl)
            model.train(False)
            mean = _Average()
            with torch.no_grad():
                for loss, rows in _losses(model, loss_func, valid_dl):
                    mean.add(loss, rows)
            print(f"{epoch} {mean:.4f}")
