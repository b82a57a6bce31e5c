"""Wrong answers to k37."""

import torch
from torch import Tensor, optim


class _Right:
    """Right but for what an answer changes of it."""

    def __init__(self, params, lr, momentum=0.0, weight_decay=0.0, nesterov=False):
        self.velocities = {}
        options = {
            "lr": lr,
            "momentum": momentum,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
        }
        params = list(params)
        if not (params and isinstance(params[0], dict)):
            params = [{"params": params}]
        self.param_groups = [self.group(options, given) for given in params]
        self.check_twice([group["params"] for group in self.param_groups])

    def group(self, options, given):
        group = {**options, **given}
        params = group["params"]
        group["params"] = [params] if isinstance(params, Tensor) else list(params)
        self.check(group)
        return group

    def check(self, group):
        if not group["params"]:
            raise ValueError("no parameters")
        if min(group["lr"], group["momentum"], group["weight_decay"]) < 0:
            raise ValueError("negative")
        if group["nesterov"] and not group["momentum"]:
            raise ValueError("nesterov without momentum")

    def check_twice(self, lists):
        ids = [id(p) for params in lists for p in params]
        if len(set(ids)) < len(ids):
            raise ValueError("twice")

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.update(p, group)

    def update(self, p, group):
        p -= group["lr"] * self.direction(p, self.gradient(p, group), group)

    def gradient(self, p, group):
        return p.grad + group["weight_decay"] * p

    def direction(self, p, g, group):
        if not group["momentum"]:
            return g
        v = self.velocity(p, g, group)
        return g + group["momentum"] * v if group["nesterov"] else v

    def velocity(self, p, g, group):
        v = self.velocities[p] = group["momentum"] * self.velocities.get(p, 0.0) + g
        return v

    def zero_grad(self):
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None


class UsedUp:
    """The generator of the parameters is kept as it is, and is empty after one pass: no step finds
    a parameter any more.

    Keep a list of them: `list(params)`.
    """

    class SGD(_Right):
        def __init__(self, params, lr, **options):
            params = list(params) if not hasattr(params, "__next__") else params
            self.one_shot = params
            super().__init__(params, lr, **options)

        def step(self):
            if isinstance(self.one_shot, list | tuple):
                super().step()

        def zero_grad(self):
            if isinstance(self.one_shot, list | tuple):
                super().zero_grad()


class DecayAfterwards:
    """The weight decay is taken from the parameter itself, by p·(1 − lr·weight_decay), and is not a
    part of the velocity.

    Add it to the gradient, before the velocity: g = p.grad + weight_decay · p.
    """

    class SGD(_Right):
        def gradient(self, p, group):
            return p.grad.clone()

        def update(self, p, group):
            p *= 1 - group["lr"] * group["weight_decay"]
            super().update(p, group)


class NoDecay:
    """`weight_decay` has no effect.

    Add it to the gradient: g = p.grad + weight_decay · p.
    """

    class SGD(_Right):
        def gradient(self, p, group):
            return p.grad.clone()


class DecayOutwards:
    """The weight decay has the wrong sign, and the weights grow.

    Add weight_decay · p to the gradient; the step subtracts it.
    """

    class SGD(_Right):
        def gradient(self, p, group):
            return p.grad - group["weight_decay"] * p


class DecayOfTheGradient:
    """The gradient is made larger by weight_decay times itself, not by weight_decay times p.

    Multiply the parameter: g = p.grad + weight_decay · p.
    """

    class SGD(_Right):
        def gradient(self, p, group):
            return p.grad + group["weight_decay"] * p.grad


class GradientChanged:
    """The weight decay is added into the caller's gradient, `p.grad.add_(…)`.

    Make a new tensor: `g = p.grad + weight_decay * p`.
    """

    class SGD(_Right):
        def gradient(self, p, group):
            return p.grad.add_(p, alpha=group["weight_decay"])

        def velocity(self, p, g, group):
            return super().velocity(p, g.clone(), group)


