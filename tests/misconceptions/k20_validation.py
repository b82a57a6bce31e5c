"""Wrong answers to k20."""

import torch


class StillTraining:
    """The model is in training mode: dropout drops, and batch norm uses the batch's own mean.
    Usually `model.eval()` is missing, or its parentheses are.

    Call `model.eval()` before the first batch.
    """

    def validate(model, loss_func, valid_dl):
        with torch.no_grad():
            losses = [loss_func(model(xb), yb).item() for xb, yb in valid_dl]
        return sum(losses) / len(losses)


class WithGraph:
    """Autograd records every operation and keeps what `backward` would need, though no `backward`
    comes.

    Put the loop under `with torch.no_grad():`.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        losses = [loss_func(model(xb), yb).item() for xb, yb in valid_dl]
        return sum(losses) / len(losses)


class TopOnly:
    """Only the model itself is put into evaluation mode, not the layers inside.

    Call `model.eval()`, which goes into every layer.
    """

    def validate(model, loss_func, valid_dl):
        model.training = False
        with torch.no_grad():
            losses = [loss_func(model(xb), yb).item() for xb, yb in valid_dl]
        return sum(losses) / len(losses)


class ChildrenOnly:
    """The model and the layers directly inside are put into evaluation mode, not those deeper
    inside.

    Call `model.eval()`, which goes into every layer, at any depth.
    """

    def validate(model, loss_func, valid_dl):
        model.training = False
        for child in model.children():
            child.training = False
        with torch.no_grad():
            losses = [loss_func(model(xb), yb).item() for xb, yb in valid_dl]
        return sum(losses) / len(losses)


class Learns:
    """The gradients are computed, as in training.

    Leave out `backward`: looking is not learning.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        losses = []
        for xb, yb in valid_dl:
            loss = loss_func(model(xb), yb)
            loss.backward()
            losses.append(loss.item())
        return sum(losses) / len(losses)


class Sum:
    """The losses are added up, so that more batches make a larger loss.

    Return the mean: divide by the number of batches.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        with torch.no_grad():
            return sum(loss_func(model(xb), yb).item() for xb, yb in valid_dl)


class SumOverRows:
    """The sum of the batch losses is divided by the number of rows, though each is a mean.

    Divide by the number of batches, or weight each loss by its number of rows.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        with torch.no_grad():
            losses = [(loss_func(model(xb), yb).item(), len(xb)) for xb, yb in valid_dl]
        return sum(loss for loss, _ in losses) / sum(rows for _, rows in losses)


class NeedsADataSet:
    """The function asks for the data set of `valid_dl`, but not everything that can be iterated
    over has one.

    Count the batches or the rows in the loop.
    """

    raises = True

    def validate(model, loss_func, valid_dl):
        model.eval()
        total = 0.0
        with torch.no_grad():
            for xb, yb in valid_dl:
                total += loss_func(model(xb), yb).item() * len(xb)
        return total / len(valid_dl.dataset)


class SumOverTheDataSet:
    """The sum of the batch losses is divided by the number of rows of the data set, but each of
    them is a mean already, and not every `valid_dl` has a data set.

    Divide by the number of batches, or weight each loss by its number of rows; count in the loop.
    """

    raises = True

    def validate(model, loss_func, valid_dl):
        model.eval()
        with torch.no_grad():
            total = sum(loss_func(model(xb), yb).item() for xb, yb in valid_dl)
        return total / len(valid_dl.dataset)


class FirstBatch:
    """Only the first batch is looked at.

    Put `return` after the loop, so that all batches are looked at.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        with torch.no_grad():
            for xb, yb in valid_dl:
                return loss_func(model(xb), yb).item()


class LastBatch:
    """The loss of the last batch is returned.

    Collect the losses of all batches, and return their mean.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        with torch.no_grad():
            for xb, yb in valid_dl:
                loss = loss_func(model(xb), yb)
        return loss.item()


class Median:
    """The median of the batch losses is returned, not their mean.

    Divide their sum by their number.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        with torch.no_grad():
            losses = [loss_func(model(xb), yb).item() for xb, yb in valid_dl]
        return sorted(losses)[len(losses) // 2]


class Rounded:
    """The loss is rounded.

    Return it in full precision: no `round(…)`.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        with torch.no_grad():
            losses = [loss_func(model(xb), yb).item() for xb, yb in valid_dl]
        return round(sum(losses) / len(losses), 3)


class ListOfLosses:
    """The losses of all batches are returned in a list.

    Return their mean, one number.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        with torch.no_grad():
            return [loss_func(model(xb), yb).item() for xb, yb in valid_dl]


class WithTheNumber:
    """The number of batches or rows is returned together with the loss.

    Return the mean alone.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        with torch.no_grad():
            losses = [loss_func(model(xb), yb).item() for xb, yb in valid_dl]
        return sum(losses) / len(losses), len(losses)


