"""Part 2 · A network from bare tensors
k06 · Log-softmax

With the weights of k05, a layer turns a *batch* (some images at a time, one in each row)
into *logits*: for each row one number per class, of any size and sign. Softmax turns a
row of logits into probabilities, which are positive and sum to one:

    softmax(x)ᵢ = exp(xᵢ) / Σⱼ exp(xⱼ)

The loss (k08) wants their logarithms, since a product of many probabilities soon becomes
too small for a computer, and the sum of their logarithms does not. Taken in one step,

    log_softmax(x)ᵢ = log( exp(xᵢ) / Σⱼ exp(xⱼ) ) = xᵢ − log Σⱼ exp(xⱼ)

where the sum goes over the last axis: over the classes of a row, never over the rows of
a batch. In torch, `x.exp()` and `x.log()` work on each element, and `x.sum(-1)` sums over
the last axis.

In float32, exp(x) is infinite from x = 89 on. Mastery asks for the right result there
too: subtract each row's maximum first. The result stays the same, and exp never sees
a positive number. (`x - x.logsumexp(…)` does not overflow either, but loses digits where
all logits of a row are large.)

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html
Tutorial: "Neural net from scratch (without torch.nn)"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#neural-net-from-scratch-without-torch-nn
"""

import torch
from torch import Tensor


def log_softmax(x: Tensor) -> Tensor:
    """Return the logarithm of the softmax of `x` over its last axis.

    x: (…, C) floating. Result: the same shape and dtype.
    Not with torch's own `log_softmax`, `softmax` or `cross_entropy`.
    Mastery: exact for logits of any size; a logit of -inf gives -inf.

    >>> log_softmax(torch.tensor([[0.0, 0.0], [0.0, 2.0]]))
    tensor([[-0.6931, -0.6931],
            [-2.1269, -0.1269]])
    """
    raise NotImplementedError  # TODO: subtract the logarithm of the sum of the exponentials
