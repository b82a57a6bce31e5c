"""Watches the results of an answer that run on later: generators, iterators, loaders.

The body of a generator runs whenever its caller asks for the next value, and the caller runs in
between. Each of these steps must leave the settings of the process as it found them: a
`with torch.no_grad():` around a `yield` holds in the caller's loop too.
"""

import contextlib
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from tests.harness.kit import settings
from tests.harness.kit.results import value_types

# The methods that a loop calls, and what they are where no Python code has defined them.
METHODS = ("__iter__", "__next__", "__getitem__", "__len__")
BUILT_IN = (
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    types.NoneType,
)
DONE = object()

__tracebackhide__ = True  # pytest's tracebacks end in the test

# Watches a block that runs a step. Its arguments are the name of the function that gave the
# result, and the object that is gone through.
Watching = Callable[[str, Any], AbstractContextManager[None]]


class Passes:
    """Makes results of one answer run every step under ``watching``.

    A result gets a class of its own: a subclass of the class that it had, of the same name,
    with these methods replaced. So it stays an instance of all that it was an instance of.
    What cannot get another class, such as a generator, is gone through by a generator.
    """

    def __init__(self, watching: Watching) -> None:
        self._watching = watching
        # One subclass for all instances: an answer may keep something on ``type(self)``.
        self._subclasses: dict[tuple[type, str], type] = {}

    def watch(self, value: Any, name: str, depth: int = 3) -> Any:
        """Return a result that is watched: the same object, except for generators.

        The parts of a tuple or list are watched as well.
        """
        kind = type(value)
        if kind in (tuple, list):
            parts = [self.watch(part, name, depth - 1) for part in value] if depth else value
            same = all(one is other for one, other in zip(parts, value, strict=True))
            return value if same else kind(parts)
        methods = [method for method in METHODS if _is_defined(kind, method)]
        is_iterator = hasattr(kind, "__next__")
        if not (methods or is_iterator) or isinstance(value, (*value_types(), *_modules())):
            return value
        if kind in self._subclasses.values():
            return value
        if is_iterator and "__next__" not in methods:  # a generator, `map` and the like
            return self._steps(value, name)
        try:
            object.__setattr__(value, "__class__", self._subclass(kind, name, methods))
        except Exception:  # the class refuses subclasses, or is not written in Python
            return self._steps(value, name) if is_iterator else value
        return value

    def _subclass(self, kind: type, name: str, methods: list[str]) -> type:
        if (kind, name) not in self._subclasses:
            members = {"__slots__": (), "__module__": kind.__module__}
            subclass = type(kind)(kind.__name__, (kind,), members)
            subclass.__qualname__ = kind.__qualname__
            for method in methods:
                setattr(subclass, method, self._method(subclass, method, name))
            self._subclasses[kind, name] = subclass
        return self._subclasses[kind, name]

    def _method(self, subclass: type, method: str, name: str) -> Callable[..., Any]:
        def watched(this: Any, *args: Any) -> Any:
            with self._watching(name, this):
                gave = getattr(super(subclass, this), method)(*args)
            return self.watch(gave, name) if method == "__iter__" else gave

        return watched

    def _steps(self, iterator: Iterator[Any], name: str) -> Iterator[Any]:
        """Go through an iterator; close it if a step is refused, before the caller goes on."""
        while True:
            try:
                with self._watching(name, iterator):
                    value = next(iterator, DONE)
            except BaseException:
                _close(iterator)
                raise
            if value is DONE:
                return
            yield value


def _is_defined(kind: type, method: str) -> bool:
    """Whether a class has a method that is written in Python."""
    found = next((vars(cls)[method] for cls in kind.__mro__ if method in vars(cls)), None)
    return not isinstance(found, BUILT_IN)


def _modules() -> tuple[type, ...]:
    """Return torch's type of modules, if torch is imported: a `Sequential` is not a loader."""
    torch = sys.modules.get("torch")
    return () if torch is None else (torch.nn.Module,)


def _close(iterator: Any) -> None:
    """Close a generator now: what its `with` blocks put back is not put back at another time."""
    put_back = settings.remember(settings.guarded())
    with contextlib.suppress(Exception):
        iterator.close()
    put_back()
