"""For each kata a right answer, a wrong one, and the name that its tests call.

All are derived: from the reference answer, from the galleries, and from the stub. A new kata
needs no entry anywhere.
"""

import ast
import functools
import re
import shutil
import textwrap
from collections.abc import Collection, Iterator
from pathlib import Path

from tests.harness import catalog

# Katas whose tests call another function more than the last one that is to be written.
CALLED = {"k25_momentum": "momentum_step"}
QUICK = ("k01_download", "k02_unpickle", "k03_show_digit")  # a check of them starts at once


def stems() -> list[str]:
    """Return the katas whose answers import no other answer, and so can be wrong alone."""
    return [stem for stem in catalog.stems() if not re.search(r"(?m)^from k\d", right(stem))]


def right(stem: str) -> str:
    """Return the text of the reference answer."""
    return (catalog.SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")


@functools.cache
def wrong(stem: str) -> str:
    """Return the text of the first misconception that fails by a wrong value before mastery."""
    texts = _gallery(catalog.MISCONCEPTIONS / f"{stem}.py", without={"mastery", "raises"})
    return next(text for _, text in texts)


def write_quick(folder: Path) -> Path:
    """Make a folder of answers that need no torch: the first is solved, the others are to do."""
    folder.mkdir()
    (folder / f"{QUICK[0]}.py").write_text(right(QUICK[0]), encoding="utf-8")
    for stem in QUICK[1:]:
        shutil.copy(catalog.KATAS / f"{stem}.py", folder)
    return folder


def misconceptions(stem: str, *, mastery: bool = False) -> dict[str, str]:
    """Return the texts of all misconceptions of a level, by their names."""
    path = catalog.MISCONCEPTIONS / f"{stem}.py"
    solvable = dict(_gallery(path, without={"mastery"}))
    every = dict(_gallery(path)) if mastery else solvable
    return {name: text for name, text in every.items() if (name in solvable) != mastery}


def alternatives(stem: str, *, mastery: bool) -> list[str]:
    """Return the texts of the right answers written differently, at mastery or before it."""
    path = catalog.ALTERNATIVES / f"{stem}.py"
    every, mastered = dict(_gallery(path)), dict(_gallery(path, without={"mastery"}))
    return [text for name, text in every.items() if (name in mastered) == mastery]


@functools.cache
def called(stem: str) -> str:
    """Return the function or ``Class.method`` that the kata's tests call most.

    That is mostly the last method that the stub leaves to do or, without one, the last function.
    """
    tree = ast.parse((catalog.KATAS / f"{stem}.py").read_bytes())
    functions = _to_do(tree.body)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    methods = [f"{c.name}.{name}" for c in classes for name in _to_do(c.body)]
    return CALLED.get(stem) or [*functions, *methods][-1]


def _gallery(path: Path, without: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield each known answer's name, and the reference answer with its definitions replaced.

    Known answers that set one of the marks ``without`` are left out. A known answer may refer to
    its own attributes by the name of its class: this name becomes the module's.
    """
    # An answer may not import reference answers: its own is in the text, and others lie beside.
    text = path.read_text(encoding="utf-8").replace("from solutions.", "from ")
    lines = text.splitlines()
    nodes = ast.parse(text).body[1:]  # after the docstring
    helpers = [node for node in nodes if not _is_known_answer(node)]
    # The reference answer comes after the helpers: it may define the same names.
    parts = [_source(lines, node) for node in helpers if not _imports(node, path.stem)]
    parts.append(right(path.stem))
    for node in filter(_is_known_answer, nodes):
        assert isinstance(node, ast.ClassDef)
        if not _sets(node, without):
            own = [textwrap.dedent(_source(lines, statement)) for statement in node.body[1:]]
            self_reference = f"{node.name} = __import__(__name__)"
            yield node.name, "\n\n".join([*parts, *own, self_reference]) + "\n"


def _imports(node: ast.stmt, stem: str) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == stem


def _is_known_answer(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and not node.bases and not node.name.startswith("_")


def _sets(node: ast.stmt, marks: Collection[str]) -> bool:
    """Whether a known answer sets a mark: `mastery`, or `raises` (it fails by an exception)."""
    names = [name for name in ast.walk(node) if isinstance(name, ast.Name)]
    return any(name.id in marks and isinstance(name.ctx, ast.Store) for name in names)


def _to_do(nodes: list[ast.stmt]) -> list[str]:
    """Name the functions among these statements that are to be written."""
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    return [f.name for f in functions if "raise NotImplementedError" in ast.unparse(f)]


def _source(lines: list[str], node: ast.stmt) -> str:
    """Return the lines of a statement, its decorators included."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return "\n".join(lines[first - 1 : node.end_lineno])
