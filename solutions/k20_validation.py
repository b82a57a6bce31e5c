"""Part 3 · The same with torch.nn
k20 · The validation loss

A low loss on the training data says little about new data: the model may have memorised
what it saw. That is *overfitting*. You see it only on data that the model never learns
from: there the loss stops falling, or rises. So keep some data aside, for *validation*.
Looking is not learning:

    model.eval()             every layer behaves as it will in use
    with torch.no_grad():    autograd records nothing, which saves memory
    the mean of the loss over all of `valid_dl`

Two kinds of layers need the first line. While training, *dropout* zeroes a random part of
its input, and *batch norm* uses the mean and the spread of the batch it is given. After
`model.eval()` dropout passes everything on, and batch norm uses averages that it has
kept. `model.eval()` reaches the layers inside, at any depth.

Mastery: the last batch may be shorter and then counts for less, so weight each batch's
loss by its number of rows. And leave every module in the mode that it was in, even if
the loss raises: a frozen layer is often kept in evaluation mode while the others train,
and `model.train()` would change that.

Read: https://docs.pytorch.org/docs/stable/notes/autograd.html#evaluation-mode-nn-module-eval
      https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html
Tutorial: "Add validation"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#add-validation
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn


def validate(
    model: nn.Module,
    loss_func: Callable[[Tensor, Tensor], Tensor],
    valid_dl: Iterable[tuple[Tensor, Tensor]],
) -> float | Tensor:
    """Return the mean loss over `valid_dl`: a float, or a scalar tensor that does not require grad.

    `loss_func` averages over its batch. Mastery: the mean is over samples, and the
    `training` of every module in `model` is as it was before, even if `loss_func` raises.

    >>> valid_dl = [(torch.ones(2, 1), torch.zeros(2, 1)), (torch.ones(2, 1), torch.ones(2, 1))]
    >>> float(validate(nn.Dropout(), nn.functional.mse_loss, valid_dl))
    0.5
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        total, count = 0.0, 0
        # Code that only evaluates has `torch.inference_mode()` here, which saves a little more.
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
