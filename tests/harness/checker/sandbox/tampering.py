"""Detects monkeypatching: records objects before an answer is loaded, compares them afterwards.

An answer runs in the process of the tests that judge it, and could replace `torch.allclose`,
a test, or a function of this harness. Before the fork, a `Recorder` notes which objects the
names stand for that the tests use. After tests, a `Detector` compares by identity, names one
name that has changed, and puts all of them back. This finds simple tricks. It does not hold
against an answer that goes for this module's own objects.
"""

import builtins
import operator
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import unwrap
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.harness.checker.hypothesis_internals import default_profile

OURS = "tests."
# Modules of which every callable is recorded. Of our own modules, every name is.
ALL_CALLABLES_OF = {
    "builtins", "_pytest.outcomes", "_pytest.python", "_pytest.reports", "_pytest.runner",
    "pluggy._callers", "pluggy._hooks", "pluggy._manager", "hypothesis._settings",
    "hypothesis.control", "hypothesis.core", "hypothesis.internal.conjecture.data",
    "hypothesis.internal.conjecture.engine", "hypothesis.strategies._internal.strategies",
}  # fmt: skip
# Modules of which, and of whose classes, those names are recorded that our modules or the
# references in torch use.
USED_NAMES_OF = {
    "copy", "inspect", "json", "math", "matplotlib.axes", "matplotlib.image", "numpy", "operator",
    "os", "pathlib", "pytest", "random", "socket", "torch", "torch._C._nn", "torch._tensor",
    "torch.autograd", "torch.functional", "torch.nn", "torch.nn.functional",
    "torch.nn.modules.module", "torch.optim", "torch.optim.optimizer", "torch.optim.sgd",
    "torch.testing", "torch.utils.data", "torch.utils.data.dataloader",
}  # fmt: skip
# Packages of ours that no child needs for its verdict.
NOT_RECORDED = tuple(
    f"{OURS}harness.{package}."
    for package in ("checker.diagnosis", "checker.output", "checker.watch", "selftest")
)
# Modules of torch in which the references are computed that answers are compared with.
REFERENCE_MODULES = (
    "torch._tensor", "torch.functional", "torch.nn.functional", "torch.nn.modules.module",
    "torch.optim.",
)  # fmt: skip
# Methods that operators and built-in functions call.
DUNDERS = {
    "__abs__", "__add__", "__and__", "__bool__", "__call__", "__contains__", "__enter__", "__eq__",
    "__exit__", "__float__", "__ge__", "__getattribute__", "__getitem__", "__gt__", "__hash__",
    "__init__", "__int__", "__invert__", "__iter__", "__le__", "__len__", "__lt__", "__mul__",
    "__ne__", "__neg__", "__new__", "__or__", "__pow__", "__radd__", "__rmul__", "__rsub__",
    "__rtruediv__", "__setitem__", "__sub__", "__torch_function__", "__truediv__",
}  # fmt: skip
# Functions that an answer's author would expect tests to call, whether or not they do.
COMPARISONS = {"allclose", "approx", "array_equal", "assert_close", "equal", "fail", "isclose"}

HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class whose attributes can be set
MISSING = object()
# Taken now: an answer may replace them in their modules.
same, set_in_class, delete_in_class = operator.is_, type.__setattr__, type.__delattr__

# The functions of this module look up built-in names in a copy, so that an answer that
# replaces `builtins.all` does not change what they do.
globals()["__builtins__"] = dict(vars(builtins))


