"""Wrong answers to k20, written in another way."""

from contextlib import ExitStack, contextmanager

import numpy as np
import torch


@contextmanager
def _evaluating(model):
    """Put the model into evaluation mode, and back after a block that does not raise."""
    before = {module: module.training for module in model.modules()}
    model.train(False)
    yield
    for module in before:
        module.training = before[module]


class StillTraining:
    """The function is decorated with `no_grad`, and adds up in a plain loop."""

    @torch.no_grad()
    def validate(model, loss_func, valid_dl):
        total = batches = 0
        for inputs, labels in valid_dl:
            total += float(loss_func(model(inputs), labels))
            batches += 1
        return total / batches


class WithGraph:
    """The losses are added up as tensors, and the mean becomes a number at the end."""

    def validate(model, loss_func, valid_dl):
        model.train(False)
        total, batches = torch.zeros((), dtype=torch.float64), 0
        for batches, (inputs, labels) in enumerate(valid_dl, start=1):
            total = total + loss_func(model(inputs), labels)
        return (total / batches).item()


class EveryBatchAlike:
    """An `ExitStack` gives the modes back, and numpy takes the mean."""

    mastery = True

    def validate(model, loss_func, valid_dl):
        losses = []
        with ExitStack() as stack:
            for module in model.modules():
                stack.callback(setattr, module, "training", module.training)
            stack.enter_context(torch.no_grad())
            model.train(mode=False)
            for inputs, labels in valid_dl:
                losses.append(float(loss_func(model(inputs), labels)))
        return float(np.mean(losses))


class Thawed:
    """An `ExitStack` hands the model's mode to `train`, and a loop adds up."""

    mastery = True

    def validate(model, loss_func, valid_dl):
        total = rows = 0
        with ExitStack() as stack:
            stack.callback(model.train, mode=model.training)
            stack.enter_context(torch.no_grad())
            for inputs, labels in valid_dl:
                model.eval()
                rows += inputs.size(0)
                total += inputs.size(0) * float(loss_func(model(inputs), labels))
        return total / rows


class RootOnly:
    """The model's own `training` is set in the end, as an attribute, by hand."""

    mastery = True

    def validate(model, loss_func, valid_dl):
        losses, rows = [], []
        before = model.__dict__["training"]
        try:
            for module in model.modules():
                module.train(False)
            with torch.inference_mode():
                for inputs, labels in valid_dl:
                    losses.append(loss_func(model(inputs), labels).item())
                    rows.append(inputs.size(0))
        finally:
            model.__dict__["training"] = before
        return float(np.average(losses, weights=rows))


class NotIfItRaises:
    """A context manager without `try` switches the mode, and numpy weights the losses."""

    mastery = True

    def validate(model, loss_func, valid_dl):
        losses, rows = [], []
        with _evaluating(model), torch.no_grad():
            for inputs, labels in valid_dl:
                losses.append(float(loss_func(model(inputs), labels)))
                rows.append(inputs.size(0))
        return float(np.average(losses, weights=rows))
