"""Sets the terminal up for `--watch`: the alternate screen, single keys, signals as data.

The terminal is put back at the end, and while the program is stopped. Only after `kill -9`
it stays as it is; the command `reset` puts it right.
"""

import contextlib
import os
import re
import signal
import termios
import tty
from collections.abc import Iterator, Sequence
from typing import Any

KEYBOARD, TERMINAL = 0, 1  # file descriptors
# Show the alternate screen; show the shell's lines again.
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?7h\x1b[?1049l"
# Go to the first corner, and do not wrap long lines; wrap them again.
BEGIN, END = "\x1b[?7l\x1b[H", "\x1b[?7h"
CLEAR_LINE, CLEAR_REST = "\x1b[K", "\x1b[J"
ESCAPED = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)  # arrows, colours


def is_available() -> bool:
    """Whether standard input and output are a terminal, with this process in the foreground."""
    if not (os.isatty(KEYBOARD) and os.isatty(TERMINAL)) or os.environ.get("TERM") == "dumb":
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

    def __init__(self, colours: bool, encoding: str) -> None:
        self.colours = colours
        self.encoding = encoding
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
        self._close()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, _do_nothing)
        self._open()

    def typed(self) -> Iterator[str]:
        """Yield the keys that were pressed; `q` if the keyboard is gone."""
        typed = b""
        with contextlib.suppress(OSError):
            typed = os.read(KEYBOARD, 1024)
        yield from ESCAPED.sub("", typed.decode(errors="replace")) if typed else "q"

    def received(self) -> list[signal.Signals]:
        """Return the signals that have come, in the order of `SIGNALS`."""
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
        data = f"{BEGIN}{text}{END}".encode(self.encoding, "replace")
        if data != self._drawn:
            self._drawn = data
            self._write(data)

    def _open(self) -> None:
        self.set_up()
        self._write(ENTER)

    def _close(self) -> None:
        self._write(LEAVE)
        with contextlib.suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(KEYBOARD, termios.TCSADRAIN, self._settings)

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone
            while data:
                data = data[os.write(TERMINAL, data) :]


def _do_nothing(*_: object) -> None:
    """Handle a signal: unlike SIG_IGN, a handler lets Python write it to the wakeup pipe."""
