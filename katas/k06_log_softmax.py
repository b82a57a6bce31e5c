"""Part 2 · A network from bare tensors
k06 · Log-softmax

What a layer makes with the weights of k05 is one number per class for each row: the
logits, of any size and sign. Softmax turns a row into probabilities, positive and with
the sum one; the loss wants their logarithm. Taken in one step,

    log_softmax(x)ᵢ = log( exp(xᵢ) / Σⱼ exp(xⱼ) ) = xᵢ − log Σⱼ exp(xⱼ)

where the sum goes over the last axis: over the classes of a row, never over the
rows of a batch.

In float32, exp(x) is infinite from x = 89 on. Mastery asks for the right result
there too: subtracting a row's maximum first changes nothing but the size of the
numbers, and `torch.logsumexp` does just that.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html
Tutorial: "Neural net from scratch (without torch.nn)"
"""

import torch
from torch import Tensor


def log_softmax(x: Tensor) -> Tensor:
    """Return the logarithm of the softmax of `x` over its last axis.

    x: (…, C) floating. Result: the same shape and dtype.
    Not with torch's own `log_softmax`, `softmax` or `cross_entropy`.

    >>> log_softmax(torch.tensor([[0.0, 0.0], [0.0, 100.0]]))
    tensor([[  -0.6931,   -0.6931],
            [-100.0000,    0.0000]])
    """
    raise NotImplementedError  # TODO: subtract the logarithm of the sum of the exponentials
