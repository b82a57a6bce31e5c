"""Other pytest plugins, such as those that report: each hears of a test once, in the parent.

A test runs in a child. There, plugins that are neither pytest's nor ours are unregistered, so that
none reports a second time, and none changes what an answer meets. In the parent, the hooks of the
test's phases are called for them, with the reports that the child has sent.
"""

import contextlib
from types import ModuleType
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker import hypothesis_internals
from tests.harness.checker.verdict import State, of_report
from tests.harness.kit.expect import ToDo, WrongAnswer

OURS = ("_pytest.", "tests.harness.", f"{hypothesis_internals.PLUGIN}.")
PHASES: dict[str, dict[str, None]] = {"setup": {}, "call": {}, "teardown": {"nextitem": None}}


def unregister(config: pytest.Config) -> None:
    """Let other plugins hear nothing in this process."""
    for plugin in _others(config):
        # A plugin may have replaced pytest's reporter, with which pytest writes.
        if config.pluginmanager.get_name(plugin) != "terminalreporter":
            config.pluginmanager.unregister(plugin)


class Announcer:
    """The pytest plugin that stands between other plugins and the tests."""

    def __init__(self, config: pytest.Config) -> None:
        self._manager = config.pluginmanager
        self._report: pytest.TestReport | None = None  # the one that is being announced
        protocol = config.hook.pytest_runtest_protocol.get_hookimpls()
        # A plugin that runs tests itself, more than once perhaps, did not run these.
        runners = [i.plugin for i in protocol if not (i.wrapper or i.hookwrapper)]
        others = [plugin for plugin in _others(config) if plugin not in runners]
        self._hidden = [p for p in self._manager.get_plugins() if p not in others]
        self._has_others = bool(others)

    def announce(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Call the hooks of one phase of a test; they may add to the report."""
        arguments = PHASES.get(report.when or "")
        if not self._has_others or arguments is None:
            return
        self._report = report
        # Where a plugin skips or fails the test, it is too late: it has been run.
        with contextlib.suppress(Exception, pytest.skip.Exception, pytest.fail.Exception):
            self._hook(f"pytest_runtest_{report.when}")(item=item, **arguments)
        with contextlib.suppress(Exception):
            self._hook("pytest_runtest_makereport")(item=item, call=_call(report))
        self._report = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self) -> pytest.TestReport | None:
        """Return what the child has sent, around which other plugins are called."""
        return self._report

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_timeout_set_timer(self) -> bool:
        """Let pytest-timeout set no timer: it would interrupt the parent, which waits."""
        return True

    def _hook(self, name: str) -> Any:
        return self._manager.subset_hook_caller(name, self._hidden)


def _others(config: pytest.Config) -> list[Any]:
    return [plugin for plugin in config.pluginmanager.get_plugins() if _is_other(plugin)]


def _is_other(plugin: object) -> bool:
    """Whether a plugin is neither pytest's, nor Hypothesis's, nor ours."""
    if isinstance(plugin, ModuleType) and plugin.__file__ == str(catalog.ROOT / "conftest.py"):
        return False
    module = plugin.__name__ if isinstance(plugin, ModuleType) else type(plugin).__module__
    return not f"{module}.".startswith(OURS)


def _call(report: pytest.TestReport) -> pytest.CallInfo[None]:
    """Make what pytest would have noted of the phase that a report is about."""

    def outcome() -> None:
        verdict = of_report(report)
        if report.failed and verdict is not None and verdict.state is State.TO_DO:
            raise ToDo(report.longreprtext)
        if report.failed:
            raise WrongAnswer(report.longreprtext)
        if report.skipped:
            pytest.skip(report.longreprtext)

    when: Any = report.when
    call = pytest.CallInfo.from_call(outcome, when=when)
    call.start, call.stop, call.duration = report.start, report.stop, report.duration
    return call
