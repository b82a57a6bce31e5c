"""Wrong answers to k14, written in another way."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class PlainTensors:
    """The tensors are drawn in place and set by name in a loop, and `addmm` does the rest."""

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            start = {
                "weights": torch.empty(784, 10).normal_(std=784**-0.5),
                "bias": torch.zeros(10),
            }
            for name, value in start.items():
                value.requires_grad = True
                setattr(self, name, value)

        def forward(self, xb):
            return torch.addmm(self.bias, xb, self.weights)


class NotScaled:
    """Empty parameters are registered first, and a `reset` method fills them with nn.init."""

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            for name, shape in (("weights", (784, 10)), ("bias", (10,))):
                self.register_parameter(name, nn.Parameter(torch.empty(shape)))
            self.reset()

        def reset(self):
            nn.init.normal_(self.weights)
            nn.init.zeros_(self.bias)

        def forward(self, xb):
            return torch.einsum("ni,io->no", xb, self.weights).add(self.bias)


class Transposed:
    """The weights are drawn by nn.init, outputs first, and `F.linear` turns them round."""

    class Mnist_Logistic(nn.Module):
        def __init__(self, n_in=784, n_out=10):
            super().__init__()
            drawn = nn.init.normal_(torch.empty(n_out, n_in), std=1 / math.sqrt(n_in))
            self.weights = nn.Parameter(drawn)
            self.bias = nn.Parameter(drawn.new_zeros(n_out))

        def forward(self, xb):
            return F.linear(xb, self.weights, self.bias)


class Normalised:
    """A method gives the logits, and `forward` subtracts their logsumexp."""

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.normal(0.0, 1 / 28, size=(784, 10)))
            self.bias = nn.Parameter(torch.full((10,), 0.0))

        def logits(self, xb):
            return torch.mm(xb, self.weights).add(self.bias)

        def forward(self, xb):
            logits = self.logits(xb)
            return logits - logits.logsumexp(dim=1, keepdim=True)
