"""Wrong answers to k09."""

import torch


class WrongAxis:
    """The largest entry of each *column* is found.

    Look along each row, `argmax(dim=1)`: the row's largest entry is its guess.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=0) == yb).float().mean()


class LargestOfAll:
    """The largest entry of the whole batch is found, usually by `argmax()` without an axis.

    Pass the axis: `argmax(dim=1)` returns one position for each row.
    """

    def accuracy(out, yb):
        return (out.argmax() == yb).float().mean()


class Counted:
    """The result is the number of hits, not their share.

    Take the mean: divide by the number of rows.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1) == yb).float().sum()


class Percent:
    """The result is in percent; a share is between 0 and 1.

    Leave out the factor 100.
    """

    def accuracy(out, yb):
        return 100 * (out.argmax(dim=1) == yb).float().mean()


class PercentAsNumber:
    """The result is in percent, and a Python number.

    Return a tensor between 0 and 1: leave out the factor 100, and `.item()` or `float(…)`.
    """

    def accuracy(out, yb):
        return 100 * (out.argmax(dim=1) == yb).sum().item() / len(yb)


class ErrorRate:
    """The result is the share of the misses.

    Take the share of the hits: compare with `==`.
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


class MeanOfBooleans:
    """The mean is taken of booleans, which torch refuses.

    Convert the hits first: `.float().mean()`.
    """

    raises = True

    def accuracy(out, yb):
        return (out.argmax(dim=1) == yb).mean()


class ValueForPosition:
    """The largest *values* are compared with the labels.

    Compare positions: `argmax(dim=1)` returns them, `max(dim=1).values` does not.
    """

    def accuracy(out, yb):
        return (out.max(dim=1).values == yb).float().mean()


class SmallestEntry:
    """The smallest entry is taken for the guess.

    Take the largest, with `argmax`. That is right for log-probabilities too, which are negative.
    """

    def accuracy(out, yb):
        return (out.argmin(dim=1) == yb).float().mean()


class LargestMagnitude:
    """Signs are dropped, and so a very negative entry counts as large.

    Compare the entries with their signs, without `abs()` or a square.
    """

    def accuracy(out, yb):
        return (out.abs().argmax(dim=1) == yb).float().mean()


class PythonNumber:
    """The result is a Python number, not a tensor.

    Return the mean of a tensor of hits, without `.item()` or `float(…)`.
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

    Leave out `keepdim`, so that both sides have shape (N,).
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1, keepdim=True) == yb).float().mean()


class WholeDivision:
    """The result is 0 for every batch but a perfect one, usually because of whole-number division
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
    """The logits are exponentiated: large ones become infinite and very negative ones zero, and
    then none is the largest any more.

    Leave out the exponential, which does not change the order.
    """

    def accuracy(out, yb):
        return (out.exp().argmax(dim=1) == yb).float().mean()


class Squeezed:
    """With one class, the axis of the classes is lost, usually by `squeeze()`, and the largest
    *row* is found.

    Keep the axis: `out.argmax(dim=1)`.
    """

    def accuracy(out, yb):
        return (out.squeeze().argmax(-1) == yb).float().mean()


class LabelsAsBytes:
    """Guesses and labels are compared as bytes, so class 256 equals class 0.

    Compare the integers as they are.
    """

    def accuracy(out, yb):
        return (out.argmax(1).to(torch.uint8) == yb.to(torch.uint8)).float().mean()


class ComparedInSinglePrecision:
    """The entries are converted to float32, where some that differ in float64 become equal.

    Leave out `.float()` before `argmax`: compare the entries in their own dtype.
    """

    def accuracy(out, yb):
        return (out.float().argmax(dim=1) == yb).float().mean()
