"""Galleries: wrong answers that must fail their kata, and right ones that must pass."""

import importlib
import inspect
import itertools
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, is_hypothesis_test, settings

from tests.harness import house
from tests.harness.answers import Answer, load_file


class Gallery(pytest.File):
    """A file of answers to one kata, each a class whose attributes are the answer's names."""

    def __init__(self, *, kata: type[pytest.Module], right: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kata = kata
        self.right = right

    @classmethod
    def from_parent(cls, parent: Any, **kwargs: Any) -> "Gallery":
        """Make the node below ``parent``."""
        return super().from_parent(parent, **kwargs)

    def collect(self) -> Iterator["Specimen"]:
        """Yield an item for each plain class that the file itself defines."""
        # What the children will need is imported here, once.
        importlib.import_module(f"tests.katas.test_{self.path.stem}")
        module = importlib.import_module(f"tests.{self.path.parent.name}.{self.path.stem}")
        for name, value in vars(module).items():
            own = inspect.isclass(value) and value.__module__ == module.__name__
            if own and value.__bases__ == (object,) and not name.startswith("_"):
                yield Specimen.from_parent(self, name=name, answer_class=value)


class Specimen(pytest.Item):
    """One answer of a gallery, held against all of its kata's tests."""

    parent: Gallery

    def __init__(self, *, answer_class: type, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.answer_class = answer_class
        self.right = self.parent.right
        self.mastery = getattr(answer_class, "mastery", self.right)

    @classmethod
    def from_parent(cls, parent: Any, **kwargs: Any) -> "Specimen":
        """Make the node below ``parent``."""
        return super().from_parent(parent, **kwargs)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the answer stands."""
        return self.path, inspect.getsourcelines(self.answer_class)[1], self.name

    def report(self) -> pytest.TestReport:
        """Run, outside pytest's own protocol, and report."""
        call = pytest.CallInfo.from_call(self.runtest, when="call")
        return self.ihook.pytest_runtest_makereport(item=self, call=call)

    def runtest(self) -> None:
        """Hold the answer against the tests; fail if they judge it wrongly."""
        __tracebackhide__ = True
        self.config.option.tbstyle = "native"  # the others read source files, for half a second
        solved, mastered = self.failures("solved"), None
        if self.mastery and not solved:
            mastered = self.failures("mastery")
        if self.right:
            failed = solved or mastered
            assert not failed, f"a right answer fails:\n{failed}"
        elif self.mastery:
            assert not solved, f"it should solve the kata, and fail at mastery only:\n{solved}"
            assert mastered, "a wrong answer passes every test, mastery included"
        else:
            assert solved, "a wrong answer passes every test"

    def failures(self, level: str) -> str:
        """Return the first failure among the tests of one level, or nothing.

        A wrong answer mostly fails on the first few examples of some test, and
        so all tests are tried on a few before any is tried on many.
        """
        if self.right or (level == "solved" and self.mastery):
            return self._failure(level, 20)
        return self._failure(level, 6) or self._failure(level, 50)

    def _failure(self, level: str, examples: int) -> str:
        kata = self.parent.kata.from_parent(self.parent, path=self.path, stem=self.path.stem)
        kata.answer = self.answer  # type: ignore[attr-defined]
        wanted = [
            item
            for item in kata.collect()
            if isinstance(item, pytest.Item)
            and (item.get_closest_marker("mastery") is not None) == (level == "mastery")
        ]
        for item, following in itertools.zip_longest(wanted, wanted[1:]):
            _hurry(item, examples)
            for report in runtestprotocol(item, log=False, nextitem=following):
                if report.failed:
                    self.session._setupstate.teardown_exact(None)
                    return f"{item.name}\n{report.longreprtext}"
        return ""

    def answer(self) -> Answer:
        """Return this answer, as if it stood in a file of its own."""
        tests = importlib.import_module(f"tests.katas.test_{self.path.stem}")
        return Answer(self.path, lambda _: self._namespace(), getattr(tests, "shortcuts", None))

    def _namespace(self) -> SimpleNamespace:
        reference = load_file(house.SOLUTIONS / f"{self.path.stem}.py")
        names = [name for name in vars(self.answer_class) if not name.startswith("__")]
        own = {name: getattr(self.answer_class, name) for name in names}
        return SimpleNamespace(**{**vars(reference), **own})


_OWN: dict[Any, settings] = {}


def _hurry(item: pytest.Item, examples: int) -> None:
    """Let a test pass on fewer examples, and fail on any: nobody reads on which it does."""
    test: Any = getattr(item, "obj", None)
    if is_hypothesis_test(test):
        own = _OWN.setdefault(test, test._hypothesis_internal_use_settings or settings())
        test._hypothesis_internal_use_settings = settings(
            own,
            phases=[Phase.explicit, Phase.generate],
            max_examples=min(own.max_examples, examples),
        )


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a specimen outside pytest's own protocol: it runs other items within it."""
    if not isinstance(item, Specimen):
        return None
    hook = item.config.hook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    hook.pytest_runtest_logreport(report=item.report())
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
