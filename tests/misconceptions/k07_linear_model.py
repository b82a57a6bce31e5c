"""Wrong answers to k07."""

from typing import Any

import torch
import torch.nn.functional as F
from torch.nn.functional import log_softmax


class Logits:
    """The result is the logits, which are not normalised.

    Return `log_softmax` of them, over the last axis.
    """

    def model(xb, weights, bias):
        return xb @ weights + bias


class OverTheBatch:
    """Each class is normalised over the rows of the batch.

    Normalise each row over its classes: the last axis, `dim=-1`.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights + bias, dim=0)


class NoBias:
    """The bias has no effect on the result, usually because it is left out.

    Add it to each row of logits: `xb @ weights + bias`.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights, dim=-1)


class Transposed:
    """The weights are transposed before they are multiplied.

    Multiply by `weights` as they are, (n_in, n_out): `xb @ weights`.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights.T + bias, dim=-1)


class Elementwise:
    """`*` multiplies entry by entry, and does not sum over the inputs.

    Use the matrix product: `xb @ weights`.
    """

    def model(xb, weights, bias):
        return log_softmax(xb * weights + bias, dim=-1)


class BiasTooLate:
    """The bias is added to the log-probabilities, which no longer sum to one.

    Add the bias first, then take the log-softmax.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights, dim=-1) + bias


class BiasSubtracted:
    """The bias is subtracted.

    Add it: `xb @ weights + bias`.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights - bias, dim=-1)


class Probabilities:
    """The result is the probabilities themselves.

    Return their logarithms: use `log_softmax` instead of `softmax`.
    """

    def model(xb, weights, bias):
        return F.softmax(xb @ weights + bias, dim=-1)


class LogSigmoid:
    """Each logit is squashed on its own, by the logarithm of the sigmoid.

    Normalise the classes of a row together, by `log_softmax`: they share a probability of one.
    """

    def model(xb, weights, bias):
        return F.logsigmoid(xb @ weights + bias)


class Temperature:
    """The logits are divided by √n_in.

    Leave them as they are: weights are scaled when they are drawn, not in the model.
    """

    def model(xb, weights, bias):
        return log_softmax((xb @ weights + bias) / xb.shape[1] ** 0.5, dim=-1)


class CentredInPlace:
    """The batch is centred in place (0.5 is subtracted), which changes the caller's `xb`.

    Multiply `xb` as it is: `@` makes a new tensor.
    """

    def model(xb, weights, bias):
        xb -= 0.5
        return log_softmax(xb @ weights + bias, dim=-1)


class Detached:
    """The weights are taken out of autograd: no gradient reaches them, and they will not learn.

    Multiply by `weights` itself, without `.data`, `.detach()` or `torch.no_grad()`.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights.data + bias, dim=-1)


class WithoutGraph:
    """The result carries no gradient, and so nothing can be learned, usually because of
    `torch.no_grad()` or `.detach()`.

    Leave these out: autograd must see the model.
    """

    @torch.no_grad()
    def model(xb, weights, bias):
        return log_softmax(xb @ weights + bias, dim=-1)


class Squeezed:
    """With one row or one class an axis is lost, usually by `squeeze()`.

    Leave the shape alone: it is (N, n_out), even where N or n_out is 1.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights + bias, dim=-1).squeeze()


class InFloat:
    """The result is float32, whatever the arguments are.

    Leave the dtype alone, without `.float()`: the operations keep it.
    """

    def model(xb, weights, bias):
        return log_softmax(xb.float() @ weights.float() + bias.float(), dim=-1)


class Clamped:
    """Log-probabilities below -10 are cut off.

    Return them as they are: an unlikely class must have a large loss.
    """

    def model(xb, weights, bias):
        return log_softmax(xb @ weights + bias, dim=-1).clamp(min=-10)


class WithEpsilon:
    """A small number is added before the logarithm, which changes every result a little.

    Use `log_softmax` instead of a softmax and a logarithm: it needs no such help.
    """

    def model(xb, weights, bias):
        return (F.softmax(xb @ weights + bias, dim=-1) + 1e-9).log()


_seen: dict[Any, Any] = {}


class Remembered:
    """The result for the same tensors is remembered, though the weights have changed.

    Compute the result at every call.
    """

    def model(xb, weights, bias):
        key = id(xb), id(weights), id(bias)
        _seen.setdefault(key, (xb, weights, bias, log_softmax(xb @ weights + bias, dim=-1)))
        return _seen[key][-1]


class GradientOn:
    """Autograd is switched on, and stays on after the call.

    Leave it as it is: whether autograd is on is the caller's choice.
    """

    def model(xb, weights, bias):
        torch.set_grad_enabled(True)
        return log_softmax(xb @ weights + bias, dim=-1)
