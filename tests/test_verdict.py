"""What came of a test: its verdict, in the report and in JSON, and what JUnit's file says."""

import dataclasses
import json
from typing import Any

import pytest

from tests.harness import catalog, limits
from tests.harness.checker import hypothesis_internals, verdict
from tests.harness.checker.collection import ANSWERS, Kata
from tests.harness.checker.verdict import FAILING_INPUT, Line, State, Verdict, of_report
from tests.harness.kit.expect import Kind, Row, ToDo, WrongAnswer

EXAMPLE = Verdict(
    kata="k08_nll",
    test="test_x[1]",
    law="x",
    state=State.WRONG,
    mastery=True,
    required=["test_x", "test_y"],
    kind=Kind.WRONG,
    lines=[Line("call", "nll(input, target)"), Line("space", ""), Line("why", "No.")],
    printed=["one", "two"],
    misconception="SumForMean",
)


# In JSON.


@pytest.mark.parametrize(
    "found",
    [
        EXAMPLE,
        *(dataclasses.replace(EXAMPLE, state=state) for state in State),
        *(dataclasses.replace(EXAMPLE, kind=kind) for kind in (None, *Kind)),
        dataclasses.replace(EXAMPLE, state=State.TO_DO, waits_for="k22_fit", lines=[], printed=[]),
    ],
)
def test_a_verdict_goes_through_json_and_back(found: Verdict) -> None:
    back = Verdict.from_json(json.loads(json.dumps(found.to_json())))
    assert back == found
    assert type(back.state) is State
    assert type(back.kind) is type(found.kind)
    assert all(type(line) is Line for line in back.lines)


