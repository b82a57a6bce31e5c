"""Part 2 · A network from bare tensors
k05 · Weights to begin with

The simplest network is one layer: every output is a weighted sum of the inputs plus a
bias. Its weights begin at random, since equal ones would all learn the same, and
small enough: a sum of n_in terms of size one has size √n_in, so draw

    weights (n_in, n_out)    normal, mean 0, standard deviation 1/√n_in
    bias    (n_out,)         zeros

and the outputs have size one again. (This scaling is often called Xavier's. His is
√(2/(n_in + n_out)); plain 1/√n_in is older, LeCun's.)

Both are to be learned, so they require grad. Ask for it last: what comes out of a
computation on such a tensor is no leaf, and only leaves collect gradients.

Read: https://docs.pytorch.org/docs/stable/generated/torch.randn.html
      https://docs.pytorch.org/docs/stable/generated/torch.Tensor.is_leaf.html
Tutorial: "Neural net from scratch (without torch.nn)"
"""

import math

import torch
from torch import Tensor


def init_weights(n_in: int, n_out: int) -> tuple[Tensor, Tensor]:
    """Return new `weights` (n_in, n_out) and `bias` (n_out,), float32 leaves that require grad.

    Drawn from torch's generator, which the caller may have seeded.

    >>> weights, bias = init_weights(784, 10)
    >>> weights.shape, bias.shape, weights.is_leaf, bias.requires_grad
    (torch.Size([784, 10]), torch.Size([10]), True, True)
    """
    weights = torch.randn(n_in, n_out) / math.sqrt(n_in)
    return weights.requires_grad_(), torch.zeros(n_out, requires_grad=True)
