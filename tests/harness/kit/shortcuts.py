"""Refuses the ready-made function that a kata is about, under whatever name it is called.

A `TorchFunctionMode` sees calls as they were written, under any alias and from any
namespace. A `TorchDispatchMode` sees the kernels that run, and so the calls inside
other functions. Neither sees modules and optimisers: torch's global hooks do. Nor do
they see Python code of torch that calls no function of tensors, such as a scheduler or
`Module.state_dict`: a profile function does (`called_code`).
"""

import contextlib
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any
from unittest import mock

import torch
from torch import nn, optim
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode

from tests.harness import catalog
from tests.harness.kit.called_code import TORCH, CalledCode
from tests.harness.kit.expect import Kind, Row, WrongAnswer
from tests.harness.kit.torch_internals import KernelCall, TorchDispatchMode, sgd_functions

if TYPE_CHECKING:
    from tests.harness.kit.guard import Guard


# The files that call what an answer has under a name: a class of torch, perhaps, as it is.
CALLERS = tuple(str(Path(__file__).with_name(name)) for name in ("guard.py", "passes.py"))


class Shortcuts:
    """The functions, modules and optimisers that a kata refuses, and what to do instead.

    ``functions`` are names of torch functions: ``"nll_loss"`` refuses it in
    every namespace, and its kernels (``nll_loss_forward``), which begin with the
    same word; ``pattern`` is a regular expression that is searched for in such names.
    ``modules`` are classes of which no instance may be called; with ``optimisers``, the steps
    of ``torch.optim`` are refused. ``code`` is other code of torch. With ``own_file_only``
    only calls from the answer's own file count, not those that its other files make.
    """

    def __init__(
        self,
        *functions: str,
        instead: str,
        modules: tuple[type[nn.Module], ...] = (),
        optimisers: bool = False,
        pattern: str = "",
        code: CalledCode | None = None,
        own_file_only: bool = False,
    ) -> None:
        self.functions = functions
        self.pattern = re.compile(pattern) if pattern else None
        self.code = code
        self.own_file_only = own_file_only
        self.instead = instead
        self.modules = modules
        self.optimisers = optimisers

    @contextlib.contextmanager
    def refused(self, guard: "Guard") -> Iterator[None]:
        """Refuse the shortcuts while the block runs, even if it catches the exception."""
        refuser = _Refuser(self, guard)
        with contextlib.ExitStack() as stack:
            if self.functions or self.pattern is not None or self.code is not None:
                stack.enter_context(refuser.seeing_calls())
                in_thread = refuser.in_thread()
                stack.enter_context(mock.patch.object(threading.Thread, "run", in_thread))
            if self.modules:
                stack.callback(register_module_forward_pre_hook(refuser.see_module).remove)
            if self.optimisers:
                stack.callback(register_optimizer_step_pre_hook(refuser.see_optimiser).remove)
                for module, name in sgd_functions():
                    replacement = refuser.refusing(f"optim.sgd.{name}")
                    stack.enter_context(mock.patch.object(module, name, replacement))
            yield
        if refuser.refusal is not None:
            raise refuser.refusal

    def refusal(self, call: str, rows: Sequence[Row] = ()) -> WrongAnswer:
        """Return the exception that refuses a call."""
        return WrongAnswer(
            f"`{call}` does the whole work of this kata ready-made, so it is refused here. "
            + self.instead,
            rows=rows,
            kind=Kind.SHORTCUT,
        )

    def refuse_members(self, kind: type) -> None:
        """Refuse a class that has a method from other code, by inheritance or by assignment."""
        member = self.code.first_member(kind) if self.code is not None else ""
        if member:
            raise self.refusal(member)

    def inside(self, model: nn.Module) -> str:
        """Return the first refused module that ``model`` contains, as text, or ""."""
        for name, module in model.named_modules():
            if isinstance(module, self.modules):
                return f"{name} = nn.{type(module).__name__}"
        return ""


