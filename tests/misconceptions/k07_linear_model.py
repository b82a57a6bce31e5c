"""Wrong answers to k07."""

from typing import Any

import torch
import torch.nn.functional as F
from torch.nn.functional import log_softmax


class Logits:
    """The result is not normalised.

    `log_softmax(…)` around it.
    """

    def model(xb, weights, bias):
        return xb @ weights + bias


class OverTheBatch:
    """Each class is normalised over the rows of the batch.

    Over the classes of a row: the last axis.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights + bias, dim=0)


class NoBias:
    """The bias is left out.

    `xb @ weights + bias`.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights, dim=-1)


class BiasTooLate:
    """The bias is added to the log-probabilities, which no longer sum to one.

    First the bias, then the log-softmax.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights, dim=-1) + bias


class BiasSubtracted:
    """The bias is subtracted.

    Plus.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights - bias, dim=-1)


class Probabilities:
    """These are the probabilities themselves.

    Their logarithms: `log_softmax`.
    """

    def model(xb, weights, bias):
        return F.softmax(xb @ weights + bias, dim=-1)


class LogOfLogits:
    """The logits are squashed by a logarithm of the sigmoid, each for itself.

    The classes of a row compete: `log_softmax`.
    """

    def model(xb, weights, bias):
        return F.logsigmoid(xb @ weights + bias)


class Temperature:
    """The logits are divided by √n_in once more.

    The weights are scaled already.
    """

    def model(xb, weights, bias):
        return log_softmax((xb @ weights + bias) / xb.shape[1] ** 0.5, dim=-1)


class InPlace:
    """The weights are multiplied in place.

    `@` makes a new tensor; leave the arguments as they are.
    """

    def model(xb, weights, bias):
        xb -= 0.5
        return log_softmax(xb @ weights + bias, dim=-1)


class Detached:
    """The weights are taken out of autograd, and will not learn.

    No `.data`, no `.detach()`.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights.data + bias, dim=-1)


class WithoutGraph:
    """Under `no_grad` nothing can be learned.

    Autograd has to see the model.
    """

    @torch.no_grad()
    def model(xb, weights, bias):
        return log_softmax(xb @ weights + bias, dim=-1)


class Squeezed:
    """A batch of one row, or a single class, loses its axis.

    No `squeeze`.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights + bias, dim=-1).squeeze()


class InFloat:
    """Everything is computed in float32.

    In the dtype of the arguments.
    """

    def model(xb, weights, bias):
        return log_softmax(xb.float() @ weights.float() + bias.float(), dim=-1)


class Clamped:
    """Small probabilities are cut off.

    A loss of 40 is a loss of 40.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights + bias, dim=-1).clamp(min=-10)


class WithEpsilon:
    """A small number is added before the logarithm, which changes every result a little.

    `log_softmax` needs no help.
    """

    def model(xb, weights, bias):
        return (F.softmax(xb @ weights + bias, dim=-1) + 1e-5).log()


_seen: dict[Any, Any] = {}


class Remembered:
    """The result for the same tensors is remembered, though the weights have changed.

    Compute anew at each call.
    """

    def model(xb, weights, bias):
        key = id(xb), id(weights), id(bias)
        _seen.setdefault(key, (xb, weights, bias, log_softmax(xb @ weights + bias, dim=-1)))
        return _seen[key][-1]


class GradientOn:
    """Autograd is switched on, and stays on.

    Whether it is, is the caller's choice.
    """

    def model(xb, weights, bias):
        torch.set_grad_enabled(True)
        return log_softmax(xb @ weights + bias, dim=-1)
