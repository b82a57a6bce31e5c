"""Right answers to k13, written differently."""

import torch
import torch.nn.functional as F
from torch import nn


class Tutorial:
    """The tutorial's own lines."""

    loss_func = F.cross_entropy

    def model(xb, weights, bias):
        return xb @ weights + bias


class AModule:
    """The loss as a module, the model by another function."""

    loss_func = nn.CrossEntropyLoss()

    def model(xb, weights, bias):
        return F.linear(xb, weights.t(), bias)


class InTwoSteps:
    """What the loss is made of."""

    def loss_func(input, target):
        return F.nll_loss(F.log_softmax(input, dim=-1), target)

    def model(xb, weights, bias):
        return torch.addmm(bias, xb, weights)


class ByHand:
    """Without any loss of torch's."""

    def loss_func(input, target):
        return (input.logsumexp(1) - input.gather(1, target[:, None])[:, 0]).mean()

    def model(xb, weights, bias):
        return torch.matmul(xb, weights).add(bias)
