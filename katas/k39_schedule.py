"""Part 5 · Under the hood
k39 · A learning rate that changes

No single learning rate is the best from beginning to end. At first the gradients are large
and change quickly, and a large step does damage; near the end, small steps come closer to
the minimum. So the rate that you choose, the *base*, is multiplied by a factor that depends
on the number n of steps taken so far: lr = base · factor(n), with n = 0, 1, 2, …

A popular factor rises in a straight line, the *warm-up*, and then falls along half a
period of a cosine, from 1 at `warmup` to 0 at `total`:

    (step + 1) / (warmup + 1)                                 if step < warmup
    ½ · (1 + cos(π · (step − warmup) / (total − warmup)))     from warmup to total
    0                                                         after total

Why + 1? With step / warmup, the very first step would have the rate 0: a batch wasted.

The loop of k12 needs one more line after `opt.step()`: `schedule.step()`. It is easy to be
off by one there. The first step needs base · factor(0), so a `Schedule` sets that when it
is made. Each `schedule.step()` sets the rate for the *next* step of the optimiser.

An optimiser keeps its rates in `param_groups` (k37), a list of dicts, each with its own
"lr". The Schedule remembers as bases what it finds there when it is made. After that it
only writes, so it does not matter what somebody else wrote there in between. Torch's
`LambdaLR` does the same. It also leaves an "initial_lr" in each group, and warns if
`schedule.step()` comes first; yours changes nothing but "lr".

Mastery is for training that takes days: nonsense is refused at once, and what was
interrupted goes on with a new Schedule, from the state of the old one.

Read: https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
      https://d2l.ai/chapter_optimization/lr-scheduler.html
Source: https://github.com/pytorch/pytorch/blob/main/torch/optim/lr_scheduler.py
"""

import math
from collections.abc import Callable
from typing import Any

from torch import nn, optim


def warmup_cosine(step: int, warmup: int, total: int) -> float:
    """Return the factor for a step, counted from 0; 0 ≤ warmup < total.

    Mastery: ValueError for a step below 0, and unless 0 ≤ warmup < total.

    >>> [warmup_cosine(step, 3, 5) for step in range(7)]
    [0.25, 0.5, 0.75, 1.0, 0.5, 0.0, 0.0]
    """
    raise NotImplementedError  # TODO: three cases; math.cos takes radians


class Schedule:
    """Sets the rate of each group to its base times factor(n), in place.

    optimizer: anything with `param_groups`, which may be another list at each step.
    Not with torch.optim.lr_scheduler.

    >>> opt = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.4)
    >>> schedule = Schedule(opt, lambda n: 1 / (n + 1))
    >>> schedule.step()
    >>> opt.param_groups[0]["lr"]
    0.2
    """

    def __init__(self, optimizer: Any, factor: Callable[[int], float]) -> None:
        raise NotImplementedError  # TODO: remember the bases; set the first rates

    def step(self) -> None:
        """Set the rates for the next step of the optimiser."""
        raise NotImplementedError  # TODO: count; set the next rates

    def state_dict(self) -> dict[str, Any]:
        """Return what a new Schedule needs to go on: plain numbers and lists of them."""
        return {}  # TODO for mastery: the count and the bases

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state, with its bases; set its rates at once."""
        pass  # TODO for mastery: take both over, and set the rates
