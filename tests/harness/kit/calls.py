"""Notes on an exception in which call of the answer it was raised, and with which arguments."""

import contextlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.harness.kit.expect import Row
from tests.harness.kit.show import show

NOTED = "_call_of_an_answer"  # the attribute of the exception
MOST_ARGUMENTS = 4


def note_call(
    error: BaseException,
    name: str,
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> None:
    """Note a call on the exception that it raised; an earlier note is that of a call within."""
    with contextlib.suppress(Exception):  # it may have a class of the answer's own
        vars(error).setdefault(NOTED, (name, function, args, kwargs))


def rows_of_call(error: BaseException) -> list[Row]:
    """Return the rows that show the noted call and its arguments; none if no call was noted."""
    with contextlib.suppress(Exception):
        name, function, args, kwargs = vars(error)[NOTED]
        arguments = {**dict(zip(_parameters(function), args, strict=False)), **kwargs}
        shown = list(arguments.items())[:MOST_ARGUMENTS]
        call = Row.call(f"{name}({', '.join(arguments)})")
        return [call, *(Row.input(key, show(value)) for key, value in shown)]
    return []


def _parameters(function: Callable[..., Any]) -> list[str]:
    # A module passes what it is called with on to `forward`.
    called = function if inspect.isclass(function) else getattr(function, "forward", function)
    return [name for name in inspect.signature(called).parameters if name != "self"]
