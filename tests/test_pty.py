"""The emulated terminal of the tests shows what a real one would."""

import sys

import pytest

from tests.harness.checker.sandbox import isolation
from tests.harness.selftest import dev_extra

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)
if dev_extra.is_missing():
    pytest.skip(dev_extra.REASON, allow_module_level=True)

import pyte

from tests.harness.selftest.pty import SHELL, Emulator, Terminal, is_running, wait_until

ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
FRAME_BEGINS, FRAME_ENDS = b"\x1b[?7l\x1b[H", b"\x1b[?7h"


def emulator(*data: bytes, size: tuple[int, int] = (10, 4)) -> Emulator:
    """Return a terminal after some bytes were printed."""
    terminal = Emulator(*size)
    stream = pyte.ByteStream(terminal)
    for part in data:
        stream.feed(part)
    return terminal


def test_the_alternate_screen_hides_the_lines_of_the_shell() -> None:
    terminal = emulator(b"$ watch\r\n", ENTER, b"\x1b[Hpicture")
    assert terminal.is_alternate
    assert terminal.text == "picture"


def test_the_lines_of_the_shell_come_back_and_go_on_where_they_were() -> None:
    terminal = emulator(b"$ watch\r\n", ENTER, b"\x1b[Hpicture", LEAVE, b"done")
    assert not terminal.is_alternate
    assert terminal.text == "$ watch\ndone"


def test_what_was_not_cleared_stays() -> None:
    assert emulator(b"long line\r\nmore", b"\x1b[Hshort").text == "shortline\nmore"


def test_a_line_that_is_too_long_is_wrapped_unless_that_is_off() -> None:
    assert emulator(b"0123456789abc").text == "0123456789\nabc"
    terminal = emulator(b"\x1b[?7l0123456789abc")
    assert terminal.text == "012345678c"
    assert not terminal.wraps


def test_a_frame_is_kept_when_it_is_whole() -> None:
    frames = FRAME_BEGINS + b"one" + FRAME_ENDS + FRAME_BEGINS + b"two" + FRAME_ENDS
    terminal = emulator(frames, FRAME_BEGINS + b"three")
    assert list(terminal.frames) == ["one", "two"]


def test_a_wait_fails_when_the_command_has_ended() -> None:
    with (
        Terminal(command=[sys.executable, "-m", "no_such_module"]) as terminal,
        pytest.raises(AssertionError, match="No module named no_such_module"),
    ):
        terminal.wait("what never comes")
    assert terminal.exit_code() == 1


def test_processes_are_those_that_the_command_started() -> None:
    with Terminal(command=SHELL, PS1="$ ") as terminal:
        terminal.wait("$")
        terminal.type("sleep 60 &\n")
        wait_until(lambda: len(terminal.processes()) == 2)
        _, sleep = terminal.processes()
        terminal.type(f"kill {sleep.pid}\n")
        wait_until(lambda: not is_running(sleep))
        assert [process.pid for process in terminal.processes()] == [terminal.pid]
