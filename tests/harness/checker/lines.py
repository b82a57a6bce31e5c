"""Finds the definition in an answer that a test is about, without running the answer."""

import inspect
import re
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from tests.harness.kit.loading import Source

DEFINITION = re.compile(r"(?:(?:async[ \t]+)?def|class)[ \t]+([A-Za-z]\w*)")


def line_about(test: Any, source: Source) -> int:
    """Return the line, from 1, of the function or class that a test is about.

    It is the first one that the test names, else the first one of the file; 1 if there is none.
    """
    lines = definitions(source)
    named = (lines[name] for name in names_in(test) if name in lines)
    return next(named, next(iter(lines.values()), 1))


def definitions(source: Source) -> dict[str, int]:
    """Return the lines, from 1, of an answer's public functions and classes, by their names.

    They are found by the words that begin a line: a file that is being edited, or has another
    encoding, may not be Python.
    """
    text = source.decode(errors="replace") if isinstance(source, bytes) else ""
    matches = enumerate(map(DEFINITION.match, text.split("\n")), 1)
    return {match[1]: number for number, match in matches if match is not None}


def names_in(test: Any) -> Iterator[str]:
    """Yield the names that a test uses, also in the helpers of its file, in order."""
    handle = getattr(test, "hypothesis", None)
    function = inspect.unwrap(handle.inner_test if handle is not None else test)
    if isinstance(function, FunctionType):
        yield from _names(function.__code__, function.__globals__, set())


def _names(code: CodeType, module: dict[str, Any], seen: set[CodeType]) -> Iterator[str]:
    seen.add(code)
    for name in code.co_names:
        yield name
        helper: Any = module.get(name)
        own = isinstance(helper, FunctionType) and helper.__globals__ is module
        if own and helper.__code__ not in seen:
            yield from _names(helper.__code__, module, seen)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):  # such as that of a lambda
            yield from _names(inner, module, seen)
