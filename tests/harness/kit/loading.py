"""Loads an answer: reads the file, compiles it, runs it as a module.

A file that cannot be read, or is not Python, raises a ``WrongAnswer`` that says why.
"""

import contextlib
import importlib
import linecache
import os
import sys
from importlib.util import decode_source
from pathlib import Path
from types import ModuleType

from tests.harness import catalog, limits
from tests.harness.kit.expect import Kind, Row, ToDo, WrongAnswer
from tests.harness.kit.show import WIDTH, cut

# What `compile` raises for a text that is not Python.
PARSE_ERRORS = (SyntaxError, ValueError, MemoryError, RecursionError)

PACKAGES = {"torch", "numpy", "requests", "matplotlib", "pytest", "hypothesis"}
# Of the standard library, but nothing imports them; two do something when they are imported.
HARMLESS = {"antigravity", "idlelib", "lib2to3", "test", "this", "turtle", "turtledemo"}
HIDEABLE = (PACKAGES | sys.stdlib_module_names) - HARMLESS

Source = bytes | ToDo | WrongAnswer  # the text of a file, or why there is none


def load_file(path: Path) -> ModuleType:
    """Run an answer's file as a module; it can import the files beside it.

    The source is compiled every time. Python's bytecode cache would take two
    saves within a second for one, and would write a file beside the answer.
    """
    return load_source(path, read_file(path))


def read_file(path: Path) -> Source:
    """Return an answer's text, or the exception that says why there is none."""
    if not os.path.lexists(path):
        return ToDo(f"{path} is not there")
    try:
        size = path.stat().st_size
        if not path.is_file():
            return _unreadable("it is no file, but something else of that name")
        if size > limits.ANSWER_BYTES:
            return _unreadable(f"it is {size / 1e6:.1f} MB long, and answers are a few lines")
        return path.read_bytes()
    except FileNotFoundError:
        return _unreadable("it is a link to a file that is not there")
    except OSError as error:
        return _unreadable(error.strerror or str(error))


def load_source(path: Path, source: Source) -> ModuleType:
    """Run ``source`` as a module, as if it were the text of the file ``path``."""
    if not isinstance(source, bytes):
        raise source
    if not source.strip():
        raise WrongAnswer("The file is empty. The stub shows what goes into it.", kind=Kind.MISSING)
    try:
        # `compile` would accept comments that Python cannot decode when it runs the file.
        text = decode_source(source)
        # Explanations show this text, even if the file is saved again meanwhile.
        linecache.cache[str(path)] = len(text), None, text.splitlines(keepends=True), str(path)
        code = compile(text, str(path), "exec", dont_inherit=True)
    except PARSE_ERRORS as error:
        raise _not_python(error, source) from None
    _import_from(path.parent)
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules[path.stem] = module
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        exec(code, module.__dict__)
    finally:
        sys.dont_write_bytecode = writes
    return module


def hides_a_package(folder: Path) -> list[Path]:
    """Return the files and packages in a folder whose name is that of a package that is needed.

    Whatever runs in this folder imports them instead of that package.
    """
    paths: list[Path] = []
    with contextlib.suppress(OSError):
        paths = sorted(folder.iterdir())
    return [
        path
        for path in paths
        if path.stem in HIDEABLE
        and (path.suffix == ".py" if path.is_file() else (path / "__init__.py").is_file())
    ]


def _unreadable(why: str) -> WrongAnswer:
    return WrongAnswer(f"The file cannot be read: {why}.", kind=Kind.UNREADABLE)


def _import_from(folder: Path) -> None:
    """Let ``import k22_fit`` find the file in this folder, not one imported from another.

    A package that a file in this folder hides is imported before the folder is on the path.
    """
    for stem in catalog.stems():
        found = sys.modules.get(stem)
        if found is not None and Path(found.__file__ or "").parent != folder:
            del sys.modules[stem]
    if sys.path[0] != str(folder):
        for hiding in hides_a_package(folder):
            with contextlib.suppress(Exception):
                importlib.import_module(hiding.stem)
        sys.path.insert(0, str(folder))


def _not_python(error: Exception, source: bytes) -> WrongAnswer:
    """Explain an error of `compile`, with the line and a caret under the place."""
    if isinstance(error, MemoryError | RecursionError):
        error = ValueError("it is nested too deeply")
    if not _is_utf8(source) and b"coding" not in source:
        return WrongAnswer("Python cannot read the file: save it in UTF-8.", kind=Kind.SYNTAX)
    if not isinstance(error, SyntaxError) or not error.lineno:
        return WrongAnswer(f"Python cannot read the file: {error}.", kind=Kind.SYNTAX)
    why = f"Python cannot read the file. {error.msg[:1].upper()}{error.msg[1:]}."
    return WrongAnswer(why, rows=_place(error, error.lineno, source), kind=Kind.SYNTAX)


def _is_utf8(source: bytes) -> bool:
    try:
        return "\0" not in source.decode()
    except UnicodeDecodeError:
        return False


def _place(error: SyntaxError, line: int, source: bytes) -> list[Row]:
    lines = source.decode(errors="replace").splitlines()
    text = (error.text or (lines[line - 1] if line <= len(lines) else "")).rstrip()
    stripped = text.lstrip()
    number = f"line {line}    "
    rows = [Row.code(f"{number}{cut(stripped)}", line)]
    column = max((error.offset or 0) - 1 - (len(text) - len(stripped)), 0)
    if error.offset and column < WIDTH:
        rows.append(Row.code(" " * (len(number) + column) + "^"))
    return rows
