"""Right answers to k15, written differently."""

import torch


class Tutorial:
    """The tutorial's own lines."""

    mastery = False

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        n = len(x)
        for epoch in range(epochs):
            for i in range((n - 1) // bs + 1):
                start_i = i * bs
                end_i = start_i + bs
                xb = x[start_i:end_i]
                yb = y[start_i:end_i]
                pred = model(xb)
                loss = loss_func(pred, yb)

                loss.backward()
                with torch.no_grad():
                    for p in model.parameters():
                        p -= p.grad * lr
                    model.zero_grad()


class WithoutBackward:
    """The gradients are asked for, and never stored."""

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        learned = [p for p in model.parameters() if p.requires_grad]
        for _ in range(epochs):
            for xb, yb in zip(x.split(bs), y.split(bs), strict=True):
                loss = loss_func(model(xb), yb)
                gradients = torch.autograd.grad(loss, learned, allow_unused=True)
                for p, grad in zip(learned, gradients, strict=True):
                    if grad is not None:
                        p.data.add_(grad, alpha=-lr)


class ClearedFirst:
    """The gradients are cleared in front of each step, and left behind the last."""

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for start in [*range(0, len(x), bs)] * epochs:
            model.zero_grad(set_to_none=False)
            loss_func(model(x[start : start + bs]), y[start : start + bs]).backward()
            for p in filter(lambda p: p.grad is not None, model.parameters()):
                p.data -= lr * p.grad


class Foreach:
    """All parameters in one call."""

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for start in range(0, len(x), bs):
                rows = slice(start, start + bs)
                loss_func(model(x[rows]), y[rows]).backward()
                learned = [p for p in model.parameters() if p.grad is not None]
                with torch.no_grad():
                    torch._foreach_add_(learned, [p.grad for p in learned], alpha=-lr)
                model.zero_grad()
