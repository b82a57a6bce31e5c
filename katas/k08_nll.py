"""Part 2 · A network from bare tensors
k08 · The negative log-likelihood

How bad was a guess of the model of k07? If it gave the right class the probability p,
the loss of that row is −log p: 0 for a sure and right guess, and as large as you like for
a sure and wrong one. Why the logarithm? The probability of all the right classes of a
batch is the product of these p. Minus its logarithm is a sum, one −log p for each row.

The model returns log-probabilities already. So pick, from each row, the entry at its
target, and average:

    nll(input, target) = −1/N · Σᵢ input[i, targetᵢ]

A row index and a column index of the same length pick one entry for each row.

Before training, a model knows nothing, and gives each of ten classes about 1/10. Its loss
is then about log 10 ≈ 2.30: look for this number before you train.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
      https://numpy.org/doc/stable/user/basics.indexing.html#integer-array-indexing
Tutorial: "Neural net from scratch (without torch.nn)"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#neural-net-from-scratch-without-torch-nn
"""

import torch
from torch import Tensor


def nll(input: Tensor, target: Tensor) -> Tensor:
    """Return the mean negative log-likelihood of a batch.

    input: (N, C) floating, log-probabilities. target: (N,) int64, classes 0 … C-1.
    Result: scalar tensor, shape (). Not with torch's `nll_loss` or `cross_entropy`.
    Mastery: targets of any integer dtype; a target that is not a class raises
    IndexError, ValueError or RuntimeError.

    >>> input = torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]]).log()
    >>> nll(input, torch.tensor([0, 1]))
    tensor(0.4581)
    """
    raise NotImplementedError  # TODO: pick one entry for each row, and average
