"""Prepares the process before tests are imported: Hypothesis, garbage collection, imports."""

import gc
import importlib
import os
import sys
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.harness import limits
from tests.harness.checker import hypothesis_internals

DYNAMO = "torch._dynamo"
LOOPBACK = "127.0.0.1,localhost"


def prepare(config: pytest.Config) -> None:
    """Set the process up before tests are imported."""
    # What is imported stays. To look for garbage in it takes a fifth of the time of
    # importing torch, and as long again when Python ends.
    gc.disable()
    defer_dynamo()
    set_up_hypothesis(config)
    os.environ["MPLBACKEND"] = "agg"  # pictures are drawn, and no window is opened
    # Requests to a kata's server on loopback must not go through a proxy.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = LOOPBACK


def enable_garbage_collection() -> None:
    """Look for garbage again, though not in what has been imported."""
    gc.freeze()
    gc.enable()


def set_up_hypothesis(config: pytest.Config) -> None:
    """Let the same answer get the same verdict every time, unless a seed is given."""
    seed = config.getoption("hypothesis_seed", None)
    settings.register_profile(
        "katas",
        derandomize=seed is None,
        database=None,
        deadline=None,  # the sandbox has a clock
        max_examples=limits.EXAMPLES,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=True,  # `verdict` takes the failing input from it
    )
    hypothesis_internals.ignore_constants_in_files()
    # An answer that is slow as well as wrong is explained on an input that may not be the simplest.
    hypothesis_internals.limit_shrinking(limits.SHRINKING_SECONDS)
    settings.load_profile(config.getoption("hypothesis_profile", None) or "katas")


class DeferredDynamo(ModuleType):
    """Stands in for `torch._dynamo`, and imports it as soon as more of it is used."""

    __file__ = None  # for code that looks at the files of all modules

    @staticmethod
    def graph_break(*_: Any, **__: Any) -> None:
        """Do nothing: nothing is being compiled."""

    @staticmethod
    def disable(fn: Any = None, *_: Any, **__: Any) -> Any:
        """Return the function as it is: nothing is being compiled."""
        return fn if fn is not None else lambda fn: fn

    def __getattr__(self, name: str) -> Any:
        """Import the real module, and look up the name there."""
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(DYNAMO) is self:
            del sys.modules[DYNAMO]
        return getattr(importlib.import_module(DYNAMO), name)


def defer_dynamo() -> None:
    """Put a stand-in into sys.modules, so that importing an optimiser imports no compiler.

    That takes more than a second and does nothing where nothing is compiled.
    """
    sys.modules.setdefault(DYNAMO, DeferredDynamo(DYNAMO))