@dataclass
class Snapshot:
    """Objects that some names of one namespace (module, class or object) stood for."""

    label: str
    owner: Any  # the module or the class; None for another namespace
    namespace: Any
    values: dict[str, Any]
    absent: frozenset[str] = frozenset()  # names that must not appear: they would hide others

    def __post_init__(self) -> None:
        self.size = len(self.namespace)
        pick = operator.itemgetter(*self.values) if self.values else None
        self._pick = pick if len(self.values) > 1 else None
        self._objects = tuple(self.values.values())

    def is_intact(self) -> bool:
        """Whether nothing has changed; quick, since almost always nothing has."""
        if self._pick is None:
            if any(self.namespace.get(n, MISSING) is not v for n, v in self.values.items()):
                return False
        else:
            try:
                if not all(map(same, self._pick(self.namespace), self._objects)):
                    return False
            except KeyError:
                return False
        if not self.absent or len(self.namespace) == self.size:
            return True
        self.size = len(self.namespace)
        return self.absent.isdisjoint(self.namespace)

    def restore(self, is_of_library: Callable[[Any, Any], bool]) -> Iterator[str]:
        """Put back what has changed; yield the names, except what a library changed itself."""
        is_class = isinstance(self.owner, type)
        for name in self.absent.intersection(self.namespace):
            if is_class and _wraps_inherited(self.owner, name, is_of_library):
                continue
            yield f"{self.label}.{name}"
            delete_in_class(self.owner, name) if is_class else self.namespace.pop(name)
        for name, value in self.values.items():
            now = self.namespace.get(name, MISSING)
            if now is not value and not is_of_library(value, now):
                yield f"{self.label}.{name}"
                if is_class:
                    set_in_class(self.owner, name, value)
                else:
                    self.namespace[name] = value


def _wraps_inherited(owner: type, name: str, is_of_library: Callable[[Any, Any], bool]) -> bool:
    """Whether a library has put a wrapper around an inherited method into the class itself.

    Torch does so with `step` when the first AdamW is made, which inherits it from Adam.
    """
    now = vars(owner)[name]
    inherited: Any = next((vars(b)[name] for b in owner.__mro__[1:] if name in vars(b)), None)
    return is_of_library(inherited, now) and same(unwrap(now), unwrap(inherited))


class Recorder:
    """Records what the names stand for, once, in the parent."""

    def __init__(self) -> None:
        self.snapshots = [snapshot for snapshot in _snapshots() if snapshot.values]
        objects = [value for snapshot in self.snapshots for value in snapshot.values.values()]
        self.is_of_library = _library_filter(set(map(id, objects)))
        ours = {
            value
            for value in objects
            if type(value) is FunctionType and value.__module__.startswith((OURS, "torch.nn."))
        }
        self.codes = [(function, function.__code__) for function in ours]
        self.profiles = default_profile()
        self.profile = self.profiles.value
        self.hooks = _global_hooks()

    def detector(self, tests: str) -> Callable[[], str]:
        """Return a function that names an object replaced since, or nothing; all are put back.

        ``tests`` is the module of one kata's tests; those of other katas play no part.
        """

        def matters(label: str) -> bool:
            return label.startswith(tests) or not label.startswith(f"{OURS}katas.")

        snapshots = [snapshot for snapshot in self.snapshots if matters(snapshot.label)]
        codes = [(function, code) for function, code in self.codes if matters(function.__module__)]

        def replaced() -> str:
            found = [
                name
                for snapshot in snapshots
                if not snapshot.is_intact()
                for name in snapshot.restore(self.is_of_library)
            ]
            for function, code in codes:
                if function.__code__ is not code:
                    function.__code__ = code
                    found.append(f"{function.__module__}.{function.__qualname__}")
            if self.profiles.value is not self.profile:
                self.profiles.value = self.profile
                found.append("hypothesis.settings.default")
            for name, hooks in self.hooks:
                if hooks:
                    hooks.clear()
                    found.append(name)
            return found[0] if found else ""

        return replaced


def _snapshots() -> Iterator[Snapshot]:
    """Take a snapshot of each module, and of the classes and objects in it that matter."""
    modules = {name: m for name, m in list(sys.modules.items()) if _is_recorded(name)}
    using = [m for name, m in modules.items() if name.startswith((OURS, *REFERENCE_MODULES))]
    used = DUNDERS.union(COMPARISONS, *map(_names_used_in, using))
    yield Snapshot("sys.modules", None, sys.modules, modules)
    profile = vars(sys.modules["hypothesis"].settings.default)
    yield Snapshot("settings", None, profile, dict(profile))
    seen = set()
    for label, module in modules.items():
        yield _snapshot(label, module, used)
        for name, value in list(vars(module).items()):
            if id(value) not in seen and not isinstance(value, ModuleType):
                seen.add(id(value))
                yield from _snapshots_of(value, label, name, used)


