"""Refuses, by an audit hook, what an answer may not reach: files, processes and hosts of others.

Python calls an audit hook before it opens a file, starts a process and so on; a hook cannot
be removed. A refused call raises `Refused`; it is also kept for the report, since an answer
may swallow the exception.
"""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.harness import catalog, limits
from tests.harness.kit.expect import Kind, WrongAnswer
from tests.harness.kit.guard import code_rows

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
READS_SOLUTION = (
    "The answer looks at a reference answer. That is for you to read, once your own is written; "
    "an answer that needs it has none of its own."
)
LOOPBACK = ("127.", "::1", "localhost")


class Refused(PermissionError):
    """An answer tried what it may not do; the message says why it may not."""


class AuditHook:
    """Checks the audit events of a child process in which one answer runs."""

    def __init__(self, answer: Path, *, may_read_solutions: bool, network: bool) -> None:
        self.answer = answer
        self.network = network  # whether hosts on loopback may be reached
        self.read_only = (catalog.KATAS, catalog.SOLUTIONS, catalog.TESTS, catalog.ROOT / ".git")
        self._hidden = () if may_read_solutions else (catalog.SOLUTIONS, catalog.ALTERNATIVES)
        if answer.parent in self._hidden:
            self._hidden = ()
        # Inodes: a file can be opened under more than one name.
        paths = [path for folder in self._hidden for path in (folder, *folder.rglob("*.py*"))]
        self._hidden_inodes = set(map(_inode, paths))
        self._refusals: list[WrongAnswer] = []

    def install(self) -> None:
        """Add the hook. It cannot be removed, so only a child process calls this."""
        handlers: dict[str, Callable[..., None]] = {
            "open": self._open,
            "os.kill": self._signal,
            "os.killpg": self._signal_group,
            **dict.fromkeys(("os.fork", "os.forkpty"), self._start),
            **dict.fromkeys(("os.system", "os.posix_spawn", "subprocess.Popen"), self._start),
            **dict.fromkeys(("os.remove", "os.rmdir"), self._change),
            "os.mkdir": lambda path, _, folder: self._change(path, folder, exists=False),
            "os.chmod": lambda path, _, folder: self._change(path, folder),
            **dict.fromkeys(("os.rename", "os.link"), self._move),
            "os.symlink": lambda _, path, folder: self._change(path, folder),
            "os.truncate": lambda path, _: self._change(path),
            **dict.fromkeys(("socket.connect", "socket.bind", "socket.sendto"), self._connect),
            **dict.fromkeys(("socket.getaddrinfo", "socket.gethostbyname"), self._look_up),
        }

        def hook(event: str, args: tuple[Any, ...]) -> None:
            if event in handlers:
                handlers[event](*args)

        sys.addaudithook(hook)

    def allow_solutions(self) -> None:
        """Let reference answers be read from now on."""
        self._hidden = ()

    def refusal(self) -> WrongAnswer | None:
        """Return the first thing refused since the last call."""
        refusals, self._refusals = self._refusals, []
        return refusals[0] if refusals else None

    def _refuse(self, why: str) -> None:
        frame: Any = sys._getframe()
        while frame is not None and frame.f_code.co_filename != str(self.answer):
            frame = frame.f_back
        rows = code_rows(self.answer, frame.f_lineno) if frame is not None else []
        self._refusals.append(WrongAnswer(why, rows=rows, kind=Kind.REFUSED))
        raise Refused(why)

    # Files.

    def _open(self, path: Any, _: Any, flags: int) -> None:
        if not isinstance(path, str | bytes):
            return  # a file descriptor
        if flags & WRITING:
            self._change(os.path.realpath(path), exists=False)
        elif self._hidden and _inode(path) in self._hidden_inodes:
            self._refuse(READS_SOLUTION)

    def _change(self, path: Any, folder: int = -1, *, exists: bool = True) -> None:
        """Refuse to change files that are not the answer's own.

        A path that ``exists`` may be a folder above them. It may be relative to an open
        ``folder``, a file descriptor.
        """
        if not isinstance(path, str | bytes):
            return
        real = _real(path, folder)
        if "__pycache__" in real.parts:
            raise PermissionError  # Python goes on without a cache
        home = self.answer.parent
        above = (home, *home.parents) if exists else ()
        if any(map(real.is_relative_to, self.read_only)) or real.parent == home or real in above:
            self._refuse(
                "The answer writes where answers or tests lie. What an answer writes goes to the "
                "path that it is given, or to a temporary file."
            )

    def _move(self, source: Any, target: Any, source_folder: int, target_folder: int) -> None:
        self._change(source, source_folder)
        self._change(target, target_folder)

    # Processes.

    def _signal(self, pid: int, number: int) -> None:
        self._signal_group(abs(pid), number, everybody=pid == -1)

    def _signal_group(self, group: int, number: int, *, everybody: bool = False) -> None:
        try:
            ours = not everybody and (not group or os.getsid(group) == os.getsid(0))
        except OSError:
            return  # there is no such process
        if number and not ours:
            self._refuse(
                "The answer sends a signal to a process that it has not started. It could end "
                "the check, or anything else that is running."
            )

    def _start(self, *command: Any) -> None:
        if any(re.search(rf"\b{folder.name}[./]k\d\d", str(command)) for folder in self._hidden):
            self._refuse(READS_SOLUTION)
        if _processes() > limits.PROCESSES:
            self._refuse(
                f"The answer has started more than {limits.PROCESSES} processes. Does a loop start "
                "one after another, or each of them more?"
            )

    # The network.

    def _connect(self, _: Any, address: Any) -> None:
        if isinstance(address, tuple) and address:
            self._look_up(address[0])

    def _look_up(self, host: Any, *_: Any) -> None:
        name = os.fsdecode(host) if isinstance(host, str | bytes) else ""
        if not name or name.startswith(LOOPBACK):
            if not self.network:
                raise PermissionError  # importing `requests` tries this, and goes on without
            return
        self._refuse(
            f"The answer asks for the host {name}. "
            + (
                "It is to take the address that it is given; the tests serve what is there."
                if self.network
                else "This kata needs no network, and gets none."
            )
        )


def _inode(path: str | bytes | Path) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return 0, 0
    return status.st_dev, status.st_ino


def _real(path: str | bytes, folder: int) -> Path:
    """Resolve the links in a path, except in its last part: that may be a link to be changed."""
    before, name = os.path.split(os.fsdecode(path).rstrip("/"))
    if folder >= 0 and not before.startswith("/"):
        before = os.path.join(f"/proc/self/fd/{folder}", before)
    return Path(os.path.realpath(before), name)


def _processes() -> int:
    """Count the processes of this session, where /proc lists them."""
    mine, count = os.getsid(0), 0
    try:
        pids = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return 0
    for pid in pids:
        try:
            count += os.getsid(int(pid)) == mine
        except OSError:
            continue
    return count
