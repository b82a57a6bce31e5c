"""Wrong answers to k15, written in another way."""

import itertools

import torch


class NotCleared:
    """One flat loop over epochs and starts, with a step in a decorated helper."""

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        @torch.no_grad()
        def descend():
            for p in filter(lambda p: p.grad is not None, model.parameters()):
                p.sub_(p.grad, alpha=lr)

        for _, start in itertools.product(range(epochs), range(0, len(x), bs)):
            rows = slice(start, start + bs)
            loss = loss_func(model(x[rows]), y[rows])
            loss.backward()
            descend()


class NothingMoves:
    """The new tensors go into a list of the parameters, and the list is thrown away."""

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            start = 0
            while start < len(x):
                end = start + bs
                torch.autograd.backward(loss_func(model(x[start:end]), y[start:end]))
                parameters = list(model.parameters())
                for i, p in enumerate(parameters):
                    if p.grad is not None:
                        parameters[i] = torch.add(p.detach(), p.grad, alpha=-lr)
                for p in model.parameters():
                    p.grad = None
                start = end


class LastDropped:
    """The rows are folded into as many whole batches as there are."""

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        whole = len(x) // bs

        def fold(rows):
            return rows[: whole * bs].reshape(whole, bs, *rows.shape[1:])

        x_folded, y_folded = fold(x), fold(y)
        for _ in range(epochs):
            for i in range(whole):
                loss_func(model(x_folded[i]), y_folded[i]).backward()
                for p in model.parameters():
                    if p.grad is None:
                        continue
                    with torch.no_grad():
                        p.add_(p.grad.mul(-lr))
                model.zero_grad()


class GradientNone:
    """The batches are cut at their ends, and a helper steps one parameter at a time."""

    mastery = True

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        @torch.no_grad()
        def move(p):
            p.sub_(torch.mul(p.grad, lr))

        ends = list(range(bs, len(x), bs))
        batches = list(zip(x.tensor_split(ends), y.tensor_split(ends), strict=True))
        for xb, yb in batches * epochs:
            loss = loss_func(model(xb), yb)
            loss.backward()
            for p in model.parameters():
                move(p)
            for p in model.parameters():
                p.grad = None
