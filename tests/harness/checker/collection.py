"""``katas/k08_nll.py`` on the command line means that kata's tests."""

import functools
import importlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest

from tests.harness import catalog
from tests.harness.checker import hypothesis_internals
from tests.harness.kit.answer import Answer, Source, load_file, load_source, read_file
from tests.harness.kit.expect import ToDo, WrongAnswer
from tests.harness.kit.guard import ends_a_test


class Kata(pytest.Module):
    """The tests of one kata, shown at the path that was asked for."""

    def __init__(self, *, stem: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stem = stem
        self._text: Source | None = None

    @classmethod
    def from_parent(cls, parent: Any, **kwargs: Any) -> "Kata":
        """Make the node below ``parent``; ``stem`` is the kata's."""
        return super().from_parent(parent, **kwargs)

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the tests, each with the seed that goes with its name."""
        for item in super().collect():
            test: Any = getattr(item, "obj", None)
            if hypothesis.is_hypothesis_test(test):
                self._let_none_be_rejected(test.hypothesis)
                # Or Hypothesis makes up a seed, and a name in the database that there is
                # none of, from the text of the test, which takes longer than some tests.
                if self.config.getoption("hypothesis_seed", None) is None:
                    hypothesis.seed(zlib.crc32(test.__name__.encode()))(test)
                hypothesis_internals.skip_database_key(test)
            yield item

    def _let_none_be_rejected(self, handle: Any) -> None:
        """Let no answer end a test from within, as if its input were no good.

        What a test calls later, such as a generator or a hook, is not under the guard.
        """
        test = handle.inner_test

        @functools.wraps(test)
        def whole(answer: Answer, **arguments: Any) -> None:
            try:
                test(answer=answer, **arguments)
            except (WrongAnswer, ToDo):
                raise
            except BaseException as error:
                if ends_a_test(error) and answer.guard.raised(error):
                    raise answer.guard.ended("Something in the answer", error) from None
                raise

        if not hasattr(test, "whole"):
            vars(whole)["whole"] = True
            handle.inner_test = whole

    def _getobj(self) -> ModuleType:
        return importlib.import_module(f"tests.katas.test_{self.stem}")

    def hold(self) -> None:
        """Take the answer's text as it is now: whatever is run of it later will be the same."""
        self._text = read_file(self._answer_path)

    def answer(self) -> Answer:
        """Return the answer that these tests are about."""
        return Answer.to(self.stem, self._answer_path, self._load)

    @property
    def _answer_path(self) -> Path:
        return self.config.stash[ANSWERS] / f"{self.stem}.py"

    def _load(self, path: Path) -> ModuleType:
        return load_source(path, self._text) if self._text is not None else load_file(path)


class KataFolder(pytest.Directory):
    """The folder of stubs: every kata there is, whether or not its stub is still there."""

    def collect(self) -> Iterator[Kata]:
        """Yield the katas in order, less those that the command line leaves out."""
        for stem in catalog.stems():
            path = self.path / f"{stem}.py"
            ignored = self.ihook.pytest_ignore_collect(collection_path=path, config=self.config)
            if self.session.isinitpath(path) or not ignored:
                yield Kata.from_parent(self, path=path, stem=stem)


ANSWERS = pytest.StashKey[Path]()


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect ``katas/`` as the katas' tests."""
    return KataFolder.from_parent(parent, path=path) if path == catalog.KATAS else None


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Let ``tests/katas/test_k08_nll.py`` do the same check as ``katas/k08_nll.py``."""
    if module_path.parent == catalog.KATA_TESTS:
        stem = module_path.stem.removeprefix("test_")
        return Kata.from_parent(parent, path=module_path, stem=stem)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out mastery unless it is asked for, and tests that are there twice."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for item in items:
        kata = item.getparent(Kata)
        if kata is None:
            kept.append(item)
        elif (kata.stem, item.name) not in seen:
            seen.add((kata.stem, item.name))
            asked = config.option.mastery or config.option.watch  # where a key asks for it
            wanted = asked or not item.get_closest_marker("mastery")
            if wanted:
                kept.append(item)
    items[:] = kept


@pytest.fixture(scope="module")
def answer(request: pytest.FixtureRequest) -> Answer:
    """Return the answer under test: ``answer.nll`` is its function of that name."""
    return request.node.answer()
