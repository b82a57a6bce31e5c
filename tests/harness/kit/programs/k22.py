"""k22 as a program: trains a linear model with the learner's `fit`; loss before and after."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import Dataset, Subset, TensorDataset

from solutions.k23_get_data import get_data
from tests.harness.kit.programs import data
from tests.harness.kit.programs.before_after import judged, print_table
from tests.harness.kit.programs.start import see, trial

EPOCHS = 2
ROWS = 10_000  # a data loader takes its time for each row


def main(fit: Callable[..., Any], path: Path, _: Sequence[str]) -> int:
    """Train a linear model on the digits; print loss and accuracy before and after."""
    torch.manual_seed(0)
    torch.set_num_threads(1)  # a model this small is slower on several
    with trial():
        one = TensorDataset(torch.zeros(1, 784), torch.tensor([0]))
        _train(fit, nn.Linear(784, 10), one, one)
    train_ds, valid_ds, name = data.without_network()
    few = Subset(train_ds, range(min(ROWS, len(train_ds))))
    model = nn.Linear(784, 10)
    print(f"Your `fit` trains on {len(few):,} {name}, and prints after each pass:")
    before = judged(model, valid_ds)
    _train(fit, model, few, valid_ds)
    after = judged(model, valid_ds)
    print_table(before, after, len(valid_ds))
    if not after[0] < before[0]:
        print(f"\nThe training has not made it better.\n{see(path)}")
    return 0


def _train(
    fit: Callable[..., Any], model: nn.Module, train_ds: Dataset[Any], valid_ds: Dataset[Any]
) -> None:
    """Train with everything but `fit` from the reference answers and torch."""
    opt = optim.SGD(model.parameters(), lr=0.5)
    fit(EPOCHS, model, F.cross_entropy, opt, *get_data(train_ds, valid_ds, 64))
