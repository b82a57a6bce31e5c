"""The clock of a test counts what its own process did."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests.harness import limits
from tests.harness.checker import clock
from tests.harness.checker.clock import Clock

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who waited")


def spin() -> None:
    while True:
        pass


@contextlib.contextmanager
def processes(*functions: Callable[[], object]) -> Iterator[list[int]]:
    """Run functions in processes that share one core."""
    pids = []
    core = min(os.sched_getaffinity(0))
    for function in functions:
        pid = os.fork()
        if pid == 0:
            try:
                os.sched_setaffinity(0, [core])
                function()
            finally:
                os._exit(0)
        pids.append(pid)
    try:
        yield pids
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def seconds_until_over(clock: Clock) -> float:
    begun = time.monotonic()
    while not clock.is_over():
        time.sleep(0.01)
    return time.monotonic() - begun


def test_a_process_that_sleeps_has_its_limit() -> None:
    with processes(lambda: time.sleep(60)) as (pid,):
        assert 0.2 <= seconds_until_over(Clock(pid, 0.3)) < 20


def test_a_process_that_waits_for_a_processor_has_longer() -> None:
    with processes(spin, spin, spin, spin) as (pid, *_):
        assert seconds_until_over(Clock(pid, 0.5)) > 1


def test_it_ends_after_many_times_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "waiting_seconds", lambda _: time.monotonic())  # it never runs
    over = Clock(os.getpid(), 0.05)
    assert seconds_until_over(over) >= limits.BUSY_FACTOR * 0.05
    assert over.is_over_by_far()


def test_it_can_start_anew() -> None:
    with processes(lambda: time.sleep(60)) as (pid,):
        over = Clock(pid, 0.05)
        seconds_until_over(over)
        over.allow(0.5)
        assert not over.is_over()


@pytest.mark.parametrize("load", [0.0, 100.0])
def test_elsewhere_the_load_counts(load: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "waiting_seconds", lambda _: None)
    monkeypatch.setattr(os, "getloadavg", lambda: (load, load, load))
    over = Clock(os.getpid(), 0.1)
    time.sleep(0.15)
    assert over.is_over() == (load == 0)
    assert seconds_until_over(over) < limits.BUSY_FACTOR
