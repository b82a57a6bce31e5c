"""`breakpoint()` in an answer, with `--pdb`: driven in a terminal, as a learner does."""

import pdb
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.harness.checker.debugger import breakpoints_in_first_call
from tests.harness.checker.sandbox import isolation
from tests.harness.selftest import dev_extra
from tests.harness.selftest.command import write_answers

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)
if dev_extra.is_missing():
    pytest.skip(dev_extra.REASON, allow_module_level=True)

from tests.harness.selftest.pty import Terminal

LEFT = "Exit: You left the debugger"
SUM = """
def nll(input, target):
    picked = input[range(len(target)), target]
    breakpoint()
    return -picked.sum()
"""
# The test goes through the generator; no call of the answer is under way.
IN_GENERATOR = """
def minibatches(x, y, bs):
    for i in range(0, len(x), bs):
        breakpoint()
        yield x[i : i + bs], y[i : i + bs]
"""
CATCHES = """
def accuracy(out, yb):
    try:
        import pdb; pdb.set_trace()
    except:
        pass
    return (out.argmax(dim=1) == yb).double().mean().float()
"""


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return write_answers(tmp_path, k08_nll=SUM, k09_accuracy=CATCHES, k10_minibatches=IN_GENERATOR)


@pytest.mark.parametrize(
    ("kata", "keys", "flags"),
    [
        ("k08_nll", "q\n", ["-s"]),
        ("k08_nll", "\x04", []),
        ("k09_accuracy", "exit\n", []),
        ("k10_minibatches", "q\n", []),
    ],
)
def test_to_leave_the_debugger_ends_the_check(
    kata: str, keys: str, flags: list[str], answers: Path
) -> None:
    args = [f"katas/{kata}.py", f"--answers={answers}", "--pdb", *flags]
    with Terminal(*args, size=(100, 40)) as terminal:
        terminal.wait("(Pdb)")
        assert f"{kata}.py(" in terminal.screen
        terminal.type(keys)
        assert terminal.exit_code() == pytest.ExitCode.INTERRUPTED
        screen = terminal.wait(LEFT)
    assert screen.count("PDB set_trace") == 1
    assert not any(word in screen for word in ("Inconsistent", "raised", "post_mortem", "wrong"))


def test_to_go_on_checks_the_answer_without_another_stop(answers: Path) -> None:
    """It stops in the first example of a test; the failure is then looked at."""
    args = ["katas/k08_nll.py", f"--answers={answers}", "--pdb", "-s"]
    with Terminal(*args, size=(100, 60)) as terminal:
        terminal.wait("(Pdb)")
        terminal.type("p tuple(picked.shape)\n")
        terminal.wait(lambda screen: screen.count("(Pdb)") == 2)
        terminal.type("c\n")
        terminal.wait("PDB post_mortem")
        terminal.wait(lambda screen: screen.count("(Pdb)") == 3)
        terminal.type("q\n")
        terminal.wait("Exit: Quitting debugger")
        assert terminal.exit_code() == pytest.ExitCode.INTERRUPTED
        assert terminal.screen.count("PDB set_trace") == 1
        assert "0 of 1 solved" in terminal.screen


@pytest.mark.parametrize("stop", [lambda: breakpoint(), lambda: pdb.set_trace()])
def test_a_breakpoint_is_obeyed_in_the_first_call_of_each_test(
    stop: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    stops: list[Any] = []
    calls: list[int] = []

    @settings(max_examples=5, database=None, derandomize=True)
    @given(x=st.integers())
    def drawing(x: int) -> None:
        calls.append(x)
        stop()
        stop()

    def plain() -> None:
        stop()
        stop()

    monkeypatch.setattr(sys, "breakpointhook", lambda: stops.append("hook"))
    monkeypatch.setattr(pdb, "set_trace", lambda: stops.append("pdb"))
    before = sys.breakpointhook, pdb.set_trace
    for test, number in ((drawing, 2), (plain, 2), (drawing, 2)):
        stops.clear()
        with breakpoints_in_first_call(test):
            test()
        assert len(stops) == number
        assert (sys.breakpointhook, pdb.set_trace) == before
    assert len(calls) == 10
