"""An explanation has its facts in rows, and a sentence; each helper gives those of its case."""

from collections.abc import Callable

import pytest

from tests.harness.kit import (
    Row,
    WrongAnswer,
    elements,
    expect,
    expect_raises,
    expect_type,
    refuse,
    unpack,
)

ROWS = [
    Row.call("f(x)"),
    Row.input("x", "1", "before"),
    Row.code("line 3    return x"),
    Row.fact("a heading"),
    Row.gave("2\n3"),
    Row.expected("4", "x + 3"),
    Row.gave("0", label="is"),
    Row.expected("5" * 60, "a note that needs a line"),
]
TEXT = """\
f(x)
  x         1    before
line 3    return x
a heading
gave        2
            3
expected    4    x + 3
is          0
expected    555555555555555555555555555555555555555555555555555555555555
            a note that needs a line

Why it is so."""


def text(call: Callable[[], object]) -> str:
    """Return the explanation of what a call rejects."""
    with pytest.raises(WrongAnswer) as caught:
        call()
    return str(caught.value)


def test_rows_are_laid_out() -> None:
    assert str(WrongAnswer("Why it\nis so.", rows=ROWS)) == TEXT


def test_long_names_of_arguments_move_the_texts_of_all_rows() -> None:
    rows = [Row.input("parameters", "1"), Row.gave("2")]
    assert str(WrongAnswer(rows=rows)) == "  parameters  1\ngave          2"


def test_rows_can_be_put_first() -> None:
    error = WrongAnswer("Why.", rows=[Row.gave("2")])
    error.begin_with([Row.call("f()")])
    assert str(error) == "f()\ngave        2\n\nWhy."


def test_facts_become_rows_of_their_kind() -> None:
    expect(True, "no matter", gave=1)
    facts = {"call": "f(x)", "x": 1, "gave": 2, "expected": 3}
    rejected = text(lambda: expect(False, "Why.", **facts))
    assert rejected == "f(x)\n  x         1\ngave        2\nexpected    3\n\nWhy."
    assert text(lambda: refuse("Why.", **facts)) == rejected


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: expect_type(None, int, "f()", "an int"), "Did you forget `return`?"),
        (lambda: expect_type("a", int, "f()", "an int", "Count."), "Count."),
        (lambda: expect_type("a", int, "f()", "an int"), "gave        a str"),
        (lambda: elements(None, "f()", "numbers"), "Did you forget `return`, or `yield`?"),
        (lambda: elements(3, "f()", "numbers"), "gave        a int\nexpected    numbers"),
        (lambda: unpack(None, 2, "f()"), "Did you forget `return`?"),
        (lambda: unpack((1,), 2, "f()"), "gave        tuple of 1\nexpected    a tuple of 2"),
        (lambda: unpack("ab", 2, "f()"), "gave        str"),
        (lambda: expect_raises(lambda: 3), "gave        3\nexpected    Exception raised"),
        (
            lambda: expect_raises(lambda: 3, types=(KeyError, ValueError), shown=lambda _: "three"),
            "gave        three\nexpected    KeyError or ValueError raised",
        ),
    ],
)
def test_a_helper_rejects(call: Callable[[], object], told: str) -> None:
    assert told in text(call)


def test_a_helper_returns_what_is_right() -> None:
    assert elements((n for n in (1, 2)), "f()", "numbers") == [1, 2]
    assert unpack([1, 2], 2, "f()") == [1, 2]
    expect_type(3, int, "f()", "an int")
    expect_raises(lambda: int("x"), types=ValueError)


def test_another_exception_is_not_taken_for_the_right_one() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        expect_raises(lambda: int("x"), types=KeyError)
    assert text(lambda: expect_raises(lambda: refuse("Why."))) == "Why."
