"""Whether a result is what it says it is.

A class of the answer's own can say of itself that it is a tensor of the right shape,
or that it equals everything. A test that compares would believe it.
"""

import sys
from pathlib import PurePath
from typing import Any

from tests.harness.kit.expect import Kind, WrongAnswer

PLAIN = (int, float, complex, str, bytes, PurePath)
ROOTS = ("builtins", "numpy", "pathlib", "torch")
# What a class may have of its own and still be as its base.
HARMLESS = {"__dict__", "__doc__", "__init__", "__module__", "__new__", "__slots__", "__weakref__"}

__tracebackhide__ = True  # pytest's tracebacks end in the test


def expect_genuine(value: Any, name: str, depth: int = 3) -> None:
    """Refuse a value, or part of one, that nobody can believe."""
    kind = type(value)
    if isinstance(value, tuple | list) and depth:
        for part in value:
            expect_genuine(part, name, depth - 1)
    base = next((base for base in (*_values(), *PLAIN) if issubclass(kind, base)), None)
    if base is not None:
        if not _as_its_base(kind):
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


def _values() -> tuple[type, ...]:
    """Return the types of torch and numpy that hold values, if they are there."""
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    kinds: tuple[type, ...] = ()
    if torch is not None:
        kinds += (torch.Tensor,)
    if numpy is not None:
        kinds += (numpy.ndarray, numpy.generic)
    return kinds


def _as_its_base(kind: type) -> bool:
    """Whether a class does all that a library's class does, as that does it."""
    for i, cls in enumerate(kind.__mro__):
        if _known(cls):
            return True
        inherited = {name for base in kind.__mro__[i + 1 :] for name in vars(base)}
        if not inherited.intersection(vars(cls)) <= HARMLESS:
            return False
    return False


def _known(kind: type) -> bool:
    """Whether a class is what it is called, in a library."""
    root = kind.__module__.partition(".")[0]
    home = sys.modules.get(kind.__module__)
    return root in ROOTS and getattr(home, kind.__qualname__, None) is kind


def _refuse(name: str, kind: type, what: str) -> None:
    raise WrongAnswer(
        f"`{name}` gives a `{kind.__name__}`, which is {what}. A result is taken for what it is, "
        "and so has to be an ordinary one.",
        kind=Kind.DISHONEST,
    )
