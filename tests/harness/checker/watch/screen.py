"""The terminal while `--watch` has it: one screen that is always whole, and single keys.

Whatever becomes of the program, the terminal is put back: by itself, or by a
guard, a process that does nothing but wait for its end.
"""

import contextlib
import io
import os
import re
import signal
import termios
import tty
from collections.abc import Callable, Iterator
from typing import Any

from _pytest._io import TerminalWriter

from tests.harness.checker.sandbox.processes import fork

KEYBOARD, TERMINAL = 0, 1  # file descriptors
# The screen beside the one with the shell's lines, and back.
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?7h\x1b[?1049l"
# From the first corner on, without folding what is too long; what is left over is wiped.
TOP, LINE_END, BOTTOM = "\x1b[?7l\x1b[H", "\x1b[K\n", "\x1b[J\x1b[?7h"
ESCAPED = re.compile(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)  # arrows and the like


def is_available() -> bool:
    """Whether there is a terminal that shows a screen and whose keys come to us."""
    if not (os.isatty(KEYBOARD) and os.isatty(TERMINAL)) or os.environ.get("TERM") == "dumb":
        return False
    with contextlib.suppress(OSError):  # a terminal may be nobody's
        return os.tcgetpgrp(KEYBOARD) == os.getpgrp()
    return True


class Screen:
    """The terminal, taken and given back; signals that concern it come as keys do."""

    SIGNALS = (
        signal.SIGINT, signal.SIGTERM, signal.SIGHUP,
        signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH,
    )  # fmt: skip

    def __init__(self, colours: bool, encoding: str) -> None:
        self.colours = colours
        self.encoding = encoding
        self._drawn = b""
        self.signals, self._wake = os.pipe()
        os.set_blocking(self.signals, False)
        os.set_blocking(self._wake, False)
        self._guard: tuple[int, int] | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Screen":
        self._settings = termios.tcgetattr(KEYBOARD)
        self._before = {number: signal.getsignal(number) for number in self.SIGNALS}
        for number in self.SIGNALS:
            signal.signal(number, lambda *_: None)  # it comes through the pipe
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        self.take()
        return self

    def __exit__(self, *error: object) -> None:
        self.give_back()
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def take(self) -> None:
        """Take the terminal."""
        self._guard = _guard(self._settings)
        self.retake()
        self._write(ENTER)

    def retake(self) -> None:
        """Set the terminal up, as others may have set it otherwise; draw all of it next time."""
        with contextlib.suppress(termios.error):
            tty.setcbreak(KEYBOARD, termios.TCSADRAIN)
        self._drawn = b""

    def give_back(self) -> None:
        """Put the terminal back as it was."""
        if self._guard is not None:
            pid, pipe = self._guard
            self._guard = None
            self._write(LEAVE)
            with contextlib.suppress(termios.error):  # it may be gone
                termios.tcsetattr(KEYBOARD, termios.TCSADRAIN, self._settings)
            os.write(pipe, b"x")
            os.close(pipe)
            os.waitpid(pid, 0)

    def left_by_a_child(self) -> None:
        """In a child process: have nothing to do with the terminal, or with its signals."""
        signal.set_wakeup_fd(-1)
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.close(self.signals)
        os.close(self._wake)
        if self._guard is not None:
            os.close(self._guard[1])

    def stop(self) -> None:
        """Stop, as Ctrl-Z asks, until the shell says to go on."""
        self.give_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, lambda *_: None)
        self.take()

    def typed(self) -> Iterator[str]:
        """Yield the keys that were pressed; `q` as well when there is no keyboard any more."""
        typed = b""
        with contextlib.suppress(OSError):
            typed = os.read(KEYBOARD, 1024)
        yield from ESCAPED.sub(b"", typed).decode(errors="replace") if typed else "q"

    def received(self) -> set[signal.Signals]:
        """Return the signals that have come."""
        return {signal.Signals(number) for number in os.read(self.signals, 1024)}

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines; those of the oldest terminals where it does not tell."""
        columns = lines = 0
        with contextlib.suppress(OSError):
            columns, lines = os.get_terminal_size(TERMINAL)
        return (columns or 80), (lines or 24)

    def draw(self, *parts: Callable[[TerminalWriter], None]) -> None:
        """Draw the top, the middle and the bottom; the middle gives way where room is scarce."""
        top, middle, bottom = (self._lines(part) for part in parts)
        height = self.size[1]
        room = max(1, height - len(top) - len(bottom))
        if len(middle) > room:
            left_out = len(middle) - room + 1
            middle[room - 1 :] = [f"    … {left_out} more lines, for which the window is too low"]
        lines = (top + middle + bottom)[-height:]
        text = TOP + LINE_END.join(lines) + "\x1b[K" + BOTTOM
        data = text.encode(self.encoding, "replace")
        if data != self._drawn:
            self._drawn = data
            self._write(data)

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # who shuts a window sees no more of it
            while data:
                data = data[os.write(TERMINAL, data) :]

    def _lines(self, part: Callable[[TerminalWriter], None]) -> list[str]:
        text = io.StringIO()
        writer = TerminalWriter(text)
        writer.hasmarkup = self.colours
        writer.fullwidth = self.size[0]
        part(writer)
        return text.getvalue().splitlines()


def _guard(settings: Any) -> tuple[int, int]:
    """Start the guard; return its process and the pipe through which it hears of our end."""
    pipe, ours = os.pipe()
    pid = fork()
    if pid == 0:
        os.setsid()  # so that no key's signal is for it
        for number in Screen.SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        os.close(ours)
        if not os.read(pipe, 1):  # the end, without a word
            os.write(TERMINAL, LEAVE)
            termios.tcsetattr(KEYBOARD, termios.TCSADRAIN, settings)
        os._exit(0)
    os.close(pipe)
    return pid, ours
