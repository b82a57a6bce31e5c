"""What a person reads: what is wrong, what is done, what comes next."""

import os
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest._io import TerminalWriter

from tests.harness import catalog
from tests.harness.checker.collection import ANSWERS
from tests.harness.checker.output import misnamed
from tests.harness.checker.verdict import PASSED, TO_DO, WRONG
from tests.harness.kit.show import listing

SOLVED, MASTERED, PARTLY = "solved", "mastered", "partly"

MARKS = {TO_DO: "○", WRONG: "✗", SOLVED: "✓", MASTERED: "★", PARTLY: "◐"}
COLOURS: dict[str, dict[str, bool]] = {
    TO_DO: {"light": True},
    WRONG: {"red": True},
    SOLVED: {"green": True},
    MASTERED: {"yellow": True},
    PARTLY: {"cyan": True},
}
# What a terminal that has no more than ASCII gets instead.
PLAIN = str.maketrans(
    {"○": "o", "✗": "x", "✓": "+", "★": "*", "◐": "~", "█": "#", "░": ".", "·": "-", "…": "...",
     "–": "-", "−": "-", "→": "->", "←": "<-", "×": "x", "≤": "<=", "≥": ">=", "√": "sqrt ",
     "’": "'", "“": '"', "”": '"', "⌈": "ceil(", "⌉": ")", "±": "+-"}
)  # fmt: skip


