"""Right answers to k08, written differently."""

import torch


class Tutorial:
    """The tutorial's own line."""

    mastery = False

    def nll(input, target):
        return -input[range(target.shape[0]), target].mean()


class Gather:
    """With `gather`, which refuses what is not a class."""

    def nll(input, target):
        return input.gather(dim=1, index=target.to(torch.int64)[:, None]).squeeze(1).neg().mean()


class RowByRow:
    """One row at a time, with the check by hand."""

    def nll(input, target):
        total = input.new_zeros(())
        for row, t in zip(input, target):
            if not 0 <= int(t) < len(row):
                raise IndexError(f"target {int(t)} is out of range")
            total = total - row[int(t)]
        return total / len(target)


class Mask:
    """By comparison with every class."""

    def nll(input, target):
        target = target.long()  # before comparing: int8 does not hold 128
        if target.min() < 0 or target.max() >= input.size(1):
            raise ValueError("a target is not a class")
        chosen = target.unsqueeze(1) == torch.arange(input.size(1))
        return -input[chosen].sum() / input.size(0)


class FlatIndex:
    """By the position in the flattened batch."""

    def nll(input, target):
        n, c = input.shape
        t = target.long()
        if ((t < 0) | (t >= c)).any():
            raise RuntimeError("a target is not a class")
        return -torch.take(input, torch.arange(n) * c + t).mean()
