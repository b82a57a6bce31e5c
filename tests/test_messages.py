"""What a child sends arrives unchanged; what is not a message is refused, and with one error."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.harness import limits
from tests.harness.checker import verdict
from tests.harness.checker.sandbox.messages import (
    Begin,
    Broken,
    End,
    Message,
    Preliminary,
    decode,
    dump_reports,
    encode,
    load_reports,
)
from tests.harness.checker.verdict import Line, State, Verdict
from tests.harness.kit.expect import Kind

MESSAGES: list[Message] = [
    Begin("katas/k08_nll.py::test_it", 2.5),
    Preliminary("katas/k08_nll.py::test_it", [{"outcome": "failed"}]),
    End("katas/k08_nll.py::test_it", []),
    Broken("SystemExit: 0"),
]


def line(**fields: object) -> bytes:
    return json.dumps(fields).encode()


GARBAGE = {
    "nothing": b"",
    "not JSON": b"{",
    "not UTF-8": b'"\xff"',
    "a number": b"5",
    "a text": b'"End"',
    "a list": b"[1]",
    "no type": line(test="t", seconds=1),
    "an unknown type": line(type="Stop"),
    "a type that is a list": line(type=["End"]),
    "a field too few": line(type="Begin", test="t"),
    "a field too many": line(type="Broken", why="", pid=1),
    "seconds in a text": line(type="Begin", test="t", seconds="1"),
    "no seconds": line(type="Begin", test="t", seconds=None),
    "a test that is a list": line(type="End", test=[], reports=[]),
    "reports in a text": line(type="End", test="t", reports="ab"),
    "nested too deeply": b"[" * 200_000,
    "a number too long": b"9" * 10_000,
}


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_is_one_line_there_and_back(message: Message) -> None:
    text = encode(message)
    assert text.endswith(b"\n")
    assert text.count(b"\n") == 1
    assert decode(text) == message


@pytest.mark.parametrize("what", GARBAGE)
def test_what_is_not_a_message_is_refused(what: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(GARBAGE[what])


def test_what_an_answer_has_put_in_is_escaped_and_cut() -> None:
    sent = Broken("\x1b[2J\ud800" + "x" * limits.TEXT_CHARACTERS)
    received = decode(encode(sent))
    assert isinstance(received, Broken)
    assert received.why.startswith(r"\x1b[2J\ud800xxx")
    assert len(received.why) == limits.TEXT_CHARACTERS


def test_what_json_cannot_hold_becomes_a_text() -> None:
    received = decode(encode(End("t", [{"path": MESSAGES}])))
    assert isinstance(received, End)
    assert json.loads(encode(received))


def report(when: str, outcome: str) -> pytest.TestReport:
    return pytest.TestReport("a.py::t", ("a.py", 3, "t"), {"t": 1}, outcome, None, when)  # type: ignore[arg-type]


def test_reports_arrive_with_their_verdicts(pytestconfig: pytest.Config) -> None:
    failed = report("call", "failed")
    failed.longrepr = "it failed"
    failed.user_properties = [("verdict", "wrong")]
    sent = Verdict(
        kata="k08_nll",
        test="t",
        law="t",
        state=State.WRONG,
        mastery=False,
        required=["t"],
        kind=Kind.RAISED,
        lines=[Line("why", "No.")],
    )
    failed.verdict = sent  # type: ignore[attr-defined]
    data = dump_reports(pytestconfig, [report("setup", "passed"), failed])
    received = decode(encode(End("a.py::t", data)))
    assert isinstance(received, End)
    setup, call = load_reports(pytestconfig, received.reports)
    assert (setup.when, setup.outcome, verdict.of_report(setup)) == ("setup", "passed", None)
    assert (call.nodeid, tuple(call.location)) == ("a.py::t", ("a.py", 3, "t"))
    assert call.longreprtext == "it failed"
    assert [tuple(each) for each in call.user_properties] == [("verdict", "wrong")]
    assert verdict.of_report(call) == sent


def _without(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda data: {key: value for key, value in data.items() if key != name}


@pytest.mark.parametrize(
    "change",
    [
        lambda data: None,
        lambda data: [],
        lambda data: {},
        lambda data: {**data, "$report_type": "Other"},
        lambda data: {**data, "$report_type": "CollectReport"},
        lambda data: {**data, "verdict": {}},
        lambda data: {**data, "verdict": None},
        _without("$report_type"),
        _without("nodeid"),
    ],
)
def test_what_is_not_a_report_is_refused(
    change: Callable[[Any], Any], pytestconfig: pytest.Config
) -> None:
    (data,) = dump_reports(pytestconfig, [report("call", "passed")])
    with pytest.raises(ValueError, match="not reports"):
        load_reports(pytestconfig, [change(data)])
