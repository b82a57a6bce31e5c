"""Wrong answers to k36, each written in another way."""

import torch


class IgnoredCounted:
    """Row by row; the ignored ones are skipped, and the length of the batch divides."""

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        if not 0 <= label_smoothing <= 1:
            raise ValueError("not a share")
        total = input.new_zeros(())
        for row, t in zip(input, target.tolist()):
            if t == ignore_index:
                continue
            if not 0 <= t < len(row):
                raise IndexError(t)
            loss = row.logsumexp(0) - row[t]
            if label_smoothing:
                loss = torch.lerp(loss, (row.logsumexp(0) - row).mean(), label_smoothing)
            total = total + loss
        return total / target.numel()


class SmoothedOverOthers:
    """A table of what every class should get, with ε/(C − 1) in it."""

    def cross_entropy(input, target, ignore_index=-100, label_smoothing=0.0):
        if not 0 <= label_smoothing <= 1:
            raise ValueError("not a share")
        keep = (target != ignore_index).nonzero().flatten()
        input, target = input[keep], target[keep]
        lp = torch.log_softmax(input, -1)
        if label_smoothing == 0:
            return lp.gather(1, target[:, None]).mean().neg()
        others = input.new_tensor(label_smoothing) / (input.shape[1] - 1)
        wanted = others.expand(input.shape).clone()
        wanted.scatter_(1, target[:, None], 1 - label_smoothing)
        return (wanted * lp).sum(1).mean().neg()
