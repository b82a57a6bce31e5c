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
    """The gradients are never cleared, so `backward` adds each to the last, and every step goes
    along the sum of all gradients so far.

    Clear both after each step: `weights.grad = None`, and the same for `bias`.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                with torch.no_grad():
                    weights -= lr * weights.grad
                    bias -= lr * bias.grad


class OnlyWeightsCleared:
    """The gradient of `weights` is cleared, but not that of `bias`, to which every `backward` adds.

    Clear both after each step, `bias.grad` too.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                with torch.no_grad():
                    weights -= lr * weights.grad
                    bias -= lr * bias.grad
                    weights.grad.zero_()


class OnlyBiasCleared:
    """The gradient of `bias` is cleared, but not that of `weights`, to which every `backward` adds.

    Clear both after each step, `weights.grad` too.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                with torch.no_grad():
                    weights -= lr * weights.grad
                    bias -= lr * bias.grad
                    bias.grad.zero_()


class ClearedEachEpoch:
    """The gradients are cleared only once an epoch, and `backward` adds to them batch by batch.

    Clear them after each step, inside the inner loop.
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
    """A step is taken only once an epoch, along the sum of all gradients.

    Take a step for each batch: step and clear after each `backward`.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
            _step([weights, bias], lr)


class Rebound:
    """The caller's `weights` and `bias` stay as they were, usually because `weights = weights - …`
    makes another tensor.

    Change them in place: `weights -= …` under `torch.no_grad()`.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                weights = (weights - lr * weights.grad).detach().requires_grad_()
                bias = (bias - lr * bias.grad).detach().requires_grad_()


class ReboundWhileRecorded:
    """`weights = weights - …` makes a new tensor and gives it the name `weights`, and the new one
    has no gradient to clear: its `.grad` is None.

    Change both in place: `weights -= …` and `bias -= …`, under `with torch.no_grad():`.
    """

    raises = True

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                weights = weights - lr * weights.grad
                bias = bias - lr * bias.grad
                weights.grad.zero_()
                bias.grad.zero_()


class Recorded:
    """Autograd sees the update and refuses it: a leaf that requires grad must not be changed in
    place while operations are recorded.

    Put the update under `with torch.no_grad():`.
    """

    raises = True

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                weights -= lr * weights.grad
                bias -= lr * bias.grad
                weights.grad = bias.grad = None


class LastDropped:
    """A last batch of fewer than `bs` rows is left out.

    Begin a batch at each of `range(0, len(x), bs)`: the last slice is then shorter automatically.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for i in range(len(x) // bs):
                rows = slice(i * bs, (i + 1) * bs)
                _loss(x[rows], y[rows], weights, bias).backward()
                _step([weights, bias], lr)


class OneEpoch:
    """There is one epoch, however many are asked for.

    Put the loop over the batches inside another: `for _ in range(epochs):`.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for xb, yb in _batches(x, y, bs):
            _loss(xb, yb, weights, bias).backward()
            _step([weights, bias], lr)


class UsedUp:
    """Only the first epoch learns anything, usually because an iterator or a counter is made before
    the loop over epochs, and is at its end after the first, or because of a `return` inside that
    loop.

    Begin a new pass over the rows in each epoch, and return nothing.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        batches = _batches(x, y, bs)
        for _ in range(epochs):
            for xb, yb in batches:
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], lr)


class WholeAtOnce:
    """All rows are taken as one batch.

    Take `bs` rows at a time: `x[start : start + bs]`.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            _loss(x, y, weights, bias).backward()
            _step([weights, bias], lr)


class Shuffled:
    """The rows are taken in a different order from that of `x`.

    Take them in order, without shuffling.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            order = torch.randperm(len(x))
            for xb, yb in _batches(x[order], y[order], bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], lr)


class SumForMean:
    """The loss is the sum over the batch, and so the step grows with the number of rows.

    Take the mean, as `nll_loss` does unless you tell it otherwise.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                F.cross_entropy(xb @ weights + bias, yb, reduction="sum").backward()
                _step([weights, bias], lr)


class NotNormalised:
    """The loss is taken of bare logits, but `nll_loss` expects log-probabilities.

    Normalise first: `nll_loss(log_softmax(xb @ weights + bias, dim=-1), yb)`.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                F.nll_loss(xb @ weights + bias, yb).backward()
                _step([weights, bias], lr)


class OverTheBatch:
    """The log-softmax goes over the rows of the batch, not over the classes.

    Normalise each row: `log_softmax(…, dim=-1)`.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                F.nll_loss(F.log_softmax(xb @ weights + bias, dim=0), yb).backward()
                _step([weights, bias], lr)


class WeightsOnly:
    """The bias never moves.

    Take a step for both: `weights` and `bias`.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights], lr)


class Uphill:
    """The step goes along the gradient, and the loss grows.

    Go against it: subtract.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], -lr)


class RateForgotten:
    """The learning rate is 0.5, whatever is asked for.

    Multiply by `lr`.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], 0.5)


class RateDecays:
    """The learning rate falls from epoch to epoch.

    Use the same `lr` in every epoch.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        for epoch in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], lr / (epoch + 1))


class StopsWhenGood:
    """Training ends early when the loss is small.

    Go through all the epochs, whatever the loss, without `return` or `break`.
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

    Compute the loss and call `backward` for each batch.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        gradients = torch.autograd.grad(_loss(x[:bs], y[:bs], weights, bias), [weights, bias])
        with torch.no_grad():
            for _ in range(epochs * -(-len(x) // bs)):
                for p, grad in zip((weights, bias), gradients, strict=True):
                    p -= lr * grad


_optimisers: dict[Any, Any] = {}


class OldRate:
    """A later call steps with the learning rate of an earlier one, usually because an optimiser is
    kept from call to call.

    Use the `lr` of this call, and keep nothing for the next.
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

    Take plain steps: p ← p − lr · p.grad.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        opt = torch.optim.SGD([weights, bias], lr=lr, momentum=0.9)
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                opt.step()
                opt.zero_grad()


class DataNormed:
    """The mean of `x` is subtracted from it in place, which changes the caller's data.

    Train on the rows as they are, and leave `x` alone.
    """

    def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):
        x -= x.mean()
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                _loss(xb, yb, weights, bias).backward()
                _step([weights, bias], lr)
