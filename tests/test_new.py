"""A new kata begins as one that works, and its stub is made from its reference answer."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.selftest import new
from tests.harness.selftest.command import environment, run_pytest
from tests.harness.selftest.stubs import NEW_BODY, stub_of

FILES = ("solutions", "katas", "tests/katas/test_", "tests/misconceptions", "tests/alternatives")
SOLUTION = '''\
"""Title."""

import math

LIMIT = 3  # how often


# For the answer only.
class _Helper:
    """Help."""

    def help(self):
        return 1


def given(x):
    """Return x."""
    return x  # as it is


@decorated
class Layer:
    """Two methods."""

    def __init__(self, n):
        # A comment.
        self.n = n
        # Another one.

    def forward(self, x):
        """Return n times x."""
        return self._scale(x)

    def _scale(self, x):
        return self.n * x


def last(
    x,
):
    """Return x."""
    return LIMIT * math.sqrt(x)
'''
STUB = '''\
"""Title."""

import math


def given(x):
    """Return x."""
    return x  # as it is


@decorated
class Layer:
    """Two methods."""

    def __init__(self, n):
        raise NotImplementedError  # TODO: keep n

    def forward(self, x):
        """Return n times x."""
        raise NotImplementedError  # TODO: multiply


def last(
    x,
):
    """Return x."""
    # The loop of the kata before.
    for i in range(3):
        x = x + i  # TODO: take the root instead
    return x
'''


def test_a_stub_is_the_answer_without_what_the_learner_writes() -> None:
    assert stub_of(SOLUTION, STUB) == STUB


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ('"""Title."""', '"""Another title."""'),
        ("import math", "import math\nimport re"),
        ("# as it is", "# another comment"),
        ("def __init__(self, n)", "def __init__(self, n: int)"),
        ('"""Return n times x."""', '"""Return x."""'),
        ("@decorated", "@another"),
    ],
)
def test_what_changes_in_the_answer_changes_in_the_stub(text: str, other: str) -> None:
    assert text in SOLUTION
    assert text in STUB
    assert stub_of(SOLUTION.replace(text, other), STUB) == STUB.replace(text, other)


def test_what_changes_in_the_stub_alone_is_noticed() -> None:
    for text in ("import math\n", "  # as it is", "@decorated\n"):
        assert stub_of(SOLUTION, STUB.replace(text, "")) == STUB


def test_a_function_that_the_stub_lacks_is_to_do() -> None:
    without = STUB[: STUB.index("\n\ndef last")] + "\n"
    head = STUB[: STUB.index("    # The loop of the kata before.")]
    assert stub_of(SOLUTION, without) == f"{head}    {NEW_BODY}\n"


def test_without_a_stub_all_public_functions_are_to_do() -> None:
    stub = stub_of(SOLUTION, None)
    assert stub.count(NEW_BODY) == 4
    assert "LIMIT" not in stub
    assert "_Helper" not in stub
    assert "_scale" not in stub
    assert "For the answer only" not in stub


def test_a_new_kata_works_from_the_start(tmp_path: Path) -> None:
    clone = _clone(tmp_path)
    _run(clone, "k47_square", "Squares of numbers", "--part", "Part 6 · More")
    paths = [clone / f"{place}k47_square.py" if place.endswith("_") else
             clone / place / "k47_square.py" for place in FILES]  # fmt: skip
    assert [path for path in paths if not path.is_file()] == []
    table = (clone / "katas" / "README.md").read_text(encoding="utf-8")
    assert table.endswith("| [`k47_square`](k47_square.py) | Squares of numbers |\n")
    assert "\n## Part 6 · More\n" in table
    run = run_pytest("katas/k47_square.py", cwd=clone)
    assert run.code == 1
    assert "○ k47  Squares of numbers" in run.text
    assert "to do" in run.text
    galleries = [f"tests/{name}/k47_square.py" for name in ("misconceptions", "alternatives")]
    run = run_pytest("katas/k47_square.py", *galleries, "--solutions", cwd=clone)
    assert run.code == 0, run.text
    assert "mastered" in run.text
    # The stub is written again from the answer.
    answer = clone / "solutions" / "k47_square.py"
    answer.write_text(answer.read_text(encoding="utf-8").replace("TODO: ", ""), encoding="utf-8")
    _run(clone, "--stub", "k47_square")
    stub = (clone / "katas" / "k47_square.py").read_text(encoding="utf-8")
    assert stub.count("TODO") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["square"], "reads like k47_name"),
        (["K31_square"], "reads like k47_name"),
        (["k99_lambda"], "reads like k47_name"),
        (["k08_nll"], "k08 is taken"),
        (["k08_other"], "k08 is taken"),
        (["k99_long", "T" * 51], "at most 50 characters"),
        (["k99_part", "--part", "Five"], "a part reads like"),
        (["--stub", "k99_missing"], "there is no solutions/k99_missing.py"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(arguments: list[str], said: str) -> None:
    with pytest.raises(SystemExit) as ended:
        new.main(arguments)
    assert said in str(ended.value)
    assert "\n" not in str(ended.value)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    clone = _clone(tmp_path)
    there = clone / "tests" / "alternatives" / "k47_square.py"
    there.write_text("mine\n", encoding="utf-8")
    assert "already tests/alternatives/k47_square.py" in _run(clone, "k47_square")
    assert there.read_text(encoding="utf-8") == "mine\n"
    assert not (clone / "katas" / "k47_square.py").exists()


def test_a_stub_that_was_solved_is_not_replaced_by_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "KATAS", tmp_path)
    (tmp_path / "k08_nll.py").write_text(
        "def nll(input, target):\n    return 0\n", encoding="utf-8"
    )
    with pytest.raises(SystemExit, match="has nothing to do"):
        new.main(["--stub", "k08_nll"])


def _clone(tmp_path: Path) -> Path:
    left_out = shutil.ignore_patterns(".*", "__pycache__", "data")
    return Path(shutil.copytree(catalog.ROOT, tmp_path / "clone", ignore=left_out))


def _run(clone: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.harness.selftest.new", *arguments]
    done = subprocess.run(
        command, cwd=clone, env=environment(), check=False, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout
