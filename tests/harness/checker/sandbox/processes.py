"""Forks processes, limits what they may take, and ends whatever they have left running."""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.harness import limits
from tests.harness.checker.clock import Clock

with contextlib.suppress(ImportError):  # Windows has neither this nor fork
    import resource

POLL_SECONDS = 0.05
MONITORING_TOOLS = 6  # the identifiers that `sys.monitoring` has
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # Linux

_forked: set[int] = set()  # children that this process has forked itself


def fork() -> int:
    """Fork, without the warning about threads (`--watch` has some)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        _forked.add(pid)
    else:
        _forked.clear()
    return pid


def exit_status(pid: int) -> int | None:
    """Return a child's exit status, and take it from the system; None while it runs."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return None
    _forked.discard(pid)
    return status


def kill(pid: int) -> None:
    """Kill a child, and take its exit status."""
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    _forked.discard(pid)


def call_in_fork(function: Callable[[], Any], seconds: float) -> Any:
    """Call a function in a forked process; return its result, which JSON must be able to hold.

    The result is None if the function takes too long, or fails.
    """
    theirs, ours = os.pipe()
    pid = fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            die_with_parent()
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            with os.fdopen(ours, "w") as pipe:
                pipe.write(json.dumps(function()))
        os._exit(0)
    os.close(ours)
    try:
        return json.loads(_read_to_end(theirs, Clock(pid, seconds)))
    except ValueError:
        return None
    finally:
        os.close(theirs)
        kill(pid)


def _read_to_end(pipe: int, clock: Clock) -> bytes:
    """Read a pipe until it is closed; return nothing if its writer's time is over before."""
    parts = []
    while not clock.is_over():
        if select.select([pipe], [], [], POLL_SECONDS)[0]:
            parts.append(os.read(pipe, 1 << 16))
            if not parts[-1]:
                return b"".join(parts)
    return b""


def die_with_parent() -> None:
    """Let Linux kill this process when its parent dies.

    Elsewhere it ends when its next report cannot be sent.
    """
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def stop_tracing() -> None:
    """Trace nothing in this process: to measure coverage makes an answer slower."""
    sys.settrace(None)
    threading.settrace(None)
    monitoring: Any = getattr(sys, "monitoring", None)  # since Python 3.12
    for tool in range(MONITORING_TOOLS if monitoring is not None else 0):
        if monitoring.get_tool(tool) is not None:
            monitoring.set_events(tool, 0)


def adopt_orphans() -> None:
    """Become the parent of all processes below this one whose own parent ends (Linux)."""
    _forked.update(_children())
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


@contextlib.contextmanager
def adopting_nothing() -> Iterator[None]:
    """Leave the processes alone whose parents end meanwhile, as those of an editor."""
    _prctl(PR_SET_CHILD_SUBREAPER, 0)
    try:
        yield
    finally:
        _prctl(PR_SET_CHILD_SUBREAPER, 1)


def start_detached(command: Sequence[str]) -> None:
    """Start a program that is not below this process, and so outlives it."""
    with adopting_nothing():
        pid = fork()
        if pid == 0:
            with contextlib.suppress(BaseException):
                nothing = subprocess.DEVNULL
                subprocess.Popen(
                    command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
                )
            os._exit(0)
        os.waitpid(pid, 0)
        _forked.discard(pid)


def kill_orphans() -> None:
    """Kill adopted processes, and those that they leave in turn."""
    for _ in range(limits.FOLDER_FILES):
        orphans = _children() - _forked
        if not orphans:
            return
        for pid in orphans:
            kill(pid)


def limit_resources(*, memory: int = limits.MEMORY_BYTES, file: int = limits.FILE_BYTES) -> None:
    """Limit this process: so much memory more than it has now, and the size of one file."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_AS, _address_space() + memory),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def is_full(temp_dir: str) -> bool:
    """Whether a temporary folder holds more than an answer may put there."""
    files = size = 0
    for folder, folders, names in os.walk(temp_dir):
        files += len(folders) + len(names)
        for name in names:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(folder, name)).st_blocks * 512
        if size > limits.FOLDER_BYTES or files > limits.FOLDER_FILES:
            return True
    return False


def _address_space() -> int:
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
        return pages * resource.getpagesize()
    return sys.maxsize >> 1  # unknown, and so not limited


def _children() -> set[int]:
    """Return the children of this process, where /proc lists them."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for thread in os.listdir("/proc/self/task"):
            text = Path(f"/proc/self/task/{thread}/children").read_text(encoding="utf-8")
            found.update(map(int, text.split()))
    return found


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value)
