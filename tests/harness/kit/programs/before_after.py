"""Judges a model before and after it is trained, and prints both."""

import textwrap
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import TensorDataset

from tests.harness.kit.show import listing

Judged = tuple[float, float]  # loss and accuracy


def judged(logits: Callable[[Tensor], Tensor], ds: TensorDataset) -> Judged:
    """Return cross-entropy and accuracy on all the rows."""
    images, labels = ds.tensors
    with torch.no_grad():
        out = torch.cat([logits(xb) for xb in torch.split(images, 500)])
        loss = F.cross_entropy(out, labels).item()
    return loss, (out.argmax(1) == labels).double().mean().item()


def print_table(before: Judged, after: Judged, rows: int) -> None:
    """Print loss and accuracy in two lines."""
    print(f"\n{'':8}{'loss':>6}{'accuracy':>11}    on {rows:,} other digits")
    guess = "a guess: loss -log(1/10) = 2.30, 10 %"
    for name, (loss, accuracy), note in (("before", before, guess), ("after", after, "")):
        print(f"{name:8}{loss:6.2f}{accuracy:11.1%}    {note}".rstrip())


def explain_dead_classes(guesses: Tensor, labels: Tensor, advice: str = "") -> None:
    """Say which digits are never guessed, and what may be the reason."""
    never = sorted(set(labels.tolist()) - set(guesses.tolist()))
    if never:
        names = listing([str(digit) for digit in never], "or")
        why = (
            f"No image was taken for {names}. The ReLU after the last convolution may have cut "
            f"it off for good: see the text of k24. {advice}"
        )
        print(textwrap.fill(why, 79))
