"""Wrong answers to k07, each written in another way."""

import torch
from torch import nn
from torch.nn import functional as F


class Logits:
    """One row at a time: each is multiplied by the weights, and the results are stacked."""

    def model(xb, weights, bias):
        results = []
        for row in xb:
            results.append(torch.matmul(row, weights).add(bias))
        return torch.stack(results)


class OverTheBatch:
    """One class at a time: a column of logits, shifted, less the log of its exponentials' sum."""

    def model(xb, weights, bias):
        columns = []
        for k in range(weights.size(1)):
            column = xb.mv(weights[:, k]) + bias[k]
            column = column - column.detach().max()
            columns.append(column - column.exp().sum().log())
        return torch.stack(columns, dim=1)


class _Affine:
    """A linear layer that keeps copies of its parameters' values."""

    def __init__(self, weights, bias):
        with torch.no_grad():
            self.matrix = weights.clone()
        self.offset = bias

    def __call__(self, xb):
        return torch.einsum("ni,io->no", xb, self.matrix) + self.offset


class Detached:
    """A layer object copies the weights under no_grad, and multiplies with einsum."""

    def model(xb, weights, bias):
        layer = _Affine(weights, bias)
        return nn.LogSoftmax(dim=1)(layer(xb))


class Squeezed:
    """With F.linear and the tensor method; first the one axis is removed, then the other."""

    def model(xb, weights, bias):
        out = F.linear(xb, weights.t(), bias).log_softmax(1)
        if out.size(0) == 1:
            out = out[0]
        if out.dim() and out.size(-1) == 1:
            out = out[..., 0]
        return out
