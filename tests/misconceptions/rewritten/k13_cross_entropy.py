"""Wrong answers to k13, written in another way."""

import torch


def _over_classes(logits):
    """Return the exponentials of shifted rows, and the shifted rows themselves."""
    shifted = logits - logits.detach().amax(dim=1, keepdim=True)
    return shifted.exp(), shifted


class StillNormalised:
    """The log-softmax is spelt out, on logits from an einsum."""

    def model(xb, weights, bias):
        logits = torch.einsum("ni,io->no", xb, weights) + bias
        exps, shifted = _over_classes(logits)
        return shifted - exps.sum(dim=1, keepdim=True).log()


class SoftmaxInLoss:
    """Both normalisations are spelt out with exponentials, and the label is gathered."""

    def loss_func(input, target):
        exps, _ = _over_classes(input)
        probs = exps / exps.sum(dim=1, keepdim=True)
        at_label = probs.gather(1, target.unsqueeze(1)).squeeze(1)
        return torch.mean(probs.exp().sum(dim=1).log() - at_label)


class OnlyNll:
    """The entries at the labels are picked by index and averaged by hand."""

    def loss_func(input, target):
        rows = torch.arange(len(target), device=target.device)
        return input[rows, target].sum().neg() / len(target)


class Number:
    """A Python loop over the rows adds up plain floats."""

    def loss_func(input, target):
        total = 0.0
        for logits, label in zip(input, target.tolist(), strict=True):
            total += torch.logsumexp(logits - logits[label], dim=0).item()
        return total / len(input)
