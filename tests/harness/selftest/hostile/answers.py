"""Puts answers together: a right or wrong one, and code, results, definitions that are unusual.

Each function takes the text of an answer to a kata and returns another text.
"""

import os
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.harness.selftest.hostile.behaviours import DROPPED, EXIT, IMPORT, THREAD, Behaviour
from tests.harness.selftest.sample_answers import called

# Expressions that are returned in place of a result; `gave` is that result.
RESULTS = {
    "None": "None",
    "numpy": "gave.detach().numpy()",
    "list": "gave.tolist()",
    "float": "float(gave)",
    "float64": "gave.double()",
    "integer": "gave.long()",
    "one axis more": "gave[None]",
    "meta": "gave.to('meta')",
    "nan": "gave * float('nan')",
    "inf": "gave + float('inf')",
    "sparse": "gave.to_sparse()",
    "liar": "(gave * 0 + 7).as_subclass(Liar)",
    "equals everything": "Everything()",
    "mock": "__import__('unittest.mock').mock.ANY",
    "magic": "__import__('unittest.mock').mock.MagicMock()",
    "passes for it": "Passing(type(gave))",
    "generator": "(part for part in [gave])",
    "exception": "ValueError('1 passed')",
    "itself": "Ellipsis",
}
CLASSES_OF_RESULTS = """
import torch as _torch

class Liar(_torch.Tensor):
    __torch_function__ = classmethod(lambda *_, **__: True)
    __eq__ = __le__ = lambda *_: True

class Everything:
    __hash__ = None
    __eq__ = __le__ = __ge__ = lambda *_: True
    __ne__ = __lt__ = __gt__ = lambda *_: False
    __call__ = __getattr__ = __getitem__ = __sub__ = __rsub__ = lambda self, *_, **__: self
    __iter__ = lambda self: iter([self])
    __len__ = lambda self: 1
    __float__ = lambda self: 0.0

class Passing(Everything):
    def __init__(self, kind): self._kind = kind
    __class__ = property(lambda self: object.__getattribute__(self, "_kind"))
"""

# What defines something else under the name that is asked for; what the explanation must match.
DEFINITIONS = {
    "missing": ("del {name}", "defines no"),
    "misspelt": ("{name}_ = {name}\ndel {name}", "misspelt"),
    "not callable": ("{name} = 7", "cannot be called"),
    "no arguments": ("def {name}(*, nothing): ...", "nothing"),
    "coroutine": ("async def {name}(*_, **__): ...", "async def"),
    "generator": ("def {name}(*_, **__):\n    yield 1", ""),
    "class": ("class {name}:\n    def __init__(self, *_, **__): ...", ""),
    "number": ("def {name}(*_, **__): return 1", ""),
}

BEFORE_EACH_CALL = """
calls = 0


def _before(function):
    import functools

    @functools.wraps(function)
    def call(*args, **kwargs):
        global calls
        calls += 1
{statements}
        return function(*args, **kwargs)

    return call


{called} = _before({called})
"""
IN_PLACE_OF_RESULTS = """

def _instead(function):
    import functools

    @functools.wraps(function)
    def call(*args, **kwargs):
        gave = function(*args, **kwargs)
        return {result}

    return call


{called} = _instead({called})
"""
OUTSIDE_OF_CALLS = {
    IMPORT: "{do}()",
    THREAD: "import threading\nthreading.Thread(target={do}).start()",
    EXIT: "import atexit\natexit.register({do})",
    DROPPED: "class {do}_dropped:\n    __del__ = lambda _: {do}()\n\n{do}_kept = [{do}_dropped()]",
}


