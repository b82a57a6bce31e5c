"""Running pytest as a user does: in a process of its own, reading what it prints."""

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.house import ROOT


@dataclass
class Run:
    """How a command ended and what it printed, as text."""

    code: int
    text: str


def environment(**env: str) -> dict[str, str]:
    """Return the environment for a child, with some variables more.

    Bytecode may be written, whatever is said of it outside: without it pytest
    spends most of a short run on rewriting the assertions of Hypothesis.
    """
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONUTF8": "1", **env}


def run_pytest(*args: str | Path, cwd: Path = ROOT, seconds: float = 120, **env: str) -> Run:
    """Run ``pytest`` with these arguments; ``env`` adds to the environment."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *map(str, args)],
        cwd=cwd,
        env=environment(**env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds,
        check=False,
    )
    return Run(done.returncode, done.stdout.decode())


def write_answers(folder: Path, **answers: str) -> Path:
    """Write answers into a folder, each under its kata's name; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in answers.items():
        (folder / f"{stem}.py").write_text(text, encoding="utf-8")
    return folder


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
        parents = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = path.read_text().rpartition(")")[2].split()
                if fields[0] != "Z":
                    parents[int(path.parent.name)] = int(fields[1])
        found = new = {self.process.pid}
        while new:
            new = {pid for pid, parent in parents.items() if parent in new} - found
            found = found | new
        return found & parents.keys()


ENTER, LEAVE, TOP, BOTTOM = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[H", b"\x1b[?7h"


def _own_terminal() -> None:
    """Make the terminal the process's own, with its keys for signals."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
