"""Part 2 · A network from bare tensors
k12 · The training loop

All the pieces are there: batches (k10), the model (k07), its loss (k08), a step (k11).
Repeated in this order, they are training:

    for each epoch:                        a pass over all the data
        for each minibatch, in order:
            loss = nll(model(xb), yb)      forward
            loss.backward()                the gradients
            p ← p − lr · p.grad            a step, in place, without autograd
            clear the gradients

That is all there is to it: logistic regression, from nothing but tensors. All that
follows in Part 3 makes it shorter or more general, and does the same.

When it is solved, run the file: `python katas/k12_training_loop.py` trains on images of
digits with your `fit`, and prints loss and accuracy before and after.

To look inside, print the loss of each batch, or write `breakpoint()` into the loop and
call your `fit` on something small, in `python -i katas/k12_training_loop.py`.

Read: https://docs.pytorch.org/docs/stable/notes/autograd.html
Tutorial: "Neural net from scratch (without torch.nn)"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#neural-net-from-scratch-without-torch-nn
"""

import torch
from torch import Tensor
from torch.nn.functional import log_softmax, nll_loss


def fit(
    x: Tensor,
    y: Tensor,
    weights: Tensor,
    bias: Tensor,
    lr: float = 0.5,
    epochs: int = 2,
    bs: int = 64,
) -> None:
    """Train `weights` and `bias` in place.

    x: (n, n_in). y: (n,) int64. weights: (n_in, n_out). bias: (n_out,).

    >>> x, y = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])
    >>> weights, bias = torch.zeros(2, 2, requires_grad=True), torch.zeros(2, requires_grad=True)
    >>> fit(x, y, weights, bias, lr=1.0, epochs=1)
    >>> weights
    tensor([[ 0.2500, -0.2500],
            [-0.2500,  0.2500]], requires_grad=True)
    """
    raise NotImplementedError  # TODO: epochs, batches, and a step for each


if __name__ == "__main__":
    from torch_nn_katas import run  # not found? Install it: pip install -c .ci/tested.txt -e .

    run("k12", fit)
