"""How the process is prepared: what is turned off, what is put off, and what is set."""

import gc
import importlib
import os
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.harness import limits
from tests.harness.checker import startup
from tests.harness.checker.hypothesis_internals import default_profile
from tests.harness.checker.startup import DYNAMO, DeferredDynamo


class Config:
    """The options that are asked for."""

    def __init__(self, **options: Any) -> None:
        self.options = options

    def getoption(self, name: str, default: Any) -> Any:
        """Return an option."""
        return self.options.get(name, default)


def config(**options: Any) -> pytest.Config:
    made: Any = Config(**options)
    return made


def in_force() -> settings:
    """Return the settings of tests that have none of their own."""
    found = settings.default
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    """Put back the profile of Hypothesis and the garbage collector."""
    variable, collects = default_profile(), gc.isenabled()
    before = variable.value
    yield
    startup.set_up_hypothesis(config())  # registers the profile as it was
    variable.value = before
    (gc.enable if collects else gc.disable)()


# Hypothesis.


def test_the_same_inputs_are_drawn_every_time() -> None:
    startup.set_up_hypothesis(config())
    found = in_force()
    assert found.derandomize
    assert found.max_examples == limits.EXAMPLES
    assert found.deadline is None
    assert found.database is None
    assert set(found.phases) == {Phase.explicit, Phase.generate, Phase.shrink}
    assert set(found.suppress_health_check) == set(HealthCheck)
    assert found.print_blob
    assert not found.report_multiple_bugs


def test_a_seed_draws_others() -> None:
    startup.set_up_hypothesis(config(hypothesis_seed=0))
    assert not in_force().derandomize


def test_another_profile_may_be_asked_for() -> None:
    settings.register_profile("of_a_test", max_examples=3)
    startup.set_up_hypothesis(config(hypothesis_profile="of_a_test"))
    assert in_force().max_examples == 3


# The process.


def test_prepare_sets_the_process_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy", "MPLBACKEND"):
        monkeypatch.setenv(name, "another")
    gc.enable()
    startup.prepare(config())
    assert not gc.isenabled()
    assert os.environ["MPLBACKEND"] == "agg"
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == startup.LOOPBACK
    assert DYNAMO in sys.modules


def test_garbage_is_looked_for_again_but_not_in_what_was_imported() -> None:
    gc.disable()
    before = gc.get_freeze_count()
    kept = [[object()] for _ in range(1000)]
    startup.enable_garbage_collection()
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(kept)


# The compiler.


class Compiler(ModuleType):
    """What stands for the real `torch._dynamo` here."""

    config = "the real one"
    __path__ = ("somewhere",)  # type: ignore[assignment]


@pytest.fixture
def imported(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the modules that are imported by name; none really is."""
    names: list[str] = []
    monkeypatch.delitem(sys.modules, DYNAMO, raising=False)

    def import_module(name: str) -> ModuleType:
        names.append(name)
        return sys.modules.setdefault(name, Compiler(name))

    monkeypatch.setattr(importlib, "import_module", import_module)
    return names


def stand_in() -> Any:
    startup.defer_dynamo()
    return sys.modules[DYNAMO]


def test_a_stand_in_takes_the_place_of_the_compiler(imported: list[str]) -> None:
    assert isinstance(stand_in(), DeferredDynamo)
    assert imported == []


def test_a_compiler_that_is_there_stays(
    imported: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = ModuleType(DYNAMO)
    monkeypatch.setitem(sys.modules, DYNAMO, there)
    assert stand_in() is there


def test_what_an_optimiser_uses_imports_nothing(imported: list[str]) -> None:
    dynamo = stand_in()

    def step() -> int:
        return 5

    assert dynamo.graph_break() is None
    assert dynamo.disable(step) is step
    assert dynamo.disable(step, recursive=False) is step
    assert dynamo.disable(recursive=False)(step) is step
    assert dynamo.__file__ is None
    assert not hasattr(dynamo, "__wrapped__")  # asked by `inspect`, of every object
    assert imported == []


@pytest.mark.parametrize("name", ["config", "__path__"])
def test_anything_else_imports_the_compiler(name: str, imported: list[str]) -> None:
    """`__path__` is asked for by an import of one of its modules."""
    dynamo = stand_in()
    assert getattr(dynamo, name) == getattr(Compiler, name)
    assert imported == [DYNAMO]
    real = sys.modules[DYNAMO]
    assert isinstance(real, Compiler)
    assert dynamo.config == "the real one"  # where somebody has kept the stand-in
    assert sys.modules[DYNAMO] is real