def _is_recorded(name: str) -> bool:
    if name.startswith(OURS):
        return not name.startswith(NOT_RECORDED)
    return name in ALL_CALLABLES_OF or name in USED_NAMES_OF


def _snapshots_of(value: Any, label: str, name: str, used: set[str]) -> Iterator[Snapshot]:
    """Take snapshots of one object of a module: a class, an object of ours, a kata's test."""
    if isinstance(value, type):
        if value.__flags__ & HEAP_TYPE and (_is_whole(label) or name in used):
            yield _snapshot(f"{value.__module__}.{value.__qualname__}", value, used)
    elif type(value).__module__.startswith(OURS):
        yield _snapshot(f"{label}.{name}", value, used)  # such as the shortcuts of a kata
    elif label.startswith(f"{OURS}katas.") and isinstance(value, FunctionType):
        noted = {key: note for key, note in vars(value).items() if _is_code(note)}
        yield Snapshot(f"{label}.{name}", None, vars(value), noted)
        if hasattr(value, "hypothesis"):
            yield _snapshot(f"{label}.{name}", value.hypothesis, used)


def _snapshot(label: str, owner: Any, used: set[str]) -> Snapshot:
    namespace = vars(owner)
    ours, whole = label.startswith(OURS), _is_whole(label)
    kept = {
        name: value
        for name, value in namespace.items()
        if (whole or name in used) and (ours or _is_code(value))
    }
    inherited: set[str] = set()
    if isinstance(owner, type):
        bases = owner.__mro__[1:] if label.startswith("torch") else ()
        inherited = DUNDERS.union(*(used.intersection(vars(base)) for base in bases))
    elif whole and isinstance(owner, ModuleType):
        inherited = used.intersection(vars(builtins))
    return Snapshot(label, owner, namespace, kept, frozenset(inherited.difference(namespace)))


def _is_whole(label: str) -> bool:
    """Whether every callable of a module or class is recorded, used or not."""
    known = ALL_CALLABLES_OF
    return label.startswith(OURS) or label in known or label.rpartition(".")[0] in known


def _names_used_in(module: ModuleType) -> Iterator[str]:
    """Yield the names that the functions of a module use, those of its classes too."""
    values = list(vars(module).values())
    values += [part for value in values if isinstance(value, type) for part in vars(value).values()]
    codes = [value.__code__ for value in values if isinstance(value, FunctionType)]
    while codes:
        code = codes.pop()
        yield from code.co_names
        codes += [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _is_code(value: Any) -> bool:
    return callable(value) or isinstance(value, ModuleType | property | classmethod | staticmethod)


def _library_filter(known: set[int]) -> Callable[[Any, Any], bool]:
    """Return a function that tells whether a library itself replaced one object by another.

    Torch replaces functions of its own at their first use, such as those around an
    optimiser's `step`, or when something is compiled. Hypothesis makes equal settings anew
    for a parametrised test.
    """
    torch = sys.modules.get("torch")
    folder = torch.__path__[0] if torch is not None else None
    settings = sys.modules["hypothesis"].settings

    def is_of_library(old: Any, new: Any) -> bool:
        if type(old) is settings and type(new) is settings:
            return bool(old.max_examples == new.max_examples and old.phases == new.phases)
        if type(new) is not FunctionType or folder is None or id(new) in known:
            return False
        return new.__code__.co_filename.startswith(folder)

    return is_of_library


def _global_hooks() -> list[tuple[str, dict[Any, Any]]]:
    """List the hooks that torch runs for every module or optimiser; each is empty at first."""
    if "torch" not in sys.modules:
        return []
    from tests.harness.kit import torch_internals

    return torch_internals.global_hooks()
