"""Wrong answers to k38."""

import torch
from torch import Tensor, optim


class _Right:
    """Right but for what an answer changes of it."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        self.state = {}
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        params = list(params)
        if not (params and isinstance(params[0], dict)):
            params = [{"params": params}]
        self.param_groups = [self.group(options, given) for given in params]
        ids = [id(p) for group in self.param_groups for p in group["params"]]
        if len(set(ids)) < len(ids):
            raise ValueError("twice")

    def group(self, options, given):
        group = {**options, **given}
        params = group["params"]
        group["params"] = [params] if isinstance(params, Tensor) else list(params)
        self.check(group)
        return group

    def check(self, group):
        if not group["params"]:
            raise ValueError("no parameters")
        if min(group["lr"], group["eps"], group["weight_decay"]) < 0:
            raise ValueError("negative")
        if not all(0 <= beta < 1 for beta in group["betas"]):
            raise ValueError("betas")

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.update(p, p.grad, group)

    def update(self, p, g, group):
        self.decay(p, group)
        t, m, v = self.moments(p, g, group)
        self.move(p, group["lr"], self.ratio(t, m, v, group))

    def decay(self, p, group):
        p *= 1 - group["lr"] * group["weight_decay"]

    def moments(self, p, g, group):
        b1, b2 = group["betas"]
        t, m, v = self.state.get(p, (0, 0.0, 0.0))
        self.state[p] = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        return self.state[p]

    def ratio(self, t, m, v, group):
        b1, b2 = group["betas"]
        return (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + group["eps"])

    def move(self, p, lr, ratio):
        p -= lr * ratio

    def zero_grad(self):
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None


class NoCorrection:
    """The means are not corrected: they begin at zero, and m̂ and v̂ are taken for m and v.

    Divide m by 1 − β₁ᵗ, and v by 1 − β₂ᵗ, for the step.
    """

    class AdamW(_Right):
        def ratio(self, t, m, v, group):
            return m / (v.sqrt() + group["eps"])


class OnlyMCorrected:
    """Only m is corrected, and v is too small at first.

    Divide v by 1 − β₂ᵗ too, before you take the root.
    """

    class AdamW(_Right):
        def ratio(self, t, m, v, group):
            return (m / (1 - group["betas"][0] ** t)) / (v.sqrt() + group["eps"])


class CorrectionWithoutT:
    """The correction divides by 1 − β instead of 1 − βᵗ, as if every step were the first.

    Raise β to the power t: `1 - b1**t`.
    """

    class AdamW(_Right):
        def ratio(self, t, m, v, group):
            return super().ratio(1, m, v, group)


class CorrectionKept:
    """The corrected means are kept, and corrected again in the next step.

    Keep m and v as they are, and correct for the step alone.
    """

    class AdamW(_Right):
        def moments(self, p, g, group):
            b1, b2 = group["betas"]
            t, m, v = super().moments(p, g, group)
            self.state[p] = t, m / (1 - b1**t), v / (1 - b2**t)
            return t, m, v


class OneClock:
    """There is one t for all parameters, which counts all steps of the optimiser.

    Keep a t for each parameter, and count only the steps in which it has a gradient.
    """

    class AdamW(_Right):
        t = 0

        def step(self):
            self.t += 1
            super().step()

        def ratio(self, t, m, v, group):
            return super().ratio(self.t, m, v, group)


class ClockOfAllUpdates:
    """There is one t, and it counts every update of every parameter.

    Keep a t for each parameter.
    """

    class AdamW(_Right):
        t = 0

        def ratio(self, t, m, v, group):
            self.t += 1
            return super().ratio(self.t, m, v, group)


class ClockGoesOn:
    """t goes on counting in steps in which the parameter has no gradient, once it has had one.

    Skip a parameter without a gradient before anything of it changes.
    """

    class AdamW(_Right):
        def step(self):
            super().step()
            for p in self.state:
                if p.grad is None:
                    t, m, v = self.state[p]
                    self.state[p] = t + 1, m, v


class FromZero:
    """t begins at 0, where 1 − β⁰ = 0, and the first step divides by zero.

    Add 1 to t first: the first step has t = 1.
    """

    class AdamW(_Right):
        def ratio(self, t, m, v, group):
            return super().ratio(t - 1, m, v, group)


class FromTwo:
    """t is 2 in the first step, usually because it begins at 1 and is raised before its use.

    Begin with t = 0.
    """

    class AdamW(_Right):
        def ratio(self, t, m, v, group):
            return super().ratio(t + 1, m, v, group)


class EpsInside:
    """eps is added inside the root, √(v̂ + eps).

    Add it to the root: √v̂ + eps.
    """

    class AdamW(_Right):
        def ratio(self, t, m, v, group):
            b1, b2 = group["betas"]
            return (m / (1 - b1**t)) / (v / (1 - b2**t) + group["eps"]).sqrt()


class EpsBeforeTheCorrection:
    """eps is added to √v before the correction, which makes it larger than asked for.

    Correct v first, take the root, and then add eps.
    """

    class AdamW(_Right):
        def ratio(self, t, m, v, group):
            b1, b2 = group["betas"]
            return (m / (1 - b1**t)) * (1 - b2**t) ** 0.5 / (v.sqrt() + group["eps"])


class EpsForgotten:
    """eps is left out, and where the gradient is zero the step is 0 / 0.

    Add eps to the root.
    """

    class AdamW(_Right):
        def ratio(self, t, m, v, group):
            return super().ratio(t, m, v, {**group, "eps": 0.0})


class DecayInGradient:
    """Weight decay is added to the gradient, as in k37: that is Adam, not AdamW.

    Take it from the parameter itself: p ← p − lr · weight_decay · p.
    """

    class AdamW(_Right):
        def decay(self, p, group):
            pass

        def moments(self, p, g, group):
            return super().moments(p, g + group["weight_decay"] * p, group)


class NoDecay:
    """`weight_decay` has no effect.

    Begin with p ← p − lr · weight_decay · p.
    """

    class AdamW(_Right):
        def decay(self, p, group):
            pass


class DecayWithoutRate:
    """The weight decay is not multiplied by lr.

    Write `p *= 1 - lr * weight_decay`.
    """

    class AdamW(_Right):
        def decay(self, p, group):
            p *= 1 - group["weight_decay"]


class DecayAfterTheStep:
    """The weight decay comes after the step, and is taken from a parameter that has moved.

    Let it decay first, and then step.
    """

    class AdamW(_Right):
        def update(self, p, g, group):
            self.move(p, group["lr"], self.ratio(*self.moments(p, g, group), group))
            self.decay(p, group)


class DecaysWithoutGradient:
    """A parameter without a gradient decays all the same.

    Skip it, before the decay, if `p.grad is None`.
    """

    class AdamW(_Right):
        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is None:
                        self.decay(p, group)
                    else:
                        self.update(p, p.grad, group)


class Magnitude:
    """v is a mean of |g| instead of g², without the root.

    Square the gradient, and take the root of v̂.
    """

    class AdamW(_Right):
        def moments(self, p, g, group):
            b1, b2 = group["betas"]
            t, m, v = self.state.get(p, (0, 0.0, 0.0))
            self.state[p] = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g.abs()
            return self.state[p]

        def ratio(self, t, m, v, group):
            return super().ratio(t, m, v * v / (1 - group["betas"][1] ** t), group)


class RootForgotten:
    """The root is missing: m̂ is divided by v̂, and large gradients make small steps.

    Divide by √v̂ + eps.
    """

    class AdamW(_Right):
        def ratio(self, t, m, v, group):
            b1, b2 = group["betas"]
            return (m / (1 - b1**t)) / (v / (1 - b2**t) + group["eps"])


class BetasSwapped:
    """The two betas are the wrong way round: β₁ is used for v, and β₂ for m.

    Unpack them in their order: `b1, b2 = group["betas"]`.
    """

    class AdamW(_Right):
        def update(self, p, g, group):
            super().update(p, g, {**group, "betas": group["betas"][::-1]})


class SharesSwapped:
    """The gradient gets the share β, and the mean 1 − β: the wrong way round.

    Write m ← β₁ · m + (1 − β₁) · g, and v likewise.
    """

    class AdamW(_Right):
        def moments(self, p, g, group):
            b1, b2 = group["betas"]
            t, m, v = self.state.get(p, (0, 0.0, 0.0))
            self.state[p] = t + 1, (1 - b1) * m + b1 * g, (1 - b2) * v + b2 * g**2
            return self.state[p]


class MeansOverAllEntries:
    """v is one number for a whole parameter, the mean over its entries.

    Keep a mean for each entry: v has the shape of the parameter.
    """

    class AdamW(_Right):
        def ratio(self, t, m, v, group):
            return super().ratio(t, m, v.mean().expand_as(v), group)


class GradientSquared:
    """The caller's gradient is squared in place.

    Make a new tensor: `g**2`, or `g * g`.
    """

    class AdamW(_Right):
        def update(self, p, g, group):
            super().update(p, g, group)
            g.mul_(g)


class SinglePrecision:
    """m and v are float32, whatever the parameter is.

    Make them with `torch.zeros_like(p)`.
    """

    class AdamW(_Right):
        def moments(self, p, g, group):
            t, m, v = super().moments(p, g.float(), group)
            return t, m.to(p.dtype), v.to(p.dtype)


class KeyedByPlace:
    """m and v are kept by place among the parameters that have a gradient, and the places shift
    when one has none.

    Keep them under the parameter: `self.state[p]`.
    """

    class AdamW(_Right):
        def step(self):
            self.place = 0
            super().step()

        def moments(self, p, g, group):
            self.place += 1
            before = self.state.pop(self.place, None)
            if before is not None and before[1].shape == g.shape:
                self.state[p] = before
            else:
                self.state.pop(p, None)
            self.state[self.place] = super().moments(p, g, group)
            return self.state[self.place]


class AnotherEps:
    """The default eps is not 1e-8.

    Keep the stub's defaults.
    """

    class AdamW(_Right):
        def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-7, weight_decay=1e-2):
            super().__init__(params, lr, betas, eps, weight_decay)


class NoDefaultDecay:
    """The default weight_decay is 0, as in Adam. AdamW's is 0.01.

    Keep the stub's defaults.
    """

    class AdamW(_Right):
        def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
            super().__init__(params, lr, betas, eps, weight_decay)


_shared: dict[Tensor, tuple[int, Tensor, Tensor]] = {}


class SharedState:
    """m, v and t belong to the class, or to the file, and all optimisers share them.

    Make the dict in `__init__`: `self.state = {}`.
    """

    class AdamW(_Right):
        def __init__(self, params, *args, **options):
            super().__init__(params, *args, **options)
            self.state = _shared


class ReadyMade:
    """That is torch's own optimiser; this kata is about building one."""

    AdamW = optim.AdamW


