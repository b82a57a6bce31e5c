"""Warns of files that were not checked, and of files that hide a package by their name."""

import contextlib
import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from tests.harness import catalog, limits
from tests.harness.checker.answer_files import AnswerFolder
from tests.harness.checker.sanitize import sanitize
from tests.harness.kit.loading import hides_a_package

CLOSE = 0.85  # `accurracy` is close to `accuracy`; `data` is not close to `dataset`


def of_unchecked_files(answers: AnswerFolder) -> list[str]:
    """Return a line for each file; after a few lines, say how many more there are."""
    remarks = answers.remarks + [
        f"{catalog.shown(path)} is not the name of a kata, and was not checked. "
        f"Did you mean {stem}.py?"
        for path, stem in _misnamed(answers)
    ]
    lines = [_warning(remark) for remark in remarks[: limits.MISNAMED_FILES]]
    more = len(remarks) - len(lines)
    return [*lines, f"Warning: and {more} more."] if more else lines


def of_hidden_packages(answers: AnswerFolder) -> list[str]:
    """Return a line for each file, such as `random.py`, which others import by mistake.

    It lies beside the answers, at the top of the repository, or in the current folder.
    """
    folders = dict.fromkeys([answers.source, catalog.ROOT, Path.cwd()])
    return [
        _warning(f"your {catalog.shown(path)} hides the package of that name: rename it.")
        for folder in folders
        for path in hides_a_package(folder)
    ]


def closest(name: str) -> str:
    """Return the stem of the kata for which a file's name was meant, or an empty text.

    The kata's topic is compared first. Its number is more easily mistaken.
    """
    number, topic = _number_and_topic(name.partition(".")[0])
    katas = {_number_and_topic(stem): stem for stem in catalog.stems()}
    topics = [known for _, known in katas]
    for known in difflib.get_close_matches(topic, topics, 1, CLOSE):
        first = katas[next(key for key in katas if key[1] == known)]
        return katas.get((number, known), first)  # two katas may have one topic
    return next((stem for (known, _), stem in katas.items() if known == number), "")


def _warning(text: str) -> str:
    line: str = sanitize(text)
    return "Warning: " + line.replace("\n", "\\n")


def _misnamed(answers: AnswerFolder) -> Iterator[tuple[Path, str]]:
    """Yield the folder's misnamed files in order, each with the stem of the kata that is meant.

    A file that is not Python, such as notes, counts only if the kata's own file is missing.
    """
    folder = answers.source
    paths: list[Path] = []
    with contextlib.suppress(OSError):
        paths = sorted(set(folder.iterdir()) - answers.remarked)
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
