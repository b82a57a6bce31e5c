"""Whatever an answer does, a check ends in time, says what it was, and is not fooled.

Every answer goes through the command that anybody would use, as many in one check as
there are katas. Some are tried in every run, all where this file is asked for by name.
"""

import functools
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness.checker.sandbox import isolation
from tests.harness.selftest import sample_answers
from tests.harness.selftest.command import run_pytest, write_answers

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)

from tests.harness.selftest.hostile import behaviours as mis
from tests.harness.selftest.hostile import promises

STEMS = [stem for stem in sample_answers.CALLED if stem != promises.WITNESS]
SECONDS = 90  # for a check of them all
QUICK = 3  # checks in every run
# Katas whose function returns nothing, and those where nobody minds what it returns.
NOTHING_DUE = {"k11_sgd_step", "k12_training_loop", "k15_parameters", "k25_momentum"}
NOT_MINDED = {"k17_optim", "k18_dataset", "k19_dataloader", "k22_fit"}

Core = Callable[[str], str]


@dataclass(frozen=True)
class Case:
    """An answer: how it is put where, what has to be told of it, and what may come of it."""

    name: str
    stem: str
    put: Callable[[Path], object]
    told: str = ""
    solved: bool | None = False


def _cases() -> Iterator[Case]:
    """Yield them all; those that come first show most in the least time."""
    quick = [mis.ENDING, mis.CHANGING, mis.LOOKING, mis.REPLACING, mis.HABITS, mis.LEAVING]
    mixed = [deed for deeds in itertools.zip_longest(*quick) for deed in deeds if deed]
    deeds = [*mixed, *mis.PRINTING, *mis.ENDLESS, *mis.TAKING]
    stems = itertools.cycle(STEMS)
    blind = next(deed for deed in mis.REPLACING if deed.name == "no comparisons")
    for stem in itertools.islice(stems, len(STEMS)):
        yield _written(f"wrong, {blind.name}", stem, sample_answers.wrong, blind, mis.IMPORT, False)
    for form in mis.FORMS:
        stem = next(stems)
        put = functools.partial(_put, form, sample_answers.right(stem))
        yield Case(form.name, stem, put, form.told, form.solved)
    for when in mis.WHEN:
        sure = when in (mis.FIRST, mis.IMPORT)
        for deed in deeds:
            solved = deed.solved if sure else None
            yield _written(deed.name, next(stems), sample_answers.right, deed, when, solved)
    for when in (mis.FIRST, mis.IMPORT):
        for deed in deeds:
            yield _written(
                f"wrong, {deed.name}", next(stems), sample_answers.wrong, deed, when, False
            )
    for name, (_, told) in mis.NAMES.items():
        for stem in itertools.islice(stems, len(STEMS)):
            text = mis.defining(stem, sample_answers.right(stem), name)
            yield Case(name, stem, promises.writing(text), told)
    for name in mis.RESULTS:
        for stem in itertools.islice(stems, len(STEMS)):
            free = stem in NOT_MINDED or (name == "None" and stem in NOTHING_DUE)
            free = free or (name == "float" and stem == "k20_validation")
            text = mis.giving(stem, sample_answers.right(stem), name)
            yield Case(
                f"gives {name}", stem, promises.writing(text), solved=None if free else False
            )


def _written(
    name: str, stem: str, core: Core, deed: mis.Deed, when: str, solved: bool | None
) -> Case:
    told = deed.told if solved is False and core is sample_answers.right else ""
    text = mis.doing(stem, core(stem), [(deed, when)])
    return Case(f"{name}, {when}", stem, promises.writing(text), told, solved)


def _put(form: mis.Form, text: str, path: Path) -> object:
    return form.put(path, text)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try a few of the cases, unless this file is what was asked for."""
    if "cases" in metafunc.fixturenames:
        cases, size = list(_cases()), len(STEMS)
        checks = [cases[i : i + size] for i in range(0, len(cases), size)]
        asked = any(Path(__file__).name in arg for arg in metafunc.config.args)
        checks = checks if asked else checks[:QUICK]
        names = [f"{few[0].name} to {few[-1].name}" for few in checks]
        metafunc.parametrize("cases", checks, ids=names)


def test_a_check_keeps_its_promises(cases: list[Case], tmp_path: Path) -> None:
    answers = {case.stem: case.put for case in cases}
    heard = promises.hear(tmp_path / "check", answers, seconds=SECONDS)
    wrong = heard.broken
    for case in cases:
        state, message = heard.states.get(case.stem, ""), heard.messages.get(case.stem, "")
        what = f"{case.stem}, {case.name}: {state}, {' '.join(message.split())}"
        if case.solved is not None and (state == "solved") != case.solved:
            wrong.append(f"the verdict on {what}")
        elif case.told and not re.search(case.told, " ".join(message.split())):
            wrong.append(f"not told in {what}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("command", ["cp {other} {answer}", "rm -f {answer}"])
def test_what_is_judged_is_the_file_as_it_was(tmp_path: Path, command: str) -> None:
    """Whatever becomes of it: here a process that the answer starts changes it, or removes it."""
    answer = write_answers(tmp_path, k08_nll="") / "k08_nll.py"
    other = (
        write_answers(tmp_path / "other", k08_nll=sample_answers.wrong("k08_nll")) / "k08_nll.py"
    )
    shell = command.format(other=other, answer=answer)
    change = f"\nimport subprocess\nsubprocess.run({shell.split()!r}, check=True)\n"
    answer.write_text(sample_answers.right("k08_nll") + change, encoding="utf-8")
    run = run_pytest("katas/k08_nll.py", "--answers", tmp_path)
    assert "1 of 1 solved" in run.text, run.text
    assert not answer.exists() or answer.read_bytes() == other.read_bytes()


def test_a_conftest_among_answers_is_not_run(tmp_path: Path) -> None:
    """Or is told of, where pytest runs it before anybody can say that it should not."""
    answers = write_answers(
        tmp_path, k08_nll=sample_answers.wrong("k08_nll"), conftest="print('harm is done')\n"
    )
    run = run_pytest("katas/k08_nll.py", f"--answers={answers}")
    assert run.code == 1
    assert "harm" not in run.text
    run = run_pytest("katas/k08_nll.py", "--answers", answers)
    assert run.code == 4
    assert f"write --answers={answers}" in run.text


def test_a_fork_of_the_check_says_nothing(tmp_path: Path) -> None:
    """An answer that forks runs twice from there on; only one of the two is the check."""
    fork = "\nimport os\nif os.fork(): os.wait()\n"
    answers = write_answers(tmp_path, k08_nll=sample_answers.wrong("k08_nll") + fork)
    run = run_pytest("katas/k08_nll.py", "--answers", answers)
    assert run.code == 1
    assert "nll(input, target)" in run.text
