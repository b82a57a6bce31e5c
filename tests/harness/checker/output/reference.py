"""Lays out an answer and the reference answer side by side, without what both were given."""

import ast
import itertools
import textwrap
import unicodedata
import warnings
from ast import ClassDef, FunctionDef, Module
from pathlib import Path

from tests.harness import catalog
from tests.harness.checker.sanitize import sanitize
from tests.harness.kit.loading import PARSE_ERRORS, read_file

SIDE_BY_SIDE = 120  # columns from which on two columns of code are readable
BETWEEN = " │ "


def layout(stem: str, path: Path, columns: int) -> list[str]:
    """Return lines that show the answer at a path and the reference answer to the same kata.

    They are two columns in a terminal of 120 columns. In a narrower one, the reference comes first.
    """
    reference = catalog.SOLUTIONS / f"{stem}.py"
    if not reference.is_file():
        return [f"The reference answer is not here: there is no {catalog.shown(reference)}."]
    wide = columns >= SIDE_BY_SIDE
    width = (columns - len(BETWEEN)) // 2 if wide else columns
    sides = [_side("Yours", path, width), _side("The reference", reference, width)]
    if not wide:
        return [*sides[1], "", *sides[0]]
    lines = []
    for left, right in itertools.zip_longest(*sides, fillvalue=""):
        gap = " " * (width - _width(left))
        lines.append(f"{left}{gap}{BETWEEN}{right}".rstrip())
    return lines


def own_code(text: str) -> list[str]:
    """Return the lines of an answer without docstrings, imports and the part that runs it.

    The stub has brought these. A text that is not Python is returned as it is.
    """
    lines = text.splitlines()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except PARSE_ERRORS:
        return lines
    left_out = [node for node in tree.body if _is_given(node)]
    for node in ast.walk(tree):
        if isinstance(node, Module | ClassDef | FunctionDef) and ast.get_docstring(node):
            left_out.append(node.body[0])
    numbers = {n for node in left_out for n in range(node.lineno, (node.end_lineno or 0) + 1)}
    kept: list[str] = []
    for number, line in enumerate(lines, 1):
        follows_a_gap = not kept or not kept[-1] or number - 1 in numbers
        if number not in numbers and (line.strip() or not follows_a_gap):
            kept.append(line.rstrip())
    return kept[:-1] if kept and not kept[-1] else kept


def _is_given(node: ast.stmt) -> bool:
    """Whether a statement is an import, or begins with `if __name__ ==`."""
    if isinstance(node, ast.If):
        return "__name__" in ast.unparse(node.test)
    return isinstance(node, ast.Import | ast.ImportFrom)


def _side(title: str, path: Path, width: int) -> list[str]:
    """Return a heading and the code of a file, in lines of this width."""
    source = read_file(path)  # somebody may just have deleted it
    text = source.decode("utf-8-sig", errors="replace") if isinstance(source, bytes) else ""
    lines = [f"{title}: {catalog.shown(path)}"[:width], ""]
    for margin, group in itertools.groupby(own_code(sanitize(text)), _margin_of_comment):
        block = list(group)
        if margin is not None and max(map(len, block)) > width:
            words = " ".join(line.strip("# ") for line in block)
            lines += textwrap.wrap(words, width, initial_indent=margin, subsequent_indent=margin)
        else:
            lines += [piece for line in block for piece in _fold(line, width)]
    return lines


def _margin_of_comment(line: str) -> str | None:
    """Return what a line has left of its comment, `    # `; None if it has code."""
    code = line.lstrip()
    return f"{line[: len(line) - len(code)]}# " if code.startswith("#") else None


def _fold(line: str, width: int) -> list[str]:
    """Fold a line of code that is too wide, and indent the rest of it."""
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(
        line, width, subsequent_indent=indent, replace_whitespace=False, break_on_hyphens=False
    ) or [""]


def _width(text: str) -> int:
    """Return how many columns a text takes: a Chinese character takes two."""
    return sum(1 + (unicodedata.east_asian_width(character) in "FW") for character in text)
