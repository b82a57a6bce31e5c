"""In which order `--watch` checks katas, and which saves it need not check."""

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.harness.checker import pytest_internals
from tests.harness.checker.watch import checks as module
from tests.harness.checker.watch.checks import Checks

STEMS = ("k01", "k02", "k03")


class FakeItem:
    """A test of a kata."""

    def __init__(self, mastery: bool) -> None:
        self.mastery = mastery
        self.nodeid = f"test, mastery {mastery}"

    def get_closest_marker(self, name: str) -> bool:
        """Whether it has the marker."""
        return self.mastery

    def getparent(self, _: type) -> None:
        """Return no kata."""


class FakePool:
    """Keeps which groups run and wait; starts none by itself."""

    config: Any = None

    def __init__(self) -> None:
        self.running: list[Any] = []
        self.waiting: list[Any] = []

    def start(self, group: Any) -> None:
        """Start a group."""
        self.running.append(group)

    def fill_up(self) -> None:
        """Start no other."""

    def end(self, group: Any) -> None:
        """End a group."""
        for groups in (self.running, self.waiting):
            if group in groups:
                groups.remove(group)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> FakePool:
    """Return a pool."""
    monkeypatch.setattr(pytest_internals, "delete_base_temp_contents", lambda _: None)
    return FakePool()


@pytest.fixture
def checks(pool: FakePool, tmp_path: Path) -> Checks:
    """Return the checks of three katas, each with a test of mastery and another one."""
    pool_: Any = pool
    checks = Checks(pool_, tmp_path, mastery=False)
    for stem in STEMS:
        checks.items[stem] = [FakeItem(False), FakeItem(True)]  # type: ignore[list-item]
    return checks


def end(checks: Checks, stem: str) -> None:
    """Let a check report that its tests have passed."""
    check = checks.running[stem]
    report: Any = SimpleNamespace()
    check.group._reports = {item.nodeid: [report] for item in check.group.items}
    assert [found.stem for found in checks.reported()] == [stem]
    checks.keep(check)


def test_the_backlog_waits_for_the_urgent_check(checks: Checks, pool: FakePool) -> None:
    checks.add(STEMS)
    checks.start("k02", b"x = 1\n", urgent=True)
    checks.start_backlog()
    assert checks.pending == ["k02", "k01", "k03"]
    assert [group.source for group in pool.running] == [b"x = 1\n"]
    assert not pool.waiting
    end(checks, "k02")
    checks.start_backlog()
    assert list(checks.running) == ["k01", "k03"]
    assert len(pool.waiting) == 2


def test_an_urgent_check_sends_all_others_back(checks: Checks, pool: FakePool) -> None:
    checks.add(STEMS)
    checks.start_backlog()
    checks.start("k03", b"x = 1\n", urgent=True)
    assert checks.pending == ["k03", "k01", "k02"]
    checks.start("k01", b"x = 2\n", urgent=True)
    assert checks.pending == ["k01", "k02", "k03"]
    assert [group.source for group in pool.running] == [b"x = 2\n"]
    assert not pool.waiting


def test_a_text_is_not_checked_twice_within_a_moment(
    checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not checks.has_seen("k01", b"x = 1\n")
    checks.start("k01", b"x = 1\n", urgent=True)
    assert checks.has_seen("k01", b"x = 1\n")
    assert not checks.has_seen("k01", b"x = 2\n")
    end(checks, "k01")
    assert checks.has_seen("k01", b"x = 1\n")
    later = time.monotonic() + module.AGAIN
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: later))
    assert not checks.has_seen("k01", b"x = 1\n")


def test_a_save_makes_a_check_urgent_that_runs_besides(checks: Checks) -> None:
    checks.start("k01", b"x = 1\n", urgent=False)
    assert not checks.has_seen("k01", b"x = 1\n")


def test_mastery_is_left_out_until_it_is_asked_for(checks: Checks) -> None:
    checks.start("k01", b"x = 1\n", urgent=True)
    assert len(checks.running["k01"].group.items) == 1
    checks.mastery = True
    checks.start("k01", b"x = 1\n", urgent=True)
    assert len(checks.running["k01"].group.items) == 2


def test_a_kata_without_tests_to_run_is_over_at_once(checks: Checks, pool: FakePool) -> None:
    checks.items["k01"] = [FakeItem(True)]  # type: ignore[list-item]
    checks.start("k01", b"x = 1\n", urgent=True)
    assert not pool.running
    end(checks, "k01")
    assert checks.pending == []
    assert checks.is_done("k01")
