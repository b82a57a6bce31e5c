"""Processes: forking them, capping what they may take, and leaving none behind."""

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.harness import limits

with contextlib.suppress(ImportError):  # where there is no fork, there is none of it either
    import resource

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # of Linux

_ours: set[int] = set()  # children of this process that are no orphans


def fork() -> int:
    """Fork, though there may be threads: those of xdist, or those that watch files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        _ours.add(pid)
    else:
        _ours.clear()
    return pid


def status(pid: int) -> int | None:
    """Take the status of a child, if it has ended."""
    ended, taken = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return None
    _ours.discard(pid)
    return taken


def end(pid: int) -> None:
    """Kill a child, and take its status."""
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    _ours.discard(pid)


def in_a_fork(function: Callable[[], Any], seconds: float) -> Any:
    """Return what a function returns, as JSON has it, from a process that can do no harm.

    It is None if that takes too long, or fails.
    """
    theirs, ours = os.pipe()
    pid = fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            die_with_the_parent()
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            with os.fdopen(ours, "w") as pipe:
                pipe.write(json.dumps(function()))
        os._exit(0)
    os.close(ours)
    try:
        return json.loads(_all_of(theirs, time.monotonic() + seconds))
    except ValueError:
        return None
    finally:
        os.close(theirs)
        end(pid)


def _all_of(pipe: int, deadline: float) -> bytes:
    """Return what comes through a pipe until it is closed, or nothing if that takes too long."""
    parts = []
    while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
        parts.append(os.read(pipe, 1 << 16))
        if not parts[-1]:
            return b"".join(parts)
    return b""


def die_with_the_parent() -> None:
    """Let this process be killed when its parent is; where that cannot be had, it ends later.

    It does at the next report, which nobody takes any more.
    """
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of whatever outlives its own among the processes below this one."""
    _ours.update(_children())
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_orphans() -> None:
    """Kill them; each may leave more of them."""
    for _ in range(limits.FOLDER_FILES):
        orphans = _children() - _ours
        if not orphans:
            return
        for pid in orphans:
            end(pid)


def cap(*, more: int = limits.MEMORY_BYTES, file: int = limits.FILE_BYTES) -> None:
    """Let this process take no more: of memory, besides what it has, and for one file."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_AS, _address_space() + more),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def is_full(room: str) -> bool:
    """Whether more lies in a temporary folder than an answer may put there."""
    files = size = 0
    for folder, folders, names in os.walk(room):
        files += len(folders) + len(names)
        for name in names:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(folder, name)).st_blocks * 512
        if size > limits.FOLDER_BYTES or files > limits.FOLDER_FILES:
            return True
    return False


def _address_space() -> int:
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        return pages * resource.getpagesize()
    return sys.maxsize >> 1  # it cannot be told, and so not be capped


def _children() -> set[int]:
    """Return the children of this process, where that can be told."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for thread in os.listdir("/proc/self/task"):
            text = Path(f"/proc/self/task/{thread}/children").read_text()
            found.update(map(int, text.split()))
    return found


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value)
