"""A clock that counts what one process did, and not what other processes did beside it."""

import contextlib
import os
import time
from pathlib import Path

from tests.harness import limits


class Clock:
    """Measures the time in which a process ran, or could have slept.

    Linux says how long each thread has waited for a processor; the longest wait of a thread
    is not counted. Elsewhere time passes more slowly the more processes share a processor.
    """

    def __init__(self, pid: int, seconds: float) -> None:
        self._pid = pid
        self.allow(seconds)

    def allow(self, seconds: float) -> None:
        """Start anew: the process may take so many seconds from now."""
        self.seconds = seconds
        self._started = time.monotonic()
        self._waited = waiting_seconds(self._pid)

    def is_over(self) -> bool:
        """Whether the process has used its time."""
        wall = time.monotonic() - self._started
        if wall <= self.seconds:
            return False  # as mostly; nothing has to be read
        return wall - self._waiting(wall) > self.seconds or self.is_over_by_far()

    def is_over_by_far(self) -> bool:
        """Whether so much time has passed that waiting for a processor is no excuse."""
        wall = time.monotonic() - self._started
        return wall > limits.BUSY_FACTOR * self.seconds

    def _waiting(self, wall: float) -> float:
        now = waiting_seconds(self._pid)
        if now is not None and self._waited is not None:
            return max(0.0, now - self._waited)
        return wall * (1 - 1 / _processes_per_core())


def waiting_seconds(pid: int | str) -> float | None:
    """Return how long the thread of a process that waited longest has waited for a processor."""
    waits = []
    with contextlib.suppress(OSError, ValueError, IndexError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):  # it has just ended
                waits.append(
                    int(
                        Path(f"/proc/{pid}/task/{thread}/schedstat")
                        .read_text(encoding="utf-8")
                        .split()[1]
                    )
                )
    return max(waits) / 1e9 if waits else None


def _processes_per_core() -> float:
    with contextlib.suppress(OSError, AttributeError):  # Windows has no load average
        return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    return 1.0
