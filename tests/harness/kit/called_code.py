"""Sees which Python code of torch an answer calls, under any name and by any way.

A profile function is told of every call before it runs, and compares the code object: an alias, a
subclass, a borrowed method and a call from within torch itself all run the same code.
"""

import contextlib
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import torch

TORCH = Path(torch.__file__).parent

# The modules from which people import what is written in another one.
PUBLIC = {
    "torch._tensor": "torch",
    "torch.autograd.grad_mode": "torch",
    "torch._functorch.apis": "torch.func",
    "torch._functorch.eager_transforms": "torch.func",
}

Refuse = Callable[[str], None]  # called with the name of what was called


class CalledCode:
    """Code that an answer must not call.

    ``objects`` are functions, and classes with all their methods. ``files`` are files and folders
    of torch, such as ``"optim"``, whose code is refused, but for the objects in ``allowed``.
    """

    def __init__(
        self,
        *objects: Any,
        files: tuple[str, ...] = (),
        allowed: tuple[Any, ...] = (),
    ) -> None:
        self._codes = {code for each in objects for code in _codes_of(each)}
        self._allowed = {code for each in allowed for code in _codes_of(each)}
        self._paths = tuple(str(TORCH / file) for file in files)

    @contextlib.contextmanager
    def refused(self, refuse: Refuse) -> Iterator[None]:
        """Call ``refuse`` for each such call in the block, in this thread."""

        def profile(frame: FrameType, event: str, _: Any) -> None:
            if event == "call" and self._is_refused(frame.f_code):
                refuse(_name_of(frame))

        before = sys.getprofile()
        sys.setprofile(profile)
        try:
            yield
        finally:
            sys.setprofile(before)

    def first_member(self, kind: type) -> str:
        """Return the first method of a class, or of its bases, that is refused code, or ""."""
        for base in kind.__mro__:
            for name, member in vars(base).items():
                if any(map(self._is_refused, _codes_of(member))):
                    return f"{base.__name__}.{name}"
        return ""

    def _is_refused(self, code: CodeType) -> bool:
        if code in self._codes:
            return True
        return code.co_filename.startswith(self._paths) and code not in self._allowed


def _codes_of(each: Any) -> Iterator[CodeType]:
    """Yield the code of a function, or of everything that a class defines."""
    if inspect.isclass(each):
        for member in vars(each).values():
            yield from _codes_of(member)
    for function in (each, getattr(each, "fget", None), getattr(each, "__func__", None)):
        function = inspect.unwrap(function) if callable(function) else function
        if inspect.isfunction(function):
            yield from _with_nested(function.__code__)


def _with_nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_nested(constant)


def _name_of(frame: FrameType) -> str:
    """Return the name of the function or class that is called, as people write it."""
    module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_qualname
    name = name.removesuffix(".__init__")
    if module.startswith("torch.nn.modules."):
        return f"nn.{name}"
    return f"{PUBLIC.get(module, module)}.{name}"


# What computes gradients, but not `no_grad` and `autograd.Function`, nor `vmap`. `graph.py` has
# the one function by which all of torch's Python code starts autograd's engine.
AUTOGRAD = CalledCode(
    torch.Tensor.backward, torch.autograd.backward, torch.autograd.grad,
    torch.func.grad, torch.func.grad_and_value,
    files=(
        "autograd/graph.py", "autograd/functional.py", "autograd/forward_ad.py",
        "_functorch/eager_transforms.py",
    ),
)  # fmt: skip
