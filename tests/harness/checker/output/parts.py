"""What is shown when all katas of a part are solved: what has been built, in a picture."""

from collections.abc import Iterable, Set
from typing import Any

from tests.harness import catalog
from tests.harness.checker.output.results import DONE, Result
from tests.harness.checker.output.writer import Writer
from tests.harness.checker.verdict import State

SOLVED = "katas/solved-for-parts"  # in pytest's cache: the katas that were solved when last checked
# The lines of code that training takes. A test counts them in the reference answers: the body of
# this function, without its docstring, comments and `return`.
TRAINING = {
    "k12_training_loop": ("fit", 9),
    "k17_optim": ("fit", 7),
    "k19_dataloader": ("fit", 6),
    "k30_three_lines": ("train", 3),
    "k46_from_scratch": ("train", 4),
}
DRAWN = set("─│┐┘")  # what a line of a drawing has; a screen reader would spell it
# At most 12 lines of 78 columns for each part; `{k12}` stands for a number of `TRAINING`.
PICTURES = {
    "Part 1": """
Part 1 is done. The data are ready:

  web ──download──▶ file ──load_mnist──▶ arrays ──to_tensors──▶ tensors
                                           │
                                           └──show_digit──▶ a picture

Lines of code that training takes: none yet. There is nothing to train so far.
""",
    "Part 2": """
Part 2 is done. This is logistic regression, from nothing but tensors:

  xb ──@ weights──+ bias──▶ logits ──log_softmax──▶ log p ──nll──▶ loss
           ▲         ▲                                               │
           └─────────┴─ p -= lr * p.grad ◀─────── backward ◀─────────┘

Lines of code that training takes: {k12} (the body of `fit` in k12).
Part 3 makes it shorter or more general, and does the same.
""",
    "Part 3": """
Part 3 is done. Each piece can be exchanged, and `fit` stays as it is:

  Dataset ──▶ DataLoader ──xb──▶ Module ──▶ logits ──cross_entropy──▶ loss
                                    ▲                                   │
                                    └── opt.step ◀── p.grad ◀─ backward ┘

Lines of code that training takes: {k12} (k12) → {k17} (k17) → {k19} (k19).
""",
    "Part 4": """
Part 4 is done. The `fit` of Part 3 has trained a convolutional network:

  image ──conv1──▶ 16 × 14 × 14 ──conv2──▶ 16 × 7 × 7 ──conv3──▶ 10 × 4 × 4
                                                                      │
  loss ◀──cross_entropy── 10 logits ◀──the mean of each channel───────┘

  get_data ───────┐
  Mnist_CNN ──────┼──▶ fit ──▶ a network that reads digits
  get_optimizer ──┘

Lines of code that training takes: {k12} (k12) → {k17} (k17) → {k19} (k19) → {k30} (k30).
""",
    "Part 5": """
Part 5 is done. No class of torch.nn is left but Parameter:

  Module ──────── Conv2d, Mnist_CNN ──▶ logits ──cross_entropy──▶ loss
    ▲                    ▲                                          │
    │ parameters()       │ xb                                       │
    │               DataLoader ◀── Dataset                          │
    └──── SGD.step ◀──────────────── p.grad ◀──────── backward ─────┘

Lines of code that training takes: {k46} (k46), with classes of your own.
And backward works as in k45: each number knows what it was made from.
""",
}


class SolvedKatas:
    """Remembers, in pytest's cache if there is one, which katas were solved when last checked."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache
        kept = cache.get(SOLVED, []) if cache is not None else []
        kept = kept if isinstance(kept, list) else []  # the file may hold anything
        self._stems = {stem for stem in kept if isinstance(stem, str)}

    def update(self, results: Iterable[Result]) -> str:
        """Take these results over; name the last part that they complete, or return ""."""
        stems = set(self._stems)
        for result in results:
            if result.state in DONE:
                stems.add(result.card.stem)
            elif result.state in (State.TO_DO, State.WRONG):
                stems.discard(result.card.stem)
        if stems == self._stems:
            return ""
        new = _complete(stems) - _complete(self._stems)
        self._stems = stems
        if self._cache is not None:
            self._cache.set(SOLVED, sorted(stems))
        return max(new, default="")


def _complete(solved: Set[str]) -> set[str]:
    """Name the parts that have a picture, and of which all katas are solved: `Part 1`."""
    parts: dict[str, set[str]] = {}
    for stem in catalog.stems():
        parts.setdefault(catalog.card(stem).part.partition(" · ")[0], set()).add(stem)
    return {part for part, stems in parts.items() if part in PICTURES and stems <= solved}


def write_picture(writer: Writer, part: str) -> None:
    """Write what has been built by the end of a part."""
    counts = {stem.partition("_")[0]: count for stem, (_, count) in TRAINING.items()}
    for line in PICTURES[part].strip("\n").format(**counts).splitlines():
        if not (writer.words and DRAWN & set(line)):
            writer.line(f"  {line}".rstrip(), cyan=True)