class VelocityIsGradient:
    """The velocity *is* `p.grad` after the first step, the same tensor, and clearing one in place
    clears both.

    Give it memory of its own: `p.grad.clone()`.
    """

    class SGD(_Right):
        def gradient(self, p, group):
            return super().gradient(p, group) if group["weight_decay"] else p.grad

        def velocity(self, p, g, group):
            if p in self.velocities:
                self.velocities[p] = group["momentum"] * self.velocities[p] + g
            else:
                self.velocities[p] = g
            return self.velocities[p]

        def zero_grad(self):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        p.grad.zero_()


class OldVelocityAhead:
    """Nesterov's step uses the velocity from before its update, which is the step without nesterov.

    Update the velocity first, and then step along g + momentum · v.
    """

    class SGD(_Right):
        def direction(self, p, g, group):
            before = self.velocities.get(p, 0.0)
            direction = super().direction(p, g, group)
            return g + group["momentum"] * before if group["nesterov"] else direction


class MomentumTwice:
    """Nesterov's step multiplies the velocity by momentum once too often.

    Step along g + momentum · v, with the new v.
    """

    class SGD(_Right):
        def direction(self, p, g, group):
            direction = super().direction(p, g, group)
            if group["nesterov"]:
                return g + group["momentum"] ** 2 * self.velocities[p]
            return direction


class LookAheadKept:
    """Nesterov's look ahead is written into the velocity, and the next step goes on from there.

    Keep v as it is, and compute g + momentum · v for the step alone.
    """

    class SGD(_Right):
        def direction(self, p, g, group):
            direction = super().direction(p, g, group)
            if group["nesterov"]:
                self.velocities[p] = direction
            return direction


class KeyedByPlace:
    """The velocities are kept by place among the parameters that have a gradient, and the places
    shift when one has none.

    Keep each velocity under its parameter: `self.velocities[p]`.
    """

    class SGD(_Right):
        def step(self):
            self.place = 0
            super().step()

        def velocity(self, p, g, group):
            self.place += 1
            before = self.velocities.get(self.place)
            fits = before is not None and before.shape == g.shape
            v = group["momentum"] * before + g if fits else g
            self.velocities[self.place] = v
            return v


class KeyedByShape:
    """The velocities are kept by the shape of their parameters, so that two of the same shape share
    a velocity.

    Keep each velocity under its parameter: `self.velocities[p]`.
    """

    class SGD(_Right):
        def velocity(self, p, g, group):
            before = self.velocities.get(p.shape, 0.0)
            v = self.velocities[p.shape] = group["momentum"] * before + g
            return v.to(p.dtype)


class OneVelocity:
    """There is one velocity for all parameters.

    Keep one for each, in a dict: `self.velocities[p]`.
    """

    class SGD(_Right):
        def velocity(self, p, g, group):
            before = self.velocities.get("v")
            fits = before is not None and before.shape == g.shape
            v = self.velocities["v"] = group["momentum"] * before + g if fits else g
            return v.to(p.dtype)


class NoMomentum:
    """`momentum` has no effect: each step is along the gradient alone.

    Keep a velocity for each parameter, and step along it.
    """

    class SGD(_Right):
        def direction(self, p, g, group):
            return g


class Average:
    """The velocity is a running mean: the gradient is multiplied by 1 − momentum.

    Add the whole gradient: v ← momentum · v + g.
    """

    class SGD(_Right):
        def velocity(self, p, g, group):
            return super().velocity(p, (1 - group["momentum"]) * g, group)


class AverageButAtFirst:
    """The velocity begins with the whole gradient, and is a running mean from then on: the gradient
    is multiplied by 1 − momentum (in torch that is `dampening`).

    Add the whole gradient in each step: v ← momentum · v + g.
    """

    class SGD(_Right):
        def velocity(self, p, g, group):
            share = 1 - group["momentum"] if p in self.velocities else 1.0
            return super().velocity(p, share * g, group)


