"""Whatever an answer does, it does to itself: its kata fails, and no other is touched."""

import shutil
import signal
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.checker.sandbox import isolation
from tests.harness.selftest.command import run_pytest, write_answers

pytestmark = pytest.mark.skipif(not isolation.POSSIBLE, reason="there is no fork here")


def test_the_line_is_shown_on_which_it_hung_or_crashed(tmp_path: Path) -> None:
    """What else a misbehaving answer may not do is tried in `test_hostile.py`."""
    hangs = "def log_softmax(x):\n    while True:\n        pass"
    crashes = "import ctypes\ndef Mnist_Logistic():\n    ctypes.string_at(0)"
    answers = write_answers(tmp_path, k06_log_softmax=hangs, k14_module=crashes)
    katas = [f"katas/{path.name}" for path in answers.iterdir()]
    run = run_pytest(*katas, "--answers", answers, "--time-limit", "2")
    assert "line 3    pass" in run.text or "line 2    while True:" in run.text
    assert "line 3    ctypes.string_at(0)" in run.text


def test_an_interrupt_by_the_answer_is_wrong_in_the_background_too(tmp_path: Path) -> None:
    """A shell lets the commands that it starts in the background ignore SIGINT."""
    code = "import os\n\ndef download(url, path):\n    os.kill(os.getpid(), 2)\n    return path\n"
    answers = write_answers(tmp_path, k01_download=code)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        run = run_pytest("katas/k01_download.py", "--answers", answers)
    finally:
        signal.signal(signal.SIGINT, before)
    assert "KeyboardInterrupt" in run.text


@pytest.mark.parametrize("code", ["os._exit(0)", "sys.exit(0)", "pytest.exit('', 0)"])
def test_an_answer_that_exits_does_not_end_the_check_with_zero(code: str, tmp_path: Path) -> None:
    for text in (f"{code}", f"def download(url, path):\n    {code}"):
        write_answers(tmp_path, k01_download=f"import os, pytest, sys\n{text}")
        assert run_pytest("katas/k01_download.py", "--answers", tmp_path).code == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("pytest.exit('no more of this', 3)", "no more of this"),
        ("os._exit(5)", "The test ended Python with exit code 5."),
    ],
)
def test_a_test_of_the_repository_that_ends_the_run_says_what_happened(
    code: str, said: str, repository: Path
) -> None:
    ending = f"import os\nimport pytest\n\ndef test_one():\n    {code}\n\ndef test_two(): pass\n"
    (repository / "tests" / "test_ending.py").write_text(ending, encoding="utf-8")
    run = run_pytest("tests/test_ending.py", cwd=repository)
    assert run.code == 1
    assert said in run.text
    assert "The answer" not in run.text


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of the repository."""
    for name in ("tests", "katas", "solutions"):
        shutil.copytree(catalog.ROOT / name, tmp_path / name)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(catalog.ROOT / name, tmp_path)
    return tmp_path


def test_after_an_endless_test_the_others_are_not_waited_for(tmp_path: Path) -> None:
    code = "def download(url, path):\n    while True:\n        pass"
    write_answers(tmp_path, k01_download=code)
    run = run_pytest(
        "katas/k01_download.py", "--answers", tmp_path, "--time-limit", "1", "-v", seconds=60
    )
    assert run.code == 1
    assert run.text.count("did not come to an end within 1 seconds") >= 1
    assert run.text.count("Not run: an earlier test never came to its end") >= 10
