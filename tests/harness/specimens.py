"""The answers of the galleries as test items: wrong ones must fail, and right ones pass."""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import house
from tests.harness.bench import Bench, Failure
from tests.harness.diagnosis import PLAIN, diagnose
from tests.harness.gallery import Exhibit, exhibits


class Gallery(pytest.File):
    """A file of answers to one kata."""

    def collect(self) -> Iterator["Specimen"]:
        """Yield an item for each of them."""
        # What the children will need is imported here, once.
        importlib.import_module(f"tests.katas.test_{self.path.stem}")
        for exhibit in exhibits(self.path):
            yield Specimen.from_parent(self, name=exhibit.name, exhibit=exhibit)


class Specimen(pytest.Item):
    """One answer of a gallery, held against all of its kata's tests."""

    def __init__(self, *, exhibit: Exhibit, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.exhibit = exhibit

    @classmethod
    def from_parent(cls, parent: Any, **kwargs: Any) -> "Specimen":
        """Make the node below ``parent``."""
        return super().from_parent(parent, **kwargs)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the answer stands."""
        return self.path, inspect.getsourcelines(self.exhibit.body)[1], self.name

    def report(self) -> pytest.TestReport:
        """Run, outside pytest's own protocol, and report."""
        call = pytest.CallInfo.from_call(self.runtest, when="call")
        return self.ihook.pytest_runtest_makereport(item=self, call=call)

    def bench(self, *, mastery: bool) -> Bench:
        """Return the tests of one level."""
        return Bench(self.parent, self.exhibit.stem, self.path, mastery=mastery)

    def runtest(self) -> None:
        """Hold the answer against the tests; fail if they judge it wrongly."""
        __tracebackhide__ = True
        self.config.option.tbstyle = "native"  # the others read source files, for half a second
        if self.exhibit.right:
            for mastery in (False, True)[: 1 + self.exhibit.mastery]:
                self._expect_pass("a right answer fails", self.bench(mastery=mastery))
            return
        if self.exhibit.mastery:
            self._expect_pass("it fails before mastery", self.bench(mastery=False))
        bench = self.bench(mastery=self.exhibit.mastery)
        failure = self._failure(bench)
        assert failure is not None, "a wrong answer passes every test"
        if failure.kind in PLAIN:
            return
        diagnosis = diagnose(
            bench, self.exhibit.stem, self.exhibit.answer, failure.test, failure.input
        )
        named = diagnosis.name if diagnosis else None
        if named is None and bench.items[failure.test].get_closest_marker("time_limit"):
            return  # too slow to be tried on all the others
        assert named == self.name, f"{failure.test}: it is taken for {named}"

    def _expect_pass(self, what: str, bench: Bench) -> None:
        for failure in bench.failures(self.exhibit.answer, 20):
            pytest.fail(f"{what}:\n{failure.test}\n{failure.text}", pytrace=False)

    def _failure(self, bench: Bench) -> Failure | None:
        """Return how the answer fails, by a wrong value, state or shape if possible.

        A wrong answer mostly fails on the first few examples of some test, and
        so all tests are tried on a few before any is tried on many.
        """
        for examples in (6, 50):
            crash = None
            for failure in bench.failures(self.exhibit.answer, examples):
                if failure.kind != "raised":
                    return failure
                crash = crash or failure
            if crash is not None:
                return crash
        return None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the files of wrong and of right answers as galleries."""
    galleries = (house.MISCONCEPTIONS, house.REWRITTEN, house.ALTERNATIVES)
    if file_path.parent in galleries and file_path.stem in house.stems():
        return Gallery.from_parent(parent, path=file_path)
    return None


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a specimen outside pytest's own protocol: it runs other items within it."""
    if not isinstance(item, Specimen):
        return None
    hook = item.config.hook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    hook.pytest_runtest_logreport(report=item.report())
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
