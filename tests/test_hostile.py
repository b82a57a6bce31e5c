"""Whatever an answer does, a check ends in time, explains it, and gives the right verdict.

Every answer goes through the command line. One check has one answer to each kata. By default
the first few checks run; all of them run if this file is given on the command line.
"""

import functools
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness.checker.sandbox import isolation
from tests.harness.selftest import dev_extra, sample_answers
from tests.harness.selftest.command import run_pytest, write_answers

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)
if dev_extra.is_missing():
    pytest.skip(dev_extra.REASON, allow_module_level=True)

from tests.harness.selftest.hostile import answers, promises
from tests.harness.selftest.hostile import behaviours as tables
from tests.harness.selftest.hostile.behaviours import FIRST, IMPORT, MOMENTS, Behaviour

# Autograd puts the grad mode back after a `forward` of k44. k45 must not import torch.
LEFT_OUT = promises.CONTROL, "k44_function", "k45_engine"
STEMS = [stem for stem in sample_answers.stems() if stem not in LEFT_OUT]
SECONDS = 240  # for one check; it takes twenty where nothing else runs
DEFAULT_CHECKS = 1
# Katas whose function returns None, and those whose tests ignore what it returns.
RETURN_NONE = {"k11_sgd_step", "k12_training_loop", "k15_parameters", "k25_momentum"}
RESULT_IGNORED = {"k17_optim", "k18_dataset", "k19_dataloader", "k22_fit"}

Text = Callable[[str], str]  # the text of an answer to a kata


@dataclass(frozen=True)
class Case:
    """An answer, what its explanation must match, and the verdict (None: both are acceptable)."""

    name: str
    stem: str
    write: promises.Writer
    message: str = ""
    solved: bool | None = False


def _cases() -> Iterator[Case]:
    """Yield all cases. The first ones are the most different from each other."""
    stems = itertools.cycle(STEMS)
    yield from _blinding_cases()
    yield from _form_cases(stems)
    yield from _behaviour_cases(stems)
    yield from _definition_cases()
    yield from _result_cases()


def _blinding_cases() -> Iterator[Case]:
    """Yield a wrong answer to each kata that replaces all comparisons by functions that pass."""
    blind = next(row for row in tables.REPLACING if row.name == "no comparisons")
    for stem in STEMS:
        yield _behaviour_case(stem, sample_answers.wrong, blind, IMPORT)


def _form_cases(stems: Iterator[str]) -> Iterator[Case]:
    for form, stem in zip(answers.FORMS, stems, strict=False):
        write = functools.partial(_write, form, sample_answers.right(stem))
        yield Case(form.name, stem, write, form.message, form.solved)


def _behaviour_cases(stems: Iterator[str]) -> Iterator[Case]:
    """Yield right answers that show a behaviour at every moment, then wrong ones."""
    mixed = [
        tables.ENDING, tables.CHANGING, tables.LOOKING, tables.REPLACING, tables.HABITS,
        tables.LEAVING, tables.ENDLESS, tables.PRINTING,
    ]  # fmt: skip
    rows = [row for rows in itertools.zip_longest(*mixed) for row in rows if row]
    rows += tables.TAKING
    for moment in MOMENTS:
        for row in rows:
            yield _behaviour_case(next(stems), sample_answers.right, row, moment)
    for moment in (FIRST, IMPORT):
        for row in rows:
            yield _behaviour_case(next(stems), sample_answers.wrong, row, moment)


def _behaviour_case(stem: str, text: Text, behaviour: Behaviour, moment: str) -> Case:
    is_right = text is sample_answers.right
    # At other moments the behaviour may come too late to change the verdict.
    solved = behaviour.solved if is_right and moment in (FIRST, IMPORT) else None
    whole = answers.with_behaviours(stem, text(stem), [(behaviour, moment)])
    return Case(
        f"{'' if is_right else 'wrong, '}{behaviour.name}, {moment}", stem,
        promises.text_writer(whole), behaviour.message if solved is False else "",
        solved if is_right else False,
    )  # fmt: skip


def _definition_cases() -> Iterator[Case]:
    for name, (_, message) in answers.DEFINITIONS.items():
        for stem in STEMS:
            text = answers.with_definition(stem, sample_answers.right(stem), name)
            yield Case(name, stem, promises.text_writer(text), message)


def _result_cases() -> Iterator[Case]:
    for name in answers.RESULTS:
        for stem in STEMS:
            acceptable = stem in RESULT_IGNORED or (name == "None" and stem in RETURN_NONE)
            acceptable = acceptable or (name == "float" and stem == "k20_validation")
            text = answers.with_result(stem, sample_answers.right(stem), name)
            solved = None if acceptable else False
            yield Case(f"gives {name}", stem, promises.text_writer(text), solved=solved)


def _write(form: answers.FileForm, text: str, path: Path) -> object:
    return form.write(path, text)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Divide the cases into checks."""
    if "cases" in metafunc.fixturenames:
        cases, size = list(_cases()), len(STEMS)
        checks = [cases[i : i + size] for i in range(0, len(cases), size)]
        asked = any(Path(__file__).name in arg for arg in metafunc.config.args)
        checks = checks if asked else checks[:DEFAULT_CHECKS]
        names = [f"{few[0].name} to {few[-1].name}" for few in checks]
        metafunc.parametrize("cases", checks, ids=names)


def test_a_check_keeps_its_promises(cases: list[Case], tmp_path: Path) -> None:
    writers = {case.stem: case.write for case in cases}
    outcome = promises.run_check(tmp_path / "check", writers, seconds=SECONDS)
    broken = outcome.broken
    for case in cases:
        state = outcome.states.get(case.stem, "")
        message = " ".join(outcome.messages.get(case.stem, "").split())
        what = f"{case.stem}, {case.name}: {state}, {message}"
        if case.solved is not None and (state == "solved") != case.solved:
            broken.append(f"the verdict on {what}")
        elif case.message and not re.search(case.message, message):
            broken.append(f"no {case.message!r} in {what}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("command", ["cp {other} {answer}", "rm -f {answer}"])
def test_what_is_judged_is_the_file_as_it_was(tmp_path: Path, command: str) -> None:
    """Whatever becomes of it: here a process that the answer starts changes it, or removes it."""
    right, wrong = sample_answers.right("k08_nll"), sample_answers.wrong("k08_nll")
    answer = write_answers(tmp_path, k08_nll="") / "k08_nll.py"
    other = write_answers(tmp_path / "other", k08_nll=wrong) / "k08_nll.py"
    shell = command.format(other=other, answer=answer)
    change = f"\nimport subprocess\nsubprocess.run({shell.split()!r}, check=True)\n"
    answer.write_text(right + change, encoding="utf-8")
    run = run_pytest("katas/k08_nll.py", "--answers", tmp_path)
    assert "1 of 1 solved" in run.text, run.text
    assert not answer.exists() or answer.read_bytes() == other.read_bytes()


def test_a_conftest_among_answers_is_not_run(tmp_path: Path) -> None:
    """Or is reported, where pytest runs it before it knows that it should not."""
    wrong = sample_answers.wrong("k08_nll")
    answers = write_answers(tmp_path, k08_nll=wrong, conftest="print('harm is done')\n")
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
