"""The pytest plugin: gives the flags their meaning, and registers the other plugins."""

import os
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker import collection, pytest_internals, startup, verdict
from tests.harness.checker.answer_files import AnswerFolder, find_answers
from tests.harness.checker.output import hints
from tests.harness.checker.output.place import FailurePlace
from tests.harness.checker.output.terminal import TerminalReport
from tests.harness.checker.sandbox import isolation
from tests.harness.checker.sandbox.pool import Pool


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the answers, prepare the process and register the other plugins."""
    if config.getoption("numprocesses", None) is not None:
        raise pytest.UsageError("-n is not needed: katas are checked side by side (see --jobs)")
    hints.take_path(config)
    startup.prepare(config)
    config.stash[collection.ANSWERS] = _answers(config)
    for module in (collection, verdict):
        config.pluginmanager.register(module)
    terminal = TerminalReport(config)
    config.pluginmanager.register(terminal)
    terminal.quieten_pytest()
    config.pluginmanager.register(FailurePlace(config))
    if config.option.report is not None:
        from tests.harness.checker.output.json_report import JsonReport

        config.pluginmanager.register(JsonReport(config, terminal))
    if config.option.hint is not None:
        config.pluginmanager.register(hints.HintPrinter(config))
        return
    isolated = None
    if _is_debugged(config):
        from tests.harness.checker.debugger import Debugger

        config.pluginmanager.register(Debugger())
    elif isolation.POSSIBLE:
        isolated = isolation.Isolation(config)
    if config.option.watch:
        _watch(config, terminal, isolated.pool if isolated is not None else None)
    if isolated is not None:
        config.pluginmanager.register(isolated, "isolation")


def pytest_collection_finish() -> None:
    """Turn garbage collection on again, now that all is imported."""
    startup.enable_garbage_collection()


@pytest.fixture(autouse=True)
def _start_of_a_test(request: pytest.FixtureRequest) -> None:
    """Seed torch's generator with the test's own seed, if torch is imported."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)  # the tensors are small, and other katas run beside this one
        kata = request.node.getparent(collection.Kata)
        seed = (kata.seed if kata is not None else None) or 0
        # Not `torch.manual_seed`, which looks for accelerators too, and takes a while.
        torch.default_generator.manual_seed(zlib.crc32(f"{request.node.name} {seed}".encode()))


def _answers(config: pytest.Config) -> AnswerFolder:
    """Return the answers that the flags ask for."""
    option = config.option
    if option.solutions:
        if option.answers:
            raise pytest.UsageError("--solutions and --answers each say whose answers; give one")
        option.mastery = True
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args = [str(catalog.TESTS)]
        return AnswerFolder.of_repository(catalog.SOLUTIONS)
    if not option.answers:
        return AnswerFolder.of_repository(catalog.KATAS)
    given = os.path.expanduser(option.answers)  # the shell leaves `--answers=~/alice` as it is
    folder = Path(os.path.abspath(config.invocation_params.dir / given))
    if folder.is_file():
        raise pytest.UsageError(f"--answers {option.answers}: a file, and not a folder of answers")
    if not folder.is_dir():
        raise pytest.UsageError(f"--answers {option.answers}: there is no such folder")
    # Given as `--answers DIR`, pytest also takes DIR for a test path and runs its conftest.py
    # before it knows our option.
    for plugin in config.pluginmanager.get_plugins():
        if Path(getattr(plugin, "__file__", None) or "/").parent == folder != catalog.ROOT:
            raise pytest.UsageError(
                f"pytest has run the conftest.py in {option.answers}: take it away, or write "
                f"--answers={option.answers}"
            )
    return _found_in(folder, config)


def _found_in(folder: Path, config: pytest.Config) -> AnswerFolder:
    """Find the answers in a folder; delete copies of them when pytest ends."""
    copies = tempfile.TemporaryDirectory(prefix="answers-")
    config.add_cleanup(copies.cleanup)
    answers = find_answers(folder, Path(copies.name))
    if answers.originals and config.option.watch:
        raise pytest.UsageError("--watch needs files that have the names of the stubs")
    return answers


def _watch(config: pytest.Config, terminal: TerminalReport, pool: Pool | None) -> None:
    """Register the plugin that stays, or say why the check is made only once."""
    if config.option.usepdb or config.option.trace:
        raise pytest.UsageError("--watch shows a screen of its own: leave out --pdb")
    reporter = pytest_internals.reporter_of(config)
    pytest_internals.suspend_capture(config)
    config.option.watch = False
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        reporter.write_line("--watch needs a terminal of its own: checking once.")
    elif pool is None:
        from tests.harness.checker.watch.without_fork import WatchWithoutFork

        reporter.write_line("--watch starts anew for each save, since there is no fork here.")
        config.pluginmanager.register(WatchWithoutFork(config))
    else:
        from tests.harness.checker.watch import screen, session  # Windows has no termios

        if screen.is_available():
            config.option.watch = True
            config.pluginmanager.register(session.Watch(config, pool, terminal))
        else:
            reporter.write_line("--watch needs a terminal in the foreground: checking once.")


def _is_debugged(config: pytest.Config) -> bool:
    """Whether somebody wants to look inside: then nothing runs in a child process."""
    option = config.option
    return bool(option.usepdb or option.trace or _is_traced())


def _is_traced() -> bool:
    """Whether a debugger traces this process, and not a tool that measures coverage."""
    monitoring: Any = getattr(sys, "monitoring", None)  # since Python 3.12
    if monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID) is not None:
        return True
    trace: Any = sys.gettrace()
    # Of a method or a function, or of a class whose instance can be called.
    module = getattr(trace, "__module__", None) or type(trace).__module__
    return trace is not None and not f"{module}.".startswith("coverage.")
