"""Wrong answers to k12."""

from typing import Any

import torch
import torch.nn.functional as F


def _batches(x, y, bs):
    return zip(x.split(bs), y.split(bs), strict=True)


def _loss(xb, yb, weights, bias):
    return F.cross_entropy(xb @ weights + bias, yb)


def _step(parameters, lr):
    with torch.no_grad():
        for p in parameters:
            p -= lr * p.grad
            p.grad = None


class NotCleared:
    """The gradients are never cleared, and every step repeats all those before it.

    Clear them after each step.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                with torch.no_grad():
                    weights -= lr * weights.grad
                    bias -= lr * bias.grad


class ClearedEachEpoch:
    """The gradients are cleared once an epoch.

    After each step: `backward` adds to them batch by batch.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                with torch.no_grad():
                    weights -= lr * weights.grad
                    bias -= lr * bias.grad
            weights.grad = bias.grad = None


class StepEachEpoch:
    """A step is taken once an epoch, along the sum of all gradients.

    One step for each batch.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
            _step([weights, bias], lr)


class Rebound:
    """`weights = weights - …` makes another tensor, and the caller's stays as it was.

    In place: `weights -= …` under `no_grad`.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                weights = (weights - lr * weights.grad).detach().requires_grad_()
                bias = (bias - lr * bias.grad).detach().requires_grad_()


class LastDropped:
    """The last, shorter batch is left out.

    Every row is learned from, in every epoch.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for i in range(len(x) // bs):
                rows = slice(i * bs, (i + 1) * bs)
                _loss(x[rows], y[rows], weights, bias).backward()
                _step([weights, bias], lr)


class OneEpoch:
    """However many epochs are asked for, there is one.

    A loop around the loop.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for xb, yb in _batches(x, y, bs):
            _loss(xb, yb, weights, bias).backward()
            _step([weights, bias], lr)


class UsedUp:
    """The batches are made once, and an iterator can be gone through only once.

    Begin a new pass in each epoch.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        batches = _batches(x, y, bs)
        for _ in range(epochs):
            for xb, yb in batches:
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], lr)


class WholeAtOnce:
    """All rows make one batch.

    Batches of bs.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            _loss(x, y, weights, bias).backward()
            _step([weights, bias], lr)


class Shuffled:
    """The rows are taken in another order.

    In order, for now.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            order = torch.randperm(len(x))
            for xb, yb in _batches(x[order], y[order], bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], lr)


class SumForMean:
    """The loss is the sum over the batch, and the step grows with it.

    The mean.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                F.cross_entropy(xb @ weights + bias, yb, reduction="sum").backward()
                _step([weights, bias], lr)


class WeightsOnly:
    """The bias is never learned.

    A step for both.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights], lr)


class Uphill:
    """The step goes along the gradient, and the loss grows.

    Against it: minus.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], -lr)


class RateForgotten:
    """The learning rate is 0.5, whatever is asked for.

    Use `lr`.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], 0.5)


class RateDecays:
    """The learning rate falls from epoch to epoch.

    It is the same throughout.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for epoch in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], lr / (epoch + 1))


class StopsWhenGood:
    """Training ends early when the loss is small.

    `epochs` says how long it takes.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss = _loss(xb, yb, weights, bias)
                if loss < 0.5:
                    return
                loss.backward()
                _step([weights, bias], lr)


class FirstGradients:
    """The gradients of the first batch are used for all.

    A new forward and backward for each batch.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        gradients = torch.autograd.grad(_loss(x[:bs], y[:bs], weights, bias), [weights, bias])
        with torch.no_grad():
            for _ in range(epochs * -(-len(x) // bs)):
                for p, grad in zip((weights, bias), gradients, strict=True):
                    p -= lr * grad


_optimisers: dict[Any, Any] = {}


class OldRate:
    """The optimiser of an earlier call is used again, with that call's learning rate.

    Each call has its own.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        made = weights, torch.optim.SGD([weights, bias], lr=lr)
        opt = _optimisers.setdefault(id(weights), made)[1]
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                opt.step()
                opt.zero_grad()


class Momentum:
    """The steps have momentum.

    Plain gradient descent: p ← p − lr · p.grad.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        opt = torch.optim.SGD([weights, bias], lr=lr, momentum=0.9)
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                opt.step()
                opt.zero_grad()


class DataNormed:
    """The images are scaled in place, and the caller's with them.

    The data are the caller's.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        x -= x.mean()
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], lr)
