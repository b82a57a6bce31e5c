"""Rejects results whose class overrides what tests rely on.

A subclass of Tensor may lie about its shape; an object may be equal to everything.
A test that compares would believe it.
"""

import sys
from pathlib import PurePath
from typing import Any

from tests.harness.kit.expect import Kind, WrongAnswer

# Types that hold values, besides those of torch and numpy; and the packages that define them.
PLAIN = (int, float, complex, str, bytes, PurePath)
ROOTS = ("builtins", "numpy", "pathlib", "torch")
# Names that a subclass may define and still behave as its base.
HARMLESS = {
    "__dict__", "__doc__", "__init__", "__module__", "__new__", "__slots__", "__weakref__",
    # Python 3.13 and 3.14 write these into every class.
    "__annotate_func__", "__annotations_cache__", "__conditional_annotations__",
    "__firstlineno__", "__static_attributes__",
}  # fmt: skip

__tracebackhide__ = True  # pytest's tracebacks end in the test


def expect_genuine(value: Any, name: str, depth: int = 3) -> None:
    """Reject a value whose class can lie, or that has such a part; ``name`` is the function's."""
    kind = type(value)
    if isinstance(value, tuple | list) and depth:
        for part in value:
            expect_genuine(part, name, depth - 1)
    base = next((base for base in (*value_types(), *PLAIN) if issubclass(kind, base)), None)
    if base is not None:
        if not _behaves_as_base(kind):
            _refuse(name, kind, f"a subclass of {base.__name__} that may say what it likes")
        return
    if value.__class__ is not kind:
        _refuse(name, kind, f"no {value.__class__.__name__}, though it says so")
    equal = value == object()
    if equal is True or (value != object()) is False:
        _refuse(name, kind, "equal to everything")
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.nn.Module):
        for parameter in value.parameters():
            expect_genuine(parameter, name, 0)


def value_types() -> tuple[type, ...]:
    """Return the types of torch and numpy that hold values, as far as these are imported."""
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    kinds: tuple[type, ...] = ()
    if torch is not None:
        kinds += (torch.Tensor,)
    if numpy is not None:
        kinds += (numpy.ndarray, numpy.generic)
    return kinds


def _behaves_as_base(kind: type) -> bool:
    """Whether a class is a library's own, or overrides nothing that matters of one."""
    for i, cls in enumerate(kind.__mro__):
        if _is_of_library(cls):
            return True
        inherited = {name for base in kind.__mro__[i + 1 :] for name in vars(base)}
        if not inherited.intersection(vars(cls)) <= HARMLESS:
            return False
    return False


def _is_of_library(kind: type) -> bool:
    """Whether the module that a class names as its own does hold it, and is a library's."""
    root = kind.__module__.partition(".")[0]
    module = sys.modules.get(kind.__module__)
    return root in ROOTS and getattr(module, kind.__qualname__, None) is kind


def _refuse(name: str, kind: type, what: str) -> None:
    raise WrongAnswer(
        f"`{name}` gives a `{kind.__name__}`, which is {what}. A result is taken for what it is, "
        "and so has to be an ordinary one.",
        kind=Kind.DISHONEST,
    )
