"""Part 2 · A network from bare tensors
k11 · One step of gradient descent

A minibatch (k10) goes through the model (k07) to its loss (k08). `loss.backward()` goes
the same way back, and leaves in each parameter's `p.grad` the gradient: the direction in
which the loss grows fastest. So a step of gradient descent moves each parameter the
other way,

    p ← p − lr · p.grad

The learning rate lr is small, since the gradient describes the loss only near p: a large
step may go too far. The descent is *stochastic*, since the gradient of one minibatch is
only an estimate of that of all the data.

The step is *in place*: the model holds these very tensors, and `p = p - …` would give
the name p to a new tensor and leave the model's as it was. The step is not part of the
model, so autograd must not record it: take it under `with torch.no_grad():`. And
`backward` *adds* to what is in `.grad`, so clear the gradients after each step.

Read: https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html
      https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
Tutorial: "Neural net from scratch (without torch.nn)"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#neural-net-from-scratch-without-torch-nn
"""

from collections.abc import Iterable

import torch
from torch import Tensor


def sgd_step(parameters: Iterable[Tensor], lr: float) -> None:
    """Move each parameter by −lr times its gradient, in place, and clear the gradients.

    parameters: distinct leaf tensors of any shape that require grad; a generator
    will do. Cleared means zeros (`p.grad.zero_()`) or None
    (`p.grad = None`). Not with torch.optim.
    Mastery: a parameter whose `.grad` is None stays as it is.

    >>> p = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> (p * p).sum().backward()
    >>> sgd_step([p], lr=0.25)
    >>> p
    tensor([0.5000, 1.0000], requires_grad=True)
    """
    raise NotImplementedError  # TODO: update in place, without autograd, and clear the gradients
