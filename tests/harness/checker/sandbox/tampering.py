"""What a verdict hangs on, and whether an answer has laid hands on it.

An answer runs in the process of the tests that judge it, and could put a function of
its own in the place of `torch.allclose`, of a test or of this harness. So what the
names stand for that the tests use is written down before an answer is loaded, and
looked at after each test.
"""

import builtins
import operator
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

OURS = "tests."
# Of these everything counts that can be called; of ours everything.
WHOLE = {
    "builtins", "_pytest.outcomes", "_pytest.python", "_pytest.reports", "_pytest.runner",
    "pluggy._callers", "pluggy._hooks", "pluggy._manager", "hypothesis._settings",
    "hypothesis.control", "hypothesis.core", "hypothesis.internal.conjecture.data",
    "hypothesis.internal.conjecture.engine", "hypothesis.strategies._internal.strategies",
}  # fmt: skip
# Of these, and of the classes in them, the names that are used by our files and by torch's.
PARTLY = {
    "copy", "inspect", "json", "math", "matplotlib.axes", "matplotlib.image", "numpy", "operator",
    "os", "pathlib", "pytest", "random", "socket", "torch", "torch._C._nn", "torch._tensor",
    "torch.autograd", "torch.functional", "torch.nn", "torch.nn.functional",
    "torch.nn.modules.module", "torch.optim", "torch.optim.optimizer", "torch.optim.sgd",
    "torch.testing", "torch.utils.data", "torch.utils.data.dataloader",
}  # fmt: skip
# Packages of ours that only the parent needs, or whoever works on the tests.
APART = tuple(
    f"{OURS}harness.{package}."
    for package in ("checker.diagnosis", "checker.output", "checker.watch", "selftest")
)
# Of torch's, those in which the references that answers are held against are computed.
USING = (
    "torch._tensor", "torch.functional", "torch.nn.functional", "torch.nn.modules.module",
    "torch.optim.",
)  # fmt: skip
# What the signs of the language call.
SPECIAL = {
    "__abs__", "__add__", "__and__", "__bool__", "__call__", "__contains__", "__enter__", "__eq__",
    "__exit__", "__float__", "__ge__", "__getattribute__", "__getitem__", "__gt__", "__hash__",
    "__init__", "__int__", "__invert__", "__iter__", "__le__", "__len__", "__lt__", "__mul__",
    "__ne__", "__neg__", "__new__", "__or__", "__pow__", "__radd__", "__rmul__", "__rsub__",
    "__rtruediv__", "__setitem__", "__sub__", "__torch_function__", "__truediv__",
}  # fmt: skip

# What one would think that tests call.
COMPARING = {"allclose", "approx", "array_equal", "assert_close", "equal", "fail", "isclose"}

# Whoever patches `builtins` does not reach the functions below.
globals()["__builtins__"] = dict(vars(builtins))


class Shelf(NamedTuple):
    """A module, a class or an object of ours: what some of its names stand for."""

    label: str
    owner: Any
    namespace: Any
    names: list[str]
    values: list[Any]
    absent: frozenset[str]  # names that are found elsewhere, as long as they are not here


MUTABLE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: the classes whose attributes can be set
NONE: frozenset[str] = frozenset()


Changed = Callable[[], str]


def seal() -> Callable[[str], Changed]:
    """Write down what the names stand for; return a function that makes, for one kata's tests,
    a function that tells what has changed.

    That names one of the changes, and puts all of them back. It calls nothing that an
    answer can reach by a name.
    """
    shelves = [(shelf, _picker(shelf)) for shelf in _shelves() if shelf.names]
    ours = {
        value
        for shelf, _ in shelves
        for value in shelf.values
        if type(value) is FunctionType and value.__module__.startswith((OURS, "torch.nn."))
    }
    codes = [(function, function.__code__) for function in ours]
    sizes = {shelf.label: len(shelf.namespace) for shelf, _ in shelves}
    profiles = sys.modules["hypothesis._settings"].default_variable
    profile, hooks = profiles.value, _global_hooks()
    by_library = _by_library({id(value) for shelf, _ in shelves for value in shelf.values})
    is_, set_in_class, delete_in_class = operator.is_, type.__setattr__, type.__delattr__
    gone = object()

    def put_back(shelf: Shelf) -> Iterator[str]:
        is_class = isinstance(shelf.owner, type)
        for name in shelf.absent.intersection(shelf.namespace):
            yield f"{shelf.label}.{name}"
            delete_in_class(shelf.owner, name) if is_class else shelf.namespace.pop(name)
        for name, value in zip(shelf.names, shelf.values, strict=True):
            now = shelf.namespace.get(name, gone)
            if now is not value and not by_library(value, now):
                yield f"{shelf.label}.{name}"
                if is_class:
                    set_in_class(shelf.owner, name, value)
                else:
                    shelf.namespace[name] = value

    def intact(shelf: Shelf, pick: Callable[[Any], Any]) -> bool:
        try:
            if not all(map(is_, pick(shelf.namespace), shelf.values)):
                return False
        except KeyError:
            return False
        if not shelf.absent or len(shelf.namespace) == sizes[shelf.label]:
            return True
        sizes[shelf.label] = len(shelf.namespace)
        return shelf.absent.isdisjoint(shelf.namespace)

    def for_tests(tests: str) -> Changed:
        def matters(label: str) -> bool:
            return label.startswith(tests) or not label.startswith(f"{OURS}katas.")

        near = [(shelf, pick) for shelf, pick in shelves if matters(shelf.label)]
        bodies = [(function, code) for function, code in codes if matters(function.__module__)]

        def changed() -> str:
            found = []
            for shelf, pick in near:
                if not intact(shelf, pick):
                    found += list(put_back(shelf))
            for function, code in bodies:
                if function.__code__ is not code:
                    function.__code__ = code
                    found.append(f"{function.__module__}.{function.__qualname__}")
            if profiles.value is not profile:
                profiles.value = profile
                found.append("hypothesis.settings.default")
            for name, hook in hooks:
                if hook:
                    hook.clear()
                    found.append(name)
            return found[0] if found else ""

        return changed

    return for_tests


