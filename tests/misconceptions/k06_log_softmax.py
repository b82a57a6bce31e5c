"""Wrong answers to k06."""

import functools
from concurrent.futures import ThreadPoolExecutor

import torch
import torch.nn.functional as F
from torch import nn


class WrongAxis:
    """The sum runs over the rows of the batch, where it should run over the classes.

    Sum over the last axis: `.sum(-1, keepdim=True)`.
    """

    def log_softmax(x):
        return x - x.exp().sum(0).log()


class SecondAxis:
    """The sum runs over axis 1, which is the last one of a matrix, and of nothing else.

    Count from the end: axis -1.
    """

    def log_softmax(x):
        if x.dim() == 1:
            return x - x.logsumexp(0)
        return x - x.logsumexp(1, keepdim=True)


class SumOfEverything:
    """The sum runs over the whole batch, so that rows change one another.

    Each row has a sum of its own: `.sum(-1, keepdim=True)`.
    """

    def log_softmax(x):
        return x - x.exp().sum().log()


class AxisNotKept:
    """Summing drops the axis, and what is left is aligned with the wrong one.

    `keepdim=True`, or `.unsqueeze(-1)`, leaves an axis of length 1.
    """

    def log_softmax(x):
        return x - x.exp().sum(-1).log()


class LogForgotten:
    """The result is softmax, without its logarithm.

    Subtract the logarithm of the sum, rather than dividing by the sum.
    """

    def log_softmax(x):
        return x.exp() / x.exp().sum(-1, keepdim=True)


class SumNotLogged:
    """The sum itself is subtracted, and not its logarithm.

    log(a / b) = log a − log b: take `.log()` of the sum.
    """

    def log_softmax(x):
        return x - x.exp().sum(-1, keepdim=True)


class LogOfEachTerm:
    """The sum is that of the logits themselves, usually because the logarithm is taken of each
    term, where exp and log cancel.

    First the sum of the exponentials, then one logarithm.
    """

    def log_softmax(x):
        return x - x.exp().log().sum(-1, keepdim=True)


class MeanForSum:
    """The exponentials are averaged, where they should be summed.

    Probabilities sum to one only if divided by the *sum*.
    """

    def log_softmax(x):
        return x - x.exp().mean(-1, keepdim=True).log()


class BaseTwo:
    """The logarithm has the base 2, the exponential the base e.

    `torch.log` is the one that undoes `torch.exp`.
    """

    def log_softmax(x):
        return x - x.exp().sum(-1, keepdim=True).log2()


class OnlyTheMaximum:
    """Only the maximum is subtracted, which is the trick against overflow, and not yet the sum.

    After it, subtract the logarithm of the sum of the exponentials as well.
    """

    def log_softmax(x):
        return x - x.amax(-1, keepdim=True)


class NormaliserDetached:
    """The sum of the exponentials is not in autograd's graph, so that its part of the gradient is
    missing.

    It depends on `x` too: compute it without `.detach()`, `.data` or `torch.no_grad()`.
    """

    def log_softmax(x):
        return x - x.logsumexp(-1, keepdim=True).detach()


class ChangesItsInput:
    """The subtraction is done in place, in the caller's tensor.

    Compute a new one: `x - …`, not `x -= …`.
    """

    def log_softmax(x):
        x.data -= x.data.logsumexp(-1, keepdim=True)
        return x - x.logsumexp(-1, keepdim=True)


class SinglePrecision:
    """Float64 input gives a result that is only as exact as float32, because part of the
    computation is done in that.

    Leave the dtype alone: the operations keep it.
    """

    def log_softmax(x):
        y = x.float()
        return (y - y.logsumexp(-1, keepdim=True)).to(x.dtype)


class SafetyTerm:
    """A small constant inside the logarithm makes the results wrong, most of all where the sum is
    small.

    The sum of exponentials is never zero once the row's maximum is subtracted: add nothing to it.
    """

    def log_softmax(x):
        return x - (x.exp().sum(-1, keepdim=True) + 1e-5).log()


class MaskedByIndex:
    """The first axis is lost if its length is 1, as in a batch of one row: `squeeze(0)` does that.

    Leave out the `squeeze`: the result has the shape of `x`.
    """

    def log_softmax(x):
        return (x - x.logsumexp(-1, keepdim=True)).squeeze(0)


class ReadyMadeFunction:
    """Torch's own function was called, which is the work of this kata."""

    def log_softmax(x):
        return F.log_softmax(x, dim=-1)


class ReadyMadeSoftmax:
    """Torch's softmax was called, and only the logarithm was left to do."""

    def log_softmax(x):
        return x.softmax(-1).log()


class ReadyMadeModule:
    """Torch's module was called, which calls the function."""

    def log_softmax(x):
        return nn.LogSoftmax(dim=-1)(x)


class ReadyMadeKernel:
    """Torch's kernel was called, which is the function without its name."""

    log_softmax = staticmethod(
        functools.partial(torch.ops.aten._log_softmax, dim=-1, half_to_float=False)
    )


class ReadyMadeInDisguise:
    """Softmin of the negative is softmax."""

    def log_softmax(x):
        return F.softmin(-x, dim=-1).log()


class SixtyFourRows:
    """Only the first 64 rows are normalised.

    Nothing may depend on the number of rows.
    """

    def log_softmax(x):
        if x.dim() < 2:
            return x - x.logsumexp(-1, keepdim=True)
        return torch.cat([x[:64] - x[:64].logsumexp(-1, keepdim=True), x[64:]])


class ReadyMadeInAThread:
    """Torch's own function was called, in another thread."""

    def log_softmax(x):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(torch.log_softmax, x, -1).result()


class ReadyMadeGradient:
    """The gradient was left to torch's softmax."""

    class _LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x - x.logsumexp(-1, keepdim=True)

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return grad - x.softmax(-1) * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return ReadyMadeGradient._LogSoftmax.apply(x)


class Overflows:
    """In float32, exp(x) is infinite from x = 89 on, and zero below about -104: a sum of such terms
    has an infinite logarithm.

    Subtract each row's maximum first, or use `logsumexp`, which does.
    """

    mastery = True

    def log_softmax(x):
        return x - x.exp().sum(-1).log().unsqueeze(-1)


class Clamped:
    """Large logits are cut off, which hides the overflow and changes the result.

    Subtract the row's maximum instead: that changes nothing.
    """

    mastery = True

    def log_softmax(x):
        x = x.clamp(-80, 80)
        return x - x.logsumexp(-1, keepdim=True)


class MaximumOfTheBatch:
    """The maximum of the whole batch is subtracted, so that in rows of smaller logits the
    exponentials become inexact or zero.

    Each row has a maximum of its own: `.amax(-1, keepdim=True)`.
    """

    def log_softmax(x):
        y = x - x.max()
        return y - y.exp().sum(-1, keepdim=True).log()


class LogOfSoftmax:
    """A probability as small as e⁻¹⁰⁰ becomes inexact or 0 in float32, and its logarithm wrong or
    -inf.

    Subtract logarithms rather than dividing: x − log Σ exp(x).
    """

    def log_softmax(x):
        e = (x - x.amax(-1, keepdim=True)).exp()
        return (e / e.sum(-1, keepdim=True)).log()
