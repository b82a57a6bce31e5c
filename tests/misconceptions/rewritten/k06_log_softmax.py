"""Wrong answers to k06, written in another way."""

import torch


class AxisNotKept:
    """The sum is an einsum, and every step has a function."""

    def log_softmax(x):
        totals = torch.einsum("...c->...", torch.exp(x))
        return torch.sub(x, torch.log(totals))


class LogForgotten:
    """Row by row in a loop, and stacked again."""

    def _shares(row):
        powers = torch.exp(row)
        return powers / torch.sum(powers)

    def log_softmax(x):
        rows = x.reshape(-1, x.shape[-1]).unbind()
        return torch.stack([LogForgotten._shares(row) for row in rows]).reshape(x.shape)


class Overflows:
    """The sum is a matrix product with ones, which keeps the axis."""

    mastery = True

    def log_softmax(x):
        ones = x.new_ones(x.shape[-1], 1)
        return x - torch.log(torch.matmul(torch.exp(x), ones))


class LogOfSoftmax:
    """Two helpers: one that shifts the rows to zero, one that divides them by their sums."""

    def _shift(x):
        _, peaks = torch.aminmax(x, dim=-1, keepdim=True)
        return torch.sub(x, peaks)

    def _normalise(powers):
        return torch.div(powers, torch.einsum("...c->...", powers)[..., None])

    def log_softmax(x):
        return torch.log(LogOfSoftmax._normalise(torch.exp(LogOfSoftmax._shift(x))))
