"""What learners read about wrong answers is split, and its faults are counted."""

from pathlib import Path

import pytest

from tests.harness.selftest import sample_answers
from tests.harness.selftest.command import write_answers
from tests.harness.selftest.failures import Failure, count_faults, explanations, read

GOOD = """\
✗ mine/k08_nll.py · the loss of a batch is the mean
  over its rows

    nll(input, target)
      input     (2, 2) float32     [[0.0, 0.0], [0.0, 0.0]]
      target    (2,) int64         [0, 0]
    gave        () float32         1.3863
    expected    () float32         0.69315

    That is the sum.
"""


def failure(text: str, name: str = "A", found: str | None = "A") -> Failure:
    return Failure("k08_nll", name, text, found)


def test_the_law_and_the_size_of_the_input_are_read() -> None:
    assert failure(GOOD).law == "the loss of a batch is the mean over its rows"
    assert failure(GOOD).size == 6
    assert list(failure(GOOD).faults()) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "solved"),
        (GOOD + "    more\n" * 9, "more than 15 lines"),
        (GOOD + "x" * 81, "more than 80 columns"),
        (GOOD.replace("expected", "        "), "no expected"),
        (GOOD + "    <function f at 0x7f0011223344>", "an address"),
        ("✗ k08_nll.py · law\n\n    raised      E: no\n", "an exception without the call"),
    ],
)
def test_each_fault_is_found(text: str, fault: str) -> None:
    assert list(failure(text).faults()) == [fault]


def test_faults_are_counted() -> None:
    larger = GOOD.replace("(2, 2)", "(5, 2)")
    answers = [failure(GOOD), failure(larger, found=None), failure(GOOD, name="B")]
    assert count_faults(answers, names_known=True) == {
        "named": 2, "named otherwise": 1, "an input larger than another for this law": 1,
    }  # fmt: skip


def test_what_is_printed_is_split_by_kata() -> None:
    other = GOOD.replace("k08_nll", "k09_accuracy")
    text = f"\n\n{GOOD}\n\n{other}\n\nPart 2 · …\n  ✗ k08  …\n"
    assert explanations(text) == {"k08_nll": GOOD.rstrip(), "k09_accuracy": other.rstrip()}


def test_answers_in_a_folder_are_read(tmp_path: Path) -> None:
    answers = write_answers(tmp_path / "ada", k08_nll=sample_answers.wrong("k08_nll"))
    (found,) = read(answers, ["k08_nll", "k09_accuracy"], mastery=False)
    assert (found.stem, found.name, found.found) == ("k08_nll", "ada", "SumForMean")
    assert found.text.startswith("✗ k08_nll.py")
    assert list(found.faults()) == []
