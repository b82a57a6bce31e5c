"""Wrong answers to k15."""

import torch
from torch import optim


def _batches(x, y, bs):
    return zip(x.split(bs), y.split(bs), strict=True)


def _step(parameters, lr):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad


class NotCleared:
    """The gradients are never cleared, so `backward` adds each one to the last, and every step goes
    along the sum of all gradients so far.

    Call `model.zero_grad()` after each step.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                _step(model.parameters(), lr)


class ClearedEachEpoch:
    """The gradients are cleared only once an epoch, and `backward` adds to them batch by batch.

    Clear them after each step, inside the inner loop.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                _step(model.parameters(), lr)
            model.zero_grad()


class UsedUp:
    """Only the first batch makes a step, usually because `model.parameters()` was called once: it
    returns a generator, and the first loop uses it up.

    Call `model.parameters()` anew for each step, or make a list first.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        parameters = model.parameters()
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                _step(parameters, lr)
                model.zero_grad()


class NothingMoves:
    """No parameter of the model moves, usually because `p = p - …` makes another tensor, or the
    gradients are cleared before the step.

    Write `p -= …`, which is in place, and keep this order: backward, step, zero_grad.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                with torch.no_grad():
                    for p in model.parameters():
                        if p.grad is not None:
                            p = p - lr * p.grad
                model.zero_grad()


class ClearedInTheStep:
    """`model.zero_grad()` is inside the loop over the parameters: after the first of them has
    moved, the gradients of all are gone.

    Call `model.zero_grad()` after that loop, once for each batch.
    """

    raises = True

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                with torch.no_grad():
                    for p in model.parameters():
                        p -= lr * p.grad
                        model.zero_grad()


class FirstOnly:
    """Only the first parameter moves, usually because `model.zero_grad()` is inside the loop over
    the parameters, and clears the gradients of the others too early.

    Call `model.zero_grad()` after that loop, once for each batch.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                with torch.no_grad():
                    for p in model.parameters():
                        if p.grad is not None:
                            p -= lr * p.grad
                        model.zero_grad()


class ChildrenOnly:
    """Only the parameters of the layers inside are stepped, not those that the module itself has
    beside them.

    Loop over `model.parameters()`, which yields all of them.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        layers = list(model.children()) or [model]
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                _step({p for layer in layers for p in layer.parameters()}, lr)
                model.zero_grad()


class OwnOnly:
    """Only the module's own parameters are stepped, not those of its layers.

    Loop over `model.parameters()`, which goes into every layer.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                _step(model.parameters(recurse=False), lr)
                model.zero_grad()


class SharedTwice:
    """A parameter that has two names is stepped twice.

    Loop over `model.parameters()`, which yields each tensor once.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                names = model.named_parameters(remove_duplicate=False)
                _step((p for _, p in names), lr)
                model.zero_grad()


class WeightAndBias:
    """Not every parameter moves: in the test's model a scalar named `gain` does not, usually
    because the loop looks for the names `weight` and `bias`.

    Step all of `model.parameters()`, whatever their names and shapes.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                with torch.no_grad():
                    for name, p in model.named_parameters():
                        if name.endswith(("weight", "bias")) and p.grad is not None:
                            p -= lr * p.grad
                model.zero_grad()


class LastDropped:
    """A last batch of fewer than `bs` rows is left out.

    Begin a batch at each of `range(0, len(x), bs)`: the last slice is shorter automatically.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in list(_batches(x, y, bs))[: len(x) // bs]:
                loss_func(model(xb), yb).backward()
                _step(model.parameters(), lr)
                model.zero_grad()


class WithOptimiser:
    """An optimiser takes the steps, which are the point of this kata.

    Write the step by hand, over `model.parameters()`.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        opt = optim.SGD(model.parameters(), lr=lr)
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                opt.step()
                opt.zero_grad()


class Evaluating:
    """The model is put into evaluation mode, and batch norm learns nothing.

    Leave it in training mode, the mode that it came in.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        model.eval()
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                _step(model.parameters(), lr)
                model.zero_grad()


class LookedTwice:
    """The model is called twice for each batch, and batch norm's running statistics count both
    calls.

    Call the model once for each batch.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                if not model(xb).requires_grad:
                    return
                loss_func(model(xb), yb).backward()
                _step(model.parameters(), lr)
                model.zero_grad()


class Clipped:
    """Large gradients are clipped before the step.

    Use them as they are: p ← p − lr · p.grad.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
                _step(model.parameters(), lr)
                model.zero_grad()


class CrossEntropyAlways:
    """The loss is cross-entropy, whatever was passed.

    Call the loss that was passed: `loss_func(model(xb), yb)`.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                torch.nn.functional.cross_entropy(model(xb), yb).backward()
                _step(model.parameters(), lr)
                model.zero_grad()


class SingleFloats:
    """The model becomes float32, whatever it was.

    Leave its dtype alone: no `.float()`.
    """

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        model.float()
        for _ in range(epochs):
            for xb, yb in _batches(x.float(), y, bs):
                loss_func(model(xb), yb.float() if yb.is_floating_point() else yb).backward()
                _step(model.parameters(), lr)
                model.zero_grad()


class GradientNone:
    """A parameter that has no gradient is stepped like the others, but its `.grad` is None, and
    `lr * None` raises.

    Skip it: `if p.grad is not None`.
    """

    mastery = True
    raises = True

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                with torch.no_grad():
                    for p in model.parameters():
                        p -= lr * p.grad
                model.zero_grad()


class BreaksOff:
    """Parameters that come after one without a gradient are not stepped, usually because the loop
    ends there.

    Skip only that one: `continue`, not `break` or `return`.
    """

    mastery = True

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                with torch.no_grad():
                    for p in model.parameters():
                        if p.grad is None:
                            break
                        p -= lr * p.grad
                model.zero_grad()


class Thawed:
    """Frozen parameters are made to require grad, and stepped like the others.

    Leave `requires_grad` as it is, and skip what has no gradient: `if p.grad is not None`.
    """

    mastery = True

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for p in model.parameters():
            p.requires_grad_(True)
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                _step(model.parameters(), lr)
                model.zero_grad()


class FrozenOnly:
    """Frozen parameters are skipped, but one that is merely unused has no gradient either.

    Ask for the gradient: `p.grad is not None`.
    """

    mastery = True
    raises = True

    def fit(model, loss_func, x, y, lr=0.5, epochs=2, bs=64):
        for _ in range(epochs):
            for xb, yb in _batches(x, y, bs):
                loss_func(model(xb), yb).backward()
                with torch.no_grad():
                    for p in model.parameters():
                        if p.requires_grad:
                            p -= lr * p.grad
                model.zero_grad()
