"""All that can happen under `--watch`, and the waiting for it."""

import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.harness.checker.sandbox.pool import POLL_SECONDS, Pool
from tests.harness.checker.watch.checks import Check, Checks
from tests.harness.checker.watch.files import FileWatcher
from tests.harness.checker.watch.screen import KEYBOARD, Screen

DELAY = 0.3  # seconds for which a file may still be being written


@dataclass(frozen=True)
class Key:
    """Somebody has pressed a key."""

    character: str


@dataclass(frozen=True)
class Signal:
    """The process has received a signal."""

    number: signal.Signals


@dataclass(frozen=True)
class Saved:
    """A file in the folder of answers has changed."""

    stem: str


@dataclass(frozen=True)
class TestsChanged:
    """A file below `tests/` has changed."""


@dataclass(frozen=True)
class Due:
    """An event that was put off has not happened again meanwhile."""

    event: Saved | TestsChanged


@dataclass(frozen=True)
class Reported:
    """A check is over, or has found its first failure."""

    check: Check


Event = Key | Signal | Saved | TestsChanged | Due | Reported


class Events:
    """Waits for events from the keyboard, the system, the files, the clock and the checks."""

    def __init__(self, pool: Pool, checks: Checks, files: FileWatcher, screen: Screen) -> None:
        self._pool = pool
        self._checks = checks
        self._files = files
        self._screen = screen
        self._put_off: dict[Saved | TestsChanged, float] = {}  # until when

    def close(self) -> None:
        """Give up the sources, in a forked process."""
        self._screen.close_in_child()
        self._files.close()

    def put_off(self, event: Saved | TestsChanged) -> None:
        """Yield `Due(event)` after a delay, which begins anew each time."""
        self._put_off[event] = time.monotonic() + DELAY

    def wait(self) -> Iterator[Event]:
        """Wait for events for a while; yield those that have happened."""
        timeout = POLL_SECONDS if self._checks.running else None
        if self._put_off and not timeout:
            timeout = max(0.0, min(self._put_off.values()) - time.monotonic()) + 0.001
        sources = (KEYBOARD, self._screen.signals, self._files.pipe)
        ready = self._pool.listen(*sources, seconds=timeout)
        if self._screen.signals in ready:
            yield from map(Signal, self._screen.received())
        if KEYBOARD in ready:
            yield from map(Key, self._screen.typed())
        for path in self._files.changed() if self._files.pipe in ready else ():
            in_answers = path.parent.resolve() == self._checks.folder.resolve()
            yield Saved(path.stem) if in_answers else TestsChanged()
        now = time.monotonic()
        for event in [event for event, until in self._put_off.items() if until < now]:
            del self._put_off[event]
            yield Due(event)
        yield from map(Reported, self._checks.reported())
