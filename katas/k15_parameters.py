"""Part 3 · The same with torch.nn
k15 · The loop over a module's parameters

The loop of k12 names `weights` and `bias`, and so it fits one model only. A module
knows its own parameters, those of its layers, and those of *their* layers:

    for p in model.parameters():    p ← p − lr · p.grad
    model.zero_grad()               clears every gradient

With these two, the loop trains any module, whatever is inside it, with any loss.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.parameters
      https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.zero_grad
Tutorial: "Refactor using nn.Module"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#refactor-using-nn-module
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn


def fit(
    model: nn.Module,
    loss_func: Callable[[Tensor, Tensor], Tensor],
    x: Tensor,
    y: Tensor,
    lr: float = 0.5,
    epochs: int = 2,
    bs: int = 64,
) -> None:
    """Train a module in place by gradient descent on the minibatches of x and y, in order.

    x: (n, …). y: (n, …). `loss_func(model(xb), yb)` is a scalar. Not with torch.optim.
    Mastery: a parameter that has no gradient, because it is frozen (`requires_grad=False`) or
    unused, stays as it is.

    >>> model = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.constant_(model.weight, 2.0)
    >>> fit(model, nn.functional.mse_loss, torch.ones(4, 1), torch.zeros(4, 1), lr=0.25)
    >>> model.weight.item()
    0.5
    """
    raise NotImplementedError  # TODO: the loop of k12, now for every parameter of the module
