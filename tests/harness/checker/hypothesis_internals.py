"""Every private name of Hypothesis that the machinery uses; `tests/test_internals.py` tries each.

Where a name only saves time, its absence in another release is no error.
"""

import contextlib
import re
import time
from typing import Any

from hypothesis import settings

from tests.harness.checker.clock import waiting_seconds

# The note that `print_blob` adds to the exception of a failing test.
REPRODUCE_NOTE = re.compile(r"\n?You can reproduce .*@reproduce_failure\('.*', (b.*)\) as .*")
# What Hypothesis prints when it has spent long on shrinking; it is the end of the output.
SHRINKING_WARNING = "WARNING: Hypothesis has spent"

# The module of its pytest plugin, which children keep.
PLUGIN = "_hypothesis_pytestplugin"


def ignore_constants_in_files() -> None:
    """Draw no constants from source files.

    Otherwise the inputs of one kata depend on which others are loaded, and reading the files
    takes time.
    """
    with contextlib.suppress(ImportError, AttributeError):
        from hypothesis.internal.conjecture import providers

        constants = providers._local_constants
        if hasattr(providers, "_get_local_constants"):
            providers._get_local_constants = lambda: constants


def limit_shrinking(seconds: float) -> None:
    """Stop looking for a simpler failing input after some seconds."""
    with contextlib.suppress(ImportError, AttributeError):
        from hypothesis.internal.conjecture import engine

        if hasattr(engine, "MAX_SHRINKING_SECONDS"):
            engine.MAX_SHRINKING_SECONDS = int(seconds)
            engine.time = _OwnTime()  # type: ignore[assignment]


class _OwnTime:
    """In place of the module `time`: on a busy machine, shrinking is given as much time."""

    def __getattr__(self, name: str) -> Any:
        """Return everything else as it is."""
        return getattr(time, name)

    @staticmethod
    def perf_counter() -> float:
        """Return the time without that in which this process waited for a processor."""
        return time.perf_counter() - (waiting_seconds("self") or 0.0)


def skip_database_key(test: Any) -> None:
    """Compute no key for a database that is not used: that takes longer than some tests."""
    test._hypothesis_internal_database_key = None


def make_no_patch(item: Any) -> None:
    """Let Hypothesis not write the failing example into a patch, which it does with libcst."""
    vars(item).pop("_hypothesis_failing_examples", None)


def settings_of(test: Any) -> settings:
    """Return the settings of a test."""
    return test._hypothesis_internal_use_settings or settings()


def set_settings(test: Any, changed: settings) -> None:
    """Replace the settings of a test."""
    test._hypothesis_internal_use_settings = changed


def forget_reproduced_failure(test: Any) -> None:
    """Undo `hypothesis.reproduce_failure`."""
    test._hypothesis_internal_use_reproduce_failure = None


def is_flaky(error: BaseException) -> bool:
    """Whether Hypothesis says that it could not reproduce a failure."""
    return type(error).__name__.startswith("Flaky")


def default_profile() -> Any:
    """Return the variable that holds the settings in force."""
    from hypothesis import _settings

    return _settings.default_variable
