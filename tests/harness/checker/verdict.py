"""What came of one test of a kata, and why: from an exception to what a learner reads.

A verdict travels with pytest's report as a plain dictionary, through the pipe
of a child process and through xdist.
"""

import ast
import errno
import inspect
import re
import traceback
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import limits
from tests.harness.checker.collection import ANSWERS, Kata
from tests.harness.kit.expect import Kind, Row, ToDo, WrongAnswer
from tests.harness.kit.guard import code_rows, raised_by

TO_DO, WRONG, PASSED = "to do", "wrong", "passed"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Give the report of a kata's test its verdict."""
    if item.getparent(Kata) is None:
        return (yield)
    # Of which Hypothesis would make a patch of the test, if libcst happens to be installed.
    vars(item).pop("_hypothesis_failing_examples", None)
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
        state, error = judge(item, call.excinfo)
        attach(report, item, state, error)
        if state == TO_DO:
            report.longrepr = str(error)
    elif report.when == "call":
        attach(report, item, PASSED, None)
    return report


def _without_traceback(excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
    return _text(excinfo.value)


def _text(error: BaseException) -> str:
    """Return what an exception says, unless it fails to."""
    try:
        return str(error)
    except Exception:
        return ""


FAILING_INPUT = pytest.StashKey[bytes]()  # as Hypothesis writes it


def _take_input(error: BaseException) -> bytes:
    """Take what Hypothesis says of the failing input out of an exception's notes."""
    notes = getattr(error, "__notes__", [])
    for i, note in enumerate(notes):
        match = re.search(r"\n?You can reproduce .*@reproduce_failure\('.*', (b.*)\) as .*", note)
        if match:
            notes[i] = note.replace(match[0], "")
            return ast.literal_eval(match[1])
    return b""


def failed(item: pytest.Item, error: WrongAnswer) -> list[pytest.TestReport]:
    """Make the reports on a test that has failed for what happened around it."""
    why = str(error)
    report = pytest.TestReport(
        item.nodeid, item.location, dict.fromkeys(item.keywords, 1), "failed", why, "call"
    )
    item.user_properties.clear()
    attach(report, item, WRONG, error)
    # JUnit's file is written when a test is torn down.
    end = pytest.TestReport(
        item.nodeid, item.location, {}, "passed", None, "teardown",
        user_properties=report.user_properties,
    )  # fmt: skip
    return [report, end]


def attach(
    report: pytest.TestReport, item: pytest.Item, state: str, error: WrongAnswer | None
) -> None:
    """Write a verdict into a report."""
    kata = item.getparent(Kata)
    if kata is None:
        return
    verdict: dict[str, Any] = {
        "kata": kata.stem,
        "test": item.name,
        "law": law(item),
        "state": state,
        "mastery": item.get_closest_marker("mastery") is not None,
        "required": _required(kata),
    }
    if error is not None:
        verdict["kind"] = error.kind
        verdict["waits_for"] = getattr(error, "waits_for", "")
        verdict["lines"] = [list(line) for line in error.lines()]
        printed = report.capstdout.partition("WARNING: Hypothesis has spent")[0]
        verdict["printed"] = printed.splitlines()[-limits.PRINTED_LINES :]
    report.verdict = verdict  # type: ignore[attr-defined]
    properties = [("verdict", state)]
    if error is not None:
        properties.append(("explanation", str(error)))
    report.user_properties.extend(properties)
    item.user_properties.extend(properties)  # of which the report on the teardown tells JUnit


def explain(reports: list[pytest.TestReport], name: str, sentence: str) -> None:
    """Explain a failed test by a misconception, in its report and the one on its teardown."""
    told = next(report.verdict for report in reports if hasattr(report, "verdict"))
    facts = [line for line in told["lines"] if line[0] not in ("why", "space")]
    told["lines"] = facts + [["space", ""]] * bool(facts) + [["why", sentence]]
    told["misconception"] = name
    properties = {
        "explanation": "\n".join(text for _, text in told["lines"]),
        "misconception": name,
    }
    for report in reports:
        if report.user_properties:
            report.user_properties = list({**dict(report.user_properties), **properties}.items())


def judge(
    item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException] | None
) -> tuple[str, WrongAnswer]:
    """Say whether a failed test means that the kata is not begun, or what is wrong."""
    error = excinfo.value if excinfo is not None else None
    path = answer_path(item)
    if isinstance(error, NotImplementedError) and raised_by(error) == path:
        error = ToDo(str(error))  # in a part of the answer that torch calls, such as `forward`
    if isinstance(error, ToDo):
        why = f"It is made of {error.waits_for}, which is still to do." if error.waits_for else ""
        why = why or f"To do: {item.config.stash[ANSWERS].name}/{path.name}"
        wrong = WrongAnswer(why, kind=Kind.TO_DO)
        wrong.waits_for = error.waits_for  # type: ignore[attr-defined]
        return TO_DO, wrong
    if isinstance(error, WrongAnswer):
        why = error.why or _meaning(item)
        return WRONG, WrongAnswer(why, rows=error.rows, kind=error.kind)
    if error is None or isinstance(error, pytest.skip.Exception):
        return WRONG, WrongAnswer("The test was skipped, which is not for an answer to do.")
    if type(error).__name__.startswith("Flaky"):
        for first in getattr(error, "exceptions", ()):
            # Done once, or now and then, it is as wrong, and says more than that it varies.
            if isinstance(first, WrongAnswer) and first.kind != "wrong":
                return WRONG, first
            if not isinstance(first, AssertionError) and (told := _raised(first, path, "")):
                return WRONG, told
        return WRONG, WrongAnswer(
            "Called twice with the same arguments, the answer does not do the same. "
            "Does it keep something from one call to the next, or depend on chance?",
            kind=Kind.FLAKY,
        )
    meaning = _meaning(item)
    return WRONG, _raised(error, path, meaning) or _unexpected(error, meaning)


