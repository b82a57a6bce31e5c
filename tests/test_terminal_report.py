"""What a check prints: each kind of mistake has its own words, within 80 columns."""

import re
from pathlib import Path

import pytest

from tests.harness.selftest.command import Run, run_pytest, write_answers

# An answer that is wrong in some way, and the words that its explanation must have.
MISTAKES = {
    "k06_log_softmax": (
        "def log_softmax(x):\n    x - x.logsumexp(-1, keepdim=True)",
        ["gave        None", "Did you forget `return`?"],
    ),
    "k08_nll": (
        "def nll(input, target):\n    return -input[range(len(target)), target].sum()",
        [
            "nll(input, target)",
            "input     (2, 3) float32",
            "target    (2,) int64",
            "gave        () float32",
            "expected    () float32",
            "F.nll_loss(input, target)",
            "That is the sum over the batch.",
        ],
    ),
    "k09_accuracy": (
        "def accuracy(out, yb):\n    return (out.argmax(1) == yb).float().mean().item()",
        ["The result is a Python number", "without `.item()`"],
    ),
    "k11_sgd_step": (
        "def sgd_step(parameters, lr):\n    for p in parameters:\n        p -= lr * p.grad",
        ["raised RuntimeError", "line 3    p -= lr * p.grad", "torch.no_grad():"],
    ),
    "k14_module": (
        "from torch import nn\nclass Mnist_Logistic(nn.Module)\n    pass",
        ["line 2    class Mnist_Logistic(nn.Module)", " ^", "Expected ':'"],
    ),
    "k21_loss_batch": (
        "def batch_loss(*args): ...\ndef loss_batch_(model, loss_func, xb, yb, opt=None): ...",
        ["defines no `loss_batch`, but there is `loss_batch_`"],
    ),
    "k22_fit": (
        "def fit(model, opt): ...",
        ["The kata calls `fit` with 6 arguments, and yours is `fit(model, opt)`"],
    ),
    "k24_cnn": (
        "from torch import nn\nclass Mnist_CNN(nn.Module):\n    def __init__(self):\n"
        "        self.conv1 = nn.Conv2d(1, 16, 3)",
        ["raised      AttributeError", "line 4", "Begin `__init__` with `super().__init__()`."],
    ),
    "k26_lambda": (
        "from torch import nn\n"
        "class Lambda(nn.Module):\n    def __init__(self, func):\n"
        "        super().__init__()\n        self.func = func\n"
        "    def forward(self, x):\n        return self.func(x)\n"
        "def preprocess(x):\n    return x.numpy().reshape(-1, 1, 28, 28)",
        ["The result is a numpy value."],
    ),
    "k27_sequential": ("import nosuchmodule", ["raised      ModuleNotFoundError", "line 1"]),
}
LONGEST = 18  # lines of an explanation, from its heading to the next one


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all of `MISTAKES`."""
    texts = {stem: text for stem, (text, _) in MISTAKES.items()}
    return write_answers(tmp_path_factory.mktemp("answers"), **texts)


@pytest.fixture(scope="module")
def plain(answers: Path) -> Run:
    """A check of all these answers, which prints into a pipe."""
    katas = [f"katas/{stem}.py" for stem in MISTAKES]
    return run_pytest(*katas, "--answers", answers, NO_COLOR="1")


@pytest.mark.parametrize("stem", MISTAKES)
def test_the_mistake_is_told(plain: Run, stem: str) -> None:
    block = re.search(rf"✗ \S*{stem}\.py · .*?(?=\n✗|\nPart)", plain.text, re.S)
    assert block is not None
    text = block[0]
    flat = " ".join(text.split())
    for part in MISTAKES[stem][1]:
        assert part in text or part in flat
    assert len(text.strip().splitlines()) <= LONGEST


def test_it_fits_into_eighty_columns(plain: Run) -> None:
    assert [line for line in plain.text.splitlines() if len(line) > 80 and "✗ /" not in line] == []


def test_no_frame_of_the_harness_is_shown(plain: Run) -> None:
    assert "harness" not in plain.text
    assert "hypothesis" not in plain.text
    assert "Traceback" not in plain.text


def test_a_wrong_answer_is_what_comes_next(plain: Run) -> None:
    assert re.search(r"Next: \S*k06_log_softmax.py", plain.text)


def test_without_colour_there_is_no_escape_code(plain: Run) -> None:
    assert "\x1b" not in plain.text


def test_in_colour_a_mistake_is_red_and_the_text_is_the_same(answers: Path, plain: Run) -> None:
    run = run_pytest("katas/k08_nll.py", "--answers", answers, "--color=yes")
    assert re.search(r"\x1b\[31m[^\n]*✗", run.text)
    uncoloured = re.sub(r"\x1b\[[0-9;]*m", "", run.text)
    assert uncoloured.partition("Part 2")[0].strip() in plain.text


def test_an_ascii_terminal_gets_ascii(answers: Path) -> None:
    run = run_pytest(
        "katas/k08_nll.py", "--answers", answers, PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    assert run.text.isascii()
    assert re.search(r"x \S*k08_nll\.py - the loss of a batch", run.text)
    assert "....................  0 of 1 solved".replace("  ", " ") in run.text


def test_what_the_answer_printed_is_shown(tmp_path: Path) -> None:
    code = "def download(url, path):\n    print('looking at', path.name)\n    return 1"
    run = run_pytest(
        "katas/k01_download.py", "--answers", write_answers(tmp_path, k01_download=code)
    )
    assert "printed     looking at data.bin" in run.text


def test_a_slow_wrong_answer_is_explained_all_the_same(tmp_path: Path) -> None:
    code = (
        "import time\ndef accuracy(out, yb):\n    time.sleep(0.05)\n"
        "    return (out.argmax(1) != yb).float().mean()"
    )
    answers = write_answers(tmp_path, k09_accuracy=code)
    run = run_pytest("katas/k09_accuracy.py", "--answers", answers, "-x", "--time-limit", "8")
    assert "accuracy(out, yb)" in run.text
    assert "Hypothesis" not in run.text


def test_only_one_kata_is_explained_once(plain: Run) -> None:
    assert plain.text.count(" · ") == len(MISTAKES) + 3  # and the parts
