"""Wrong answers to k16, written in another way."""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import nn


class Normalised:
    """The layer's own tensors are multiplied by hand, and the logsumexp is subtracted."""

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(784, 10)

        def forward(self, xb):
            logits = torch.addmm(self.lin.bias, xb, self.lin.weight.t())
            return logits - logits.logsumexp(dim=1, keepdim=True)


class AnotherName:
    """The module is a `Sequential` of one named layer, and inherits `forward`."""

    class Mnist_Logistic(nn.Sequential):
        def __init__(self):
            super().__init__(OrderedDict([("linear", nn.Linear(784, 10))]))


class InAList:
    """A dictionary holds the layer, and `forward` goes through its values."""

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = {"lin": nn.Linear(784, 10)}

        def forward(self, xb):
            for layer in self.layers.values():
                xb = layer(xb)
            return xb


class OldParameters:
    """Everything is registered by method, and `F.linear` takes the layer's parameters."""

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_parameter("weights", nn.Parameter(torch.empty(784, 10)))
            self.add_module("lin", nn.Linear(784, 10))
            nn.init.zeros_(self.weights)

        def forward(self, xb):
            return F.linear(xb, weight=self.lin.weight, bias=self.lin.bias)
