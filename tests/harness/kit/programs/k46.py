"""k46 as a program: trains with the learner's own classes, then the same with torch's.

The learner's ``train`` is run as it is. Which classes of torch.nn it uses is seen by their common
``__init__``, and how far it is by the rows that it asks for.
"""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim
from torch.utils.data import TensorDataset
from tqdm import tqdm

from solutions.k22_fit import fit
from solutions.k23_get_data import get_data
from tests.harness.kit.programs import data, options
from tests.harness.kit.programs.before_after import judged
from tests.harness.kit.programs.parts import Parts
from tests.harness.kit.programs.recorder import Lines
from tests.harness.kit.programs.start import trial
from tests.harness.kit.show import listing

Train = Callable[..., Any]


def main(train: Train, path: Path, arguments: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code."""
    parser = options.parser(
        "Train a small convolutional network on MNIST with nothing but your own classes, and then "
        "with torch's."
    )
    given = options.parse(parser, arguments)
    one = TensorDataset(torch.zeros(1, 784), torch.zeros(1, dtype=torch.int64))
    with trial():
        train(one, one, bs=1, lr=0.0, epochs=1)
    train_ds, valid_ds = data.fetched(given.url, Parts(path.parent))
    torch.set_num_threads(1)  # a network this small is slower on several
    epochs = options.epochs(given, len(train_ds))
    print(
        f"Training on {len(train_ds):,} digits, "
        f"validating on {len(valid_ds):,} (--seed {given.seed})."
    )
    runs = []
    for title, function in (("Yours", train), ("Torch's own classes", train_with_torch)):
        print(f"\n{title}:")
        torch.manual_seed(given.seed)
        runs.append(Run(function, valid_ds))
        runs[-1].train(train_ds, bs=given.bs, lr=given.lr, epochs=epochs)
    yours, torchs = runs
    used = listing(sorted(yours.classes)) if yours.classes else "none"
    print(f"\nYours took {yours.seconds:.0f} s, the same with torch's {torchs.seconds:.0f} s.")
    print(f"Classes of torch.nn that yours used: {used}.")
    return 0


class Network(nn.Module):
    """The network of k46, of torch's own layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(16, 16, 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(16, 10, 3, stride=2, padding=1)

    def forward(self, xb: Tensor) -> Any:
        """Return the logits."""
        xb = self.conv1(xb.view(-1, 1, 28, 28)).relu()
        return self.conv3(self.conv2(xb).relu()).mean((2, 3))


def train_with_torch(train_ds: Any, valid_ds: Any, bs: int, lr: float, epochs: int) -> nn.Module:
    """Train as k46 does, with torch's own classes."""
    model = Network()
    opt = optim.SGD(model.parameters(), lr, momentum=0.9)
    fit(epochs, model, F.cross_entropy, opt, *get_data(train_ds, valid_ds, bs))
    return model


class Run:
    """One training, with a progress bar, the accuracy after each epoch, and its time."""

    def __init__(self, train: Train, valid_ds: TensorDataset) -> None:
        self.seconds = 0.0  # without the time that judging takes
        self.classes: set[str] = set()  # of torch.nn
        self._train = train
        self._valid_ds = valid_ds
        self._model: Any = None
        self._begun = 0.0
        self._stdout = sys.stdout

    def train(self, train_ds: TensorDataset, epochs: int, **settings: Any) -> None:
        """Train; print a line for each epoch."""
        total = len(train_ds) * epochs
        with (
            tqdm(total=total, unit=" rows", leave=False, disable=None) as bar,
            self._noting_the_model(),
            self._noting_classes(),
            contextlib.redirect_stdout(Lines(self._printed)),
        ):
            self._begun = time.perf_counter()
            counted = _Counted(bar, *train_ds.tensors)
            self._train(counted, self._valid_ds, epochs=epochs, **settings)
            self.seconds += time.perf_counter() - self._begun

    @contextlib.contextmanager
    def _noting_the_model(self) -> Iterator[None]:
        """Keep the network that the function makes, which it returns only in the end."""
        names = self._train.__globals__
        name = "Mnist_CNN" if "Mnist_CNN" in names else "Network"
        network = names.get(name)

        def noting(*args: Any, **kwargs: Any) -> Any:
            assert network is not None
            self._model = network(*args, **kwargs)
            return self._model

        with mock.patch.dict(names, {name: noting} if network else {}):
            yield

    @contextlib.contextmanager
    def _noting_classes(self) -> Iterator[None]:
        """Keep the names of the classes of torch.nn of which a module is made."""
        make = nn.Module.__init__

        def noting(module: nn.Module, *args: Any, **kwargs: Any) -> None:
            ready_made = (c for c in type(module).__mro__ if c.__module__.startswith("torch.nn."))
            self.classes.add(f"nn.{next(ready_made).__name__}")
            make(module, *args, **kwargs)

        with mock.patch.object(nn.Module, "__init__", noting):
            yield

    def _printed(self, line: str) -> None:
        """Print a line; to an epoch's number and loss, add accuracy and time."""
        self.seconds += time.perf_counter() - self._begun
        with contextlib.suppress(ValueError):
            epoch, loss = line.split()
            line = f"epoch {int(epoch) + 1}   validation loss {float(loss):.4f}"
            if self._model is not None:
                line += f"   accuracy {judged(self._model, self._valid_ds)[1]:.1%}"
            line += f"   after {self.seconds:.0f} s"
        tqdm.write(line, file=self._stdout)
        self._stdout.flush()
        self._begun = time.perf_counter()


class _Counted(TensorDataset):
    """Advances a progress bar by the rows that are asked for."""

    def __init__(self, bar: "tqdm[Any]", *tensors: Tensor) -> None:
        super().__init__(*tensors)
        self._bar = bar

    def __getitem__(self, row: Any) -> Any:
        self._bar.update()
        return tuple(tensor[row] for tensor in self.tensors)