class RateInVelocity:
    """The learning rate is inside the velocity: after `lr` changes, earlier gradients still count
    at the old rate.

    Make v of gradients alone, and multiply by lr in the step.
    """

    class SGD(_Right):
        def update(self, p, group):
            g = group["lr"] * self.gradient(p, group)
            p -= self.direction(p, g, group)


class RateKept:
    """The learning rate is that of the beginning: a change in `param_groups` has no effect.

    Read `group["lr"]` in each step.
    """

    class SGD(_Right):
        def __init__(self, params, lr, *args, **options):
            super().__init__(params, lr, *args, **options)
            self.rates = [group["lr"] for group in self.param_groups]

        @torch.no_grad()
        def step(self):
            for group, lr in zip(self.param_groups, self.rates):
                for p in group["params"]:
                    if p.grad is not None:
                        self.update(p, {**group, "lr": lr})


class Uphill:
    """The step goes along the gradient, uphill.

    Subtract it: p ← p − lr · …
    """

    class SGD(_Right):
        def update(self, p, group):
            p += group["lr"] * self.direction(p, self.gradient(p, group), group)


class ParameterRebound:
    """The parameters stay as they were, usually because `p = p - …` makes another tensor.

    Write into them, in place: `p -= …`, under `torch.no_grad()`.
    """

    class SGD(_Right):
        def update(self, p, group):
            p = p - group["lr"] * self.direction(p, self.gradient(p, group), group)


class Recorded:
    """The velocities are computed while autograd records, and their history grows with each step.

    Put `@torch.no_grad()` before `step`.
    """

    class SGD(_Right):
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        direction = self.direction(p, self.gradient(p, group), group)
                        p.data -= group["lr"] * direction.data


class NoLongerLeaf:
    """A parameter does not require grad any more after a step.

    Write into it under `torch.no_grad()`, and leave `requires_grad` alone.
    """

    class SGD(_Right):
        def update(self, p, group):
            super().update(p, group)
            p.requires_grad_(requires_grad=False)


class Coasts:
    """A parameter without a gradient still moves, along its old velocity.

    Skip it if `p.grad is None`.
    """

    class SGD(_Right):
        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        self.update(p, group)
                    elif p in self.velocities:
                        p -= group["lr"] * group["momentum"] * self.velocities[p]


class Fades:
    """The velocity of a parameter without a gradient becomes smaller all the same.

    Skip such a parameter, and its velocity, if `p.grad is None`.
    """

    class SGD(_Right):
        def step(self):
            super().step()
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is None and p in self.velocities:
                        self.velocities[p] = group["momentum"] * self.velocities[p]


class GradientNone:
    """A parameter whose gradient is None is treated like the others, but torch cannot compute with
    it.

    Skip it: `if p.grad is not None`, in `step` and, if that clears in place, in `zero_grad`.
    """

    raises = True

    class SGD(_Right):
        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    self.update(p, group)


class StopsAtNone:
    """The first parameter without a gradient ends the step, by `return` or `break`: those that come
    after it stay where they are.

    Write `continue`: the loop goes on with the next one.
    """

    class SGD(_Right):
        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is None:
                        return
                    self.update(p, group)


class ClearedInStep:
    """`step` clears the gradients too, but that is for `zero_grad` to do.

    Leave `.grad` as it is.
    """

    class SGD(_Right):
        def step(self):
            super().step()
            self.zero_grad()


class NotCleared:
    """`zero_grad` leaves the gradients, and the next `backward` adds to them.

    Set `p.grad = None` for every parameter.
    """

    class SGD(_Right):
        def zero_grad(self):
            pass


_shared: dict[Tensor, Tensor] = {}


class SharedVelocities:
    """The velocities belong to the class, or to the file, and all optimisers share them.

    Make them in `__init__`: `self.velocities = {}`.
    """

    class SGD(_Right):
        def __init__(self, params, lr, **options):
            super().__init__(params, lr, **options)
            self.velocities = _shared