MALFORMED: dict[str, Any] = {
    "state": ["", "Wrong", None, 5, []],
    "kind": ["other", 5, ["wrong"]],
    "lines": [None, 5, ["why"], [["why"]], [["why", "a", "b"]], [["why", 5]]],
    "required": [None, 5, [5]],
    "printed": [None, 5, [None]],
    "kata": [None, 5, []],
    "test": [None, 5],
    "law": [None],
    "waits_for": [None, {}],
    "misconception": [None, ["x"]],
    "unknown": [1],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in MALFORMED.items() for value in values]
)
def test_what_is_no_verdict_is_refused(name: str, value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        Verdict.from_json({**EXAMPLE.to_json(), name: value})


@pytest.mark.parametrize("name", ["kata", "test", "law", "state", "mastery", "required"])
def test_a_verdict_that_lacks_a_field_is_refused(name: str) -> None:
    data = EXAMPLE.to_json()
    del data[name]
    with pytest.raises(TypeError):
        Verdict.from_json(data)


def test_the_message_is_the_lines() -> None:
    assert EXAMPLE.message == "nll(input, target)\n\nNo."
    assert EXAMPLE.is_wrong
    assert not dataclasses.replace(EXAMPLE, state=State.TO_DO).is_wrong


# In a report.


@pytest.fixture
def items(request: pytest.FixtureRequest) -> dict[str, pytest.Item]:
    """The tests of k01, which are not run, by their names."""
    path = catalog.KATA_TESTS / "test_k01_download.py"
    kata = Kata.from_parent(request.session, path=path, stem="k01_download")
    return {item.name: item for item in kata.collect() if isinstance(item, pytest.Item)}


@pytest.fixture
def item(items: dict[str, pytest.Item]) -> pytest.Item:
    """One test of k01."""
    return next(iter(items.values()))


def report_on(
    item: pytest.Item, error: BaseException | None = None, when: Any = "call"
) -> pytest.TestReport:
    """Let pytest report on a test that ends like that."""

    def end() -> None:
        if error is not None:
            raise error

    call = pytest.CallInfo.from_call(end, when=when)
    report = item.ihook.pytest_runtest_makereport(item=item, call=call)
    assert isinstance(report, pytest.TestReport)
    return report


def verdict_on(item: pytest.Item, error: BaseException | None = None) -> Verdict:
    found = of_report(report_on(item, error))
    assert found is not None
    return found


def test_a_test_that_passes(item: pytest.Item) -> None:
    report = report_on(item)
    found = of_report(report)
    assert report.passed
    assert found is not None
    assert (found.state, found.kind, found.lines) == (State.PASSED, None, [])
    assert (found.kata, found.test) == ("k01_download", item.name)
    assert dict(report.user_properties) == {"verdict": "passed"}


def test_setting_up_passes_no_test(item: pytest.Item) -> None:
    assert of_report(report_on(item, when="setup")) is None
    assert of_report(report_on(item, when="teardown")) is None
    assert of_report(report_on(item, WrongAnswer("No."), when="setup")) is not None


def test_a_wrong_answer_brings_its_explanation(item: pytest.Item) -> None:
    error = WrongAnswer("No.", rows=[Row("gave", "gave", "None")], kind=Kind.MISSING)
    report = report_on(item, error)
    found = of_report(report)
    assert found is not None
    assert (found.state, found.kind) == (State.WRONG, Kind.MISSING)
    assert found.message == "gave        None\n\nNo."
    assert dict(report.user_properties) == {"verdict": "wrong", "explanation": found.message}
    assert item.user_properties == report.user_properties  # JUnit takes them on the teardown


def test_without_a_reason_the_docstring_explains(item: pytest.Item) -> None:
    law = (item.obj.__doc__ or "").split()  # type: ignore[attr-defined]
    assert law
    assert verdict_on(item, WrongAnswer()).message.split() == law


def test_an_answer_that_is_not_begun_is_to_do(item: pytest.Item) -> None:
    report = report_on(item, ToDo("download"))
    found = of_report(report)
    assert found is not None
    assert (found.state, found.kind, found.waits_for) == (State.TO_DO, Kind.TO_DO, "")
    folder = item.config.stash[ANSWERS].source.name
    assert report.longreprtext == f"To do: {folder}/k01_download.py" == found.message


def test_an_answer_may_wait_for_another(item: pytest.Item) -> None:
    found = verdict_on(item, ToDo("fit", waits_for="k22_fit"))
    assert (found.state, found.kind, found.waits_for) == (State.TO_DO, Kind.TO_DO, "k22_fit")
    assert found.message == "It is made of k22_fit, which is still to do."


def test_to_do_is_also_what_a_part_raises_that_torch_calls(item: pytest.Item) -> None:
    """The exception comes to the test as it is, and the answer's file has raised it."""
    names: dict[str, Any] = {}
    text = "def forward(x):\n    raise NotImplementedError\n"
    exec(compile(text, str(verdict.answer_path(item)), "exec"), names)
    with pytest.raises(NotImplementedError) as raised:
        names["forward"](1)
    assert verdict_on(item, raised.value).state is State.TO_DO
    assert verdict_on(item, NotImplementedError()).state is State.WRONG  # the test's own


def test_a_skipped_test_has_failed(item: pytest.Item) -> None:
    report = report_on(item, pytest.skip.Exception("no time"))
    found = of_report(report)
    assert report.failed
    assert found is not None
    assert found.state is State.WRONG
    assert "skipped" in found.message


def test_an_expected_failure_is_a_failure(item: pytest.Item) -> None:
    report = report_on(item, pytest.xfail.Exception("no time"))
    assert report.failed
    assert not hasattr(report, "wasxfail")


def test_tests_of_the_repository_get_no_verdict(request: pytest.FixtureRequest) -> None:
    report = report_on(request.node, WrongAnswer("No."))
    assert of_report(report) is None
    assert of_report(object()) is None


def test_the_failing_input_is_taken_out_of_the_notes(item: pytest.Item) -> None:
    error = WrongAnswer("No.")
    error.add_note(
        "\nYou can reproduce this example by temporarily adding "
        "@reproduce_failure('6.1', b'AXic') as a decorator on your test case"
    )
    verdict_on(item, error)
    assert item.stash[FAILING_INPUT] == b"AXic"
    assert error.__notes__ == [""]
    verdict_on(item, WrongAnswer("No."))
    assert item.stash[FAILING_INPUT] == b""


def test_an_exception_that_cannot_be_shown_breaks_nothing(item: pytest.Item) -> None:
    class Unshowable(Exception):
        def __str__(self) -> str:
            raise ValueError

    assert verdict_on(item, Unshowable()).state is State.WRONG


def test_the_last_lines_that_an_answer_printed_are_kept(item: pytest.Item) -> None:
    """Without what Hypothesis prints when it has spent long."""
    report = pytest.TestReport(item.nodeid, item.location, {}, "failed", None, "call")
    printed = "\n".join(map(str, range(20)))
    text = f"{printed}\n{hypothesis_internals.SHRINKING_WARNING} more than five minutes\n"
    report.sections.append(("Captured stdout call", text))
    verdict.attach(report, item, State.WRONG, WrongAnswer("No."))
    found = of_report(report)
    assert found is not None
    last = [str(i) for i in range(20)][-limits.PRINTED_LINES :]
    assert found.printed == ["… 14 lines before this", *last]


def test_required_is_what_is_not_mastery(items: dict[str, pytest.Item]) -> None:
    marks = {i.name: i.get_closest_marker("mastery") is not None for i in items.values()}
    found = {name: verdict_on(item) for name, item in items.items()}
    required = next(iter(found.values())).required
    assert {name: v.mastery for name, v in found.items()} == marks
    assert {name.partition("[")[0] for name, mastery in marks.items() if not mastery} == set(
        required
    )
    assert set(marks.values()) == {False, True}


def test_a_law_is_the_name_of_a_test(items: dict[str, pytest.Item]) -> None:
    laws = {name: verdict.law(item) for name, item in items.items()}
    assert not [law for law in laws.values() if "_" in law or "[" in law or "test" in law]


# Made or changed afterwards.


def test_a_test_that_its_process_did_not_survive_has_reports_too(item: pytest.Item) -> None:
    item.user_properties.append(("verdict", "passed"))
    begin, call, teardown = verdict.failed(item, WrongAnswer("It crashed.", kind=Kind.ENDED))
    found = of_report(call)
    assert found is not None
    assert (found.state, found.kind, found.message) == (State.WRONG, Kind.ENDED, "It crashed.")
    assert (begin.when, begin.outcome) == ("setup", "passed")
    assert (call.when, call.outcome) == ("call", "failed")
    assert (teardown.when, teardown.outcome) == ("teardown", "passed")
    properties = [("verdict", "wrong"), ("explanation", "It crashed.")]
    assert call.user_properties == teardown.user_properties == item.user_properties == properties


@pytest.mark.parametrize(
    ("rows", "before"),
    [([], ""), ([Row("call", "", "f(x)"), Row("gave", "gave", "1")], "f(x)\ngave        1\n\n")],
)
def test_a_misconception_takes_the_place_of_the_sentence(
    rows: list[Row], before: str, item: pytest.Item
) -> None:
    reports = verdict.failed(item, WrongAnswer("A general sentence.", rows=rows))
    verdict.name_misconception(reports, "SumForMean", "That is the sum.")
    found = of_report(reports[1])
    assert found is not None
    assert (found.misconception, found.message) == ("SumForMean", f"{before}That is the sum.")
    for report in reports[1:]:
        assert dict(report.user_properties) == {
            "verdict": "wrong",
            "explanation": found.message,
            "misconception": "SumForMean",
        }
