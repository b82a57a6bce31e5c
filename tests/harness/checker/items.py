"""Test items that run outside pytest's own protocol."""

from typing import Any, Self

import pytest


class SelfRunningItem(pytest.Item):
    """An item that runs a kata's tests within itself, each by pytest's protocol."""

    @classmethod
    def from_parent(cls, parent: Any, **kwargs: Any) -> Self:
        """Make the node below ``parent``."""
        return super().from_parent(parent, **kwargs)

    def report(self) -> pytest.TestReport:
        """Run, and return the report."""
        call = pytest.CallInfo.from_call(self.runtest, when="call")
        report: pytest.TestReport = self.ihook.pytest_runtest_makereport(item=self, call=call)
        return report