class AnotherDefault:
    """Without the argument `momentum` there is a momentum of 0.9.

    Keep the stub's defaults.
    """

    class SGD(_Right):
        def __init__(self, params, lr, momentum=0.9, weight_decay=0.0, nesterov=False):
            super().__init__(params, lr, momentum, weight_decay, nesterov)


class GroupsMissing:
    """There are no `param_groups`: the parameters and options are kept under other names.

    Keep them in `self.param_groups`, a list of dicts, which others read and write.
    """

    class SGD(_Right):
        def __getattribute__(self, name):
            if name == "param_groups" and "ready" in object.__getattribute__(self, "__dict__"):
                raise AttributeError(name)
            return object.__getattribute__(self, name)

        def __init__(self, params, lr, *args, **options):
            super().__init__(params, lr, *args, **options)
            self.groups = self.param_groups
            self.ready = True

        @torch.no_grad()
        def step(self):
            for group in self.groups:
                for p in group["params"]:
                    if p.grad is not None:
                        self.update(p, group)

        def zero_grad(self):
            for group in self.groups:
                for p in group["params"]:
                    p.grad = None


class ReadyMade:
    """That is torch's own optimiser; this kata is about building one."""

    SGD = optim.SGD


class ReadyMadeInside:
    """Torch's own optimiser takes the steps inside; this kata is about building one."""

    class SGD:
        def __init__(self, params, lr, momentum=0.0, weight_decay=0.0, nesterov=False):
            self.inner = optim.SGD(
                params, lr, momentum, weight_decay=weight_decay, nesterov=nesterov
            )
            self.param_groups = self.inner.param_groups

        def step(self):
            self.inner.step()

        def zero_grad(self):
            self.inner.zero_grad()


class ReadyMadeBase:
    """Torch's `Optimizer` is the base class, which keeps the groups; this kata is about building it
    all."""

    class SGD(optim.Optimizer):
        def __init__(self, params, lr, momentum=0.0, weight_decay=0.0, nesterov=False):
            options = {
                "lr": lr,
                "momentum": momentum,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
            }
            super().__init__(params, options)

        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        p -= group["lr"] * p.grad


class ReadyMadeKernel:
    """Torch's own kernel takes the steps, under the name that it has inside; this kata is about
    building it."""

    class SGD(_Right):
        def update(self, p, group):
            fused = torch.ops.aten._fused_sgd_
            first = p not in self.velocities
            v = self.velocities.setdefault(p, torch.zeros_like(p))
            fused(
                [p], [p.grad.clone()], [v], weight_decay=group["weight_decay"],
                momentum=group["momentum"], lr=group["lr"], dampening=0.0,
                nesterov=group["nesterov"], maximize=False, is_first_step=first,
            )  # fmt: skip


class NoGroups:
    """A list of dicts is not understood.

    Ask whether the first entry is a dict; if it is, every entry is a group.
    """

    mastery = True

    class SGD(_Right):
        def __init__(self, params, lr, *args, **options):
            super().__init__([{"params": params}], lr, *args, **options)


class ArgumentsWin:
    """The arguments win over what a group says.

    Put the group's own options last: `{**defaults, **group}`.
    """

    mastery = True

    class SGD(_Right):
        def group(self, options, given):
            return super().group({}, {**given, **options})


class FirstGroupForAll:
    """All groups step with the options of the first.

    Read the options of a parameter's own group, inside the loop over the groups.
    """

    mastery = True

    class SGD(_Right):
        def update(self, p, group):
            super().update(p, self.param_groups[0])


class FirstGroupOnly:
    """Only the parameters of the first group step.

    Go through all of `self.param_groups`.
    """

    mastery = True

    class SGD(_Right):
        @torch.no_grad()
        def step(self):
            for p in self.param_groups[0]["params"]:
                if p.grad is not None:
                    self.update(p, self.param_groups[0])


