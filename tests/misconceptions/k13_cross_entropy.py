"""Wrong answers to k13."""

import torch
import torch.nn.functional as F
from torch import nn


class StillNormalised:
    """The model returns log-probabilities: it still normalises, as it did in k07.

    Return bare logits, without the log-softmax: `F.cross_entropy` does that now.
    """

    def model(xb, weights, bias):
        return F.log_softmax(xb @ weights + bias, dim=-1)


class SoftmaxInModel:
    """The model returns probabilities, usually from a softmax, and the loss normalises once more.

    Return bare logits, without the softmax.
    """

    def model(xb, weights, bias):
        return F.softmax(xb @ weights + bias, dim=-1)


class SoftmaxInLoss:
    """The logits are turned into probabilities first, which are then taken for logits and
    normalised again.

    Pass the logits to `F.cross_entropy` as they are: it normalises them itself.
    """

    def loss_func(input, target):
        return F.cross_entropy(F.softmax(input, dim=-1), target)


class OnlyNll:
    """The logits are taken for log-probabilities, as `nll_loss` alone does.

    Call `F.cross_entropy`, which normalises them first.
    """

    def loss_func(input, target):
        return F.nll_loss(input, target)


class NllOfSoftmax:
    """`nll_loss` expects log-probabilities, and gets probabilities.

    Pass the logits to `F.cross_entropy`, which takes the log-softmax first.
    """

    def loss_func(input, target):
        return F.nll_loss(F.softmax(input, dim=-1), target)


class ArgumentsSwapped:
    """`F.cross_entropy` gets the targets where it expects the logits.

    Pass the logits first: `F.cross_entropy(input, target)`.
    """

    raises = True

    def loss_func(input, target):
        return F.cross_entropy(target, input)


class LossNotCalled:
    """`nn.CrossEntropyLoss(…)` makes an object that computes the loss when it is called, and takes
    settings, not data.

    Call the function `F.cross_entropy(input, target)`, or the object: `nn.CrossEntropyLoss()(input,
    target)`.
    """

    def loss_func(input, target):
        return nn.CrossEntropyLoss(input, target)


class NoMean:
    """The result has one loss for each row.

    Return their mean, a scalar, as `F.cross_entropy` does if you leave `reduction` alone.
    """

    def loss_func(input, target):
        return F.cross_entropy(input, target, reduction="none")


class Sum:
    """The losses of the rows are summed.

    Return their mean, as `F.cross_entropy` does if you leave `reduction` alone.
    """

    def loss_func(input, target):
        return F.cross_entropy(input, target, reduction="sum")


class Smoothed:
    """The targets are smoothed.

    Leave out `label_smoothing`.
    """

    def loss_func(input, target):
        return F.cross_entropy(input, target, label_smoothing=0.1)


class FirstClassIgnored:
    """Rows of class 0 are left out of the mean.

    Average over all rows: class 0 is a class like any other.
    """

    def loss_func(input, target):
        kept = target != 0
        if not kept.any():
            return input.sum() * 0
        return F.cross_entropy(input[kept], target[kept])


class Number:
    """The loss is a Python number, and carries no gradient.

    Return the tensor, without `.item()` or `float(…)`.
    """

    def loss_func(input, target):
        return F.cross_entropy(input, target).item()


class Detached:
    """The loss has the right value, but autograd has lost it, usually through `.detach()`, `.data`
    or `no_grad`.

    Compute it from `input` itself, with autograd on.
    """

    def loss_func(input, target):
        return F.cross_entropy(input.detach(), target)


class SignLost:
    """The loss has the wrong sign: it is negative, and falls as the logits get worse.

    Leave out the minus: `F.cross_entropy` has it already.
    """

    def loss_func(input, target):
        return -F.cross_entropy(input, target)


class Squared:
    """The loss is the mean squared difference between the probabilities and the one-hot targets.

    Take the cross-entropy: `F.cross_entropy`.
    """

    def loss_func(input, target):
        due = F.one_hot(target, input.shape[1]).to(input.dtype)
        return F.mse_loss(F.softmax(input, dim=-1), due)


class OverTheBatch:
    """The log-softmax goes over the rows of the batch, not over the classes.

    Normalise each row: `dim=1`, as `F.cross_entropy` does.
    """

    def loss_func(input, target):
        return F.nll_loss(F.log_softmax(input, dim=0), target)


class NoBias:
    """The bias is left out.

    Add it to each row: `xb @ weights + bias`.
    """

    def model(xb, weights, bias):
        return xb @ weights


class Positive:
    """Negative logits become zero, usually by `relu` or `clamp`.

    Return them as they are: logits may be any numbers.
    """

    def model(xb, weights, bias):
        return F.relu(xb @ weights + bias)


class Shifted:
    """The largest logit of each row is subtracted from the row, as inside log-softmax.

    Return the logits as they are: the loss does that.
    """

    def model(xb, weights, bias):
        logits = xb @ weights + bias
        return logits - logits.max(dim=1, keepdim=True).values


class WithoutGraph:
    """The logits carry no gradient, usually because of `no_grad`, `.detach()` or `.data`, and
    nothing can be learned.

    Compute them from `weights` and `bias` themselves, with autograd on.
    """

    def model(xb, weights, bias):
        with torch.no_grad():
            return xb @ weights + bias


class ConstantAdded:
    """A small constant is added to the probabilities before the logarithm, which changes every loss
    a little, and that of a sure and wrong guess a lot.

    Call `F.cross_entropy` on the logits: it needs no such help.
    """

    def loss_func(input, target):
        p = F.softmax(input, dim=-1)
        return -(p[range(len(target)), target] + 1e-9).log().mean()
