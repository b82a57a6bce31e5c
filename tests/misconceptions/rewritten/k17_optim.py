"""Wrong answers to k17, written in another way."""

import itertools

import torch
from torch import optim

from solutions.k17_optim import Mnist_Logistic


def _plain_sgd(model, rate=0.5):
    return optim.SGD([{"params": list(model.parameters())}], lr=rate)


class RateForgotten:
    """A helper makes the optimiser, and its default rate is never overruled."""

    def get_model(lr=0.5):
        pair = [Mnist_Logistic()]
        pair.append(_plain_sgd(pair[0]))
        return tuple(pair)


class NotCleared:
    """One flat loop over epochs and starts, with rows taken by `narrow`."""

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        n = len(x)
        for _, start in itertools.product(range(epochs), range(0, n, bs)):
            size = min(bs, n - start)
            xb, yb = (rows.narrow(0, start, size) for rows in (x, y))
            torch.autograd.backward(loss_func(model(xb), yb))
            opt.step()


class StepByHand:
    """Helpers step and clear, and the optimiser is asked for its rate and parameters only."""

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        @torch.no_grad()
        def descend(lr):
            for p in model.parameters():
                p.sub_(torch.mul(p.grad, lr))

        def clear():
            for group in opt.param_groups:
                for p in group["params"]:
                    p.grad = None

        for _ in range(epochs):
            for start in range(0, len(x), bs):
                rows = slice(start, start + bs)
                loss = loss_func(model(x[rows]), y[rows])
                loss.backward()
                descend(next(iter(opt.param_groups))["lr"])
                clear()


class UsedUp:
    """An iterator over the starts is made before the epochs, and drawn from with `next`."""

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        starts = iter(range(0, len(x), bs))
        for _ in range(epochs):
            while (start := next(starts, None)) is not None:
                prediction = model(x[start : start + bs])
                loss = loss_func(prediction, y[start : start + bs])
                loss.backward()
                opt.step()
                opt.zero_grad()