class CallersDicts:
    """The missing options are written into the caller's dicts.

    Make new ones: `{**defaults, **group}`.
    """

    mastery = True

    class SGD(_Right):
        def group(self, options, given):
            for name, value in options.items():
                given.setdefault(name, value)
            params = given["params"]
            given["params"] = [params] if isinstance(params, Tensor) else list(params)
            self.check(given)
            return given


class SingleParameterUnfolded:
    """A single parameter as "params" is taken for a list of its rows.

    Put a Tensor into a list: `[params] if isinstance(params, Tensor) else list(params)`.
    """

    mastery = True

    class SGD(_Right):
        def group(self, options, given):
            params = given["params"]
            if isinstance(params, Tensor) and params.dim():
                params = list(params.detach())
            return super().group(options, {**given, "params": params})


class Unchecked:
    """Nothing is checked: a negative rate, say, is accepted.

    Raise a ValueError for each value that makes no sense.
    """

    mastery = True

    class SGD(_Right):
        def check(self, group):
            pass

        def check_twice(self, lists):
            pass


class RateUnchecked:
    """A negative learning rate is accepted, and the steps go uphill.

    Raise a ValueError if it is below 0, and likewise for momentum and weight_decay.
    """

    mastery = True

    class SGD(_Right):
        def check(self, group):
            super().check({**group, "lr": abs(group["lr"])})


class ArgumentsChecked:
    """The arguments are checked, but not what the groups say.

    Check each group, after the arguments have filled in what it leaves out.
    """

    mastery = True

    class SGD(_Right):
        def __init__(self, params, lr, momentum=0.0, weight_decay=0.0, nesterov=False):
            super().__init__(params, lr, momentum, weight_decay, nesterov)
            options = {"momentum": momentum, "weight_decay": weight_decay, "nesterov": nesterov}
            super().check({"params": [0], "lr": lr, **options})

        def check(self, group):
            if not group["params"]:
                raise ValueError("no parameters")


class NesterovAlone:
    """Nesterov without a momentum is accepted, though there is no velocity to look along.

    Raise a ValueError for it.
    """

    mastery = True

    class SGD(_Right):
        def check(self, group):
            super().check({**group, "nesterov": False})


class EmptyAccepted:
    """An optimiser without parameters is made without a word.

    Raise a ValueError if there are none at all, or none in a group.
    """

    mastery = True

    class SGD(_Right):
        def check(self, group):
            super().check({**group, "params": [0]})


class EmptyGroupAccepted:
    """A group without parameters is accepted, as long as another one has some.

    Look at each group.
    """

    mastery = True

    class SGD(_Right):
        def check(self, group):
            super().check({**group, "params": [0]})

        def check_twice(self, lists):
            if not any(lists):
                raise ValueError("no parameters")
            super().check_twice(lists)


class TwiceInAGroup:
    """A parameter that comes twice in the same group is accepted, as in torch, which only warns.

    Compare all parameters, within a group as well as across them.
    """

    mastery = True

    class SGD(_Right):
        def check_twice(self, lists):
            super().check_twice([set(params) for params in lists])


class TwiceAcrossGroups:
    """A parameter may be in two groups, and then steps twice.

    Compare the parameters of all groups.
    """

    mastery = True

    class SGD(_Right):
        def check_twice(self, lists):
            for params in lists:
                super().check_twice([params])


class EqualNumbersAreTwice:
    """Two parameters of equal numbers are taken for one that comes twice.

    Compare the parameters themselves, by `id(p)` or in a set, and not their numbers.
    """

    raises = True

    class SGD(_Right):
        def check_twice(self, lists):
            params = [p for group in lists for p in group]
            for i, p in enumerate(params):
                if any(torch.equal(p.detach(), q.detach()) for q in params[:i]):
                    raise ValueError("twice")
