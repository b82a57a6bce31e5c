"""Answers put together at random: ``python -m tests.harness.selftest.hostile.fuzz --answers 2000``.

Right and wrong answers do one, two or three of the things in `misbehaviour`, at one time
or another; may give something else than they would, define something else than they
should, or be no proper file. They are checked as anybody would check them, one for each
kata at a time. Where a promise is broken, the answer is tried again with less and less.
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
from tests.harness.selftest.hostile import behaviours as mis
from tests.harness.selftest.hostile import promises

SECONDS = 150  # for a check of as many answers as there are katas


@dataclasses.dataclass(frozen=True)
class Fuzzed:
    """An answer to one kata, as the parts that it is put together from."""

    stem: str
    right: bool
    deeds: tuple[tuple[mis.Deed, str], ...] = ()
    result: str = ""
    name: str = ""
    form: mis.Form | None = None

    def put(self, path: Path) -> None:
        """Write the answer."""
        text = sample_answers.right(self.stem) if self.right else sample_answers.wrong(self.stem)
        if self.result:
            text = mis.giving(self.stem, text, self.result)
        text = mis.doing(self.stem, text, self.deeds)
        if self.name:
            text = mis.defining(self.stem, text, self.name)
        if self.form is not None:
            self.form.put(path, text)
        else:
            promises.writing(text)(path)

    @property
    def solved(self) -> bool | None:
        """What the verdict has to be; None if it may be either."""
        whole = self.form is None or self.form.solved
        if not self.right or self.name or not whole:
            return False
        if self.result or any(deed.solved is not True for deed, _ in self.deeds):
            return None
        return True

    def less(self) -> Iterator["Fuzzed"]:
        """Yield answers with one part less."""
        for i in range(len(self.deeds)):
            yield dataclasses.replace(self, deeds=self.deeds[:i] + self.deeds[i + 1 :])
        if self.result:
            yield dataclasses.replace(self, result="")
        if self.name:
            yield dataclasses.replace(self, name="")
        if self.form is not None:
            yield dataclasses.replace(self, form=None)

    def __str__(self) -> str:
        """Name the parts."""
        deeds = [f"{deed.name} ({when})" for deed, when in self.deeds]
        form = [self.form.name] if self.form is not None else []
        other = [f"gives {self.result}"] * bool(self.result) + [self.name] * bool(self.name)
        core = "right" if self.right else "wrong"
        return f"{self.stem}, {core}: {', '.join([*deeds, *other, *form]) or 'nothing else'}"


def _answers(stem: str) -> st.SearchStrategy[Fuzzed]:
    """Draw answers to a kata: most do something, few give or are something else."""
    deeds = st.tuples(st.sampled_from(mis.DEEDS), st.sampled_from(mis.WHEN))
    seldom = st.integers(0, 9).map(lambda n: n == 0)

    def rarely(names: Sequence[str]) -> st.SearchStrategy[str]:
        return seldom.flatmap(lambda yes: st.sampled_from(names) if yes else st.just(""))

    forms = seldom.flatmap(lambda yes: st.sampled_from(mis.FORMS) if yes else st.none())
    return st.builds(
        Fuzzed, st.just(stem), st.booleans(), st.lists(deeds, max_size=3).map(tuple),
        rarely(list(mis.RESULTS)), rarely(list(mis.NAMES)), forms,
    )  # fmt: skip


def check(answers: Sequence[Fuzzed]) -> tuple[list[str], dict[str, str]]:
    """Check answers to different katas; return the broken promises, and the states."""
    folder = Path(tempfile.mkdtemp())
    try:
        put = {answer.stem: answer.put for answer in answers}
        heard = promises.hear(folder / "check", put, seconds=SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    broken = heard.broken
    for answer in answers:
        state = heard.states.get(answer.stem, "")
        if answer.solved is not None and (state == "solved") != answer.solved:
            broken.append(f"{answer.stem} is {state}")
    return broken, heard.states


def smallest(answers: Sequence[Fuzzed]) -> tuple[list[Fuzzed], list[str]]:
    """Leave out what does not matter from answers that break a promise."""
    answers = list(answers)
    broken, _ = check(answers)
    for answer in list(answers):  # whole answers first
        fewer = [other for other in answers if other is not answer]
        found = check(fewer)[0] if fewer else []
        if found:
            answers, broken = fewer, found
    simpler = True
    while simpler:
        simpler = False
        for i, answer in enumerate(answers):
            for less in answer.less():
                found = check([*answers[:i], less, *answers[i + 1 :]])[0]
                if found:
                    answers[i], broken, simpler = less, found, True
                    break
    return answers, broken


def main(arguments: Sequence[str] | None = None) -> None:
    """Check answers until there have been enough; tell what was found."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.harness.selftest.hostile.fuzz", description=__doc__
    )
    parser.add_argument("--answers", type=int, default=2000, help="how many (default: 2000)")
    parser.add_argument("--seed", type=int, default=0, help="of what they are (default: 0)")
    options = parser.parse_args(arguments)
    stems = [stem for stem in sample_answers.CALLED if stem != promises.WITNESS]
    counts: Counter[str] = Counter()
    failed = 0

    @seed(options.seed)
    @settings(
        max_examples=-(-options.answers // len(stems)), deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.tuples(*map(_answers, stems)))
    def fuzz(answers: tuple[Fuzzed, ...]) -> None:
        nonlocal failed
        broken, states = check(answers)
        counts.update(states[answer.stem] for answer in answers if answer.stem in states)
        print(f"{sum(counts.values())} answers, {dict(counts)}, {failed} failures", flush=True)
        if broken:
            failed += 1
            print("\n".join(["  broken:", *broken]), flush=True)
            named = [a for a in answers if any(a.stem in promise for promise in broken)]
            few, still = smallest(named or answers)
            print("\n".join(["  by:", *map(str, few), "  namely:", *still]), flush=True)

    fuzz()
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
