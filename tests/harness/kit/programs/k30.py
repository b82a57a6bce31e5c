"""k30 as a program: trains on MNIST, prints the accuracy, draws the digits got wrong.

The learner's ``train`` is run as it is: a ``Recorder`` sees the model and every loss from
outside.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from tests.harness import catalog
from tests.harness.kit.programs import data, options, picture
from tests.harness.kit.programs.before_after import explain_dead_classes
from tests.harness.kit.programs.parts import Parts
from tests.harness.kit.programs.recorder import recorded
from tests.harness.kit.programs.start import INTERRUPTED, trial
from tests.harness.kit.programs.trainings import Sequential, ThreeLines, Train, Training


def main(train: Train, path: Path, arguments: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code."""
    given = _options(arguments)
    parts = Parts(path.parent)
    training = Sequential(parts) if given.model == "sequential" else ThreeLines(train, parts)
    one = TensorDataset(torch.zeros(1, 784), torch.zeros(1, dtype=torch.int64))
    with trial():
        training.train(one, one, bs=1, lr=0.0, epochs=1)
    train_ds, valid_ds = data.fetched(given.url, parts)
    print(parts)
    return _run(training, train_ds, valid_ds, given)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = options.parser(
        "Train a small convolutional network on MNIST with the parts that you have built, and "
        "draw the digits that it gets wrong."
    )
    models = (
        "train (default), the network of k24; or sequential, that of k28 (k27, if k28 is to do)"
    )
    parser.add_argument(
        "--model", type=str, choices=("train", "sequential"), default="train", help=models
    )
    return options.parse(parser, arguments)


def _run(
    training: Training,
    train_ds: TensorDataset,
    valid_ds: TensorDataset,
    given: argparse.Namespace,
) -> int:
    """Train, evaluate, draw; return the exit code."""
    torch.manual_seed(given.seed)
    torch.set_num_threads(1)  # a network this small is slower on several
    epochs = options.epochs(given, len(train_ds))
    steps = -(-len(train_ds) // given.bs) * epochs
    print(
        f"{training}Training on {len(train_ds):,} digits, "
        f"validating on {len(valid_ds):,} (--seed {given.seed})"
    )
    code = 0
    with recorded(steps) as seen:
        try:
            seen.model = training.train(train_ds, valid_ds, bs=given.bs, lr=given.lr, epochs=epochs)
        except KeyboardInterrupt:
            code = INTERRUPTED
    if code:
        print(f"Stopped after {len(seen.losses):,} of {steps:,} steps.")
    if seen.model is None:
        return code
    guesses = _guesses(seen.model, valid_ds, training)
    wrong = (guesses != valid_ds.tensors[1]).nonzero().flatten()
    path = data.FOLDER / "three_lines.png"
    picture.draw(path, seen, valid_ds, guesses, wrong)
    right = 1 - len(wrong) / len(valid_ds)
    print(f"Right on {right:.1%} of the validation digits, wrong on {len(wrong):,} of them.")
    explain_dead_classes(guesses, valid_ds.tensors[1], "Train again, with another seed.")
    print(f"The loss, and some of the wrong ones: {catalog.shown(path)}")
    return code


def _guesses(model: nn.Module, ds: TensorDataset, training: Training) -> Tensor:
    """Return the class of the largest logit, for every row."""
    model.to(training.device).eval()
    batches = zip(*(torch.split(tensor, 500) for tensor in ds.tensors), strict=True)
    with torch.no_grad():
        logits = [model(training.prepare(xb, yb)[0]) for xb, yb in batches]
    return torch.cat(logits).argmax(1).cpu()
