"""Right answers to k11, written differently."""

import torch


class Tutorial:
    """The tutorial's own lines."""

    mastery = False

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p -= p.grad * lr
                p.grad.zero_()


class Decorated:
    """Autograd is switched off by a decorator."""

    @torch.no_grad()
    def sgd_step(parameters, lr):
        for p in parameters:
            if p.grad is None:
                continue
            p.add_(p.grad, alpha=-lr)
            p.grad = None


class Data:
    """Through `.data`, as one used to."""

    def sgd_step(parameters, lr):
        for p in parameters:
            if p.grad is not None:
                p.data = p.data - lr * p.grad.data
                p.grad.data.zero_()


class Foreach:
    """All parameters at once."""

    def sgd_step(parameters, lr):
        ps = [p for p in parameters if p.grad is not None]
        with torch.no_grad():
            for dtype in {p.dtype for p in ps}:
                group = [p for p in ps if p.dtype == dtype]
                torch._foreach_add_(group, [p.grad for p in group], alpha=-lr)
        for p in ps:
            p.grad = None


class CopiedBack:
    """Computed beside the parameter, and copied into it."""

    def sgd_step(parameters, lr):
        for p in list(parameters):
            if p.grad is not None:
                new = p.detach() - lr * p.grad
                with torch.inference_mode(False), torch.no_grad():
                    p.copy_(new)
                p.grad *= 0
