"""Messages from a child process to its parent: one JSON object on each line."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.harness.checker import verdict
from tests.harness.checker.sanitize import sanitize
from tests.harness.checker.verdict import Verdict

Reports = list[dict[str, Any]]  # in the form of pytest's own serialisation


@dataclass(frozen=True)
class Begin:
    """A test begins, or goes on, and may take so many seconds from now."""

    test: str
    seconds: float


@dataclass(frozen=True)
class _Reported:
    """What two messages have in common: a test, and reports on it."""

    test: str
    reports: Reports


class Preliminary(_Reported):
    """A test has failed; its reports, while the misconception is still looked for."""


class End(_Reported):
    """A test has ended, with these reports."""


@dataclass(frozen=True)
class Broken:
    """The child cannot go on running tests."""

    why: str


Message = Begin | Preliminary | End | Broken
TYPES: dict[str, type[Message]] = {t.__name__: t for t in (Begin, Preliminary, End, Broken)}
FIELDS = {"test": str, "seconds": int | float, "reports": list, "why": str}


def encode(message: Message) -> bytes:
    """Write a message as a line; what an answer has put into it is escaped and cut."""
    data = {"type": type(message).__name__, **sanitize(vars(message))}
    return json.dumps(data, default=str).encode() + b"\n"


def decode(line: bytes) -> Message:
    """Read a line; raise ValueError where it is not a message."""
    try:
        data = json.loads(line)
        message = TYPES[data.pop("type")](**data)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a message") from error
    if not all(isinstance(value, FIELDS[name]) for name, value in vars(message).items()):
        raise ValueError("a field of another type")
    return message


def dump_reports(config: pytest.Config, reports: list[pytest.TestReport]) -> Reports:
    """Turn reports, with their verdicts, into what JSON can hold."""
    return [_dump(config, report) for report in reports]


def load_reports(config: pytest.Config, reports: Reports) -> list[pytest.TestReport]:
    """Turn back what `dump_reports` returned; raise ValueError where it is something else."""
    try:
        return [_load(config, data) for data in reports]
    except Exception as error:  # pytest takes it apart, and may raise anything
        raise ValueError("not reports") from error


def _dump(config: pytest.Config, report: pytest.TestReport) -> dict[str, Any]:
    hook = config.hook.pytest_report_to_serializable
    data: dict[str, Any] = hook(config=config, report=report)
    found = verdict.of_report(report)
    return data if found is None else {**data, "verdict": found.to_json()}


def _tuple(values: Any) -> Any:
    return tuple(values)


def _load(config: pytest.Config, data: dict[str, Any]) -> pytest.TestReport:
    hook = config.hook.pytest_report_from_serializable
    report = hook(config=config, data=data)
    if not isinstance(report, pytest.TestReport):
        raise TypeError("a report of another kind")
    # JSON has made lists of what pytest documents, and other plugins use, as tuples.
    report.location = _tuple(report.location)
    report.sections = [_tuple(section) for section in report.sections]
    report.user_properties = [_tuple(each) for each in report.user_properties]
    if isinstance(report.longrepr, list):  # of a test that was skipped
        report.longrepr = _tuple(report.longrepr)
    if "verdict" in data:
        report.verdict = Verdict.from_json(data["verdict"])  # type: ignore[attr-defined]
    return report
