"""Remembers in pytest's cache which answers solved their katas, and by which tests.

Where an answer is wrong now, has not changed, and its tests have, the report can say so.
"""

import functools
import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker.output.results import DONE, Result
from tests.harness.checker.verdict import State
from tests.harness.kit.loading import read_file

SOLVED = "katas/solved"  # in pytest's cache: a record for each kata
KIT = catalog.TESTS / "harness" / "kit"


@dataclass(frozen=True)
class Record:
    """Digests of an answer that solved its kata, and of the tests that it passed."""

    answer: str
    tests: str


class SolvedBefore:
    """The records of a learner's own answers; none of other folders, and none without a cache."""

    def __init__(self, config: pytest.Config) -> None:
        other_folder = config.option.answers or config.option.solutions
        self._cache: Any = None if other_folder else getattr(config, "cache", None)

    def compare(self, results: Iterable[Result]) -> None:
        """Mark the results that are wrong because the tests have changed; record the solved."""
        if self._cache is None:
            return
        records = self._records()
        known = dict(records)
        for result in results:
            stem = result.card.stem
            if result.state in DONE:
                records[stem] = Record(_digest_of_answer(stem), _digest_of_tests(stem))
            elif result.state is State.WRONG and stem in records:
                same_answer = records[stem].answer == _digest_of_answer(stem)
                other_tests = records[stem].tests != _digest_of_tests(stem)
                result.tests_changed = same_answer and other_tests
        if records != known:
            self._cache.set(SOLVED, {stem: asdict(record) for stem, record in records.items()})

    def _records(self) -> dict[str, Record]:
        """Read the records from a file that may hold anything."""
        data = self._cache.get(SOLVED, {})
        records = {}
        for stem, fields in data.items() if isinstance(data, dict) else ():
            match fields:
                case {"answer": str(answer), "tests": str(tests)}:
                    records[stem] = Record(answer, tests)
        return records


def _digest_of_answer(stem: str) -> str:
    """Hash an answer and those in its folder that it names, since it may import them."""
    texts: dict[str, bytes] = {}
    names = {stem}
    while names:
        name = names.pop()
        source = read_file(catalog.KATAS / f"{name}.py")
        texts[name] = source if isinstance(source, bytes) else b""
        named = {other for other in catalog.stems() if other.encode() in texts[name]}
        names |= named - texts.keys()
    return _digest(texts[name] for name in sorted(texts))


def _digest_of_tests(stem: str) -> str:
    """Hash a kata's tests, and what they are written with."""
    tests = (catalog.KATA_TESTS / f"test_{stem}.py").read_bytes()
    return _digest([tests, _text_of_kit()])


@functools.cache
def _text_of_kit() -> bytes:
    return b"".join(path.read_bytes() for path in sorted(KIT.glob("*.py")))


def _digest(texts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(f"{len(text)}\n".encode() + text)
    return digest.hexdigest()[:16]