class _Refuser:
    """Keeps and raises the first refusal; decides which calls are refused."""

    def __init__(self, shortcuts: Shortcuts, guard: "Guard") -> None:
        self.shortcuts = shortcuts
        self.guard = guard
        self.refusal: WrongAnswer | None = None

    @contextlib.contextmanager
    def seeing_calls(self) -> Iterator[None]:
        """See the calls of this thread in the block."""
        with contextlib.ExitStack() as stack:
            if self.shortcuts.functions or self.shortcuts.pattern:
                stack.enter_context(_Kernels(self))
                stack.enter_context(_Calls(self))
            if self.shortcuts.code is not None:
                stack.enter_context(self.shortcuts.code.refused(self.refuse_if_from_answer))
            yield

    def refuse(self, call: str) -> None:
        if self.shortcuts.own_file_only and not self._is_from_answer():
            return
        if self.refusal is None:
            self.refusal = self.shortcuts.refusal(call, self.guard.line_running())
        raise self.refusal

    def refuse_if_from_answer(self, call: str) -> None:
        """Refuse a call that the answer makes; not one of a test that runs at the same time."""
        if self._is_from_answer():
            self.refuse(call)

    def _is_from_answer(self) -> bool:
        """Whether, of the callers in the answer's folder, the nearest is the answer's file.

        Torch's own code that is called as the answer's, by another name, counts as well.
        """
        frame: FrameType | None = sys._getframe()
        path = self.guard.path
        file = ""
        while frame is not None:
            called, file = file, frame.f_code.co_filename
            if file == str(path) or (file in CALLERS and called.startswith(str(TORCH))):
                return True
            # The galleries' answers have the reference answers beside them.
            beside = Path(file).parent in (path.parent, catalog.SOLUTIONS)
            if self.shortcuts.own_file_only and beside:
                return False
            frame = frame.f_back
        return False

    def see(self, name: str, call: str) -> None:
        known = name.removeprefix("special_").lstrip("_").startswith(self.shortcuts.functions)
        if known or (self.shortcuts.pattern is not None and self.shortcuts.pattern.search(name)):
            self.refuse(call)

    def see_module(self, module: nn.Module, _: Any) -> None:
        if isinstance(module, self.shortcuts.modules):
            self.refuse(f"nn.{type(module).__name__}")

    def see_optimiser(self, optimiser: optim.Optimizer, *_: Any) -> None:
        self.refuse(f"optim.{type(optimiser).__name__}")

    def in_thread(self) -> Any:
        """Return a ``Thread.run`` that sets the modes in the new thread, which has none."""
        run = threading.Thread.run

        def watched(thread: threading.Thread) -> None:
            with self.seeing_calls():
                run(thread)

        return watched

    def refusing(self, call: str) -> Any:
        return lambda *_, **__: self.refuse(call)


class _Calls(TorchFunctionMode):
    """Sees the calls of torch's functions and methods as they were written."""

    def __init__(self, refuser: _Refuser) -> None:
        super().__init__()
        self.refuser = refuser

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        self.refuser.see(name, _written(func, name))
        return func(*args, **(kwargs or {}))


class _Kernels(TorchDispatchMode):
    """Sees the kernels that are run by whichever function."""

    def __init__(self, refuser: _Refuser) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.refuser = refuser

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        self.refuser.see(name, f"torch.ops.aten.{name}")
        return func(*args, **(kwargs or {}))


def _written(func: Any, name: str) -> str:
    """Return a torch function's name with the module that people write before it."""
    if isinstance(func, KernelCall):
        return f"torch.ops.aten.{name}"
    if name.startswith("special_"):
        return f"torch.special.{name.removeprefix('special_')}"
    if getattr(torch.Tensor, name, None) is func:
        return f"Tensor.{name}"
    if getattr(nn.functional, name, None) is func:
        return f"F.{name}"
    return f"torch.{name}"
