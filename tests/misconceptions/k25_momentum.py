"""Wrong answers to k25."""

import torch
from torch import optim


class NoMomentum:
    """This is plain gradient descent.

    The step goes along the velocity.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, _ in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    p -= lr * p.grad
                    p.grad = None


class VelocityRebound:
    """`v = …` makes another tensor, and the caller's velocity stays at zero.

    In place: `v.mul_(momentum).add_(p.grad)`.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v = momentum * v + p.grad
                    p -= lr * v
                    p.grad = None


class ParameterRebound:
    """`p = p - …` makes another tensor, and the model's stays as it was.

    In place: `p -= …`.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad)
                    p.grad = None
                    p = p - lr * v


class OldVelocity:
    """The step goes along the velocity as it was before.

    First the velocity, then the parameter.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    p -= lr * v
                    v.mul_(momentum).add_(p.grad)
                    p.grad = None


class Average:
    """The velocity is a running mean: the gradient counts for a tenth only.

    v ← momentum · v + p.grad, the whole of it.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad, alpha=1 - momentum)
                    p -= lr * v
                    p.grad = None


class RateInside:
    """The velocity holds steps, not gradients: a new rate comes too late for the old ones.

    The rate belongs to the parameter's update.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad, alpha=lr)
                    p -= v
                    p.grad = None


class Nesterov:
    """This is Nesterov's momentum, which looks one step ahead.

    p ← p − lr · v.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad)
                    p -= lr * (p.grad + momentum * v)
                    p.grad = None


class Uphill:
    """The velocity has the sign of a step downhill, and is subtracted.

    v holds gradients; p goes against it.
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

    Use `momentum`.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(0.9).add_(p.grad)
                    p -= lr * v
                    p.grad = None


class AnotherDefault:
    """Unless told otherwise there is no momentum.

    `momentum=0.9`.
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

    Set `p.grad = None`.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad)
                    p -= lr * v


class TheSameTensor:
    """With no velocity yet, it becomes the gradient itself, and is cleared with it.

    Copy the numbers: `v.add_(p.grad)`.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v.data = p.grad.add_(v, alpha=momentum)
                    p -= lr * v
                    p.grad.zero_()


class LengthsAsked:
    """A generator has no length and no entries.

    `zip` both.
    """

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for i in range(len(parameters)):
                p, v = parameters[i], velocities[i]
                if p.grad is not None:
                    v.mul_(momentum).add_(p.grad)
                    p -= lr * v
                    p.grad = None


class TwoPasses:
    """The second loop finds the iterators used up, and no parameter moves.

    Both updates in one loop.
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
    """torch's optimiser does the step, which is the point here.

    By hand.
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

    `momentum=0.9`.
    """

    def get_optimizer(model, lr=0.1):
        return optim.SGD(model.parameters(), lr=lr)


class NesterovOptimiser:
    """The optimiser has Nesterov's momentum.

    Only `momentum=0.9`.
    """

    def get_optimizer(model, lr=0.1):
        return optim.SGD(model.parameters(), lr=lr, momentum=0.9, nesterov=True)


class Dampened:
    """The optimiser dampens the gradient.

    Only `momentum=0.9`.
    """

    def get_optimizer(model, lr=0.1):
        return optim.SGD(model.parameters(), lr=lr, momentum=0.9, dampening=0.9)


class RateOfTheTutorial:
    """The rate is always 0.1.

    Hand `lr` on.
    """

    def get_optimizer(model, lr=0.1):
        return optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


class DefaultOfOne:
    """Unless told otherwise the rate is 0.01.

    0.1, as in the stub.
    """

    def get_optimizer(model, lr=0.01):
        return optim.SGD(model.parameters(), lr=lr, momentum=0.9)


_opts: list[optim.Optimizer] = []


class OneForAll:
    """Every model gets the first one's optimiser.

    A new one for each.
    """

    def get_optimizer(model, lr=0.1):
        _opts.append(optim.SGD(model.parameters(), lr=lr, momentum=0.9))
        return _opts[0]


class Adam:
    """Adam is another optimiser.

    `optim.SGD`.
    """

    def get_optimizer(model, lr=0.1):
        return optim.Adam(model.parameters(), lr=lr)


class GradientNone:
    """A parameter without a gradient is treated like the others, and `None` added.

    Skip it: `if p.grad is not None`.
    """

    mastery = True

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                v.mul_(momentum).add_(p.grad)
                p -= lr * v
                p.grad = None


class Coasts:
    """A parameter without a gradient goes on with the velocity that it has.

    Skip it altogether.
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
    """Parameters without a gradient are left out, but their velocities are not.

    Each parameter has its own velocity.
    """

    mastery = True

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            moving = [p for p in parameters if p.grad is not None]
            for p, v in zip(moving, velocities, strict=False):
                v.mul_(momentum).add_(p.grad)
                p -= lr * v
                p.grad = None
