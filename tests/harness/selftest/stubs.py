"""Makes a kata's stub from its reference answer, so that their common text stays the same.

A stub is the reference answer without what the learner writes. The bodies that hold a
``TODO`` stand in the stub only; everything else is taken from the reference answer, letter
by letter.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

NEW_BODY = "raise NotImplementedError  # TODO: …"
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


@dataclass
class _Body:
    """The lines of a function's body, without its docstring."""

    first: int  # counted from 0
    end: int
    indent: str
    lines: list[str]

    @property
    def is_to_do(self) -> bool:
        """Whether the learner writes this body."""
        return any("TODO" in line for line in self.lines)


@dataclass
class _Outline:
    """What a file defines, at the top and in its classes: names, and bodies of functions."""

    names: set[str] = field(default_factory=set)
    bodies: dict[str, _Body] = field(default_factory=dict)


def stub_of(solution: str, stub: str | None) -> str:
    """Return the stub of a reference answer.

    ``stub`` is the present stub. Its to-do bodies are kept; definitions that it lacks are left
    out if they are constants or private, and are to do if they are public. Without a present
    stub, all public functions are to do.
    """
    present = _outline(stub) if stub is not None else _Outline()
    lines = solution.splitlines()
    for name, node in reversed(list(_definitions(ast.parse(solution)))):
        body, kept = _body(node, lines), present.bodies.get(name)
        if name not in present.names and (_is_private(name) or _is_constant(node)):
            _delete(lines, node)
        elif body is not None and name not in present.names:
            lines[body.first : body.end] = [body.indent + NEW_BODY]
        elif body is not None and kept is not None and kept.is_to_do:
            lines[body.first : body.end] = kept.lines
    return "\n".join(lines).rstrip() + "\n"  # a private definition at the end is gone


def _outline(text: str) -> _Outline:
    lines = text.splitlines()
    outline = _Outline()
    for name, node in _definitions(ast.parse(text)):
        outline.names.add(name)
        body = _body(node, lines)
        if body is not None:
            outline.bodies[name] = body
    return outline


def _definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Yield the definitions at the top and in public classes, with their qualified names."""
    for node in tree.body:
        if isinstance(node, Definition):
            yield _name(node), node
        if isinstance(node, ast.ClassDef) and not _is_private(node.name):
            members = (member for member in node.body if isinstance(member, Definition))
            yield from ((f"{node.name}.{_name(member)}", member) for member in members)


def _name(node: Definition) -> str:
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    return ast.unparse(node.target) if isinstance(node, ast.AnnAssign) else node.name


def _is_private(name: str) -> bool:
    """Whether a part of a qualified name is private; ``__init__`` is not."""
    return any(part.startswith("_") and not part.endswith("__") for part in name.split("."))


def _is_constant(node: Definition) -> bool:
    return isinstance(node, ast.Assign | ast.AnnAssign)


def _body(node: Definition, lines: list[str]) -> _Body | None:
    """Return the body of a function, with the comments before and after its statements."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    statements = node.body
    indent = " " * statements[0].col_offset
    first, end = statements[0].lineno - 1, statements[-1].end_lineno or 0
    if ast.get_docstring(node) is not None:
        first = statements[0].end_lineno or first
    while lines[first - 1].startswith(f"{indent}#"):
        first -= 1
    while end < len(lines) and lines[end].startswith(f"{indent}#"):
        end += 1
    return _Body(first, end, indent, lines[first:end])


def _delete(lines: list[str], node: Definition) -> None:
    """Delete a definition, the comments directly above it, and the blank lines on one side."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
    end = node.end_lineno or node.lineno
    while lines[first - 1].lstrip().startswith("#"):
        first -= 1
    before = after = 0
    while not lines[first - 1 - before].strip():
        before += 1
    while end + after < len(lines) and not lines[end + after].strip():
        after += 1
    if before <= after:
        first -= before
    else:
        end += after
    del lines[first:end]
