"""k24 as a program: draws the filters of the first convolution, untrained and trained a little."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import Subset

from solutions.k22_fit import loss_batch
from solutions.k23_get_data import get_data
from solutions.k25_momentum import get_optimizer
from tests.harness.kit.programs import characters, data
from tests.harness.kit.programs.before_after import explain_dead_classes, judged, print_table
from tests.harness.kit.programs.start import see

EPOCHS, ROWS = 3, 4_000
SEED = 8  # the reference answer has no dead class then
PER_LINE = 8


def main(network: Callable[..., Any], path: Path, _: Sequence[str]) -> int:
    """Print the filters before and after a few passes over a few digits."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # a network this small is slower on several
    model = network()
    model(torch.zeros(1, 784))  # if it is still to do, nothing is printed
    layer = getattr(model, "conv1", None)
    if not isinstance(layer, nn.Conv2d) or layer.in_channels != 1:
        print(f"The network has no convolution `conv1` that reads one channel.\n{see(path)}")
        return 1
    train_ds, valid_ds, name = data.without_network()
    print(f"The {layer.out_channels} filters of your `conv1`, untrained: random numbers.\n")
    _print_filters(layer.weight)
    before = judged(model, valid_ds)
    few = Subset(train_ds, range(min(ROWS, len(train_ds))))
    train_dl, _valid_dl = get_data(few, valid_ds, 64)
    opt = get_optimizer(model)
    print(f"\nTrained a little, {EPOCHS} passes over {len(few):,} {name}:\n")
    for xb, yb in (batch for _ in range(EPOCHS) for batch in train_dl):
        loss_batch(model, F.cross_entropy, xb, yb, opt)
    _print_filters(layer.weight)
    print("\nIn each filter, blank is the smallest weight and full the largest.")
    print_table(before, judged(model, valid_ds), len(valid_ds))
    images, labels = valid_ds.tensors
    with torch.no_grad():
        explain_dead_classes(model(images).argmax(1), labels)
    return 0


def _print_filters(weight: Tensor) -> None:
    """Print kernels of one channel, eight in a line."""
    kernels = weight.detach()[:, 0].numpy()
    pictures = [characters.draw(kernel, kernel.min(), kernel.max()) for kernel in kernels]
    lines = [pictures[first : first + PER_LINE] for first in range(0, len(pictures), PER_LINE)]
    print("\n\n".join("\n".join(characters.side_by_side(line, gap=" | ")) for line in lines))
