"""Files among the answers whose names are almost a kata's: nobody would check them."""

import contextlib
import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from tests.harness import catalog, limits
from tests.harness.checker.sanitize import sanitize

CLOSE = 0.85  # `accurracy` is close to `accuracy`; `data` is not to `dataset`


def warnings(folder: Path) -> Iterator[str]:
    """Yield a line for each stray file; after a handful, say how many more there are."""
    found = list(_strays(folder))
    for path, stem in found[: limits.MISNAMED_FILES]:
        name = sanitize(catalog.shown(path)).replace("\n", "\\n")
        yield (
            f"Warning: {name} is not the name of a kata, and was not checked. "
            f"Did you mean {stem}.py?"
        )
    if len(found) > limits.MISNAMED_FILES:
        yield f"Warning: and {len(found) - limits.MISNAMED_FILES} more."


def closest(name: str) -> str:
    """Return the kata that a file's name was meant for, or nothing.

    What the kata is called tells more than its number, which is easily mistaken.
    """
    number, topic = _parts(name.partition(".")[0])
    katas = {_parts(stem): stem for stem in catalog.stems()}
    topics = {known: stem for (_, known), stem in katas.items()}
    for known in difflib.get_close_matches(topic, topics, 1, CLOSE):
        return topics[known]
    return next((stem for (known, _), stem in katas.items() if known == number), "")


def _strays(folder: Path) -> Iterator[tuple[Path, str]]:
    """Go through the folder's files in order; yield those that are almost a kata's.

    A file of another kind, such as notes, is only one if it stands in the answer's place.
    """
    paths: list[Path] = []
    with contextlib.suppress(OSError):
        paths = sorted(folder.iterdir())
    names = {f"{stem}.py" for stem in catalog.stems()}
    for path in paths:
        stem = "" if path.name in names or path.name.startswith(".") else closest(path.name)
        if not stem or not path.is_file():
            continue
        answer = folder / f"{stem}.py"
        if answer.is_file() and (path.suffix != ".py" or answer.samefile(path)):
            continue
        yield path, stem


def _parts(stem: str) -> tuple[int, str]:
    """Take a name apart: ``K8-nll (1)`` is 8 and ``nll``. A name without a number has -1."""
    lower = stem.lower()
    number = re.match(r"k(\d+)(?![a-z0-9])", lower, re.ASCII)
    return int(number[1]) if number else -1, re.sub(r"^k?[0-9]+|[^a-z]", "", lower)
