"""Judges a kata's test from the exception that ended it; attaches the verdict to the report."""

import ast
import inspect
from collections.abc import Generator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.harness import limits
from tests.harness.checker import hypothesis_internals
from tests.harness.checker.collection import ANSWERS, Kata
from tests.harness.checker.explain import explain
from tests.harness.kit.expect import Kind, ToDo, WrongAnswer
from tests.harness.kit.guard import raised_by
from tests.harness.kit.show import cut

FAILING_INPUT = pytest.StashKey[bytes]()  # in the form in which Hypothesis can run it again


class State(StrEnum):
    """What came of a test (the first three), or of a kata (all but PASSED)."""

    TO_DO = "to do"
    WRONG = "wrong"
    PASSED = "passed"
    PARTLY = "partly"  # the tests that ran pass, and the kata has more
    SOLVED = "solved"
    MASTERED = "mastered"


class Line(NamedTuple):
    """One line of an explanation; ``kind`` is that of its row, for the style."""

    kind: str
    text: str


@dataclass
class Verdict:
    """What came of one test of a kata, and why."""

    kata: str
    test: str
    law: str
    state: State
    mastery: bool
    required: list[str]  # the tests that have to pass for the kata to be solved
    kind: Kind | None = None  # why it did not pass
    waits_for: str = ""  # the stem of another kata that has to be begun first
    lines: list[Line] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)  # by the answer, on the input shown
    misconception: str = ""
    line: int = 0  # of the answer: where it failed, or what the test is about; 0 if it passed

    @property
    def message(self) -> str:
        """The explanation as one text."""
        return "\n".join(line.text for line in self.lines)

    @property
    def is_wrong(self) -> bool:
        """Whether the test found the answer wrong."""
        return self.state is State.WRONG

    @property
    def names_the_mistake(self) -> bool:
        """Whether the explanation says what was done wrong, and not only what came of it."""
        by_its_kind = self.kind is not None and self.kind.explains_itself
        return bool(self.misconception) or (by_its_kind and self.kind is not Kind.ENDED)

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can hold of it."""
        return {**vars(self), "lines": [list(line) for line in self.lines]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Verdict":
        """Make it from what `to_json` returned; anything else raises an error."""
        verdict = cls(**data)
        verdict.state = State(verdict.state)
        verdict.kind = Kind(verdict.kind) if verdict.kind else None
        verdict.lines = [Line(*line) for line in verdict.lines]
        texts = [verdict.kata, verdict.test, verdict.law, verdict.waits_for, verdict.misconception]
        for several in (verdict.required, verdict.printed, *verdict.lines):
            texts += several
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("not a text")
        if not isinstance(verdict.line, int):
            raise TypeError("not a number")
        return verdict


def of_report(report: Any) -> Verdict | None:
    """Return the verdict that a report carries, if there is one."""
    return getattr(report, "verdict", None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Give the report of a kata's test its verdict."""
    if item.getparent(Kata) is None:
        return (yield)
    hypothesis_internals.make_no_patch(item)
    if call.excinfo is not None:
        option = item.config.option
        unread = option.tbstyle == "no" and not option.xmlpath
        if unread or isinstance(call.excinfo.value, ToDo):
            item.repr_failure = _without_traceback  # type: ignore[method-assign]
        item.stash[FAILING_INPUT] = _take_input(call.excinfo.value)
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = "skipped"
        vars(report).pop("wasxfail", None)
    if report.failed:
        judge(report, item, call.excinfo.value if call.excinfo is not None else None)
    elif report.when == "call":
        attach(report, item, State.PASSED)
    report.sections = [(name, "\n".join(_last_lines(text))) for name, text in report.sections]
    return report


def judge(report: pytest.TestReport, item: pytest.Item, error: BaseException | None) -> None:
    """Attach to the report of a failed test whether the kata is not begun, or what is wrong."""
    path = answer_path(item)
    if isinstance(error, NotImplementedError) and raised_by(error) == path:
        error = ToDo(str(error))  # raised in a part that torch calls, such as `forward`
    if isinstance(error, ToDo):
        original = item.config.stash[ANSWERS].original(path.stem)
        why = f"To do: {original.parent.name}/{original.name}"
        if error.waits_for:
            why = f"It is made of {error.waits_for}, which is still to do."
        report.longrepr = why
        attach(report, item, State.TO_DO, WrongAnswer(why, kind=Kind.TO_DO), error.waits_for)
    else:
        attach(report, item, State.WRONG, explain(error, path, _docstring(item)))


