"""Part 2 · A network from bare tensors
k11 · One step of gradient descent

A minibatch (k10) goes through the model (k07) to its loss (k08), and `loss.backward()`
goes back: then every parameter p holds its gradient in `p.grad`. One step of
(stochastic) gradient descent moves each a little against it,

    p ← p − lr · p.grad

*in place*: the model holds these very tensors, and a new one of the same name
would change nothing in it. The step is no part of the model, so autograd must
not record it. And `backward` adds to what is in `.grad`, so that the gradients
have to be cleared before the next one.

Read: https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html
      https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
Tutorial: "Neural net from scratch (without torch.nn)"
"""

from collections.abc import Iterable

import torch
from torch import Tensor


def sgd_step(parameters: Iterable[Tensor], lr: float) -> None:
    """Move each parameter by −lr times its gradient, in place, and clear the gradients.

    parameters: distinct leaf tensors of any shape that require grad; a generator
    will do. Cleared means zero or None. Not with torch.optim.
    Mastery: a parameter whose `.grad` is None stays as it is.

    >>> p = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> (p * p).sum().backward()
    >>> sgd_step([p], lr=0.25)
    >>> p
    tensor([0.5000, 1.0000], requires_grad=True)
    """
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad = None  # rather than zero_(): costs no memory and no time
