"""Torch's compiler, put off until somebody asks for it.

Torch's optimisers import `torch._dynamo` to tell the compiler where to stop, which
takes more than a second and, where nothing is compiled, does nothing.
"""

import importlib
import sys
from types import ModuleType
from typing import Any

_NAME = "torch._dynamo"


class PutOff(ModuleType):
    """Stands in for `torch._dynamo`; whatever else is asked of it, it becomes the real one."""

    __file__ = None  # for those who look through all modules

    @staticmethod
    def graph_break(*_: Any, **__: Any) -> None:
        """Stop the compiler, of which there is none."""

    @staticmethod
    def disable(fn: Any = None, *_: Any, **__: Any) -> Any:
        """Keep the compiler, of which there is none, out of a function."""
        return fn if fn is not None else lambda fn: fn

    def __getattr__(self, name: str) -> Any:
        """Load the real module, and look there."""
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME]
        return getattr(importlib.import_module(_NAME), name)


def put_off() -> None:
    """Let nobody load the compiler by the way."""
    sys.modules.setdefault(_NAME, PutOff(_NAME))
