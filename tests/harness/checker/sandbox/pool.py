"""The parent's side of the sandbox: groups of tests, the children that run them, the pool."""

import contextlib
import os
import re
import select
import shutil
import signal
import socket
import struct
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

import pytest

from tests.harness import limits
from tests.harness.checker import verdict
from tests.harness.checker.collection import Kata
from tests.harness.checker.explain import Ending, Reason
from tests.harness.checker.items import SelfRunningItem
from tests.harness.checker.pytest_internals import has_module_fixtures
from tests.harness.checker.sandbox import messages, processes
from tests.harness.checker.sandbox.child import Worker
from tests.harness.checker.sandbox.tampering import Recorder
from tests.harness.kit.expect import Kind, Row, WrongAnswer
from tests.harness.kit.guard import code_rows

NUMBER = struct.Struct("!H")
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
POLL_SECONDS = 0.05
DUMP_SECONDS = 0.1  # for faulthandler to write the stack of a child that is ended


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

    def __init__(self, items: Sequence[pytest.Item], kata: Kata | None) -> None:
        self.items = list(items)
        self.kata = kata  # None for tests of the repository
        self.temp_dir = ""
        self.queue: TestQueue | None = None
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
        """Read the answer, make the temporary folder and the queue."""
        if self.kata is not None:
            self.kata.hold()
        with contextlib.suppress(OSError):  # the disk may be full
            self.temp_dir = tempfile.mkdtemp(prefix="kata-")
        self.queue = TestQueue(len(self.items))

    def receive(self, message: messages.Message, config: pytest.Config) -> None:
        """Keep the reports that a child has sent."""
        if isinstance(message, messages.Preliminary):
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
        why = child.ending.sentence(subject)
        return WrongAnswer(why, rows=child.last_line(item), kind=Kind.ENDED)

    def cancel_rest(self) -> None:
        """Let no child begin another test."""
        if self.queue is not None:
            self.queue.drain()

    def end(self) -> None:
        """End the children, and delete the temporary folder."""
        for child in self.children:
            child.end()
        if self.queue is not None:
            self.queue.close()
            self.queue = None
        processes.kill_orphans()
        shutil.rmtree(self.temp_dir, ignore_errors=True)

    def _has_module_fixtures(self) -> bool:
        """Whether a file's tests share fixtures that one more child would have to make again."""
        if self.kata is not None:
            return False
        return any(map(has_module_fixtures, self.items))


