"""Part 3 · The same with torch.nn
k14 · A module with parameters

So far `weights` and `bias` are handed from function to function, and named wherever
they are used, stepped or saved. An `nn.Module` holds them: a tensor wrapped in
`nn.Parameter` and assigned to an attribute is registered, and from then on
`parameters()`, `state_dict()` and `.to()` find it. `forward` says what calling the
module does, which is what the `model` of k13 did:

    model(xb) = xb @ weights + bias        (the logits; the loss normalises them)

The weights begin as in k05: normal, with standard deviation 1/√784.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
      https://docs.pytorch.org/docs/stable/notes/modules.html
Tutorial: "Refactor using nn.Module"
"""

import math

import torch
from torch import Tensor, nn


class Mnist_Logistic(nn.Module):
    """A linear classifier of 28 × 28 digits.

    Parameters: `weights` (784, 10), normal with deviation 1/√784, and `bias` (10,),
    zeros. Not with an nn.Linear inside: that is k16.

    >>> sorted(name for name, _ in Mnist_Logistic().named_parameters())
    ['bias', 'weights']
    """

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(784, 10) / math.sqrt(784))
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, xb: Tensor) -> Tensor:
        """Return the logits (N, 10) of a batch of flat images (N, 784)."""
        return xb @ self.weights + self.bias