class Result:
    """What came of one kata: the verdicts on those of its tests that ran."""

    def __init__(self, stem: str, mastery: bool) -> None:
        self.card = catalog.card(stem)
        self.mastery = mastery
        self.verdicts: list[dict[str, Any]] = []

    @property
    def state(self) -> str:
        """The kata's mark; without one, nothing is known."""
        if not self.verdicts:
            return ""
        failed = self.failures
        if any(v["state"] == WRONG and not v["mastery"] for v in failed):
            return WRONG
        if any(v["state"] == TO_DO for v in failed):
            return TO_DO
        if len(self.passed) < len(self.required):
            return WRONG if failed else PARTLY
        return MASTERED if self.mastery and not failed else SOLVED

    @property
    def required(self) -> list[str]:
        """The tests that have to pass for the kata to be solved."""
        return self.verdicts[0]["required"]

    @property
    def passed(self) -> list[str]:
        """Those of them that ran and did not fail."""
        ran = {verdict["test"].partition("[")[0] for verdict in self.verdicts}
        failed = {verdict["test"].partition("[")[0] for verdict in self.failures}
        return [name for name in self.required if name in ran - failed]

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The verdicts on the tests that failed, in the order of the file."""
        return [verdict for verdict in self.verdicts if verdict["state"] != PASSED]


class Report:
    """The pytest plugin that tells of katas what the terminal reporter would tell of tests."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.results: dict[str, Result] = {}
        self.quiet = _only_katas(config) and config.option.verbose <= 0
        self.brief = config.option.verbose < 0
        self.others = False
        self.explained = False  # already, on another screen
        self.quietened = False

    def quieten(self) -> None:
        """Let pytest's own reporter say nothing of the katas' tests."""
        option = self.config.option
        if self.quiet and not option.collectonly and not option.help and not option.version:
            option.verbose = -2
            option.tbstyle = "no"
            reporter = self.config.pluginmanager.getplugin("terminalreporter")
            if reporter is not None:
                reporter.reportchars = ""
            self.quietened = True

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Count a kata's test without printing a letter for it."""
        if self.quietened and isinstance(report, pytest.TestReport) and not report.passed:
            return "failed", "", ""
        if self.quietened and report.when == "call":
            return "passed", "", ""
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the verdict on a kata's test."""
        verdict = getattr(report, "verdict", None)
        if verdict is not None:
            self._result(verdict["kata"]).verdicts.append(verdict)
        elif report.when == "call" or report.failed:
            self.others = True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the explanations, the progress and the next kata."""
        tell = Teller(terminalreporter._tw)
        if self.quietened:
            for broken in terminalreporter.stats.get("error", []):
                terminalreporter.write_line(broken.longreprtext)
        results = [result for _, result in sorted(self.results.items()) if result.verdicts]
        if not results:
            return
        if not self.explained:
            for result in results:
                explain(tell, result, self._path(result))
        self._warn(tell)
        if not self.brief and (len(results) > 1 or not self.others):
            self._progress(tell, results)
        self._close(tell, results)

    def _result(self, stem: str) -> Result:
        return self.results.setdefault(stem, Result(stem, self.config.option.mastery))

    def _path(self, result: Result) -> str:
        return catalog.shown(self.config.stash[ANSWERS] / f"{result.card.stem}.py")

    def _warn(self, tell: "Teller") -> None:
        """Point out files that somebody may take for answers that were checked."""
        named = self.config.option.answers  # and not our own folders
        lines = list(misnamed.warnings(self.config.stash[ANSWERS])) if named else []
        if lines:
            tell.line()
        for line in lines:
            tell.line(line, yellow=True)

    def _progress(self, tell: "Teller", results: list[Result]) -> None:
        part = ""
        for result in results:
            if result.card.part != part:
                part = result.card.part
                tell.line()
                tell.line(part, bold=True)
            state = result.state
            mark = f"  {MARKS[state]} "
            tell.write(mark, **COLOURS[state])
            tell.write(f"{result.card.number}  {result.card.title}".ljust(60))
            tell.line(state_text(result), **COLOURS[state])
        tell.line()

    def _close(self, tell: "Teller", results: list[Result]) -> None:
        progress_bar(tell, results, self.config.option.mastery)
        tell.line()
        rest = [result for result in results if result.state in (TO_DO, WRONG)]
        rest = rest or [result for result in results if result.state == SOLVED and result.mastery]
        following = next(iter([r for r in rest if r.state == WRONG] or rest), None)
        if following is not None:
            tell.line(f"Next: {self._path(following)}, {following.card.title}")
        elif len(results) > 1 and all(result.state in (SOLVED, MASTERED) for result in results):
            more = "Nothing left to do." if self.config.option.mastery else "More: --mastery"
            tell.line(more)


def explain(tell: "Teller", result: Result, path: str) -> None:
    """Explain the first test that an answer fails; name the others."""
    wrong = [verdict for verdict in result.failures if verdict["state"] == WRONG]
    wrong = [verdict for verdict in wrong if verdict.get("kind") != "not run"]
    if not wrong:
        return
    first, *others = wrong
    told = {str(first["lines"]), str(first["law"])}
    others = [v for v in others if not told & {str(v["lines"]), str(v["law"])}]
    tell.line()
    tell.line(f"{MARKS[WRONG]} {path} · {first['law']}", red=True, bold=True)
    tell.line()
    tell.explanation(first["lines"])
    if first["printed"]:
        tell.line()
        tell.explanation([["printed", f"printed     {first['printed'][0]}"]])
        tell.explanation([["printed", " " * 12 + line] for line in first["printed"][1:]])
    if others:
        laws = list(dict.fromkeys(f"“{verdict['law']}”" for verdict in others))
        laws, more = laws[:2], [f"{len(laws) - 2} more"] if len(laws) > 2 else []
        tell.line()
        tell.wrapped(f"Fails as well: {listing(laws + more)}.", light=True)


def progress_bar(tell: "Teller", results: Sequence[Result], mastery: bool) -> None:
    """Show how many katas are solved, and mastered if that is asked for."""
    done = sum(result.state in (SOLVED, MASTERED) for result in results)
    bar = "█" * round(20 * done / len(results))
    tell.write(bar.ljust(20, "░") + " ", green=True)
    mastered = sum(result.state == MASTERED for result in results)
    more = f", {mastered} mastered" if mastery else ""
    tell.write(f"{done} of {len(results)} solved{more}", bold=True)


class Teller:
    """Writes to the terminal: at most 80 columns wide, in ASCII where it must be."""

    def __init__(self, terminal: TerminalWriter, encoding: str | None = None) -> None:
        self._terminal = terminal
        self._width = min(80, terminal.fullwidth)
        encoding = encoding or getattr(terminal._file, "encoding", None) or "ascii"
        try:
            "".join(MARKS.values()).encode(encoding)
            self._encoding = None
        except (UnicodeEncodeError, LookupError):
            self._encoding = encoding

    def write(self, text: str, **markup: bool) -> None:
        """Write a piece of a line."""
        if self._encoding is not None:
            text = text.translate(PLAIN).encode("ascii", "replace").decode("ascii")
        self._terminal.write(text, **markup)

    def line(self, text: str = "", **markup: bool) -> None:
        """Write a line, or the rest of one."""
        self.write(text, **markup)
        self._terminal.write("\n")

    def wrapped(self, text: str, indent: int = 4, **markup: bool) -> None:
        """Write a paragraph."""
        for line in textwrap.wrap(text, self._width - indent, break_on_hyphens=False):
            self.line(" " * indent + line, **markup)

    def explanation(self, lines: list[list[str]]) -> None:
        """Write the lines of an explanation, each kind in its style."""
        styles: dict[str, dict[str, bool]] = {
            "gave": {"red": True}, "expected": {"green": True}, "code": {"bold": True},
            "call": {"bold": True},
        }  # fmt: skip
        for kind, text in lines:
            if kind == "why":
                self.wrapped(text)
                continue
            for piece in self._folded(text):
                self.line(f"    {piece}".rstrip(), **styles.get(kind, {}))

    def _folded(self, text: str) -> Iterator[str]:
        """Fold a line that is too wide, under its value."""
        room = self._width - 4
        if len(text) <= room:
            yield text
            return
        stripped = text.lstrip()
        indent = len(text) - len(stripped)
        label = indent + len(stripped.split("  ")[0])
        hang = 12 if label < 12 else indent + 4
        wrapped = textwrap.wrap(
            text, room, subsequent_indent=" " * hang, drop_whitespace=True,
            replace_whitespace=False, break_on_hyphens=False,
        )  # fmt: skip
        yield from wrapped


def state_text(result: Result) -> str:
    """Say in words what came of a kata."""
    if result.state == PARTLY:
        return f"{len(result.passed)} of {len(result.required)} tests pass"
    waits_for = next((v["waits_for"] for v in result.failures if v["waits_for"]), "")
    if result.state == TO_DO and waits_for:
        return f"to do, after {waits_for.partition('_')[0]}"
    if result.state == SOLVED and result.failures:
        return "solved, not mastered"
    return result.state


def _only_katas(config: pytest.Config) -> bool:
    """Whether nothing but katas was asked for."""
    for arg in config.args:
        path = Path(os.path.abspath(config.invocation_params.dir / arg.partition("::")[0]))
        if not any(
            path == top or top in path.parents for top in (catalog.KATAS, catalog.KATA_TESTS)
        ):
            return False
    return True
