"""An exception knows the call of the answer in which it was raised."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn, optim

from tests.harness.kit.calls import MOST_ARGUMENTS, note_call, rows_of_call
from tests.harness.kit.guard import Guard, Guarded


def rows(error: BaseException) -> list[tuple[str, str]]:
    """Return labels and texts of the rows about the call."""
    return [(row.label, row.text) for row in rows_of_call(error)]


def raising(input: Any, *, dim: int = 0) -> None:
    raise ValueError("no")


def test_a_guarded_call_is_noted() -> None:
    ours = Guarded(Guard(Path("k08_nll.py")), "nll", raising)
    with pytest.raises(ValueError, match="no") as raised:
        ours(torch.ones(1, 2), dim=1)
    assert rows(raised.value) == [
        ("", "nll(input, dim)"), ("input", "(1, 2) float32     [[1.0, 1.0]]"), ("dim", "1"),
    ]  # fmt: skip


def test_the_innermost_call_is_shown() -> None:
    guard = Guard(Path("k22_fit.py"))
    inner = Guarded(guard, "inner", raising)
    outer = Guarded(guard, "outer", lambda x: inner(x))
    with pytest.raises(ValueError, match="no") as raised:
        outer(3)
    assert rows(raised.value)[0] == ("", "inner(input)")


def test_where_no_call_is_noted_nothing_is_shown() -> None:
    assert rows(ValueError("no")) == []


def test_only_the_first_arguments_are_shown() -> None:
    error = ValueError()
    note_call(error, "f", lambda a, b, c, d, e: None, range(5), {})
    assert rows(error)[0] == ("", "f(a, b, c, d, e)")
    assert len(rows(error)) == 1 + MOST_ARGUMENTS


def test_a_signature_that_cannot_be_read_hides_no_exception() -> None:
    class Odd(Exception):
        @property
        def __dict__(self) -> Any:  # type: ignore[override]
            raise RuntimeError

    for error in (Odd(), ValueError()):
        note_call(error, "f", type, [1], {})
        assert rows(error) == []


def test_a_modules_arguments_are_those_of_its_forward() -> None:
    error = ValueError()
    note_call(error, "layer", torch.nn.ReLU(), [1.0], {})
    assert rows(error) == [("", "layer(input)"), ("input", "1.0")]


def test_an_argument_without_a_text_of_its_own_has_no_address() -> None:
    error = ValueError()
    given = [object(), lambda x: x, raising]
    note_call(error, "fit", lambda model, func, loss_func: None, given, {})
    assert rows(error)[1:] == [
        ("model", "a object"), ("func", "a function"), ("loss_func", "raising")
    ]  # fmt: skip


def test_models_and_optimisers_take_one_line() -> None:
    model = nn.Sequential(nn.Linear(1, 1), nn.ReLU())
    error = ValueError()
    given = [model, optim.SGD(model.parameters(), lr=0.5)]
    note_call(error, "fit", lambda model, opt: None, given, {})
    assert rows(error)[1:] == [("model", "a Sequential"), ("opt", "SGD, lr=0.5")]
