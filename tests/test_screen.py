"""The terminal of `--watch`: what it is set to, and which bytes are drawn."""

import contextlib
import os
import signal
from collections.abc import Iterator

import pytest

from tests.harness.checker.sandbox import isolation

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)

import pty
import termios

from tests.harness.checker.watch import screen
from tests.harness.checker.watch.screen import BEGIN, CLEAR_LINE, ENTER, LEAVE, Screen

LOCAL_MODES = 3  # in what `tcgetattr` returns


class Window:
    """The other end of a pseudo-terminal: types keys, and reads what was drawn."""

    def __init__(self, ours: int, theirs: int) -> None:
        self._ours = ours
        self.theirs = theirs

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._ours, keys)

    def drawn(self) -> bytes:
        """Take what has been written."""
        written = b""
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._ours, 1 << 16):
                written += data
        return written.replace(b"\r\n", b"\n")


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """Return a window whose terminal `Screen` takes for its own."""
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    termios.tcsetwinsize(theirs, (10, 20))
    monkeypatch.setattr(screen, "KEYBOARD", theirs)
    monkeypatch.setattr(screen, "TERMINAL", theirs)
    with contextlib.suppress(OSError), os.fdopen(ours, "rb"), os.fdopen(theirs, "rb"):
        yield Window(ours, theirs)


@pytest.fixture
def open_screen(window: Window) -> Iterator[Screen]:
    """Return a screen on that terminal."""
    with Screen(colours=True, encoding="utf-8") as opened:
        window.drawn()
        yield opened


def test_the_terminal_is_set_up_and_put_back(window: Window) -> None:
    before = termios.tcgetattr(window.theirs)
    with Screen(colours=True, encoding="utf-8"):
        assert window.drawn() == ENTER
        now = termios.tcgetattr(window.theirs)[LOCAL_MODES]
        assert not now & (termios.ICANON | termios.ECHO)
    assert window.drawn() == LEAVE
    assert termios.tcgetattr(window.theirs) == before


def test_keys_come_one_by_one_without_arrows(window: Window, open_screen: Screen) -> None:
    window.type(b"n\x1b[A\x1bOPh\xc3\xa9\r")
    assert list(open_screen.typed()) == ["n", "h", "é", "\n"]


def test_a_keyboard_that_is_gone_is_as_good_as_q(
    open_screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(os.devnull, "rb") as nothing:
        monkeypatch.setattr(screen, "KEYBOARD", nothing.fileno())
        assert list(open_screen.typed()) == ["q"]
    monkeypatch.setattr(screen, "KEYBOARD", 1 << 20)  # is not open
    assert list(open_screen.typed()) == ["q"]


def test_signals_come_through_the_pipe_in_a_fixed_order(window: Window) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Screen(colours=True, encoding="utf-8") as opened:
        for number in (signal.SIGWINCH, signal.SIGTERM, signal.SIGWINCH):
            os.kill(os.getpid(), number)
        assert opened.received() == [signal.SIGTERM, signal.SIGWINCH]
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_child_has_none_of_it(window: Window) -> None:
    with Screen(colours=True, encoding="utf-8") as opened:
        pid = os.fork()
        if pid == 0:
            opened.close_in_child()
            os.kill(os.getpid(), signal.SIGTERM)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGTERM
        os.kill(os.getpid(), signal.SIGWINCH)
        assert opened.received() == [signal.SIGWINCH]


def test_lines_are_drawn_from_the_top_and_the_rest_is_cleared(
    window: Window, open_screen: Screen
) -> None:
    open_screen.draw(["one", "two"])
    assert window.drawn() == b"\x1b[?7l\x1b[H\x1b[Kone\n\x1b[Jtwo\x1b[?7h"


def test_a_line_that_fills_its_row_keeps_its_last_character(
    window: Window, open_screen: Screen
) -> None:
    line = f"\x1b[31m{'x' * 20}\x1b[0m"
    open_screen.draw([line, f"{line}y", ""])
    first, second, _ = window.drawn().decode().removeprefix(BEGIN).split("\n")
    assert first == CLEAR_LINE + line  # clearing would begin at the character under the cursor
    assert second == f"{CLEAR_LINE}{line}y{CLEAR_LINE}"


def test_what_is_shown_is_not_drawn_again(window: Window, open_screen: Screen) -> None:
    open_screen.draw(["one"])
    first = window.drawn()
    open_screen.draw(["one"])
    assert window.drawn() == b""
    open_screen.set_up()  # after another program, or another size
    open_screen.draw(["one"])
    assert window.drawn() == first


def test_what_the_encoding_lacks_is_replaced(window: Window) -> None:
    with Screen(colours=True, encoding="ascii") as opened:
        opened.draw(["… ½"])
    assert b"? ?" in window.drawn()


def test_the_size_is_asked_for_each_time(window: Window, open_screen: Screen) -> None:
    assert open_screen.size == (20, 10)
    termios.tcsetwinsize(window.theirs, (5, 30))
    assert open_screen.size == (30, 5)
    termios.tcsetwinsize(window.theirs, (0, 0))  # as over a serial line
    assert open_screen.size == (80, 24)


def test_only_a_terminal_is_available(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    assert screen.is_available()
    monkeypatch.setenv("TERM", "dumb")
    assert not screen.is_available()
    monkeypatch.setenv("TERM", "xterm-256color")
    with open(os.devnull, "rb") as nothing:
        monkeypatch.setattr(screen, "KEYBOARD", nothing.fileno())
        assert not screen.is_available()
