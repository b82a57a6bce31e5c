"""Wrong answers to k39."""

import math

import torch
from torch.optim.lr_scheduler import LambdaLR


def _right(step, warmup, total):
    """Compute what `warmup_cosine` should."""
    if step < 0 or not 0 <= warmup < total:
        raise ValueError
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return (1 + math.cos(math.pi * min(1.0, (step - warmup) / (total - warmup)))) / 2


class _Plain:
    """A Schedule that is good enough to solve the kata."""

    def __init__(self, optimizer, factor):
        self.optimizer, self.factor, self.n = optimizer, factor, 0
        self.bases = [group["lr"] for group in optimizer.param_groups]
        self.set()

    def step(self):
        self.n += 1
        self.set()

    def set(self):
        for group, base in zip(self.optimizer.param_groups, self.bases, strict=True):
            group["lr"] = base * self.factor(self.n)

    def state_dict(self):
        return {"n": self.n, "bases": self.bases}

    def load_state_dict(self, state):
        self.n, self.bases = state["n"], state["bases"]
        self.set()


class Compounds:
    """The factor multiplies the rate that is there, which has been multiplied before.

    Remember the bases when the Schedule is made, and multiply these.
    """

    class Schedule(_Plain):
        def set(self):
            for group in self.optimizer.param_groups:
                group["lr"] *= self.factor(self.n)


class OneRate:
    """All groups get the rate of the first one.

    Remember the base of each group, and go through groups and bases together, with `zip`.
    """

    class Schedule(_Plain):
        def set(self):
            for group in self.optimizer.param_groups:
                group["lr"] = self.bases[0] * self.factor(self.n)


class FirstGroupOnly:
    """Only the first group is scheduled; the others keep their rates.

    Go through all of `param_groups`.
    """

    class Schedule(_Plain):
        def set(self):
            self.optimizer.param_groups[0]["lr"] = self.bases[0] * self.factor(self.n)


class StepBehind:
    """The first call of `step` sets base · factor(0) again, and so each rate comes one step late.

    Count first, and then set: after the first call the rate is base · factor(1).
    """

    class Schedule(_Plain):
        def step(self):
            self.set()
            self.n += 1


class BeginsWithOne:
    """The rates begin with factor(1), so that the whole schedule is one step early.

    Begin with factor(0) when the Schedule is made.
    """

    class Schedule(_Plain):
        def set(self):
            for group, base in zip(self.optimizer.param_groups, self.bases, strict=True):
                group["lr"] = base * self.factor(self.n + 1)


class NotSetAtOnce:
    """Making the Schedule sets nothing, and the optimiser's first step has the base rate.

    Set base · factor(0) in `__init__`.
    """

    class Schedule(_Plain):
        def __init__(self, optimizer, factor):
            self.optimizer, self.factor, self.n = optimizer, factor, 0
            self.bases = [group["lr"] for group in optimizer.param_groups]


class InitialRateLeft:
    """The base is kept in the optimiser's group, under a key of its own, as torch keeps it.

    Keep it in the Schedule: the group is somebody else's.
    """

    class Schedule(_Plain):
        def __init__(self, optimizer, factor):
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", group["lr"])
            super().__init__(optimizer, factor)


class OldGroups:
    """The groups are looked up once, when the Schedule is made. If the optimiser has others later,
    after a `load_state_dict`, the rates are written where nobody reads them.

    Keep the optimiser, and ask for its `param_groups` at each step.
    """

    class Schedule(_Plain):
        def __init__(self, optimizer, factor):
            self.groups = optimizer.param_groups
            super().__init__(optimizer, factor)

        def set(self):
            for group, base in zip(self.groups, self.bases, strict=True):
                group["lr"] = base * self.factor(self.n)


class NewGroups:
    """The groups are replaced by new dicts, which hold nothing but parameters and a rate.

    Write into the groups that are there: `group["lr"] = …`.
    """

    class Schedule(_Plain):
        def set(self):
            groups = self.optimizer.param_groups
            for group, base in zip(groups, self.bases, strict=True):
                kept = {key: value for key, value in group.items() if key == "params"}
                group.clear()
                group.update(kept, lr=base * self.factor(self.n))


