"""Gives the report of a failed test the answer's file and line, which programs show."""

import pytest

from tests.harness.checker import pytest_internals
from tests.harness.checker.collection import ANSWERS
from tests.harness.checker.verdict import of_report


class FailurePlace:
    """The pytest plugin that changes reports before others hear of them."""

    def __init__(self, config: pytest.Config) -> None:
        self._answers = config.stash[ANSWERS]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Let a failure point at the answer and not at the test."""
        verdict = of_report(report)
        if verdict is not None and verdict.line:
            path = self._answers.original(verdict.kata)
            pytest_internals.set_place(report, path, verdict.line)
