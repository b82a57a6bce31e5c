"""Part 2 · A network from bare tensors
k09 · Accuracy

The loss of k08 is what training makes small; people want to know how often the model is
right. Its guess for a row is the class with the largest entry. The accuracy is the share
of the rows whose guess is the label:

    accuracy(out, yb) = 1/N · (the number of rows i with argmaxⱼ out[i, j] = ybᵢ)

Logits, probabilities and log-probabilities give the same accuracy: the largest stays the
largest. No gradient flows, since a small change in `out` changes no guess. So accuracy
shows how good a model is, but cannot train it; the loss can.

Read: https://docs.pytorch.org/docs/stable/generated/torch.argmax.html
Tutorial: "Neural net from scratch (without torch.nn)"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#neural-net-from-scratch-without-torch-nn
"""

import torch
from torch import Tensor


def accuracy(out: Tensor, yb: Tensor) -> Tensor:
    """Return the share of rows whose largest entry is at the label.

    out: (N, C) floating. yb: (N,) int64. Result: scalar tensor between 0 and 1,
    float32 or of `out`'s dtype.

    >>> out = torch.tensor([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0], [0.0, 1.0]])
    >>> accuracy(out, torch.tensor([0, 1, 0, 0]))
    tensor(0.7500)
    """
    raise NotImplementedError  # TODO: compare the guesses with the labels, and average
