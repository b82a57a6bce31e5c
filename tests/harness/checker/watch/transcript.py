"""Appends lines instead of drawing a screen: for screen readers, and for TERM=dumb."""

import contextlib
import termios
import tty
from collections.abc import Iterator, Mapping

from tests.harness.checker.output.features import is_dumb
from tests.harness.checker.watch.screen import KEYBOARD, Screen

ORDER = (
    "message", "afterwards", "picture", "title", "part", "result", "hint", "progress", "list",
    "choice", "reference", "keys",
)  # fmt: skip
AFTER_A_CHECK = ("title", "part", "result", "progress")  # wait until the kata is checked


class Transcript(Screen):
    """The terminal while `--watch` appends lines. A dumb one is read line by line."""

    _enter = _leave = b""

    def __enter__(self) -> "Transcript":
        self._shown: dict[str, list[str]] = {}
        self._checking = ""
        super().__enter__()
        return self

    def set_up(self) -> None:
        """Ask for single keys, unless the terminal is dumb: there a line is typed and sent."""
        with contextlib.suppress(termios.error):
            if not is_dumb():
                tty.setcbreak(KEYBOARD, termios.TCSADRAIN)

    def typed(self) -> Iterator[str]:
        """Yield the keys that were pressed. A line that is not a number has no enter at its end."""
        keys = list(super().typed())
        line = "".join(keys)
        if is_dumb() and line.endswith("\n") and line.strip() and not line.strip().isdecimal():
            keys = list(line.strip())
        yield from keys

    def append(self, parts: Mapping[str, list[str]], checking: str, *, busy: bool) -> None:
        """Write the parts that differ from those written before.

        ``checking`` says that the kata that is shown is being checked: its parts wait until that
        is over, and are written again even if they are the same. While other katas are checked
        (``busy``), the progress waits.
        """
        if checking and not self._checking:
            self._write_lines([checking])
            self._shown.pop("result", None)
        self._checking = checking
        waiting = AFTER_A_CHECK if checking else ("progress",) if busy else ()
        if parts.get("title") != self._shown.get("title") and not checking:
            self._shown.pop("result", None)
            self._shown.pop("hint", None)
            self._shown.pop("reference", None)
        for name in ORDER:
            lines = parts.get(name, [])
            is_open = name == "list" and lines and self._shown.get(name)  # it is written once
            if name not in waiting and not is_open and lines != self._shown.get(name):
                self._write_lines(lines)
                self._shown[name] = lines

    def _write_lines(self, lines: list[str]) -> None:
        text = "".join(f"{line}\n" for line in lines if line)
        self._write(text.encode(self.shows.encoding, "replace"))
