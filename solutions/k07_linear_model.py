"""Part 2 · A network from bare tensors
k07 · A linear model

Now the weights of k05 and the log-softmax of k06 make a model: multiply the batch by the
weights, add the bias to each row, normalise.

    model(xb, weights, bias) = log_softmax(xb @ weights + bias)

    (N, n_in) @ (n_in, n_out) + (n_out,) → (N, n_out)

A row of the result holds the log-probabilities of the classes. There is only one layer,
nothing hidden between input and output: this is *logistic regression*.

Nothing more is needed for learning. The weights and the bias of k05 require grad, so
autograd records what is done with them. Print a result that was computed with them: it
ends with `grad_fn`, the last operation, from which `backward` will go back.

Here `log_softmax` is torch's own, which wants to be told the axis: `dim=-1`. Yours from
k06 would do as well.

Read: https://docs.pytorch.org/docs/stable/generated/torch.matmul.html
      https://docs.pytorch.org/docs/stable/notes/broadcasting.html
Tutorial: "Neural net from scratch (without torch.nn)"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#neural-net-from-scratch-without-torch-nn
"""

import torch
from torch import Tensor
from torch.nn.functional import log_softmax


def model(xb: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    """Return the log-probabilities (N, n_out) of a batch.

    xb: (N, n_in) floating. weights: (n_in, n_out). bias: (n_out,).

    >>> xb, weights = torch.tensor([[1.0, 0.0]]), torch.tensor([[2.0, 2.0], [0.0, 9.0]])
    >>> model(xb, weights, torch.zeros(2)).exp()
    tensor([[0.5000, 0.5000]])
    """
    return log_softmax(xb @ weights + bias, dim=-1)
