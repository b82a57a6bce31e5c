"""Right answers to k14, written differently."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Tutorial:
    """The tutorial's own lines."""

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / math.sqrt(784))
            self.bias = nn.Parameter(torch.zeros(10))

        def forward(self, xb):
            return xb @ self.weights + self.bias


class Initialised:
    """Made empty and filled by torch's initialisers, bias first; F.linear multiplies."""

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.bias = nn.Parameter(torch.empty(10))
            self.weights = nn.Parameter(torch.empty(784, 10))
            nn.init.zeros_(self.bias)
            nn.init.normal_(self.weights, mean=0.0, std=784**-0.5)

        def forward(self, xb):
            return F.linear(xb, self.weights.t(), self.bias)


class Registered:
    """Registered by name, with the size as an argument that has a default."""

    class Mnist_Logistic(nn.Module):
        def __init__(self, n_in=28 * 28, n_out=10):
            nn.Module.__init__(self)
            drawn = torch.normal(torch.zeros(n_in, n_out), 1 / n_in**0.5)
            self.register_parameter("weights", nn.Parameter(drawn))
            self.register_parameter("bias", nn.Parameter(drawn.new_zeros(n_out)))

        def forward(self, inputs):
            return torch.einsum("ni,io->no", inputs, self.weights) + self.bias


class AddMM:
    """The product and the sum in one call."""

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            weights = torch.empty(784, 10).normal_().mul_(1 / 28)
            self.weights, self.bias = nn.Parameter(weights), nn.Parameter(torch.zeros(10))

        def forward(self, xb):
            return torch.addmm(self.bias, xb, self.weights)


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "sqrt(785)": "No test can tell 1/√784 from 1/√785 by 7,840 draws.",
}
