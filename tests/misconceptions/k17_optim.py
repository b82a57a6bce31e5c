"""Wrong answers to k17."""

import torch
from torch import nn, optim

from solutions.k17_optim import Mnist_Logistic


def _batches(x, y, bs):
    return zip(x.split(bs), y.split(bs), strict=True)


class Momentum:
    """The optimiser has momentum.

    Plain SGD: that is for later.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return model, optim.SGD(model.parameters(), lr=lr, momentum=0.9)


class Adam:
    """Adam makes other steps.

    `optim.SGD`.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return model, optim.Adam(model.parameters(), lr=lr)


class Decays:
    """The weights decay a little in every step.

    Plain SGD.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return model, optim.SGD(model.parameters(), lr=lr, weight_decay=1e-3)


class RateForgotten:
    """The learning rate is 0.5, whatever is asked for.

    Hand `lr` on.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return model, optim.SGD(model.parameters(), lr=0.5)


class AnotherDefault:
    """Unless told otherwise the rate is 0.1.

    0.5, as in the stub.
    """

    def get_model(lr=0.1):
        model = Mnist_Logistic()
        return model, optim.SGD(model.parameters(), lr=lr)


class OfAnotherModel:
    """The optimiser holds the parameters of another model, and this one never learns.

    The same model in both places.
    """

    def get_model(lr=0.5):
        return Mnist_Logistic(), optim.SGD(Mnist_Logistic().parameters(), lr=lr)


class WeightOnly:
    """The optimiser knows nothing of the bias.

    `model.parameters()`.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return model, optim.SGD([model.lin.weight], lr=lr)


class OptimiserFirst:
    """The optimiser comes before the model.

    `return model, opt`.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return optim.SGD(model.parameters(), lr=lr), model


class ModelOnly:
    """The optimiser is not returned.

    Both.
    """

    def get_model(lr=0.5):
        return Mnist_Logistic()


_model = Mnist_Logistic()


class OneForAll:
    """The model is made once, and a second training goes on where the first ended.

    Make it inside the function.
    """

    def get_model(lr=0.5):
        return _model, optim.SGD(_model.parameters(), lr=lr)


class TheClass:
    """The class is returned, not a model.

    `Mnist_Logistic()`.
    """

    def get_model(lr=0.5):
        return Mnist_Logistic, optim.SGD(Mnist_Logistic().parameters(), lr=lr)


class Deeper:
    """The model has a layer too many.

    `Mnist_Logistic`.
    """

    def get_model(lr=0.5):
        model = nn.Sequential(nn.Linear(784, 10), nn.Linear(10, 10))
        return model, optim.SGD(model.parameters(), lr=lr)


class NotCleared:
    """The gradients are never cleared, and every step repeats all those before it.

    `opt.zero_grad()` after each step.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                opt.step()


class ClearedTooEarly:
    """The gradients are cleared between `backward` and the step: nothing moves.

    backward, step, zero_grad.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                opt.zero_grad()
                opt.step()


class StepFirst:
    """The step comes before the gradients, and goes along those of the batch before.

    backward, then step.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss = loss_func(model(xb), yb)
                opt.step()
                opt.zero_grad()
                loss.backward()


class StepEachEpoch:
    """A step is taken once an epoch.

    One for each batch.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()


class OwnSgd:
    """The loop makes an optimiser of its own.

    Use the one that was passed.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        opt = optim.SGD(model.parameters(), lr=0.1)
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                opt.step()
                opt.zero_grad()


class StepByHand:
    """The step is still made by hand, with the optimiser's rate: right for plain SGD only.

    `opt.step()`.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                with torch.no_grad():
                    for p in model.parameters():
                        p -= opt.param_groups[0]["lr"] * p.grad
                opt.zero_grad()


class LastDropped:
    """The last, shorter batch is left out.

    Every row is learned from, in every epoch.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in list(_batches(x, y, bs))[: len(x) // bs]:
                loss_func(model(xb), yb).backward()
                opt.step()
                opt.zero_grad()


class UsedUp:
    """The batches are made once, and an iterator can be gone through only once.

    Begin a new pass in each epoch.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        batches = _batches(x, y, bs)
        for _ in range(epochs):
            for xb, yb in batches:
                loss_func(model(xb), yb).backward()
                opt.step()
                opt.zero_grad()


class Forgetful:
    """The optimiser's memory is wiped at the beginning of every epoch.

    It is the optimiser's.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            opt.state.clear()
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                opt.step()
                opt.zero_grad()


class RateDecays:
    """The learning rate falls from epoch to epoch.

    It is the optimiser's.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                opt.step()
                opt.zero_grad()
            for group in opt.param_groups:
                group["lr"] *= 0.9