class ReadyMadeInside:
    """Torch's own optimiser takes the steps inside; this kata is about building one."""

    class AdamW:
        def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
            self.inner = optim.AdamW(params, lr, betas, eps, weight_decay)
            self.param_groups = self.inner.param_groups

        def step(self):
            self.inner.step()

        def zero_grad(self):
            self.inner.zero_grad()


class ReadyMadeKernel:
    """Torch's own kernel takes the steps, under the name that it has inside; this kata is about
    building it."""

    class AdamW(_Right):
        def update(self, p, g, group):
            fused = torch.ops.aten._fused_adamw_
            zeros = torch.zeros_like(p), torch.zeros_like(p), torch.zeros(())
            m, v, t = self.state.setdefault(p, zeros)
            t += 1
            fused(
                [p], [g.clone()], [m], [v], [], [t], lr=group["lr"], beta1=group["betas"][0],
                beta2=group["betas"][1], weight_decay=group["weight_decay"], eps=group["eps"],
                amsgrad=False, maximize=False,
            )  # fmt: skip


class RateKept:
    """The learning rate is that of the beginning: a change in `param_groups` has no effect.

    Read `group["lr"]` in each step.
    """

    mastery = True

    class AdamW(_Right):
        def __init__(self, params, *args, **options):
            super().__init__(params, *args, **options)
            self.rates = {p: g["lr"] for g in self.param_groups for p in g["params"]}

        def update(self, p, g, group):
            super().update(p, g, {**group, "lr": self.rates[p]})


