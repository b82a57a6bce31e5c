"""k12 as a program: trains bare tensors with the learner's `fit`; loss before and after."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from solutions.k05_init_weights import init_weights
from tests.harness.kit.programs import data
from tests.harness.kit.programs.before_after import judged, print_table
from tests.harness.kit.programs.start import see, trial

EPOCHS = 2


def main(fit: Callable[..., Any], path: Path, _: Sequence[str]) -> int:
    """Train weights and a bias on the digits; print loss and accuracy before and after."""
    torch.manual_seed(0)
    torch.set_num_threads(1)  # a model this small is slower on several
    with trial():
        fit(torch.zeros(1, 784), torch.tensor([0]), *init_weights(784, 10), lr=0.5, epochs=1, bs=64)
    train_ds, valid_ds, name = data.without_network()
    weights, bias = init_weights(784, 10)
    print(f"Your `fit` trains on {len(train_ds):,} {name}: {EPOCHS} passes, in batches of 64.")
    before = judged(lambda xb: xb @ weights + bias, valid_ds)
    fit(*train_ds.tensors, weights, bias, lr=0.5, epochs=EPOCHS, bs=64)
    after = judged(lambda xb: xb @ weights + bias, valid_ds)
    print_table(before, after, len(valid_ds))
    if not after[0] < before[0]:
        print(f"\nThe training has not made it better.\n{see(path)}")
    return 0
