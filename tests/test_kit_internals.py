"""The private names of torch and CPython that the kit uses do what it uses them for.

A docstring says what breaks if its test fails: in the next version of torch, or of Python.
"""

import importlib
import io
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from torch import nn, optim

from tests.harness.kit import Guard, Guarded, WrongAnswer, settings
from tests.harness.kit import python_internals as python
from tests.harness.kit import shortcuts as shortcuts_module
from tests.harness.kit import torch_internals as internals
from tests.harness.kit.shortcuts import Shortcuts

X = torch.ones(2, 2)
MODES = "the default device (or another of torch's modes)"


def refused(function: Callable[..., Any], *args: Any, **what: Any) -> str:
    """Call a function that is refused; return how the call is named."""
    shortcuts = Shortcuts(*what.pop("functions", ()), instead="Do it.", **what)
    with pytest.raises(WrongAnswer, match="ready-made") as caught:
        Guarded(Guard(Path(__file__), shortcuts), "f", function)(*args)
    return caught.value.why.split("`")[1]


def test_the_stack_of_modes_is_counted_and_emptied() -> None:
    """Without it an answer may leave a default device, and later tests run on it."""
    stack = internals.mode_stack()
    assert stack is not None
    size, pop = stack
    before = size()
    torch.set_default_device("meta")
    assert size() == before + 1
    pop()
    assert size() == before
    assert torch.zeros(1).device.type == "cpu"
    torch.set_default_device(None)


@pytest.mark.parametrize("name", [internals._STACK_SIZE, internals._STACK_POP])
def test_without_the_stack_of_modes_the_other_settings_are_guarded(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(torch._C, name)
    settings._of_torch.cache_clear()
    try:
        names = [setting.name for setting in settings.guarded()]
        assert MODES not in names
        assert "the default dtype" in names
    finally:
        monkeypatch.undo()
        settings._of_torch.cache_clear()
    assert MODES in [setting.name for setting in settings.guarded()]


def test_a_kernel_is_told_from_a_function() -> None:
    """Else a refusal names a call of `torch.ops.aten.exp` as `torch.exp`."""
    aten: Any = torch.ops.aten
    assert refused(aten.exp, X, functions=["exp"]) == "torch.ops.aten.exp"
    assert refused(torch.exp, X, functions=["exp"]) == "torch.exp"


def test_without_the_type_of_kernels_they_are_refused_as_functions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shortcuts_module, "KernelCall", ())
    aten: Any = torch.ops.aten
    assert refused(aten.exp, X, functions=["exp"]) == "torch.exp"


def test_a_dispatch_mode_sees_the_kernels_inside_other_functions() -> None:
    """Else a shortcut is accepted that is hidden in another function."""
    call = refused(lambda x: torch.nn.functional.softmin(x, -1), X, functions=["softmax"])
    assert call == "torch.ops.aten._softmax"


def test_the_functions_of_sgd_are_there() -> None:
    """Else an answer may call SGD's own function: no hook of an optimiser sees that."""
    names = [name for _, name in internals.sgd_functions()]
    assert {"sgd", "_single_tensor_sgd", "_multi_tensor_sgd"} <= set(names)
    module = sys.modules["torch.optim.sgd"]
    for name in names:
        assert refused(lambda name=name: getattr(module, name)(), optimisers=True)


def test_without_a_function_of_sgd_the_others_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys.modules["torch.optim.sgd"], "_fused_sgd")
    assert "_fused_sgd" not in [name for _, name in internals.sgd_functions()]
    p = torch.ones(1, requires_grad=True)
    p.grad = torch.ones(1)
    assert refused(optim.SGD([p], lr=0.1).step, optimisers=True) == "optim.SGD"


def test_the_functions_of_sgd_are_those_that_a_step_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them the kata about SGD's step could be done by calling it."""
    functions = internals.sgd_functions()
    assert len(functions) == 4
    called: list[str] = []
    for module, name in functions:
        monkeypatch.setattr(module, name, lambda *_, n=name, **__: called.append(n))
    parameter = torch.ones(2, requires_grad=True)
    parameter.sum().backward()
    torch.optim.SGD([parameter], lr=0.5).step()
    assert called == ["sgd"]


def test_without_these_names_torch_is_used_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch._C, "_len_torch_function_stack")
    assert internals.mode_stack() is None
    names = [setting.name for setting in settings._of_torch.__wrapped__()]
    assert "the default dtype" in names
    assert not [name for name in names if "device" in name]
    module, name = internals.sgd_functions()[-1]
    monkeypatch.delattr(module, name)
    assert len(internals.sgd_functions()) == 3
    monkeypatch.delattr(torch._ops, "OpOverloadPacket")
    assert importlib.reload(internals).KernelCall == ()
    monkeypatch.undo()
    importlib.reload(internals)


def test_hooks_for_all_modules_and_optimisers_are_listed() -> None:
    """Else an answer may leave a hook that changes what each of them does."""
    hooks = dict(internals.global_hooks())
    assert not any(hooks.values())
    for when in ("forward_pre", "forward", "backward_pre", "backward"):
        assert f"torch.nn.modules.module._global_{when}_hooks" in hooks
    handle = nn.modules.module.register_module_forward_hook(lambda *_: None)
    assert len(hooks["torch.nn.modules.module._global_forward_hooks"]) == 1
    handle.remove()
    for when in ("pre", "post"):
        assert f"torch.optim.optimizer._global_optimizer_{when}_hooks" in hooks


def test_a_raise_statement_is_told_from_a_call() -> None:
    """Else what torch has not implemented counts as an answer that is still to do."""
    for source, expected in (("raise ValueError", True), ("int('x')", False)):
        with pytest.raises(ValueError) as caught:  # noqa: PT011
            exec(compile(source, "answer", "exec"))
        assert caught.tb.tb_next is not None
        assert python.is_at_raise(caught.tb.tb_next) is expected


def test_without_the_opcode_every_exception_counts_as_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(python, "RAISE", None)
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        int("x")
    assert python.is_at_raise(caught.tb)


def test_the_pickler_in_python_has_a_table_that_can_be_overridden() -> None:
    """Else the built-in digits cannot be written in the tutorial's file format."""

    class Shouting(python.PythonPickler):
        dispatch: ClassVar[dict[type, Any]] = {**python.PythonPickler.dispatch}

        def save_text(self, value: str) -> None:
            save: Any = python.PythonPickler.dispatch[str]
            save(self, value.upper())

        dispatch[str] = save_text

    buffer = io.BytesIO()
    Shouting(buffer, protocol=2).dump(["a"])
    assert pickle.loads(buffer.getvalue()) == ["A"]
