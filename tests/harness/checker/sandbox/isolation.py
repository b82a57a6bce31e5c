"""The pytest plugin that runs each kata's tests in a child process.

The parent collects and imports, and never runs an answer. A child runs the tests of one
file and sends pytest's own reports back. What an answer breaks, it breaks in its child.
"""

import gc
import os
from collections.abc import Sequence

import pytest

from tests.harness.checker import pytest_internals
from tests.harness.checker.collection import Kata
from tests.harness.checker.sandbox import processes
from tests.harness.checker.sandbox.group import Group
from tests.harness.checker.sandbox.other_plugins import Announcer
from tests.harness.checker.sandbox.pool import Pool
from tests.harness.checker.sandbox.tampering import Recorder

POSSIBLE = hasattr(os, "fork")


class Isolation:
    """Passes on the reports that children send, in the order of the items."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.pool = Pool(config)
        self.groups: dict[str, Group] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Sort the items into groups, which wait for the pool."""
        processes.adopt_orphans()
        self.announcer = Announcer(self.config)
        self.config.pluginmanager.register(self.announcer)
        if any(item.getparent(Kata) for item in session.items):
            self.pool.recorder = Recorder()
            gc.freeze()  # what is there now stays
        if any("tmp_path" in getattr(item, "fixturenames", ()) for item in session.items):
            pytest_internals.make_base_temp(self.config)
        if not session.testsfailed and not self.config.option.collectonly:
            self.groups = groups_of(session.items)
            self.pool.waiting = list(self.groups.values())

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool:
        """Wait for an item's reports, and log them."""
        hook = item.config.hook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self._reports(item):
            self.announcer.announce(item, report)
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        self._release(item)
        return True

    def pytest_sessionfinish(self) -> None:
        """Leave no child behind, however the run ended."""
        self.pool.end_all()

    def _reports(self, item: pytest.Item) -> list[pytest.TestReport]:
        name = Group.name_of(item)
        if name not in self.groups:  # asked for a second time
            self.groups[name] = Group([item], item.getparent(Kata))
        group = self.groups[name]
        if group not in self.pool.running:
            self.pool.start(group)
        self.pool.fill_up()
        while not group.has_ended(item) and not group.over:
            self.pool.listen()
        return group.reports(item)

    def _release(self, item: pytest.Item) -> None:
        """End the item's group if this was the last of it."""
        name = Group.name_of(item)
        group = self.groups[name]
        group.passed_on.add(item.nodeid)
        if all(other.nodeid in group.passed_on for other in group.items):
            self.pool.end(self.groups.pop(name))
            self.pool.fill_up()


def groups_of(items: Sequence[pytest.Item]) -> dict[str, Group]:
    """Sort items by the group that they run in."""
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        groups.setdefault(Group.name_of(item), []).append(item)
    return {name: Group(items, items[0].getparent(Kata)) for name, items in groups.items()}