class Printed:
    """Nothing is returned, as when the loss is only printed.

    Return the mean: `return total / count`.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        with torch.no_grad():
            losses = [loss_func(model(xb), yb).item() for xb, yb in valid_dl]
        print(sum(losses) / len(losses))


class GradientOff:
    """Autograd is switched off, and stays off: the next training run learns nothing.

    Write `with torch.no_grad():`, which switches it on again at its end.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        torch.set_grad_enabled(False)
        losses = [loss_func(model(xb), yb).item() for xb, yb in valid_dl]
        return sum(losses) / len(losses)


class Frozen:
    """The parameters are frozen, and stay so.

    Write `with torch.no_grad():`, which leaves their `requires_grad` alone.
    """

    def validate(model, loss_func, valid_dl):
        model.eval()
        for p in model.parameters():
            p.requires_grad_(False)
        with torch.no_grad():
            losses = [loss_func(model(xb), yb).item() for xb, yb in valid_dl]
        return sum(losses) / len(losses)


class EvaluationEndsEarly:
    """After the first batch the model is in training mode again.

    Keep evaluation mode for all batches, and change it back after the loop.
    """

    def validate(model, loss_func, valid_dl):
        losses = []
        model.eval()
        with torch.no_grad():
            for xb, yb in valid_dl:
                losses.append(loss_func(model(xb), yb).item())
                model.train()
        return sum(losses) / len(losses)


def _modes(model):
    """Return a function that gives each module inside its own mode back."""
    modes = [(module, module.training) for module in model.modules()]

    def give_back():
        for module, training in modes:
            module.training = training

    return give_back


def _mean(model, loss_func, valid_dl):
    """Return the mean over samples, without looking at modes."""
    with torch.no_grad():
        pairs = [(loss_func(model(xb), yb).item(), len(xb)) for xb, yb in valid_dl]
    return sum(loss * rows for loss, rows in pairs) / sum(rows for _, rows in pairs)


class EveryBatchAlike:
    """A short batch counts as much as the others.

    Weight each loss by its number of rows.
    """

    mastery = True

    def validate(model, loss_func, valid_dl):
        give_back = _modes(model)
        model.eval()
        try:
            with torch.no_grad():
                losses = [loss_func(model(xb), yb).item() for xb, yb in valid_dl]
        finally:
            give_back()
        return sum(losses) / len(losses)


class LeftEvaluating:
    """The model is left in evaluation mode.

    Remember the `training` of each of `model.modules()` first, and restore it at the end.
    """

    mastery = True

    def validate(model, loss_func, valid_dl):
        model.eval()
        return _mean(model, loss_func, valid_dl)


class AlwaysTraining:
    """The model is put into training mode, even if it came in evaluation mode: a final
    `model.train()` takes no account of that.

    Remember the `training` of each of `model.modules()` first, and restore it at the end.
    """

    mastery = True

    def validate(model, loss_func, valid_dl):
        model.eval()
        try:
            return _mean(model, loss_func, valid_dl)
        finally:
            model.train()


class Thawed:
    """Layers inside that came in a different mode from the model, such as frozen ones in evaluation
    mode, have the model's mode afterwards: `model.train(mode)` sets all of them.

    Remember the mode of each of `model.modules()`, and set `training` of each.
    """

    mastery = True

    def validate(model, loss_func, valid_dl):
        training = model.training
        model.eval()
        try:
            return _mean(model, loss_func, valid_dl)
        finally:
            model.train(training)


class RootOnly:
    """Only the model itself gets its mode back; the layers inside stay in evaluation mode.

    Remember the mode of each of `model.modules()`, and set `training` of each.
    """

    mastery = True

    def validate(model, loss_func, valid_dl):
        training = model.training
        model.eval()
        try:
            return _mean(model, loss_func, valid_dl)
        finally:
            model.training = training


class ChildrenGivenBack:
    """The model and the layers directly inside get their modes back, and those deeper inside do
    not.

    Loop over `model.modules()`, which yields all of them, at any depth; `children()` does not.
    """

    mastery = True

    def validate(model, loss_func, valid_dl):
        modes = [(module, module.training) for module in (model, *model.children())]
        model.eval()
        try:
            return _mean(model, loss_func, valid_dl)
        finally:
            for module, training in modes:
                module.training = training


class NotIfItRaises:
    """If the loss raises, the model is left in evaluation mode: the lines that restore the modes
    are not reached.

    Put these lines in a `finally`: `try: … finally: …`.
    """

    mastery = True

    def validate(model, loss_func, valid_dl):
        give_back = _modes(model)
        model.eval()
        mean = _mean(model, loss_func, valid_dl)
        give_back()
        return mean


class Swallowed:
    """The loss's exception is swallowed, and the caller does not hear that something went wrong.

    Let it reach the caller: restore the modes in a `finally`, with no `except` beside it and no
    `return` in it.
    """

    mastery = True

    def validate(model, loss_func, valid_dl):
        give_back = _modes(model)
        model.eval()
        try:
            return _mean(model, loss_func, valid_dl)
        except Exception:
            return float("nan")
        finally:
            give_back()
