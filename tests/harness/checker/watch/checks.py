"""The checks under `--watch`: an urgent one, whose result somebody waits for, and all others."""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness.checker import pytest_internals
from tests.harness.checker.collection import Kata
from tests.harness.checker.output.results import Result
from tests.harness.checker.sandbox.group import Group
from tests.harness.checker.sandbox.pool import Pool
from tests.harness.checker.verdict import of_report
from tests.harness.kit.loading import Source, read_file

AGAIN = 1.0  # seconds after which saving the same text asks for another check


@dataclass(eq=False)
class Check:
    """One check of one kata; its group has the tests, and the text of the answer."""

    stem: str
    group: Group
    urgent: bool
    shown: bool = False  # at its first failure

    @property
    def is_wrong(self) -> bool:
        """Whether the first failure is known, though perhaps not its explanation."""
        for item in self.group.items:
            reports = self.group.known_reports(item)
            wrong = any(verdict.is_wrong for verdict in filter(None, map(of_report, reports)))
            if wrong or not reports:
                return wrong
        return False

    def result(self, mastery: bool) -> Result:
        """Return what is known so far."""
        result = Result(self.stem, mastery)
        for item in self.group.items:
            if self.group.done or self.group.known_reports(item):
                result.verdicts += filter(None, map(of_report, self.group.reports(item)))
        return result


class Checks:
    """Starts and ends checks, at most one of each kata; keeps the results."""

    def __init__(self, pool: Pool, folder: Path, mastery: bool) -> None:
        self.folder = folder
        self.mastery = mastery  # whether its tests are asked for
        self.items: dict[str, list[pytest.Item]] = {}  # of each kata
        self.results: dict[str, Result] = {}
        self.running: dict[str, Check] = {}  # or waiting for a free job
        self._pool = pool
        self._backlog: list[str] = []  # katas to check when no check is urgent
        self._urgent = ""  # the kata whose check is
        self._last_checked: dict[str, tuple[Source | None, float]] = {}  # which text, and when

    @property
    def pending(self) -> list[str]:
        """The katas whose checks are not over."""
        return [*self.running, *self._backlog]

    def is_done(self, stem: str) -> bool:
        """Whether a kata's answer passes the tests that are asked for."""
        return stem in self.results and not self.results[stem].failures

    def path(self, stem: str) -> Path:
        """Return the file of an answer."""
        return self.folder / f"{stem}.py"

    def add(self, stems: Collection[str]) -> None:
        """Add katas to the backlog."""
        self._backlog = [stem for stem in self.items if stem in self._backlog or stem in stems]

    def start_backlog(self) -> None:
        """Start the checks of the backlog, unless one is urgent."""
        if not self._urgent:
            for stem in self._backlog[:]:
                self.start(stem, read_file(self.path(stem)), urgent=False)
            self._pool.fill_up()

    def start(self, stem: str, source: Source, *, urgent: bool) -> None:
        """Check an answer with this text; if that is urgent, move other checks to the backlog."""
        self._cancel(stem)
        if urgent:
            self.pause()
            self._urgent = stem
        if stem in self._backlog:
            self._backlog.remove(stem)
        items = [i for i in self.items[stem] if self.mastery or not i.get_closest_marker("mastery")]
        group = Group(items, self.items[stem][0].getparent(Kata), source)
        self.running[stem] = Check(stem, group, urgent)
        if items and urgent:
            self._pool.start(group)
            self._pool.fill_up()
        elif items:
            self._pool.waiting.append(group)

    def pause(self) -> None:
        """Move all checks to the backlog."""
        self.add(self.running)
        for stem in list(self.running):
            self._cancel(stem)

    def reported(self) -> Iterator[Check]:
        """Yield the checks that are over; and the urgent one, once, when it has a failure."""
        for check in list(self.running.values()):
            if check.group.done or (check.urgent and not check.shown and check.is_wrong):
                yield check

    def keep(self, check: Check) -> None:
        """Keep what a check has found; remove it if it is over."""
        self.results[check.stem] = check.result(self.mastery)
        check.shown = True
        if check.group.done:
            self._last_checked[check.stem] = check.group.source, time.monotonic()
            self._cancel(check.stem)
            if not self.pending:
                pytest_internals.delete_base_temp_contents(self._pool.config)

    def has_seen(self, stem: str, source: Source) -> bool:
        """Whether this text is being checked urgently, or was checked a moment ago."""
        check = self.running.get(stem)
        if check is not None:
            return check.urgent and check.group.source == source
        last, when = self._last_checked.get(stem, (None, 0.0))
        return last == source and time.monotonic() < when + AGAIN

    def close(self) -> None:
        """End all checks; delete what the tests of wrong answers have left."""
        self._pool.end_all()
        pytest_internals.delete_base_temp_contents(self._pool.config)

    def _cancel(self, stem: str) -> None:
        check = self.running.pop(stem, None)
        if check is not None:
            self._pool.end(check.group)
        if stem == self._urgent:
            self._urgent = ""
