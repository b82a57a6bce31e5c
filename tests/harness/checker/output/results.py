"""The state of each kata, computed from the verdicts on its tests."""

import math
import re

from tests.harness import catalog
from tests.harness.checker.verdict import State, Verdict
from tests.harness.kit.expect import Kind
from tests.harness.kit.show import WHOLE

MARKS = {
    State.TO_DO: "○", State.WRONG: "✗", State.SOLVED: "✓", State.MASTERED: "★", State.PARTLY: "◐",
}  # fmt: skip
SHAPE = re.compile(r" +\w+ +\(([\d, ]*)\) \w+")  # of a tensor, in the row of an input
NUMBER = re.compile(r"\d+")
DONE = (State.SOLVED, State.MASTERED)


class Result:
    """The verdicts on those tests of one kata that ran."""

    def __init__(self, stem: str, mastery: bool) -> None:
        self.card = catalog.card(stem)
        self.mastery = mastery  # whether its tests were asked for
        self.verdicts: list[Verdict] = []
        self.tests_changed = False  # the same answer has solved the kata, by other tests

    @property
    def state(self) -> State | None:
        """How far the answer is; None if no test has run."""
        if not self.verdicts:
            return None
        failed = self.failures
        if any(verdict.is_wrong and not verdict.mastery for verdict in failed):
            return State.WRONG
        if any(verdict.state is State.TO_DO for verdict in failed):
            return State.TO_DO
        if len(self.passed) < len(self.required):
            return State.WRONG if failed else State.PARTLY
        return State.MASTERED if self.mastery and not failed else State.SOLVED

    @property
    def required(self) -> list[str]:
        """The tests that have to pass for the kata to be solved."""
        return self.verdicts[0].required

    @property
    def passed(self) -> list[str]:
        """Those of them that ran and did not fail."""
        ran = {verdict.test.partition("[")[0] for verdict in self.verdicts}
        failed = {verdict.test.partition("[")[0] for verdict in self.failures}
        return [name for name in self.required if name in ran - failed]

    @property
    def failures(self) -> list[Verdict]:
        """The verdicts on the tests that failed, in the order of the file."""
        return [verdict for verdict in self.verdicts if verdict.state is not State.PASSED]

    @property
    def explained(self) -> list[Verdict]:
        """The tests that found the answer wrong, each with an explanation."""
        return [v for v in self.failures if v.is_wrong and v.kind is not Kind.NOT_RUN]

    @property
    def failure_to_show(self) -> Verdict | None:
        """The failure from which one learns most; None if nothing is wrong.

        It is one whose explanation names the mistake, or else any: the first one that shows what
        was expected, and an input so small that it is whole. What is wrong before mastery comes
        before what is wrong in mastery.
        """
        required = [verdict for verdict in self.explained if not verdict.mastery]
        candidates = required or self.explained
        named = [verdict for verdict in candidates if verdict.names_the_mistake]
        return min(named or candidates, key=_difficulty, default=None)

    @property
    def is_wrong(self) -> bool:
        """Whether a test, mastery's too, found the answer wrong."""
        return any(verdict.is_wrong for verdict in self.failures)

    @property
    def is_finished(self) -> bool:
        """Whether the kata is solved and, if its mastery was asked for, mastered."""
        return self.state in DONE and not self.failures

    @property
    def description(self) -> str:
        """The state in words."""
        state = self.state
        waits_for = next((v.waits_for for v in self.failures if v.waits_for), "")
        if state is State.PARTLY:
            return f"{len(self.passed)} of {len(self.required)} tests pass"
        if state is State.TO_DO and waits_for:
            return f"to do, after {waits_for.partition('_')[0]}"
        if state is State.SOLVED and self.failures:
            return "solved, not mastered"
        return str(state or "")


def _difficulty(verdict: Verdict) -> tuple[bool, bool]:
    """Return what is smaller for a failure that is easier to understand."""
    expected = any(line.kind == "expected" for line in verdict.lines)
    shapes = [SHAPE.match(line.text) for line in verdict.lines if line.kind == "input"]
    sizes = [math.prod(map(int, NUMBER.findall(shape[1]))) for shape in shapes if shape]
    return not expected, max(sizes, default=0) > WHOLE
