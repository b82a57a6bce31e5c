"""The command line: flags that say whose answers are checked, and how strictly."""

import os
from pathlib import Path

import pytest

from tests.harness import limits
from tests.harness.checker.pytest_internals import declare_numprocesses

pytest_plugins = ["tests.harness.checker.plugin"]

APART = [Path(__file__).parent / folder for folder in ("tests", "solutions")]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the flags; `tests/harness/checker/plugin.py` acts on them."""
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


def pytest_configure(config: pytest.Config) -> None:
    """Register what proves the repository, where that is asked for."""
    if _proves_the_repository(config):
        for name in ("dev_extra", "gallery_items", "mutation"):
            config.pluginmanager.import_plugin(f"tests.harness.selftest.{name}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Let `pytest .` collect the katas, and not what proves the repository."""
    apart = collection_path in APART and not _proves_the_repository(config)
    return True if apart else None


def _proves_the_repository(config: pytest.Config) -> bool:
    """Whether the command line asks for tests of the repository, or for reference answers."""
    paths = [Path(os.path.abspath(argument.partition("::")[0])) for argument in config.args]
    asked = any(path.is_relative_to(folder) for path in paths for folder in APART)
    return asked or bool(config.option.solutions)
