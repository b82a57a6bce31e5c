"""Skips the tests that need packages of the `dev` extra, and says so in one line.

With the environment variable ``REQUIRE_DEV=1``, which `.ci/run` sets, such a test fails.
"""

import importlib.util
import os
from collections.abc import Sequence

import pytest

PACKAGES = ("pexpect", "psutil", "pyte")
REASON = 'python -m pip install -e ".[dev]"'


def is_missing(packages: Sequence[str] = PACKAGES) -> bool:
    """Whether one of these packages is not installed; fail if that is not allowed."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing and os.environ.get("REQUIRE_DEV"):
        pytest.fail(f"not installed: {', '.join(missing)}. Try: {REASON}", pytrace=False)
    return bool(missing)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the files that were skipped, and the command that helps."""
    skipped = [r for r in terminalreporter.getreports("skipped") if REASON in r.longreprtext]
    files = ", ".join(report.nodeid for report in skipped)
    if files:
        terminalreporter.write_line(f"Skipped, for want of packages: {files}. Try: {REASON}")
