"""Wrong answers to k09."""

import torch


class WrongAxis:
    """The largest entry of each *column* was looked for.

    A row's guess is the largest along the row: `argmax(dim=1)`.
    """

    def accuracy(out, yb):
        guess = out.argmax(dim=0)
        n = min(len(guess), len(yb))
        return (guess[:n] == yb[:n]).float().mean()


class LargestOfAll:
    """`argmax()` without an axis gives the one largest entry of the whole batch.

    `argmax(dim=1)` gives one for each row.
    """

    def accuracy(out, yb):
        return (out.argmax() == yb).float().mean()


class Counted:
    """This is the number of hits, and not their share.

    Take the mean.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1) == yb).float().sum()


class Percent:
    """The share is between 0 and 1; this is in percent.

    Leave out the factor 100.
    """

    def accuracy(out, yb):
        return 100 * (out.argmax(dim=1) == yb).float().mean()


class ErrorRate:
    """This is the share of the misses.

    Compare with `==`.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1) != yb).float().mean()


class Threshold:
    """An entry counts as a guess if it is above one half, which only probabilities can be.

    Compare the entries of a row with each other: `argmax`.
    """

    def accuracy(out, yb):
        return (out[range(len(yb)), yb] > 0.5).float().mean()


class MeanProbability:
    """This is how large the entry at the label is, on average.

    Accuracy asks only whether it is the largest.
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

    `argmax`, not `argmin`: also of log-probabilities, which are negative.
    """

    def accuracy(out, yb):
        return (out.argmin(dim=1) == yb).float().mean()


class LargestMagnitude:
    """Signs were dropped, and so a very negative entry counts as large.

    No `abs()`.
    """

    def accuracy(out, yb):
        return (out.abs().argmax(dim=1) == yb).float().mean()


class PythonNumber:
    """A tensor is due.

    Leave out `.item()`.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1) == yb).float().mean().item()


class AllOrNothing:
    """The batch counts as right only if every row is.

    Average over the rows.
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1) == yb).all().float()


class ColumnAgainstRow:
    """An axis that was kept makes the comparison one of every guess with every label.

    No `keepdim`: both sides have shape (N,).
    """

    def accuracy(out, yb):
        return (out.argmax(dim=1, keepdim=True) == yb).float().mean()


class WholeDivision:
    """Whole-number division gives 0 for everything but a perfect batch.

    Divide with `/`, or take the mean of floats.
    """

    def accuracy(out, yb):
        return torch.tensor((out.argmax(dim=1) == yb).sum().item() // len(yb), dtype=out.dtype)


class GradientAttached:
    """The result is tied to the graph, though its gradient is zero everywhere.

    Add nothing of `out` to it.
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
    """Large logits become infinite when they are exponentiated, and none is the largest.

    The exponential changes no order: leave it out.
    """

    def accuracy(out, yb):
        return (out.exp().argmax(dim=1) == yb).float().mean()


class Squeezed:
    """With one class, `squeeze()` removes the axis of the classes, and the largest *row* is found.

    No `squeeze()`; name the axis.
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
