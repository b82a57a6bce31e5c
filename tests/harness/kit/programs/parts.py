"""The learner's own answers that a program is made of; a reference answer where one is lacking."""

import importlib
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from tests.harness import catalog
from tests.harness.kit import digits
from tests.harness.kit.expect import ToDo, WrongAnswer
from tests.harness.kit.loading import load_file
from tests.harness.kit.programs.start import trial

DOWNLOAD, UNPICKLE, SEQUENTIAL = "k01_download", "k02_unpickle", "k27_sequential"
WRAPPED, ACCELERATOR = "k28_wrapped_dataloader", "k29_accelerator"


class Parts:
    """The answers in a folder. Each is tried on something small before the program uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._own: set[str] = set()  # the stems of the answers in the folder that are used
        self._lent: dict[str, str] = {}  # the stems of the other ones, and why they are not

    def works(self, stem: str) -> bool:
        """Whether the learner's answer passes its trial."""
        return not self._why_not(stem)

    def get(self, stem: str) -> Any:
        """Return the learner's module if it passes its trial, else the reference answer."""
        why = self._why_not(stem)
        if why:
            self._lent[stem] = why
            return importlib.import_module(f"solutions.{stem}")
        return self.own(stem)

    def own(self, stem: str) -> ModuleType:
        """Return the learner's module, whether it works or not."""
        path = self.folder / f"{stem}.py"
        try:
            module = load_file(path)
        except WrongAnswer as error:  # it is not Python
            raise WrongAnswer(f"{catalog.shown(path)}: {error.why}") from None
        self._own.add(stem)
        return module

    def imported_by(self, function: Callable[..., Any]) -> None:
        """Note that the answers are used which the file of this function imports."""
        values = getattr(function, "__globals__", {}).values()
        modules = {getattr(value, "__module__", "") for value in values}
        self._own.update(modules.intersection(catalog.stems()) - {function.__module__})

    def __str__(self) -> str:
        """Say which parts are the learner's, and which are lent and why."""
        if self.folder == catalog.SOLUTIONS:
            return "All parts are the reference answers."
        lines = [f"Your own parts: {_numbers(self._own)}."] if self._own else []
        for why in sorted(set(self._lent.values())):
            lent = [stem for stem in self._lent if self._lent[stem] == why]
            lines.append(f"From solutions/, since yours is {why}: {_numbers(lent)}.")
        return "\n".join(lines)

    def _why_not(self, stem: str) -> str:
        """Try the learner's answer; return why it cannot be used, or ""."""
        try:
            with trial():
                return (
                    "" if TRIALS[stem](load_file(self.folder / f"{stem}.py")) else "not right yet"
                )
        except (NotImplementedError, ToDo):
            return "still to do"
        except Exception:  # an answer may raise any
            return "not right yet"


def _numbers(stems: Iterable[str]) -> str:
    return ", ".join(sorted(stem.partition("_")[0] for stem in stems))


def _downloads(answer: Any) -> bool:
    """Whether a file that is there is not fetched; nothing is sent over the network."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "there")
        path.touch()
        return bool(answer.download("http://127.0.0.1:9/there", path) == path)


def _unpickles(answer: Any) -> bool:
    """Whether a few digits are read, as they were written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "digits.pkl.gz")
        split = digits.draw(5, seed=0)
        digits.write(path, split, split, split)
        train, valid = answer.load_mnist(path)
    pairs = zip((*train, *valid), (*split, *split), strict=True)
    return all(bool((read == written).all()) for read, written in pairs)


def _is_network(answer: Any) -> bool:
    out = answer.get_model()(torch.zeros(2, 784))
    return bool(out.shape == (2, 10))


def _wraps(answer: Any) -> bool:
    """Whether the wrapped loader gives batches that the network takes."""
    dl = [(torch.zeros(2, 784), torch.zeros(2))]
    ((images, _),) = answer.WrappedDataLoader(dl, answer.preprocess)
    return bool(answer.get_model()(images).shape == (2, 10))


def _moves(answer: Any) -> bool:
    """Whether a batch can be moved to the device, and used there."""
    device = answer.get_device()
    moved = answer.to_device(torch.ones(1), torch.ones(1), device)
    return all(x.device.type == device.type and x.item() == 1 for x in moved)


TRIALS: dict[str, Callable[[Any], bool]] = {
    DOWNLOAD: _downloads,
    UNPICKLE: _unpickles,
    SEQUENTIAL: _is_network,
    WRAPPED: _wraps,
    ACCELERATOR: _moves,
}