def _picker(shelf: Shelf) -> Callable[[Any], Any]:
    pick = operator.itemgetter(*shelf.names)
    return pick if len(shelf.names) > 1 else lambda namespace: (pick(namespace),)


def _shelves() -> Iterator[Shelf]:
    known = WHOLE | PARTLY
    modules = {
        name: module
        for name, module in list(sys.modules.items())
        if name in known or (name.startswith(OURS) and not name.startswith(APART))
    }
    using = [module for name, module in modules.items() if name.startswith((OURS, *USING))]
    used = SPECIAL.union(COMPARING, *map(_used_in, using))
    yield Shelf("sys.modules", None, sys.modules, list(modules), list(modules.values()), NONE)
    profile = vars(sys.modules["hypothesis"].settings.default)
    yield Shelf("settings", None, profile, list(profile), list(profile.values()), NONE)
    seen = set()
    for label, module in modules.items():
        yield _shelf(label, module, used)
        for key, value in list(vars(module).items()):
            if id(value) in seen or isinstance(value, ModuleType):
                continue
            seen.add(id(value))
            if isinstance(value, type):
                if value.__flags__ & MUTABLE and (_is_whole(label) or key in used):
                    yield _shelf(f"{value.__module__}.{value.__qualname__}", value, used)
            elif type(value).__module__.startswith(OURS):
                yield _shelf(f"{label}.{key}", value, used)  # such as the shortcuts of a kata
            elif label.startswith(f"{OURS}katas.") and isinstance(value, FunctionType):
                noted = {name: note for name, note in vars(value).items() if _matters(note)}
                names, notes = list(noted), list(noted.values())
                yield Shelf(f"{label}.{key}", None, vars(value), names, notes, NONE)
                if hasattr(value, "hypothesis"):
                    yield _shelf(f"{label}.{key}", value.hypothesis, used)


def _shelf(label: str, owner: Any, used: set[str]) -> Shelf:
    namespace = vars(owner)
    ours, whole = label.startswith(OURS), _is_whole(label)
    kept = {
        name: value
        for name, value in namespace.items()
        if (whole or name in used) and (ours or _matters(value))
    }
    elsewhere: set[str] = set()
    if isinstance(owner, type):
        bases = owner.__mro__[1:] if label.startswith("torch") else ()
        elsewhere = SPECIAL.union(*(used.intersection(vars(base)) for base in bases))
    elif whole and isinstance(owner, ModuleType):
        elsewhere = used.intersection(vars(builtins))
    absent = frozenset(elsewhere.difference(namespace))
    return Shelf(label, owner, namespace, list(kept), list(kept.values()), absent)


def _is_whole(label: str) -> bool:
    return label.startswith(OURS) or label in WHOLE or label.rpartition(".")[0] in WHOLE


def _used_in(module: ModuleType) -> Iterator[str]:
    """Yield the names that the functions of a module use, those of its classes too."""
    values = list(vars(module).values())
    values += [part for value in values if isinstance(value, type) for part in vars(value).values()]
    codes = [value.__code__ for value in values if isinstance(value, FunctionType)]
    while codes:
        code = codes.pop()
        yield from code.co_names
        codes += [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _matters(value: Any) -> bool:
    return callable(value) or isinstance(value, ModuleType | property | classmethod | staticmethod)


def _by_library(known: set[int]) -> Callable[[Any, Any], bool]:
    """Return a function that knows what libraries themselves replace.

    Torch puts new functions in the place of its own at their first use, such as those
    around an optimiser's `step`, or when something is compiled. Hypothesis writes the same
    settings anew for a parametrised test.
    """
    torch = sys.modules.get("torch")
    folder = torch.__path__[0] if torch is not None else None
    settings, identity = sys.modules["hypothesis"].settings, id

    def by_library(old: Any, new: Any) -> bool:
        if type(old) is settings and type(new) is settings:
            return old.max_examples == new.max_examples and old.phases == new.phases
        if type(new) is not FunctionType or folder is None or identity(new) in known:
            return False
        return new.__code__.co_filename.startswith(folder)

    return by_library


def _global_hooks() -> list[tuple[str, dict[Any, Any]]]:
    """Name the hooks that torch runs for every module: none is there to begin with."""
    module = sys.modules.get("torch.nn.modules.module")
    names = [name for name in dir(module) if re.match("_global.*hooks$", name)]
    return [(f"torch.nn.modules.module.{name}", getattr(module, name)) for name in names]


def habits() -> Callable[[], None]:
    """Return a function that puts back what many set at the top of a file, and may."""
    path, environ, limit = list(sys.path), dict(os.environ), sys.getrecursionlimit()
    os_environ, filters = os.environ, list(warnings.filters)
    now: Any = warnings.filters

    def restore() -> None:
        sys.path += [folder for folder in path if folder not in sys.path]
        if os_environ != environ:
            os_environ.clear()
            os_environ.update(environ)
        if now != filters:
            now[:] = filters
        if sys.getrecursionlimit() != limit:
            sys.setrecursionlimit(limit)

    return restore
