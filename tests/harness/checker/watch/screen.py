"""Sets the terminal up for `--watch`: the alternate screen, single keys, signals as data.

The terminal is put back at the end, and while the program is stopped. Only after `kill -9`
it stays as it is; the command `reset` puts it right.
"""

import contextlib
import os
import re
import select
import signal
import termios
import tty
from collections.abc import Iterator, Sequence
from typing import Any

from tests.harness.checker.output.features import Features

KEYBOARD, TERMINAL = 0, 1  # file descriptors
# Show the alternate screen; show the shell's lines again.
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?7h\x1b[?1049l"
# Go to the first corner, and do not wrap long lines; wrap them again.
BEGIN, END = "\x1b[?7l\x1b[H", "\x1b[?7h"
CLEAR_LINE, CLEAR_REST = "\x1b[K", "\x1b[J"
ENDS = (signal.SIGTERM, signal.SIGHUP)  # signals that ask this process to end
# Arrows, colours, hyperlinks; ESC alone.
ESCAPED = re.compile(
    r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|O.|[^\x1b])?", re.DOTALL
)
KEY_NAMES = {
    "\x1b": "escape", "\x1b[A": "up", "\x1bOA": "up", "\x1b[B": "down", "\x1bOB": "down",
    "\x1b[5~": "page up", "\x1b[6~": "page down", "\x1b[H": "home", "\x1bOH": "home",
    "\x1b[1~": "home", "\x1b[F": "end", "\x1bOF": "end", "\x1b[4~": "end",
}  # fmt: skip
TYPED = re.compile(f"{ESCAPED.pattern}|.", re.DOTALL)
REST_SECONDS = 0.05  # within which the rest of an arrow's sequence follows its ESC


def is_available() -> bool:
    """Whether standard input and output are a terminal, with this process in the foreground."""
    if not (os.isatty(KEYBOARD) and os.isatty(TERMINAL)):
        return False
    with contextlib.suppress(OSError):  # it may not be the terminal of this session
        return os.tcgetpgrp(KEYBOARD) == os.getpgrp()
    return True


class Screen:
    """The terminal while `--watch` has it. `signals` is a pipe, readable when one has come."""

    SIGNALS = (
        signal.SIGINT, signal.SIGTERM, signal.SIGHUP,
        signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH,
    )  # fmt: skip

    _enter, _leave = ENTER, LEAVE

    def __init__(self, colours: bool, shows: Features) -> None:
        self.colours = colours
        self.shows = shows
        self.signals, self._wake = os.pipe()
        os.set_blocking(self.signals, False)
        os.set_blocking(self._wake, False)
        self._drawn = b""
        self._settings = termios.tcgetattr(KEYBOARD)
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Screen":
        for number in self.SIGNALS:
            self._handlers[number] = signal.signal(number, _do_nothing)  # Python writes to a pipe
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        self._open()
        return self

    def __exit__(self, *error: object) -> None:
        self._close()
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def close_in_child(self) -> None:
        """Give up the signals and their pipe, in a forked process."""
        signal.set_wakeup_fd(-1)
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.close(self.signals)
        os.close(self._wake)

    def set_up(self) -> None:
        """Ask for single keys, which another program may have changed; draw all next time."""
        with contextlib.suppress(termios.error):
            tty.setcbreak(KEYBOARD, termios.TCSADRAIN)
        self._drawn = b""

    def stop(self) -> None:
        """Put the terminal back and stop this process, as Ctrl-Z asks, until `fg`."""
        with self.lend():
            os.kill(os.getpid(), signal.SIGTSTP)

    @contextlib.contextmanager
    def lend(self) -> Iterator[None]:
        """Give the terminal to another program, which Ctrl-Z stops together with this one.

        What its keys sent to this process too is forgotten, such as SIGINT by Ctrl-C.
        """
        self._close()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        try:
            yield
        finally:
            signal.signal(signal.SIGTSTP, _do_nothing)
            ends = [number for number in self.received() if number in ENDS]
            os.write(self._wake, bytes(ends))
            self._open()

    def typed(self) -> Iterator[str]:
        """Yield the keys that were pressed, arrows and the like by their names.

        If the keyboard is gone, yield `q`.
        """
        typed = self._read()
        if typed.endswith(b"\x1b") and select.select([KEYBOARD], [], [], REST_SECONDS)[0]:
            typed += self._read()
        if not typed:
            yield "q"
        for match in TYPED.finditer(typed.decode(errors="replace")):
            name = KEY_NAMES.get(match[0], match[0])
            if not name.startswith("\x1b"):
                yield name

    def received(self) -> list[signal.Signals]:
        """Return the signals that have come, in the order of `SIGNALS`."""
        numbers = b""
        with contextlib.suppress(BlockingIOError):
            numbers = os.read(self.signals, 1024)
        return [number for number in self.SIGNALS if number in numbers]

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines; 80 and 24 if the terminal does not tell."""
        columns = lines = 0
        with contextlib.suppress(OSError):
            columns, lines = os.get_terminal_size(TERMINAL)
        return (columns or 80), (lines or 24)

    def draw(self, lines: Sequence[str]) -> None:
        """Draw the whole screen, unless it shows these lines already."""
        columns, _ = self.size
        # After a line that fills its row, the cursor stands on the last character, and would
        # clear it. There, the last character of a line that is too long is wrong.
        *rows, last = (line + CLEAR_LINE * (len(ESCAPED.sub("", line)) > columns) for line in lines)
        text = "".join(f"{CLEAR_LINE}{row}\n" for row in rows) + CLEAR_REST + last
        data = f"{BEGIN}{text}{END}".encode(self.shows.encoding, "replace")
        if data != self._drawn:
            self._drawn = data
            self._write(data)

    def _open(self) -> None:
        self.set_up()
        self._write(self._enter)

    def _close(self) -> None:
        self._write(self._leave)
        with contextlib.suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(KEYBOARD, termios.TCSADRAIN, self._settings)

    def _read(self) -> bytes:
        with contextlib.suppress(OSError):
            return os.read(KEYBOARD, 1024)
        return b""

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone
            while data:
                data = data[os.write(TERMINAL, data) :]


def _do_nothing(*_: object) -> None:
    """Handle a signal: unlike SIG_IGN, a handler lets Python write it to the wakeup pipe."""