def _required(kata: Kata) -> list[str]:
    """Name the tests that an answer must pass to solve the kata, whether or not they were run."""
    return [
        name
        for name, value in vars(kata.obj).items()
        if name.startswith("test_")
        and not any(mark.name == "mastery" for mark in getattr(value, "pytestmark", []))
    ]


def law(item: pytest.Item) -> str:
    """Read the law that a test states from its name."""
    name = getattr(item, "originalname", None) or item.name
    return name.removeprefix("test_").replace("_", " ")


def answer_path(item: pytest.Item) -> Path:
    """Return the file that the answer under test stands in."""
    kata = item.getparent(Kata)
    assert kata is not None
    return kata.answer().path


def _meaning(item: pytest.Item) -> str:
    return inspect.getdoc(getattr(item, "obj", None)) or ""


def _raised(error: BaseException, path: Path, meaning: str) -> WrongAnswer | None:
    """Tell an exception raised while the answer was running; the line is the answer's."""
    lines = [line for file, line in _frames(error) if file == str(path)]
    if not lines:
        return None
    rows = [Row("gave", "raised", _said(error)), *code_rows(path, lines[-1])]
    rows[1:] = [Row("code", "", " " * 12 + row.text) for row in rows[1:]]
    return WrongAnswer(_advice(error) or meaning, rows=rows, kind=Kind.RAISED)


def _said(error: BaseException) -> str:
    """Return the first lines of what an exception says, less the notes of Hypothesis."""
    text = _TEMPORARY.sub("…/", "".join(traceback.format_exception_only(error)).strip())
    notes = {line for note in getattr(error, "__notes__", ()) for line in note.splitlines()}
    lines = [line for line in text.splitlines() if line not in notes]
    lines = [line.strip() for line in lines if line.strip()][:2]
    return "\n".join(line if len(line) <= 200 else line[:199] + "…" for line in lines)


_TEMPORARY = re.compile(r"/\S*/pytest-\d+/[^/\s]+/")  # where a test's files lie


def _advice(error: BaseException) -> str:
    """Say what torch's commonest complaints mean."""
    text = _text(error)
    if "leaf Variable that requires grad is being used in an in-place" in text:
        return (
            "Autograd would have to record this change of a parameter. An update is not part "
            "of the model: make it under `with torch.no_grad():`."
        )
    if "has no attribute" in text and isinstance(error, AttributeError) and "Module" in text:
        return "Is the attribute set in `__init__`, under this name?"
    if "reading from stdin while output is captured" in text or isinstance(error, EOFError):
        return "Nobody is there to type something in: an answer gets all it needs as arguments."
    if isinstance(error, MemoryError) or "can't allocate memory" in text:
        return "It takes more memory than there is for it. Does something grow with every call?"
    if isinstance(error, OSError) and error.errno in (errno.EFBIG, errno.ENOSPC):
        return "It writes more than there is room for. How much does it need to write?"
    if "before Module.__init__() call" in text:
        return "Begin `__init__` with `super().__init__()`."
    if isinstance(error, NotImplementedError) and "forward" in text:
        return "The module has no method `forward`; is its name misspelt, or its indentation?"
    return ""


def _unexpected(error: BaseException, meaning: str) -> WrongAnswer:
    if isinstance(error, AssertionError):
        told = str(error).split("\nassert ")[0].strip()
        if told and not told.startswith("assert "):
            return WrongAnswer(told)
        return WrongAnswer(meaning, rows=[Row("code", "", told.splitlines()[0])] if told else [])
    return WrongAnswer(meaning, rows=[Row("gave", "raised", _said(error))], kind=Kind.RAISED)


def _frames(error: BaseException) -> list[tuple[str, int]]:
    frames = traceback.walk_tb(error.__traceback__)
    return [(frame.f_code.co_filename, line) for frame, line in frames] or [("", 0)]
