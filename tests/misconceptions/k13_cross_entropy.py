"""Wrong answers to k13."""

import torch
import torch.nn.functional as F


class StillNormalised:
    """The model normalises still, as it did in k07.

    `F.cross_entropy` does that now: give bare logits.
    """

    def model(xb, weights, bias):
        return F.log_softmax(xb @ weights + bias, dim=-1)


class SoftmaxInModel:
    """The model ends in a softmax, and the loss in another: it is normalised twice.

    Give bare logits.
    """

    def model(xb, weights, bias):
        return F.softmax(xb @ weights + bias, dim=-1)


class SoftmaxInLoss:
    """The logits are made probabilities first, and `cross_entropy` takes them for logits.

    It normalises by itself.
    """

    def loss_func(input, target):
        return F.cross_entropy(F.softmax(input, dim=-1), target)


class OnlyNll:
    """`nll_loss` expects log-probabilities, and these are logits.

    `F.cross_entropy` does both steps.
    """

    def loss_func(input, target):
        return F.nll_loss(input, target)


class NoMean:
    """There is one loss for each row.

    Their mean, a scalar: leave `reduction` alone.
    """

    def loss_func(input, target):
        return F.cross_entropy(input, target, reduction="none")


class Sum:
    """The losses of the rows are summed.

    Their mean.
    """

    def loss_func(input, target):
        return F.cross_entropy(input, target, reduction="sum")


class Smoothed:
    """The targets are smoothed.

    The plain loss: no `label_smoothing`.
    """

    def loss_func(input, target):
        return F.cross_entropy(input, target, label_smoothing=0.1)


class FirstClassIgnored:
    """Rows of class 0 are left out.

    Every class counts.
    """

    def loss_func(input, target):
        kept = target != 0
        if not kept.any():
            return input.sum() * 0
        return F.cross_entropy(input[kept], target[kept])


class Number:
    """The loss is a Python number, and carries no gradient.

    No `.item()` here.
    """

    def loss_func(input, target):
        return F.cross_entropy(input, target).item()


class Detached:
    """The loss has left autograd.

    No `.detach()`.
    """

    def loss_func(input, target):
        return F.cross_entropy(input.detach(), target)


class SignLost:
    """The sign has been turned round once too often.

    `F.cross_entropy` is positive, and is to become small.
    """

    def loss_func(input, target):
        return -F.cross_entropy(input, target)


class Squared:
    """The distance from the one-hot targets is a loss, but another one.

    Cross-entropy.
    """

    def loss_func(input, target):
        due = F.one_hot(target, input.shape[1]).to(input.dtype)
        return F.mse_loss(F.softmax(input, dim=-1), due)


class OverTheBatch:
    """The log-softmax goes over the rows of the batch.

    Over the classes.
    """

    def loss_func(input, target):
        return F.nll_loss(F.log_softmax(input, dim=0), target)


class NoBias:
    """The bias is left out.

    `xb @ weights + bias`.
    """

    def model(xb, weights, bias):
        return xb @ weights


class Positive:
    """Negative logits are cut off.

    Logits are any numbers.
    """

    def model(xb, weights, bias):
        return F.relu(xb @ weights + bias)


class Shifted:
    """The largest logit of a row is subtracted, as inside log-softmax.

    Give them as they are.
    """

    def model(xb, weights, bias):
        logits = xb @ weights + bias
        return logits - logits.max(dim=1, keepdim=True).values


class WithoutGraph:
    """Under `no_grad` nothing can be learned.

    Autograd has to see the model.
    """

    def model(xb, weights, bias):
        with torch.no_grad():
            return xb @ weights + bias
