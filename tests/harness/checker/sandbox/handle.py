"""A child process as its parent knows it: what it sends, and how it ends."""

import contextlib
import os
import re
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from tests.harness import limits
from tests.harness.checker.clock import Clock
from tests.harness.checker.explain import Ending, Reason
from tests.harness.checker.sandbox import messages, processes
from tests.harness.kit.expect import Row
from tests.harness.kit.guard import code_rows

CHUNK = 1 << 16  # bytes read at a time, so that other children do not wait long
DUMP_SECONDS = 0.1  # for faulthandler to write the stack of a child that is ended
EXIT_SECONDS = 1.0  # from closing the socket to exiting


class ChildHandle:
    """Listens to one child process, ends it when it exceeds a limit, and notes its ending."""

    def __init__(
        self,
        pid: int,
        connection: socket.socket,
        stack: IO[bytes],
        returned: Sequence[float] = (0.0, 0.0),
        temp_dir: str = "",
    ) -> None:
        self.pid = pid
        self.socket = connection
        self.ending: Ending | None = None
        self.current_test = ""  # begun, and not reported on
        self._stack = stack  # the file to which faulthandler writes
        self._returned = returned  # `RETURNED` of the child, in shared memory
        self._returned_before = 0.0  # its number when the test began
        self._temp_dir = temp_dir  # whose size is limited; none for tests of the repository
        self._status: int | None = None
        self._received = b""
        self._next_disk_check = 0.0
        self._clock = Clock(pid, limits.BETWEEN_TESTS_SECONDS)

    def listen(self, *, ready: bool) -> list[messages.Message]:
        """Return the messages that have come; note whether the child has ended, or end it."""
        # In this order: what a child sends just before it exits is in the socket by then.
        exited = self._has_exited()
        received = list(self._receive(all_of_it=exited)) if ready or exited else []
        if exited and self.ending is None:
            self._note_exit()
        if self.ending is None:
            exceeded = self._exceeded_limit()
            if exceeded is not None:
                with contextlib.suppress(OSError):
                    os.kill(self.pid, signal.SIGABRT)  # makes faulthandler write the stack
                    time.sleep(DUMP_SECONDS)
                self.end(exceeded)
        return received

    def end(self, ending: Ending | None = None) -> None:
        """Kill the child and all processes of its session."""
        self.ending = self.ending or ending
        if not self.pid:
            return
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)
        if self._status is None:
            processes.kill(self.pid)  # it may not be the leader of a group yet
        self.pid = 0
        self.socket.close()

    def forget(self) -> None:
        """End the child, and close the file with its stack."""
        self.end()
        self._stack.close()

    def last_line(self, path: Path) -> list[Row]:
        """Return the line of the answer in ``path`` that ran when the stack was written."""
        self._stack.seek(0)
        stack = self._stack.read().decode(errors="replace")
        match = re.search(rf'File "{re.escape(str(path))}", line (\d+)', stack)
        return code_rows(path, int(match[1])) if match else []

    def _receive(self, *, all_of_it: bool) -> Iterator[messages.Message]:
        """Read from the socket: one chunk, or until there is nothing more."""
        while self.ending is None:
            try:
                data = self.socket.recv(CHUNK, socket.MSG_DONTWAIT)
            except OSError:  # there is nothing more
                return
            *lines, self._received = (self._received + data).split(b"\n")
            for line in lines:
                try:
                    message = messages.decode(line)
                except ValueError:
                    self.end(Ending(Reason.BAD_MESSAGE))
                    return
                self._note(message)
                yield message
            if not data:
                self._note_exit()
            if not all_of_it:
                return

    def _note(self, message: messages.Message) -> None:
        if isinstance(message, messages.Broken):
            self.ending = Ending(Reason.BROKEN, message.why)
        elif isinstance(message, messages.Begin):
            self.current_test = message.test
            self._returned_before = self._returned[0]
            self._clock.allow(message.seconds)
        elif isinstance(message, messages.End):
            self.current_test = ""
            self._clock.allow(limits.BETWEEN_TESTS_SECONDS)

    def _exceeded_limit(self) -> Ending | None:
        if self._clock.is_over():
            seconds = self._clock.seconds
            if self._clock.is_over_by_far():
                return Ending(Reason.BUSY, f"{seconds:g}")
            return Ending(Reason.TIMEOUT, f"{seconds:g}", self._calls_if_slow(seconds))
        now = time.monotonic()
        if self._temp_dir and now > self._next_disk_check:
            self._next_disk_check = now + limits.DISK_CHECK_SECONDS
            if processes.is_full(self._temp_dir):
                return Ending(Reason.DISK)
        return None

    def _calls_if_slow(self, seconds: float) -> int:
        """Return how many calls have returned in the test; 0 if the last of them was long ago."""
        calls, last = self._returned
        is_slow = time.monotonic() - last < seconds / 2
        return int(calls - self._returned_before) if is_slow else 0

    def _has_exited(self) -> bool:
        """Whether the child has ended by itself; its status is taken once."""
        if self._status is None:
            self._status = processes.exit_status(self.pid)
        return self._status is not None

    def _note_exit(self) -> None:
        """Note how the child ended: it has exited, or closed its socket and is about to."""
        deadline = time.monotonic() + EXIT_SECONDS
        while not self._has_exited() and time.monotonic() < deadline:
            time.sleep(0.001)
        if self._status is None:
            self.end(Ending(Reason.CLOSED))
        else:
            self.end(Ending(Reason.EXIT, str(os.waitstatus_to_exitcode(self._status))))
