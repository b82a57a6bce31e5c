"""Checks random answers: ``python -m tests.harness.selftest.hostile.fuzz --answers 2000``.

An answer is right or wrong, shows up to three behaviours, and may return or define something
else than it should or be in an unusual file. One answer to each kata is checked at a time. An
answer by which a promise is broken is checked again with fewer and fewer parts.
"""

import argparse
import dataclasses
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.harness.selftest import sample_answers
from tests.harness.selftest.hostile import answers as hostile
from tests.harness.selftest.hostile import promises
from tests.harness.selftest.hostile.behaviours import BEHAVIOURS, MOMENTS, Behaviour

SECONDS = 240  # for a check of one answer to each kata


@dataclasses.dataclass(frozen=True)
class RandomAnswer:
    """An answer to one kata, as the parts that it is put together from."""

    stem: str
    right: bool
    behaviours: tuple[tuple[Behaviour, str], ...] = ()
    result: str = ""
    definition: str = ""
    form: hostile.FileForm | None = None

    def write(self, path: Path) -> None:
        """Write the answer to a path."""
        text = sample_answers.right(self.stem) if self.right else sample_answers.wrong(self.stem)
        if self.result:
            text = hostile.with_result(self.stem, text, self.result)
        text = hostile.with_behaviours(self.stem, text, self.behaviours)
        if self.definition:
            text = hostile.with_definition(self.stem, text, self.definition)
        if self.form is not None:
            self.form.write(path, text)
        else:
            promises.text_writer(text)(path)

    @property
    def solved(self) -> bool | None:
        """The verdict that is expected; None if both are acceptable."""
        readable = self.form is None or self.form.solved
        if not self.right or self.definition or not readable:
            return False
        if self.result or any(behaviour.solved is not True for behaviour, _ in self.behaviours):
            return None
        return True

    def simpler(self) -> Iterator["RandomAnswer"]:
        """Yield answers that lack one part of this one."""
        for i in range(len(self.behaviours)):
            fewer = self.behaviours[:i] + self.behaviours[i + 1 :]
            yield dataclasses.replace(self, behaviours=fewer)
        if self.result:
            yield dataclasses.replace(self, result="")
        if self.definition:
            yield dataclasses.replace(self, definition="")
        if self.form is not None:
            yield dataclasses.replace(self, form=None)

    def __str__(self) -> str:
        """Name the parts."""
        parts = [f"{behaviour.name} ({moment})" for behaviour, moment in self.behaviours]
        parts += [f"gives {self.result}"] * bool(self.result)
        parts += [self.definition] * bool(self.definition)
        parts += [self.form.name] if self.form is not None else []
        verdict = "right" if self.right else "wrong"
        return f"{self.stem}, {verdict}: {', '.join(parts) or 'nothing else'}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Check answers until there have been enough; print which promises were broken by which."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.harness.selftest.hostile.fuzz", description=__doc__
    )
    parser.add_argument("--answers", type=int, default=2000, help="how many (default: 2000)")
    parser.add_argument("--seed", type=int, default=0, help="of the random answers (default: 0)")
    options = parser.parse_args(arguments)
    stems = [stem for stem in sample_answers.stems() if stem != promises.CONTROL]
    counts: Counter[str] = Counter()
    failures = 0

    @seed(options.seed)
    @settings(
        max_examples=-(-options.answers // len(stems)), deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.tuples(*map(_answers, stems)))
    def fuzz(answers: tuple[RandomAnswer, ...]) -> None:
        nonlocal failures
        broken, states = check(answers)
        counts.update(states[answer.stem] for answer in answers if answer.stem in states)
        failures += bool(broken)
        print(f"{sum(counts.values())} answers, {dict(counts)}, {failures} failures", flush=True)
        if broken:
            print("\n".join(["  broken:", *broken]), flush=True)
            named = [a for a in answers if any(a.stem in promise for promise in broken)]
            simplest, still_broken = simplify(named or answers)
            lines = ["  by:", *map(str, simplest), "  which breaks:", *still_broken]
            print("\n".join(lines), flush=True)

    fuzz()
    raise SystemExit(1 if failures else 0)


def check(answers: Sequence[RandomAnswer]) -> tuple[list[str], dict[str, str]]:
    """Check answers to different katas; return the broken promises and the katas' states."""
    folder = Path(tempfile.mkdtemp())
    try:
        writers = {answer.stem: answer.write for answer in answers}
        outcome = promises.run_check(folder / "check", writers, seconds=SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    broken = outcome.broken
    for answer in answers:
        state = outcome.states.get(answer.stem, "")
        if answer.solved is not None and (state == "solved") != answer.solved:
            broken.append(f"{answer.stem} is {state}")
    return broken, outcome.states


def simplify(answers: Sequence[RandomAnswer]) -> tuple[list[RandomAnswer], list[str]]:
    """Leave out answers, then parts of answers, while some promise is still broken."""
    answers = list(answers)
    broken, _ = check(answers)
    for answer in list(answers):
        fewer = [other for other in answers if other is not answer]
        found = check(fewer)[0] if fewer else []
        if found:
            answers, broken = fewer, found
    while simpler := _with_one_simpler(answers):
        answers, broken = simpler
    return answers, broken


def _with_one_simpler(
    answers: list[RandomAnswer],
) -> tuple[list[RandomAnswer], list[str]] | None:
    """Find a simpler form of one of these answers by which a promise is still broken."""
    for i, answer in enumerate(answers):
        for simpler in answer.simpler():
            changed = [*answers[:i], simpler, *answers[i + 1 :]]
            if broken := check(changed)[0]:
                return changed, broken
    return None


def _answers(stem: str) -> st.SearchStrategy[RandomAnswer]:
    """Draw answers to a kata; one in ten has an unusual result, definition or file."""
    behaviours = st.tuples(st.sampled_from(BEHAVIOURS), st.sampled_from(MOMENTS))
    rarely = st.integers(0, 9).map(lambda n: n == 0)

    def name(names: Sequence[str]) -> st.SearchStrategy[str]:
        return rarely.flatmap(lambda yes: st.sampled_from(names) if yes else st.just(""))

    forms = rarely.flatmap(lambda yes: st.sampled_from(hostile.FORMS) if yes else st.none())
    return st.builds(
        RandomAnswer, st.just(stem), st.booleans(), st.lists(behaviours, max_size=3).map(tuple),
        name(list(hostile.RESULTS)), name(list(hostile.DEFINITIONS)), forms,
    )  # fmt: skip


if __name__ == "__main__":
    main()
