"""Wrong answers to k11."""

import torch
from torch import optim


class Rebound:
    """Parameters and gradients stay as they were, usually because `p = p - …` makes a new tensor
    and gives it the name p.

    Change the tensor itself, in place, as `p -= …` does, and clear its own `.grad`.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p = p - lr * p.grad
                p.grad = None


class ReboundWhileRecorded:
    """`p = p - …` makes a new tensor and gives it the name p, and the new one has no gradient to
    clear: its `.grad` is None.

    Change the tensor itself, in place: `p -= lr * p.grad`, under `with torch.no_grad():`.
    """

    raises = True

    def sgd_step(parameters, lr):
        for p in parameters:
            p = p - lr * p.grad
            p.grad.zero_()


class Recorded:
    """Autograd sees the update and refuses it: a leaf that requires grad must not be changed in
    place while operations are recorded.

    Put the update under `with torch.no_grad():`.
    """

    raises = True

    def sgd_step(parameters, lr):
        for p in parameters:
            p -= lr * p.grad
            p.grad.zero_()


class NotCleared:
    """The gradients are not cleared, and the next `backward` adds to them.

    Set `p.grad = None` after the step, or call `p.grad.zero_()`.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p -= lr * p.grad


class OnlyTheLastCleared:
    """Only the last parameter's gradient is cleared, usually because the clearing comes after the
    loop.

    Clear each gradient inside the loop.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p -= lr * p.grad
            p.grad.zero_()


class ClearedFirst:
    """The gradients are cleared, but no parameter moves: usually they are cleared before they are
    used, or `p - …` makes a new tensor.

    Take the step first, in place with `p -= …`, then clear.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p.grad.zero_()
                p -= lr * p.grad


class ParameterCleared:
    """The parameter itself is set to zero after the step, not its gradient.

    Clear the gradient: `p.grad = None`, or `p.grad.zero_()`.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p -= lr * p.grad
                p.zero_()


class Uphill:
    """The step goes along the gradient, and the loss grows.

    Go against it: subtract.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p += lr * p.grad
                p.grad.zero_()


class RateForgotten:
    """The whole gradient is subtracted.

    Multiply it by `lr`.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p -= p.grad
                p.grad.zero_()


class RateDivides:
    """The gradient is divided by the learning rate.

    Multiply by `lr`: a small rate makes a small step.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p -= p.grad / lr
                p.grad.zero_()


class GradientAlone:
    """The parameter becomes −lr times its gradient, and its old value is lost.

    Subtract from the old value, in place: `p -= …`.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p.copy_(-lr * p.grad)
                p.grad.zero_()


class TwoPasses:
    """If `parameters` is an iterator, the gradients are not cleared, usually because a first loop
    has used it up and a second finds nothing.

    Step and clear in one loop, or make a list first: `list(parameters)`.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p -= lr * p.grad
            for p in parameters:
                p.grad = None


class OnlyTheFirst:
    """Only the first parameter is stepped.

    Step all of them: leave out the `return` or `break` inside the loop.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p -= lr * p.grad
                p.grad = None
                return


class OnlyWeightsAndBias:
    """Only the first two parameters are stepped, but there may be any number.

    Loop over all of them: `for p in parameters`.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in list(parameters)[:2]:
                p -= lr * p.grad
                p.grad = None


class Frozen:
    """After the step the parameter no longer requires grad, and learns nothing more.

    Leave `requires_grad` alone; `torch.no_grad()` is enough.
    """

    def sgd_step(parameters, lr):
        for p in parameters:
            grad, p.grad = p.grad, None
            p.requires_grad_(False)
            p -= lr * grad


class RateTakenTwice:
    """The step contains the learning rate twice.

    Multiply the gradient by `lr` once.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p.sub_(lr * p.grad, alpha=lr)
                p.grad = None


class Momentum:
    """Each step depends on earlier ones; in plain gradient descent it does not.

    Keep nothing from one call to the next.
    """

    memory: dict = {}

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for i, p in enumerate(parameters):
                old = Momentum.memory.get((i, p.shape, p.dtype))
                v = p.grad if old is None else p.grad + 0.9 * old
                Momentum.memory[i, p.shape, p.dtype] = v.clone()
                p -= lr * v
                p.grad = None


class VectorsOnly:
    """Parameters without an axis do not move.

    Step every parameter, whatever its shape: a scalar is a parameter like any other.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                if p.dim():
                    p -= lr * p.grad
                p.grad = None


class SkipsWhatCancels:
    """A parameter does not move if the entries of its gradient sum to zero, though they need not be
    zero.

    Step it anyway, and ask `p.grad is not None` whether there is a gradient.
    """

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                if p.grad.sum() != 0:
                    p -= lr * p.grad
                p.grad.zero_()


class AutogradSwitchedOn:
    """Autograd is switched off and then on, though the caller may have had it off.

    Use `with torch.no_grad():`, which puts it back as it was.
    """

    def sgd_step(parameters, lr):
        torch.set_grad_enabled(False)
        for p in parameters:
            p -= lr * p.grad
            p.grad = None
        torch.set_grad_enabled(True)


class SinglePrecision:
    """The parameter becomes float32, whatever it was.

    Leave the dtype alone.
    """

    def sgd_step(parameters, lr):
        for p in parameters:
            grad, p.grad = p.grad.float(), None
            p.data = p.data.float() - lr * grad


class ReadyMade:
    """That is torch.optim's own step.

    Write it yourself: change each parameter, then clear its gradient.
    """

    def sgd_step(parameters, lr):
        opt = optim.SGD(parameters, lr=lr)
        opt.step()
        opt.zero_grad()


class ReadyMadeFunction:
    """That is torch.optim's own function.

    Write it yourself: change each parameter, then clear its gradient.
    """

    raises = True

    def sgd_step(parameters, lr):
        parameters = list(parameters)
        optim.sgd.sgd(
            parameters, [p.grad for p in parameters], [None] * len(parameters), weight_decay=0,
            momentum=0, lr=lr, dampening=0, nesterov=False, maximize=False,
        )  # fmt: skip
        for p in parameters:
            p.grad = None


class GradientExpected:
    """A parameter that took no part in the loss has `.grad` None, with which nothing can be
    computed.

    Skip it: `if p.grad is not None`.
    """

    mastery = True
    raises = True

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                p -= lr * p.grad
                p.grad.zero_()


class StopsAtTheFirstWithout:
    """The step ends at the first parameter that has no gradient, and those after it do not move.

    Skip only that one: `continue`, not `break` or `return`.
    """

    mastery = True

    def sgd_step(parameters, lr):
        with torch.no_grad():
            for p in parameters:
                if p.grad is None:
                    break
                p -= lr * p.grad
                p.grad = None
