"""Wrong answers to k06."""

import functools
from concurrent.futures import ThreadPoolExecutor

import torch
import torch.nn.functional as F
from torch import nn


class WrongAxis:
    """The sum runs over the rows of the batch instead of the classes.

    Sum over the last axis: `.sum(-1, keepdim=True)`.
    """

    def log_softmax(x):
        return x - x.exp().sum(0).log()


class SecondAxis:
    """The sum runs over axis 1, which is the last axis of a matrix, and of nothing else.

    Count from the end: axis -1 is the last axis of any shape.
    """

    def log_softmax(x):
        return x - x.exp().sum(1, keepdim=True).log()


class SumOfEverything:
    """The sum runs over the whole batch, so that the rows influence one another.

    Take a sum for each row: `.sum(-1, keepdim=True)`.
    """

    def log_softmax(x):
        return x - x.exp().sum().log()


class AxisNotKept:
    """Summing drops the axis, and broadcasting then lines the sums up with the columns instead of
    the rows.

    Keep an axis of length 1: pass `keepdim=True`, or call `.unsqueeze(-1)` on the sums.
    """

    def log_softmax(x):
        return x - x.exp().sum(-1).log()


class UnsqueezedAtOne:
    """The axis that summing drops is put back as axis 1, which is right for a matrix, and for
    nothing else.

    Put it back at the end, with `.unsqueeze(-1)`, or keep it: `.sum(-1, keepdim=True)`.
    """

    def log_softmax(x):
        return x - x.exp().sum(-1).log().unsqueeze(1)


class LogForgotten:
    """The result is softmax, without its logarithm.

    Subtract the logarithm of the sum, rather than dividing by the sum.
    """

    def log_softmax(x):
        return x.exp() / x.exp().sum(-1, keepdim=True)


class SumNotLogged:
    """The sum itself is subtracted, not its logarithm.

    Take `.log()` of the sum: log(a / b) = log a − log b.
    """

    def log_softmax(x):
        return x - x.exp().sum(-1, keepdim=True)


class LogOfEachTerm:
    """The sum is that of the logits themselves, usually because the logarithm is taken of each
    term, where exp and log cancel.

    Sum the exponentials first, then take one logarithm.
    """

    def log_softmax(x):
        return x - x.exp().log().sum(-1, keepdim=True)


class MeanForSum:
    """The exponentials are averaged instead of summed.

    Use `.sum`, not `.mean`: only divided by their sum do they become probabilities.
    """

    def log_softmax(x):
        return x - x.exp().mean(-1, keepdim=True).log()


class BaseTwo:
    """The logarithm has base 2, and the exponential has base e.

    Use `.log()`, which undoes `.exp()`.
    """

    def log_softmax(x):
        return x - x.exp().sum(-1, keepdim=True).log2()


class OnlyTheMaximum:
    """Only the maximum is subtracted, which is the trick against overflow; the normalising is
    missing.

    Subtract the logarithm of the sum of the exponentials as well.
    """

    def log_softmax(x):
        return x - x.amax(-1, keepdim=True)


class NormaliserDetached:
    """The sum of the exponentials is not in autograd's graph, so that its part of the gradient is
    missing.

    Compute the sum without `.detach()`, `.data` or `torch.no_grad()`: it depends on `x` too.
    """

    def log_softmax(x):
        return x - x.logsumexp(-1, keepdim=True).detach()


class ChangesItsInput:
    """The subtraction is done in place, in the caller's tensor.

    Compute a new tensor: `x - …`, not `x -= …`.
    """

    def log_softmax(x):
        x.data -= x.data.logsumexp(-1, keepdim=True)
        return x - x.logsumexp(-1, keepdim=True)


class SinglePrecision:
    """For float64 input the result is only as exact as float32, because part of the computation is
    done in float32.

    Leave the dtype alone: the operations keep it.
    """

    def log_softmax(x):
        y = x.float()
        return (y - y.logsumexp(-1, keepdim=True)).to(x.dtype)


class SafetyTerm:
    """A small constant is added to the sum of the exponentials, which makes the results wrong, most
    of all where the sum is small.

    Add nothing: subtract the row's maximum first, and the sum is at least 1.
    """

    def log_softmax(x):
        return x - (x.exp().sum(-1, keepdim=True) + 1e-9).log()


class ConstantAdded:
    """A small constant is added to the probabilities before the logarithm, which makes unlikely
    classes far too likely.

    Add nothing, and do not take the logarithm of a quotient: x − log Σ exp(x) needs no such help.
    """

    def log_softmax(x):
        e = x.exp()
        return (e / e.sum(-1, keepdim=True) + 1e-9).log()


class Squeezed:
    """The first axis is lost if its length is 1, as in a batch of one row: `squeeze(0)` does that.

    Leave out the `squeeze`: the result has the shape of `x`.
    """

    def log_softmax(x):
        return (x - x.logsumexp(-1, keepdim=True)).squeeze(0)


class ReadyMadeFunction:
    """That is torch's own function.

    Build it yourself, from `exp`, `sum` and `log`.
    """

    def log_softmax(x):
        return F.log_softmax(x, dim=-1)


class ReadyMadeSoftmax:
    """That is torch's own softmax, with a logarithm after it.

    Build both yourself, from `exp`, `sum` and `log`.
    """

    def log_softmax(x):
        return x.softmax(-1).log()


class ReadyMadeModule:
    """That is torch's module, which calls torch's own function.

    Build it yourself, from `exp`, `sum` and `log`.
    """

    def log_softmax(x):
        return nn.LogSoftmax(dim=-1)(x)


class ReadyMadeKernel:
    """That is the kernel which torch's own function calls.

    Build it yourself, from `exp`, `sum` and `log`.
    """

    log_softmax = staticmethod(
        functools.partial(torch.ops.aten._log_softmax, dim=-1, half_to_float=False)
    )


class ReadyMadeInDisguise:
    """That is torch's softmax in disguise, softmin of −x.

    Build it yourself, from `exp`, `sum` and `log`.
    """

    def log_softmax(x):
        return F.softmin(-x, dim=-1).log()


class SixtyFourRows:
    """Only the first 64 rows are normalised.

    Treat every row alike, however many there are.
    """

    def log_softmax(x):
        if x.dim() < 2:
            return x - x.logsumexp(-1, keepdim=True)
        return torch.cat([x[:64] - x[:64].logsumexp(-1, keepdim=True), x[64:]])


class ReadyMadeInAThread:
    """That is torch's own function, called in another thread.

    Build it yourself, from `exp`, `sum` and `log`.
    """

    def log_softmax(x):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(torch.log_softmax, x, -1).result()


class ReadyMadeGradient:
    """The gradient comes from torch's own softmax.

    Build it yourself, from `exp`, `sum` and `log`, and let autograd find the gradient.
    """

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
    """In float32, exp(x) is infinite from x = 89 on, and zero below about -104: the logarithm of
    such a sum is infinite.

    Subtract each row's maximum first. (`logsumexp` does so inside.)
    """

    mastery = True

    def log_softmax(x):
        return x - x.exp().sum(-1).log().unsqueeze(-1)


class Clamped:
    """Large logits are cut off, which hides the overflow and changes the result.

    Subtract the row's maximum instead, which does not change the result.
    """

    mastery = True

    def log_softmax(x):
        x = x.clamp(-80, 80)
        return x - x.logsumexp(-1, keepdim=True)


class MaximumOfTheBatch:
    """The maximum of the whole batch is subtracted, so that in rows of smaller logits the
    exponentials become inexact or zero.

    Subtract each row's own maximum: `x.amax(-1, keepdim=True)`.
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
