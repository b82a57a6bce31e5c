"""Wrong answers to k44, each written in another way."""

import torch


class DiagonalOnly:
    """With x saved, and the probabilities computed again."""

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x - torch.logsumexp(x, dim=-1, keepdim=True)

        @staticmethod
        def backward(ctx, upstream):
            x = ctx.saved_tensors[0]
            share = (x - x.logsumexp(-1, keepdim=True)).exp()
            return upstream - upstream * share

    log_softmax = LogSoftmax.apply


class KeptOnCtx:
    """A dictionary on ctx holds the output."""

    mastery = True

    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            out = x - torch.logsumexp(x, dim=-1, keepdim=True)
            ctx.kept = {"out": out}
            return out

        @staticmethod
        def backward(ctx, upstream):
            total = torch.sum(upstream, dim=-1, keepdim=True)
            return torch.addcmul(upstream, torch.exp(ctx.kept["out"]), total, value=-1)

    log_softmax = LogSoftmax.apply
