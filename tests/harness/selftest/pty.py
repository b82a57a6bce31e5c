"""Runs a command in a pseudo-terminal and reads its screen from a terminal emulator.

`pexpect` starts the command; `pyte` interprets the bytes that it prints. A test sees what
a person would see: wrapped lines, what was not cleared, what scrolled away.
"""

import collections
import contextlib
import copy
import signal
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pexpect
import psutil
import pyte

from tests.harness.catalog import ROOT
from tests.harness.selftest.command import environment

ALTERNATE_SCREEN = 1049  # the private mode of the screen beside the shell's lines
SECONDS = 60.0  # to wait for something on the screen: the machine may be busy
FRAMES = 1000  # that are kept
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")
SHELL = ("/bin/bash", "--norc", "--noprofile", "-i")  # which knows `fg`


class Emulator(pyte.Screen):
    """pyte's screen, and the alternate screen, which pyte does not know."""

    def __init__(self, columns: int, lines: int) -> None:
        self._of_the_shell: tuple[dict[int, Any], pyte.screens.Cursor] | None = None
        self.frames: collections.deque[str] = collections.deque(maxlen=FRAMES)
        super().__init__(columns, lines)

    @property
    def is_alternate(self) -> bool:
        """Whether the alternate screen is shown."""
        return self._of_the_shell is not None

    @property
    def wraps(self) -> bool:
        """Whether long lines are wrapped. A frame of `--watch` begins and ends by this mode."""
        return pyte.modes.DECAWM in self.mode

    @property
    def text(self) -> str:
        """The lines of the screen, without colours and without blanks at their ends."""
        return "\n".join(line.rstrip() for line in self.display).rstrip("\n")

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        """Set modes; show the alternate screen if it is one of them. Keep what was drawn."""
        drawing = not self.wraps
        super().set_mode(*modes, **kwargs)
        if drawing and self.wraps:
            self.frames.append(self.text)
        if kwargs.get("private") and ALTERNATE_SCREEN in modes and not self.is_alternate:
            self._of_the_shell = dict(self.buffer), copy.copy(self.cursor)
            self.buffer.clear()

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        """Reset modes; show the shell's screen again if the alternate one is one of them."""
        super().reset_mode(*modes, **kwargs)
        if kwargs.get("private") and ALTERNATE_SCREEN in modes and self._of_the_shell:
            lines, self.cursor = self._of_the_shell
            self._of_the_shell = None
            self.buffer.clear()
            self.buffer.update(lines)
            self.ensure_hbounds()
            self.ensure_vbounds()


class Terminal:
    """A pseudo-terminal with a command in it, by default pytest. As a context, it ends it."""

    def __init__(
        self,
        *args: str | Path,
        command: Sequence[str] = PYTEST,
        cwd: Path = ROOT,
        size: tuple[int, int] = (80, 24),
        **env: str,
    ) -> None:
        columns, lines = size
        self.printed = b""
        self.emulator = Emulator(columns, lines)
        self._stream = pyte.ByteStream(self.emulator)
        variables = environment(TERM="xterm-256color", **env)
        for name in ("COLUMNS", "LINES"):  # the size of a terminal outside
            variables.pop(name, None)
        program, *first = command
        spawned: Any = pexpect.spawn(  # its published types are for text, not bytes
            program, [*first, *map(str, args)], cwd=str(cwd), env=variables,
            dimensions=(lines, columns),
        )  # fmt: skip
        self._spawned = spawned
        self._spawned.delaybeforesend = None
        self._settings = termios.tcgetattr(self._spawned.child_fd)
        self.pid: int = self._spawned.pid

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *error: object) -> None:
        self.send_signal(signal.SIGTERM)  # on which it deletes its temporary files
        with contextlib.suppress(AssertionError):
            self.exit_code(5)
        self.close()

    def close(self) -> None:
        """Close the window; kill the command if it still runs 0.1 s later."""
        self._spawned.close(force=True)

    def hang_up(self) -> None:
        """Close the window, and leave the command to itself."""
        self._spawned.ptyproc.fileobj.close()
        self._spawned.closed = True

    def type(self, keys: str) -> None:
        """Press keys."""
        self._spawned.send(keys.encode())

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the command."""
        self._spawned.kill(number)

    def resize(self, columns: int, lines: int) -> None:
        """Change the window's size; the kernel sends SIGWINCH to the command."""
        self.read()
        self.emulator.resize(lines, columns)
        self._spawned.setwinsize(lines, columns)

    def read(self, seconds: float = 0.0) -> None:
        """Take what is printed now, or what is printed first within some seconds."""
        while not self._spawned.closed:
            try:
                data = self._spawned.read_nonblocking(1 << 16, seconds)
            except (pexpect.TIMEOUT, pexpect.EOF):
                return
            self.printed += data
            self._stream.feed(data)
            seconds = 0.0

    @property
    def screen(self) -> str:
        """What the screen shows."""
        return self.emulator.text

    def wait(self, shown: str | Callable[[str], Any], seconds: float = SECONDS) -> str:
        """Wait until the screen shows something; return what it shows then."""
        deadline = time.monotonic() + seconds
        found = shown if callable(shown) else lambda screen: shown in screen
        while not (self.emulator.wraps and found(self.screen)):
            if not self._spawned.isalive():
                deadline = min(deadline, time.monotonic() + 1)
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"not seen within {seconds} s: {shown!r}; this is:\n{self.screen}"
                )
            self.read(0.02)
        return self.screen

    def exit_code(self, seconds: float = SECONDS) -> int:
        """Wait until the command ends; return its exit code, or minus the signal's number."""
        deadline = time.monotonic() + seconds
        while self._spawned.isalive():
            assert time.monotonic() < deadline, f"it runs after {seconds} s:\n{self.screen}"
            self.read(0.02)
            time.sleep(0.01)
        self.read()
        if self._spawned.exitstatus is not None:
            return int(self._spawned.exitstatus)
        return -int(self._spawned.signalstatus)

    def is_restored(self) -> bool:
        """Whether the terminal is as it was before the command."""
        self.read()
        settings = termios.tcgetattr(self._spawned.child_fd)
        emulator = self.emulator
        return not emulator.is_alternate and emulator.wraps and settings == self._settings

    def processes(self) -> list[psutil.Process]:
        """Return the command's process and those that it started, the oldest first."""
        try:
            command = psutil.Process(self.pid)
            found = [command, *command.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []
        return sorted(filter(is_running, found), key=lambda process: process.create_time())


def is_running(process: psutil.Process) -> bool:
    """Whether a process is there, and not only its exit status."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def wait_until(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    """Wait until a condition holds; fail if it does not within some seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
