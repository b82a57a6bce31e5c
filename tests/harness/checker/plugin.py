"""The harness, put together for pytest: the flags get their meaning here."""

import gc
import os
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import engine, providers

from tests.harness import catalog, limits
from tests.harness.checker import collection, startup, verdict
from tests.harness.checker.output import terminal
from tests.harness.checker.sandbox import isolation


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the answers, set up Hypothesis and register the other rooms."""
    # What is imported stays. To look for garbage in it takes a fifth of the time of
    # importing torch, and as long again when Python ends.
    gc.disable()
    startup.put_off()
    config.stash[collection.ANSWERS] = _answers(config)
    _set_up_hypothesis(config)
    for room in (collection, verdict):
        config.pluginmanager.register(room)
    telling = terminal.Report(config)
    if not hasattr(config, "workerinput"):  # xdist's workers leave the telling to their parent
        config.pluginmanager.register(telling)
        telling.quieten()
        if config.option.report is not None:
            from tests.harness.checker.output.json_report import Record

            config.pluginmanager.register(Record(config, telling))
    if isolation.POSSIBLE and not _debugged(config):
        isolated = isolation.Isolation(config)
        if config.option.watch:
            _watch(config, telling, isolated.pool)
        config.pluginmanager.register(isolated, "isolation")
    elif config.option.watch:
        _watch(config, telling, None)
    os.environ["MPLBACKEND"] = "agg"  # pictures are drawn, and no window is opened
    # A proxy has no business between a kata and its server on loopback.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"


def pytest_collection_finish() -> None:
    """Look for garbage again, though not in what has been imported."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _start_of_a_test(request: pytest.FixtureRequest) -> None:
    """Let torch's generator start from the test's own seed, if torch is there at all."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)  # the tensors are small, and other katas run beside this one
        seed = request.config.getoption("hypothesis_seed", None) or 0
        # Not `torch.manual_seed`, which looks for accelerators too, and takes a while.
        torch.default_generator.manual_seed(zlib.crc32(f"{request.node.name} {seed}".encode()))


def _answers(config: pytest.Config) -> Path:
    option = config.option
    if option.solutions:
        if option.answers:
            raise pytest.UsageError("--solutions and --answers each say whose answers; give one")
        option.mastery = True
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args = [str(catalog.TESTS)]
        return catalog.SOLUTIONS
    if option.answers:
        folder = Path(os.path.abspath(config.invocation_params.dir / option.answers))
        if not folder.is_dir():
            raise pytest.UsageError(f"--answers {option.answers}: there is no such folder")
        # With a blank in place of `=`, pytest takes DIR for one of its own arguments at first.
        for plugin in config.pluginmanager.get_plugins():
            if Path(getattr(plugin, "__file__", None) or "/").parent == folder != catalog.ROOT:
                raise pytest.UsageError(
                    f"pytest has run the conftest.py in {option.answers}: take it away, or write "
                    f"--answers={option.answers}"
                )
        return folder
    return catalog.KATAS


def _set_up_hypothesis(config: pytest.Config) -> None:
    """Let the same answer get the same verdict every time, unless a seed is given."""
    seed = config.getoption("hypothesis_seed", None)
    settings.register_profile(
        "katas",
        derandomize=seed is None,
        database=None,
        deadline=None,  # isolation has a clock
        max_examples=limits.EXAMPLES,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=True,  # from which `verdict` learns the input; nobody reads it
    )
    # Numbers that stand in whichever files are loaded would make the inputs of one
    # kata depend on which others are checked; and to read the files takes time.
    providers._get_local_constants = lambda: providers._local_constants
    # However slow a wrong answer is, it is explained, if not on the very smallest input.
    engine.MAX_SHRINKING_SECONDS = int(limits.SHRINKING_SECONDS)
    settings.load_profile(config.getoption("hypothesis_profile", None) or "katas")


def _watch(config: pytest.Config, telling: terminal.Report, pool: isolation.Pool | None) -> None:
    """Let the run stay, or say what it does instead."""
    if config.getoption("numprocesses", None) or config.option.usepdb or config.option.trace:
        raise pytest.UsageError("--watch uses all cores and shows a screen: leave out -n and --pdb")
    reporter = config.pluginmanager.getplugin("terminalreporter")
    config.pluginmanager.getplugin("capturemanager").suspend_global_capture(in_=True)
    config.option.watch = False
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        reporter.write_line("--watch needs a terminal of its own: checking once.")
    elif pool is None:
        from tests.harness.checker.watch.without_fork import ColdWatch

        reporter.write_line("--watch starts anew for each save, since there is no fork here.")
        config.pluginmanager.register(ColdWatch(config))
    else:
        from tests.harness.checker.watch import (
            screen,  # not there on Windows
            session,  # not there on Windows
        )

        if screen.there():
            config.option.watch = True
            config.pluginmanager.register(session.Watch(config, pool, telling))
        else:
            reporter.write_line("--watch needs a terminal in the foreground: checking once.")


def _debugged(config: pytest.Config) -> bool:
    """Whether somebody wants to look inside: then nothing runs in a child."""
    option = config.option
    return bool(option.usepdb or option.trace or sys.gettrace() is not None)
