"""Part 3 · The same with torch.nn
k16 · A linear layer

The module of k14 makes its weights and its bias by hand, and multiplies and adds by
hand. torch.nn has layers that do this, and that know how to begin:

    nn.Linear(n_in, n_out)(xb) = xb @ weight.T + bias

with `weight` (n_out, n_in), the transpose of what was `weights` before. A layer
assigned to an attribute is part of the module, and its parameters are the module's,
under the names `lin.weight` and `lin.bias`.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
Tutorial: "Refactor using nn.Linear"
"""

import torch
from torch import Tensor, nn


class Mnist_Logistic(nn.Module):
    """A linear classifier of 28 × 28 digits, made of one layer, `lin`.

    >>> sorted(name for name, _ in Mnist_Logistic().named_parameters())
    ['lin.bias', 'lin.weight']
    """

    def __init__(self) -> None:
        super().__init__()
        raise NotImplementedError  # TODO: the layer

    def forward(self, xb: Tensor) -> Tensor:
        """Return the logits (N, 10) of a batch of flat images (N, 784)."""
        raise NotImplementedError  # TODO: the layer, applied
