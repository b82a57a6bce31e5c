"""Wrong answers to k08."""

import functools

import torch
import torch.nn.functional as F
from torch import nn


class SumForMean:
    """That is the sum over the batch.

    A loss that grows with the batch size makes the right learning rate depend on it too; divide
    by the number of rows.
    """

    def nll(input, target):
        return -input[range(len(target)), target].sum()


class SignForgotten:
    """The sign is missing: a log-probability is negative, and the loss is minus it.

    Negate the mean.
    """

    def nll(input, target):
        return input[range(len(target)), target].mean()


class NotAveraged:
    """The result has one loss for each row; the loss of the batch is their mean.

    Call `.mean()` on it.
    """

    def nll(input, target):
        return -input[range(len(target)), target]


class EveryTargetOfEveryRow:
    """Every target's column is taken from *every* row, as `input[:, target]` does.

    Index with the rows as well: `input[range(N), target]` takes one entry from each.
    """

    def nll(input, target):
        return -input[:, target].mean()


class RowsForColumns:
    """The targets are used to pick rows instead of columns.

    Put the row index first: `input[range(N), target]`.
    """

    def nll(input, target):
        return -input[target].mean()


class MeanOfEverything:
    """The sum is divided by the number of entries, N·C, instead of the number of rows, N.

    Average over the N picked entries only.
    """

    def nll(input, target):
        return -(F.one_hot(target, input.shape[1]) * input).mean()


class Exponentiated:
    """The loss is the mean of probabilities, because the log-probabilities are exponentiated, by
    `exp` or `softmax`.

    Use the entries of `input` as they are.
    """

    def nll(input, target):
        return -input.exp()[range(len(target)), target].mean()


class LogTakenAgain:
    """The logarithm is taken again, though the entries of `input` are logarithms already.

    Use the entries of `input` as they are.
    """

    def nll(input, target):
        return -input.log()[range(len(target)), target].mean()


class GatherWithoutColumn:
    """`gather` gets the targets as they are, (N,), and wants an index with as many axes as `input`.

    Make it a column of shape (N, 1): `input.gather(1, target.unsqueeze(1))`.
    """

    raises = True

    def nll(input, target):
        return -input.gather(1, target).mean()


class LikeliestClass:
    """The largest entry of each row is taken, whatever the target is.

    Take the entry at the target.
    """

    def nll(input, target):
        return -input.max(1).values.mean()


class SquaredError:
    """The result is the squared distance of the probabilities from the one-hot target, which is
    another loss.

    Take minus the log-probability at the target: that is the negative log-likelihood.
    """

    def nll(input, target):
        return ((input.exp() - F.one_hot(target, input.shape[1])) ** 2).sum(1).mean()


class PythonNumber:
    """The result is a Python number, which has no gradient.

    Return the tensor, without `.item()` or `float(…)`.
    """

    def nll(input, target):
        return -input[range(len(target)), target].mean().item()


class Detached:
    """The value is right, but the result carries no gradient: usually it is a new tensor made of
    numbers, or detached.

    Use tensor operations from beginning to end, without `.item()` or `.detach()`.
    """

    def nll(input, target):
        return torch.tensor(-sum(row[t].item() for row, t in zip(input, target)) / len(target),
                            dtype=input.dtype)  # fmt: skip


class LastRowForgotten:
    """The last row of the batch does not count.

    Use `range(N)`, which already ends before N: subtract nothing from it.
    """

    def nll(input, target):
        n = max(len(target) - 1, 1)
        return -input[range(n), target[:n]].mean()


class BatchOfSixtyFour:
    """The sum is divided by 64, whatever the size of the batch.

    Divide by the number of rows in the batch: the last one of an epoch may be shorter.
    """

    def nll(input, target):
        return -input[range(len(target)), target].sum() / 64


class OneElementArray:
    """The result is a tensor of shape (1,), not a scalar.

    Return a scalar, shape (): call `.mean()` without `keepdim`.
    """

    def nll(input, target):
        return -input[range(len(target)), target].mean(0, keepdim=True)


