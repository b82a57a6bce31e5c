"""The check warns of a file whose name is almost a kata's or a package's, and of no other."""

import os
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.checker.output.file_warnings import closest
from tests.harness.limits import MISNAMED_FILES
from tests.harness.selftest.command import Run, run_pytest, write_answers

KATA = "k01_download"


@pytest.mark.parametrize(
    "name",
    [
        "k8_nll.py", "k08.py", "k8.py", "nll.py", "NLL.py", "K08_NLL.py", "k08-nll.py",
        "k08_nll (1).py", "k08_nll copy.py", "k08_nll_final.py", "08_nll.py", "k08nll.py",
        "k008_nll.py", "k09_nll.py", "k08_loss.py", "k08_nll.py.txt", "k08_nll.ipynb", "k08 nll.PY",
    ],
)  # fmt: skip
def test_a_misspelt_name_is_close_to_the_kata(name: str) -> None:
    assert closest(name) == "k08_nll"


@pytest.mark.parametrize(
    "name",
    [
        "helpers.py", "utils.py", "README.md", "notes.txt", "data.py", "model.py", "train.py",
        "main.py", "test.py", "conftest.py", "__init__.py", "loss.py", "solution.py", "k8s.py",
        "k99_other.py", "mnist.pkl.gz", "requirements.txt", "8.py", "k.py", "_.py", "данные.py",
    ],
)  # fmt: skip
def test_another_name_is_close_to_none(name: str) -> None:
    assert closest(name) == ""


@pytest.mark.parametrize("stem", catalog.stems())
def test_a_kata_is_known_by_its_number_or_its_topic(stem: str) -> None:
    number, _, topic = stem.partition("_")
    assert closest(stem) == closest(number) == stem
    assert closest(topic).partition("_")[2] == topic  # two katas may have one topic


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of answers: some are misnamed, and helpers and notes lie beside them."""
    answers = write_answers(tmp_path_factory.mktemp("answers"), **{KATA: ""})
    os.mkdir(answers / "k10_minibatches_old.py")
    for name in (
        "helpers.py", "notes.txt", ".k02.py", "k01_download.log", "k01_download (1).py",
        "k8_nll.py", "k09_accuracy.ipynb", "k05\x1b[31m\n.py",
    ):  # fmt: skip
        (answers / name).touch()
    return answers


@pytest.fixture(scope="module")
def run(answers: Path) -> Run:
    """A check of one kata in this folder."""
    return run_pytest(f"katas/{KATA}.py", "--answers", answers)


def test_each_is_told_once_in_order_before_the_progress(answers: Path, run: Run) -> None:
    lines = [line for line in run.text.splitlines() if line.startswith("Warning: ")]
    why = "is not the name of a kata, and was not checked. Did you mean"
    assert lines == [
        f"Warning: {answers}/k09_accuracy.ipynb was not checked: save its code in a file with the "
        "stub's name.",
        f"Warning: {answers}/k01_download (1).py {why} k01_download.py?",
        rf"Warning: {answers}/k05\x1b[31m\n.py {why} k05_init_weights.py?",
        f"Warning: {answers}/k8_nll.py {why} k08_nll.py?",
    ]
    assert run.text.index(lines[-1]) < run.text.index("Part 1 · Data")


def test_it_is_told_however_little_else_is(answers: Path) -> None:
    text = run_pytest(f"katas/{KATA}.py", "--answers", answers, "-q").text
    assert text.count("Warning: ") == 4
    assert "Part 1" not in text


def test_of_many_a_handful_is_told(tmp_path: Path) -> None:
    for number in range(MISNAMED_FILES + 3):
        (tmp_path / f"k08_nll ({number}).py").touch()
    text = run_pytest(f"katas/{KATA}.py", "--answers", tmp_path).text
    assert text.count("Did you mean k08_nll.py?") == MISNAMED_FILES
    assert "\nWarning: and 3 more.\n" in text


def test_nothing_is_said_where_no_folder_was_named() -> None:
    assert "Warning" not in run_pytest(f"katas/{KATA}.py").text
