"""Right answers to k44, written differently."""

import torch


class PlainlyWritten:
    """As the formula has it, with the softmax saved: right once, for moderate logits."""

    mastery = False

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            e = x.exp()
            total = e.sum(-1, keepdim=True)
            ctx.save_for_backward(e / total)
            return x - total.log()

        @staticmethod
        def backward(ctx, grad):
            (p,) = ctx.saved_tensors
            return grad - p * grad.sum(-1, keepdim=True)

    def log_softmax(x):
        return PlainlyWritten.LogSoftmax.apply(x)


class FromTheArgument:
    """The argument is saved, and the softmax computed from it."""

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x - x.logsumexp(-1, keepdim=True)

        @staticmethod
        def backward(ctx, grad):
            x = ctx.saved_tensors[0]
            p = (x - x.logsumexp(-1, keepdim=True)).exp()
            return grad - p * grad.sum(-1, keepdim=True)

    log_softmax = LogSoftmax.apply


class WithAnAxis:
    """A Function for any axis, with `setup_context` and without work that nobody needs."""

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(x, axis):
            x = x - x.amax(axis, keepdim=True)
            return x.sub(x.exp().sum(axis, keepdim=True).log_())

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.axis = inputs[1]
            ctx.save_for_backward(output)

        @staticmethod
        def backward(ctx, grad):
            if not ctx.needs_input_grad[0]:
                return None, None
            (y,) = ctx.saved_tensors
            total = grad.sum(ctx.axis, keepdim=True)
            return torch.addcmul(grad, y.exp(), total, value=-1), None

    def log_softmax(x):
        return WithAnAxis.LogSoftmax.apply(x, -1)


class OneFunctionInTheOther:
    """`backward` is a Function of its own, as in torch, with its own gradient."""

    class _Backward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, grad, y):
            ctx.save_for_backward(grad, y)
            return grad - y.exp() * grad.sum(-1, keepdim=True)

        @staticmethod
        def backward(ctx, upstream):
            grad, y = ctx.saved_tensors
            p = y.exp()
            of_grad = upstream - (upstream * p).sum(-1, keepdim=True)
            return of_grad, -upstream * p * grad.sum(-1, keepdim=True)

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x - x.logsumexp(-1, keepdim=True)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, grad):
            return OneFunctionInTheOther._Backward.apply(grad, *ctx.saved_tensors)

    def log_softmax(x):
        return OneFunctionInTheOther.LogSoftmax.apply(x)
