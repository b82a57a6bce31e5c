"""Right answers to k36, written differently."""

import torch
import torch.nn.functional as F


class PlainlyWritten:
    """As the formula has it, without any checks."""

    mastery = False

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        mask = target != ignore_index
        lp, target = F.log_softmax(input[mask], dim=1), target[mask]
        loss = -lp[range(len(target)), target]
        return ((1 - label_smoothing) * loss - label_smoothing * lp.mean(1)).mean()


class ByHand:
    """With exponentials and a logarithm, which is enough for moderate logits."""

    mastery = False

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        total, count = 0, 0
        for row, t in zip(input, target.tolist()):
            if t != ignore_index:
                lp = row - row.exp().sum().log()
                total = total - (1 - label_smoothing) * lp[t] - label_smoothing * lp.mean()
                count += 1
        return total / count


class Weights:
    """A weight for each entry of the batch: what the target should be."""

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        c = input.shape[1]
        if not (label_smoothing >= 0 and label_smoothing <= 1):
            raise ValueError("label_smoothing is a share")
        counts = target != ignore_index
        if torch.any(counts & ((target < 0) | (target >= c))):
            raise IndexError("a target is not a class")
        is_target = torch.arange(c) == target[:, None]
        share = (1 - label_smoothing) * is_target.to(input.dtype) + label_smoothing / c
        share = share * counts[:, None]
        # Where the share is zero, the logit must not count at all: it may be -inf.
        shifted = input - input.detach().amax(1, keepdim=True)
        lp = shifted - shifted.exp().sum(1, keepdim=True).log()
        return -torch.where(share > 0, share * lp, 0.0).sum() / counts.sum()


class LogSumExp:
    """Without log-probabilities: the normaliser, minus what the row should have."""

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        if not 0 <= label_smoothing <= 1:
            raise RuntimeError("label_smoothing is a share")
        rows = (target != ignore_index).nonzero().squeeze(1)
        input, target = input.index_select(0, rows), target.index_select(0, rows)
        input = input - input.detach().max(1, keepdim=True).values
        wanted = torch.take_along_dim(input, target[:, None], 1)[:, 0]
        if target.min() < 0 or target.max() >= input.size(1):
            raise ValueError("a target is not a class")
        if label_smoothing > 0:
            wanted = wanted.lerp(input.mean(1), label_smoothing)
        return (input.logsumexp(1) - wanted).mean()


class RowByRow:
    """One row at a time, with the checks by hand."""

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        if label_smoothing not in (0, 1) and not 0 < label_smoothing < 1:
            raise ValueError("label_smoothing is a share")
        losses = []
        for row, t in zip(input, target.tolist()):
            if t == ignore_index:
                continue
            if t not in range(len(row)):
                raise IndexError(f"{t} is not a class")
            lp = torch.log_softmax(row, 0)
            loss = lp[t].neg()
            if label_smoothing:
                loss = (1 - label_smoothing) * loss + label_smoothing * lp.neg().mean()
            losses.append(loss)
        return torch.stack(losses).mean()


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "raise ValueError(None)": "The text of an exception is free.",
    "dim=None": "Of two axes, torch takes the last one, with a warning.",
    "log_softmax(input[counts], )": "Of two axes, torch takes the last one, with a warning.",
    "lp.mean(None)": "The mean of the rows' means is the mean of all: all rows are as long.",
}
