"""Wrong answers to k22."""

import torch

from solutions.k22_fit import loss_batch


def validation_loss(model, loss_func, valid_dl):
    """Return the mean loss over samples, as most answers here do."""
    with torch.no_grad():
        results = [loss_batch(model, loss_func, xb, yb) for xb, yb in valid_dl]
    return sum(loss * n for loss, n in results) / sum(n for _, n in results)


class NoEvaluationMode:
    """The model stays in training mode during validation, where dropout drops, and batch norm
    learns from the validation data.

    Call `model.eval()` before the validation.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            print(epoch, validation_loss(model, loss_func, valid_dl))


class TrainingModeOnce:
    """After the first validation the model stays in evaluation mode.

    Call `model.train()` at the beginning of *each* epoch.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        model.train()
        for epoch in range(epochs):
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))


class NoTrainingMode:
    """The model trains in the mode in which it is found: nothing puts it into training mode.

    Call `model.train()` at the beginning of each epoch.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))


class NeitherMode:
    """The mode of the model is never set: it trains and validates in the mode in which it came.

    Call `model.train()` before the training batches of each epoch, and `model.eval()` before those
    of the validation.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            print(epoch, validation_loss(model, loss_func, valid_dl))


class LossesKept:
    """The mean is over the validation losses of all epochs so far, usually because the list of
    losses is made before the loop over epochs.

    Begin each epoch with an empty list.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        results = []
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            with torch.no_grad():
                results += [loss_batch(model, loss_func, xb, yb) for xb, yb in valid_dl]
            print(epoch, sum(loss * n for loss, n in results) / sum(n for _, n in results))


class LearnsFromValidation:
    """A step is taken on the validation batches too, usually because `opt` is passed on.

    Call `loss_batch(model, loss_func, xb, yb)` there, which only looks, without an optimiser.
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
    """No parameter changes in the training pass, usually because `opt` is not passed on.

    Call `loss_batch(model, loss_func, xb, yb, opt)` there, which takes a step.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb)
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))


class GraphDuringValidation:
    """Autograd is on during the validation, and keeps what only a `backward` would need.

    Put the validation under `with torch.no_grad():`.
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
    """Every validation batch counts the same, though the last one may have fewer rows.

    Weight each batch's loss by its number of rows, and divide by the number of all rows.
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
    """The losses of all the validation samples are added up, not averaged.

    Divide the sum by the number of samples.
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
    """Only the last validation batch counts, usually because its loss overwrites the others.

    Collect the losses of all the batches, and take the mean over their samples.
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

    Train first, and then validate.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)


class PrintedAtTheEnd:
    """The model is validated, and its loss printed, only after the last epoch.

    Do both in every epoch, inside the loop over the epochs.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for _ in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
        print(epochs - 1, validation_loss(model, loss_func, valid_dl))


class PrintedForEachBatch:
    """A line is printed for each validation batch, usually because `print` is inside the loop over
    them.

    Print once in each epoch, after that loop: the mean over all samples.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            with torch.no_grad():
                for xb, yb in valid_dl:
                    print(epoch, loss_batch(model, loss_func, xb, yb)[0])


class CountedFromOne:
    """The epochs are counted from 1.

    Loop over `range(epochs)`, which counts from 0.
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

    Loop over `range(epochs)`, which has `epochs` steps.
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
    """What is printed is a tensor, not a plain number.

    Print `loss.item()`, which takes the number out of it.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        for epoch in range(epochs):
            model.train()
            for xb, yb in train_dl:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, torch.tensor(validation_loss(model, loss_func, valid_dl)))


class LastBatchDropped:
    """The last training batch is left out if it is shorter than the others.

    Take a step on every batch of `train_dl`.
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


class ValidatedTwice:
    """Each validation batch goes through the model twice, the second time in training mode, where
    batch norm learns from it.

    Call `model.eval()` before the first validation batch, and the model only once on each.
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
    """The training batches of the first epoch are used in every epoch, though a loader may shuffle.

    Loop over `train_dl` itself in each epoch.
    """

    def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        batches = list(train_dl)
        for epoch in range(epochs):
            model.train()
            for xb, yb in batches:
                loss_batch(model, loss_func, xb, yb, opt)
            model.eval()
            print(epoch, validation_loss(model, loss_func, valid_dl))
