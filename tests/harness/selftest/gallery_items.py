"""Test items for the answers of the galleries: wrong ones must be refused, right ones accepted."""

import importlib
import inspect
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker.diagnosis.diagnose import diagnose
from tests.harness.checker.diagnosis.gallery import KnownAnswer, known_answers
from tests.harness.checker.diagnosis.rerun import Failure, KataRunner
from tests.harness.checker.items import SelfRunningItem
from tests.harness.kit.expect import Kind

# The shares of the galleries that a run without paths tries; with paths, it tries all.
WRONG_ONES = 0.25  # of the wrong answers
DIAGNOSED = 0.1  # of those, whether they are recognised
REWRITTEN_ONES = 0.3


class Gallery(pytest.File):
    """A collector for one file of known answers to one kata."""

    def collect(self) -> Iterator["GalleryItem"]:
        """Yield an item for each answer."""
        # In the parent, so that no child has to import it.
        importlib.import_module(f"tests.katas.test_{self.path.stem}")
        for known in known_answers(self.path):
            item: GalleryItem = GalleryItem.from_parent(self, name=known.name, known=known)
            if known.right or item.is_drawn(WRONG_ONES):
                yield item


class GalleryItem(SelfRunningItem):
    """A test item: all tests of the kata run on one known answer."""

    def __init__(self, *, known: KnownAnswer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known = known

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the file and the line of the answer."""
        return self.path, inspect.getsourcelines(self.known.body)[1], self.name

    def runtest(self) -> None:
        """Run the kata's tests on the answer; fail if their verdict is not the right one."""
        __tracebackhide__ = True
        seeds = range(1, self.config.option.seeds + 1)
        if self.known.right:
            for mastery in (False, True)[: 1 + self.known.mastery]:
                self._expect_right(self._runner(mastery=mastery), seeds)
            return
        if self.known.mastery:
            self._expect_right(self._runner(mastery=False), seeds)
        self._expect_wrong(self._runner(mastery=self.known.mastery), seeds)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show a plain traceback: pytest's own styles read source files for half a second."""
        return super().repr_failure(excinfo, "native")

    def _runner(self, *, mastery: bool) -> KataRunner:
        return KataRunner(self.parent, self.known.stem, self.path, mastery=mastery)

    def _expect_right(self, runner: KataRunner, seeds: Sequence[int]) -> None:
        """Fail if a test refuses the answer, or the diagnosis names it."""
        for seed in (None, *seeds):
            examples = 3 if seed else self._examples()
            for failure in runner.failures(self.known.answer, examples, seed):
                what = "a right answer fails" if self.known.right else "it fails before mastery"
                text = f"{what}, seed {seed}:\n{failure.test}\n{failure.text}"
                pytest.fail(text, pytrace=False)
        if self.known.right and seeds and runner.items:
            found = diagnose(runner, self.known.stem, self.known.answer, next(iter(runner.items)))
            assert found is None, f"a right answer is taken for {found}"

    def _examples(self) -> int:
        """Return how many inputs a right answer must pass: fewer in a run without paths."""
        if not self.known.right:
            return 6
        return 20 if self._is_asked_for() else 8

    def _is_asked_for(self) -> bool:
        return self.config.args_source is pytest.Config.ArgsSource.ARGS

    def _expect_wrong(self, runner: KataRunner, seeds: Sequence[int]) -> None:
        """Fail if no test refuses the answer, or the diagnosis names another misconception."""
        failure = self._failure(runner)
        assert failure is not None, "a wrong answer passes every test"
        if self.known.path.parent == catalog.MISCONCEPTIONS:
            assert (failure.kind is Kind.RAISED) == self.known.raises, (
                "`raises = True` is for what fails by an exception, and by no wrong value; "
                f"it fails so:\n{failure.test}\n{failure.text}"
            )
        for seed in seeds:
            runner.begin_with(failure.test)
            failure = self._failure(runner, seed)
            assert failure is not None, f"a wrong answer passes every test, seed {seed}"
        recognised = REWRITTEN_ONES if self.known.path.parent == catalog.REWRITTEN else DIAGNOSED
        if failure.kind.explains_itself or seeds or not self.is_drawn(recognised):
            return
        found = diagnose(runner, self.known.stem, self.known.answer, failure.test, failure.input)
        if found is None and runner.items[failure.test].get_closest_marker("time_limit"):
            return  # it is wrong in a way that takes too long to show
        name = found.name if found else None
        assert name == self.name, f"{failure.test}: it is taken for {name}"

    def is_drawn(self, share: float) -> bool:
        """Whether it belongs to a share of all answers: always if paths were given.

        A smaller share is a part of a larger one.
        """
        return self._is_asked_for() or zlib.crc32(self.nodeid.encode()) % 100 < 100 * share

    def _failure(self, runner: KataRunner, seed: int | None = None) -> Failure | None:
        """Return how the answer fails: without a seed by a wrong value, if it does at all.

        A wrong answer mostly fails on the first few examples of some test, and
        so all tests are tried on a few before any is tried on many.
        """
        for examples in (6, 50):
            crash = None
            for failure in runner.failures(self.known.answer, examples, seed):
                if failure.kind is not Kind.RAISED or seed is not None:
                    return failure
                crash = crash or failure
            if crash is not None:
                return crash
        return None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the files of wrong and of right answers as galleries."""
    galleries = (catalog.MISCONCEPTIONS, catalog.REWRITTEN, catalog.ALTERNATIVES)
    if file_path.parent in galleries and file_path.stem in catalog.stems():
        return Gallery.from_parent(parent, path=file_path)
    return None


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a self-running item where nothing is isolated."""
    if not isinstance(item, SelfRunningItem):
        return None
    hook = item.config.hook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    hook.pytest_runtest_logreport(report=item.report())
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
