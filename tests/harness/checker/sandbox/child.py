"""The child's side of the sandbox: runs tests from the queue, and sends their reports."""

import contextlib
import faulthandler
import itertools
import os
import pdb
import signal
import socket
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

import pytest

from tests.harness import limits
from tests.harness.checker import pytest_internals, verdict
from tests.harness.checker.collection import Kata
from tests.harness.checker.diagnosis import diagnose
from tests.harness.checker.diagnosis.diagnose import Diagnosis
from tests.harness.checker.items import SelfRunningItem
from tests.harness.checker.sandbox import other_plugins, processes
from tests.harness.checker.sandbox.audit import AuditHook
from tests.harness.checker.sandbox.messages import (
    Begin,
    Broken,
    End,
    Message,
    Preliminary,
    dump_reports,
    encode,
)
from tests.harness.checker.sandbox.shared import SharedResult
from tests.harness.checker.sandbox.tampering import Recorder
from tests.harness.kit.expect import Kind, WrongAnswer
from tests.harness.kit.settings import restore_tolerated

# Warnings that Python itself does not show.
NOT_SHOWN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
DIAGNOSIS_RESERVE = 5.0  # seconds more for the parent's clock than the diagnosis has


class Worker:
    """Runs items in this process, a fork of the one that collected them."""

    def __init__(
        self,
        config: pytest.Config,
        connection: socket.socket,
        kata: Kata | None,
        recorder: Recorder | None,
        diagnoses: Mapping[bool, SharedResult],
    ) -> None:
        self._config = config
        self._connection = connection
        self._pid = os.getpid()
        self._ahead: list[pytest.Item] = []  # at most one item, taken to see whether it is there
        self._orders: Iterator[pytest.Item] = iter(())
        self._diagnoses: dict[bool, Diagnosis | None] = {}  # by level: mastery or not
        self._shared_diagnoses = diagnoses  # with the other children of the group
        self._sandbox = None if kata is None or recorder is None else Sandbox(kata, recorder)

    def main(
        self, orders: Iterator[pytest.Item], last: pytest.Item, temp_dir: str, stack: IO[bytes]
    ) -> NoReturn:
        """Set up the process, run the items that ``orders`` yields, and exit; never return.

        pytest wants to know the next item; any of the same file, such as the ``last``, will do.
        """
        self._orders = orders
        try:
            os.setsid()
            processes.die_with_parent()
            processes.stop_tracing()
            # A shell ignores it in commands that it starts in the background.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            faulthandler.enable(stack, all_threads=False)
            self._take_streams()
            os.environ["TMPDIR"] = tempfile.tempdir = temp_dir or tempfile.gettempdir()
            if self._sandbox is not None:
                self._sandbox.enter()
            plugins = self._config.pluginmanager
            plugins.unregister(name="isolation")
            plugins.register(self)
            other_plugins.unregister(self._config)
            pytest_internals.silence_reporting(self._config)
            while not self._is_last():
                item = self._ahead.pop()
                self._config.hook.pytest_runtest_protocol(item=item, nextitem=last)
        except BaseException as error:
            with contextlib.suppress(BaseException):
                replaced = self._sandbox.replaced() if self._sandbox is not None else ""
                why = f"it changed `{replaced}`" if replaced else f"{type(error).__name__}: {error}"
                self._send(Broken(why))
        finally:
            os._exit(0)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run one item and send its reports."""
        self._send(Begin(item.nodeid, self._time_limit(item)))
        if isinstance(item, SelfRunningItem):
            reports = [item.report()]
        else:
            reports = pytest_internals.run_protocol(item, nextitem)
            if self._sandbox is not None:
                reports = self._judged(item, reports, self._sandbox)
        self._send(End(item.nodeid, dump_reports(self._config, reports)))
        return True

    def _judged(
        self, item: pytest.Item, reports: list[pytest.TestReport], sandbox: "Sandbox"
    ) -> list[pytest.TestReport]:
        """Replace the reports if the answer did what it may not do; else explain a failure."""
        # Looking for replaced objects takes time. A test that passes because of one is found
        # out after the last test.
        failed = any(report.failed for report in reports)
        violation = sandbox.violation(look_for_replaced=failed or self._is_last())
        if violation is not None:
            return verdict.failed(item, violation)
        self._name_misconception(item, reports, sandbox)
        return reports

    def _name_misconception(
        self, item: pytest.Item, reports: list[pytest.TestReport], sandbox: "Sandbox"
    ) -> None:
        """Explain a failure by the misconception that the answer behaves like, if it does."""
        found = next(filter(None, map(verdict.of_report, reports)), None)
        if found is None or not found.is_wrong or not isinstance(item, pytest.Function):
            return
        test, mastery = item, found.mastery
        if mastery not in self._diagnoses and found.kind and not found.kind.explains_itself:
            # The diagnosis has a clock of its own, which does not count waiting for a processor.
            seconds = limits.BUSY_FACTOR * limits.DIAGNOSIS_SECONDS + DIAGNOSIS_RESERVE
            self._send(Begin(test.nodeid, seconds))
            self._send(Preliminary(test.nodeid, dump_reports(self._config, reports)))
            data = self._shared_diagnoses[mastery].get(
                lambda: processes.call_in_fork(
                    lambda: sandbox.diagnose(test, mastery), limits.DIAGNOSIS_SECONDS
                ),
                seconds,
            )
            self._diagnoses[mastery] = Diagnosis.from_json(data) if data else None
        diagnosis = self._diagnoses.get(mastery)
        if diagnosis is not None and test.name in diagnosis.tests:
            verdict.name_misconception(reports, diagnosis.name, diagnosis.sentence)

    def _is_last(self) -> bool:
        """Whether no item is left in the queue; if one is, it is taken."""
        self._exit_if_forked()
        if not self._ahead:
            self._ahead += itertools.islice(self._orders, 1)
        return not self._ahead

    def _exit_if_forked(self) -> None:
        """End a fork of this process that an answer has made: it runs and sends nothing."""
        if os.getpid() != self._pid:
            os._exit(0)

    def _take_streams(self) -> None:
        """Read from /dev/null, and capture output into files of this process alone.

        What a thread writes while nothing is captured goes to /dev/null too.
        """
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        pytest_internals.capture_anew(self._config, nowhere)

    def _time_limit(self, item: pytest.Item) -> float:
        mark = item.get_closest_marker("time_limit")
        own = float(mark.args[0]) if mark is not None else 0.0
        if item.getparent(Kata) is not None:
            return max(own, float(self._config.option.time_limit))
        if own:
            return own
        seeds: int = self._config.option.seeds
        return limits.REPOSITORY_TEST_SECONDS + limits.SEED_SECONDS * seeds

    def _send(self, message: Message) -> None:
        self._exit_if_forked()
        self._connection.sendall(encode(message))


class Sandbox:
    """What surrounds one kata's answer in its process: limits, audit hook, recorded objects."""

    def __init__(self, kata: Kata, recorder: Recorder) -> None:
        self._kata = kata
        self.replaced = recorder.detector(kata.obj.__name__)

    def enter(self) -> None:
        """Apply resource limits and install the audit hook, before the answer is loaded."""
        _show_warnings_as_python_does()
        processes.limit_resources()
        self._audit = AuditHook(
            self._kata.answer().path,
            may_read_solutions=self._kata.config.option.solutions,
            network=getattr(self._kata.obj, "NETWORK", False),
        )
        self._audit.install()
        self._restore = restore_tolerated()
        sys.breakpointhook = pdb.set_trace = _refuse_debugger

    def violation(self, *, look_for_replaced: bool) -> WrongAnswer | None:
        """Return what the answer did since the last call that it may not do."""
        replaced = self.replaced() if look_for_replaced else ""
        self._restore()
        if replaced:
            return WrongAnswer(
                f"The answer changes `{replaced}`, with which everything else works, the tests "
                "too. What is asked for is a function that does its own work.",
                kind=Kind.SETTING,
            )
        return self._audit.refusal()

    def diagnose(self, test: pytest.Function, mastery: bool) -> dict[str, Any] | None:
        """Return the diagnosis of an answer, as JSON can hold it; for a fork of this process."""
        self._audit.allow_solutions()  # misconceptions are built on them
        found = diagnose.of_failure(test, mastery)
        return found.to_json() if found is not None else None


def _show_warnings_as_python_does() -> None:
    """Undo what PYTHONWARNINGS says: a warning that is raised would change the verdict."""
    warnings.resetwarnings()
    for category in NOT_SHOWN:
        warnings.simplefilter("ignore", category)


def _refuse_debugger(*_: Any, **__: Any) -> None:
    raise WrongAnswer(
        "It stops for a debugger, and nobody is there to use it. To look around in an answer, "
        "check it with `--pdb`.",
        kind=Kind.SETTING,
    )
