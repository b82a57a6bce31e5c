"""Part 2 · A network from bare tensors
k05 · Initial weights

The simplest network is one layer: every output is a weighted sum of the inputs, plus a
bias. What it learns, its *parameters*, begins as

    weights (n_in, n_out)    normal, mean 0, standard deviation 1/√n_in
    bias    (n_out,)         zeros

`torch.randn(n, m)` draws an (n, m) tensor from a normal distribution with mean 0 and
standard deviation 1, in float32. (numpy's numbers are float64; torch does not mix the
two in a product of matrices.)

A sum of n_in independent terms with mean 0 and size one has size √n_in, so with deviation
1/√n_in the outputs are about as large as the inputs. (This is often called Xavier's way.
His is √(2/(n_in + n_out)); plain 1/√n_in is older, LeCun's.) Why random? This one layer
would learn from zeros too. But in a network of several layers, all outputs of an inner
layer would begin alike, get the same gradients, and stay alike.

Training will ask of each weight: if it grew a little, would the loss, which says how
wrong the network is, grow or fall, and how fast? That number is its *gradient*. If a
tensor *requires grad*, torch's *autograd* records every operation on it. Later,
`loss.backward()` goes back through this record, the *graph*, and leaves each gradient in
`.grad` (k11). It does so for *leaves* only: tensors that were made, not computed from
others that require grad. So compute first, and call `requires_grad_()` last. (A method
whose name ends in `_` works *in place*: it changes the tensor itself, and makes no new
one.)

Read: https://docs.pytorch.org/docs/stable/generated/torch.randn.html
      https://docs.pytorch.org/docs/stable/generated/torch.Tensor.is_leaf.html
Tutorial: "Neural net from scratch (without torch.nn)"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#neural-net-from-scratch-without-torch-nn
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
