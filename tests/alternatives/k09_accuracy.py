"""Right answers to k09, written differently."""

import torch


class Tutorial:
    """The tutorial's own lines."""

    def accuracy(out, yb):
        preds = torch.argmax(out, dim=1)
        return (preds == yb).float().mean()


class Counted:
    """By counting."""

    def accuracy(out, yb):
        hits = 0
        for row, label in zip(out.tolist(), yb.tolist()):
            hits += row.index(max(row)) == label
        return torch.tensor(hits / len(yb))


class InTheDtypeOfOut:
    """In the dtype of `out`."""

    def accuracy(out, yb):
        return torch.mean(out.max(dim=-1).indices.eq(yb), dtype=out.dtype)


class NobodyIsLarger:
    """A row is right if no entry exceeds the one at the label."""

    def accuracy(out, yb):
        with torch.no_grad():
            own = out.gather(1, yb[:, None])
            return (out <= own).all(1).sum() / out.shape[0]


class Sorted:
    """By sorting each row."""

    def accuracy(out, yb):
        best = out.detach().sort(dim=1, descending=True).indices[:, 0]
        return 1 - (best - yb).ne(0).sum().div(len(yb))
