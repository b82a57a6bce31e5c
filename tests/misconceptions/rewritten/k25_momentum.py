"""Wrong answers to k25, written in another way."""

import torch


class VelocityRebound:
    """The velocities are collected in a new list, in a pass of their own."""

    @torch.no_grad()
    def momentum_step(parameters, velocities, lr, momentum=0.9):
        pairs = list(zip(parameters, velocities, strict=True))
        moving = [pair for pair in pairs if pair[0].grad is not None]
        velocities = [torch.add(p.grad, v, alpha=momentum) for p, v in moving]
        for (p, _), velocity in zip(moving, velocities, strict=True):
            p.sub_(velocity, alpha=lr)
            p.grad = None


@torch.no_grad()
def _slide(p, v, lr, momentum):
    """Move one parameter by its velocity, which holds a step."""
    if p.grad is None:
        return
    v.copy_(momentum * v + lr * p.grad)
    p.copy_(torch.sub(p, v))
    p.grad = None


class RateInside:
    """A helper moves one parameter, by copies of what an expression gives."""

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        for pair in zip(parameters, velocities, strict=True):
            _slide(*pair, lr, momentum)


class NotCleared:
    """All tensors at once by torch's foreach functions, and only a list is cleared."""

    @torch.no_grad()
    def momentum_step(parameters, velocities, lr, momentum=0.9):
        params, moved, grads = [], [], []
        for p, v in zip(parameters, velocities, strict=True):
            if p.grad is not None:
                params.append(p)
                moved.append(v)
                grads.append(p.grad)
        if not params:
            return
        torch._foreach_mul_(moved, momentum)
        torch._foreach_add_(moved, grads)
        torch._foreach_add_(params, moved, alpha=-lr)
        grads.clear()


class GradientNone:
    """Two iterators are read by hand, and augmented assignments do the arithmetic."""

    mastery = True

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        remaining = iter(velocities)
        for p in parameters:
            v = next(remaining)
            with torch.set_grad_enabled(False):
                v *= momentum
                v += p.grad
                p.add_(v, alpha=-lr)
            p.grad = None
