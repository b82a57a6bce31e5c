"""Part 3 · The same with torch.nn
k13 · Cross-entropy

The model of k07 ends in a log-softmax, and the loss of k08 begins where it ends. The two
always go together, so torch has them as one function:

    F.cross_entropy(logits, target) = nll(log_softmax(logits), target)

With it the model need not normalise any more. It returns bare logits: any numbers, of
which only the differences within a row matter. The gradient of the loss with respect to
these logits is the guess minus the truth (softmax(logits), less 1 at the target), divided
by N. It does not vanish while the guess is wrong.

`F` is torch.nn.functional: plain functions, which keep no tensors. The classes of
torch.nn, from k14 on, make objects that do.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
Tutorial: "Using torch.nn.functional"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#using-torch-nn-functional
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def model(xb: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    """Return the logits (N, n_out) of a batch.

    xb: (N, n_in) floating. weights: (n_in, n_out). bias: (n_out,).

    >>> model(torch.tensor([[1.0, 2.0]]), torch.eye(2), torch.tensor([10.0, 0.0]))
    tensor([[11.,  2.]])
    """
    raise NotImplementedError  # TODO: what k07 normalises


def loss_func(input: Tensor, target: Tensor) -> Tensor:
    """Return the mean cross-entropy of a batch, a scalar tensor.

    input: (N, C) logits. target: (N,) int64, classes 0 … C-1.

    >>> loss_func(torch.tensor([[1.0, 1.0], [0.0, 100.0]]), torch.tensor([0, 1]))
    tensor(0.3466)
    """
    raise NotImplementedError  # TODO: torch's function for both steps
