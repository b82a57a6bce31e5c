"""Refuses packages that a kata does without, in whichever way the answer's file imports them.

It replaces the two functions that import, `__import__` (which the statement calls) and
`importlib.import_module`, while the answer is loaded and while it is called. What the standard
library imports for itself is not refused.
"""

import builtins
import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.harness.kit.expect import Kind, WrongAnswer

if TYPE_CHECKING:
    from tests.harness.kit.guard import Guard


class RefusedImports:
    """The packages that a kata refuses, and what to do instead.

    It has the method of `Shortcuts` that the guard calls, and needs no torch.
    """

    def __init__(self, *packages: str, instead: str) -> None:
        self.packages = packages
        self.instead = instead

    @contextlib.contextmanager
    def refused(self, guard: "Guard") -> Iterator[None]:
        """Refuse the packages while the block runs, even if it catches the exception."""
        refusals: list[WrongAnswer] = []

        def refusing(function: Callable[..., Any]) -> Callable[..., Any]:
            def importing(name: str, *args: Any, **kwargs: Any) -> Any:
                from_answer = sys._getframe(1).f_code.co_filename == str(guard.path)
                if from_answer and name.partition(".")[0] in self.packages:
                    refusals.append(self._refusal(name, guard))
                    raise refusals[-1]
                return function(name, *args, **kwargs)

            return importing

        with contextlib.ExitStack() as stack:
            for module, name in ((builtins, "__import__"), (importlib, "import_module")):
                replacement = refusing(getattr(module, name))
                stack.enter_context(mock.patch.object(module, name, replacement))
            yield
        if refusals:
            raise refusals[0]

    def _refusal(self, name: str, guard: "Guard") -> WrongAnswer:
        return WrongAnswer(
            f"This kata does without `{name}`. {self.instead}",
            rows=guard.line_running(),
            kind=Kind.SHORTCUT,
        )