class BasesOfTheClass:
    """The bases are in a list that belongs to the class, so that a second Schedule has those of the
    first one.

    Make the list in `__init__`, and keep it in `self`.
    """

    class Schedule(_Plain):
        shared: list[float] = []

        def __init__(self, optimizer, factor):
            for group in optimizer.param_groups:
                self.shared.append(group["lr"])
            self.optimizer, self.factor, self.n = optimizer, factor, 0
            self.set()

        def set(self):
            for group, base in zip(self.optimizer.param_groups, self.shared, strict=False):
                group["lr"] = base * self.factor(self.n)


class CountOfTheClass:
    """All Schedules count their steps together.

    Keep the count in `self`, from `__init__` on.
    """

    class Schedule(_Plain):
        counts = [0]

        def __init__(self, optimizer, factor):
            self.counts[0] = 0
            super().__init__(optimizer, factor)

        def step(self):
            self.counts[0] += 1
            self.n = self.counts[0]
            self.set()


class FirstStepWasted:
    """The warm-up begins with 0, so that the first step changes nothing.

    Add 1 above and below: (step + 1) / (warmup + 1).
    """

    def warmup_cosine(step, warmup, total):
        return step / warmup if step < warmup else _right(step, warmup, total)


class OneTooEarly:
    """The warm-up is over one step early: the factor is 1 at step warmup − 1, and then again.

    Divide by warmup + 1.
    """

    def warmup_cosine(step, warmup, total):
        return (step + 1) / warmup if step < warmup else _right(step, warmup, total)


class FullPeriod:
    """The cosine goes through a whole period, down to 0 in the middle and back to 1.

    Let the angle go from 0 to π, not to 2π.
    """

    def warmup_cosine(step, warmup, total):
        if step <= warmup or step >= total:
            return _right(step, warmup, total)
        return (1 + math.cos(2 * math.pi * (step - warmup) / (total - warmup))) / 2


class DownToMinusOne:
    """The cosine itself is the factor, and goes from 1 to −1.

    Add 1 and halve it: ½ · (1 + cos …) goes from 1 to 0.
    """

    def warmup_cosine(step, warmup, total):
        if step < warmup or step > total:
            return _right(step, warmup, total)
        return math.cos(math.pi * (step - warmup) / (total - warmup))


class Degrees:
    """The cosine is given degrees, but takes radians.

    Use π for half a period, not 180.
    """

    def warmup_cosine(step, warmup, total):
        if step < warmup or step > total:
            return _right(step, warmup, total)
        return (1 + math.cos(180 * (step - warmup) / (total - warmup))) / 2


