"""Each kata is checked in a child process, forked from one that never runs an answer.

The parent collects and imports; a child runs the tests of one file, in the
order in which it is told to, and sends pytest's own reports back as JSON. What an
answer breaks, it breaks in its child. Several children run at a time.
"""

import contextlib
import faulthandler
import gc
import itertools
import json
import os
import pdb
import re
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.harness import limits
from tests.harness.checker import verdict
from tests.harness.checker.collection import Kata
from tests.harness.checker.diagnosis import diagnose
from tests.harness.checker.items import SelfRunningItem
from tests.harness.checker.sandbox import processes
from tests.harness.checker.sandbox.audit import Sentry
from tests.harness.checker.sandbox.tampering import Changed, habits, seal
from tests.harness.kit.expect import Kind, Row, WrongAnswer
from tests.harness.kit.guard import code_rows
from tests.harness.kit.show import harmless

POSSIBLE = hasattr(os, "fork")
_COUNTED = hasattr(os, "sched_getaffinity")  # whether one knows how many cores are for us
_NUMBER = struct.Struct("!H")


class Group:
    """Tests that run in a child process of their own, or in several that share them.

    They lie in a pipe, of which each child takes the next one when it is free.
    """

    def __init__(
        self, items: Sequence[pytest.Item], kata: Kata | None, *, fed: bool = False
    ) -> None:
        self.items = list(items)
        self.kata = kata  # of which these are tests, if they are
        self.fed = fed  # one by one, by xdist, and not from a pipe
        self.room = ""  # a folder for temporary files
        self.reports: dict[str, list[Any]] = {}
        self.unexplained: dict[str, list[Any]] = {}  # while it is found out why they are wrong
        self.passed_on: set[str] = set()
        self.children: list[Child] = []
        self.begun = 0
        self._pipe = -1
        self._told = False  # why tests were not run

    @property
    def over(self) -> bool:
        """Whether no child is left that could report."""
        return all(child.over for child in self.children)

    @property
    def left(self) -> int:
        """How many tests one more child could take; of one it is not worth the while."""
        left = 0 if self.fed or self.over else len(self.items) - self.begun
        return left if left > 1 and not self._has_expensive_fixtures() else 0

    def prepare(self) -> None:
        """Hold the answer as it is now, and lay the tests into the pipe."""
        if self.kata is not None:
            self.kata.hold()
        with contextlib.suppress(OSError):  # the disk may be full
            self.room = tempfile.mkdtemp(prefix="kata-")
        if self.fed:
            return
        self._pipe, end = os.pipe()
        with os.fdopen(end, "wb") as pipe:
            pipe.write(b"".join(_NUMBER.pack(number) for number in range(len(self.items))))

    def take(self) -> Iterator[pytest.Item]:
        """Take tests out of the pipe, until there are none."""
        while number := os.read(self._pipe, _NUMBER.size):
            yield self.items[_NUMBER.unpack(number)[0]]

    def empty(self) -> None:
        """Leave nothing in the pipe: no more tests of this group are to run."""
        if self._pipe >= 0:
            while os.read(self._pipe, 1 << 12):
                pass

    def end(self) -> None:
        """End the children."""
        for child in self.children:
            child.end()
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1
        processes.end_orphans()
        shutil.rmtree(self.room, ignore_errors=True)

    def _has_expensive_fixtures(self) -> bool:
        """Whether a file's tests share what one more child would have to make again."""
        if self.kata is not None:
            return False
        fixtures = [getattr(item, "_fixtureinfo", None) for item in self.items]
        defined = [d for info in fixtures if info for d in info.name2fixturedefs.values()]
        return any(definition.scope == "module" for each in defined for definition in each)

    def reports_of(self, config: pytest.Config, item: pytest.Item) -> list[Any]:
        """Return a test's reports, or make one that says why there is none."""
        for known in (self.reports, self.unexplained):
            if item.nodeid in known:
                return known[item.nodeid]
        child = next((child for child in self.children if child.at == item.nodeid), None)
        if child is None and not self._told and not any(child.at for child in self.children):
            # It ended between two tests.
            ended = (child for child in self.children if child.over != "exit 0")
            child = next(ended, self.children[-1])
        if child is not None:
            self._told = True
            why = WrongAnswer(_why_over(child.over), rows=child.last_line(item), kind=Kind.ENDED)
        else:
            why = WrongAnswer("Not run: an earlier test never came to its end.", kind=Kind.NOT_RUN)
        serialise = config.hook.pytest_report_to_serializable
        reports = verdict.failed(item, why)
        return [serialise(config=config, report=report) for report in reports]


