"""Paths of the repository; the list of katas with part, title, hints and what follows."""

import importlib
import inspect
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
KATAS = ROOT / "katas"
SOLUTIONS = ROOT / "solutions"
TESTS = ROOT / "tests"
KATA_TESTS = TESTS / "katas"
MISCONCEPTIONS = TESTS / "misconceptions"
REWRITTEN = MISCONCEPTIONS / "rewritten"
ALTERNATIVES = TESTS / "alternatives"


@dataclass(frozen=True)
class Card:
    """A kata's part and title, as the first two lines of its docstring give them."""

    stem: str
    part: str
    title: str

    @property
    def number(self) -> str:
        """The kata's number, ``k08``."""
        return self.stem.partition("_")[0]


def stems() -> list[str]:
    """Return the stems of all katas in order, as ``k08_nll``: those that have tests."""
    return sorted(path.stem.removeprefix("test_") for path in KATA_TESTS.glob("test_k*.py"))


@cache
def card(stem: str) -> Card:
    """Read a kata's card from its stub or, if that cannot be read, from its solution.

    The docstring begins with two lines, ``Part 2 · …`` and ``k08 · …``. A learner may
    have written anything into the stub: only its first 4,096 bytes are read.
    """
    for folder in (KATAS, SOLUTIONS):
        path = folder / f"{stem}.py"
        try:
            if not path.is_file():
                continue
            with path.open("rb") as file:
                head = file.read(4096).decode(errors="replace")
        except OSError:
            continue
        match = re.search(r'"""\s*(Part \d+ · .+)\s*\n(k\d+) · (.+)', head)
        if match and stem.startswith(match[2]):
            return Card(stem, match[1].strip(), match[3].strip())
    return Card(stem, "Other katas", stem.partition("_")[2].replace("_", " "))


@cache
def hints(stem: str, *, mastery: bool = False) -> list[str]:
    """Read a kata's hints, the vaguest first: the paragraphs of `hints` in its tests.

    With ``mastery``, the paragraphs of `mastery_hints` come after them.
    """
    names = ("hints", "mastery_hints")[: 1 + mastery]
    return [paragraph for name in names for paragraph in _paragraphs(stem, name)]


@cache
def afterwards(stem: str) -> list[str]:
    """Read what is shown once a kata is solved: the paragraphs of `afterwards` in its tests."""
    return _paragraphs(stem, "afterwards")


def _paragraphs(stem: str, name: str) -> list[str]:
    tests = importlib.import_module(f"tests.katas.test_{stem}")
    paragraphs = inspect.cleandoc(getattr(tests, name, "")).split("\n\n")
    return [" ".join(text.split()) for text in paragraphs if text.strip()]


def shown(path: Path) -> str:
    """Return a path relative to the current directory, or absolute if it is not below that."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative.replace(os.sep, "/")
