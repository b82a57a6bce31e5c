"""The command line: flags that say whose answers are checked, and how strictly."""

import pytest

pytest_plugins = ["tests.harness.plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the flags; `tests/harness/plugin.py` acts on them."""
    group = parser.getgroup("katas", "torch.nn katas")
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
        default=10.0,
        help="how long one test of a kata may take before it counts as endless (default: 10)",
    )
    group.addoption(
        "--jobs",
        metavar="N",
        type=int,
        help="how many katas to check at a time (default: the cores, and one more)",
    )
