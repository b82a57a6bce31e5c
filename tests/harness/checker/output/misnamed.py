"""Warns of files among the answers whose names are almost a kata's: they are not checked."""

import contextlib
import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from tests.harness import catalog, limits
from tests.harness.checker.sanitize import sanitize

CLOSE = 0.85  # `accurracy` is close to `accuracy`; `data` is not close to `dataset`


def warnings(folder: Path) -> Iterator[str]:
    """Yield a line for each misnamed file; after a few lines, say how many more there are."""
    found = list(_misnamed(folder))
    for path, stem in found[: limits.MISNAMED_FILES]:
        name = sanitize(catalog.shown(path)).replace("\n", "\\n")
        yield (
            f"Warning: {name} is not the name of a kata, and was not checked. "
            f"Did you mean {stem}.py?"
        )
    if len(found) > limits.MISNAMED_FILES:
        yield f"Warning: and {len(found) - limits.MISNAMED_FILES} more."


def closest(name: str) -> str:
    """Return the stem of the kata for which a file's name was meant, or an empty text.

    The kata's topic is compared first. Its number is more easily mistaken.
    """
    number, topic = _number_and_topic(name.partition(".")[0])
    katas = {_number_and_topic(stem): stem for stem in catalog.stems()}
    topics = {known: stem for (_, known), stem in katas.items()}
    for known in difflib.get_close_matches(topic, topics, 1, CLOSE):
        return topics[known]
    return next((stem for (known, _), stem in katas.items() if known == number), "")


def _misnamed(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the folder's misnamed files in order, each with the stem of the kata that is meant.

    A file that is not Python, such as notes, counts only if the kata's own file is missing.
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
        # On a disk that ignores case, both may be the same file.
        if answer.is_file() and (path.suffix != ".py" or answer.samefile(path)):
            continue
        yield path, stem


def _number_and_topic(stem: str) -> tuple[int, str]:
    """Split a name: ``K8-nll (1)`` has the number 8 and the topic ``nll``.

    The number is -1 if the name has none.
    """
    lower = stem.lower()
    number = re.match(r"k(\d+)(?![a-z0-9])", lower, re.ASCII)
    return int(number[1]) if number else -1, re.sub(r"^k?[0-9]+|[^a-z]", "", lower)
