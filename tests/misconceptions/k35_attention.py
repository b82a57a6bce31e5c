"""Wrong answers to k35."""

import math

import torch
import torch.nn.functional as F

kernels = torch.ops.aten


def _scores(q, k):
    return q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])


def _weights(scores, mask):
    """Return the weights, with zeros for a query that sees nothing."""
    if mask is None:
        return scores.softmax(-1)
    weights = scores.masked_fill(~mask, -math.inf).softmax(-1)
    return weights.masked_fill(~mask.any(-1, keepdim=True), 0.0)


class NotScaled:
    """The scores are not divided by √E.

    Divide them: `/ math.sqrt(q.shape[-1])`.
    """

    def attention(q, k, v, mask=None):
        return _weights(q @ k.transpose(-2, -1), mask) @ v


class ScaledByE:
    """The scores are divided by E, not by its root.

    Divide by √E: `math.sqrt(q.shape[-1])`.
    """

    def attention(q, k, v, mask=None):
        return _weights(q @ k.transpose(-2, -1) / q.shape[-1], mask) @ v


class ScaledByTheValues:
    """The scores are divided by the root of D, the width of the values.

    Take the width of the queries and keys, E: these are multiplied.
    """

    def attention(q, k, v, mask=None):
        return _weights(q @ k.transpose(-2, -1) / math.sqrt(v.shape[-1]), mask) @ v


class ScaledByTheKeys:
    """The scores are divided by the root of the *number* of keys, S.

    Take their width, E: `k.shape[-1]`.
    """

    def attention(q, k, v, mask=None):
        return _weights(q @ k.transpose(-2, -1) / math.sqrt(k.shape[-2]), mask) @ v


class OverTheQueries:
    """The softmax runs along the queries: the weights of a *key* sum to one.

    Let it run along the keys, the last axis: `softmax(-1)`.
    """

    def attention(q, k, v, mask=None):
        scores = _scores(q, k)
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        return scores.softmax(-2).nan_to_num() @ v


class NoSoftmax:
    """The scores themselves are the weights, without a softmax.

    Apply the softmax along the keys before the second product.
    """

    def attention(q, k, v, mask=None):
        scores = _scores(q, k)
        return (scores if mask is None else scores.masked_fill(~mask, 0.0)) @ v


class MaskTurnedRound:
    """The mask is taken the wrong way round: True hides, and False lets through.

    Hide where it is False: `masked_fill(~mask, -math.inf)`.
    """

    def attention(q, k, v, mask=None):
        return _weights(_scores(q, k), None if mask is None else ~mask) @ v


class MaskAfterSoftmax:
    """The weights are set to zero after the softmax, so that a row no longer sums to one.

    Hide the *scores*, by -inf, before the softmax.
    """

    def attention(q, k, v, mask=None):
        weights = _scores(q, k).softmax(-1)
        return (weights if mask is None else weights.masked_fill(~mask, 0.0)) @ v


class MaskedWithZero:
    """A hidden score becomes 0, usually because it is multiplied by the mask, but e⁰ = 1 counts.

    Make it -inf: `masked_fill(~mask, -math.inf)`.
    """

    def attention(q, k, v, mask=None):
        scores = _scores(q, k)
        return (scores if mask is None else scores * mask).softmax(-1) @ v


class MaskAdded:
    """The mask is added to the scores, as 0 and 1, which hides nothing.

    Make the score of a hidden key -inf: `masked_fill(~mask, -math.inf)`.
    """

    def attention(q, k, v, mask=None):
        scores = _scores(q, k)
        return (scores if mask is None else scores + mask).softmax(-1) @ v


class MaskIgnored:
    """The mask has no effect.

    Make the score -inf where it is False, before the softmax.
    """

    def attention(q, k, v, mask=None):
        return _scores(q, k).softmax(-1) @ v


class HiddenTooLittle:
    """The score of a hidden key is a number that is not low enough, and it still counts beside low
    scores.

    Take -inf, which is lower than every score.
    """

    def attention(q, k, v, mask=None):
        scores = _scores(q, k)
        if mask is None:
            return scores.softmax(-1) @ v
        weights = scores.masked_fill(~mask, -20.0).softmax(-1)
        return weights.masked_fill(~mask.any(-1, keepdim=True), 0.0) @ v


class FirstMaskForAll:
    """A mask with leading axes is cut down to that of the first sequence, which is used for all.

    Leave the mask as it is: `masked_fill` pairs its axes with those of the scores.
    """

    def attention(q, k, v, mask=None):
        while mask is not None and mask.dim() > 2:
            mask = mask[0]
        return _weights(_scores(q, k), mask) @ v


class TransposedEverything:
    """`k.T`, or `permute`, turns *all* axes round, those of the batch too.

    Turn the last two only: `k.transpose(-2, -1)`.
    """

    raises = True

    def attention(q, k, v, mask=None):
        turned = k.permute(*range(k.dim() - 1, -1, -1))
        return _weights(q @ turned / math.sqrt(q.shape[-1]), mask) @ v


class BatchesOnly:
    """The inputs must have three axes, neither fewer nor more, as `torch.bmm` wants them.

    Use `@`, which takes any number of leading axes.
    """

    raises = True

    def attention(q, k, v, mask=None):
        scores = torch.bmm(q, k.transpose(1, 2)) / math.sqrt(q.shape[-1])
        return torch.bmm(_weights(scores, mask), v)


class KeysForValues:
    """The mean is taken of the keys, not of the values.

    Multiply the weights by v.
    """

    def attention(q, k, v, mask=None):
        gave = _weights(_scores(q, k), mask) @ k
        return gave if gave.shape[-1] == v.shape[-1] else gave @ k.transpose(-2, -1) @ v


