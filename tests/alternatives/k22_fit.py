"""Right answers to k22, written differently."""

import itertools
import sys

import numpy as np
import torch

from solutions.k22_fit import loss_batch


class Tutorial:
    """The tutorial's own lines."""

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)

            model.eval()
            with torch.no_grad():
                losses, nums = zip(*[loss_batch(model, loss_func, xb, yb) for xb, yb in valid_dl])
            val_loss = np.sum(np.multiply(losses, nums)) / np.sum(nums)

            print(epoch, val_loss)


class Explicit:
    """Everything written out, without `loss_batch`."""

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train(True)
            for xb, yb in train_dl:
                opt.zero_grad()
                loss_func(model(xb), yb).backward()
                opt.step()
            model.train(False)
            total, count = 0.0, 0
            with torch.inference_mode():
                for batch in valid_dl:
                    xb, yb = batch
                    total += loss_func(model(xb), yb).item() * len(yb)
                    count += len(yb)
            print(f"{epoch} {total / count}")
        opt.zero_grad()
        model.train()


class InFunctions:
    """Two helpers, and numpy's weighted average."""

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        def one_pass(dl, opt=None):
            model.train(opt is not None)
            with torch.set_grad_enabled(opt is not None):
                return [loss_batch(model, loss_func, xb, yb, opt) for xb, yb in dl]

        for epoch in range(epochs):
            one_pass(train_dl, opt)
            losses, sizes = np.array(one_pass(valid_dl)).T
            sys.stdout.write(f"{epoch} {np.average(losses, weights=sizes)!s}\n")


class CountingItself:
    """With an iterator that counts, and tensors until the end."""

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in itertools.count():
            if epoch >= epochs:
                break
            model.train()
            for batch in train_dl:
                loss_batch(model, loss_func, *batch, opt=opt)
            model.eval()
            results = []
            with torch.no_grad():
                for batch in valid_dl:
                    results.append(loss_batch(model, loss_func, *batch))
            table = torch.tensor(results, dtype=torch.float64)
            print(epoch, (table[:, 0] @ table[:, 1] / table[:, 1].sum()).item())


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "strict=None": "Every loss has its number of rows; none is left over.",
    "strict=False": "Every loss has its number of rows; none is left over.",
    "results, )": "Every loss has its number of rows; none is left over.",
}
