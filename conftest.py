"""The command line: flags that say whose answers are checked, and how strictly."""

import importlib
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
APART = [ROOT / folder for folder in ("tests", "solutions")]


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the flags; `tests/harness/checker/plugin.py` acts on them."""
    if pluginmanager.has_plugin("terminalreporter"):
        return  # too late: pytest has read the command line, and found this file in a subfolder
    _make_importable()
    from tests.harness import limits
    from tests.harness.checker.pytest_internals import declare_numprocesses

    group = parser.getgroup("katas", "torch.nn katas")
    declare_numprocesses(group)
    group.addoption(
        "--solutions",
        action="store_true",
        help="check the reference answers in solutions/ instead of yours, mastery included; "
        "without a path, run the repository's own tests too",
    )
    group.addoption(
        "--answers",
        metavar="DIR",
        help="check the answers in DIR instead of those in katas/; "
        "a kata with no file there counts as not begun",
    )
    group.addoption(
        "--mastery",
        action="store_true",
        help="ask for more: also run the tests of what production code must do "
        "(extreme values, bad input, nothing left half done)",
    )
    group.addoption(
        "--hint",
        metavar="N",
        nargs="?",
        const="next",
        help="print the kata's next hint, or the N-th one, and check nothing",
    )
    group.addoption(
        "--report",
        metavar="FILE",
        help="write into FILE, as JSON, what came of each kata and of each of its tests",
    )
    group.addoption(
        "--watch",
        action="store_true",
        help="stay, and check each kata when its file is saved; keys say what else to do",
    )
    group.addoption(
        "--seeds",
        metavar="N",
        type=int,
        default=0,
        help="try the galleries' wrong and right answers on N random seeds as well",
    )
    group.addoption(
        "--time-limit",
        metavar="SECONDS",
        type=float,
        default=limits.TEST_SECONDS,
        help="how long one test of a kata may take before it counts as endless "
        f"(default: {limits.TEST_SECONDS:g})",
    )
    group.addoption(
        "--jobs",
        metavar="N",
        type=int,
        help="how many katas to check at a time (default: the cores, and one more)",
    )


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the checker, and what proves the repository where that is asked for."""
    if not _is_in_charge(config):
        return
    config.pluginmanager.import_plugin("tests.harness.checker.plugin")
    if _proves_the_repository(config):
        for name in ("dev_extra", "gallery_items", "mutation"):
            config.pluginmanager.import_plugin(f"tests.harness.selftest.{name}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Let `pytest .` collect the katas, and not what proves the repository."""
    if not hasattr(config.option, "solutions"):
        return True
    apart = collection_path in APART and not _proves_the_repository(config)
    return True if apart else None


def _make_importable() -> None:
    """Import the package `tests` of this folder, however pytest imports, and put the path last.

    It is first on the path for that import, since other packages are called `tests` too. Then
    it is last, and the current folder too: a learner's `torch.py` there hides nothing.
    """
    last = [str(ROOT), *({os.getcwd(), ""} & set(sys.path))]
    sys.path.insert(0, str(ROOT))
    importlib.import_module("tests")
    sys.path[:] = [*(folder for folder in sys.path if folder not in last), *dict.fromkeys(last)]


def _is_in_charge(config: pytest.Config) -> bool:
    """Whether pytest has read this file before the command line, and our own configuration.

    It has not if it was started for tests of another project, which has this one inside.
    """
    advice = f"type `cd {os.path.relpath(ROOT)}`, and then `pytest katas/`"
    if not hasattr(config.option, "solutions"):
        warning = pytest.PytestWarning(f"The katas were left out. To check them, {advice}.")
        config.issue_config_time_warning(warning, stacklevel=2)
        return False
    if config.inipath != ROOT / "pyproject.toml":
        raise pytest.UsageError(f"the katas have a configuration of their own: {advice}")
    return True


def _proves_the_repository(config: pytest.Config) -> bool:
    """Whether the command line asks for tests of the repository, or for reference answers."""
    paths = [Path(os.path.abspath(argument.partition("::")[0])) for argument in config.args]
    asked = any(path.is_relative_to(folder) for path in paths for folder in APART)
    return asked or bool(config.option.solutions)
