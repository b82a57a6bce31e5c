"""Right answers to k39, written differently."""

import bisect
import itertools
import math


class JustTheFormula:
    """As the stub has it, without the checks."""

    mastery = False

    def warmup_cosine(step, warmup, total):
        if step < warmup:
            return (step + 1) / (warmup + 1)
        if step > total:
            return 0
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))

    class Schedule:
        def __init__(self, optimizer, factor):
            self.optimizer = optimizer
            self.factor = factor
            self.bases = [group["lr"] for group in optimizer.param_groups]
            self.n = -1
            self.step()

        def step(self):
            self.n += 1
            for i, group in enumerate(self.optimizer.param_groups):
                group["lr"] = self.bases[i] * self.factor(self.n)


class HalfAngle:
    """½ (1 + cos x) is the square of cos ½x; a generator sets the rates."""

    def warmup_cosine(step, warmup, total):
        if step < 0 or warmup < 0 or total <= warmup:
            raise ValueError("nonsense")
        part = bisect.bisect([warmup, total + 1], step)
        if part == 0:
            return (step + 1) / (warmup + 1)
        return math.cos(math.pi / 2 * (step - warmup) / (total - warmup)) ** 2 if part == 1 else 0.0

    class Schedule:
        def __init__(self, optimizer, factor):
            self.load = {"at": 0, "rates": [g["lr"] for g in optimizer.param_groups]}
            self.optimizer, self.factor = optimizer, factor
            self.load_state_dict(self.load)

        def _going(self):
            for n in itertools.count(self.load["at"]):
                for group, base in zip(self.optimizer.param_groups, self.load["rates"]):
                    group.update(lr=base * self.factor(n))
                yield n

        def step(self):
            self.now = next(self.turns)

        def state_dict(self):
            return {"at": self.now, "rates": [*self.load["rates"]]}

        def load_state_dict(self, state):
            self.load = dict(state)
            self.turns = self._going()
            self.step()


class AheadOfTime:
    """The next factor is computed one step before; the bases are in a dict of numbers."""

    def warmup_cosine(step, warmup, total):
        if not (step >= 0 and 0 <= warmup < total):
            raise ValueError((step, warmup, total))
        rise = (step + 1) / (warmup + 1)
        angle = math.pi * max(0, step - warmup) / (total - warmup)
        fall = 0.5 + 0.5 * math.cos(min(angle, math.pi))
        return min(rise, 1.0) * (fall if step <= total else 0.0)

    class Schedule:
        def __init__(self, optimizer, factor):
            self._opt, self._of = optimizer, factor
            self._base = {i: g["lr"] for i, g in enumerate(optimizer.param_groups)}
            self._write(0)

        def _write(self, n):
            self._n, factor = n, self._of(n)
            for i, base in self._base.items():
                self._opt.param_groups[i]["lr"] = factor * base
            self._next = self._of(n + 1)

        def step(self):
            for i, base in self._base.items():
                self._opt.param_groups[i]["lr"] = self._next * base
            self._n += 1
            self._next = self._of(self._n + 1)

        def state_dict(self):
            return {"steps": self._n, **{str(i): base for i, base in self._base.items()}}

        def load_state_dict(self, state):
            self._base = {i: state[str(i)] for i in self._base}
            self._write(state["steps"])


class FromNumbersAlone:
    """A closure over a list of numbers; the optimiser's groups come by `map`."""

    def warmup_cosine(step, warmup, total):
        if min(step, warmup) < 0 or not warmup < total:
            raise ValueError
        if step <= warmup:
            return (step + 1) / (warmup + 1)
        return (step < total) * (1 + math.cos((step - warmup) * math.pi / (total - warmup))) / 2

    class Schedule:
        __slots__ = ("bases", "n", "set")

        def __init__(self, optimizer, factor):
            def set(n):
                rates = (base * factor(n) for base in self.bases)
                for group, rate in zip(optimizer.param_groups, rates, strict=True):
                    group.__setitem__("lr", rate)

            self.set, self.n = set, 0
            self.bases = tuple(group["lr"] for group in optimizer.param_groups)
            set(0)

        def step(self):
            self.n = self.n + 1
            self.set(self.n)

        def state_dict(self):
            return {"state": [self.n, *self.bases]}

        def load_state_dict(self, state):
            self.n, *self.bases = state["state"]
            self.set(self.n)


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "ValueError(None)": "What the exception says is free.",
    "step <= warmup": "At `warmup` both cases give 1.",
    "strict=None": "There are as many bases as groups.",
    "strict=False": "There are as many bases as groups.",
    "self._bases, )": "There are as many bases as groups.",
}
