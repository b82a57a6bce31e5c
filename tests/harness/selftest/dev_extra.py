"""Skips the tests that need packages of an extra, mostly `dev`, and says so in one line.

With the environment variable ``REQUIRE_DEV=1``, which `.ci/run` sets, such a test fails. The tests
that need the extra `plugins` have a job of their own, which sets ``REQUIRE_PLUGINS=1``.
"""

import importlib.util
import os
from collections.abc import Sequence

import pytest

PACKAGES = ("pexpect", "psutil", "pyte")
REASON = 'python -m pip install -e ".[dev]"'
PLUGINS_REASON = 'python -m pip install -e ".[plugins]"'


def is_missing(
    packages: Sequence[str] = PACKAGES, variable: str = "REQUIRE_DEV", reason: str = REASON
) -> bool:
    """Whether one of these packages is not installed; fail if that is not allowed."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing and os.environ.get(variable):
        pytest.fail(f"not installed: {', '.join(missing)}. Try: {reason}", pytrace=False)
    return bool(missing)


def skip_without_plugin(package: str) -> None:
    """Skip a test that needs another pytest plugin, of the extra `plugins`."""
    if is_missing([package], "REQUIRE_PLUGINS", PLUGINS_REASON):
        pytest.skip(PLUGINS_REASON)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the files that were skipped, and the command that helps."""
    skipped = [r for r in terminalreporter.getreports("skipped") if REASON in r.longreprtext]
    files = ", ".join(report.nodeid for report in skipped)
    if files:
        terminalreporter.write_line(f"Skipped, for want of packages: {files}. Try: {REASON}")
