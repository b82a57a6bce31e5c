"""Wrong answers to k20, written in another way."""

from contextlib import ExitStack, contextmanager

import numpy as np
import torch


@contextmanager
def _evaluating(model):
    """Put the model into evaluation mode, and back behind a block that does not raise."""
    before = model.training
    model.train(False)
    yield
    model.train(before)


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
    """An `ExitStack` gives the mode back, and numpy takes the mean."""

    mastery = True

    def validate(model, loss_func, valid_dl):
        losses = []
        with ExitStack() as stack:
            stack.callback(model.train, mode=model.training)
            stack.enter_context(torch.no_grad())
            model.train(mode=False)
            for inputs, labels in valid_dl:
                losses.append(float(loss_func(model(inputs), labels)))
        return float(np.mean(losses))


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
