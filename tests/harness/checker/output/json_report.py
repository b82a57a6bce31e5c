"""What a program reads: the file that ``--report`` asks for.

Where Exercism's ``results.json``, version 3, has a field for a thing, its name and
its meaning are used.
"""

import contextlib
import hashlib
import json
import os
import platform
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker.collection import ANSWERS
from tests.harness.checker.output.terminal import MARKS, MASTERED, SOLVED, Report, Result
from tests.harness.checker.verdict import PASSED
from tests.harness.kit.expect import Kind
from tests.harness.kit.show import harmless

VERSION = 3  # of the format
JUDGES = (
    "katas/*.py", "misconceptions/*.py", "harness/*.py", "harness/kit/**/*.py",
    "harness/checker/**/*.py",
)  # fmt: skip


class Record:
    """The pytest plugin that writes down what came of the katas."""

    def __init__(self, config: pytest.Config, telling: Report) -> None:
        if config.option.watch:
            raise pytest.UsageError("--report tells of one check, and --watch makes many: give one")
        self.config = config
        self.telling = telling
        self.path = Path(os.path.realpath(config.invocation_params.dir / config.option.report))
        self.order: list[str] = []
        self.verdicts: dict[str, dict[str, Any]] = {}
        self.seconds: dict[str, float] = {}
        self.broken: list[str] = []
        self._pid = os.getpid()
        self._prepare()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why there are no tests."""
        if report.failed:
            self.broken.append(report.longreprtext)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the order of the tests."""
        self.order = [item.nodeid for item in session.items]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Keep it where the workers of xdist collect, and report as they get done."""
        self.order = list(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the verdict on a kata's test, the worst if there are several, and its time."""
        name = report.nodeid
        self.seconds[name] = self.seconds.get(name, 0.0) + report.duration
        verdict = getattr(report, "verdict", None)
        if verdict is not None and self.verdicts.get(name, {"state": PASSED})["state"] == PASSED:
            self.verdicts[name] = verdict

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Write the file, unless this is a child that has strayed here."""
        if os.getpid() == self._pid:
            text = json.dumps(harmless(self.summary(exitstatus)), indent=2, ensure_ascii=False)
            self._write(text.encode() + b"\n")

    def summary(self, exitstatus: int) -> dict[str, Any]:
        """Put together what the file says."""
        names = [name for name in self.order if name in self.verdicts]
        results = [self.telling.results[stem] for stem in sorted(self.telling.results)]
        results = [result for result in results if result.verdicts]
        solved = exitstatus == 0 and all(r.state in (SOLVED, MASTERED) for r in results)
        summary: dict[str, Any] = {"version": VERSION, "status": "pass" if solved else "fail"}
        if not names:
            summary.update(status="error", message=self._why_nothing(exitstatus))
        summary["tests"] = [_test(name, self.verdicts[name]) for name in names]
        summary["katas"] = [self._kata(result, names) for result in results]
        states = [result.state for result in results]
        summary["totals"] = {"katas": len(results), **{s: states.count(s) for s in MARKS}}
        summary["judge"] = judge()
        return summary

    def _kata(self, result: Result, names: list[str]) -> dict[str, Any]:
        stem = result.card.stem
        own = [name for name in names if self.verdicts[name]["kata"] == stem]
        misconceptions = (verdict.get("misconception") for verdict in result.failures)
        return {
            "kata": stem,
            "task_id": _number(stem),
            "title": result.card.title,
            "file": catalog.shown(self.config.stash[ANSWERS] / f"{stem}.py"),
            "state": result.state,
            "misconception": next((name for name in misconceptions if name), None),
            "failed": [name for name in own if self.verdicts[name]["state"] != PASSED],
            "seconds": round(sum(self.seconds[name] for name in own), 3),
        }

    def _why_nothing(self, exitstatus: int) -> str:
        first = f"No test of a kata was run; the exit code is {exitstatus:d}."
        return "\n\n".join([first, *self.broken])

    def _prepare(self) -> None:
        """Make sure that the file can be written, and take away what an earlier run wrote.

        Or a run that is killed would seem to have ended as that one did.
        """
        if os.path.exists(self.path) and not os.path.isfile(self.path):
            raise pytest.UsageError(f"--report {self.config.option.report}: that is no file")
        self._write(b"")
        self.path.unlink()

    def _write(self, text: bytes) -> None:
        """Write the file so that whoever reads it finds all of it or nothing."""
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
    """Say who judged: two checkouts with the same digest come to the same verdicts.

    It does not depend on how lines end, which Git may change.
    """
    digest = hashlib.sha256()
    for path in sorted(path for pattern in JUDGES for path in catalog.TESTS.glob(pattern)):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(catalog.TESTS).as_posix()} {len(text)}\n".encode() + text)
    project = tomllib.loads((catalog.ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    about = {
        "version": project["version"],
        "digest": digest.hexdigest()[:12],
        "python": platform.python_version(),
    }
    torch = sys.modules.get("torch")
    return about if torch is None else {**about, "torch": str(torch.__version__)}


def _test(name: str, verdict: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"name": name, "status": "pass", "task_id": _number(verdict["kata"])}
    if verdict["state"] != PASSED:
        told["status"] = "error" if Kind(verdict["kind"]).is_error else "fail"
        told["message"] = "\n".join(text for _, text in verdict["lines"])
    if "misconception" in verdict:
        told["misconception"] = verdict["misconception"]
    return told


def _number(stem: str) -> int:
    return int(catalog.card(stem).number.removeprefix("k"))
