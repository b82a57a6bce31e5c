"""Makes `katas/k08_nll.py` on the command line mean the tests of that kata."""

import functools
import importlib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest

from tests.harness import catalog
from tests.harness.checker import hypothesis_internals, lines
from tests.harness.checker.answer_files import AnswerFolder
from tests.harness.kit.answer import Answer
from tests.harness.kit.expect import LeftDebugger, ToDo, WrongAnswer
from tests.harness.kit.guard import ends_a_test
from tests.harness.kit.loading import Source, load_file, load_source, read_file

AnswerFactory = Callable[[], Answer]  # it makes the answer anew each time

ANSWERS = pytest.StashKey[AnswerFolder]()  # the answers that are checked
# Marks a test in which an answer cannot reject the input.
REFUSES_REJECTION = "refuses_rejection"


class Kata(pytest.Module):
    """The tests of one kata, shown at the path that was asked for."""

    def __init__(self, *, stem: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stem = stem
        # The seed of all tests; without one, each test has a seed that depends on its name.
        self.seed: int | None = self.config.getoption("hypothesis_seed", None)
        self._source: Source | None = None
        self._factory: AnswerFactory = self._answer_from_folder

    @classmethod
    def from_parent(cls, parent: Any, **kwargs: Any) -> "Kata":
        """Make the node below ``parent``; ``stem`` is the kata's."""
        return super().from_parent(parent, **kwargs)

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the tests, which check the settings when they end, and prepared for Hypothesis."""
        for item in super().collect():
            test: Any = getattr(item, "obj", None)
            if isinstance(item, pytest.Function) and not hypothesis.is_hypothesis_test(test):
                item.obj = _checked_at_the_end(test)
            if hypothesis.is_hypothesis_test(test):
                _refuse_rejection(test.hypothesis)
                # Without a seed and a key, Hypothesis computes both from the test's source. That
                # takes longer than some tests.
                if self.seed is None:
                    hypothesis.seed(zlib.crc32(test.__name__.encode()))(test)
                hypothesis_internals.skip_database_key(test)
            if isinstance(item, pytest.Function) and self.path.parent == catalog.KATAS:
                place = functools.partial(self._place_in_stub, item)
                item.reportinfo = place  # type: ignore[method-assign]
            yield item

    def hold(self, source: Source | None = None) -> None:
        """Run this text from now on, or that of the file as it is now, even if it changes."""
        self._source = read_file(self._path_in_folder) if source is None else source

    def answer(self) -> Answer:
        """Return the answer under test, which is loaded when a test asks for a name in it."""
        return self._factory()

    def line_about(self, item: pytest.Item) -> int:
        """Return the line of the answer that a test is about, from 1."""
        source = read_file(self._path_in_folder) if self._source is None else self._source
        return lines.line_about(getattr(item, "obj", None), source)

    def replace_answer(self, factory: AnswerFactory) -> None:
        """Test what ``factory`` makes, instead of the file in the folder of the answers."""
        self._factory = factory

    @functools.cached_property
    def _stub(self) -> Source:
        return read_file(self.path)

    def _place_in_stub(self, item: pytest.Function) -> tuple[Path, int, str]:
        """Return where an editor shows a test: at the definition in the file of the item's path.

        pytest would give the line of the test, which is in another file. pytest counts from 0.
        """
        return self.path, lines.line_about(item.obj, self._stub) - 1, item.name

    def _getobj(self) -> ModuleType:
        return importlib.import_module(f"tests.katas.test_{self.stem}")

    @property
    def _path_in_folder(self) -> Path:
        return self.config.stash[ANSWERS].path / f"{self.stem}.py"

    def _answer_from_folder(self) -> Answer:
        return Answer.to(self.stem, self._path_in_folder, self._load)

    def _load(self, path: Path) -> ModuleType:
        return load_file(path) if self._source is None else load_source(path, self._source)


class KataFolder(pytest.Directory):
    """The folder of stubs: it has every kata, even if the stub has been deleted."""

    def collect(self) -> Iterator[Kata]:
        """Yield the katas in order, except those that the command line leaves out."""
        for stem in catalog.stems():
            path = self.path / f"{stem}.py"
            ignored = self.ihook.pytest_ignore_collect(collection_path=path, config=self.config)
            if self.session.isinitpath(path) or not ignored:
                yield Kata.from_parent(self, path=path, stem=stem)


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
    """Remove tests of mastery unless they are asked for, and tests that are there twice."""
    with_mastery = config.option.mastery or config.option.watch  # where a key asks for it
    seen: set[tuple[str, str]] = set()
    kept = []
    for item in items:
        kata = item.getparent(Kata)
        if kata is None:
            kept.append(item)
        elif (kata.stem, item.name) not in seen:
            seen.add((kata.stem, item.name))
            if with_mastery or not item.get_closest_marker("mastery"):
                kept.append(item)
    items[:] = kept


@pytest.fixture(scope="module")
def answer(request: pytest.FixtureRequest) -> Answer:
    """Return the answer under test: ``answer.nll`` is its function of that name."""
    kata: Kata = request.node
    return kata.answer()


def _refuse_rejection(handle: Any) -> None:
    """Wrap the test below `@given`, once, so that no exception of an answer rejects the input.

    Hypothesis discards an input on which a test raises its own `UnsatisfiedAssumption`, and
    pytest skips a test that raises `Skipped`. In a call of the answer the guard refuses such
    exceptions. Here they are refused in what a test calls later, such as a generator or a hook.
    """
    if hasattr(handle.inner_test, REFUSES_REJECTION):
        return
    test = _checked_at_the_end(handle.inner_test)

    @functools.wraps(test)
    def refusing(answer: Answer, **arguments: Any) -> None:
        try:
            test(answer=answer, **arguments)
        except (WrongAnswer, ToDo, LeftDebugger):
            raise
        except BaseException as error:
            if ends_a_test(error) and answer.guard.raised(error):
                raise answer.guard.ended("Something in the answer", error) from None
            raise

    setattr(refusing, REFUSES_REJECTION, True)
    handle.inner_test = refusing


def _checked_at_the_end(test: Callable[..., None]) -> Callable[..., None]:
    """Wrap a test so that the answer must have put all settings back when it ends."""

    @functools.wraps(test)
    def checked(answer: Answer, **arguments: Any) -> None:
        with answer.guard.until_the_end():
            test(answer=answer, **arguments)

    return checked
