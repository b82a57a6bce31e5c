"""Which folder answers come from, and how to load one kata's answer from it."""

import difflib
import importlib
import linecache
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any

from tests.harness import catalog, limits
from tests.harness.kit.expect import Kind, Row, ToDo, WrongAnswer
from tests.harness.kit.guard import Guard, Guarded
from tests.harness.kit.show import WIDTH, cut

if TYPE_CHECKING:
    from tests.harness.kit.shortcuts import Shortcuts

# What a text is that raises one of these.
NO_PYTHON = (SyntaxError, ValueError, MemoryError, RecursionError)


class Answer:
    """One kata's answer, as the tests see it: ``answer.nll(input, target)``.

    It is loaded when the first test asks for a name in it. A file that does not
    load, or lacks the name, fails that test with an explanation.
    """

    def __init__(
        self,
        path: Path,
        load: Callable[[Path], Any],
        shortcuts: "Shortcuts | None" = None,
    ) -> None:
        self.path = path
        self.guard = Guard(path, shortcuts)
        self._load = load
        self._loaded: Any = None
        self._failure: BaseException | None = None
        self._raised_at: TracebackType | None = None

    @classmethod
    def to(cls, stem: str, path: Path, load: Callable[[Path], Any] | None = None) -> "Answer":
        """Return an answer to one kata, which refuses what the kata's tests say."""
        tests = importlib.import_module(f"tests.katas.test_{stem}")
        return cls(path, load or load_file, getattr(tests, "shortcuts", None))

    def __repr__(self) -> str:
        """Name the file, where Hypothesis shows what a test was called with."""
        return f"the answer in {self.path.name}"

    def namespace(self) -> Any:
        """Return the answer's module, loaded once; a failure to load is raised every time."""
        if self._failure is None and self._loaded is None:
            try:
                with self.guard.watching("Importing the file"):
                    self._loaded = self._load(self.path)
            except BaseException as failure:
                self._failure, self._raised_at = failure, failure.__traceback__
        if self._failure is not None:
            # As it was the first time: each raising, and Hypothesis, would add to it.
            vars(self._failure).pop("__notes__", None)
            raise self._failure.with_traceback(self._raised_at)
        return self._loaded

    def __getattr__(self, name: str) -> Guarded:
        """Look up one of the kata's public names."""
        if name.startswith(("_", "hypothesis")) or name.endswith("_example"):
            # Not a test's question: Hypothesis looks whether this is a test class.
            raise AttributeError(name)
        found = getattr(self.namespace(), name, None)
        if found is None:
            raise WrongAnswer(self._missing(name), kind=Kind.MISSING)
        if not callable(found):
            raise WrongAnswer(
                f"`{name}` is there, but it is a value of type {type(found).__name__} and "
                "cannot be called. The stub has the definition that is asked for.",
                kind=Kind.MISSING,
            )
        return Guarded(self.guard, name, found)

    def guarded(self, target: Callable[..., Any], name: str) -> Guarded:
        """Let a thing that the answer made, such as a model, be called under the guard."""
        return Guarded(self.guard, name, target)

    def _missing(self, name: str) -> str:
        own = [
            other
            for other, value in vars(self.namespace()).items()
            if getattr(value, "__module__", None) == getattr(self.namespace(), "__name__", None)
        ]
        close = difflib.get_close_matches(name.lower(), [o.lower() for o in own], 1, 0.6)
        found = next((other for other in own if close and other.lower() == close[0]), None)
        instead = f", but there is `{found}`. Is that it, misspelt?" if found else "."
        return f"The file defines no `{name}`{instead} The name has to be the stub's."


def load_file(path: Path) -> ModuleType:
    """Run an answer's file as a module.

    It is compiled from its source every time: Python's bytecode cache would
    take two saves within a second for one, and would write beside the file.
    Files beside it can be imported.
    """
    return load_source(path, read_file(path))


Source = bytes | ToDo | WrongAnswer  # a text, or why there is none


def read_file(path: Path) -> Source:
    """Read an answer's text, or return what is to be said instead."""
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


def _unreadable(why: str) -> WrongAnswer:
    return WrongAnswer(f"The file cannot be read: {why}.", kind=Kind.UNREADABLE)


def load_source(path: Path, source: Source) -> ModuleType:
    """Run a module from its source, as if that stood in the file ``path``."""
    if not isinstance(source, bytes):
        raise source
    if not source.strip():
        raise WrongAnswer("The file is empty. The stub shows what goes into it.", kind=Kind.MISSING)
    # What is shown of the file is what was run, whatever has become of it since.
    lines = source.decode(errors="replace").splitlines(keepends=True)
    linecache.cache[str(path)] = len(source), None, lines, str(path)
    try:
        code = compile(source, str(path), "exec", dont_inherit=True)
    except NO_PYTHON as error:
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


def _import_from(folder: Path) -> None:
    """Let ``import k22_fit`` mean the file in this folder, whatever it meant before."""
    for stem in catalog.stems():
        found = sys.modules.get(stem)
        if found is not None and Path(found.__file__ or "").parent != folder:
            del sys.modules[stem]
    if sys.path[0] != str(folder):
        sys.path.insert(0, str(folder))


def _is_utf8(source: bytes) -> bool:
    try:
        return "\0" not in source.decode()
    except UnicodeDecodeError:
        return False


def _not_python(error: Exception, source: bytes) -> WrongAnswer:
    if isinstance(error, MemoryError | RecursionError):
        error = ValueError("it is nested too deeply")
    if not _is_utf8(source) and b"coding" not in source:
        return WrongAnswer("Python cannot read the file: save it in UTF-8.", kind=Kind.SYNTAX)
    if not isinstance(error, SyntaxError) or not error.lineno:
        return WrongAnswer(f"Python cannot read the file: {error}.", kind=Kind.SYNTAX)
    lines = source.decode(errors="replace").splitlines()
    text = (error.text or (lines[error.lineno - 1] if error.lineno <= len(lines) else "")).rstrip()
    stripped = text.lstrip()
    rows = [Row("code", "", f"line {error.lineno}    {cut(stripped)}")]
    column = max((error.offset or 0) - 1 - (len(text) - len(stripped)), 0)
    if error.offset and column < WIDTH:
        rows.append(Row("code", "", " " * (len(f"line {error.lineno}    ") + column) + "^"))
    return WrongAnswer(f"Python cannot read the file. {error.msg[:1].upper()}{error.msg[1:]}.",
                       rows=rows, kind=Kind.SYNTAX)  # fmt: skip
