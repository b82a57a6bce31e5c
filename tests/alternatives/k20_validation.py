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
    """Autograd is switched off by a decorator, the modes given back by a context."""

    @torch.inference_mode()
    def validate(model, loss_func, valid_dl):
        with contextlib.ExitStack() as stack:
            for module in model.modules():
                stack.callback(setattr, module, "training", module.training)
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
        recording = torch.is_grad_enabled()
        before = {name: module.training for name, module in model.named_modules()}
        try:
            model.eval()
            torch.set_grad_enabled(False)
            pairs = [
                torch.stack([loss_func(model(xb), yb).double(), torch.tensor(1.0 * len(xb))])
                for xb, yb in valid_dl
            ]
        finally:
            torch.set_grad_enabled(recording)
            for name, training in before.items():
                model.get_submodule(name).training = training
        losses, rows = torch.stack(pairs).unbind(1)
        return losses @ rows / rows.sum()


class OnlyThoseInTraining:
    """Only the modules that train are put into evaluation, and back."""

    def validate(model, loss_func, valid_dl):
        training = [module for module in model.modules() if module.training]
        for module in training:
            module.training = False
        total = count = 0
        try:
            for xb, yb in valid_dl:
                with torch.no_grad():
                    total += loss_func(model(xb), yb).item() * yb.shape[0]
                count += yb.shape[0]
        finally:
            for module in training:
                module.training = True
        return total / count


@contextlib.contextmanager
def _evaluating(model):
    """Put a model into evaluation mode for a block, whatever happens in it."""
    modes = {module: module.training for module in model.modules()}
    try:
        yield model.eval()
    finally:
        for module, training in modes.items():
            vars(module)["training"] = training


class Context:
    """A context manager of its own, and a mean with weights."""

    def validate(model, loss_func, valid_dl):
        losses, rows = [], []
        with _evaluating(model) as evaluating, torch.no_grad():
            for xb, yb in valid_dl:
                losses.append(loss_func(evaluating(xb), yb))
                rows.append(float(len(xb)))
        weights = torch.tensor(rows, dtype=torch.float64)
        return (torch.stack(losses).double() * weights).sum() / weights.sum()