class Pool:
    """The children that run at a time, and the groups that wait for their turn."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.cores = len(os.sched_getaffinity(0)) if _COUNTED else os.cpu_count() or 1
        self.jobs = config.option.jobs or self.cores + 1  # some only wait
        self.waiting: list[Group] = []
        self.running: list[Group] = []
        self.inside: Child | None = None  # in a child: itself
        self.sealed: Callable[[str], Changed] | None = None  # what a kata's verdict hangs on
        self.in_child: Callable[[], None] = lambda: None  # what a child does first

    def start(self, group: Group) -> None:
        """Start a group now, whatever else is running."""
        if group in self.waiting:
            self.waiting.remove(group)
        group.prepare()
        self.running.append(group)
        self._fork(group)

    def fill_up(self) -> None:
        """Start what waits while there is room; then let children share what is left."""
        while True:
            busy = sum(not child.over for group in self.running for child in group.children)
            if self.waiting and busy < self.jobs:
                self.start(self.waiting[0])
                continue
            largest = max(self.running, key=lambda group: group.left, default=None)
            if self.waiting or busy >= min(self.jobs, self.cores) or not (largest and largest.left):
                return
            self._fork(largest)

    def listen(self, *others: Any, seconds: float | None = 0.05) -> list[Any]:
        """Hear what children have to say, for a while; return which of ``others`` can be read."""
        children = [child for group in self.running for child in group.children if not child.over]
        sockets = [child.socket for child in children]
        ready, _, _ = select.select([*sockets, *others], [], [], seconds)
        for child in children:
            child.listen(child.socket in ready)
        self.fill_up()
        return [other for other in others if other in ready]

    def end(self, group: Group) -> None:
        """End a group, done or not."""
        for groups in (self.running, self.waiting):
            if group in groups:
                groups.remove(group)
        group.end()
        group.children.clear()

    def end_all(self) -> None:
        """Leave no child behind."""
        for group in [*self.running, *self.waiting]:
            self.end(group)

    def _fork(self, group: Group) -> None:
        child = Child(self.config, group)
        if not child.fork():
            self.inside = child
            self.in_child()
            child.live(self.sealed)


class Isolation:
    """The pytest plugin that runs items in children."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.pool = Pool(config)
        self.runs_ahead = not hasattr(config, "workerinput")  # else xdist says what comes next
        self.groups: dict[str, Group] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Sort the items by the child that they will run in."""
        self.config.stash[SESSION] = session
        processes.adopt_orphans()
        if any(item.getparent(Kata) for item in session.items):
            self.pool.sealed = seal()
            gc.freeze()  # it stays
        if any("tmp_path" in getattr(item, "fixturenames", ()) for item in session.items):
            self.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        if self.runs_ahead and not session.testsfailed and not self.config.option.collectonly:
            self.groups = groups_of(session.items)
            self.pool.waiting = list(self.groups.values())

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """In the parent, pass on the reports of the child; in the child, make them."""
        if self.pool.inside is not None:
            return self.pool.inside.run(item, nextitem)
        hook = item.config.hook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self._reports(item, nextitem):
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        self._let_go(item, nextitem)
        return True

    def pytest_sessionfinish(self) -> None:
        """Leave no child behind, however the run ended."""
        if self.pool.inside is None:
            self.pool.end_all()

    def _reports(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[Any]:
        key = _group_of(item)
        if key not in self.groups:  # asked for a second time, or fed one by one
            alone = [item] if self.runs_ahead else []
            self.groups[key] = Group(alone, item.getparent(Kata), fed=not self.runs_ahead)
        group = self.groups[key]
        if group not in self.pool.running:
            self.pool.start(group)
        if group.fed:
            following = nextitem is not None and _group_of(nextitem) == key
            group.children[0].feed(item, nextitem if following else None)
        self.pool.fill_up()
        while item.nodeid not in group.reports and not group.over:
            self.pool.listen()
        for data in group.reports_of(self.config, item):
            yield self.config.hook.pytest_report_from_serializable(config=self.config, data=data)

    def _let_go(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """End the item's group if this was the last of it."""
        key = _group_of(item)
        group = self.groups[key]
        group.passed_on.add(item.nodeid)
        if self.runs_ahead:
            done = all(other.nodeid in group.passed_on for other in group.items)
        else:
            done = nextitem is None or _group_of(nextitem) != key
        if done:
            self.pool.end(self.groups.pop(key))
            self.pool.fill_up()


