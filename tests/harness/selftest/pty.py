"""A real pseudo-terminal, for what is made for one to be tested as it is used."""

import contextlib
import os
import re
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.harness.catalog import ROOT
from tests.harness.selftest.command import environment

with contextlib.suppress(ImportError):  # on Windows, where none of this is used
    import fcntl
    import pty
    import termios

# What opens and closes a screen of its own, and each picture on it.
ENTER, LEAVE, TOP, BOTTOM = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[H", b"\x1b[?7h"


class Terminal:
    """A real pseudo-terminal with a pytest in it: keys are typed, and the screen is read."""

    def __init__(
        self,
        *args: str | Path,
        module: str = "pytest",
        cwd: Path = ROOT,
        size: tuple[int, int] = (80, 24),
        **env: str,
    ) -> None:
        flags = ["-p", "no:cacheprovider"] if module == "pytest" else []
        ours, theirs = pty.openpty()
        self._fd = ours
        self.resize(*size)
        self.settings = termios.tcgetattr(theirs)
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *flags, *map(str, args)],
            cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=_own_terminal,
            env=environment(TERM="xterm-256color", **env),
        )  # fmt: skip
        self._theirs = theirs  # so that its settings can be asked for when the process is gone
        self.printed = b""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()  # so that it leaves nothing in the temporary folder
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.shut()

    def shut(self) -> None:
        """Shut the window."""
        with contextlib.suppress(OSError):
            os.close(self._theirs)
            os.close(self._fd)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._fd, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Let the window be of another size."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, seconds: float = 0.0) -> None:
        """Take what is printed now, or is within a while."""
        while select.select([self._fd], [], [], seconds)[0]:
            with contextlib.suppress(OSError):
                self.printed += os.read(self._fd, 1 << 16)
            seconds = 0.0

    @property
    def screen(self) -> str:
        """What can be read at the moment, without colours; on the shell's screen all of it."""
        inside = self.printed.rfind(ENTER) > self.printed.rfind(LEAVE)
        data = self.printed.rsplit(ENTER if inside else LEAVE, 1)[-1]
        frames = data.split(TOP)
        whole = [frame for frame in frames if frame.endswith(BOTTOM)]
        text = (whole[-1] if inside and whole else data).decode(errors="replace")
        text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("\r", "")
        return "\n".join(line.rstrip() for line in text.split("\n"))

    def wait(self, shown: str | Callable[[str], Any], seconds: float = 30) -> str:
        """Wait until the screen shows something; return what it shows then."""
        deadline = time.monotonic() + seconds
        found = shown if callable(shown) else lambda screen: shown in screen
        while not found(self.screen):
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"not seen within {seconds} s: {shown!r}; this is:\n{self.screen}"
                )
            self.read(0.02)
        return self.screen

    def restored(self) -> bool:
        """Whether the terminal is as it was before."""
        self.read()
        return (
            self.printed.rfind(ENTER) <= self.printed.rfind(LEAVE)
            and termios.tcgetattr(self._theirs) == self.settings
        )

    def processes(self) -> set[int]:
        """Return the processes that descend from the one in the terminal."""
        parents = {pid: parent for pid, (parent, state) in _processes().items() if state != "Z"}
        found = new = {self.process.pid}
        while new:
            new = {pid for pid, parent in parents.items() if parent in new} - found
            found = found | new
        return found & parents.keys()


def _own_terminal() -> None:
    """Make the terminal the process's own, with its keys for signals."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def alive(pid: int) -> bool:
    """Whether a process is there, and not only its exit code."""
    return _processes().get(pid, (0, "Z"))[1] != "Z"


def _processes() -> dict[int, tuple[int, str]]:
    """Return all processes, with their parents and states."""
    if not Path("/proc/self/stat").exists():
        command = ["ps", "-axo", "pid=,ppid=,stat="]
        listed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        rows = [line.split() for line in listed.splitlines()]
        return {int(pid): (int(parent), state[0]) for pid, parent, state in rows}
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent, *_ = path.read_text().rpartition(")")[2].split()
            found[int(path.parent.name)] = int(parent), state
    return found
