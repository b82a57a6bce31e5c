"""Wrong answers to k17."""

from typing import Any

import torch
from torch import nn, optim

from solutions.k17_optim import Mnist_Logistic


def _batches(x, y, bs):
    return zip(x.split(bs), y.split(bs), strict=True)


class Momentum:
    """The optimiser has momentum.

    Make plain SGD: leave out `momentum`.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return model, optim.SGD(model.parameters(), lr=lr, momentum=0.9)


class Adam:
    """The optimiser makes Adam's steps, not those of plain SGD.

    Make an `optim.SGD`.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return model, optim.Adam(model.parameters(), lr=lr)


class Decays:
    """The parameters decay a little in every step.

    Make plain SGD: leave out `weight_decay`.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return model, optim.SGD(model.parameters(), lr=lr, weight_decay=1e-3)


class RateForgotten:
    """The learning rate is 0.5, whatever is asked for.

    Pass `lr` to the optimiser: `optim.SGD(model.parameters(), lr=lr)`.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return model, optim.SGD(model.parameters(), lr=0.5)


class AnotherDefault:
    """Without the argument `lr` the rate is not 0.5.

    Keep the stub's default: `lr=0.5`.
    """

    def get_model(lr=0.1):
        model = Mnist_Logistic()
        return model, optim.SGD(model.parameters(), lr=lr)


class OfAnotherModel:
    """The optimiser does not hold the parameters of the returned model, which never learns: usually
    it has those of a second one.

    Make one model, pass its `parameters()` to the optimiser, and return that model.
    """

    def get_model(lr=0.5):
        return Mnist_Logistic(), optim.SGD(Mnist_Logistic().parameters(), lr=lr)


class WeightOnly:
    """The optimiser does not hold the bias.

    Give it all of `model.parameters()`.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return model, optim.SGD([model.lin.weight], lr=lr)


class OptimiserFirst:
    """The optimiser is returned first, and then the model.

    Return the model first: `return model, opt`.
    """

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return optim.SGD(model.parameters(), lr=lr), model


class ModelOnly:
    """The optimiser is not returned.

    Return both: `return model, opt`.
    """

    def get_model(lr=0.5):
        return Mnist_Logistic()


_models: list[Any] = []


class OneForAll:
    """The model is made once, and a second training run begins where the first ended.

    Make the model inside the function.
    """

    def get_model(lr=0.5):
        _models[:] = _models or [Mnist_Logistic()]
        return _models[0], optim.SGD(_models[0].parameters(), lr=lr)


class TheClass:
    """The class is returned, not a model.

    Call the class to make a model: `Mnist_Logistic()`.
    """

    def get_model(lr=0.5):
        return Mnist_Logistic, optim.SGD(Mnist_Logistic().parameters(), lr=lr)


class Deeper:
    """The model has a layer too many.

    Make a `Mnist_Logistic()`, which has the one it needs.
    """

    def get_model(lr=0.5):
        model = nn.Sequential(nn.Linear(784, 10), nn.Linear(10, 10))
        return model, optim.SGD(model.parameters(), lr=lr)


class NotCleared:
    """The gradients are never cleared, so `backward` adds each one to the last, and every step goes
    along the sum of all gradients so far.

    Call `opt.zero_grad()` after each step.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                opt.step()


class ClearedEachEpoch:
    """The gradients are cleared only once an epoch, and `backward` adds to them batch by batch.

    Clear them after each step, inside the inner loop.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                opt.step()
            opt.zero_grad()


class ClearedTooEarly:
    """No parameter moves, usually because the gradients are cleared between `backward` and the
    step, or there is no step.

    Keep this order: `backward`, `opt.step()`, `opt.zero_grad()`.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                opt.zero_grad()
                opt.step()


class StepFirst:
    """`opt.step()` comes between the forward pass and `backward`: it goes along the gradients of
    the batch before, and may change what `backward` needs.

    Step after `backward`, then clear the gradients.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss = loss_func(model(xb), yb)
                opt.step()
                opt.zero_grad()
                loss.backward()


class WholeAtOnce:
    """All rows make one batch, and so there is one step in each epoch.

    Take a step for each slice of `bs` rows: `x[start : start + bs]`, and the same for `y`.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            loss_func(model(x), y).backward()
            opt.step()
            opt.zero_grad()


class EmptyBatch:
    """Where the number of rows is a multiple of `bs`, there is one batch too many, and it is empty.

    Loop over `range(0, len(x), bs)`, which begins no batch at the end.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for i in range(len(x) // bs + 1):
                xb, yb = x[i * bs : i * bs + bs], y[i * bs : i * bs + bs]
                loss_func(model(xb), yb).backward()
                opt.step()
                opt.zero_grad()


class EndIsTheSize:
    """Every slice ends at row `bs`, so that all batches after the first are empty.

    End it `bs` rows after its start: `x[start : start + bs]`, and the same for `y`.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for start in range(0, len(x), bs):
                loss_func(model(x[start:bs]), y[start:bs]).backward()
                opt.step()
                opt.zero_grad()


class StepEachEpoch:
    """A step is taken only once an epoch.

    Take one for each batch: step and clear after each `backward`.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()


class OwnSgd:
    """Every step is plain SGD's with a rate of 0.1, whatever `opt` is, usually because `fit` makes
    an optimiser of its own.

    Call the `step()` of the `opt` that was passed.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        opt = optim.SGD(model.parameters(), lr=0.1)
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                opt.step()
                opt.zero_grad()


class StepByHand:
    """Every step is plain SGD's, even if `opt` has momentum or is another optimiser: usually it is
    written by hand, or a new SGD makes it.

    Call the `step()` of the `opt` that was passed.
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
    """A last batch of fewer than `bs` rows is left out.

    Begin a batch at each of `range(0, len(x), bs)`: the last slice is shorter automatically.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in list(_batches(x, y, bs))[: len(x) // bs]:
                loss_func(model(xb), yb).backward()
                opt.step()
                opt.zero_grad()


class UsedUp:
    """Only the first epoch learns anything, usually because an iterator or a counter is made before
    the loop over epochs, and is at its end after the first.

    Begin a new pass over the rows in each epoch.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        batches = _batches(x, y, bs)
        for _ in range(epochs):
            for xb, yb in batches:
                loss_func(model(xb), yb).backward()
                opt.step()
                opt.zero_grad()


class Forgetful:
    """The optimiser's memory, such as that of momentum, is lost at the beginning of every epoch:
    usually a new optimiser is made there, or `opt.state` is cleared.

    Use the one `opt` that was passed, for all epochs.
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

    Leave it as the caller set it: no scheduler, and no change to `opt.param_groups`.
    """

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                opt.step()
                opt.zero_grad()
            for group in opt.param_groups:
                group["lr"] *= 0.9
