"""Runs k30 as a program: trains on MNIST, prints the accuracy, draws the digits got wrong.

`katas/k30_three_lines.py` calls ``main`` with its ``train``, which is run as it is. A
``Recorder`` sees the model, every loss and every guess from outside.
"""

import argparse
import contextlib
import io
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import requests
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook
from torch.overrides import TorchFunctionMode
from torch.utils.data import TensorDataset
from tqdm import tqdm

from solutions.k01_download import TIMEOUT, download
from solutions.k02_unpickle import load_mnist
from tests.harness import catalog
from tests.harness.kit import digits
from tests.harness.kit.show import listing

URL = "https://github.com/pytorch/tutorials/raw/main/_static/mnist.pkl.gz"
DATA = catalog.ROOT / "data"
INTERRUPTED = 130  # the exit code of a program that was ended by Ctrl-C
EPOCHS, MORE_EPOCHS, FEW = 2, 5, 30_000
SHOWN = 4, 6  # rows and columns of wrong digits in the picture

Train = Callable[..., nn.Module]


def main(train: Train, arguments: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code."""
    options = _options(arguments)
    unfinished = _unfinished(train)
    if unfinished:
        print(f"{unfinished} is still to do: this program is made of it.")
        return 1
    try:
        return _run(train, *_data(options.url), options)
    except KeyboardInterrupt:
        print("\nStopped.")
        return INTERRUPTED


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Train a small convolutional network on MNIST with the parts that you have "
        "built, and draw the digits that it gets wrong. Ctrl-C ends the training early.",
        formatter_class=argparse.MetavarTypeHelpFormatter,
    )
    add = parser.add_argument
    default = f"default: {EPOCHS}, or {MORE_EPOCHS} with fewer than {FEW:,} digits"
    add("--epochs", type=int, help=f"passes over the training data ({default})")
    add("--bs", type=int, default=64, help="rows in a batch (default: 64)")
    add("--lr", type=float, default=0.1, help="learning rate (default: 0.1)")
    add("--seed", type=int, help="seed of torch's generator (default: another each time)")
    add("--url", type=str, default=URL, help="where MNIST is fetched from, once")
    options = parser.parse_args(arguments)
    for name in ("epochs", "bs"):
        value = getattr(options, name)
        if value is not None and value < 1:
            parser.error(f"argument --{name}: {value} is less than 1")
    return options


def _unfinished(train: Train) -> str:
    """Return the name of the file that is still to do, or ""; found by training on one row."""
    one = TensorDataset(torch.zeros(1, 784), torch.zeros(1, dtype=torch.int64))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            train(one, one, bs=1, lr=0.0, epochs=1)
    except NotImplementedError as error:
        return Path(traceback.extract_tb(error.__traceback__)[-1].filename).name
    return ""


def _data(url: str) -> tuple[digits.Split, digits.Split]:
    """Return MNIST, or say why not and return the built-in digits."""
    path = DATA / "mnist" / (Path(urlsplit(url).path).name or "mnist.pkl.gz")
    there = path.exists()
    if not there:
        print(f"Fetching {url}", flush=True)
    try:
        return load_mnist(download(url, path))
    except requests.HTTPError as error:
        why = f"the server answered {error.response.status_code} {error.response.reason}"
    except requests.Timeout:
        why = f"the server has been silent for {TIMEOUT} seconds"
    except requests.exceptions.ChunkedEncodingError:
        why = "the download broke off"
    except requests.RequestException:
        why = "no connection to the server"
    except Exception as error:  # a broken file may raise any
        why = f"{catalog.shown(path)} cannot be read ({type(error).__name__})"
        why += ", delete it to fetch it again" if there else ""
        if not there:
            path.unlink(missing_ok=True)
    print(f"MNIST is not to be had: {why}. Going on with the built-in digits.")
    return digits.digits(12_000, 2_000)


def _run(
    train: Train, train_data: digits.Split, valid_data: digits.Split, options: argparse.Namespace
) -> int:
    """Train, evaluate, draw; return the exit code."""
    seed = options.seed if options.seed is not None else torch.seed() % 10_000
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # a network this small is slower on several
    train_ds = TensorDataset(*map(torch.tensor, train_data))
    valid_ds = TensorDataset(*map(torch.tensor, valid_data))
    epochs = options.epochs or (MORE_EPOCHS if len(train_ds) < FEW else EPOCHS)
    steps = -(-len(train_ds) // options.bs) * epochs
    print(f"Training on {len(train_ds):,} digits, validating on {len(valid_ds):,} (--seed {seed})")
    settings = {"bs": options.bs, "lr": options.lr, "epochs": epochs}
    code = 0
    with _recorded(steps) as seen:
        try:
            seen.model = train(train_ds, valid_ds, **settings)
        except KeyboardInterrupt:
            code = INTERRUPTED
    if code:
        print(f"Stopped after {len(seen.losses):,} of {steps:,} steps.")
    if seen.model is None:
        return code
    guesses = _guesses(seen.model, valid_ds.tensors[0])
    wrong = (guesses != valid_ds.tensors[1]).nonzero().flatten()
    path = DATA / "three_lines.png"
    _draw(path, seen, valid_ds, guesses, wrong)
    right = 1 - len(wrong) / len(valid_ds)
    print(f"Right on {right:.1%} of the validation digits, wrong on {len(wrong):,} of them.")
    _explain_dead_classes(guesses, valid_ds.tensors[1])
    print(f"The loss, and some of the wrong ones: {catalog.shown(path)}")
    return code


@contextlib.contextmanager
def _recorded(steps: int) -> Iterator["Recorder"]:
    """Record the training in the block, under a progress bar; print what it prints above that."""
    with tqdm(total=steps, unit=" steps", leave=False, disable=None) as bar:
        seen = Recorder(bar)
        hook = register_module_forward_hook(seen.called)
        try:
            with contextlib.redirect_stdout(_Lines(seen.printed)), seen:
                yield seen
        finally:
            hook.remove()


class Recorder(TorchFunctionMode):
    """Sees every call of `F.cross_entropy` while it is entered, and advances a progress bar.

    A loss that requires grad belongs to a step, any other to a validation.
    """

    def __init__(self, bar: "tqdm[Any]") -> None:
        super().__init__()
        self.model: nn.Module | None = None
        self._called: nn.Module | None = None
        self.losses: list[float] = []
        self.validations: list[tuple[int, float]] = []  # after so many steps, the loss
        self._right: list[Tensor] = []  # for each row of the last validation
        self._bar = bar
        self._stdout = sys.stdout

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        gave = func(*args, **(kwargs or {}))
        if func is F.cross_entropy:
            self.model = self._called
        if func is F.cross_entropy and gave.requires_grad:
            self.losses.append(gave.item())
            self._right.clear()
            self._bar.update()
            self._bar.set_postfix_str(f"loss {self.losses[-1]:.3f}", refresh=False)
        elif func is F.cross_entropy:
            self._right.append(args[0].argmax(1) == args[1])
        return gave

    def called(self, module: nn.Module, *_: Any) -> None:
        """Keep the last module with parameters that was called.

        The outermost returns last: when the loss is computed, that is the model. While the model
        is called, and Ctrl-C may interrupt it, it is one of its layers.
        """
        if next(module.parameters(), None) is not None:
            self._called = module

    def printed(self, line: str) -> None:
        """Print a line above the bar; to an epoch's number and loss, add the accuracy."""
        with contextlib.suppress(ValueError):
            epoch, loss = line.split()
            self.validations.append((len(self.losses), float(loss)))
            line = f"epoch {int(epoch) + 1}   validation loss {float(loss):.4f}"
            if self._right:
                line += f"   accuracy {torch.cat(self._right).double().mean():.1%}"
        self._bar.clear()
        print(line, file=self._stdout, flush=True)
        self._bar.refresh()


class _Lines(io.TextIOBase):
    """A stream that passes on each line when it is complete."""

    def __init__(self, pass_on: Callable[[str], None]) -> None:
        self._pass_on = pass_on
        self._rest = ""

    def write(self, text: str) -> int:
        """Pass on the lines that this text completes."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._pass_on(line)
        return len(text)


def _guesses(model: nn.Module, images: Tensor) -> Tensor:
    """Return the class of the largest logit, for every row."""
    model.eval()
    batches: Sequence[Tensor] = torch.split(images, 500)
    with torch.no_grad():
        return torch.cat([model(xb).argmax(1) for xb in batches])


def _explain_dead_classes(guesses: Tensor, labels: Tensor) -> None:
    """Say which digits are never guessed, and what may be the reason."""
    never = sorted(set(labels.tolist()) - set(guesses.tolist()))
    if never:
        names = listing([str(digit) for digit in never], "or")
        print(
            f"No image was taken for {names}. The ReLU "
            "after the last convolution may have cut it off for good: see the text of k24. "
            "Train again, with another seed."
        )


def _draw(path: Path, seen: Recorder, ds: TensorDataset, guesses: Tensor, wrong: Tensor) -> None:
    """Save the loss curve beside a grid of digits that the model got wrong."""
    from matplotlib.figure import Figure  # not pyplot: no window is opened

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