class RisesAgain:
    """After `total` the cosine goes on, and the factor rises again.

    Return 0 for a step after `total`.
    """

    def warmup_cosine(step, warmup, total):
        if step < warmup or warmup >= total:
            return _right(step, warmup, total)
        return (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


class OverTheWholeLength:
    """The angle is divided by `total`, though the cosine has only total − warmup steps. It has not
    reached 0 at `total`.

    Divide step − warmup by total − warmup.
    """

    def warmup_cosine(step, warmup, total):
        if step < warmup or step > total:
            return _right(step, warmup, total)
        return (1 + math.cos(math.pi * (step - warmup) / total)) / 2


class WarmupNotTakenOff:
    """The cosine begins at step 0, under the warm-up, so that the factor jumps down where it should
    be 1.

    Take `warmup` off, from the step and from the length.
    """

    def warmup_cosine(step, warmup, total):
        if step < warmup or step > total:
            return _right(step, warmup, total)
        return (1 + math.cos(math.pi * step / total)) / 2


class StraightDown:
    """The factor falls in a straight line, not along a cosine.

    Take ½ · (1 + cos(π · progress)), where progress goes from 0 to 1.
    """

    def warmup_cosine(step, warmup, total):
        if step < warmup or step > total:
            return _right(step, warmup, total)
        return (total - step) / (total - warmup)


class ReadyMade:
    """That is torch's own scheduler; this kata is about building it."""

    class Schedule(LambdaLR):
        def __init__(self, optimizer, factor):
            super().__init__(optimizer, factor)


class ReadyMadeInside:
    """Inside, torch's own scheduler works on a copy of the rates; this kata is about building
    it."""

    class Schedule(_Plain):
        def __init__(self, optimizer, factor):
            rates = [group["lr"] for group in optimizer.param_groups]
            groups = [{"params": [torch.zeros(1)], "lr": rate} for rate in rates]
            self.inner = LambdaLR(torch.optim.SGD(groups), factor)
            super().__init__(optimizer, factor)


class AnythingGoes:
    """A negative step, or a warm-up as long as the whole, is not noticed.

    Check the numbers first, and raise ValueError.
    """

    mastery = True

    def warmup_cosine(step, warmup, total):
        if step < warmup:
            return (step + 1) / (warmup + 1)
        if step >= total:
            return 0.0
        return (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


class NegativeStep:
    """A step below 0 is not noticed, though `warmup` and `total` are checked.

    Check `step` too, and raise ValueError.
    """

    mastery = True

    def warmup_cosine(step, warmup, total):
        return _right(max(step, 0), warmup, total)


class NoTimeToFall:
    """A warm-up that is as long as the whole is not noticed: there is no step left for the cosine.

    Refuse warmup ≥ total, not only warmup > total.
    """

    mastery = True

    def warmup_cosine(step, warmup, total):
        if warmup == total > 0 and step >= 0:
            return (step + 1) / (warmup + 1) if step < warmup else 0.0
        return _right(step, warmup, total)


class PresentRatesForBases:
    """The state has the present rates in place of the bases. They do not tell the bases: the factor
    is in them already, and somebody may have written there.

    Put the bases into the state.
    """

    mastery = True

    class Schedule(_Plain):
        def state_dict(self):
            return {"n": self.n, "bases": [group["lr"] for group in self.optimizer.param_groups]}


class CountOnly:
    """The state has the count without the bases, so that the new optimiser's rates are taken for
    them.

    Put the bases into the state, too.
    """

    mastery = True

    class Schedule(_Plain):
        def state_dict(self):
            return {"n": self.n}

        def load_state_dict(self, state):
            self.n = state["n"]
            self.set()


class LoadedTooLate:
    """Loading a state sets no rate, so that the optimiser's next step has the wrong one.

    Set base · factor(n) at once, as `__init__` does.
    """

    mastery = True

    class Schedule(_Plain):
        def load_state_dict(self, state):
            self.n, self.bases = state["n"], state["bases"]


class BeginsAgain:
    """Loading a state takes over the bases without the count: the schedule begins anew.

    Take over the count, too.
    """

    mastery = True

    class Schedule(_Plain):
        def load_state_dict(self, state):
            self.bases = state["bases"]
            self.n = 0
            self.set()


class StateIsTheSchedule:
    """The state holds the Schedule's own dict, which changes with its next step.

    Make a new dict, of the count and the bases.
    """

    mastery = True

    class Schedule(_Plain):
        def __init__(self, optimizer, factor):
            self.state = {"n": 0, "bases": [group["lr"] for group in optimizer.param_groups]}
            self.optimizer, self.factor = optimizer, factor
            self.set()

        def step(self):
            self.state["n"] += 1
            self.set()

        def set(self):
            groups = self.optimizer.param_groups
            for group, base in zip(groups, self.state["bases"], strict=True):
                group["lr"] = base * self.factor(self.state["n"])

        def state_dict(self):
            return self.state

        def load_state_dict(self, state):
            self.state = state
            self.set()


class OptimiserInTheState:
    """The state has the optimiser in it, with all its parameters.

    Put numbers and lists of numbers into it, nothing else.
    """

    mastery = True

    class Schedule(_Plain):
        def state_dict(self):
            groups = [dict(group) for group in self.optimizer.param_groups]
            return {"n": self.n, "bases": self.bases, "groups": groups, "is": type(self.optimizer)}
