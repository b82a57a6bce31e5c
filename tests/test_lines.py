"""The definition in an answer that a test is about is found without running the answer."""

import importlib
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness import catalog, limits
from tests.harness.checker.lines import definitions, line_about, names_in
from tests.harness.kit.expect import ToDo

TWO = b"import torch\n\ndef model(x):\n    return x\n\nclass Loss:\n    pass\n"


def _helper(answer: Any) -> Any:
    return answer.Loss(), _other(answer)


def _other(answer: Any) -> Any:
    return _helper(answer)


def about_the_model(answer: Any) -> None:
    answer.model(1)


def about_the_loss_by_a_helper(answer: Any) -> None:
    _other(answer)


def about_the_loss_in_a_lambda(answer: Any) -> Any:
    return lambda: answer.Loss()


@given(x=st.integers())
def about_the_loss_with_drawn_inputs(answer: Any, x: int) -> None:
    answer.Loss(x)


def about_something_else(answer: Any) -> None:
    answer.forward()


@pytest.mark.parametrize(
    ("test", "line"),
    [
        (about_the_model, 3),
        (about_the_loss_by_a_helper, 6),
        (about_the_loss_in_a_lambda, 6),
        (about_the_loss_with_drawn_inputs, 6),
        (about_something_else, 3),
        (None, 3),
    ],
)
def test_the_line_is_that_of_the_definition_that_a_test_names(test: Any, line: int) -> None:
    assert line_about(test, TWO) == line


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (b"", {}),
        (ToDo("there is no file"), {}),
        (b"def f(:\n  x = = 1\nclass C(\n", {"f": 1, "C": 3}),  # not Python
        ("# é\ndef f():\n".encode("latin-1"), {"f": 2}),
        ("\N{BYTE ORDER MARK}# é\r\ndef f():\r\n".encode(), {"f": 2}),
        ("def f():\n".encode("utf-16"), {}),
        (b"async def f():\nasync  def g():\n", {"f": 1, "g": 2}),
        (b"def _private():\n\tdef inner():\n  def inner2():\ndefine = 1\nclassical = 2\n", {}),
        (b"def f():\n    pass\ndef f():\n", {"f": 3}),  # the last one holds
        (b"x = 1 # \x0c\ndef f():\n", {"f": 2}),  # a form feed ends no line
    ],
)
def test_definitions_are_found_in_any_text(source: Any, lines: dict[str, int]) -> None:
    assert definitions(source) == lines
    assert line_about(about_the_model, source) == next(iter(lines.values()), 1)


def test_a_file_of_nothing_but_definitions_takes_no_longer_than_reading_it() -> None:
    line = b"def f():\n"
    start = time.process_time()
    definitions(line * (limits.ANSWER_BYTES // len(line)))
    assert time.process_time() - start < 2


@pytest.mark.parametrize("stem", catalog.stems())
def test_the_line_is_right_for_every_kata(stem: str) -> None:
    """Every test names a definition of its stub."""
    source = (catalog.KATAS / f"{stem}.py").read_bytes()
    tests = vars(importlib.import_module(f"tests.katas.test_{stem}"))
    for name, test in tests.items():
        if name.startswith("test_"):
            found = definitions(source)
            assert len(found) == 1 or set(names_in(test)) & found.keys(), name