class ChildHandle:
    """A child process as its parent knows it: what it says, and how it ends."""

    def __init__(self, pid: int, connection: socket.socket, stack: IO[bytes], group: Group) -> None:
        self.pid = pid
        self.socket = connection
        self.ending: Ending | None = None
        self.current_test = ""  # begun, and not reported on
        self._group = group
        self._stack = stack  # the file to which faulthandler writes
        self._status: int | None = None
        self._received = b""
        self._seconds = limits.BETWEEN_TESTS_SECONDS  # for which it may send nothing
        self._deadline = time.monotonic() + self._seconds
        self._next_disk_check = 0.0

    def listen(self, config: pytest.Config, *, ready: bool) -> None:
        """Take what the child has sent; see whether it has ended, or must be ended."""
        # In this order: what a child sends just before it exits is in the socket by then.
        exited = self._has_exited()
        if ready or exited:
            self._receive(config, all_of_it=exited)
        if exited and self.ending is None:
            self._note_exit()
        if self.ending is None:
            overrun = self._overrun()
            if overrun is not None:
                self.ending = overrun
                with contextlib.suppress(OSError):
                    os.kill(self.pid, signal.SIGABRT)  # makes faulthandler write the stack
                    time.sleep(DUMP_SECONDS)
                self.end()

    def end(self) -> None:
        """Kill the child and all processes of its session."""
        if not self.pid:
            return
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)
        if self._status is None:
            processes.kill(self.pid)  # it may not be the leader of a group yet
        self.pid = 0
        self.socket.close()
        if self.ending and (self.current_test or self._group.kata):
            self._group.cancel_rest()  # no other test is likely to fare better

    def last_line(self, item: pytest.Item) -> list[Row]:
        """Return the line of the answer that was running when the stack was written."""
        if item.getparent(Kata) is None:
            return []
        path = verdict.answer_path(item)
        self._stack.seek(0)
        stack = self._stack.read().decode(errors="replace")
        match = re.search(rf'File "{re.escape(str(path))}", line (\d+)', stack)
        return code_rows(path, int(match[1])) if match else []

    def _receive(self, config: pytest.Config, *, all_of_it: bool) -> None:
        """Read from the socket: one chunk, or until there is nothing more."""
        while self.ending is None:
            try:
                data = self.socket.recv(1 << 16, socket.MSG_DONTWAIT)
            except OSError:  # there is nothing more
                return
            *lines, self._received = (self._received + data).split(b"\n")
            for line in lines:
                self._handle(line, config)
            if not data:
                self._note_exit()
            if not all_of_it:
                return

    def _handle(self, line: bytes, config: pytest.Config) -> None:
        try:
            message = messages.decode(line)
            self._group.receive(message, config)
            if isinstance(message, messages.Broken):
                self.ending = Ending(Reason.BROKEN, message.why)
            elif isinstance(message, messages.Begin):
                self._group.started += message.test != self.current_test
                self.current_test = message.test
                self._wait(float(message.seconds))
            elif isinstance(message, messages.End):
                self.current_test = ""
                self._wait(limits.BETWEEN_TESTS_SECONDS)
        except (ValueError, KeyError, TypeError, AttributeError):
            self.ending = Ending(Reason.BAD_MESSAGE)
            self.end()

    def _wait(self, seconds: float) -> None:
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds

    def _overrun(self) -> Ending | None:
        """Return the limit that the child has exceeded, if any."""
        now = time.monotonic()
        if now > self._deadline:
            return Ending(Reason.TIMEOUT, f"{self._seconds:g}")
        if self._group.kata is not None and now > self._next_disk_check:
            self._next_disk_check = now + limits.DISK_CHECK_SECONDS
            if processes.is_full(self._group.temp_dir):
                return Ending(Reason.DISK)
        return None

    def _has_exited(self) -> bool:
        """Whether the child has ended by itself; its status is taken once."""
        if self._status is None:
            self._status = processes.exit_status(self.pid)
        return self._status is not None

    def _note_exit(self) -> None:
        """Note how the child ended: it has exited, or closed its socket and is about to."""
        deadline = time.monotonic() + 1
        while not self._has_exited() and time.monotonic() < deadline:
            time.sleep(0.001)
        if self._status is None:
            self.ending = Ending(Reason.CLOSED)
        else:
            self.ending = Ending(Reason.EXIT, str(os.waitstatus_to_exitcode(self._status)))
        self.end()


class Pool:
    """The groups that run, with their children, and the groups that wait."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.jobs = config.option.jobs or CORES + 1  # some children only wait
        self.waiting: list[Group] = []
        self.running: list[Group] = []
        self.recorder: Recorder | None = None  # what an answer may not replace
        self.in_child: Callable[[], None] = lambda: None  # called first in each child

    def start(self, group: Group) -> None:
        """Start a group now, however many are running."""
        if group in self.waiting:
            self.waiting.remove(group)
        group.prepare()
        self.running.append(group)
        self._fork(group)

    def fill_up(self) -> None:
        """Start waiting groups while a job is free; then give the largest group more children."""
        while True:
            busy = sum(not child.ending for group in self.running for child in group.children)
            if self.waiting and busy < self.jobs:
                self.start(self.waiting[0])
                continue
            largest = max(self.running, key=lambda group: group.left, default=None)
            if self.waiting or busy >= min(self.jobs, CORES) or not (largest and largest.left):
                return
            self._fork(largest)

    def listen(self, *others: Any, seconds: float | None = POLL_SECONDS) -> list[Any]:
        """Wait for messages for a while, and take them; return which of ``others`` are readable."""
        children = [child for group in self.running for child in group.children]
        children = [child for child in children if not child.ending]
        sockets = [child.socket for child in children]
        ready, _, _ = select.select([*sockets, *others], [], [], seconds)
        for child in children:
            child.listen(self.config, ready=child.socket in ready)
        self.fill_up()
        return [other for other in others if other in ready]

    def end(self, group: Group) -> None:
        """End a group, whether or not it is done."""
        for groups in (self.running, self.waiting):
            if group in groups:
                groups.remove(group)
        group.end()
        group.children.clear()

    def end_all(self) -> None:
        """End all groups."""
        for group in [*self.running, *self.waiting]:
            self.end(group)

    def _fork(self, group: Group) -> None:
        ours, theirs = socket.socketpair()
        stack: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # the handle keeps it open
        pid = processes.fork()
        if pid == 0:
            ours.close()
            self.in_child()
            assert group.queue is not None
            orders = (group.items[number] for number in group.queue.take())
            worker = Worker(self.config, theirs, group.kata, self.recorder)
            worker.main(orders, group.items[-1], group.temp_dir, stack)
        theirs.close()
        group.children.append(ChildHandle(pid, ours, stack, group))
