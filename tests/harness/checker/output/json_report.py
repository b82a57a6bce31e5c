"""Writes the file that `--report` asks for: JSON for programs.

If Exercism's `results.json`, version 3, has a field for something, its name and meaning are used.
"""

import contextlib
import hashlib
import json
import os
import platform
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker.collection import ANSWERS
from tests.harness.checker.output.results import DONE, MARKS, Result
from tests.harness.checker.output.terminal import TerminalReport
from tests.harness.checker.sanitize import sanitize
from tests.harness.checker.verdict import State, Verdict, of_report

VERSION = 3  # of the format
# Files below tests/ on which verdicts depend.
DIGESTED = (
    "katas/*.py", "misconceptions/*.py", "harness/*.py", "harness/kit/**/*.py",
    "harness/checker/**/*.py",
)  # fmt: skip


class JsonReport:
    """The pytest plugin that collects verdicts, and writes the file when the session ends."""

    def __init__(self, config: pytest.Config, terminal: TerminalReport) -> None:
        if config.option.watch:
            raise pytest.UsageError("--report is about one check, and --watch makes many: give one")
        self.config = config
        self.terminal = terminal
        path = os.path.expanduser(config.option.report)
        self.path = Path(os.path.realpath(config.invocation_params.dir / path))
        self.order: list[str] = []
        self.verdicts: dict[str, Verdict] = {}
        self.seconds: dict[str, float] = {}
        self.broken: list[str] = []
        self._pid = os.getpid()
        self._prepare()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the errors for which tests could not be collected."""
        if report.failed:
            self.broken.append(report.longreprtext)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the order of the tests."""
        self.order = [item.nodeid for item in session.items]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a test's time, and its verdict: the first that is not passed, if there is one."""
        name = report.nodeid
        self.seconds[name] = self.seconds.get(name, 0.0) + report.duration
        verdict, known = of_report(report), self.verdicts.get(name)
        if verdict is not None and (known is None or known.state is State.PASSED):
            self.verdicts[name] = verdict

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Write the file, unless this is a fork that an answer has made."""
        if os.getpid() == self._pid:
            text = json.dumps(sanitize(self.summary(exitstatus)), indent=2, ensure_ascii=False)
            self._write(text.encode() + b"\n")

    def summary(self, exitstatus: int) -> dict[str, Any]:
        """Return what the file holds."""
        names = [name for name in self.order if name in self.verdicts]
        results = self._results()
        states = [result.state for result in results]
        solved = exitstatus == 0 and all(state in DONE for state in states)
        summary: dict[str, Any] = {"version": VERSION, "status": "pass" if solved else "fail"}
        if not names:
            summary.update(status="error", message=self._why_nothing(exitstatus))
        summary["tests"] = [_test(name, self.verdicts[name]) for name in names]
        summary["katas"] = [self._kata(result, names) for result in results]
        summary["totals"] = {"katas": len(results), **{s: states.count(s) for s in MARKS}}
        summary["judge"] = judge()
        return summary

    def _results(self) -> list[Result]:
        by_stem = sorted(self.terminal.results.items())
        return [result for _, result in by_stem if result.verdicts]

    def _kata(self, result: Result, names: list[str]) -> dict[str, Any]:
        stem = result.card.stem
        own = [name for name in names if self.verdicts[name].kata == stem]
        misconceptions = (verdict.misconception for verdict in result.failures)
        return {
            "kata": stem,
            "task_id": _number(stem),
            "title": result.card.title,
            "file": catalog.shown(self.config.stash[ANSWERS].original(stem)),
            "state": result.state,
            "misconception": next((name for name in misconceptions if name), None),
            "failed": [name for name in own if self.verdicts[name].state is not State.PASSED],
            "seconds": round(sum(self.seconds[name] for name in own), 3),
        }

    def _why_nothing(self, exitstatus: int) -> str:
        first = f"No test of a kata was run; the exit code is {exitstatus:d}."
        return "\n\n".join([first, *self.broken])

    def _prepare(self) -> None:
        """Write the file, to see whether that is possible, and delete it.

        An earlier report would otherwise outlive a check that is killed, and be taken for its own.
        """
        if os.path.exists(self.path) and not os.path.isfile(self.path):
            raise pytest.UsageError(f"--report {self.config.option.report}: that is not a file")
        self._write(b"")
        self.path.unlink()

    def _write(self, text: bytes) -> None:
        """Write a file beside it and rename that: a reader finds the whole report or none."""
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(text)
            os.replace(beside, self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            why = f"--report {self.config.option.report}: it cannot be written: {error.strerror}"
            raise pytest.UsageError(why) from None


def judge() -> dict[str, str]:
    """Return the versions that were used, and the digest of what verdicts depend on."""
    text = (catalog.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    used = {
        "version": tomllib.loads(text)["project"]["version"],
        "digest": _digest(),
        "python": platform.python_version(),
    }
    torch = sys.modules.get("torch")
    return used if torch is None else {**used, "torch": str(torch.__version__)}


def _digest() -> str:
    """Hash files, with line ends as they are on Linux: Git may change them."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in DIGESTED for path in catalog.TESTS.glob(pattern)):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(catalog.TESTS).as_posix()} {len(text)}\n".encode() + text)
    return digest.hexdigest()[:12]


def _test(name: str, verdict: Verdict) -> dict[str, Any]:
    test: dict[str, Any] = {"name": name, "status": "pass", "task_id": _number(verdict.kata)}
    if verdict.state is not State.PASSED:
        test["status"] = "error" if verdict.kind and verdict.kind.is_error else "fail"
        test["message"] = verdict.message
    if verdict.misconception:
        test["misconception"] = verdict.misconception
    return test


def _number(stem: str) -> int:
    return int(catalog.card(stem).number.removeprefix("k"))
