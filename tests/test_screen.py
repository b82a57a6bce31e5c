"""The terminal of `--watch`: what it is set to, and which bytes are drawn."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from tests.harness.checker.sandbox import isolation

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)

import pty
import termios

from tests.harness.checker.output.features import Features
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
    with Screen(colours=True, shows=Features("utf-8")) as opened:
        window.drawn()
        yield opened


def test_the_terminal_is_set_up_and_put_back(window: Window) -> None:
    before = termios.tcgetattr(window.theirs)
    with Screen(colours=True, shows=Features("utf-8")):
        assert window.drawn() == ENTER
        now = termios.tcgetattr(window.theirs)[LOCAL_MODES]
        assert not now & (termios.ICANON | termios.ECHO)
    assert window.drawn() == LEAVE
    assert termios.tcgetattr(window.theirs) == before


def test_keys_come_one_by_one_and_arrows_by_their_names(
    window: Window, open_screen: Screen
) -> None:
    window.type(b"n\x1b[A\x1bOB\x1bOPh\xc3\xa9\r\x1b[6~\x1b[200~\x1b[F")
    assert list(open_screen.typed()) == ["n", "up", "down", "h", "é", "\n", "page down", "end"]


def test_escape_alone_is_a_key(window: Window, open_screen: Screen) -> None:
    window.type(b"\x1b")
    assert list(open_screen.typed()) == ["escape"]
    window.type(b"\x1b\x1b[A")
    assert list(open_screen.typed()) == ["escape", "up"]


def test_the_rest_of_an_arrow_may_come_later(window: Window, open_screen: Screen) -> None:
    window.type(b"\x1b")
    later = threading.Timer(0.01, window.type, [b"[A"])
    later.start()
    assert list(open_screen.typed()) == ["up"]
    later.join()


def test_another_program_gets_the_terminal_as_it_was(window: Window) -> None:
    before = termios.tcgetattr(window.theirs)
    with Screen(colours=True, shows=Features("utf-8")) as opened:
        window.drawn()
        with opened.lend():
            assert window.drawn() == LEAVE
            assert termios.tcgetattr(window.theirs) == before
            assert signal.getsignal(signal.SIGTSTP) == signal.SIG_DFL
            for number in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C was meant for the other
                os.kill(os.getpid(), number)
        assert window.drawn() == ENTER
        assert not termios.tcgetattr(window.theirs)[LOCAL_MODES] & termios.ICANON
        assert opened.received() == [signal.SIGTERM]
        assert opened.received() == []


def test_a_hyperlink_takes_no_columns(window: Window, open_screen: Screen) -> None:
    line = "\x1b]8;;file:///a/long/path\x1b\\" + "x" * 20 + "\x1b]8;;\x1b\\"
    open_screen.draw([line, ""])
    assert window.drawn().decode().removeprefix(BEGIN).startswith(f"{CLEAR_LINE}{line}\n")


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
    with Screen(colours=True, shows=Features("utf-8")) as opened:
        for number in (signal.SIGWINCH, signal.SIGTERM, signal.SIGWINCH):
            os.kill(os.getpid(), number)
        assert opened.received() == [signal.SIGTERM, signal.SIGWINCH]
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_child_has_none_of_it(window: Window) -> None:
    with Screen(colours=True, shows=Features("utf-8")) as opened:
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
    with Screen(colours=True, shows=Features("ascii")) as opened:
        opened.draw(["… ½"])
    assert b"? ?" in window.drawn()


def test_the_size_is_asked_for_each_time(window: Window, open_screen: Screen) -> None:
    assert open_screen.size == (20, 10)
    termios.tcsetwinsize(window.theirs, (5, 30))
    assert open_screen.size == (30, 5)
    termios.tcsetwinsize(window.theirs, (0, 0))  # as over a serial line
    assert open_screen.size == (80, 24)


def test_only_a_terminal_is_available(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    assert screen.is_available()
    with open(os.devnull, "rb") as nothing:
        monkeypatch.setattr(screen, "KEYBOARD", nothing.fileno())
        assert not screen.is_available()
