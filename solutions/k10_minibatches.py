"""Part 2 · A network from bare tensors
k10 · Minibatches

A gradient needs a loss, and so far the loss was that of one batch that lay ready. All
50,000 rows at once would make one slow step; one row at a time, 50,000 noisy ones.
Take them in portions, the minibatches: consecutive slices of bs rows,

    (x[0 : bs], y[0 : bs]),  (x[bs : 2·bs], y[bs : 2·bs]),  …

A slice may reach beyond the end: the last batch is then shorter. There are ⌈n/bs⌉.

A slice is a view and copies nothing. Mastery asks that it stay so, and that a batch
is made when it is asked for and not before: `yield` does that. Between two batches the
caller's loop runs, under the caller's own settings: no `with torch.no_grad():` may hold
around a `yield`.

Read: https://docs.python.org/3/howto/functional.html#generators
Tutorial: "Neural net from scratch (without torch.nn)"
"""

from collections.abc import Iterator

import torch
from torch import Tensor


def minibatches(x: Tensor, y: Tensor, bs: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield consecutive slices `(xb, yb)` of bs rows, the last one shorter if need be.

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
