"""Right answers to k25, written differently."""

import torch
from torch import optim


class PlainlyWritten:
    """As the formula has it, for those who have a gradient or not."""

    mastery = False

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=False):
                v *= momentum
                v += p.grad
                p -= lr * v
                p.grad.zero_()

    def get_optimizer(model, lr=0.1):
        return optim.SGD(model.parameters(), lr=lr, momentum=0.9)


class WrittenThrough:
    """The velocity is written through an ellipsis, which takes any shape."""

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        with torch.no_grad():
            for p, v in zip(parameters, velocities, strict=True):
                if p.grad is not None:
                    v[...] = momentum * v + p.grad
                    p -= lr * v
                    p.grad = None

    def get_optimizer(model, lr=0.1):
        return optim.SGD(model.parameters(), lr, momentum=0.9)


class OneLoopEach:
    """First lists, then a loop for each of the three."""

    @torch.no_grad()
    def momentum_step(parameters, velocities, lr, momentum=0.9):
        pairs = [
            pair for pair in zip(parameters, velocities, strict=True) if pair[0].grad is not None
        ]
        for p, v in pairs:
            v.copy_(p.grad + v * momentum)
        for p, v in pairs:
            p.sub_(v * lr)
        for p, _ in pairs:
            p.grad = None

    def get_optimizer(model, lr=0.1):
        return optim.SGD([*model.parameters()], lr, 0.9)


class Data:
    """Through `.data`, as one used to."""

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        velocities = iter(velocities)
        for p in parameters:
            v = next(velocities)
            if p.grad is None:
                continue
            v.data.mul_(momentum).add_(p.grad.data)
            p.data.add_(v.data, alpha=-lr)
            p.grad.detach_().zero_()

    def get_optimizer(model, lr=0.1):
        opt = optim.SGD(model.parameters(), lr=lr)
        opt.param_groups[0]["momentum"] = 0.9
        return opt


class Foreach:
    """All parameters of one dtype in one call."""

    def momentum_step(parameters, velocities, lr, momentum=0.9):
        groups = {}
        for p, v in zip(parameters, velocities, strict=True):
            if p.grad is not None:
                groups.setdefault(p.dtype, []).append((p, v))
        with torch.no_grad():
            for pairs in groups.values():
                ps, vs = map(list, zip(*pairs, strict=True))
                torch._foreach_mul_(vs, momentum)
                torch._foreach_add_(vs, [p.grad for p in ps])
                torch._foreach_add_(ps, vs, alpha=-lr)
                for p in ps:
                    p.grad = None

    def get_optimizer(model, lr=0.1):
        groups = [{"params": [p], "lr": lr} for p in model.parameters()]
        return optim.SGD(groups, lr=lr, momentum=0.9, dampening=0, foreach=False)


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "strict=None": "Every parameter has its velocity; none is left over.",
    "strict=False": "Every parameter has its velocity; none is left over.",
    "velocities, )": "Every parameter has its velocity; none is left over.",
}
