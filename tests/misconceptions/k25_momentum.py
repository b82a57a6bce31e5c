"""Wrong answers to k25."""

import torch
from torch import optim


class NoMomentum:
    """The step is plain gradient descent: the velocity is neither updated nor used.

    Update the velocity first, then step along it: p ← p − lr · v.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, _ in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    p -= lr * p.grad
                    p.grad = None


class VelocityRebound:
    """The caller's velocities stay as they were, usually because `v = …` makes another tensor.

    Write into them, in place: `v.mul_(momentum).add_(p.grad)`.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v = momentum * v + p.grad
                    p -= lr * v
                    p.grad = None


class ParameterRebound:
    """The velocities change, but the parameters stay as they were, usually because `p = p - …`
    makes another tensor.

    Write into them, in place: `p -= …`.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad)
                    p.grad = None
                    p = p - lr * v


class BothRebound:
    """Neither the velocities nor the parameters change, usually because `v = …` and `p = …` make
    other tensors.

    Write into them, in place, under `torch.no_grad()`: `v.mul_(momentum).add_(p.grad)`, `p -= lr *
    v`.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        for p, v in zip(parameters, velocities, strict=True):
            if p.grad is not None:
                v = momentum * v + p.grad
                p = p - lr * v
                p.grad = None


class OldVelocity:
    """The step uses the velocity as it was before its update.

    Update the velocity first, then the parameter.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    p -= lr * v
                    v.mul_(momentum).add_(p.grad)
                    p.grad = None


class Average:
    """The velocity is a running mean: the gradient is multiplied by 1 − momentum.

    Add the whole gradient: v ← momentum · v + p.grad.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad, alpha=1 - momentum)
                    p -= lr * v
                    p.grad = None


class RateInside:
    """The learning rate is inside the velocity: after `lr` changes, earlier gradients still count
    at the old rate.

    Leave `lr` out of the velocity, and multiply by it in the parameter's update.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad, alpha=lr)
                    p -= v
                    p.grad = None


class StepKept:
    """The velocity is the step itself, with the minus sign and the learning rate inside: after `lr`
    changes, earlier gradients still count at the old rate.

    Keep gradients in the velocity, v ← momentum · v + p.grad, and step with p ← p − lr · v.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).sub_(lr * p.grad)
                    p += v
                    p.grad = None


class SlicedNumbers:
    """`v[:] = …` needs an axis to slice, and a parameter may be a single number, of shape ().

    Write `v.mul_(momentum).add_(p.grad)`, or `v[...] = …`: both take any shape.
    """

    raises = True

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v[:] = momentum * v + p.grad
                    p -= lr * v
                    p.grad = None


class Nesterov:
    """The step is that of Nesterov's momentum, which looks one step ahead.

    Step along the velocity alone: p ← p − lr · v.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad)
                    p -= lr * (p.grad + momentum * v)
                    p.grad = None


class Uphill:
    """The gradient is subtracted from the velocity, and the velocity from the parameter: the step
    goes uphill.

    Add it to the velocity: v ← momentum · v + p.grad.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).sub_(p.grad)
                    p -= lr * v
                    p.grad = None


class NineTenthsAlways:
    """The momentum is 0.9, whatever is asked for.

    Use the argument, `momentum`.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(0.9).add_(p.grad)
                    p -= lr * v
                    p.grad = None


class AnotherDefault:
    """Without the argument `momentum` there is no momentum.

    Keep the stub's default: `momentum=0.9`.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.0):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad)
                    p -= lr * v
                    p.grad = None


class NotCleared:
    """The gradients stay, and the next `backward` adds to them.

    Set `p.grad = None` after the step.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad)
                    p -= lr * v


class TheSameTensor:
    """The velocity is zero after the step, usually because it shares the gradient's memory and is
    cleared with it.

    Add the numbers to the velocity's own tensor: `v.mul_(momentum).add_(p.grad)`.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.data = p.grad.add_(v, alpha=momentum)
                    p -= lr * v
                    p.grad.zero_()


