"""Wrong answers to k36."""

import functools
import math

import torch
import torch.nn.functional as F
from torch import nn

ops = torch.ops.aten


def _losses(input, target, label_smoothing):
    """Return the losses of rows that all count."""
    lp = F.log_softmax(input, dim=1)
    loss = -lp.gather(1, target.unsqueeze(1)).squeeze(1)
    if label_smoothing:
        loss = (1 - label_smoothing) * loss - label_smoothing * lp.mean(1)
    return loss


def _check(label_smoothing):
    if not 0 <= label_smoothing <= 1:
        raise ValueError("label_smoothing must be between 0 and 1")


class IgnoredCounted:
    """The sum leaves out the ignored rows, but it is divided by the number of *all* rows.

    Divide by the number of rows that count.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        return _losses(input[counts], target[counts], label_smoothing).sum() / len(target)


class NothingIgnored:
    """No row is left out: a target that is `ignore_index` is used as a class like any other, or is
    not found.

    Keep the rows with `target != ignore_index`, and go on with these only.
    """

    raises = True

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        return _losses(input, target, label_smoothing).mean()


class ClassRemoved:
    """Where `ignore_index` is a class, that class is taken out of the softmax too, as if it could
    not be guessed.

    Leave out rows, not columns: the class stays a possible guess in every row.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        input, target = input[counts], target[counts]
        if 0 <= ignore_index < input.shape[1]:
            others = [j for j in range(input.shape[1]) if j != ignore_index]
            input, target = input[:, others], target - (target > ignore_index).long()
        return _losses(input, target, label_smoothing).mean()


class WrapsRound:
    """The ignored target is used as an index, -100 modulo C, before its rows are left out.

    Pick only from the rows that count: `lp[mask]`, `target[mask]`.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        return _losses(input, target % input.shape[1], label_smoothing).mean()


class SmoothedOverOthers:
    """The share ε is spread over the C − 1 other classes, and the target gets nothing of it.

    Take the mean over all C classes, the target among them.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        input, target = input[counts], target[counts]
        loss, c = _losses(input, target, 0.0), input.shape[1]
        if label_smoothing:
            others = -F.log_softmax(input, dim=1).sum(1) - loss
            loss = (1 - label_smoothing) * loss + label_smoothing * others / max(c - 1, 1)
        return loss.mean()


class LogOfMixture:
    """The probabilities are mixed, and then the logarithm is taken of the mixture.

    Take the logarithms first, and mix the losses: (1 − ε)·(−lp) + ε·mean(−lp).
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        loss = _losses(input[counts], target[counts], 0.0)
        if label_smoothing:
            mixed = (1 - label_smoothing) * (-loss).exp() + label_smoothing / input.shape[1]
            loss = -mixed.log()
        return loss.mean()


class SmoothingOverAll:
    """The second term, with ε, is averaged over the ignored rows too.

    Leave out the ignored rows before both terms.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        loss = _losses(input[counts], target[counts], 0.0).mean()
        if label_smoothing:
            smooth = -F.log_softmax(input, dim=1).mean()
            loss = (1 - label_smoothing) * loss + label_smoothing * smooth
        return loss


class NotSmoothed:
    """`label_smoothing` has no effect.

    Add the second term: ε times the mean of −lp over all classes.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        return _losses(input[counts], target[counts], 0.0).mean()


class SharesSwapped:
    """The two shares are the wrong way round: the target gets ε and the mean gets 1 − ε.

    Multiply −lp at the target by 1 − ε.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        share = 1 - label_smoothing if label_smoothing else 0.0
        return _losses(input[counts], target[counts], share).mean()


class SummedOverClasses:
    """The second term is ε times the *sum* over the classes, so that it grows with their number.

    Take the mean over the C classes.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        input, target = input[counts], target[counts]
        loss = _losses(input, target, 0.0)
        if label_smoothing:
            smooth = -F.log_softmax(input, dim=1).sum(1)
            loss = (1 - label_smoothing) * loss + label_smoothing * smooth
        return loss.mean()


class AddedOnTop:
    """The second term is added to the whole loss of the target, which is not made smaller by ε.

    Multiply −lp at the target by 1 − ε, so that the shares sum to one.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        input, target = input[counts], target[counts]
        loss = _losses(input, target, 0.0)
        if label_smoothing:
            loss = loss - label_smoothing * F.log_softmax(input, dim=1).mean(1)
        return loss.mean()


