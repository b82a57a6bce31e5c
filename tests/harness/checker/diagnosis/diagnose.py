"""Which known misconception an answer behaves like, if it behaves like one.

Two answers behave alike on an input if both are right on it, or both are wrong in
the same way: a test sees the same calls give the same results and leave the same
state behind, and says the same of them. How they are written plays no part.
"""

import dataclasses
import math
import re
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from tests.harness import catalog, limits
from tests.harness.checker import pytest_internals
from tests.harness.checker.collection import Kata
from tests.harness.checker.diagnosis.gallery import Exhibit, exhibits
from tests.harness.checker.diagnosis.rerun import Bench, Making, Sight
from tests.harness.checker.verdict import FAILING_INPUT


@dataclasses.dataclass(frozen=True)
class Diagnosis:
    """A misconception, and the tests that it makes an answer fail."""

    name: str
    sentence: str
    tests: tuple[str, ...]


def of_failure(item: pytest.Function, mastery: bool) -> dict[str, Any] | None:
    """Diagnose the answer that a test has just failed, with the other tests of its kata.

    This is for a process that ends with it: the test's fixtures are torn down.
    """
    pytest_internals.tear_down(item.session)
    kata = item.getparent(Kata)
    assert kata is not None
    bench = Bench(kata.parent, kata.stem, kata.path, mastery=mastery)
    found = diagnose(bench, kata.stem, kata.answer, item.name, item.stash[FAILING_INPUT])
    return dataclasses.asdict(found) if found else None


def diagnose(
    bench: Bench, stem: str, making: Making, failed: str, first: bytes = b""
) -> Diagnosis | None:
    """Say which misconception an answer behaves like that failed one test, on one input.

    It shows every symptom of it: where the misconception is wrong, the answer is wrong
    in the same way. Where more than one would do, it is the one that is right wherever
    the answer is. Else nothing is said.
    """
    known = [
        e for e in exhibits(catalog.MISCONCEPTIONS / f"{stem}.py") if e.mastery == bench.mastery
    ]
    cases = _cases(bench, failed, first)
    suspects = [_Suspect(exhibit) for exhibit in known]
    # The first case on which an answer that has just been loaded is wrong leaves few of them;
    # if none is left, or (in the gallery's own tests) the answer itself, that is the end.
    ill = next((c for c in cases if _wrong(bench.sights(making=making, **c))), None)
    if ill is None:
        return None
    for case in (ill, *cases):
        if [suspect.exhibit.answer for suspect in suspects] not in ([], [making]):
            mine = bench.sights(making=making, **case)
            suspects = [s for s in suspects if s.agrees(bench, case, mine, must=case is ill)]
    # Many a slip ends in an exception of the same type: on that alone, the message must be the
    # same too, unless the answer does all that solves the kata.
    suspects = [s for s in suspects if s.solid or s.literal or bench.mastery]
    for better in ("whole", "literal"):
        if len(suspects) > 1:
            suspects = [suspect for suspect in suspects if getattr(suspect, better)]
    if len(suspects) != 1:
        return None
    exhibit, tests = suspects[0].exhibit, tuple(dict.fromkeys(suspects[0].tests))
    return Diagnosis(exhibit.name, exhibit.sentence, tests)


def _cases(bench: Bench, failed: str, first: bytes) -> list[dict[str, Any]]:
    """Return what to look at: the failing input, a few more, and each of the other tests."""
    slow = {name for name, item in bench.items.items() if item.get_closest_marker("time_limit")}
    others = [
        {"name": name, "examples": limits.DIAGNOSIS_EXAMPLES_OF_OTHERS}
        for name in bench.items
        if name != failed
    ]
    own: list[dict[str, Any]] = [{"name": failed, "first": first}]
    own.append({"name": failed, "examples": limits.DIAGNOSIS_EXAMPLES})
    return [case for case in own + others if case["name"] not in slow]


@dataclasses.dataclass
class _Suspect:
    """A misconception, and what speaks for it."""

    exhibit: Exhibit
    tests: list[str] = dataclasses.field(default_factory=list)  # that it fails as the answer does
    whole: bool = True  # the answer is right wherever the misconception is
    solid: bool = False  # something other than an exception is the same
    literal: bool = True  # the exceptions say the same

    def agrees(
        self, bench: Bench, case: dict[str, Any], mine: Sequence[Sight], *, must: bool
    ) -> bool:
        """Take in what a test sees of it and of the answer; return whether they are alike."""
        theirs = bench.sights(making=self.exhibit.answer, **case)
        if not _wrong(theirs):
            self.whole &= not _wrong(mine)
            return not must
        if not _same(mine, theirs):
            return False
        self.tests.append(case["name"])
        self.solid |= any(sight.wrong and not sight.raised for sight in theirs)
        self.literal &= [s.judged for s in mine] == [s.judged for s in theirs]
        return True


def _wrong(sights: Sequence[Sight]) -> bool:
    return any(sight.wrong for sight in sights)


def _same(ours: Sequence[Sight], theirs: Sequence[Sight]) -> bool:
    return len(ours) == len(theirs) and all(map(_alike, ours, theirs))


def _alike(one: Sight, other: Sight) -> bool:
    if not one.wrong and not other.wrong:
        return True
    if one.raised and other.raised:
        return one.judged[1] == other.judged[1]
    return (
        len(one.judged) == len(other.judged)
        and all(map(_same_text, one.judged, other.judged))
        and _same_value(one.calls, other.calls)
    )


def _same_value(one: Any, other: Any) -> bool:
    """Compare what `made_up_of` made of two values; numbers may differ by rounding."""
    if isinstance(one, float) != isinstance(other, float):  # a number, or a tensor of no axis
        one, other = _number(one), _number(other)
    if type(one) is not type(other):
        return False
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(one, torch.Tensor):
        if one.shape != other.shape or one.dtype != other.dtype:
            return False
        ours, theirs = one.double(), other.double()
        largest = ours[ours.isfinite()].abs().max().item() if ours.isfinite().any() else 0.0
        return torch.allclose(ours, theirs, rtol=1e-4, atol=1e-5 * largest, equal_nan=True)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same_value(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same_value, one, other))
    if isinstance(one, float):
        both_nan = math.isnan(one) and math.isnan(other)
        return both_nan or math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-6)
    return bool(one == other)


def _number(value: Any) -> Any:
    held: Any = value.get("value") if isinstance(value, dict) else None
    return held.item() if getattr(held, "shape", None) == () else value


_NUMBER = re.compile(r"[-−]?\d+(?:\.\d*)?(?:e[-+]?\d+)?|[-−]?\binf\b|\bnan\b")


def _same_text(one: str, other: str) -> bool:
    """Compare two texts in which numbers may differ by rounding."""
    if one == other:
        return True
    mine, others = _numbers(one), _numbers(other)
    if "…" in one and "…" in other:
        # Cut at a width, the last number perhaps in the middle; the values are looked at elsewhere.
        count = min(len(mine), len(others)) - 1
        mine, others = mine[:count], others[:count]
    elif _NUMBER.sub("#", one) != _NUMBER.sub("#", other):
        return False
    least = 1e-4 * max(map(abs, mine), default=0.0)
    return all(
        math.isclose(a, b, rel_tol=1e-3, abs_tol=least) or (math.isnan(a) and math.isnan(b))
        for a, b in zip(mine, others, strict=True)
    )


def _numbers(text: str) -> list[float]:
    return [float(number.replace("−", "-")) for number in _NUMBER.findall(text)]
