"""Replaces pytest's terminal report on katas: explanations, progress, the next kata."""

import os
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.checker import pytest_internals
from tests.harness.checker.collection import ANSWERS
from tests.harness.checker.output import file_warnings
from tests.harness.checker.output.parts import SolvedKatas, write_picture
from tests.harness.checker.output.results import DONE, MARKS, Result
from tests.harness.checker.output.solved_before import SolvedBefore
from tests.harness.checker.output.writer import COLOURS, Writer
from tests.harness.checker.verdict import State, of_report


class TerminalReport:
    """The pytest plugin that collects the results, and prints them at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.results: dict[str, Result] = {}
        self.already_explained = False  # on the screen of --watch
        self._only_katas = _only_katas(config)
        self._brief = config.option.verbose < 0
        self._other_tests = False  # ran too
        self._pytest_is_quiet = False

    def quieten_pytest(self) -> None:
        """Let pytest's own reporter print nothing about the katas' tests."""
        option = self.config.option
        if not self._only_katas or option.verbose > 0:
            return
        if not option.collectonly and not option.help and not option.version:
            pytest_internals.quieten(self.config)
            self._pytest_is_quiet = True

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Count a kata's test without printing a letter for it."""
        if self._pytest_is_quiet and isinstance(report, pytest.TestReport) and not report.passed:
            return "failed", "", ""
        if self._pytest_is_quiet and report.when == "call":
            return "passed", "", ""
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the verdict on a kata's test."""
        verdict = of_report(report)
        if verdict is not None:
            new = Result(verdict.kata, self.config.option.mastery)
            self.results.setdefault(verdict.kata, new).verdicts.append(verdict)
        elif report.when == "call" or report.failed:
            self._other_tests = True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the explanations, the progress and the next kata."""
        writer = Writer(pytest_internals.writer_of(terminalreporter))
        if self._pytest_is_quiet:
            for broken in terminalreporter.stats.get("error", []):
                terminalreporter.write_line(broken.longreprtext)
        results = [result for _, result in sorted(self.results.items()) if result.verdicts]
        if not results:
            return
        if not self.already_explained:
            SolvedBefore(self.config).compare(results)
            for result in results:
                writer.explanation(result, self._path(result))
        self._warn_of_files(writer)
        if not self._brief and (len(results) > 1 or not self._other_tests):
            _write_progress(writer, results)
        writer.progress_bar(results, self.config.option.mastery)
        writer.line()
        self._write_next(writer, results)
        option = self.config.option
        if not (self._brief or self.already_explained or option.answers or option.solutions):
            self._write_afterwards(writer, results)

    def _path(self, result: Result) -> Path:
        return self.config.stash[ANSWERS].original(result.card.stem)

    def _warn_of_files(self, writer: Writer) -> None:
        """Warn of files that were not checked, or that hide a package."""
        answers = self.config.stash[ANSWERS]
        lines = file_warnings.of_hidden_packages(answers)
        if self.config.option.answers:  # otherwise the folder is the repository's own
            lines += file_warnings.of_unchecked_files(answers)
        if lines:
            writer.line()
        for line in lines:
            writer.line(line, yellow=True)

    def _write_next(self, writer: Writer, results: list[Result]) -> None:
        """Name the kata to do next: a wrong one first, then one to do, then one to master."""
        rest = [result for result in results if result.state in (State.TO_DO, State.WRONG)]
        rest = rest or [r for r in results if r.state is State.SOLVED and r.mastery]
        following = next(iter([r for r in rest if r.state is State.WRONG] or rest), None)
        if following is not None:
            writer.line(f"Next: {writer.link(self._path(following))}, {following.card.title}")
        elif len(results) > 1 and all(result.state in DONE for result in results):
            mastery = self.config.option.mastery
            writer.line("Nothing left to do." if mastery else "More: --mastery")

    def _write_afterwards(self, writer: Writer, results: list[Result]) -> None:
        """Write what is worth knowing of the only kata, if it is solved, and of a whole part."""
        only = results[0]
        if len(results) == 1 and only.is_finished and not self._other_tests:
            writer.line()
            writer.afterwards(catalog.afterwards(only.card.stem))
        cache = getattr(self.config, "cache", None)  # None with `-p no:cacheprovider`
        part = SolvedKatas(cache).update(results) if cache is not None else ""
        if part:
            writer.line()
            write_picture(writer, part)


def _write_progress(writer: Writer, results: list[Result]) -> None:
    """Write a line for each kata, under the titles of the parts."""
    part = ""
    for result in results:
        if result.card.part != part:
            part = result.card.part
            writer.line()
            writer.line(part, bold=True)
        state = result.state
        assert state is not None
        if writer.words:
            words = f"{result.description}: {result.card.number}  {result.card.title}"
            writer.line(f"  {words}", **COLOURS[state])
            continue
        writer.write(f"  {MARKS[state]} ", **COLOURS[state])
        writer.write(f"{result.card.number}  {result.card.title}".ljust(60))
        writer.line(result.description, **COLOURS[state])
    writer.line()


def _only_katas(config: pytest.Config) -> bool:
    """Whether the command line asks for nothing but katas."""
    for argument in config.args:
        path = argument.partition("::")[0]
        absolute = Path(os.path.abspath(config.invocation_params.dir / path))
        if absolute == catalog.ROOT and not config.option.solutions:
            continue  # conftest.py leaves out everything else
        if not any(map(absolute.is_relative_to, (catalog.KATAS, catalog.KATA_TESTS))):
            return False
    return True
