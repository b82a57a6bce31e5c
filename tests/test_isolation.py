"""Whatever an answer does, it does to itself: its kata fails, and no other is touched."""

import re
import shutil
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.checker.sandbox import isolation
from tests.harness.selftest.command import Run, run_pytest, write_answers

pytestmark = pytest.mark.skipif(not isolation.POSSIBLE, reason="there is no fork here")

# What an answer does, and what the reader is told.
MISBEHAVIOUR = {
    "k01_download": (
        "import os\ndef download(url, path):\n    os._exit(0)",
        "The answer ended Python with exit code 0.",
    ),
    "k06_log_softmax": (
        "def log_softmax(x):\n    while True:\n        pass",
        "It did not come to an end within 2 seconds.",
    ),
    "k08_nll": ("import sys\nsys.exit(0)", "Importing the file raised SystemExit"),
    "k11_sgd_step": (
        "import torch\ntorch.set_default_dtype(torch.float64)\n"
        "def sgd_step(parameters, lr):\n    pass",
        "Importing the file left the default dtype changed",
    ),
    "k14_module": (
        "import ctypes\ndef Mnist_Logistic():\n    ctypes.string_at(0)",
        "The answer crashed Python (SIGSEGV).",
    ),
    "k21_loss_batch": (
        "import torch\ndef loss_batch(model, loss_func, xb, yb, opt=None):\n"
        "    torch.set_grad_enabled(False)\n    return loss_func(model(xb), yb).item(), len(xb)",
        "left grad mode (whether autograd records) changed",
    ),
    "k22_fit": (
        "import os\ndef fit(epochs, model, loss_func, opt, train_dl, valid_dl):\n    os.chdir('/')",
        "left the current directory changed",
    ),
    "k24_cnn": (
        "import pytest\ndef Mnist_CNN():\n    pytest.skip('no time')",
        "`Mnist_CNN` raised Skipped",
    ),
    "k26_lambda": (
        "import hypothesis\nclass Lambda:\n    def __init__(self, func):\n"
        "        hypothesis.reject()\ndef preprocess(x):\n    hypothesis.assume(False)",
        "`Lambda` raised UnsatisfiedAssumption",
    ),
    "k27_sequential": (
        "def get_model():\n    raise KeyboardInterrupt",
        "`get_model` raised KeyboardInterrupt",
    ),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One check of all of them, beside one right answer."""
    answers = {stem: code for stem, (code, _) in MISBEHAVIOUR.items()}
    answers["k09_accuracy"] = (catalog.SOLUTIONS / "k09_accuracy.py").read_text(encoding="utf-8")
    folder = write_answers(tmp_path_factory.mktemp("answers"), **answers)
    katas = [f"katas/{stem}.py" for stem in answers]
    return run_pytest(*katas, "--answers", folder, "--time-limit", "2")


@pytest.mark.parametrize("stem", MISBEHAVIOUR)
def test_it_is_told_and_not_solved(run: Run, stem: str) -> None:
    _, told = MISBEHAVIOUR[stem]
    explanation = re.search(rf"✗ \S*{stem}\.py · .*?(?=\n✗|\nPart)", run.text, re.S)
    assert explanation is not None
    assert told in " ".join(explanation[0].split())
    assert re.search(rf"✗ {stem.partition('_')[0]} .*wrong", run.text)


def test_the_others_are_judged_as_ever(run: Run) -> None:
    assert re.search(r"✓ k09 .*solved", run.text)
    assert run.code == 1


def test_the_line_is_shown_on_which_it_hung_or_crashed(run: Run) -> None:
    assert "line 3    pass" in run.text or "line 2    while True:" in run.text
    assert "line 3    ctypes.string_at(0)" in run.text


def test_no_frame_of_the_harness_is_shown(run: Run) -> None:
    assert "harness/" not in run.text
    assert "Traceback" not in run.text


@pytest.mark.parametrize(
    ("code", "args"),
    [
        ("os._exit(0)", []),
        ("sys.exit(0)", []),
        ("pytest.exit('', 0)", []),
    ],
)
def test_none_of_them_exits_with_zero(code: str, args: list[str], tmp_path: Path) -> None:
    for text in (f"{code}", f"def download(url, path):\n    {code}"):
        write_answers(tmp_path, k01_download=f"import os, pytest, sys\n{text}")
        assert run_pytest("katas/k01_download.py", "--answers", tmp_path, *args).code == 1


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
    (repository / "tests" / "test_ending.py").write_text(ending)
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
        "katas/k01_download.py", "--answers", tmp_path, "--time-limit", "1", "-v", seconds=20
    )
    assert run.code == 1
    assert run.text.count("did not come to an end within 1 seconds") >= 1
    assert run.text.count("Not run: an earlier test never came to its end") >= 10


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    code = f"""
import os, subprocess, sys
def download(url, path):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with open({str(tmp_path / "pid")!r}, "w") as file:
        file.write(str(child.pid))
    os._exit(0)
"""
    answers = write_answers(tmp_path / "answers", k01_download=code)
    assert run_pytest("katas/k01_download.py", "--answers", answers).code == 1
    process = Path("/proc") / (tmp_path / "pid").read_text()
    status = process / "status"
    assert not status.exists() or "State:\tZ" in status.read_text()
