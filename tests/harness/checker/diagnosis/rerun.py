"""Runs a kata's tests in this process on another answer.

`KataRunner.failures()` gives the failures; `traces()` gives what each call returned and changed.
"""

import contextlib
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import Phase, is_hypothesis_test, settings
from hypothesis.errors import DidNotReproduce

from tests.harness.checker import hypothesis_internals, pytest_internals
from tests.harness.checker.collection import AnswerFactory, Kata
from tests.harness.checker.diagnosis.observe import Recorder, Trace, seed_generators
from tests.harness.checker.verdict import FAILING_INPUT, of_report
from tests.harness.kit.expect import Kind


@dataclass
class Failure:
    """How an answer failed a test: the kind, the failing input, and pytest's text."""

    test: str
    kind: Kind
    input: bytes  # in Hypothesis's form; empty if the test has no drawn inputs
    text: str


@dataclass(frozen=True)
class Inputs:
    """The inputs on which a test is run. A test without Hypothesis has one input only."""

    test: str
    examples: int = 0  # drawn by Hypothesis
    failing: bytes = b""  # one more, in Hypothesis's form


class KataRunner:
    """Runs the tests of one kata that belong to one level, solved or mastery."""

    def __init__(self, parent: Any, stem: str, path: Path, *, mastery: bool) -> None:
        self.mastery = mastery
        self._session = parent.session
        self._traces: dict[tuple[AnswerFactory, Inputs], list[Trace]] = {}
        self._kata = Kata.from_parent(parent, path=path, stem=stem)
        items = [item for item in self._kata.collect() if isinstance(item, pytest.Function)]
        items.sort(key=lambda item: item.get_closest_marker("time_limit") is not None)  # slow ones
        self.items = {
            item.name: item
            for item in items
            if (item.get_closest_marker("mastery") is not None) == mastery
        }
        for item in self.items.values():
            item.repr_failure = _native_traceback  # type: ignore[method-assign]

    def begin_with(self, test: str) -> None:
        """Let `failures` run this test before the others."""
        self.items = {test: self.items[test], **self.items}

    def failures(
        self, answer: AnswerFactory, examples: int, seed: int | None = None
    ) -> Iterator[Failure]:
        """Run each test on an answer, with at most so many examples; yield the failures."""
        self._kata.replace_answer(answer)
        if seed is not None:
            self._kata.seed = seed
        items = list(self.items.values())
        try:
            for item, following in itertools.zip_longest(items, items[1:]):
                if seed is not None and is_hypothesis_test(item.obj):
                    hypothesis.seed(seed)(item.obj)
                with limited_examples(item.obj, examples):
                    reports = pytest_internals.run_protocol(item, following)
                for report in filter(lambda report: report.failed, reports):
                    verdict = of_report(report)
                    kind = (verdict and verdict.kind) or Kind.WRONG
                    failing = item.stash.get(FAILING_INPUT, b"")
                    yield Failure(item.name, kind, failing, report.longreprtext)
        finally:
            pytest_internals.tear_down(self._session)

    def traces(self, answer: AnswerFactory, inputs: Inputs) -> list[Trace]:
        """Return what a test sees of an answer, a trace for each input; run it only once."""
        if not is_hypothesis_test(self.items[inputs.test].obj):
            inputs = Inputs(inputs.test)
        key = answer, inputs
        if key not in self._traces:
            self._traces[key] = self._record(answer, inputs)
        return self._traces[key]

    def _record(self, answer: AnswerFactory, inputs: Inputs) -> list[Trace]:
        recorder = Recorder()
        self._kata.replace_answer(lambda: recorder.attach(answer()))
        item = self.items[inputs.test]
        test: Any = item.obj
        drawn = is_hypothesis_test(test)
        owner, name = (test.hypothesis, "inner_test") if drawn else (item, "obj")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, recorder.wrap(getattr(owner, name)))
            if not drawn:
                _run(item)
            if inputs.failing:
                hypothesis.reproduce_failure(hypothesis.__version__, inputs.failing)(test)
                _run(item)
                hypothesis_internals.forget_reproduced_failure(test)
            if inputs.examples:
                with limited_examples(test, inputs.examples):
                    _run(item)
        return recorder.traces


def _run(item: pytest.Function) -> None:
    """Run a test without pytest's protocol: most of that is about reporting."""
    seed_generators(0)
    # Hypothesis writes to stdout too. It raises if the reproduced input does not fail.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(DidNotReproduce):
        pytest_internals.run_without_reports(item)


@contextlib.contextmanager
def limited_examples(test: Any, most: int) -> Iterator[None]:
    """Let Hypothesis draw fewer examples for a test, and not simplify the one that fails."""
    if not is_hypothesis_test(test):
        yield
        return
    own = hypothesis_internals.settings_of(test)
    phases = [Phase.explicit, Phase.generate]
    fewer = settings(own, phases=phases, max_examples=min(own.max_examples, most))
    hypothesis_internals.set_settings(test, fewer)
    try:
        yield
    finally:
        hypothesis_internals.set_settings(test, own)


def _native_traceback(excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
    """Show a failure by a plain traceback: pytest's own styles read source files for a while."""
    return excinfo.getrepr(style="native")
