"""Part 3 · The same with torch.nn
k20 · The validation loss

The loss on the data that the model learns from says nothing about others: it might
have learned them by heart. So keep some data aside, never learn from them, and look at
the loss there. Looking is not learning:

    model.eval()             dropout and batch norm, however deep, behave as in use
    with torch.no_grad():    no graph is recorded, and the memory for it saved
    the mean of the loss over all of `valid_dl`

Mastery: the last batch may be shorter and then counts for less, so weight each batch's
loss with its length. And leave every module in the mode in which it came, even if the
loss raises: layers that are frozen are in evaluation mode while the others train, and
`model.train()` would thaw them.

Read: https://docs.pytorch.org/docs/stable/notes/autograd.html#evaluation-mode-nn-module-eval
      https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html
Tutorial: "Add validation"
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn


def validate(
    model: nn.Module,
    loss_func: Callable[[Tensor, Tensor], Tensor],
    valid_dl: Iterable[tuple[Tensor, Tensor]],
) -> float | Tensor:
    """Return the mean loss over `valid_dl`: a float, or a scalar tensor without a graph.

    `loss_func` averages over its batch. Mastery: the mean is over samples, and the
    `training` of every module in `model` is as it was before, also when `loss_func` raises.

    >>> valid_dl = [(torch.ones(2, 1), torch.zeros(2, 1)), (torch.ones(2, 1), torch.ones(2, 1))]
    >>> float(validate(nn.Dropout(), nn.functional.mse_loss, valid_dl))
    0.5
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        total, count = 0.0, 0
        with torch.no_grad():
            for xb, yb in valid_dl:
                total += loss_func(model(xb), yb).item() * len(xb)
                count += len(xb)
    finally:
        for module, training in modes:
            module.training = training
    # Not the tutorial's sum divided by `len(valid_dl)`: that gives a row of a short
    # batch more weight than the others.
    return total / count
