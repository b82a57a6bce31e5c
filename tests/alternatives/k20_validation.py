"""Right answers to k20, written differently."""

import contextlib
import copy

import numpy as np
import torch


class Tutorial:
    """The tutorial's own lines."""

    mastery = False

    def validate(model, loss_func, valid_dl):
        model.eval()
        with torch.no_grad():
            valid_loss = sum(loss_func(model(xb), yb) for xb, yb in valid_dl)

        return valid_loss / len(valid_dl)


class Decorated:
    """Autograd is switched off by a decorator, the mode given back by a context."""

    @torch.inference_mode()
    def validate(model, loss_func, valid_dl):
        with contextlib.ExitStack() as stack:
            stack.callback(model.train, model.training)
            model.train(False)
            losses, rows = zip(
                *((float(loss_func(model(xb), yb)), xb.shape[0]) for xb, yb in valid_dl),
                strict=True,
            )
        return float(np.average(losses, weights=rows))


class OnACopy:
    """A copy is evaluated, and the model not touched."""

    def validate(model, loss_func, valid_dl):
        twin = copy.deepcopy(model).eval()
        total, count = torch.zeros((), dtype=torch.float64), 0
        with torch.no_grad():
            for xb, yb in valid_dl:
                total += len(yb) * loss_func(twin(xb), yb)
                count += len(yb)
        return total / count


class Tensors:
    """The mean is a tensor's, without a graph."""

    def validate(model, loss_func, valid_dl):
        before, recording = model.training, torch.is_grad_enabled()
        try:
            model.eval()
            torch.set_grad_enabled(False)
            pairs = [
                torch.stack([loss_func(model(xb), yb).double(), torch.tensor(1.0 * len(xb))])
                for xb, yb in valid_dl
            ]
        finally:
            torch.set_grad_enabled(recording)
            model.train(before)
        losses, rows = torch.stack(pairs).unbind(1)
        return losses @ rows / rows.sum()
