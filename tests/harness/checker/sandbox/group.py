"""The tests of one file, the queue from which children take them, and their reports."""

import contextlib
import os
import shutil
import socket
import struct
import tempfile
from collections.abc import Iterator, Sequence

import pytest

from tests.harness.checker import verdict
from tests.harness.checker.collection import Kata
from tests.harness.checker.explain import Ending, Reason
from tests.harness.checker.items import SelfRunningItem
from tests.harness.checker.pytest_internals import has_module_fixtures
from tests.harness.checker.sandbox import messages, processes
from tests.harness.checker.sandbox.handle import ChildHandle
from tests.harness.checker.sandbox.shared import SharedResult
from tests.harness.kit.expect import Kind, WrongAnswer
from tests.harness.kit.loading import Source

NUMBER = struct.Struct("!H")


class TestQueue:
    """Numbers of tests, written into a pipe.

    Each child reads the next two bytes when it is free: a work queue without locks.
    """

    __test__ = False  # its name begins like that of a test class

    def __init__(self, count: int) -> None:
        self._pipe, end = os.pipe()
        with os.fdopen(end, "wb") as pipe:
            pipe.write(b"".join(map(NUMBER.pack, range(count))))

    def take(self) -> Iterator[int]:
        """Take numbers until there are none."""
        while number := os.read(self._pipe, NUMBER.size):
            yield NUMBER.unpack(number)[0]

    def drain(self) -> None:
        """Take all that is left, so that no child runs it."""
        while os.read(self._pipe, 1 << 12):
            pass

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._pipe)


class Group:
    """Tests of one file, which run in a child process of their own or in several at a time."""

    def __init__(
        self, items: Sequence[pytest.Item], kata: Kata | None, source: Source | None = None
    ) -> None:
        self.items = list(items)
        self.kata = kata  # None for tests of the repository
        self.source = source  # the answer's text; None to read it when the group starts
        self.temp_dir = ""
        self.queue: TestQueue | None = None
        self.diagnoses: dict[bool, SharedResult] = {}  # by level: mastery or not
        self.children: list[ChildHandle] = []
        self.started = 0  # tests
        self.passed_on: set[str] = set()  # tests whose reports pytest has got
        self._reports: dict[str, list[pytest.TestReport]] = {}
        self._preliminary: dict[str, list[pytest.TestReport]] = {}
        self._ending_reported = False

    @staticmethod
    def name_of(item: pytest.Item) -> str:
        """Name the group of an item: its file, or the item itself if it runs tests within it."""
        alone = isinstance(item, SelfRunningItem)
        return item.nodeid if alone else item.nodeid.partition("::")[0]

    @property
    def over(self) -> bool:
        """Whether no child is left that could report."""
        return all(child.ending for child in self.children)

    @property
    def done(self) -> bool:
        """Whether all tests have been reported, or none will be any more."""
        complete = len(self._reports) == len(self.items)
        return complete or (bool(self.children) and self.over)

    @property
    def left(self) -> int:
        """How many tests one more child could take; for one alone it is not worth a fork."""
        left = 0 if self.over else len(self.items) - self.started
        return left if left > 1 and not self._has_module_fixtures() else 0

    def prepare(self) -> None:
        """Fix the answer's text; make the temporary folder, the queue and what children share."""
        if self.kata is not None:
            self.kata.hold(self.source)
            self.diagnoses = {mastery: SharedResult() for mastery in (False, True)}
        with contextlib.suppress(OSError):  # the disk may be full
            self.temp_dir = tempfile.mkdtemp(prefix="kata-")
        self.queue = TestQueue(len(self.items))

    def listen(self, config: pytest.Config, ready: Sequence[socket.socket]) -> None:
        """Take what the children have sent; ``ready`` are the sockets that can be read."""
        for child in self.children:
            if child.ending:
                continue
            before = child.current_test
            for message in child.listen(ready=child.socket in ready):
                try:
                    self._keep(message, config, before)
                except ValueError:
                    child.end(Ending(Reason.BAD_MESSAGE))
                before = child.current_test
            if child.ending and (child.current_test or self.kata is not None):
                self._cancel_rest()  # no other test is likely to fare better

    def _keep(self, message: messages.Message, config: pytest.Config, before: str) -> None:
        if isinstance(message, messages.Begin):
            self.started += message.test != before
        elif isinstance(message, messages.Preliminary):
            self._preliminary[message.test] = messages.load_reports(config, message.reports)
        elif isinstance(message, messages.End):
            self._reports[message.test] = messages.load_reports(config, message.reports)

    def has_ended(self, item: pytest.Item) -> bool:
        """Whether the final reports on a test are there."""
        return item.nodeid in self._reports

    def known_reports(self, item: pytest.Item) -> list[pytest.TestReport]:
        """Return a test's reports so far, perhaps without their final explanation."""
        return self._reports.get(item.nodeid) or self._preliminary.get(item.nodeid, [])

    def reports(self, item: pytest.Item) -> list[pytest.TestReport]:
        """Return a test's reports; where its process ended before it, make one that says so."""
        return self.known_reports(item) or verdict.failed(item, self._why_missing(item))

    def _why_missing(self, item: pytest.Item) -> WrongAnswer:
        child = next((child for child in self.children if child.current_test == item.nodeid), None)
        during_a_test = any(child.current_test for child in self.children)
        if child is None and not self._ending_reported and not during_a_test:
            irregular = (c for c in self.children if c.ending and not c.ending.is_regular)
            child = next(irregular, self.children[-1])
        if child is None or child.ending is None:
            return WrongAnswer("Not run: an earlier test never came to its end.", kind=Kind.NOT_RUN)
        self._ending_reported = True
        subject = "The test" if self.kata is None else "The answer"
        rows = child.last_line(verdict.answer_path(item)) if self.kata is not None else []
        return WrongAnswer(child.ending.sentence(subject), rows=rows, kind=Kind.ENDED)

    def _cancel_rest(self) -> None:
        """Let no child begin another test."""
        if self.queue is not None:
            self.queue.drain()

    def end(self) -> None:
        """End the children, and delete the temporary folder."""
        for child in self.children:
            child.forget()
        if self.queue is not None:
            self.queue.close()
            self.queue = None
            for diagnosis in self.diagnoses.values():
                diagnosis.close()
        processes.kill_orphans()
        shutil.rmtree(self.temp_dir, ignore_errors=True)

    def _has_module_fixtures(self) -> bool:
        """Whether a file's tests share fixtures that one more child would have to make again."""
        if self.kata is not None:
            return False
        return any(map(has_module_fixtures, self.items))
