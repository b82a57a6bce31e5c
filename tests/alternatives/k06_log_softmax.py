"""Right answers to k06, written differently."""

import torch


class Tutorial:
    """The tutorial's own line."""

    mastery = False

    def log_softmax(x):
        return x - x.exp().sum(-1).log().unsqueeze(-1)


class LogSumExp:
    """The three steps in one, which do not overflow."""

    def log_softmax(x):
        return x - x.logsumexp(-1, keepdim=True)


class MaximumDetached:
    """The stable way, with the maximum as a constant: its gradients cancel."""

    def log_softmax(x):
        m = x.detach().amax(-1, keepdim=True)
        return x - (m + torch.log(torch.exp(x - m).sum(-1, keepdim=True)))


class RowByRow:
    """One row at a time."""

    def log_softmax(x):
        rows = [row - torch.logsumexp(row, 0) for row in x.reshape(-1, x.shape[-1])]
        return torch.stack(rows).reshape(x.shape)


class LogAddExp:
    """The sum is built up in logarithms, one class at a time."""

    def log_softmax(x):
        total = x[..., 0]
        for c in range(1, x.shape[-1]):
            total = torch.logaddexp(total, x[..., c])
        return x - total.unsqueeze(-1)
