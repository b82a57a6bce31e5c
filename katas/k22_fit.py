"""Part 3 · The same with torch.nn
k22 · The training loop, once and for all

The loop of k19 and the validation of k20, both built on the `loss_batch` of k21, come
together in one function that trains any model with any loss and any optimiser. An epoch
is a pass over the training data, then a look at data that the model does not learn
from:

    model.train()     dropout drops; batch norm uses the batch, and updates its averages
    … every training batch: a step
    model.eval()      both behave as they will in use
    … every validation batch: its loss, without gradients
    print(epoch, val_loss)

The validation loss is the mean over the *samples*: the last batch may be shorter, and
then counts for less.

When it is solved, `python katas/k22_fit.py` trains a linear model on digits with your `fit`.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.train
Tutorial: "Create fit() and get_data()"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#create-fit-and-get-data
"""

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor, nn, optim


def loss_batch(
    model: nn.Module,
    loss_func: Callable[[Tensor, Tensor], Tensor],
    xb: Tensor,
    yb: Tensor,
    opt: optim.Optimizer | None = None,
) -> tuple[float, int]:
    """Return the loss of a batch and its length; with `opt`, take one step (k21)."""
    loss = loss_func(model(xb), yb)
    if opt is not None:
        loss.backward()
        opt.step()
        opt.zero_grad()
    return loss.item(), len(xb)


def fit(
    epochs: int,
    model: nn.Module,
    loss_func: Callable[[Tensor, Tensor], Tensor],
    opt: optim.Optimizer,
    train_dl: Iterable[tuple[Tensor, Tensor]],
    valid_dl: Iterable[tuple[Tensor, Tensor]],
) -> None:
    """Train for some epochs; print each one's number, from 0, and validation loss.

    The loss is printed in full precision, as a plain number.

    >>> model = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.constant_(model.weight, 2.0)
    >>> opt = optim.SGD(model.parameters(), lr=0.25)
    >>> dl = [(torch.ones(2, 1), torch.zeros(2, 1)), (torch.ones(1, 1), torch.zeros(1, 1))]
    >>> fit(2, model, nn.functional.mse_loss, opt, dl, dl)
    0 0.25
    1 0.015625
    """
    raise NotImplementedError  # TODO: train, evaluate and print, epoch by epoch


if __name__ == "__main__":
    from torch_nn_katas import run  # not found? Install it: pip install -c .ci/tested.txt -e .

    run("k22", fit)
