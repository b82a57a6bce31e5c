"""Wrong answers to k39, written in another way."""

import math


class OverTheWholeLength:
    """By the square of the half angle, with the end first."""

    def warmup_cosine(step, warmup, total):
        if step < 0 or warmup < 0 or warmup >= total:
            raise ValueError
        if step > total:
            return 0.0
        if step < warmup:
            return (1 + step) / (1 + warmup)
        return math.cos((step - warmup) * math.pi / (2 * total)) ** 2


class OneRate:
    """The rate is computed once, and a loop writes it everywhere."""

    class Schedule:
        def __init__(self, optimizer, factor):
            self.base = optimizer.param_groups[0]["lr"]
            self.count, self.optimizer, self.factor = -1, optimizer, factor
            self.step()

        def step(self):
            self.count += 1
            self._write()

        def _write(self):
            rate = self.factor(self.count) * self.base
            for group in self.optimizer.param_groups:
                group.update(lr=rate)

        def state_dict(self):
            return {"count": self.count, "base": self.base}

        def load_state_dict(self, state):
            self.count, self.base = state["count"], state["base"]
            self._write()
