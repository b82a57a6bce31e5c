"""Plugins that are neither pytest's nor ours hear of each test once, and change no verdict."""

import json
import os
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.harness.checker import plugin
from tests.harness.checker.sandbox import isolation, processes
from tests.harness.selftest.command import Run, run_pytest, write_answers

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)

# A plugin as there are many: it writes down what it hears, and meddles with each phase of a test.
PLUGIN = """
import json
import os
import pytest

RUNS_IN = os.getpid()


def _write(*values):
    with open({file!r}, "a") as file:
        file.write(json.dumps([os.getpid() == RUNS_IN, *values]) + "\\n")


def pytest_runtest_setup(item):
    _write("setup", item.nodeid)
    pytest.skip("not today")


def pytest_runtest_call(item):
    _write("call", item.nodeid)
    raise ValueError("never")


def pytest_runtest_teardown(item, nextitem):
    _write("teardown", item.nodeid)
    pytest.fail("too late")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    report.added = "added"
    said = call.excinfo.exconly() if call.excinfo else ""
    _write("report", item.nodeid, report.when, report.outcome, said)


def pytest_runtest_logreport(report):
    _write("log", report.nodeid, report.when, report.added, isinstance(report.location, tuple))


class Spec:
    @pytest.hookspec(firstresult=True)
    def pytest_timeout_set_timer(self, item, settings):
        "That of pytest-timeout."


def pytest_addhooks(pluginmanager):
    pluginmanager.add_hookspecs(Spec)


@pytest.hookimpl(trylast=True)
def pytest_timeout_set_timer(item, settings):
    _write("timer", item.nodeid)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    item.config.hook.pytest_timeout_set_timer(item=item, settings=None)
    yield
"""
# One that runs tests again: it would miss what it notes when it does.
RUNNER = """
def pytest_runtest_protocol(item, nextitem):
    raise AssertionError("another plugin is first")


def pytest_runtest_setup(item):
    print("told", item.nodeid, flush=True)


pytest_runtest_makereport = pytest_runtest_setup
"""
SUM = "def nll(input, target):\n    return -input[range(len(target)), target].sum()\n"
ENDLESS = "def accuracy(out, yb):\n    while True: pass\n"
KATAS = ("k08_nll", "k09_accuracy", "k10_minibatches")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that is wrong, one that never ends; and one is to do."""
    folder = tmp_path_factory.mktemp("plugins") / "answers"
    return write_answers(folder, k08_nll=SUM, k09_accuracy=ENDLESS)


def _check(answers: Path, *flags: str) -> Run:
    katas = [f"katas/{stem}.py" for stem in KATAS]
    flags = (*flags, "-s", f"--answers={answers}", "--time-limit=1")
    return run_pytest(*katas, *flags, PYTHONPATH=str(answers.parent))


@pytest.fixture(scope="module")
def alone(answers: Path) -> Run:
    return _check(answers)


def test_a_plugin_hears_of_each_phase_once_and_changes_nothing(answers: Path, alone: Run) -> None:
    file = answers.parent / "heard"
    (answers.parent / "curious_plugin.py").write_text(
        PLUGIN.format(file=str(file)), encoding="utf-8"
    )
    assert _check(answers, "-p", "curious_plugin") == alone
    heard = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert all(in_parent for in_parent, *_ in heard)
    counted = Counter((what, *rest[:2]) for _, what, *rest in heard)
    assert set(counted.values()) == {1}
    assert Counter(what for _, what, *_ in heard) == {
        what: times * len({node for _, _, node, *_ in heard})
        for what, times in [("setup", 1), ("call", 1), ("teardown", 1), ("report", 3), ("log", 3)]
    }
    assert all(rest[2:] == ["added", True] for _, what, *rest in heard if what == "log")
    said = {node: rest for _, what, node, when, *rest in _reports(heard) if when == "call"}
    law = "katas/k08_nll.py::test_the_loss_of_a_batch_is_the_mean_over_its_rows"
    assert said[law][0] == "failed"
    assert "That is the sum over the batch." in said[law][1]
    assert any("ToDo" in sentence for _, sentence in said.values())


def _reports(heard: list[Any]) -> list[Any]:
    return [each for each in heard if each[1] == "report"]


def test_a_plugin_that_runs_tests_itself_is_not_told_of_others(answers: Path, alone: Run) -> None:
    (answers.parent / "running_plugin.py").write_text(RUNNER, encoding="utf-8")
    assert _check(answers, "-p", "running_plugin") == alone


def test_a_debugger_is_told_from_what_measures_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a debugger nothing runs in a child: an endless answer would never be ended."""

    def tracer(module: str) -> Any:
        return SimpleNamespace(__module__=module)

    for trace, traced in [
        (None, False),
        (tracer("coverage.pytracer"), False),
        (type("CTracer", (), {"__module__": "coverage"})(), False),
        (tracer("pydevd"), True),
        (tracer("coverages"), True),
        (lambda *_: None, True),
    ]:
        monkeypatch.setattr(sys, "gettrace", lambda trace=trace: trace)
        assert plugin._is_traced() is traced
    monkeypatch.setattr(sys, "gettrace", lambda: None)
    tools = SimpleNamespace(DEBUGGER_ID=0, get_tool={0: "pydevd"}.get)
    monkeypatch.setattr(sys, "monitoring", tools, raising=False)
    assert plugin._is_traced() is True


def test_a_child_is_not_traced() -> None:
    def traced() -> list[object]:
        sys.settrace(lambda *_: None)
        before = sys.gettrace() is not None
        cleared: list[tuple[int, int]] = []
        sys.monitoring = SimpleNamespace(  # type: ignore[attr-defined, unused-ignore]
            get_tool={1: "coverage"}.get, set_events=lambda *args: cleared.append(args)
        )
        processes.stop_tracing()
        return [before, sys.gettrace() is None, cleared, os.getpid() != parent]

    parent = os.getpid()
    assert processes.call_in_fork(traced, 10) == [True, True, [[1, 0]], True]
