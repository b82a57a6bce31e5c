"""Wrong answers to k21."""

import torch


class TensorForNumber:
    """The loss is a tensor, and drags the whole graph along.

    `loss.item()` takes the number out of it.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return loss, len(xb)


class AlwaysLearns:
    """Gradients are computed without an optimiser too.

    `backward` belongs inside the `if opt is not None`.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        loss.backward()
        if opt is not None:
            opt.step()
            opt.zero_grad()
        return loss.item(), len(xb)


class NotCleared:
    """The gradients stay, and the next batch's are added to them.

    `opt.zero_grad()` after the step.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
        return loss.item(), len(xb)


class NothingMoves:
    """The gradients are computed, and no parameter moves.

    `opt.step()` is what learns, and it comes before `opt.zero_grad()`.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.zero_grad()
        return loss.item(), len(xb)


class LossAfterTheStep:
    """The loss is computed again after the step.

    Return the one that the step was taken on: it costs nothing.
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
    """The loss was multiplied by the number of rows.

    The caller does that, with the second value that is returned.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return loss.item() * len(xb), len(xb)


class ArgumentsSwapped:
    """The loss function got the targets first.

    `loss_func(model(xb), yb)`: the model's output comes first.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        out = model(xb)
        loss = loss_func(yb.to(out.dtype), out) if yb.shape == out.shape else loss_func(out, yb)
        loss = loss if yb.shape != out.shape else -loss
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return loss.item(), len(xb)


class ColumnsForRows:
    """The second value is the number of columns.

    `len(xb)`, the number of rows.
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

    `return loss.item(), len(xb)`.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return loss.item()


class NothingWithAnOptimiser:
    """With an optimiser the function ends without a result.

    `return` behind the `if`, not inside an `else`.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        else:
            return loss.item(), len(xb)


class SwitchesToEvaluation:
    """The mode of the model was changed, which is its caller's to choose.

    Leave `train()` and `eval()` to `fit`.
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
    """The step is plain gradient descent, whatever the optimiser is.

    `opt.step()` knows which parameters, which rate and which memory.
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

    `opt.step()`, once.
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
    """The loss was rounded.

    Rounding is for printing; keep the number.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            opt.zero_grad()
        return round(loss.item(), 4), len(xb)


class ModelCleared:
    """The gradients of the model are cleared, and not those of the optimiser.

    `opt.zero_grad()`: it may hold parameters that the model does not.
    """

    def loss_batch(model, loss_func, xb, yb, opt=None):
        loss = loss_func(model(xb), yb)
        if opt is not None:
            loss.backward()
            opt.step()
            model.zero_grad()
        return loss.item(), len(xb)


class OptimiserRemembered:
    """The optimiser of an earlier call is used when none is given.

    Keep nothing from one call to the next.
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
