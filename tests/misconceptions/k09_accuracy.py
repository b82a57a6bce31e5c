"""Wrong answers to k09."""

import torch


class WrongAxis:
    """The largest entry of each *column* was looked for.

    A row's guess is the largest along the row: `argmax(dim=1)`.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=0) == yb).float().mean()


class LargestOfAll:
    """The one largest entry of the whole batch was looked for, as by `argmax()` without an axis.

    `argmax(dim=1)` gives one for each row.
    """

    def accuracy(out, yb):
        return (out.argmax() == yb).float().mean()


class Counted:
    """The result is the number of hits, and not their share.

    Take the mean.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1) == yb).float().sum()


class Percent:
    """The result is in percent; a share is between 0 and 1.

    Leave out the factor 100.
    """

    def accuracy(out, yb):
        return 100 * (out.argmax(dim=1) == yb).float().mean()


class ErrorRate:
    """The result is the share of the misses.

    Take that of the hits: compare with `==`.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1) != yb).float().mean()


class Threshold:
    """A row counts as right if the entry at its label is above one half, whatever the others are.

    Compare the entries of a row with each other: `argmax`.
    """

    def accuracy(out, yb):
        return (out[range(len(yb)), yb] > 0.5).float().mean()


class MeanProbability:
    """The result is how large the entry at the label is, on average.

    Accuracy asks only whether it is the largest: compare `argmax(dim=1)` with the labels.
    """

    def accuracy(out, yb):
        return out.gather(1, yb.unsqueeze(1)).mean()


class ValueForPosition:
    """The largest *values* were compared with the labels.

    `argmax` gives positions, `max(dim=1).values` does not.
    """

    def accuracy(out, yb):
        return (out.max(dim=1).values == yb).float().mean()


class SmallestEntry:
    """The smallest entry was taken for the guess.

    Take the largest, with `argmax`: also of log-probabilities, which are negative.
    """

    def accuracy(out, yb):
        return (out.argmin(dim=1) == yb).float().mean()


class LargestMagnitude:
    """Signs were dropped, and so a very negative entry counts as large.

    Compare the entries with their signs, without `abs()` or a square.
    """

    def accuracy(out, yb):
        return (out.abs().argmax(dim=1) == yb).float().mean()


class PythonNumber:
    """The result is a Python number, and a tensor is due.

    Take the mean of a tensor of hits, without `.item()`.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1) == yb).float().mean().item()


class AllOrNothing:
    """The result is 1 if every row is right and 0 otherwise, usually because of `.all()` or a
    whole-number division.

    Take the mean over the rows, as floats.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1) == yb).all().float()


class ColumnAgainstRow:
    """Every guess is compared with every label, usually because the guesses have kept an axis:
    shape (N, 1).

    No `keepdim`: both sides have shape (N,).
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1, keepdim=True) == yb).float().mean()


class WholeDivision:
    """The result is 0 for everything but a perfect batch, usually because of whole-number division
    or `.all()`.

    Divide with `/`, or take the mean of floats.
    """

    def accuracy(out, yb):
        return torch.tensor((out.argmax(dim=1) == yb).sum().item() // len(yb), dtype=out.dtype)


class GradientAttached:
    """The result requires grad, though its gradient is zero everywhere.

    Make it from the comparison alone, which carries no gradient.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1) == yb).to(out.dtype).mean() + 0 * out.sum()


class BatchOfSixtyFour:
    """The hits are divided by 64, whatever the size of the batch.

    Divide by `len(yb)`.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1) == yb).float().sum() / 64


class ExponentialFirst:
    """Exponentiated, large logits become infinite and very negative ones zero, and none is the
    largest any more.

    The exponential changes no order: leave it out.
    """

    def accuracy(out, yb):
        return (out.exp().argmax(dim=1) == yb).float().mean()


class Squeezed:
    """With one class, the axis of the classes is lost, usually by `squeeze()`, and the largest
    *row* is found.

    Leave the axis: `out.argmax(dim=1)`.
    """

    def accuracy(out, yb):
        return (out.squeeze().argmax(-1) == yb).float().mean()


class LabelsAsBytes:
    """Compared as bytes, class 256 is class 0.

    Compare the integers as they are.
    """

    def accuracy(out, yb):
        return (out.argmax(1).to(torch.uint8) == yb.to(torch.uint8)).float().mean()


class ComparedInSinglePrecision:
    """Float64 entries that float32 cannot tell apart become ties.

    Leave the dtype as it is.
    """

    def accuracy(out, yb):
        return (out.float().argmax(dim=1) == yb).float().mean()