class TargetWithoutItsShare:
    """The target gets 1 − ε, and every *other* class ε/C: the shares do not sum to one.

    Give every class ε/C, and the target 1 − ε on top of it.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        input, target = input[counts], target[counts]
        loss = _losses(input, target, 0.0)
        if label_smoothing:
            others = -F.log_softmax(input, dim=1).sum(1) - loss
            loss = (1 - label_smoothing) * loss + label_smoothing * others / input.shape[1]
        return loss.mean()


class LogitsAveraged:
    """The second term is the mean of the logits, not of the log-probabilities.

    Use `lp`, the result of `log_softmax`, in both terms.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        input, target = input[counts], target[counts]
        loss = _losses(input, target, 0.0)
        if label_smoothing:
            loss = (1 - label_smoothing) * loss - label_smoothing * input.mean(1)
        return loss.mean()


class NegativesIgnored:
    """Every negative target is ignored, and nothing else: `ignore_index` itself is not looked at.

    Compare with it: `target != ignore_index`. It may be a class, or a number beyond C.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target >= 0
        return _losses(input[counts], target[counts], label_smoothing).mean()


class MinusHundredOnly:
    """Rows are left out only if their target is -100, whatever `ignore_index` is.

    Compare with the argument: `target != ignore_index`.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != -100
        return _losses(input[counts], target[counts], label_smoothing).mean()


class MinusHundredToo:
    """Rows with the target -100 are left out even if `ignore_index` is another number.

    Compare with `ignore_index` alone: -100 is only its default, and a mistake in the data if it
    is another.
    """

    mastery = True

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = (target != ignore_index) & (target != -100)
        return _losses(input[counts], target[counts], label_smoothing).mean()


