"""Wrong answers to k21, written in another way."""

from itertools import chain

import torch


class TensorForNumber:
    """Without an optimiser the function returns early; the result is packed beforehand."""

    def loss_batch(model, loss_func, xb, yb, opt=None):
        result = loss, _ = loss_func(model(xb), yb), xb.size(0)
        if opt is None:
            return result
        torch.autograd.backward(loss)
        opt.step()
        opt.zero_grad()
        return result


class AlwaysLearns:
    """What the optimiser has to do is a tuple of calls, empty if there is none."""

    def loss_batch(model, loss_func, xb, yb, opt=None):
        actions = () if opt is None else (opt.step, opt.zero_grad)
        loss = loss_func(model(xb), yb)
        torch.autograd.backward(loss)
        value = loss.item()
        for act in actions:
            act()
        return value, xb.shape[0]


class NotCleared:
    """Looking and learning are two inner functions, and one of them is called."""

    def loss_batch(model, loss_func, xb, yb, opt=None):
        def look():
            return loss_func(model(xb), yb)

        def learn():
            loss = look()
            torch.autograd.backward(loss)
            opt.step()
            return loss

        loss = look() if opt is None else learn()
        return loss.item(), xb.shape[0]


class NothingMoves:
    """The gradients are set to None by hand, group by group, and then comes the step."""

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        value, rows = loss.item(), xb.shape[0]
        if opt is None:
            return value, rows
        torch.autograd.backward(loss)
        for p in chain.from_iterable(group["params"] for group in opt.param_groups):
            p.grad = None
        opt.step()
        return value, rows
