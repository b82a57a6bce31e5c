"""Wrong answers to k08, each written in another way."""

import math

import torch


class SumForMean:
    """The entries at the targets are marked in a mask, selected and added up."""

    def nll(input, target):
        wanted = torch.zeros_like(input, dtype=torch.bool)
        wanted[torch.arange(target.numel()), target] = True
        return input.masked_select(wanted).neg().sum()


class EveryTargetOfEveryRow:
    """Row by row: each is indexed with the targets, and the pieces are joined."""

    def nll(input, target):
        pieces = [row[target] for row in input.unbind()]
        return torch.cat(pieces).mean().neg()


class Detached:
    """Python floats are collected in a list, and their mean makes a new tensor."""

    def nll(input, target):
        losses = []
        for i, label in enumerate(target):
            losses.append(-input[i, label].item())
        return input.new_tensor(math.fsum(losses) / len(losses))


class NegativeWrapsRound:
    """A loop over rows and targets as Python numbers, which index the rows."""

    mastery = True

    def nll(input, target):
        total = 0
        for row, label in zip(input, target.tolist()):
            total = total - row[label]
        return total / len(target)
