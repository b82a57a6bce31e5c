"""Wrong answers to k11, each written in another way."""

import torch


class Rebound:
    """The moved parameters are collected in a list of new tensors, and cleared there."""

    @torch.no_grad()
    def sgd_step(parameters, lr):
        moved = [torch.sub(p, p.grad, alpha=lr).requires_grad_() for p in parameters]
        for p in moved:
            p.grad = None


class NotCleared:
    """A detached alias of each parameter is changed, so no `no_grad` is needed."""

    def sgd_step(parameters, lr):
        for p in parameters:
            alias = p.detach()
            alias.add_(p.grad, alpha=-lr)


def _descend(parameters, lr):
    for p in parameters:
        with torch.no_grad():
            p.copy_(p - torch.mul(p.grad, lr))


def _forget(parameters):
    for p in parameters:
        del p.grad


class TwoPasses:
    """Two helper functions, one that moves the parameters and one that clears them."""

    def sgd_step(parameters, lr):
        _descend(parameters, lr)
        _forget(parameters)


class _Descent:
    """A step for one parameter, with a fixed learning rate."""

    def __init__(self, lr):
        self.lr = lr

    @torch.no_grad()
    def __call__(self, p):
        grad = p.grad
        p.sub_(grad, alpha=self.lr)
        grad.fill_(0)


class GradientExpected:
    """A callable object takes one parameter after the other."""

    mastery = True

    def sgd_step(parameters, lr):
        step = _Descent(lr)
        for p in parameters:
            step(p)
