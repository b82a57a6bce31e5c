"""Wrong answers to k21."""

import torch


class TensorForNumber:
    """The loss is returned as a tensor, not as a plain number.

    Return `loss.item()`, which takes the number out of it.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return loss, len(xb)


class AlwaysLearns:
    """Gradients are computed even without an optimiser.

    Call `loss.backward()` only if `opt` is not None.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        loss.backward()
        if opt is not None:
            opt.step()
            opt.zero_grad()
        return loss.item(), len(xb)


class NotCleared:
    """The gradients stay after the step, and the next batch's are added to them.

    Call `opt.zero_grad()` after `opt.step()`.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
        return loss.item(), len(xb)


class ClearedBefore:
    """The gradients are cleared before `backward`, so that those of the last step are left over.
    Most training loops do that, and train well, but this function must leave no gradient.

    Call `opt.zero_grad()` after `opt.step()`.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            opt.zero_grad()
            loss.backward()
            opt.step()
        return loss.item(), len(xb)


class NothingMoves:
    """An optimiser is passed, but no parameter moves, usually because a call is missing, lacks its
    parentheses or is out of order.

    Call `loss.backward()`, `opt.step()` and `opt.zero_grad()`, in this order.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.zero_grad()
        return loss.item(), len(xb)


class LossAfterTheStep:
    """The loss that is returned was computed again, after the step.

    Return the loss from before the step, on which `backward` was called.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
            with torch.no_grad():
                loss = loss_func(model(xb), yb)
        return loss.item(), len(xb)


class SumOfTheBatch:
    """The loss that is returned is multiplied by the number of rows.

    Return the mean, as `loss_func` returns it; the number of rows is the second value.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return loss.item() * len(xb), len(xb)


class ColumnsForRows:
    """The second value is the number of columns of `xb`.

    Return the number of rows: `len(xb)`.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return loss.item(), xb.shape[1]


class LossAlone:
    """Only the loss is returned.

    Return the number of rows as well: `return loss.item(), len(xb)`.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return loss.item()


class NothingWithAnOptimiser:
    """With an optimiser, None is returned.

    Put `return` after the `if`, where both cases reach it.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        else:
            return loss.item(), len(xb)


class ModeChanged:
    """The mode of the model is changed, but choosing it is the caller's job.

    Call neither `model.train()` nor `model.eval()`.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        model.train(opt is not None)
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return loss.item(), len(xb)


class StepByHand:
    """The step is plain gradient descent, whatever optimiser is passed.

    Call `opt.step()`: the optimiser knows which parameters to move, at which rates and with what
    memory.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            with torch.no_grad():
                for p in model.parameters():
                    p -= opt.param_groups[0]["lr"] * p.grad
            opt.zero_grad()
        return loss.item(), len(xb)


class TwoSteps:
    """Two steps are taken along the same gradient.

    Call `opt.step()` once for each batch.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.step()
            opt.zero_grad()
        return loss.item(), len(xb)


class Rounded:
    """The loss is rounded before it is returned.

    Return `loss.item()` as it is: rounding is for printing.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return round(loss.item(), 4), len(xb)


class ModelCleared:
    """Only the model's gradients are cleared; the optimiser may hold other parameters.

    Call `opt.zero_grad()`, which clears the gradients of all that it holds.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            model.zero_grad()
        return loss.item(), len(xb)


class OptimiserRemembered:
    """Without an optimiser, the one of an earlier call takes a step.

    Keep nothing from one call to the next: if `opt` is None, there is no step.
    """

    last: list = []

    def loss_batch(model, loss_func, xb, yb, opt=None):
        OptimiserRemembered.last = [opt] if opt is not None else OptimiserRemembered.last
        loss = loss_func(model(xb), yb)
        for opt in OptimiserRemembered.last:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return loss.item(), len(xb)
