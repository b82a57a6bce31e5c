"""Where things are in the repository, and what a kata says about itself."""

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
    """What the first lines of a kata's docstring say: its part and its title."""

    stem: str
    part: str
    title: str

    @property
    def number(self) -> str:
        """The kata's number, ``k08``."""
        return self.stem.partition("_")[0]


def stems() -> list[str]:
    """Every kata there is, in order: a kata is known by its tests."""
    return sorted(path.stem.removeprefix("test_") for path in KATA_TESTS.glob("test_k*.py"))


def tests_of(stem: str) -> Path:
    """The file that holds a kata's tests."""
    return KATA_TESTS / f"test_{stem}.py"


@cache
def card(stem: str) -> Card:
    """Read a kata's card from its stub or, where that can't be read, from its solution.

    The docstring begins with two lines, ``Part 2 · …`` and ``k08 · …``. The stub is the
    learner's, and may have become anything: no more than its first lines are looked at.
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
def hints(stem: str) -> list[str]:
    """Read a kata's hints, from gentle to plain: `hints` at the end of its tests."""
    tests = importlib.import_module(f"tests.katas.test_{stem}")
    paragraphs = inspect.cleandoc(getattr(tests, "hints", "")).split("\n\n")
    return [" ".join(hint.split()) for hint in paragraphs if hint.strip()]


def shown(path: Path) -> str:
    """Write a path as short as it can be typed."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative.replace(os.sep, "/")
