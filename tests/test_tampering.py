"""What an answer replaces is found by its name, and put back; what others replace is not."""

import builtins
import math
import operator
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import hypothesis
import pytest
import torch
from torch.nn.modules import module as torch_module

from tests.harness.checker.sandbox import tampering
from tests.harness.checker.sandbox.tampering import Recorder, Snapshot
from tests.harness.kit import guard, settings
from tests.harness.kit.answer import Answer
from tests.katas import test_k08_nll, test_k09_accuracy

TESTS = test_k08_nll.__name__
# The module: in its package, the name is that of the function.
expect: Any = sys.modules["tests.harness.kit.expect"]
A_TEST: Any = test_k08_nll.test_the_loss_of_a_batch_is_the_mean_over_its_rows
KIT = "tests.harness.kit"
NN_MODULE = "torch.nn.modules.module"


def yes(*_: Any, **__: Any) -> bool:
    """Stand in for a function that judges."""
    return True


# What is replaced: the owner, the name, by what, and how it is named.
REPLACED: dict[str, tuple[Any, str, Any, str]] = {
    "a function of the harness": (expect, "expect", yes, f"{KIT}.expect.expect"),
    "a constant of the harness": (
        guard, "__tracebackhide__", False, f"{KIT}.guard.__tracebackhide__",
    ),
    "a function of torch": (torch, "allclose", yes, "torch.allclose"),
    "another one of torch": (
        torch.nn.functional, "nll_loss", torch.relu, "torch.nn.functional.nll_loss",
    ),
    "a function of Python": (math, "isclose", yes, "math.isclose"),
    "a built-in function": (builtins, "isinstance", yes, "builtins.isinstance"),
    "a function of pytest": (pytest, "approx", yes, "pytest.approx"),
    "a class of the harness": (expect, "WrongAnswer", KeyError, f"{KIT}.expect.WrongAnswer"),
    "a method of the harness": (Answer, "namespace", yes, f"{KIT}.answer.Answer.namespace"),
    "a method of torch": (torch.Tensor, "__len__", yes, "torch.Tensor.__len__"),
    "a test": (test_k08_nll, A_TEST.__name__, yes, f"{TESTS}.{A_TEST.__name__}"),
    "a test below @given": (
        A_TEST.hypothesis, "inner_test", yes, f"{TESTS}.{A_TEST.__name__}.inner_test",
    ),
    "a kata's shortcuts": (test_k08_nll.shortcuts, "functions", (), f"{TESTS}.shortcuts.functions"),
    "the number of examples": (
        hypothesis.settings.default, "_max_examples", 1, "settings._max_examples",
    ),
}  # fmt: skip