class LengthsAsked:
    """The arguments may be generators, which have no length and cannot be indexed.

    Loop over both at once, with `zip`.
    """

    raises = True

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for i in range(len(parameters)):
                p, v = parameters[i], velocities[i]
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad)
                    p -= lr * v
                    p.grad = None


class TwoPasses:
    """With iterators no parameter moves, usually because a first loop has used them up.

    Make both updates in one loop.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad)
            for p, v in zip(parameters, velocities, strict=False):
                if p.grad is not None:
                    p -= lr * v
                    p.grad = None


class WithOptimiser:
    """Torch's optimiser takes the step, which is the point of this kata.

    Write both updates by hand, the velocity's and the parameter's.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        pairs = [(p, v) for p, v in zip(parameters, velocities, strict=True) if p.grad is not None]
        opt = optim.SGD([p for p, _ in pairs], lr=lr, momentum=momentum)
        for p, v in pairs:
            opt.state[p]["momentum_buffer"] = v
        opt.step()
        opt.zero_grad()


class PlainOptimiser:
    """The optimiser has no momentum.

    Pass `momentum=0.9` to `optim.SGD`.
    """

    def get_optimizer(model, lr=0.1):
        return optim.SGD(model.parameters(), lr=lr)


class NesterovOptimiser:
    """The optimiser has Nesterov's momentum.

    Pass `momentum=0.9`, without `nesterov=True`.
    """

    def get_optimizer(model, lr=0.1):
        return optim.SGD(model.parameters(), lr=lr, momentum=0.9, nesterov=True)


class Dampened:
    """The optimiser dampens the gradient before it adds it to the velocity.

    Pass `momentum=0.9`, without `dampening`.
    """

    def get_optimizer(model, lr=0.1):
        return optim.SGD(model.parameters(), lr=lr, momentum=0.9, dampening=0.9)


class RateForgotten:
    """The learning rate is 0.1, whatever is asked for.

    Pass it to the optimiser: `lr=lr`.
    """

    def get_optimizer(model, lr=0.1):
        return optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


class RateNotPassed:
    """The optimiser has torch's own default rate, 0.001: `lr` is not passed to it.

    Pass it on: `optim.SGD(model.parameters(), lr=lr, momentum=0.9)`.
    """

    def get_optimizer(model, lr=0.1):
        return optim.SGD(model.parameters(), momentum=0.9)


class AnotherDefaultRate:
    """Without the argument `lr` the learning rate is not 0.1.

    Keep the stub's default: `lr=0.1`.
    """

    def get_optimizer(model, lr=0.01):
        return optim.SGD(model.parameters(), lr=lr, momentum=0.9)


_opts: list[optim.Optimizer] = []


class OneForAll:
    """Every call returns the first model's optimiser.

    Make a new one in each call, for the parameters of the model that is passed.
    """

    def get_optimizer(model, lr=0.1):
        _opts.append(optim.SGD(model.parameters(), lr=lr, momentum=0.9))
        return _opts[0]


class Adam:
    """The optimiser is Adam, which computes its steps in another way.

    Return an `optim.SGD`.
    """

    def get_optimizer(model, lr=0.1):
        return optim.Adam(model.parameters(), lr=lr)


class GradientNone:
    """A parameter whose gradient is None is treated like the others, but torch cannot add None to a
    tensor.

    Skip it: `if p.grad is not None`.
    """

    mastery = True
    raises = True

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                v.mul_(momentum).add_(p.grad)
                p -= lr * v
                p.grad = None


class Coasts:
    """A parameter without a gradient still moves, along its old velocity.

    Skip it, and its velocity, if `p.grad is None`.
    """

    mastery = True

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                v.mul_(momentum)
                if p.grad is not None:
                    v.add_(p.grad)
                p -= lr * v
                p.grad = None


class WrongPairs:
    """Parameters without a gradient are left out, but their velocities are not: later parameters
    get the wrong ones.

    Pair parameters and velocities with `zip` first, and then skip pairs.
    """

    mastery = True
    raises = True

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            moving = [p for p in parameters if p.grad is not None]
            for p, v in zip(moving, velocities, strict=False):
                v.mul_(momentum).add_(p.grad)
                p -= lr * v
                p.grad = None
