"""The state of a kata follows from the verdicts on its tests."""

import itertools

import pytest

from tests.harness.checker.output.results import DONE, MARKS, Result
from tests.harness.checker.verdict import Line, State, Verdict
from tests.harness.kit.expect import Kind

TO_DO, WRONG, PASSED = State.TO_DO, State.WRONG, State.PASSED
PARTLY, SOLVED, MASTERED = State.PARTLY, State.SOLVED, State.MASTERED
REQUIRED = ["test_a", "test_b"]


def result(asked: bool = False, /, **states: State) -> Result:
    """Make a result; tests ``a`` and ``b`` are required, what begins with ``m`` is mastery."""
    found = Result("k08_nll", asked)
    found.verdicts = [
        Verdict(
            kata="k08_nll",
            test=f"test_{name}",
            law=name,
            state=state,
            mastery=name.startswith("m"),
            required=REQUIRED,
        )
        for name, state in states.items()
    ]
    return found


# The states of the two required tests (None: it did not run) and of a test of mastery.
STATES: list[tuple[State | None, State | None, State | None, State | None]] = [
    # a, b, mastery: the kata
    (None, None, None, None),
    (PASSED, PASSED, None, SOLVED),
    (PASSED, PASSED, PASSED, MASTERED),
    (PASSED, PASSED, WRONG, SOLVED),
    (PASSED, PASSED, TO_DO, TO_DO),
    (PASSED, None, None, PARTLY),
    (PASSED, None, PASSED, PARTLY),
    (PASSED, None, WRONG, WRONG),
    (None, None, PASSED, PARTLY),
    (None, None, WRONG, WRONG),
    (None, None, TO_DO, TO_DO),
    (PASSED, WRONG, None, WRONG),
    (PASSED, WRONG, PASSED, WRONG),
    (PASSED, WRONG, WRONG, WRONG),
    (PASSED, WRONG, TO_DO, WRONG),
    (WRONG, None, None, WRONG),
    (WRONG, WRONG, None, WRONG),
    (WRONG, TO_DO, None, WRONG),
    (TO_DO, TO_DO, None, TO_DO),
    (TO_DO, TO_DO, TO_DO, TO_DO),
    (TO_DO, TO_DO, WRONG, TO_DO),
    (TO_DO, None, None, TO_DO),
    (TO_DO, PASSED, None, TO_DO),
    (TO_DO, PASSED, PASSED, TO_DO),
]


@pytest.mark.parametrize(("a", "b", "m", "expected"), STATES)
def test_the_state_of_a_kata(
    a: State | None, b: State | None, m: State | None, expected: State | None
) -> None:
    states = {name: s for name, s in {"a": a, "b": b, "m": m}.items() if s is not None}
    for order in itertools.permutations(states):
        assert result(m is not None, **{name: states[name] for name in order}).state is expected


def test_without_mastery_a_kata_is_not_mastered() -> None:
    assert result(True, a=PASSED, b=PASSED, m=PASSED).state is MASTERED
    assert result(False, a=PASSED, b=PASSED, m=PASSED).state is SOLVED
    assert result(True, a=PASSED, b=PASSED).state is MASTERED  # it has no more tests


def test_a_test_with_parameters_passes_if_all_of_them_do() -> None:
    found = result(a=PASSED, **{"b[1]": PASSED, "b[2]": PASSED})
    assert (found.state, found.passed) == (SOLVED, REQUIRED)
    found = result(a=PASSED, **{"b[1]": PASSED, "b[2]": WRONG})
    assert (found.state, found.passed) == (WRONG, ["test_a"])


def test_the_failures_are_those_that_did_not_pass_in_the_order_of_the_file() -> None:
    found = result(a=WRONG, b=PASSED, m=TO_DO, m2=WRONG)
    assert [verdict.test for verdict in found.failures] == ["test_a", "test_m", "test_m2"]
    assert found.is_wrong
    assert not result(a=TO_DO, b=TO_DO).is_wrong
    assert result(a=PASSED, b=PASSED, m=WRONG).is_wrong  # solved, and mastery says it is wrong


def test_the_state_in_words() -> None:
    assert result(a=PASSED).description == "1 of 2 tests pass"
    assert result(a=PASSED, b=WRONG).description == "wrong"
    assert result(a=PASSED, b=PASSED).description == "solved"
    assert result(True, a=PASSED, b=PASSED, m=WRONG).description == "solved, not mastered"
    assert result(True, a=PASSED, b=PASSED, m=PASSED).description == "mastered"
    assert result(a=TO_DO, b=TO_DO).description == "to do"
    assert result().description == ""


def test_a_kata_that_waits_says_for_which() -> None:
    found = result(a=TO_DO, b=TO_DO)
    found.verdicts[1].waits_for = "k22_fit"
    assert found.description == "to do, after k22"
    found.verdicts[0].state = WRONG
    assert found.description == "wrong"


def test_each_state_of_a_kata_has_a_mark_of_its_own() -> None:
    assert set(MARKS) == set(State) - {PASSED}
    assert len(set(MARKS.values())) == len(MARKS)
    assert set(DONE) == {SOLVED, MASTERED}


def failed(
    name: str,
    message: str,
    *,
    kind: Kind = Kind.WRONG,
    named: str = "",
    size: tuple[int, ...] = (2, 2),
    expected: bool = True,
) -> Verdict:
    """Make the verdict on a failed test, with an explanation."""
    (verdict,) = result(**{name: WRONG}).verdicts
    verdict.kind, verdict.misconception = kind, named
    verdict.lines = [Line("input", f"  input     {size} float32     […]"), Line("why", message)]
    if expected:
        verdict.lines.insert(1, Line("expected", "expected    1"))
    return verdict


FAILURES = [
    # What is shown is the one marked "shown".
    ([failed("a", "shown"), failed("b", "other")]),
    ([failed("a", "other"), failed("b", "shown", named="SumForMean")]),
    ([failed("a", "shown", named="SumForMean"), failed("b", "other", named="SumForMean")]),
    ([failed("a", "other", size=(60, 10)), failed("b", "shown", size=(3, 10))]),
    ([failed("a", "other", expected=False), failed("b", "shown")]),
    ([failed("a", "other", size=(31,)), failed("b", "shown", size=(30,))]),
    ([failed("a", "other"), failed("b", "shown", kind=Kind.SHORTCUT)]),
    ([failed("a", "shown"), failed("b", "other", kind=Kind.ENDED)]),
    ([failed("a", "other", kind=Kind.NOT_RUN), failed("b", "shown")]),
    ([failed("a", "shown"), failed("mastery", "other", named="SumForMean")]),
    ([failed("m1", "other"), failed("m2", "shown", named="SumForMean")]),
]


@pytest.mark.parametrize("verdicts", FAILURES)
def test_the_failure_that_names_the_mistake_is_shown(verdicts: list[Verdict]) -> None:
    found = Result("k08_nll", True)
    found.verdicts = verdicts
    assert found.failure_to_show is not None
    assert found.failure_to_show.message.endswith("shown")


def test_where_nothing_is_wrong_there_is_no_failure_to_show() -> None:
    assert result(a=PASSED, b=TO_DO).failure_to_show is None
    found = Result("k08_nll", True)
    found.verdicts = [failed("a", "Not run", kind=Kind.NOT_RUN)]
    assert found.failure_to_show is None
