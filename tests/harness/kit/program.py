"""The program that the thirty katas come to: train on MNIST, and show what came of it.

`katas/k30_three_lines.py` hands its `train` over. That is called as it is, and
looked at from outside: torch tells of every module that is called, of every
`backward` and of every step of an optimiser; what `fit` prints tells of every
epoch.
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
from torch import Tensor, nn
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)
from torch.optim.optimizer import register_optimizer_step_post_hook
from torch.overrides import TorchFunctionMode
from torch.utils.data import TensorDataset
from tqdm import tqdm

from solutions.k02_unpickle import load_mnist
from tests.harness import catalog
from tests.harness.kit import digits

URL = "https://github.com/pytorch/tutorials/raw/main/_static/mnist.pkl.gz"
DATA = catalog.ROOT / "data"
TIMEOUT = 10  # seconds without a byte after which the server counts as gone
INTERRUPTED = 130  # what a program ends with that was ended by Ctrl-C

Train = Callable[..., nn.Module]


def main(train: Train, arguments: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code."""
    options = _options(arguments)
    todo = _still_to_do(train)
    if todo:
        print(f"{todo} is still to do: this program is made of it.")
        return 1
    try:
        train_data, valid_data = _data(options.url)
        return _run(train, train_data, valid_data, options)
    except KeyboardInterrupt:
        print("\nStopped.")
        return INTERRUPTED


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Train a small convolutional network on MNIST with the parts that you have "
        "built, and draw the digits that it gets wrong. Ctrl-C ends the training early."
    )
    parser.add_argument("--epochs", type=_count, default=2, metavar="N",
                        help="passes over the training data (default: 2)")  # fmt: skip
    parser.add_argument("--bs", type=_count, default=64, metavar="N",
                        help="rows in a batch (default: 64)")  # fmt: skip
    parser.add_argument("--lr", type=float, default=0.1, metavar="X",
                        help="learning rate (default: 0.1)")  # fmt: skip
    parser.add_argument("--seed", type=int, metavar="N",
                        help="seed of torch's generator (default: another each time)")  # fmt: skip
    parser.add_argument("--url", default=URL, help="where MNIST is fetched from, once "
                        "(default: where the tutorial fetches it)")  # fmt: skip
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _still_to_do(train: Train) -> str:
    """Name the file that is not begun yet, if there is one; found without training."""
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
    try:
        if not there:
            _download(url, path)
        return load_mnist(path)
    except requests.HTTPError as error:
        why = f"the server answered {error.response.status_code} {error.response.reason}"
    except requests.Timeout:
        why = f"the server has been silent for {TIMEOUT} seconds"
    except requests.RequestException as error:
        why = str(error) if isinstance(error, _CutShort) else "no connection to the server"
    except Exception as error:  # whatever a broken file may lead to
        why = f"{catalog.shown(path)} cannot be read ({type(error).__name__})"
        why += ", delete it to fetch it again" if there else ""
        if not there:
            path.unlink(missing_ok=True)
    print(f"MNIST is not to be had: {why}. Going on with the built-in digits.")
    return digits.digits(12_000, 2_000)


class _CutShort(requests.ConnectionError):
    """The connection ended before the file did."""


