"""What no answer may do is rejected, with the reason and the line."""

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import SkipTest

import hypothesis
import pytest
import torch

from tests.harness.kit import Answer, Guarded, Kind, ToDo, WrongAnswer
from tests.harness.kit.guard import ends_a_test, lines_in, raised_by
from tests.harness.kit.loading import load_file

HERE = Path(__file__)


def guarded(function: Callable[..., Any]) -> Guarded:
    """Guard a function as if this file were the answer."""
    return Answer(HERE, lambda _: None).guarded(function, "f")


def rejected(function: Callable[..., Any], *args: Any, **kwargs: Any) -> WrongAnswer:
    """Call a function under the guard, which rejects it; return the explanation."""
    with pytest.raises(WrongAnswer) as caught:
        guarded(function)(*args, **kwargs)
    return caught.value


def test_the_result_and_the_arguments_are_passed_on() -> None:
    seen: list[Any] = []
    call = guarded(lambda x, y=0: x + y)
    call.guard.observer = lambda *call: seen.append(call)
    assert call(1, y=2) == 3
    assert seen == [("f", 3, [1, 2])]


def test_a_call_that_does_not_fit_the_signature_names_both() -> None:
    error = rejected(lambda x: x, 1, 2, z=3)
    assert "with 2 arguments and `z=`, and yours is `f(x)`" in error.why
    assert error.kind is Kind.SIGNATURE


def test_a_result_that_can_lie_is_rejected() -> None:
    lying = type("Lying", (int,), {"__eq__": lambda *_: True})
    assert rejected(lambda: lying(1)).kind is Kind.DISHONEST


def test_a_coroutine_is_rejected() -> None:
    async def answer() -> int:
        return 1

    assert "not `async def`" in rejected(answer).why


def test_settings_that_were_changed_are_named_together() -> None:
    def answer() -> None:
        torch.set_default_dtype(torch.float64)
        os.chdir("/")

    error = rejected(answer)
    assert error.why.startswith("`f` left the default dtype and the current directory changed, and")
    assert error.kind is Kind.SETTING
    assert torch.get_default_dtype() is torch.float32


def test_settings_are_put_back_after_an_exception_too() -> None:
    def answer() -> None:
        torch.set_grad_enabled(False)
        raise KeyError

    with pytest.raises(KeyError):
        guarded(answer)()
    assert torch.is_grad_enabled()


def test_a_seed_is_noticed_at_the_second_call() -> None:
    def answer() -> torch.Tensor:
        torch.manual_seed(7)
        return torch.rand(1)

    call = guarded(answer)
    call()
    with pytest.raises(WrongAnswer, match="seeds torch's random generator"):
        call()


def test_drawing_numbers_is_not_seeding() -> None:
    call = guarded(lambda: torch.rand(1))
    assert len({call().item() for _ in range(5)}) == 5


@pytest.mark.parametrize(
    "end",
    [
        lambda: pytest.skip("no time"),
        lambda: hypothesis.reject(),
        lambda: exec("raise SystemExit"),
        lambda: exec("raise KeyboardInterrupt"),
        lambda: exec("raise Skip('')", {"Skip": SkipTest}),
    ],
)
def test_an_answer_ends_neither_a_test_nor_the_program(end: Callable[[], None]) -> None:
    error = rejected(end)
    assert "which ends a program or a test from within" in error.why
    assert error.rows[0].text.startswith("line ")
    assert error.kind is Kind.RAISED


def test_the_innermost_line_of_the_answer_is_shown() -> None:
    def inner() -> None:
        raise SystemExit

    def outer() -> None:
        inner()

    assert rejected(outer).rows[0].text.endswith("    raise SystemExit")


def test_only_libraries_and_no_exception_end_a_test() -> None:
    assert not ends_a_test(ValueError())
    assert not ends_a_test(WrongAnswer())
    assert ends_a_test(SkipTest(""))
    assert ends_a_test(SystemExit())


def test_an_answer_that_is_not_begun_is_to_do() -> None:
    def answer() -> None:
        raise NotImplementedError  # in this file, which is the answer's

    with pytest.raises(ToDo) as caught:
        guarded(answer)()
    assert caught.value.waits_for == ""


def test_an_answer_that_needs_one_that_is_not_begun_waits_for_it(tmp_path: Path) -> None:
    (tmp_path / "k30_three_lines.py").write_text(
        "def train():\n    import k22_fit\n    k22_fit.fit()\n", encoding="utf-8"
    )
    answer = Answer(tmp_path / "k30_three_lines.py", load_file)
    with pytest.raises(ToDo) as missing:
        answer.train()
    (tmp_path / "k22_fit.py").write_text(
        "def fit():\n    raise NotImplementedError\n", encoding="utf-8"
    )
    with pytest.raises(ToDo) as unfinished:
        answer.train()
    assert missing.value.waits_for == unfinished.value.waits_for == "k22_fit"


@pytest.mark.parametrize(
    "call", [lambda: torch.nn.Module()(1), lambda: torch.ones(1, device="meta").cpu()]
)
def test_what_torch_has_not_implemented_is_an_error_of_the_answer(call: Any) -> None:
    with pytest.raises(NotImplementedError):
        guarded(call)()


def test_an_exception_is_located() -> None:
    def fail() -> None:
        int("x")

    with pytest.raises(ValueError, match="invalid literal") as by_c:
        fail()
    first, last = lines_in(HERE, by_c.value)
    assert last == fail.__code__.co_firstlineno + 1 < first
    assert raised_by(by_c.value) is None
    assert guarded(fail).guard.raised(by_c.value)
    with pytest.raises(TypeError) as by_python:
        contextlib.ExitStack().enter_context(None)  # type: ignore[arg-type]
    assert raised_by(by_python.value) == Path(contextlib.__file__)
    assert raised_by(ValueError()) is None


def test_the_line_that_runs_is_found_in_any_thread() -> None:
    guard = guarded(len).guard
    rows: list[Any] = []

    def look() -> None:
        rows.extend(guard.line_running())

    look()
    threading.Thread(target=look).start()
    assert [row.text.partition("    ")[2] for row in rows[:1]] == [
        "rows.extend(guard.line_running())"
    ]
    assert len(rows) == 2
