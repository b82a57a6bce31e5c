"""Part 5 · Under the hood
k32 · Dropout

A network that knows its training data by heart relies on details: this unit fires if
those three others do. *Dropout* makes that a bad bet. While training, each entry of its
input is dropped with probability p, and every call draws anew:

    training      y = 0             with probability p
                  y = x / (1 − p)   otherwise
    evaluation    y = x

Why divide? On average a share of 1 − p of the entries is left, and so their sum would be
too small by that factor. The division makes it, on average, what it is in evaluation,
where nothing is missing: (1 − p) · x / (1 − p) = x. (The paper of 2014 did it the other
way round: no division in training, and x · (1 − p) in evaluation. Then a model that is in
use has to know about the dropout that it was trained with.)

*Each entry* is decided by itself. No draw decides for two of them, as for a whole row or
channel, and none is kept for the next call. `torch.rand_like(x)` draws a number between 0
and 1 for each entry, and it is below p with probability p.

A module knows its mode: `self.training` is True at first, and `model.train()` and
`model.eval()` set it in every module inside. You have called them in k20 and k22. Dropout
is the smallest layer that looks at it.

Mastery: p may be 1. Then everything is zero, and so are the gradients; but x / (1 − p)
is infinite, and 0 · ∞ is NaN. And a p that is not a probability is a mistake that should
be found when the layer is made. (Torch finds every such p but NaN.)

Torch's own can also write into its input (`inplace`), and it draws and multiplies in one
function where that is faster.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
      https://jmlr.org/papers/v15/srivastava14a.html
Source: https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/Dropout.cpp
"""

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """Zero each entry with probability p while training, and divide the others by 1 − p.

    Not with a function or module of torch whose name has `dropout` in it. Drawing is allowed:
    `rand_like`, `bernoulli` and the like.
    Mastery: p = 1, and ValueError for a p that is not within 0 … 1.

    >>> layer = Dropout(0.75)
    >>> sorted(set(layer(torch.ones(1000)).tolist()))
    [0.0, 4.0]
    >>> layer.eval()(torch.tensor([1.0, 2.0]))
    tensor([1., 2.])
    """

    def __init__(self, p: float = 0.5) -> None:
        raise NotImplementedError  # TODO: super().__init__(), and keep p

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the shape and dtype of x; x itself stays as it is."""
        raise NotImplementedError  # TODO: one thing while training, another in evaluation
