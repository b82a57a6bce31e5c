"""Part 3 · The same with torch.nn
k21 · The loss of one batch, with or without a step

Training (k19) and validation (k20) begin alike: run the model on a batch and compute
the loss. Only training goes on to learn from it. One function does both: given an
optimiser, it takes a step; without one, it only looks.

    forward → loss        (→ backward → opt.step() → opt.zero_grad())

It returns the loss as it was before the step, as a plain number, together with the
number of rows: a mean over batches of different sizes must be weighted by it.

Read: https://docs.pytorch.org/docs/stable/optim.html#taking-an-optimization-step
Tutorial: "Create fit() and get_data()"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#create-fit-and-get-data
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn, optim


def loss_batch(
    model: nn.Module,
    loss_func: Callable[[Tensor, Tensor], Tensor],
    xb: Tensor,
    yb: Tensor,
    opt: optim.Optimizer | None = None,
) -> tuple[float, int]:
    """Return the loss of a batch and its length; with `opt`, take one step as well.

    After a step the gradients of the optimiser's parameters are cleared (zero or
    None). Without `opt`, nothing happens beyond the forward pass.

    >>> model = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.constant_(model.weight, 2.0)
    >>> opt = optim.SGD(model.parameters(), lr=0.25)
    >>> xb, yb = torch.ones(3, 1), torch.zeros(3, 1)
    >>> loss_batch(model, nn.functional.mse_loss, xb, yb, opt)
    (4.0, 3)
    >>> loss_batch(model, nn.functional.mse_loss, xb, yb)
    (1.0, 3)
    """
    loss = loss_func(model(xb), yb)
    if opt is not None:
        loss.backward()
        opt.step()
        opt.zero_grad()
    return loss.item(), len(xb)