class Child:
    """A child process, as its parent knows it; and, within it, itself."""

    def __init__(self, config: pytest.Config, group: Group) -> None:
        self.config = config
        self.group = group
        self.pid = 0
        self.over = ""
        self.at = ""  # the id of the test that it has begun and not reported on
        self._due = (
            time.monotonic(),
            limits.BETWEEN_TESTS_SECONDS,
        )  # since when, and for how long, it may be silent
        self._look_at = 0.0
        self._received = b""
        self._diagnoses: dict[bool, dict[str, Any] | None] = {}  # by level, in the child
        self._taken: Iterator[pytest.Item] = group.take() if not group.fed else iter(())
        self._ahead: list[pytest.Item] = []
        self._status: int | None = None

    # In the parent.

    def fork(self) -> bool:
        """Start the child; return whether this is the parent."""
        self.group.children.append(self)
        self.socket, theirs = socket.socketpair()
        self._stack = tempfile.TemporaryFile()  # noqa: SIM115  # the child writes, this reads
        self.pid = processes.fork()
        if self.pid == 0:
            self.socket.close()
            self.socket = theirs
            return False
        theirs.close()
        return True

    def feed(self, item: pytest.Item, following: pytest.Item | None) -> None:
        """Tell the child what to run next, and what of the same group will follow."""
        self.group.items.append(item)
        names = [item.nodeid, following.nodeid if following else None]
        self._due = time.monotonic(), limits.BETWEEN_TESTS_SECONDS
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
        now = time.monotonic()
        since, limit = self._due
        if now > since + limit:
            self.over = f"time {limit:g}"
        elif self.group.kata is not None and now > self._look_at:
            self._look_at = now + limits.DISK_CHECK_SECONDS
            if processes.is_full(self.group.room):
                self.over = "disk"
        if self.over:
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

    def end(self) -> None:
        """End the child, and whatever it has started."""
        if self.pid:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
            if self._status is None:
                processes.end(self.pid)  # it may not be a group of its own yet
            self.pid = 0
            self.socket.close()
            if self.over and (self.at or self.group.kata):
                self.group.empty()  # no other test is likely to fare better

    def last_line(self, item: pytest.Item) -> list[Row]:
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
                self.group.begun += told["begin"] != self.at
                self.at = told["begin"]
                self._due = time.monotonic(), float(told["limit"])
            elif "unexplained" in told:
                self.group.unexplained[told["unexplained"]] = told["reports"]
            else:
                self.group.reports[told["end"]] = told["reports"]
                self.at = ""
                self._due = (
                    time.monotonic(),
                    float("inf") if self.group.fed else limits.BETWEEN_TESTS_SECONDS,
                )
        except (ValueError, KeyError, TypeError):
            self.over = "talk"
            self.end()

    def _exited(self) -> bool:
        """Whether the child has ended by itself; its status is taken, once."""
        if self._status is None:
            self._status = processes.status(self.pid)
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

    def live(self, sealed: Callable[[str], Changed] | None) -> None:
        """Be the child: run what is to be run, report, and end."""
        self._pid = os.getpid()
        try:
            os.setsid()
            processes.die_with_the_parent()
            faulthandler.enable(self._stack, all_threads=False)
            self._own_streams()
            os.environ["TMPDIR"] = tempfile.tempdir = self.group.room or tempfile.gettempdir()
            if self.group.kata is not None and sealed is not None:
                self._replaced = sealed(self.group.kata.obj.__name__)
                self._meet(self.group.kata)
            for item, following in self._orders():
                self.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        except BaseException as error:
            with contextlib.suppress(BaseException):
                replaced = self._replaced()
                why = f"it changed `{replaced}`" if replaced else f"{type(error).__name__}: {error}"
                self._send({"broken": why})
        finally:
            os._exit(0)

    def run(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run one item and send its reports."""
        self._send({"begin": item.nodeid, "limit": self._limit(item)})
        if isinstance(item, SelfRunningItem):
            reports = [item.report()]
        else:
            reports = runtestprotocol(item, log=False, nextitem=nextitem)
            # Where a test passes that should not, it is noticed after the last one.
            whole = any(report.failed for report in reports) or self._is_last()
            trespass = self._trespass(whole=whole)
            if trespass is not None:
                reports = verdict.failed(item, trespass)
            else:
                self._explain(item, reports)
        self._send({"end": item.nodeid, "reports": self._serialised(reports)})
        return True

    def _meet(self, kata: Kata) -> None:
        """Be ready for an answer, before it is loaded."""
        processes.cap()
        self._sentry = Sentry(
            kata.answer().path,
            shown=self.config.option.solutions,
            network=getattr(kata.obj, "NETWORK", False),
        )
        self._sentry.stand()
        self._restore = habits()
        sys.breakpointhook = pdb.set_trace = _no_debugger

    def _trespass(self, *, whole: bool) -> WrongAnswer | None:
        """Return what the answer has done since one last looked that no answer may do."""
        if self.group.kata is None:
            return None
        replaced = self._replaced() if whole else ""
        self._restore()
        if replaced:
            return WrongAnswer(
                f"The answer changes `{replaced}`, with which everything else works, the tests "
                "too. What is asked for is a function that does its own work.",
                kind=Kind.SETTING,
            )
        return self._sentry.refusal()

    def _serialised(self, reports: list[pytest.TestReport]) -> list[Any]:
        serialise = self.config.hook.pytest_report_to_serializable
        return [serialise(config=self.config, report=report) for report in reports]

    def _explain(self, item: pytest.Item, reports: list[pytest.TestReport]) -> None:
        """Let a failure be explained by the misconception that the answer behaves like."""
        told = next((report.verdict for report in reports if hasattr(report, "verdict")), None)
        if told is None or told["state"] != verdict.WRONG or not isinstance(item, pytest.Function):
            return
        mastery, test = told["mastery"], item
        if mastery not in self._diagnoses and not Kind(told["kind"]).explains_itself:
            self._send(
                {"begin": item.nodeid, "limit": limits.DIAGNOSIS_SECONDS + 5}
            )  # the clock anew
            self._send({"unexplained": item.nodeid, "reports": self._serialised(reports)})
            self._diagnoses[mastery] = processes.in_a_fork(
                lambda: self._diagnose(test, mastery), limits.DIAGNOSIS_SECONDS
            )
        found = self._diagnoses.get(mastery)
        if found and item.name in found["tests"]:
            verdict.explain(reports, found["name"], found["sentence"])

    def _diagnose(self, test: pytest.Function, mastery: bool) -> dict[str, Any] | None:
        self._sentry.hidden = ()  # on which the galleries build
        return diagnose.of_failure(test, mastery)

    def _end_a_copy(self) -> None:
        """End a fork that an answer has made of this process: it takes no test, says nothing."""
        if os.getpid() != self._pid:
            os._exit(0)

    def _is_last(self) -> bool:
        """Whether nothing is left in the pipe; what comes next is taken out."""
        self._end_a_copy()
        if not self._ahead:
            self._ahead += itertools.islice(self._taken, 1)
        return not self._ahead

    def _orders(self) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
        if not self.group.fed:
            while not self._is_last():
                # Whichever comes next is in the same file.
                yield self._ahead.pop(), self.group.items[-1]
            return
        items = {item.nodeid: item for item in self.config.stash[SESSION].items}
        with self.socket.makefile("rb") as orders:
            for line in orders:
                name, following = json.loads(line)
                yield items[name], items.get(following or "")

    def _own_streams(self) -> None:
        """Read from nowhere, and capture into files of the child's own.

        What is written while nothing is captured, by a thread, goes nowhere either.
        """
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        capture = self.config.pluginmanager.getplugin("capturemanager")
        if capture is not None and capture.is_globally_capturing():
            capture.stop_global_capturing()
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            capture.start_global_capturing()
            capture.suspend_global_capture()

    def _limit(self, item: pytest.Item) -> float:
        mark = item.get_closest_marker("time_limit")
        if mark is not None:
            return float(mark.args[0])
        if item.getparent(Kata) is not None:
            return float(self.config.option.time_limit)
        return limits.REPOSITORY_TEST_SECONDS + limits.SEED_SECONDS * self.config.option.seeds

    def _send(self, message: dict[str, Any]) -> None:
        self._end_a_copy()
        self.socket.sendall(json.dumps(harmless(message), default=str).encode() + b"\n")


SESSION = pytest.StashKey[pytest.Session]()


def groups_of(items: Sequence[pytest.Item]) -> dict[str, Group]:
    """Sort items by the group that they run in."""
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        groups.setdefault(_group_of(item), []).append(item)
    return {name: Group(items, items[0].getparent(Kata)) for name, items in groups.items()}


def _group_of(item: pytest.Item) -> str:
    """Name the group of an item: one for each kata, and for each answer of a gallery."""
    return item.nodeid if isinstance(item, SelfRunningItem) else item.nodeid.partition("::")[0]


def _no_debugger(*_: Any, **__: Any) -> None:
    raise WrongAnswer(
        "It stops for a debugger, and nobody is there to use it. To look around in an answer, "
        "check it with `--pdb`.",
        kind=Kind.SETTING,
    )


def _why_over(over: str) -> str:
    kind, _, value = over.partition(" ")
    if kind == "time":
        return (
            f"It did not come to an end within {value} seconds. "
            "Is there a loop whose condition never changes, or does it do very much?"
        )
    if kind == "disk":
        size = limits.FOLDER_BYTES // limits.GB
        most = f"{size} GB, or {limits.FOLDER_FILES:,} files"
        return f"It filled its temporary folder: more than {most}."
    if kind == "exit" and value.startswith("-"):
        try:
            name = signal.Signals(-int(value)).name
        except ValueError:
            name = f"signal {value[1:]}"
        crashed = name in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL")
        return f"The answer {'crashed' if crashed else 'killed'} Python ({name})."
    if kind == "exit":
        return f"The answer ended Python with exit code {value}."
    if kind == "broken":
        return f"The answer ended the check from within: {value}."
    return "The answer ended the check before it was done."