# Names that are added, and hide others.
ADDED: dict[str, tuple[Any, str, str]] = {
    "a built-in name": (expect, "isinstance", f"{KIT}.expect.isinstance"),
    "a method that operators call": (Answer, "__eq__", f"{KIT}.answer.Answer.__eq__"),
    "an operator that a class of torch inherits": (torch.Tensor, "__eq__", "torch.Tensor.__eq__"),
    "a method that a class of torch inherits": (
        torch.nn.Linear, "__call__", "torch.nn.modules.linear.Linear.__call__",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    """Record once, as the parent does."""
    return Recorder()


@pytest.fixture
def replaced(recorder: Recorder) -> Callable[[], str]:
    """Return the detector of a child that runs k08; nothing is changed yet."""
    detector = recorder.detector(TESTS)
    assert detector() == ""
    return detector


def look(owner: Any, name: str) -> Any:
    """Look a name up in an owner's own namespace."""
    return vars(owner).get(name, tampering.MISSING)


@pytest.mark.parametrize("what", REPLACED)
def test_what_is_replaced_is_named_and_put_back(
    what: str, replaced: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, name, value, label = REPLACED[what]
    before = look(owner, name)
    if isinstance(owner, type | ModuleType):
        monkeypatch.setattr(owner, name, value)
    else:
        monkeypatch.setitem(vars(owner), name, value)
    assert look(owner, name) is value
    found = replaced()
    assert look(owner, name) is before
    assert found == label
    assert replaced() == ""


@pytest.mark.parametrize("what", ADDED)
def test_a_name_that_hides_another_is_found_and_taken_away(
    what: str, replaced: Callable[[], str]
) -> None:
    owner, name, label = ADDED[what]
    assert name not in vars(owner)
    setattr(owner, name, yes)
    try:
        assert replaced() == label
        assert name not in vars(owner)
        assert replaced() == ""
    finally:
        if name in vars(owner):
            delattr(owner, name)


def test_a_name_that_hides_nothing_may_be_added(
    replaced: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expect, "of_no_use_to_anybody", yes, raising=False)
    monkeypatch.setattr(torch, "of_no_use_to_anybody", yes, raising=False)
    assert replaced() == ""


def test_what_is_deleted_comes_back(
    replaced: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = expect.expect_raises
    monkeypatch.delattr(expect, "expect_raises")
    assert replaced() == f"{KIT}.expect.expect_raises"
    assert expect.expect_raises is before


def test_the_code_of_a_function_is_watched_too(
    replaced: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = expect.expect.__code__
    monkeypatch.setattr(expect.expect, "__code__", yes.__code__)
    assert replaced() == f"{KIT}.expect.expect"
    assert expect.expect.__code__ is before
    assert replaced() == ""


def test_a_module_is_watched_too(
    replaced: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, f"{KIT}.expect", ModuleType("expect"))
    assert replaced() == f"sys.modules.{KIT}.expect"
    assert sys.modules[f"{KIT}.expect"] is expect


def test_replaced_builtins_do_not_deceive_the_detector(
    replaced: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its functions look up built-in names in a copy."""
    with monkeypatch.context() as patch:
        for name, value in {"all": yes, "any": lambda _: False, "map": lambda *_: []}.items():
            patch.setattr(builtins, name, value)
        found = replaced()
        restored = [not any([1]), all([0]), list(map(str, [1])) != ["1"]]
    assert found in ("builtins.all", "builtins.any", "builtins.map")
    assert restored == [False, False, False]


def test_replaced_operators_do_not_deceive_the_detector(
    replaced: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(operator, "is_", yes)
        patch.setattr(operator, "itemgetter", yes)
        patch.setattr(expect, "expect", yes)
        assert replaced() != ""
        assert expect.expect is not yes


def test_all_are_put_back_though_one_is_named(
    replaced: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "allclose", yes)
    monkeypatch.setattr(torch, "equal", yes)
    monkeypatch.setattr(Answer, "namespace", yes)
    assert replaced() != ""
    assert replaced() == ""
    assert yes not in (torch.allclose, torch.equal, Answer.namespace)


def test_the_profile_of_hypothesis_is_watched(
    replaced: Callable[[], str], recorder: Recorder
) -> None:
    before = hypothesis.settings.default
    try:
        hypothesis.settings.load_profile("default")
        assert replaced() == "hypothesis.settings.default"
        assert hypothesis.settings.default is before
        assert replaced() == ""
    finally:
        recorder.profiles.value = before


def test_hooks_for_all_modules_of_torch_are_taken_away(replaced: Callable[[], str]) -> None:
    hook = torch_module.register_module_forward_hook(lambda *_: None)
    try:
        assert replaced() == f"{NN_MODULE}._global_forward_hooks"
        assert len(torch_module._global_forward_hooks) == 0
        assert replaced() == ""
    finally:
        hook.remove()


def test_every_kind_of_hook_for_all_modules_is_known() -> None:
    """Renamed ones would not be noticed."""
    names = {name.rpartition(".")[2] for name, _ in tampering._global_hooks()}
    assert names >= {
        "_global_backward_pre_hooks", "_global_backward_hooks", "_global_forward_pre_hooks",
        "_global_forward_hooks", "_global_module_registration_hooks",
    }  # fmt: skip


def test_what_torch_replaces_itself_is_no_answers_doing(
    replaced: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wraps an optimiser's `step` when the first one is made."""
    wrapped = torch.no_grad()(torch.optim.SGD.step)
    monkeypatch.setattr(torch.optim.SGD, "step", wrapped)
    assert replaced() == ""
    assert torch.optim.SGD.step is wrapped


def test_a_wrapper_that_torch_puts_into_a_subclass_is_no_answers_doing() -> None:
    """AdamW inherits its `step`, and has one of its own as soon as the first AdamW is made."""

    class Wrapped(torch.optim.Adam):
        step = torch.no_grad()(torch.optim.Adam.step)

    class Replaced(torch.optim.Adam):
        step = yes

    is_of_library = tampering._library_filter(set())
    assert tampering._wraps_inherited(Wrapped, "step", is_of_library)
    assert not tampering._wraps_inherited(Replaced, "step", is_of_library)


def test_a_function_of_torch_in_place_of_another_is_not(
    replaced: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.nn.functional, "cross_entropy", torch.nn.functional.nll_loss)
    assert replaced() == "torch.nn.functional.cross_entropy"


def test_settings_made_anew_with_the_same_values_are_tolerated(recorder: Recorder) -> None:
    """Hypothesis does so for a parametrised test."""
    one = hypothesis.settings(max_examples=3)
    assert recorder.is_of_library(one, hypothesis.settings(max_examples=3))
    assert not recorder.is_of_library(one, hypothesis.settings(max_examples=1))
    without = hypothesis.settings(max_examples=3, phases=[hypothesis.Phase.explicit])
    assert not recorder.is_of_library(one, without)


def test_tests_of_other_katas_play_no_part(
    replaced: Callable[[], str], recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_k09_accuracy, "SAYS", "")
    assert replaced() == ""
    other = test_k09_accuracy.__name__
    assert recorder.detector(other)() == f"{other}.SAYS"


# Snapshots of one namespace.


def never(_: object, __: object) -> bool:
    return False


@pytest.mark.parametrize("names", [[], ["a"], ["a", "b"]])
def test_a_snapshot_compares_by_identity(names: list[str]) -> None:
    namespace: dict[str, Any] = {"a": [1], "b": [1], "c": [1]}
    values = {name: namespace[name] for name in names}
    snapshot = Snapshot("x", None, namespace, values)
    assert snapshot.is_intact()
    namespace["c"] = 2
    assert snapshot.is_intact()
    for name in names:
        namespace[name] = [1]  # equal, and not the same
        assert not snapshot.is_intact()
        assert list(snapshot.restore(never)) == [f"x.{name}"]
        del namespace[name]
        assert not snapshot.is_intact()
        assert list(snapshot.restore(never)) == [f"x.{name}"]
        assert namespace[name] is values[name]
    assert snapshot.is_intact()


def test_a_name_that_must_not_appear_is_found_once_the_namespace_has_grown() -> None:
    namespace = {"a": 1}
    snapshot = Snapshot("x", None, namespace, {"a": 1}, frozenset({"all"}))
    namespace["more"] = 1
    assert snapshot.is_intact()
    namespace["all"] = 1
    assert not snapshot.is_intact()
    assert list(snapshot.restore(never)) == ["x.all"]
    assert namespace == {"a": 1, "more": 1}


def test_what_a_library_changed_stays() -> None:
    namespace = {"a": 1}
    snapshot = Snapshot("x", None, namespace, {"a": 1})
    namespace["a"] = 2
    assert list(snapshot.restore(lambda old, new: (old, new) == (1, 2))) == []
    assert namespace == {"a": 2}


def test_a_class_that_cannot_be_changed_is_not_recorded() -> None:
    """`type.__setattr__` refuses those that are written in C."""
    assert torch.nn.Linear.__flags__ & tampering.HEAP_TYPE
    assert not int.__flags__ & tampering.HEAP_TYPE
    with pytest.raises(TypeError):
        tampering.set_in_class(int, "x", 1)


# What an answer may change, until its test ends.


@pytest.fixture
def restore() -> Iterator[Callable[[], object]]:
    """Return the function that resets; reset in any case."""
    function = settings.restore_tolerated()
    yield function
    function()


def test_folders_may_be_added_to_the_path_and_none_taken_away(
    restore: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [*sys.path, "/one/more"]
    taken_away = sys.path[-1]
    monkeypatch.setattr(sys, "path", [folder for folder in folders if folder != taken_away])
    restore()
    assert set(sys.path) == set(folders)


def test_the_environment_is_reset(restore: Callable[[], object]) -> None:
    home, path = os.environ.get("HOME"), os.environ.pop("PATH")
    os.environ["HOME"] = "/nowhere"
    os.environ["KATAS_TEST"] = "1"
    restore()
    assert (os.environ.get("HOME"), os.environ["PATH"]) == (home, path)
    assert "KATAS_TEST" not in os.environ


def test_warning_filters_are_reset(restore: Callable[[], object]) -> None:
    before = list(warnings.filters)
    warnings.simplefilter("error")
    assert warnings.filters != before
    restore()
    assert warnings.filters == before


def test_the_recursion_limit_is_reset(restore: Callable[[], object]) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + 1000)
    restore()
    assert sys.getrecursionlimit() == before
