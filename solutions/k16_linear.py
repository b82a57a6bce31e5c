"""Part 3 · The same with torch.nn
k16 · A linear layer

The module of k14 makes its weights and its bias by hand, and multiplies and adds by
hand. torch.nn has *layers*, modules that do all of this:

    nn.Linear(n_in, n_out)(xb) = xb @ weight.T + bias

Its `weight` has the shape (n_out, n_in), the transpose of our `weights`. It also draws
its own first values, and not as k05 does: weight *and* bias are uniform between −1/√n_in
and 1/√n_in. (`torch.nn.init` has other ways to begin.)

A layer that is assigned to an attribute becomes part of the module. Its parameters are
then the module's as well, here under the names `lin.weight` and `lin.bias`.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
Tutorial: "Refactor using nn.Linear"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#refactor-using-nn-linear
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
        self.lin = nn.Linear(784, 10)

    def forward(self, xb: Tensor) -> Tensor:
        """Return the logits (N, 10) of a batch of flat images (N, 784)."""
        return self.lin(xb)
