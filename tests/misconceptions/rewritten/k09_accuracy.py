"""Wrong answers to k09, each written in another way."""

import torch


class WrongAxis:
    """The matrix is turned round before the usual line, and hits are counted."""

    def accuracy(out, yb):
        hits = torch.eq(torch.max(out.mT, 1).indices, yb)
        return hits.count_nonzero() / hits.numel()


class Counted:
    """The rows are sorted, and the last positions compared and counted."""

    def accuracy(out, yb):
        order = torch.sort(out, dim=1).indices
        return torch.count_nonzero(torch.eq(order[:, -1], yb)).float()


class PythonNumber:
    """A Python counter in a loop over the rows, divided by their number."""

    def accuracy(out, yb):
        right = 0
        for row, label in zip(out, yb):
            if torch.argmax(row) == label:
                right += 1
        return right / len(yb)


class ColumnAgainstRow:
    """`topk` finds the guesses as a column, and the hits are divided by their possible number."""

    def accuracy(out, yb):
        _, guess = out.topk(1, dim=1)
        hit = guess.eq(yb)
        return hit.sum().float() / hit.numel()