class FirstGroupForAll:
    """All groups step with the options of the first.

    Read the options of a parameter's own group, inside the loop over the groups.
    """

    mastery = True

    class AdamW(_Right):
        def update(self, p, g, group):
            super().update(p, g, self.param_groups[0])


class ArgumentsWin:
    """The arguments win over what a group says.

    Put the group's own options last: `{**defaults, **group}`.
    """

    mastery = True

    class AdamW(_Right):
        def group(self, options, given):
            return super().group({}, {**given, **options})


class BetasUnchecked:
    """A beta outside 0 ≤ β < 1 is accepted.

    Raise a ValueError for it.
    """

    mastery = True

    class AdamW(_Right):
        def check(self, group):
            super().check({**group, "betas": ()})


class BetaOfOne:
    """A beta of exactly 1 is accepted, and its mean never moves.

    Compare with `0 <= beta < 1`.
    """

    mastery = True

    class AdamW(_Right):
        def check(self, group):
            super().check({**group, "betas": [beta for beta in group["betas"] if beta != 1]})


class EpsUnchecked:
    """A negative eps is accepted.

    Raise a ValueError if it is below 0, and likewise for lr and weight_decay.
    """

    mastery = True

    class AdamW(_Right):
        def check(self, group):
            super().check({**group, "eps": 0.0})


class ZeroRefused:
    """An option of zero is refused, but zero is not negative.

    Compare with `< 0`, not with `<= 0`.
    """

    raises = True

    class AdamW(_Right):
        def check(self, group):
            super().check(group)
            if group["weight_decay"] <= 0:
                raise ValueError("not positive")
