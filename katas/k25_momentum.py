"""Part 4 · Convolutions
k25 · Momentum

Plain gradient descent (k11) forgets where it came from: in a narrow valley it zigzags
from side to side and hardly moves along it. With *momentum* every parameter has a
velocity, which keeps a part of its last value and adds the new gradient:

    v ← momentum · v + p.grad
    p ← p − lr · v

What zigzags cancels out, and what persists adds up: with momentum 0.9, to ten times the
step. Parameter and velocity are changed in place, and the gradients cleared. `optim.SGD`
does the same when it is given a momentum; it makes the velocities itself.

Read: https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
      https://distill.pub/2017/momentum/
Tutorial: "Switch to CNN"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#switch-to-cnn
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn, optim


def momentum_step(
    parameters: Iterable[Tensor],
    velocities: Iterable[Tensor],
    lr: float,
    momentum: float = 0.9,
) -> None:
    """Take one step with momentum, in place, and clear the gradients (to zero or None).

    velocities: one tensor for each parameter, zeros before the first step. Both may be
    generators. Not with torch.optim.
    Mastery: a parameter whose `.grad` is None stays as it is, and so does its velocity.

    >>> p, v = torch.tensor([1.0], requires_grad=True), torch.zeros(1)
    >>> for _ in range(2):
    ...     p.sum().backward()
    ...     momentum_step([p], [v], lr=0.1)
    >>> v, p
    (tensor([1.9000]), tensor([0.7100], requires_grad=True))
    """
    raise NotImplementedError  # TODO: the velocity, the parameter, the gradient


def get_optimizer(model: nn.Module, lr: float = 0.1) -> optim.SGD:
    """Return torch's SGD for the model's parameters, with momentum 0.9.

    >>> get_optimizer(nn.Linear(2, 2)).param_groups[0]["momentum"]
    0.9
    """
    raise NotImplementedError  # TODO: torch's own
