"""The reference answer is laid out beside the learner's own."""

import warnings
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.checker.output.reference import SIDE_BY_SIDE, layout, own_code

STEM = "k08_nll"
ANSWER = '''"""Part 2 · A network from bare tensors
k08 · The negative log-likelihood
"""

import torch
from torch import (
    Tensor,
)


LIMIT = 3


def nll(input: Tensor, target: Tensor) -> Tensor:
    """Return the loss.

    Of a batch.
    """
    # Rows.
    rows = range(len(target))

    return -input[rows, target].mean()


class Other:
    """Nothing."""

    def method(self):
        """Nothing."""


if __name__ == "__main__":
    nll()
'''
CODE = """LIMIT = 3

def nll(input: Tensor, target: Tensor) -> Tensor:
    # Rows.
    rows = range(len(target))

    return -input[rows, target].mean()

class Other:
    def method(self):
""".splitlines()


@pytest.fixture
def answer(tmp_path: Path) -> Path:
    path = tmp_path / f"{STEM}.py"
    path.write_text(ANSWER, encoding="utf-8")
    return path


def test_what_the_stub_has_brought_is_left_out() -> None:
    assert own_code(ANSWER) == CODE


@pytest.mark.parametrize("text", ["def nll(:\n    pass", "", "\0"])
def test_what_is_not_python_is_left_as_it_is(text: str) -> None:
    assert own_code(text) == text.splitlines()


def test_in_a_wide_terminal_they_are_side_by_side(answer: Path) -> None:
    lines = layout(STEM, answer, SIDE_BY_SIDE)
    assert max(map(len, lines)) <= SIDE_BY_SIDE
    assert len({line.index("│") for line in lines}) == 1
    left, right = ([line.split("│")[side].rstrip() for line in lines] for side in (0, 1))
    assert left[0].startswith("Yours: ")
    assert right[0] == f" The reference: solutions/{STEM}.py"
    assert left[2 : 2 + len(CODE)] == CODE
    assert "return -input.gather(" in "".join(right)


def test_in_a_narrow_one_the_reference_comes_first(answer: Path) -> None:
    lines = layout(STEM, answer, 80)
    assert max(map(len, lines)) <= 80
    assert lines[0] == f"The reference: solutions/{STEM}.py"
    yours = next(number for number, line in enumerate(lines) if line.startswith("Yours: "))
    assert lines[yours + 2 :] == CODE
    assert lines[yours - 1] == ""


def test_long_lines_are_folded(answer: Path) -> None:
    """Comments stay comments; code is indented."""
    answer.write_text(
        "def nll(input, target):\n    # one two three four five six seven eight nine ten\n"
        "    # eleven\n    return aaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbb + cccccc\n",
        encoding="utf-8",
    )
    lines = layout(STEM, answer, 40)
    assert lines[-5:] == [
        "def nll(input, target):",
        "    # one two three four five six seven",
        "    # eight nine ten eleven",
        "    return aaaaaaaaaaaaaaa +",
        "        bbbbbbbbbbbbbbbbbb + cccccc",
    ]


def test_wide_characters_take_two_columns(answer: Path) -> None:
    answer.write_text("# 행 하나\nx = 1\n", encoding="utf-8")
    lines = layout(STEM, answer, SIDE_BY_SIDE)
    assert lines[3].index("│") - lines[2].index("│") == 3


def test_control_characters_are_escaped(answer: Path) -> None:
    answer.write_text('x = "\x1b[31m"\n', encoding="utf-8")
    assert 'x = "\\x1b[31m"' in layout(STEM, answer, 80)


def test_a_file_that_is_gone_has_no_code(answer: Path) -> None:
    answer.unlink()
    assert layout(STEM, answer, 80)[-2:] == [f"Yours: {answer}"[:80], ""]


def test_nothing_is_printed_of_what_python_would_warn_of(capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert own_code('x = "\\d" is 1\n') == ['x = "\\d" is 1']
    assert capfd.readouterr().err == ""


def test_a_handout_without_solutions_says_so(
    answer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "SOLUTIONS", tmp_path / "none")
    (line,) = layout(STEM, answer, 80)
    assert line.startswith("The reference answer is not here: there is no ")
