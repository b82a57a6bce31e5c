"""Every private name of pytest that the machinery uses; `tests/test_internals.py` tries each."""

import argparse
import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import (
    ReprEntryNative,
    ReprExceptionInfo,
    ReprFileLocation,
    ReprTraceback,
)
from _pytest._io import TerminalWriter
from _pytest.runner import runtestprotocol

__all__ = ["TerminalWriter"]

REPORTING_HOOKS = (
    "pytest_exception_interact", "pytest_report_teststatus", "pytest_runtest_logstart",
    "pytest_runtest_logreport", "pytest_runtest_logfinish",
)  # fmt: skip


def declare_numprocesses(group: pytest.OptionGroup) -> None:
    """Declare pytest-xdist's -n where that is not installed, so that it can be refused.

    Small letters are reserved for pytest and its own plugins.
    """
    with contextlib.suppress(ValueError, argparse.ArgumentError):
        group._addoption("-n", "--numprocesses", help=argparse.SUPPRESS)


def run_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> list[pytest.TestReport]:
    """Set up, call and tear down an item; return the reports without logging them."""
    return runtestprotocol(item, log=False, nextitem=nextitem)


def run_without_reports(item: pytest.Function) -> None:
    """Set up and call an item; tear everything down. What the test raises is raised."""
    state: Any = item.session._setupstate
    _set_tmp_path_result(item)
    item._initrequest()
    try:
        state.setup(item)
        item.runtest()
    finally:
        state.teardown_exact(None)


def tear_down(session: pytest.Session) -> None:
    """Tear down all fixtures that are set up."""
    session._setupstate.teardown_exact(None)


def has_module_fixtures(item: pytest.Item) -> bool:
    """Whether an item uses a fixture that its file's tests share; False where it is unknown."""
    info = getattr(item, "_fixtureinfo", None)
    definitions = getattr(info, "name2fixturedefs", {}).values()
    return any(definition.scope == "module" for each in definitions for definition in each)


def make_base_temp(config: pytest.Config) -> None:
    """Make the folder of all `tmp_path` now, so that children share it."""
    config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]


def folders_in_base_temp(config: pytest.Config) -> Iterator[Path]:
    """Yield the folders of all `tmp_path` that have been kept."""
    base = config._tmp_path_factory._basetemp  # type: ignore[attr-defined]
    if base is not None:
        yield from base.iterdir()


def delete_base_temp_contents(config: pytest.Config) -> None:
    """Delete the folders that failed tests have left."""
    for path in folders_in_base_temp(config):
        shutil.rmtree(path, ignore_errors=True)


def reporter_of(config: pytest.Config) -> Any:
    """Return pytest's terminal reporter."""
    return config.pluginmanager.getplugin("terminalreporter")


def writer_of(reporter: pytest.TerminalReporter) -> TerminalWriter:
    """Return what a terminal reporter writes with."""
    return reporter._tw


def encoding_of(writer: TerminalWriter) -> str:
    """Return the encoding of the file to which a terminal writer writes."""
    return getattr(getattr(writer, "_file", None), "encoding", None) or "ascii"


def is_terminal(writer: TerminalWriter) -> bool:
    """Whether the file to which a terminal writer writes is a terminal."""
    file = getattr(writer, "_file", None)
    return file is not None and file.isatty()


def quieten(config: pytest.Config) -> None:
    """Let pytest's own reporter print no letters, no tracebacks and no summary."""
    config.option.verbose = -2
    config.option.tbstyle = "no"
    reporter = reporter_of(config)
    if reporter is not None:
        reporter.reportchars = ""


def silence_reporting(config: pytest.Config) -> None:
    """Let no plugin hear of results in this process: the parent reports them, once."""
    for name in REPORTING_HOOKS:
        caller = getattr(config.hook, name)
        for implementation in caller.get_hookimpls():
            caller._remove_plugin(implementation.plugin)


def set_place(report: pytest.TestReport, path: Path, line: int) -> None:
    """Let a failure's report say that it happened at this line."""
    longrepr: Any = report.longrepr
    crash = getattr(longrepr, "reprcrash", None)
    if isinstance(longrepr, str):
        text = ReprTraceback([ReprEntryNative([longrepr])], None, style="native")
        report.longrepr = ReprExceptionInfo(text, ReprFileLocation(str(path), line, longrepr))
    elif crash is not None:
        crash.path, crash.lineno = str(path), line


def suspend_capture(config: pytest.Config) -> None:
    """Let what is written reach the terminal, and what is typed reach us."""
    config.pluginmanager.getplugin("capturemanager").suspend_global_capture(in_=True)


def capture_anew(config: pytest.Config, nowhere: int) -> None:
    """Capture into new files; what is written while nothing is captured goes ``nowhere``."""
    capture: Any = config.pluginmanager.getplugin("capturemanager")
    if capture is not None and capture.is_globally_capturing():
        capture.stop_global_capturing()
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        capture.start_global_capturing()
        capture.suspend_global_capture()


def _set_tmp_path_result(item: pytest.Item) -> None:
    """Set what the protocol would have set for the fixture `tmp_path`."""
    from _pytest.tmpdir import tmppath_result_key

    item.stash[tmppath_result_key] = {}
