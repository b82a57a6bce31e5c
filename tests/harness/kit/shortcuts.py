"""Refusing the ready-made function that a kata is about.

Two nets hang one above the other. A `TorchFunctionMode` sees calls as they were
written, under any alias and from any namespace. A `TorchDispatchMode` sees the
kernels that run, and so what is hidden inside another function. Modules and
optimisers do not pass through either as what they are: torch's global hooks see
them.
"""

import contextlib
import importlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from unittest import mock

import torch
from torch import nn, optim
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from tests.harness.kit.expect import Kind, WrongAnswer

_sgd = importlib.import_module("torch.optim.sgd")  # its functions, which no hook sees

if TYPE_CHECKING:
    from tests.harness.kit.guard import Guard


class Shortcuts:
    """What a kata refuses, by name, and what to do instead.

    ``functions`` are names of torch functions: ``"nll_loss"`` refuses it in
    every namespace, and its kernels (``nll_loss_forward``), which begin with the
    same word. ``modules`` are classes that must not be used inside; with
    ``optimisers``, all of ``torch.optim`` is refused.
    """

    def __init__(
        self,
        *functions: str,
        instead: str,
        modules: tuple[type[nn.Module], ...] = (),
        optimisers: bool = False,
    ) -> None:
        self.functions = functions
        self.instead = instead
        self.modules = modules
        self.optimisers = optimisers

    @contextlib.contextmanager
    def refused(self, guard: "Guard") -> Iterator[None]:
        """Refuse the shortcuts while the block runs, even if it swallows the refusal."""
        net = _Net(self, guard)
        with contextlib.ExitStack() as stack:
            if self.functions:
                stack.enter_context(_Kernels(net))
                stack.enter_context(_Calls(net))
                stack.enter_context(mock.patch.object(threading.Thread, "run", net.in_thread()))
            if self.modules:
                stack.callback(register_module_forward_pre_hook(net.see_module).remove)
            if self.optimisers:
                stack.callback(register_optimizer_step_pre_hook(net.see_optimiser).remove)
                for name in ("sgd", "_single_tensor_sgd", "_multi_tensor_sgd", "_fused_sgd"):
                    stack.enter_context(
                        mock.patch.object(_sgd, name, net.refusing(f"optim.sgd.{name}"))
                    )
            yield
        if net.refusal is not None:
            raise net.refusal

    def inside(self, model: nn.Module) -> str:
        """Name the first refused module that ``model`` is made of, or nothing."""
        for name, module in model.named_modules():
            if isinstance(module, self.modules):
                return f"{name} = nn.{type(module).__name__}"
        return ""


class _Net:
    def __init__(self, shortcuts: Shortcuts, guard: "Guard") -> None:
        self.shortcuts = shortcuts
        self.guard = guard
        self.refusal: WrongAnswer | None = None

    def refuse(self, call: str) -> None:
        if self.refusal is None:
            self.refusal = WrongAnswer(
                f"`{call}` does the whole work of this kata ready-made, so it is refused here. "
                + self.shortcuts.instead,
                rows=self.guard.line_running(),
                kind=Kind.SHORTCUT,
            )
        raise self.refusal

    def see(self, name: str, call: str) -> None:
        if name.removeprefix("special_").lstrip("_").startswith(self.shortcuts.functions):
            self.refuse(call)

    def see_module(self, module: nn.Module, _: Any) -> None:
        if isinstance(module, self.shortcuts.modules):
            self.refuse(f"nn.{type(module).__name__}")

    def see_optimiser(self, optimiser: optim.Optimizer, *_: Any) -> None:
        self.refuse(f"optim.{type(optimiser).__name__}")

    def in_thread(self) -> Any:
        """Hang the nets in a new thread too, where they do not hang by themselves."""
        run = threading.Thread.run

        def watched(thread: threading.Thread) -> None:
            with _Kernels(self), _Calls(self):
                run(thread)

        return watched

    def refusing(self, call: str) -> Any:
        return lambda *_, **__: self.refuse(call)


class _Calls(TorchFunctionMode):
    """Sees the calls of torch's functions and methods as the answer wrote them."""

    def __init__(self, net: _Net) -> None:
        super().__init__()
        self.net = net

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        self.net.see(name, _written(func, name))
        return func(*args, **(kwargs or {}))


class _Kernels(TorchDispatchMode):
    """Sees the kernels that calls end in, whatever they were called."""

    def __init__(self, net: _Net) -> None:
        super().__init__()
        self.net = net

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        self.net.see(name, f"torch.ops.aten.{name}")
        return func(*args, **(kwargs or {}))


def _written(func: Any, name: str) -> str:
    """Name a torch function as one would write it."""
    if isinstance(func, torch._ops.OpOverloadPacket):
        return f"torch.ops.aten.{name}"
    if name.startswith("special_"):
        return f"torch.special.{name.removeprefix('special_')}"
    if getattr(torch.Tensor, name, None) is func:
        return f"Tensor.{name}"
    if getattr(nn.functional, name, None) is func:
        return f"F.{name}"
    return f"torch.{name}"
