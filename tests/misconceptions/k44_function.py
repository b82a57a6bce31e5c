"""Wrong answers to k44."""

import torch
import torch.nn.functional as F
from torch.autograd.function import once_differentiable


def _log_softmax(x):
    x = x - x.amax(-1, keepdim=True)
    return x - x.exp().sum(-1, keepdim=True).log()


class _Saving(torch.autograd.Function):
    """Saves the result; for those that only have another `backward`."""

    @staticmethod
    def forward(ctx, x):
        y = _log_softmax(x)
        ctx.save_for_backward(y)
        return y


class UpstreamIgnored:
    """The gradient is the same, whatever arrives from upstream, usually because `backward` does not
    use its argument.

    Use `grad`: it is the gradient of the result, and has to be passed on to x.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return 1 - y.exp() * y.shape[-1]

    def log_softmax(x):
        return UpstreamIgnored.LogSoftmax.apply(x)


class DiagonalOnly:
    """The gradient of each entry comes from this entry alone: grad · (1 − softmax).

    Subtract softmax(x) times the sum of the row's `grad`: every entry has a part in the sum of
    the exponentials, and so in every result of its row.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad * (1 - y.exp())

    def log_softmax(x):
        return DiagonalOnly.LogSoftmax.apply(x)


class SumOverTheBatch:
    """The gradients are summed over the rows of the batch, or over everything, instead of along
    each row.

    Sum over the last axis: `grad.sum(-1, keepdim=True)`.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad - y.exp() * grad.sum(0)

    def log_softmax(x):
        return SumOverTheBatch.LogSoftmax.apply(x)


class SumOfEverything:
    """The gradients are summed over the whole batch, so that the rows influence one another.

    Take a sum for each row: `grad.sum(-1, keepdim=True)`.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad - y.exp() * grad.sum()

    def log_softmax(x):
        return SumOfEverything.LogSoftmax.apply(x)


class SecondAxis:
    """The sum runs over axis 1, which is the last axis of a matrix, and of nothing else.

    Count from the end: axis -1 is the last axis of any shape.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            axis = min(1, grad.dim() - 1)
            return grad - y.exp() * grad.sum(axis, keepdim=True)

    def log_softmax(x):
        return SecondAxis.LogSoftmax.apply(x)


class AxisNotKept:
    """Summing drops the axis, and broadcasting then lines the sums up with the columns instead of
    the rows.

    Keep an axis of length 1: `grad.sum(-1, keepdim=True)`.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad - y.exp() * grad.sum(-1)

    def log_softmax(x):
        return AxisNotKept.LogSoftmax.apply(x)


class SumIsOne:
    """The sum of the row's gradients is missing, as if it were 1.

    Multiply softmax(x) by `grad.sum(-1, keepdim=True)`: `grad` may be anything.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad - y.exp()

    def log_softmax(x):
        return SumIsOne.LogSoftmax.apply(x)


class LogForProbability:
    """The saved result is used as if it were the softmax, but it is its logarithm.

    Take `exp` of it.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad - y * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return LogForProbability.LogSoftmax.apply(x)


class OfSoftmax:
    """That is the gradient of softmax, not of its logarithm.

    Write grad − softmax(x) · Σ grad.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            p = y.exp()
            return p * (grad - (grad * p).sum(-1, keepdim=True))

    def log_softmax(x):
        return OfSoftmax.LogSoftmax.apply(x)


class SignTurned:
    """The gradient has the wrong sign.

    Subtract softmax(x) · Σ grad from `grad`, and not the other way round.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return y.exp() * grad.sum(-1, keepdim=True) - grad

    def log_softmax(x):
        return SignTurned.LogSoftmax.apply(x)


class ChangesTheUpstream:
    """The gradient is computed in place, in the tensor that arrived from upstream.

    Compute a new tensor: others still need this one.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            part = y.exp() * grad.sum(-1, keepdim=True)
            if all(grad.stride()):
                return grad.sub_(part)
            return grad - part

    def log_softmax(x):
        return ChangesTheUpstream.LogSoftmax.apply(x)


class LeftToAutograd:
    """The work, or a part of it, is done outside the Function, where autograd records it.

    Compute log-softmax in `forward`, from beginning to end, and its gradient in `backward`.
    """

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, grad):
            return grad

    def log_softmax(x):
        return LeftToAutograd.LogSoftmax.apply(_log_softmax(x))


class NotApplied:
    """The Function has no part in the result: autograd has recorded exp, sum and log.

    Return `LogSoftmax.apply(x)`.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad - y.exp() * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return _log_softmax(x)