def with_behaviours(stem: str, text: str, behaviours: Sequence[tuple[Behaviour, str]]) -> str:
    """Return an answer that does these things, each at its moment."""
    parts, before_calls = [text], []
    for i, (behaviour, moment) in enumerate(behaviours):
        do = f"_do_{i}"
        parts.append(f"def {do}():\n{textwrap.indent(behaviour.code, '    ')}\n")
        if moment in OUTSIDE_OF_CALLS:
            parts.append(OUTSIDE_OF_CALLS[moment].format(do=do))
        if moment == DROPPED:
            before_calls.append(f"{do}_kept.clear()")
        elif moment not in OUTSIDE_OF_CALLS:
            before_calls.append(f"if {moment}: {do}()")
    if before_calls:
        statements = textwrap.indent("\n".join(before_calls), " " * 8)
        parts.append(BEFORE_EACH_CALL.format(statements=statements, called=called(stem)))
    return "\n\n".join(parts) + "\n"


def with_result(stem: str, text: str, result: str) -> str:
    """Return an answer that returns one of RESULTS."""
    instead = IN_PLACE_OF_RESULTS.format(result=RESULTS[result], called=called(stem))
    return text + CLASSES_OF_RESULTS + instead


def with_definition(stem: str, text: str, definition: str) -> str:
    """Return an answer that has one of DEFINITIONS at its end."""
    code, _ = DEFINITIONS[definition]
    return f"{text}\n{code.format(name=called(stem).partition('.')[0])}\n"


@dataclass(frozen=True)
class FileForm:
    """A form in which an answer's file may be: ``write`` takes the path and the answer's text."""

    name: str
    write: Callable[[Path, str], object]
    message: str = ""
    solved: bool = False


def _changed(name: str, change: Callable[[str], str | bytes], message: str = "") -> FileForm:
    """Return a form in which the text is changed; it is still right if there is no message."""

    def write(path: Path, text: str) -> None:
        content = change(text)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return FileForm(name, write, message, solved=not message)


def _link(path: Path, text: str) -> None:
    folder = path.parent / "elsewhere"
    folder.mkdir(exist_ok=True)
    (folder / path.name).write_text(text, encoding="utf-8")
    path.symlink_to(folder / path.name)


FORMS = [
    _changed("byte-order mark", lambda text: b"\xef\xbb\xbf" + text.encode()),
    _changed("CRLF", lambda text: text.replace("\n", "\r\n")),
    _changed("CR", lambda text: text.replace("\n", "\r")),
    _changed("long line", lambda text: f"{text}\n# {'x' * 10**5}"),
    _changed("Latin-1", lambda text: text.encode() + b"\nx = '\xe9'", "UTF-8"),
    _changed("UTF-16", lambda text: text.encode("utf-16"), "UTF-8"),
    _changed("NUL", lambda text: f"{text}\0", "UTF-8"),
    _changed("unknown coding", lambda text: f"# coding: klingon\n{text}", "klingon"),
    _changed("bracket", lambda text: f"{text}\nx = (1, [2)\n", "does not match"),
    _changed("quotes", lambda text: f"{text}\n" + 3 * "'", "Unterminated"),
    _changed("indentation", lambda text: f"{text}\n  x = 1\n", "[Uu]n(indent|expected)"),
    _changed("tabs", lambda text: f"{text}\nif 1:\n\tx = 1\n        x = 1\n", "tabs"),
    _changed("merge", lambda text: f"{text}\n<<<<<<< HEAD\n", "Invalid syntax"),
    _changed("deep", lambda text: f"{text}\nx = {'(' * 999}1{')' * 999}", "nested"),
    _changed("deeper", lambda text: f"{text}\nx = {'-' * 10**5}1", "nested|SIGSEGV"),
    _changed("empty", lambda _: "", "empty"),
    _changed("blank", lambda _: "\n \n", "empty"),
    _changed("comment", lambda _: "# later\n", "defines no"),
    _changed("10 MB", lambda text: text + "# x\n" * 2_500_000, "10.0 MB"),
    FileForm("link", _link, solved=True),
    FileForm("folder", lambda path, _: path.mkdir(), "no file"),
    FileForm("pipe", lambda path, _: os.mkfifo(path), "no file"),
    FileForm("dangling link", lambda path, _: path.symlink_to("nowhere"), "not there"),
    FileForm("link to itself", lambda path, _: path.symlink_to(path.name), "symbolic links"),
]