def attach(
    report: pytest.TestReport,
    item: pytest.Item,
    state: State,
    error: WrongAnswer | None = None,
    waits_for: str = "",
) -> None:
    """Write a verdict into a report, and what JUnit's file says of it."""
    kata = item.getparent(Kata)
    if kata is None:
        return
    verdict = Verdict(
        kata=kata.stem,
        test=item.name,
        law=law(item),
        state=state,
        mastery=item.get_closest_marker("mastery") is not None,
        required=_required(kata),
        waits_for=waits_for,
    )
    properties: list[tuple[str, object]] = [("verdict", str(state))]
    if error is not None:
        verdict.kind = error.kind
        verdict.line = error.line or kata.line_about(item)
        verdict.lines = [Line(*line) for line in error.lines()]
        printed = report.capstdout.partition(hypothesis_internals.SHRINKING_WARNING)[0]
        verdict.printed = _last_lines(printed)
        properties.append(("explanation", str(error)))
    report.verdict = verdict  # type: ignore[attr-defined]
    report.user_properties.extend(properties)
    item.user_properties.extend(properties)  # JUnit takes them from the report on the teardown


def failed(item: pytest.Item, error: WrongAnswer) -> list[pytest.TestReport]:
    """Make the reports on a test that has failed because of what happened around it."""
    keywords: Any = dict.fromkeys(item.keywords, 1)
    place = item.nodeid, item.location
    begin = pytest.TestReport(*place, keywords, "passed", None, "setup")
    report = pytest.TestReport(*place, keywords, "failed", str(error), "call")
    item.user_properties.clear()
    attach(report, item, State.WRONG, error)
    # JUnit's file is written when a test is torn down.
    end = pytest.TestReport(*place, {}, "passed", None, "teardown")
    end.user_properties = report.user_properties
    return [begin, report, end]


def name_misconception(reports: list[pytest.TestReport], name: str, sentence: str) -> None:
    """Explain a failed test by a misconception, in its report and the one on its teardown."""
    verdict = next(report.verdict for report in reports if hasattr(report, "verdict"))
    facts = [line for line in verdict.lines if line.kind not in ("why", "space")]
    verdict.lines = [*facts, *[Line("space", "")] * bool(facts), Line("why", sentence)]
    verdict.misconception = name
    properties = {"explanation": verdict.message, "misconception": name}
    for report in reports:
        if report.failed and isinstance(report.longrepr, str):
            report.longrepr = verdict.message
        if report.user_properties:
            report.user_properties = list({**dict(report.user_properties), **properties}.items())


def law(item: pytest.Item) -> str:
    """Read the law that a test states from its name."""
    name = getattr(item, "originalname", None) or item.name
    return name.removeprefix("test_").replace("_", " ")


def answer_path(item: pytest.Item) -> Path:
    """Return the file of the answer under test."""
    kata = item.getparent(Kata)
    assert kata is not None
    return kata.answer().path


def _required(kata: Kata) -> list[str]:
    """Name the tests that an answer must pass to solve the kata, whether or not they ran."""
    return [
        name
        for name, value in vars(kata.obj).items()
        if name.startswith("test_")
        and not any(mark.name == "mastery" for mark in getattr(value, "pytestmark", []))
    ]


def _last_lines(printed: str) -> list[str]:
    """Return the last lines of what was printed, each cut; say how many lines are left out."""
    lines = printed.splitlines()
    last = [cut(line) for line in lines[-limits.PRINTED_LINES :]]
    more = len(lines) - len(last)
    return [f"… {more:,} line{'s' * (more > 1)} before this", *last] if more else last


def _docstring(item: pytest.Item) -> str:
    return inspect.getdoc(getattr(item, "obj", None)) or ""


def _without_traceback(excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
    try:
        return str(excinfo.value)
    except Exception:  # the answer's own exception may fail at that
        return ""


def _take_input(error: BaseException) -> bytes:
    """Take what Hypothesis says of the failing input out of an exception's notes."""
    notes = getattr(error, "__notes__", [])
    for i, note in enumerate(notes):
        match = hypothesis_internals.REPRODUCE_NOTE.search(note)
        if match:
            notes[i] = note.replace(match[0], "")
            blob: bytes = ast.literal_eval(match[1])
            return blob
    return b""