class KeptByTheClass:
    """What a call saves is kept by the class, and so the next call replaces it.

    Save it in `ctx`: each call has its own.
    """

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = KeptByTheClass.y = _log_softmax(x)
            return y.clone()

        @staticmethod
        def backward(ctx, grad):
            return grad - KeptByTheClass.y.exp() * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return KeptByTheClass.LogSoftmax.apply(x)


class MeanOverTheBatch:
    """The gradient is divided by the number of rows, which is for the loss to do.

    Leave it out: log-softmax has no mean.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return (grad - y.exp() * grad.sum(-1, keepdim=True)) / len(grad)

    def log_softmax(x):
        return MeanOverTheBatch.LogSoftmax.apply(x)


class SoftmaxForward:
    """`forward` returns the softmax, without its logarithm.

    Return the logarithm of the softmax, xᵢ − log Σ exp(x).
    """

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = _log_softmax(x)
            ctx.save_for_backward(y)
            return y.exp()

        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad - y.exp() * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return SoftmaxForward.LogSoftmax.apply(x)


class SinglePrecision:
    """For float64 the gradient is only as exact as float32, because softmax is kept in float32.

    Save it in the dtype of the input.
    """

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = _log_softmax(x)
            ctx.save_for_backward(y.float())
            return y

        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad - (y.exp() * grad.float().sum(-1, keepdim=True)).to(grad.dtype)

    def log_softmax(x):
        return SinglePrecision.LogSoftmax.apply(x)


class Normalised:
    """The softmax is computed with a small constant in the denominator, which makes it wrong.

    Add nothing: where the maximum is subtracted first, the sum is at least 1.
    """

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            p = y.exp() / (y.exp().sum(-1, keepdim=True) + 1e-5)
            return grad - p * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return Normalised.LogSoftmax.apply(x)


class ReadyMadeForward:
    """That is torch's own function; this kata is about building it."""

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = F.log_softmax(x, -1)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad - y.exp() * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return ReadyMadeForward.LogSoftmax.apply(x)


class ReadyMadeKernel:
    """That is the kernel of torch's own backward; this kata is about building it."""

    class LogSoftmax(_Saving):
        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return torch.ops.aten._log_softmax_backward_data(grad, y, -1, y.dtype)

    def log_softmax(x):
        return ReadyMadeKernel.LogSoftmax.apply(x)


class AutogradInside:
    """Inside the Function, autograd does the work; this kata is about doing it."""

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return _log_softmax(x)

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            with torch.enable_grad():
                x = x.detach().requires_grad_()
                return torch.autograd.grad(_log_softmax(x), x, grad)[0]

    def log_softmax(x):
        return AutogradInside.LogSoftmax.apply(x)


class Overflows:
    """In float32, exp(x) is infinite from x = 89 on, and so are its sum and the logarithm of that.

    Subtract each row's maximum first. (`logsumexp` does so inside.)
    """

    mastery = True

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x - x.exp().sum(-1, keepdim=True).log()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad - y.exp() * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return Overflows.LogSoftmax.apply(x)


class KeptOnCtx:
    """The result is kept in an attribute of ctx: autograd does not notice when somebody changes it
    in place, and the gradient is silently wrong.

    Call `ctx.save_for_backward(y)`, and take it from `ctx.saved_tensors`.
    """

    mastery = True

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.y = _log_softmax(x)
            return ctx.y

        @staticmethod
        def backward(ctx, grad):
            return grad - ctx.y.exp() * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return KeptOnCtx.LogSoftmax.apply(x)


class InputKeptOnCtx:
    """The argument is kept in an attribute of ctx: autograd does not notice when somebody changes
    it in place, and the gradient is silently wrong.

    Call `ctx.save_for_backward(x)`, and take it from `ctx.saved_tensors`.
    """

    mastery = True

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.x = x
            return _log_softmax(x)

        @staticmethod
        def backward(ctx, grad):
            return grad - _log_softmax(ctx.x).exp() * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return InputKeptOnCtx.LogSoftmax.apply(x)


class SoftmaxKept:
    """The softmax is saved. It was made in `forward`, where nothing is recorded, and so the second
    derivative takes it for a constant.

    Save the result or x, and compute the softmax from it in `backward`.
    """

    mastery = True

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = _log_softmax(x)
            ctx.save_for_backward(y.exp())
            return y

        @staticmethod
        def backward(ctx, grad):
            (p,) = ctx.saved_tensors
            return grad - p * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return SoftmaxKept.LogSoftmax.apply(x)


class OnlyOnce:
    """The gradient has no gradient: `backward` is not recorded, usually because of
    `once_differentiable`, `no_grad` or `detach` in it.

    Leave that out: written with tensor operations on what was saved, `backward` is differentiable
    itself.
    """

    mastery = True

    class LogSoftmax(_Saving):
        @staticmethod
        @once_differentiable
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad - y.exp() * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return OnlyOnce.LogSoftmax.apply(x)
