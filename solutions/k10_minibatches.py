"""Part 2 · A network from bare tensors
k10 · Minibatches

So far the batch was simply there. Where does it come from? All 50,000 training images at
once would make one slow step; one image at a time, 50,000 noisy steps. Take a few at a
time, in *minibatches*: consecutive slices of bs rows,

    (x[0 : bs], y[0 : bs]),  (x[bs : 2·bs], y[bs : 2·bs]),  …

A slice may reach beyond the end: the last batch is then shorter. There are ⌈n/bs⌉.

A slice is a *view*: it copies nothing. Mastery asks that it stay so, and that a batch be
made when it is asked for and not before, which is what `yield` does. Between two batches
your function waits at the `yield`, and the caller's loop runs. If you `yield` inside a
`with` that changes a setting, the setting holds for that loop too. (One such setting is
`torch.no_grad()`, which you will need in k11. It turns gradients off, and a loop that
trains needs them.)

Read: https://docs.python.org/3/howto/functional.html#generators
Tutorial: "Neural net from scratch (without torch.nn)"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#neural-net-from-scratch-without-torch-nn
"""

from collections.abc import Iterator

import torch
from torch import Tensor


def minibatches(x: Tensor, y: Tensor, bs: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield consecutive slices `(xb, yb)` of bs rows, the last one shorter if bs does not divide n.

    x: (n, …). y: (n,). No batch is empty, so there is none for n = 0.
    Mastery: views, made one at a time; bs < 1 raises ValueError.

    >>> x, y = torch.zeros(5, 784), torch.arange(5)
    >>> [yb.tolist() for xb, yb in minibatches(x, y, 2)]
    [[0, 1], [2, 3], [4]]
    """
    if bs < 1:
        raise ValueError(f"a batch has at least one row, and bs is {bs}")
    # The tutorial counts the batches, (n - 1) // bs + 1; a range with a step need not.
    for start in range(0, len(x), bs):
        yield x[start : start + bs], y[start : start + bs]