class AnotherDefault:
    """Without the argument, `ignore_index` is not -100.

    Keep the stub's default: `ignore_index=-100`.
    """

    raises = True

    def cross_entropy(input, target, ignore_index=-1, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        return _losses(input[counts], target[counts], label_smoothing).mean()


class SumForMean:
    """The losses are added up; the loss of a batch is their mean.

    Divide by the number of rows that count.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        return _losses(input[counts], target[counts], label_smoothing).sum()


class WithoutLogSoftmax:
    """The logits are taken for log-probabilities: nothing normalises them.

    Begin with `F.log_softmax(input, dim=1)`.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        lp, target = input[counts], target[counts]
        loss = -lp.gather(1, target.unsqueeze(1)).squeeze(1)
        if label_smoothing:
            loss = (1 - label_smoothing) * loss - label_smoothing * lp.mean(1)
        return loss.mean()


class SoftmaxOverTheBatch:
    """The softmax runs over the rows of the batch, axis 0, not over the classes.

    Use `dim=1`: each row has its own probabilities, which sum to one.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        lp, target = F.log_softmax(input[counts], dim=0), target[counts]
        loss = -lp.gather(1, target.unsqueeze(1)).squeeze(1)
        if label_smoothing:
            loss = (1 - label_smoothing) * loss - label_smoothing * lp.mean(1)
        return loss.mean()


class TinyAdded:
    """A tiny number is added inside the logarithm, and small probabilities come out wrong.

    Take `log_softmax`, which needs no help.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        lp, target = (torch.softmax(input[counts], dim=1) + 1e-8).log(), target[counts]
        loss = -lp.gather(1, target.unsqueeze(1)).squeeze(1)
        if label_smoothing:
            loss = (1 - label_smoothing) * loss - label_smoothing * lp.mean(1)
        return loss.mean()


class InSinglePrecision:
    """The loss is computed in float32, whatever the logits are.

    Leave out `.float()`: a computation keeps the dtype that it was given.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        return _losses(input[counts].float(), target[counts], label_smoothing).mean()


class TargetsOverwritten:
    """The ignored targets of the caller are overwritten with 0, to make them indices.

    Make a new tensor: `torch.where(counts, target, 0)`, or `target[counts]`.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        target[~counts] = 0
        return _losses(input, target, label_smoothing)[counts].mean()


class Detached:
    """The value is right, but the result carries no gradient: usually it is a new tensor made of
    numbers, or detached.

    Use tensor operations from beginning to end, without `.item()` or `.detach()`.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        losses = _losses(input[counts], target[counts], label_smoothing)
        return torch.tensor(losses.tolist(), dtype=input.dtype).mean()


class SmoothingDetached:
    """The second term, with ε, is detached: the gradient knows only the first.

    Leave out `.detach()` and `.item()`, in both terms.
    """

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        input, target = input[counts], target[counts]
        loss = _losses(input, target, 0.0)
        if label_smoothing:
            smooth = -F.log_softmax(input, dim=1).mean(1).detach()
            loss = (1 - label_smoothing) * loss + label_smoothing * smooth
        return loss.mean()


class Squeezed:
    """A `squeeze()` takes away every axis of length 1, also that of the classes or of the rows.
    With a single class, or a single row that counts, the shape is then wrong.

    Name the axis that `squeeze` takes away: `squeeze(1)`.
    """

    raises = True

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        lp, target = F.log_softmax(input[counts], dim=1).squeeze(), target[counts]
        loss = -lp.gather(1, target.unsqueeze(1)).squeeze(1)
        if label_smoothing:
            loss = (1 - label_smoothing) * loss - label_smoothing * lp.mean(1)
        return loss.mean()


class ReadyMade:
    """That is torch's own function; this kata is about building it."""

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        return F.cross_entropy(
            input, target, ignore_index=ignore_index, label_smoothing=label_smoothing
        )


class ReadyMadeModule:
    """That is torch's module, which calls torch's own function; this kata is about building it."""

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        loss = nn.CrossEntropyLoss(ignore_index=ignore_index, label_smoothing=label_smoothing)
        return loss(input, target)


class ReadyMadeKernel:
    """Picking and averaging is left to torch's own `nll_loss`, under the name of its kernel; this
    kata is about building it."""

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        lp = F.log_softmax(input, dim=1)
        pick = functools.partial(ops.nll_loss_nd, ignore_index=ignore_index)
        loss = pick(lp, target)
        if label_smoothing:
            smooth = -lp[target != ignore_index].mean()
            loss = (1 - label_smoothing) * loss + label_smoothing * smooth
        return loss


class Overflows:
    """The exponentials of large logits are infinite, and the loss is not a number.

    Take `log_softmax` or `logsumexp`, or subtract each row's maximum first.
    """

    mastery = True

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        input, target = input[counts], target[counts]
        lp = input - input.exp().sum(1, keepdim=True).log()
        loss = -lp.gather(1, target.unsqueeze(1)).squeeze(1)
        if label_smoothing:
            loss = (1 - label_smoothing) * loss - label_smoothing * lp.mean(1)
        return loss.mean()


class ZeroTimesInfinity:
    """With a logit of -inf the loss is not a number, since 0 · ∞ is not one: infinity is multiplied
    by ε = 0 in the second term, or by the zeros of a one-hot mask.

    Leave the second term out if ε is zero, and pick with `gather`.
    """

    mastery = True

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        lp, target = F.log_softmax(input[counts], dim=1), target[counts]
        loss = -lp.gather(1, target.unsqueeze(1)).squeeze(1)
        return ((1 - label_smoothing) * loss - label_smoothing * lp.mean(1)).mean()


class NegativeWrapsRound:
    """A negative target counts from the end, and so a bad label goes unnoticed.

    Pick with `gather`, which refuses it, or compare with 0 and C yourself.
    """

    mastery = True

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        lp, target = F.log_softmax(input[counts], dim=1), target[counts]
        loss = -lp[torch.arange(len(target)), target]
        if label_smoothing:
            loss = (1 - label_smoothing) * loss - label_smoothing * lp.mean(1)
        return loss.mean()


class OneHotIsLenient:
    """A row whose target is not a class adds nothing to the loss, usually because the target is
    compared with every class and equals none.

    Raise an exception if a target that counts is below 0, or not below C.
    """

    mastery = True

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        _check(label_smoothing)
        counts = target != ignore_index
        lp, target = F.log_softmax(input[counts], dim=1), target[counts]
        chosen = target.unsqueeze(1) == torch.arange(input.shape[1])
        loss = -torch.where(chosen, lp, 0).sum(1)
        if label_smoothing:
            loss = (1 - label_smoothing) * loss - label_smoothing * lp.mean(1)
        return loss.mean()


class SmoothingUnchecked:
    """An ε below 0 or above 1 is accepted.

    Raise a ValueError unless it is between 0 and 1.
    """

    mastery = True

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        counts = target != ignore_index
        return _losses(input[counts], target[counts], label_smoothing).mean()


class NegativeSmoothing:
    """An ε above 1 is refused, but not one below 0, as in torch itself.

    Compare with both ends: `0 <= label_smoothing <= 1`.
    """

    mastery = True

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        if label_smoothing > 1 or math.isnan(label_smoothing):
            raise ValueError("label_smoothing is a share")
        counts = target != ignore_index
        return _losses(input[counts], target[counts], label_smoothing).mean()


class NanPasses:
    """An ε of NaN is accepted, because it is neither below 0 nor above 1.

    Ask whether it is between 0 and 1: `if not 0 <= label_smoothing <= 1`.
    """

    mastery = True

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        if label_smoothing < 0 or label_smoothing > 1:
            raise ValueError("label_smoothing is a share")
        counts = target != ignore_index
        return _losses(input[counts], target[counts], label_smoothing).mean()


class EndsRefused:
    """An ε of exactly 1 is refused, but it is allowed: the whole loss is then the mean.

    Include both ends: `0 <= label_smoothing <= 1`.
    """

    raises = True

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        if not 0 <= label_smoothing < 1:
            raise ValueError("label_smoothing is a share")
        counts = target != ignore_index
        return _losses(input[counts], target[counts], label_smoothing).mean()
