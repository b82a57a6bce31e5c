"""Finds the known misconception that a wrong answer behaves like, if there is one.

Two answers behave alike on an input if both are right on it, or if both are wrong in the same
way: the same calls give the same results and leave the same state behind, and the test says the
same of them. How they are written does not matter.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest

from tests.harness import catalog, limits
from tests.harness.checker import pytest_internals
from tests.harness.checker.collection import AnswerFactory, Kata
from tests.harness.checker.diagnosis.gallery import KnownAnswer, known_answers
from tests.harness.checker.diagnosis.observe import Trace
from tests.harness.checker.diagnosis.rerun import Inputs, KataRunner
from tests.harness.checker.verdict import FAILING_INPUT


@dataclass(frozen=True)
class Diagnosis:
    """A misconception, what to do about it, and the tests that it makes an answer fail."""

    name: str
    sentence: str
    tests: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can hold of it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Diagnosis":
        """Make it from what `to_json` returned; anything else raises an error."""
        return cls(data["name"], data["sentence"], tuple(data["tests"]))


def of_failure(item: pytest.Function, mastery: bool) -> Diagnosis | None:
    """Diagnose an answer that has just failed ``item``, with the other tests of its kata.

    It tears down the fixtures of ``item``: only a process that ends afterwards may call it.
    """
    pytest_internals.tear_down(item.session)
    kata = item.getparent(Kata)
    assert kata is not None
    runner = KataRunner(kata.parent, kata.stem, kata.path, mastery=mastery)
    return diagnose(runner, kata.stem, kata.answer, item.name, item.stash[FAILING_INPUT])


def diagnose(
    runner: KataRunner, stem: str, answer: AnswerFactory, test: str, failing: bytes = b""
) -> Diagnosis | None:
    """Diagnose an answer that has failed a test on the input ``failing``.

    Return the one misconception whose every symptom the answer shows: on the inputs on which
    the misconception is wrong, the answer is wrong in the same way.
    """
    inputs = _inputs(runner, test, failing)
    # Inputs on which the answer, newly loaded, is wrong: they leave few suspects.
    symptom = next((each for each in inputs if _fails(runner.traces(answer, each))), None)
    if symptom is None:
        return None
    suspects = _suspects(stem, runner.mastery)
    for each in (symptom, *inputs):
        # None is left, or (in the tests of the galleries) none but the answer itself.
        if [suspect.known.answer for suspect in suspects] in ([], [answer]):
            break
        suspects = [s for s in suspects if s.explains(answer, each, runner) and s.tests]
    found = _choose(suspects, runner.mastery)
    if found is None:
        return None
    return Diagnosis(found.known.name, found.known.sentence, tuple(dict.fromkeys(found.tests)))


@dataclass
class _Suspect:
    """A known wrong answer, and the evidence that the answer behaves like it."""

    known: KnownAnswer
    tests: list[str] = field(default_factory=list)  # both fail them in the same way
    right_where_it_is: bool = True  # the answer passes each test that this one passes
    by_value: bool = False  # they fail in the same way by something other than an exception
    same_messages: bool = True  # they fail with the same messages, to the letter

    def explains(self, answer: AnswerFactory, inputs: Inputs, runner: KataRunner) -> bool:
        """Compare on some inputs; return False if this one fails, and the answer not likewise."""
        ours, theirs = runner.traces(answer, inputs), runner.traces(self.known.answer, inputs)
        if not _fails(theirs):
            self.right_where_it_is &= not _fails(ours)
            return True
        if len(ours) != len(theirs) or not all(map(Trace.is_like, ours, theirs)):
            return False
        self.tests.append(inputs.test)
        self.by_value |= any(trace.failed and not trace.raised for trace in theirs)
        self.same_messages &= [t.failure for t in ours] == [t.failure for t in theirs]
        return True


def _suspects(stem: str, mastery: bool) -> list[_Suspect]:
    gallery = known_answers(catalog.MISCONCEPTIONS / f"{stem}.py")
    return [_Suspect(known) for known in gallery if known.mastery == mastery]


def _choose(suspects: Sequence[_Suspect], mastery: bool) -> _Suspect | None:
    """Return the only suspect, or the only one for which there is more evidence.

    Many mistakes end in an exception of the same type. If a suspect has nothing else in common
    with the answer, the messages must be the same, unless the answer already solves the kata.
    """
    suspects = [s for s in suspects if s.by_value or s.same_messages or mastery]
    if len(suspects) > 1:
        suspects = [suspect for suspect in suspects if suspect.right_where_it_is]
    if len(suspects) > 1:
        suspects = [suspect for suspect in suspects if suspect.same_messages]
    return suspects[0] if len(suspects) == 1 else None


def _inputs(runner: KataRunner, test: str, failing: bytes) -> list[Inputs]:
    """Return the failing input, some examples of its test, and some of each other quick test."""
    own = [Inputs(test, failing=failing), Inputs(test, limits.DIAGNOSIS_EXAMPLES)]
    few = limits.DIAGNOSIS_EXAMPLES_OF_OTHERS
    others = [Inputs(name, few) for name in runner.items if name != test]
    items = runner.items.items()
    slow = {name for name, item in items if item.get_closest_marker("time_limit")}
    return [inputs for inputs in own + others if inputs.test not in slow]


def _fails(traces: Sequence[Trace]) -> bool:
    return any(trace.failed for trace in traces)
