"""Wrong answers to k22."""

import torch

from solutions.k22_fit import loss_batch


def validation_loss(model, loss_func, valid_dl):
    """Return the mean loss over samples, as most answers here do."""
    with torch.no_grad():
        results = [loss_batch(model, loss_func, xb, yb) for xb, yb in valid_dl]
    return sum(loss * n for loss, n in results) / sum(n for _, n in results)


class NoEvaluationMode:
    """The model stays in training mode during validation, where batch norm learns from the
    validation data and dropout drops.

    `model.eval()` before the validation.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            print(epoch, validation_loss(model, loss_func, valid_dl))


class TrainingModeOnce:
    """After the first validation the model stays in evaluation mode.

    `model.train()` at the beginning of *each* epoch.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        model.train()
        for epoch in range(epochs):
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))


class NoTrainingMode:
    """Nothing switches the model to training mode.

    `model.train()` at the beginning of each epoch.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))


class LearnsFromValidation:
    """The optimiser is passed on during validation too.

    Without `opt`, `loss_batch` only looks.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            results = [loss_batch(model, loss_func, xb, yb, opt) for xb, yb in valid_dl]
            print(epoch, sum(loss * n for loss, n in results) / sum(n for _, n in results))


class NeverLearns:
    """No optimiser is passed on in the training pass.

    `loss_batch(model, loss_func, xb, yb, opt)`.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb)
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))


class GraphDuringValidation:
    """Autograd records the validation, which costs memory for nothing.

    `with torch.no_grad():` around it.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            results = [loss_batch(model, loss_func, xb, yb) for xb, yb in valid_dl]
            print(epoch, sum(loss * n for loss, n in results) / sum(n for _, n in results))


class MeanOfMeans:
    """Every batch counts the same, though the last one may have fewer rows.

    Weight each batch's loss by its number of rows.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            with torch.no_grad():
                losses = [loss_batch(model, loss_func, xb, yb)[0] for xb, yb in valid_dl]
            print(epoch, sum(losses) / len(losses))


class SumOfLosses:
    """The losses of the batches are added up, and not averaged.

    Divide by the number of samples.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            with torch.no_grad():
                results = [loss_batch(model, loss_func, xb, yb) for xb, yb in valid_dl]
            print(epoch, sum(loss * n for loss, n in results))


class LastBatchOnly:
    """Only the last batch of the validation counts.

    Collect the losses of all of them.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            with torch.no_grad():
                for xb, yb in valid_dl:
                    loss, _ = loss_batch(model, loss_func, xb, yb)
            print(epoch, loss)


class TrainingLossPrinted:
    """What is printed is the loss on the training data, which says little about new data.

    Validate on `valid_dl`.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, validation_loss(model, loss_func, train_dl))


class ValidatedBeforeTraining:
    """The validation comes before the epoch's training.

    First train, then validate.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)


class PrintedAtTheEnd:
    """Only the last epoch is reported.

    Print inside the loop over the epochs.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for _ in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
        print(epochs - 1, validation_loss(model, loss_func, valid_dl))


class CountedFromOne:
    """The epochs are counted from 1.

    `range(epochs)` counts from 0.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(1, epochs + 1):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))


class OneEpochTooFew:
    """The last epoch is missing.

    `range(epochs)` has `epochs` steps.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs - 1):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))


class Rounded:
    """The loss is printed rounded.

    Print the number as it is.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, f"{validation_loss(model, loss_func, valid_dl):.4f}")


class TensorPrinted:
    """What is printed is a tensor and not a plain number.

    `.item()` takes the number out of it.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, torch.tensor(validation_loss(model, loss_func, valid_dl)))


class LastBatchDropped:
    """The last training batch, shorter than the others, is left out.

    Every batch of `train_dl` counts.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            batches = list(train_dl)
            for xb, yb in batches:
                if len(xb) == len(batches[0][0]):
                    loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))


class ModelReturnedToTraining:
    """A mode switched inside the validation loop leaves its other batches in training mode.

    `model.eval()` once, before the first of them, and `model.train()` before training.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            total = count = 0
            for xb, yb in valid_dl:
                model.eval()
                with torch.no_grad():
                    loss, n = loss_batch(model, loss_func, xb, yb)
                total, count = total + loss * n, count + n
                model.train()
                with torch.no_grad():
                    model(xb)
            print(epoch, total / count)


class BatchesKept:
    """The batches of the first pass are used in every epoch, though a loader may shuffle.

    Go through `train_dl` itself in each epoch.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        batches = list(train_dl)
        for epoch in range(epochs):
            model.train()
            for xb, yb in batches:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))
