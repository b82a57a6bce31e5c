"""Each kata is checked in a child process, forked from one that never runs an answer.

The parent collects and imports; a child runs the tests of one file, in the
order in which it is told to, and sends pytest's own reports back as JSON. What an
answer breaks, it breaks in its child. Several children run at a time.
"""

import contextlib
import faulthandler
import gc
import json
import os
import re
import select
import signal
import socket
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis.internal.conjecture import providers

from tests.harness import diagnosis, verdict
from tests.harness.collection import Kata
from tests.harness.guard import code_rows
from tests.harness.specimens import Trial
from tests.harness.wrong import Row, WrongAnswer

with contextlib.suppress(ImportError):  # where there is no fork, there is none of it either
    import resource

POSSIBLE = hasattr(os, "fork")
REPOSITORY_LIMIT = 300.0  # seconds for one of the machinery's own tests
DIAGNOSIS_LIMIT = 4.0  # seconds, of which it takes less than one


class Isolation:
    """The pytest plugin that runs items in children."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.jobs = config.option.jobs or (os.cpu_count() or 1) + 1  # some only wait
        self.runs_ahead = not hasattr(config, "workerinput")  # else xdist says what comes next
        self.children: dict[str, Child] = {}
        self.waiting: list[tuple[str, list[pytest.Item]]] = []
        self.inside: Child | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Sort the items by the child that they will run in."""
        self.config.stash[SESSION] = session
        if not self.runs_ahead or session.testsfailed or self.config.option.collectonly:
            return
        groups: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            groups.setdefault(_child_of(item), []).append(item)
        self.waiting = list(groups.items())
        if any("tmp_path" in getattr(item, "fixturenames", ()) for item in session.items):
            self.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        # Hypothesis looks through every module for constants: once, and not in each child.
        providers._get_local_constants()
        gc.collect()
        gc.freeze()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """In the parent, pass on the reports of the child; in the child, make them."""
        if self.inside is not None:
            return self.inside.run(item, nextitem)
        hook = item.config.hook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self._reports(item, nextitem):
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        self._let_go(item, nextitem)
        return True

    def pytest_sessionfinish(self) -> None:
        """Leave no child behind, however the run ended."""
        if self.inside is None:
            for child in self.children.values():
                child.end()
            self.children.clear()

    def _reports(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[Any]:
        key = _child_of(item)
        if key not in self.children:
            alone = [item] if self.runs_ahead else []  # asked for a second time, or fed one by one
            self._start(key, dict(self.waiting).get(key, alone))
        child = self.children[key]
        if not self.runs_ahead:
            child.feed(item, nextitem)
        self._start_waiting()
        while item.nodeid not in child.reports and not child.over:
            self._listen()
        for data in child.reports_of(item):
            yield self.config.hook.pytest_report_from_serializable(config=self.config, data=data)

    def _let_go(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """End the item's child if this was the last it was there for."""
        key = _child_of(item)
        child = self.children[key]
        child.passed_on.add(item.nodeid)
        if self.runs_ahead:
            done = all(other.nodeid in child.passed_on for other in child.items)
        else:
            done = nextitem is None or _child_of(nextitem) != key
        if done:
            self.children.pop(key).end()
            self._start_waiting()

    def _listen(self) -> None:
        running = [child for child in self.children.values() if not child.over]
        ready, _, _ = select.select([child.socket for child in running], [], [], 0.05)
        for child in running:
            child.listen(child.socket in ready)
        self._start_waiting()

    def _start_waiting(self) -> None:
        while self.waiting and sum(not child.over for child in self.children.values()) < self.jobs:
            self._start(*self.waiting[0])

    def _start(self, key: str, items: list[pytest.Item]) -> None:
        self.waiting = [(other, its) for other, its in self.waiting if other != key]
        child = self.children[key] = Child(self.config, items)
        if child.fork():
            return
        self.inside = child
        child.live()


class Child:
    """A child process, as its parent knows it; and, within it, itself."""

    def __init__(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        self.config = config
        self.items = items
        self.pid = 0
        self.reports: dict[str, list[Any]] = {}
        self.passed_on: set[str] = set()
        self.over = ""
        self._begun: tuple[str, float, float] | None = None
        self._received = b""
        self._diagnoses: dict[bool, dict[str, Any] | None] = {}  # by level, in the child
        self._status: int | None = None

    # In the parent.

    def fork(self) -> bool:
        """Start the child; return whether this is the parent."""
        self.socket, theirs = socket.socketpair()
        self._stack = tempfile.TemporaryFile()  # noqa: SIM115  # the child writes, this reads
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of xdist's threads
            self.pid = os.fork()
        if self.pid == 0:
            self.socket.close()
            self.socket = theirs
            return False
        theirs.close()
        return True

    def feed(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Tell the child what to run next."""
        self.items.append(item)
        following = nextitem is not None and _child_of(nextitem) == _child_of(item)
        names = [item.nodeid, nextitem.nodeid if following and nextitem else None]
        with contextlib.suppress(OSError):
            self.socket.sendall(json.dumps(names).encode() + b"\n")

    def listen(self, ready: bool) -> None:
        """Take what the child has sent; see whether it has ended or must be."""
        # In this order: what a child says just before it exits is in the socket by then.
        exited = self._exited()
        if ready or exited:
            self._receive(all_of_it=exited)
        if exited and not self.over:
            self._ended()
        if self.over:
            return
        if self._begun is not None and time.monotonic() > self._begun[1] + self._begun[2]:
            self.over = f"time {self._begun[2]:g}"
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGABRT)  # on which faulthandler dumps the stack
                time.sleep(0.1)
            self.end()

    def _receive(self, all_of_it: bool) -> None:
        """Take what is in the socket; nobody else waits while this does."""
        while not self.over:
            try:
                data = self.socket.recv(1 << 16, socket.MSG_DONTWAIT)
            except OSError:  # there is nothing more
                return
            *messages, self._received = (self._received + data).split(b"\n")
            for message in messages:
                self._hear(message)
            if not data:
                self._ended()
            if not all_of_it:
                return

    def reports_of(self, item: pytest.Item) -> list[Any]:
        """Return the item's reports, or make one that says why there is none."""
        if item.nodeid in self.reports:
            return self.reports[item.nodeid]
        if self._begun is not None and self._begun[0] == item.nodeid:
            rows, why, kind = self._last_line(item), _why_over(self.over), "ended"
        else:
            rows, why, kind = [], "Not run: an earlier test never came to its end.", "not run"
        report = pytest.TestReport(
            item.nodeid, item.location, dict.fromkeys(item.keywords, 1), "failed", why, "call"
        )
        verdict.attach(report, item, verdict.WRONG, WrongAnswer(why, rows=rows, kind=kind))
        # JUnit's file is written when a test is torn down, and this one never was.
        end = pytest.TestReport(
            item.nodeid, item.location, {}, "passed", None, "teardown",
            user_properties=report.user_properties,
        )  # fmt: skip
        serialise = self.config.hook.pytest_report_to_serializable
        return [serialise(config=self.config, report=each) for each in (report, end)]

    def end(self) -> None:
        """End the child, and whatever it has started."""
        if self.pid:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
            if self._status is None:
                with contextlib.suppress(OSError):  # it may not be a group of its own yet
                    os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            self.pid = 0
            self.socket.close()

    def _last_line(self, item: pytest.Item) -> list[Row]:
        """Return the line of the answer that was running when Python dumped its stack."""
        if item.getparent(Kata) is None:
            return []
        path = verdict.answer_path(item)
        self._stack.seek(0)
        dumped = self._stack.read().decode(errors="replace")
        match = re.search(rf'File "{re.escape(str(path))}", line (\d+)', dumped)
        return code_rows(path, int(match[1])) if match else []

    def _hear(self, message: bytes) -> None:
        try:
            told = json.loads(message)
            if "broken" in told:
                self.over = f"broken {told['broken']}"
            elif "begin" in told:
                self._begun = told["begin"], time.monotonic(), float(told["limit"])
            else:
                self.reports[told["end"]] = told["reports"]
                self._begun = None
        except (ValueError, KeyError, TypeError):
            self.over = "talk"
            self.end()

    def _exited(self) -> bool:
        """Whether the child has ended by itself; its status is taken, once."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def _ended(self) -> None:
        """Note how the child ended: it has exited, or closed its end and is about to."""
        deadline = time.monotonic() + 1
        while not self._exited() and time.monotonic() < deadline:
            time.sleep(0.001)
        status = self._status
        self.over = "silent" if status is None else f"exit {os.waitstatus_to_exitcode(status)}"
        self.end()

    # In the child.

    def live(self) -> None:
        """Be the child: run what is to be run, report, and end."""
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            faulthandler.enable(self._stack, all_threads=False)
            self._own_streams()
            items = {item.nodeid: item for item in self.config.stash[SESSION].items}
            for name, following in self._orders():
                self.config.hook.pytest_runtest_protocol(
                    item=items[name], nextitem=items.get(following or "")
                )
        except BaseException as error:
            self._send({"broken": f"{type(error).__name__}: {error}"})
        os._exit(0)

    def run(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run one item and send its reports."""
        self._send({"begin": item.nodeid, "limit": self._limit(item)})
        if isinstance(item, Trial):
            reports = [item.report()]
        else:
            reports = runtestprotocol(item, log=False, nextitem=nextitem)
            self._explain(item, reports)
        serialise = self.config.hook.pytest_report_to_serializable
        data = [serialise(config=self.config, report=report) for report in reports]
        self._send({"end": item.nodeid, "reports": data})
        return True

    def _explain(self, item: pytest.Item, reports: list[pytest.TestReport]) -> None:
        """Let a failure be explained by the misconception that the answer behaves like."""
        told = next((report.verdict for report in reports if hasattr(report, "verdict")), None)
        if told is None or told["state"] != verdict.WRONG or not isinstance(item, pytest.Function):
            return
        mastery, test = told["mastery"], item
        if mastery not in self._diagnoses and told["kind"] not in diagnosis.PLAIN:
            self._send({"begin": item.nodeid, "limit": DIAGNOSIS_LIMIT + 5})  # the clock anew
            self._diagnoses[mastery] = in_a_fork(
                lambda: diagnosis.of_failure(test, mastery), DIAGNOSIS_LIMIT
            )
        found = self._diagnoses.get(mastery)
        if found and item.name in found["tests"]:
            verdict.explain(reports, found["name"], found["sentence"])

    def _orders(self) -> Iterator[tuple[str, str | None]]:
        if self.items:
            names = [item.nodeid for item in self.items]
            yield from zip(names, [*names[1:], None], strict=True)
            return
        with self.socket.makefile("rb") as orders:
            for line in orders:
                yield tuple(json.loads(line))

    def _own_streams(self) -> None:
        """Read from nowhere, and capture into files of the child's own."""
        nowhere = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nowhere, 0)
        capture = self.config.pluginmanager.getplugin("capturemanager")
        if capture is not None and capture.is_globally_capturing():
            capture.stop_global_capturing()
            capture.start_global_capturing()
            capture.suspend_global_capture()

    def _limit(self, item: pytest.Item) -> float:
        mark = item.get_closest_marker("time_limit")
        if mark is not None:
            return float(mark.args[0])
        if item.getparent(Kata) is not None:
            return float(self.config.option.time_limit)
        return REPOSITORY_LIMIT + 10 * self.config.option.seeds

    def _send(self, message: dict[str, Any]) -> None:
        self.socket.sendall(json.dumps(message, default=str).encode() + b"\n")


def in_a_fork(function: Callable[[], Any], seconds: float) -> Any:
    """Return what a function returns, as JSON has it, from a process that can do no harm.

    It is None if that takes too long, or fails.
    """
    theirs, ours = os.pipe()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            with os.fdopen(ours, "w") as pipe:
                pipe.write(json.dumps(function()))
        os._exit(0)
    os.close(ours)
    try:
        return json.loads(_all_of(theirs, time.monotonic() + seconds))
    except ValueError:
        return None
    finally:
        os.close(theirs)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _all_of(pipe: int, deadline: float) -> bytes:
    """Return what comes through a pipe until it is closed, or nothing if that takes too long."""
    parts = []
    while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
        parts.append(os.read(pipe, 1 << 16))
        if not parts[-1]:
            return b"".join(parts)
    return b""


SESSION = pytest.StashKey[pytest.Session]()


def _child_of(item: pytest.Item) -> str:
    """Name the child that runs an item: one for each kata, and for each answer of a gallery."""
    return item.nodeid if isinstance(item, Trial) else item.nodeid.partition("::")[0]


def _why_over(over: str) -> str:
    kind, _, value = over.partition(" ")
    if kind == "time":
        return (
            f"It did not come to an end within {value} seconds. "
            "Is there a loop whose condition never changes?"
        )
    if kind == "exit" and value.startswith("-"):
        try:
            name = signal.Signals(-int(value)).name
        except ValueError:
            name = f"signal {value[1:]}"
        return f"The answer crashed Python ({name})."
    if kind == "exit":
        return f"The answer ended Python with exit code {value}."
    if kind == "broken":
        return f"The answer ended the check from within: {value}."
    return "The answer ended the check before it was done."