def _download(url: str, path: Path) -> None:
    """Save what `url` serves at `path`, with a progress bar; all of it, or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    # Packed once is enough: so the length that is announced is that of the file.
    headers = {"Accept-Encoding": "identity"}
    try:
        with requests.get(url, stream=True, timeout=TIMEOUT, headers=headers) as response:
            response.raise_for_status()
            due = int(response.headers.get("Content-Length", 0))
            bar = tqdm(total=due or None, unit="B", unit_scale=True, desc=path.name, disable=None)
            with bar, part.open("wb") as file:
                got = 0
                with contextlib.suppress(requests.exceptions.ChunkedEncodingError):
                    for chunk in response.iter_content(1 << 16):
                        got += file.write(chunk)
                        bar.update(len(chunk))
            if got < due:
                raise _CutShort(f"the download broke off after {got:,} of {due:,} bytes")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _run(
    train: Train,
    train_data: digits.Split,
    valid_data: digits.Split,
    options: argparse.Namespace,
) -> int:
    """Train, tell what came of it, and draw it."""
    seed = options.seed if options.seed is not None else torch.seed() % 10_000
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # for a network this small, more take longer
    train_ds = TensorDataset(*map(torch.tensor, train_data))
    valid_ds = TensorDataset(*map(torch.tensor, valid_data))
    steps = -(-len(train_ds) // options.bs) * options.epochs
    print(f"Training on {len(train_ds):,} digits, validating on {len(valid_ds):,} (--seed {seed})")
    code = 0
    with _Onlooker(valid_ds, steps) as seen:
        try:
            seen.model = train(
                train_ds, valid_ds, bs=options.bs, lr=options.lr, epochs=options.epochs
            )
        except KeyboardInterrupt:
            code = INTERRUPTED
    if code:
        print(f"Stopped after {len(seen.losses):,} of {steps:,} steps.")
    if seen.model is None:
        return code
    guesses = _guesses(seen.model, valid_ds)
    wrong = (guesses != valid_ds.tensors[1]).nonzero().flatten()
    share = 1 - len(wrong) / len(valid_ds)
    path = DATA / "three_lines.png"
    _draw(path, seen.losses, valid_ds, guesses, wrong)
    print(f"Right on {share:.1%} of the validation digits, wrong on {len(wrong):,} of them.")
    print(f"The loss, and some of the wrong ones: {catalog.shown(path)}")
    return code


class _Onlooker(TorchFunctionMode):
    """Looks on while `train` runs: which model it is, its losses, its steps, its epochs."""

    def __init__(self, valid_ds: TensorDataset, steps: int) -> None:
        super().__init__()
        self.model: nn.Module | None = None
        self.losses: list[float] = []
        self._valid_ds = valid_ds
        self._steps = steps
        self._depth = 0
        self._looking_on = contextlib.ExitStack()

    def __enter__(self) -> "_Onlooker":
        with contextlib.ExitStack() as stack:
            self._bar = stack.enter_context(
                tqdm(total=self._steps, unit=" steps", leave=False, disable=None)
            )
            stack.callback(register_module_forward_pre_hook(self._entered).remove)
            stack.callback(register_module_forward_hook(self._left).remove)
            stack.callback(register_optimizer_step_post_hook(self._stepped).remove)
            self._out = sys.stdout
            stack.enter_context(contextlib.redirect_stdout(_Lines(self._printed)))
            self._looking_on = stack.pop_all()
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._looking_on.close()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is Tensor.backward:
            self.losses.append(args[0].item())
        return func(*args, **(kwargs or {}))

    def _entered(self, *_: Any) -> None:
        self._depth += 1

    def _left(self, module: nn.Module, *_: Any) -> None:
        """Remember the outermost module that can learn: that is the model."""
        self._depth -= 1
        if self._depth == 0 and next(module.parameters(), None) is not None:
            self.model = module

    def _stepped(self, *_: Any) -> None:
        self._bar.update()
        if self.losses:
            self._bar.set_postfix_str(f"loss {self.losses[-1]:.3f}", refresh=False)

    def _printed(self, line: str) -> None:
        """Tell of an epoch what `fit` prints of it, its number and loss, and the accuracy."""
        with contextlib.suppress(ValueError):
            epoch, loss = line.split()
            accuracy = ""
            if self.model is not None:
                right = _guesses(self.model, self._valid_ds) == self._valid_ds.tensors[1]
                accuracy = f"   accuracy {right.double().mean():.1%}"
            line = f"epoch {int(epoch) + 1}   validation loss {float(loss):.4f}{accuracy}"
        tqdm.write(line, file=self._out)


class _Lines(io.TextIOBase):
    """Gives on what is written to it, line by line."""

    def __init__(self, give: Callable[[str], None]) -> None:
        self._give = give
        self._rest = ""

    def write(self, text: str) -> int:
        """Give on the lines that have come to an end."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._give(line)
        return len(text)


def _guesses(model: nn.Module, ds: TensorDataset) -> Tensor:
    """Return the class that a model finds likeliest, for every row."""
    training = model.training
    model.eval()
    with torch.no_grad():
        guesses = torch.cat([model(xb).argmax(1) for xb in ds.tensors[0].split(500)])
    model.train(training)
    return guesses


def _draw(
    path: Path, losses: Sequence[float], ds: TensorDataset, guesses: Tensor, wrong: Tensor
) -> None:
    """Save the loss curve beside a grid of digits that the model got wrong."""
    from matplotlib.figure import Figure  # not pyplot: there is no window to open

    figure = Figure(figsize=(11, 5.5), layout="constrained")
    grid = figure.add_gridspec(1, 2)
    axes, right = figure.add_subplot(grid[0]), figure.add_subfigure(grid[1])
    axes.plot(losses, color="0.8", linewidth=0.8, label="each batch")
    axes.plot(*_smoothed(losses), color="C0", label="their running mean")
    axes.set(xlabel="step", ylabel="training loss", ylim=(0, None), title="The loss")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    right.suptitle(f"Got wrong: {len(wrong):,} of {len(ds):,}" if len(wrong) else "Nothing wrong")
    for cell, row in zip(right.subplots(4, 6).flat, _filled(wrong.tolist(), 24), strict=True):
        cell.set_axis_off()
        if row is not None:
            x, y = ds[row]
            cell.imshow(x.reshape(28, 28), cmap="gray_r")
            cell.set_title(f"{int(y)}, said {int(guesses[row])}", fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)


def _smoothed(losses: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the running mean over a fiftieth of the training, and at which steps it is."""
    width = max(1, len(losses) // 50)
    means = np.convolve(losses, np.ones(width) / width, "valid") if losses else np.empty(0)
    return np.arange(len(means)) + (width - 1) / 2, means


def _filled(rows: Sequence[int], count: int) -> Iterator[int | None]:
    """Yield so many rows, from the first to the last, and None where there are not enough."""
    picks = np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(int)
    yield from (rows[pick] for pick in picks)
    yield from [None] * (count - len(picks))
