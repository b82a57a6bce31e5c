"""Nothing beside the answers, the checkout or the command changes a right answer's verdict."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.selftest import sample_answers
from tests.harness.selftest.command import Run, run_pytest, write_answers

K01, K08 = "k01_download", "k08_nll"
IN_KOREAN = """
# 손실
def nll(input, target):
    return -input[range(len(target)), target].mean()
"""
HIDES = "hides the package of that name: rename it."
TOPMOST = ("conftest.py", "pyproject.toml")
# Prints 50 kB in each call, and is wrong.
FLOOD = """
def nll(input, target):
    print("x" * 20_000)
    for i in range(300):
        print("line", i, "y" * 90)
    return -input[range(len(target)), target].sum()
"""


def check(stem: str, *arguments: str | Path, cwd: Path = catalog.ROOT, **options: Any) -> Run:
    """Check the answer to one kata."""
    return run_pytest(catalog.KATAS / f"{stem}.py", *arguments, cwd=cwd, **options)


@pytest.mark.parametrize("stem", [K01, K08])
def test_a_file_with_the_name_of_a_package_is_told_beside_right_answers(
    stem: str, tmp_path: Path
) -> None:
    hiding = ["requests", "random", "torch", "numpy", "queue"]
    files = dict.fromkeys(hiding, "raise RuntimeError('an experiment')")
    write_answers(tmp_path, **{stem: sample_answers.right(stem)}, **files)
    (tmp_path / "matplotlib").mkdir()
    (tmp_path / "matplotlib" / "__init__.py").write_text(
        "raise RuntimeError('a package')", encoding="utf-8"
    )
    run = check(stem, f"--answers={tmp_path}")
    assert run.code == 0, run.text
    for name in hiding:
        assert f"Warning: your {tmp_path}/{name}.py {HIDES}" in run.text
    assert f"Warning: your {tmp_path}/matplotlib {HIDES}" in run.text


def test_nor_is_one_taken_from_the_current_folder(tmp_path: Path) -> None:
    """Which `python -m pytest` puts on the path."""
    write_answers(tmp_path, **dict.fromkeys(["requests", "torch", "numpy"], "1 / 0"))
    run = check(K08, "--solutions", cwd=tmp_path)
    assert run.code == 0, run.text
    assert f"Warning: your torch.py {HIDES}" in run.text


def test_other_names_are_not_told(tmp_path: Path) -> None:
    for name in ("helpers", "test", "utils", "this", "data"):
        (tmp_path / f"{name}.py").touch()
    (tmp_path / "torch").mkdir()  # without __init__.py, it hides nothing
    (tmp_path / "random.txt").touch()
    write_answers(tmp_path, **{K01: sample_answers.right(K01)})
    run = check(K01, f"--answers={tmp_path}")
    assert run.code == 0, run.text
    assert "Warning" not in run.text


def test_another_import_mode(tmp_path: Path) -> None:
    run = check(K01, "--solutions", PYTEST_ADDOPTS="--import-mode=importlib")
    assert "1 of 1 solved, 1 mastered" in run.text, run.text
    run = check(K01, "--import-mode=append", "--solutions")
    assert "1 of 1 solved, 1 mastered" in run.text, run.text


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course's folder: a test, a configuration of its own, and a clone of this repository."""
    course = tmp_path_factory.mktemp("course")
    (course / "pytest.ini").write_text("[pytest]\naddopts = -q\n", encoding="utf-8")
    (course / "tests").mkdir()
    (course / "tests" / "__init__.py").touch()
    (course / "tests" / "test_course.py").write_text("def test_course(): pass\n", encoding="utf-8")
    clone = course / "a clone 한"
    for name in ("tests", "katas", "solutions"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(catalog.ROOT / name, clone / name, ignore=ignored)
    for name in TOPMOST:
        shutil.copy(catalog.ROOT / name, clone)
    return course


def test_katas_are_checked_from_the_root_of_a_course(course: Path) -> None:
    run = run_pytest(f"a clone 한/katas/{K01}.py", "--solutions", cwd=course)
    assert run.code == 0, run.text
    assert "1 of 1 solved, 1 mastered" in run.text


def test_a_courses_own_tests_run_without_the_katas(course: Path) -> None:
    run = run_pytest(".", cwd=course)
    assert run.code == 0, run.text
    assert "1 passed" in run.text
    assert "The katas were left out. To check them, type `cd" in run.text
    assert "`pytest katas/`" in run.text


def test_both_at_a_time_are_refused_in_a_sentence(course: Path) -> None:
    run = run_pytest("tests", "a clone 한/katas", cwd=course)
    assert run.code == 4
    assert run.text.startswith("ERROR: the katas have a configuration of their own: type `cd")
    assert len(run.text.strip().splitlines()) == 1


def test_what_python_cannot_decode_is_not_solved(tmp_path: Path) -> None:
    """A comment in cp949 without a line that says so."""
    (tmp_path / f"{K08}.py").write_bytes(IN_KOREAN.encode("cp949"))
    run = check(K08, f"--answers={tmp_path}")
    assert run.code == 1
    assert "Python cannot read the file: save it in UTF-8." in run.text


@pytest.mark.parametrize("line", ["# coding: cp949", "# -*- coding: euc-kr -*-"])
def test_what_python_can_decode_is(line: str, tmp_path: Path) -> None:
    (tmp_path / f"{K08}.py").write_bytes(f"{line}\n{IN_KOREAN}".encode("cp949"))
    run = check(K08, f"--answers={tmp_path}")
    assert run.code == 0, run.text


@pytest.mark.parametrize("right", [True, False])
def test_with_warnings_as_errors_nothing_more_is_printed(right: bool, tmp_path: Path) -> None:
    text = sample_answers.right(K01) if right else sample_answers.wrong(K01)
    write_answers(tmp_path, **{K01: text})
    run = check(K01, f"--answers={tmp_path}", PYTHONWARNINGS="error")
    assert run.code == (0 if right else 1), run.text
    for word in ("ResourceWarning", "Exception ignored", "unclosed"):
        assert word not in run.text


def test_a_warning_in_an_answer_is_not_an_error(tmp_path: Path) -> None:
    warns = f"import warnings\n\n{sample_answers.right(K08)}\n\nright = nll\n\n"
    warns += "def nll(input, target):\n    warnings.warn('old')\n    return right(input, target)\n"
    write_answers(tmp_path, **{K08: warns})
    run = check(K08, f"--answers={tmp_path}", PYTHONWARNINGS="error")
    assert run.code == 0, run.text


@pytest.mark.parametrize("verbose", [[], ["-v"]])
def test_of_much_that_is_printed_the_last_lines_are_shown(
    verbose: list[str], tmp_path: Path
) -> None:
    write_answers(tmp_path, **{K08: FLOOD})
    run = check(K08, f"--answers={tmp_path}", "--time-limit=60", *verbose)
    assert run.code == 1
    assert "lines before this" in run.text
    assert "line 299" in run.text
    assert "line 293" not in run.text
    assert len(run.text) < 60_000


def test_a_slow_answer_is_told_from_an_endless_one(tmp_path: Path) -> None:
    slow = f"{sample_answers.right(K08)}\n\nimport time\nright = nll\n\n"
    slow += "def nll(input, target):\n    time.sleep(0.15)\n    return right(input, target)\n"
    write_answers(tmp_path, **{K08: slow})
    run = check(K08, f"--answers={tmp_path}", "--time-limit=1")
    assert run.code == 1
    text = " ".join(run.text.split())
    assert "It is slow: the test did not come to an end within 1 seconds" in text
    assert "`--time-limit=6` gives each test more time." in text