class LabelsAsBytes:
    """The targets are converted to bytes, so class 256 becomes class 0.

    Convert with `.long()`, not to uint8.
    """

    def nll(input, target):
        return -input[range(len(target)), target.to(torch.uint8).long()].mean()


class UpstreamIgnored:
    """The gradient is the same whatever the loss is multiplied by, usually because a `backward`
    written by hand leaves out the gradient that it is given.

    Multiply by that gradient, or leave `backward` to autograd.
    """

    class _NLL(torch.autograd.Function):
        @staticmethod
        def forward(ctx, input, target):
            ctx.save_for_backward(input, target)
            return -input.gather(1, target[:, None]).mean()

        @staticmethod
        def backward(ctx, grad):
            input, target = ctx.saved_tensors
            share = torch.full_like(input[:, :1], -1 / len(target))
            return torch.zeros_like(input).scatter(1, target[:, None], share), None

    def nll(input, target):
        return UpstreamIgnored._NLL.apply(input, target)


class ReadyMade:
    """That is torch's own function.

    Build it yourself: pick each row's entry, and take minus the mean.
    """

    def nll(input, target):
        return F.nll_loss(input, target)


class ReadyMadeModule:
    """That is torch's module, which calls torch's own function.

    Build it yourself: pick each row's entry, and take minus the mean.
    """

    nll = nn.NLLLoss()


class ReadyMadeCrossEntropy:
    """That is torch's own loss in disguise, since log-softmax does not change
    log-probabilities.

    Build it yourself: pick each row's entry, and take minus the mean.
    """

    nll = staticmethod(functools.partial(F.cross_entropy))


class ReadyMadeInVmap:
    """That is torch's own function, called for each row.

    Build it yourself: pick each row's entry, and take minus the mean.
    """

    def nll(input, target):
        rows = torch.vmap(lambda row, t: F.nll_loss(row, t))(input, target)
        return rows.mean()


class NegativeWrapsRound:
    """A negative target counts from the end, and so a bad label goes unnoticed.

    Pick with `gather`, which refuses it, or compare with 0 and C yourself.
    """

    mastery = True

    def nll(input, target):
        return -input[torch.arange(len(target)), target.long()].mean()


class BytesAsMask:
    """The targets are used as an index in the type that they have: torch refuses int8 and int16,
    and takes uint8 for a mask of entries to keep.

    Convert with `target.long()` before indexing.
    """

    mastery = True

    def nll(input, target):
        if target.dtype != torch.uint8 and ((target < 0) | (target >= input.shape[1])).any():
            raise IndexError("target out of range")
        return -input[range(len(target)), target].mean()


class GatherWithoutLong:
    """`gather` gets the targets in the type that they have, and refuses all integers but int32 and
    int64.

    Convert with `target.long()` first.
    """

    mastery = True
    raises = True

    def nll(input, target):
        return -input.gather(1, target.unsqueeze(1)).mean()


class TooLargeIsCut:
    """A target that is not a class is replaced by the nearest class, usually by `clamp`.

    Raise an exception: such a target is a mistake in the data.
    """

    mastery = True

    def nll(input, target):
        target = target.long().clamp(0, input.shape[1] - 1)
        return -input[torch.arange(len(target)), target].mean()


class IgnoresMinusHundred:
    """Rows with the target -100 are left out, as torch's function does by default.

    Raise an exception: -100 is not a class, but a mistake in the data.
    """

    mastery = True

    def nll(input, target):
        keep = target != -100
        return -input[keep].gather(1, target[keep].long()[:, None]).mean()


class OneHotIsLenient:
    """A row whose target is not a class adds nothing to the loss, usually because the target is
    compared with every class and equals none.

    Raise an exception if a target is below 0, or not below C.
    """

    mastery = True

    def nll(input, target):
        chosen = target.long().unsqueeze(1) == torch.arange(input.shape[1])
        return -torch.where(chosen, input, 0).sum() / len(target)
