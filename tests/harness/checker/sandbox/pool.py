"""Runs groups of tests side by side, each in child processes of its own."""

import mmap
import os
import select
import socket
import tempfile
from collections.abc import Callable
from typing import IO, Any

import pytest

from tests.harness.checker.sandbox import processes
from tests.harness.checker.sandbox.child import Worker
from tests.harness.checker.sandbox.group import Group
from tests.harness.checker.sandbox.handle import ChildHandle
from tests.harness.checker.sandbox.tampering import Recorder
from tests.harness.kit.progress import RETURNED

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
POLL_SECONDS = 0.05
FLOAT_BYTES = 8


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
        sockets = [child.socket for child in children if not child.ending]
        ready, _, _ = select.select([*sockets, *others], [], [], seconds)
        for group in self.running:
            group.listen(self.config, ready)
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
        returned = memoryview(mmap.mmap(-1, FLOAT_BYTES * RETURNED.FIELDS)).cast("d")
        pid = processes.fork()
        if pid == 0:
            ours.close()
            self.in_child()
            assert group.queue is not None
            orders = (group.items[number] for number in group.queue.take())
            RETURNED.share(returned)
            worker = Worker(self.config, theirs, group.kata, self.recorder, group.diagnoses)
            worker.main(orders, group.items[-1], group.temp_dir, stack)
        theirs.close()
        limited = group.temp_dir if group.kata is not None else ""
        group.children.append(ChildHandle(pid, ours, stack, returned, limited))
