"""Draws the loss of a training beside digits that the model got wrong, into a file."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure  # not pyplot: no window is opened
from torch import Tensor
from torch.utils.data import TensorDataset

from tests.harness.kit.programs.recorder import Recorder

SHOWN = 4, 6  # rows and columns of wrong digits in the picture


def draw(path: Path, seen: Recorder, ds: TensorDataset, guesses: Tensor, wrong: Tensor) -> None:
    """Save the loss curve beside a grid of digits that the model got wrong."""
    figure = Figure(figsize=(11, 5.5), layout="constrained")
    grid = figure.add_gridspec(1, 2)
    axes, right = figure.add_subplot(grid[0]), figure.add_subfigure(grid[1])
    losses = seen.losses
    width = max(1, len(losses) // 50)
    means = np.convolve(losses or [np.nan], np.ones(width) / width, "valid")
    axes.plot(losses, color="0.8", linewidth=0.8, label="each batch")
    axes.plot(np.arange(len(means)) + (width - 1) / 2, means, label="their running mean")
    if seen.validations:
        axes.plot(*zip(*seen.validations, strict=True), "o-", label="validation, after each epoch")
    axes.set(xlabel="step", ylabel="loss", ylim=(0, None), title="The loss")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    right.suptitle(f"Got wrong: {len(wrong):,} of {len(ds):,}" if len(wrong) else "Nothing wrong")
    cells = right.subplots(*SHOWN).ravel()
    picks = np.linspace(0, len(wrong) - 1, min(len(cells), len(wrong))).astype(int)
    for cell, row in zip(cells, wrong[picks], strict=False):
        x, y = ds[int(row)]
        cell.imshow(x.reshape(28, 28), cmap="gray_r")
        cell.set_title(f"{int(y)}, said {int(guesses[row])}", fontsize=8)
    for cell in cells:
        cell.set_axis_off()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