class Detached:
    """The weights are detached, and neither queries nor keys get a gradient.

    Leave out `.detach()` and `.data`.
    """

    def attention(q, k, v, mask=None):
        return _weights(_scores(q, k), mask).detach() @ v


class SinglePrecision:
    """The scores are float32, whatever the queries are.

    Leave out `.float()`: a computation keeps the dtype that it was given.
    """

    def attention(q, k, v, mask=None):
        return _weights(_scores(q.float(), k.float()), mask).to(v.dtype) @ v


class CallersMaskTurned:
    """The caller's mask is turned round in place, and is the wrong one in the next call.

    Make a new tensor: `~mask`.
    """

    def attention(q, k, v, mask=None):
        if mask is None:
            return _scores(q, k).softmax(-1) @ v
        blind = ~mask.any(-1, keepdim=True)
        weights = _scores(q, k).masked_fill(mask.logical_not_(), -math.inf).softmax(-1)
        return weights.masked_fill(blind, 0.0) @ v


class UpperTriangle:
    """The causal mask is the upper triangle: each query sees what comes after it.

    Take the lower one, `tril()`: row i is True up to column i.
    """

    def causal_mask(n):
        return torch.ones(n, n, dtype=torch.bool).triu()


class WithoutTheDiagonal:
    """The causal mask is False on the diagonal, and a query does not see its own key.

    Include the diagonal: `tril()`, without an argument.
    """

    def causal_mask(n):
        return torch.ones(n, n, dtype=torch.bool).tril(-1)


class MaskOfNumbers:
    """The causal mask is made of the numbers 0 and 1, not of False and True.

    Make it bool: `torch.ones(n, n, dtype=torch.bool).tril()`.
    """

    def attention(q, k, v, mask=None):
        return _weights(_scores(q, k), None if mask is None else mask.bool()) @ v

    def causal_mask(n):
        return torch.ones(n, n).tril()


class MaskOfInfinities:
    """The causal mask has 0 and -inf in it, to be added to the scores.

    Return False and True: `torch.ones(n, n, dtype=torch.bool).tril()`.
    """

    def attention(q, k, v, mask=None):
        if mask is not None and mask.dtype != torch.bool:
            mask = mask == 0
        return _weights(_scores(q, k), mask) @ v

    def causal_mask(n):
        return torch.full((n, n), -math.inf).triu(1)


class ReadyMade:
    """That is torch's own function; this kata is about building it."""

    def attention(q, k, v, mask=None):
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


class ReadyMadeKernel:
    """That is torch's own function, under the name that it has inside; this kata is about building
    it."""

    def attention(q, k, v, mask=None):
        return kernels._scaled_dot_product_attention_math(q, k, v, mask)[0]


class Overflows:
    """The softmax is written with `exp` of the scores as they are, which overflows for large ones.

    Use `softmax`, or subtract each row's maximum first.
    """

    mastery = True

    def attention(q, k, v, mask=None):
        shares = _scores(q, k).exp()
        if mask is not None:
            shares = shares.masked_fill(~mask, 0.0)
        total = shares.sum(-1, keepdim=True)
        return shares / total.masked_fill(total == 0, 1.0) @ v


class TenThousandBelow:
    """The score of a hidden key is -10,000, and so it counts where the others are as low.

    Take -inf, which is lower than every score.
    """

    mastery = True

    def attention(q, k, v, mask=None):
        scores = _scores(q, k)
        if mask is None:
            return scores.softmax(-1) @ v
        weights = scores.masked_fill(~mask, -1e4).softmax(-1)
        return weights.masked_fill(~mask.any(-1, keepdim=True), 0.0) @ v


class BlindIsNan:
    """A query that sees nothing gets NaN: all its scores are -inf, and the softmax is 0 / 0.

    Fill its weights with zeros: `~mask.any(-1, keepdim=True)` says which they are.
    """

    mastery = True

    def attention(q, k, v, mask=None):
        scores = _scores(q, k)
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        return scores.softmax(-1) @ v


class BlindSeesAll:
    """A query that sees nothing gets the mean of all values, because what hides the keys is a
    finite number, and all scores are the same.

    Fill its weights with zeros: `~mask.any(-1, keepdim=True)` says which they are.
    """

    mastery = True

    def attention(q, k, v, mask=None):
        scores = _scores(q, k)
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e30)
        return scores.softmax(-1) @ v


class NanOfTheGradient:
    """The zeros of a query that sees nothing are right, but its gradient is NaN: that of a 0 / 0
    comes back where it is multiplied by zero.

    Divide by something that is never zero, or hide by `masked_fill`, which passes no gradient on.
    """

    mastery = True

    def attention(q, k, v, mask=None):
        scores = _scores(q, k)
        if mask is None:
            return scores.softmax(-1) @ v
        top = scores.detach().amax(-1, keepdim=True)
        shares = (scores - top).exp() * mask
        total = shares.sum(-1, keepdim=True)
        return torch.where(total > 0, shares / total, 0.0) @ v


class MaskOfTwoAxes:
    """The mask is expected to have a row for each query, and no other that broadcasts is taken.

    Leave its shape to `masked_fill`, which broadcasts it, also after `any(-1, keepdim=True)`.
    """

    mastery = True
    raises = True

    def attention(q, k, v, mask=None):
        if mask is not None and mask.shape[-2:] != (q.shape[-2], k.shape[-2]):
            raise ValueError("the mask has another shape than the scores")
        return _weights(_scores(q, k), mask) @ v
