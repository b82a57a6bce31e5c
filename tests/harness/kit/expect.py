"""How a wrong answer is told: facts and a sentence, apart from how they are printed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__tracebackhide__ = True  # pytest's tracebacks end in the test


class Kind(StrEnum):
    """Why an answer is wrong."""

    WRONG = "wrong"  # another result than expected
    RAISED = "raised"  # an exception
    SETTING = "setting"  # a setting of the whole program is changed, or something is replaced
    MISSING = "missing"  # the file lacks a name, or is empty
    SYNTAX = "syntax"  # the file is not Python
    SIGNATURE = "signature"  # the function cannot be called as the kata calls it
    SHORTCUT = "shortcut"  # the ready-made function is called
    UNREADABLE = "unreadable"  # the file cannot be read
    FLAKY = "flaky"  # two calls with the same arguments differ
    ENDED = "ended"  # the process of the answer ended, or was ended
    NOT_RUN = "not run"  # the process ended during an earlier test
    REFUSED = "refused"  # a file, a process or a host is out of bounds
    DISHONEST = "dishonest"  # the result's class overrides what tests rely on
    TO_DO = "to do"  # the answer is not begun

    @property
    def explains_itself(self) -> bool:
        """Whether the explanation names the mistake, so that no diagnosis is needed."""
        return self in _EXPLAIN_THEMSELVES

    @property
    def is_error(self) -> bool:
        """Whether the answer could not be run to the end of the test."""
        return self in _ERRORS


_EXPLAIN_THEMSELVES = {
    Kind.SHORTCUT, Kind.MISSING, Kind.SIGNATURE, Kind.SYNTAX, Kind.UNREADABLE, Kind.SETTING,
    Kind.FLAKY, Kind.ENDED,
}  # fmt: skip
_ERRORS = {Kind.SYNTAX, Kind.UNREADABLE, Kind.MISSING, Kind.ENDED, Kind.NOT_RUN}


@dataclass(frozen=True)
class Row:
    """One line of an explanation: ``gave      2.1972``, with a note behind it."""

    kind: str
    label: str
    text: str
    note: str = ""


class WrongAnswer(AssertionError):
    """An answer does not do what its kata asks.

    ``why`` explains; where it is empty, the docstring of the test that failed
    does. ``rows`` are the facts: the call, its arguments, what it gave and what
    was expected.
    """

    def __init__(self, why: str = "", *, rows: Sequence[Row] = (), kind: Kind = Kind.WRONG) -> None:
        self.why = why
        self.rows = list(rows)
        self.kind = kind
        super().__init__("\n".join(text for _, text in self.lines()))

    def begin_with(self, rows: Sequence[Row]) -> None:
        """Let these facts come before the others."""
        self.rows = [*rows, *self.rows]
        self.args = ("\n".join(text for _, text in self.lines()),)

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield the explanation line by line, each with its kind, for the report to style."""
        width = max([8, *(len(row.label) for row in self.rows if row.kind == "input")])
        for row in self.rows:
            if row.kind in ("call", "code"):
                yield row.kind, row.text
                continue
            indent = 2 if row.kind == "input" else 0
            label = " " * indent + row.label.ljust(width + 4 - indent)
            first, *rest = row.text.split("\n")
            line = f"{label}{first}    {row.note}" if row.note and not rest else label + first
            if row.note and len(line) > 76:  # the note gets a line of its own
                rest, line = [row.note], label + first
            yield row.kind, line.rstrip()
            for more in rest:
                yield row.kind, " " * len(label) + more
        if self.why:
            if self.rows:
                yield "space", ""
            for paragraph in self.why.split("\n\n"):
                yield "why", " ".join(paragraph.split())


class ToDo(BaseException):
    """The answer still raises ``NotImplementedError``, or is made of another that does.

    ``waits_for`` is the stem of that other kata. No ``Exception``, so that
    Hypothesis does not look for a smaller input on which the kata is not begun.
    """

    def __init__(self, message: str, waits_for: str = "") -> None:
        super().__init__(message)
        self.waits_for = waits_for


def expect(condition: object, why: str = "", **facts: object) -> None:
    """Refuse the answer unless ``condition`` holds; ``facts`` are shown as they are."""
    if not condition:
        rows = [Row(_KINDS.get(name, "input"), name, str(fact)) for name, fact in facts.items()]
        raise WrongAnswer(why, rows=rows)


_KINDS = {"call": "call", "gave": "gave", "expected": "expected"}


def expect_raises(
    call: Callable[[], object],
    why: str = "",
    *,
    types: type[Exception] | tuple[type[Exception], ...] = Exception,
    rows: Sequence[Row] = (),
    shown: Callable[[object], str] = repr,
) -> None:
    """Refuse an answer that does not raise one of ``types``."""
    try:
        gave = call()
    except WrongAnswer:
        raise
    except types:
        return
    names = types.__name__ if isinstance(types, type) else " or ".join(t.__name__ for t in types)
    facts = [Row("gave", "gave", shown(gave)), Row("expected", "expected", f"{names} raised")]
    raise WrongAnswer(why, rows=[*rows, *facts])


def expect_type(gave: Any, kind: type, call: str, due: str, why: str = "") -> None:
    """Refuse a result of another type; ``due`` names the right one."""
    expect(
        isinstance(gave, kind),
        "Did you forget `return`?" if gave is None else why,
        call=call,
        gave=f"a {type(gave).__name__}",
        expected=due,
    )


def elements(gave: Any, call: str, due: str) -> list[Any]:
    """Go through a result; refuse what cannot be gone through."""
    try:
        iterator = iter(gave)
    except TypeError:
        why = "Did you forget `return`, or `yield`?" if gave is None else ""
        found = "None" if gave is None else f"a {type(gave).__name__}"
        expect(False, why, call=call, gave=found, expected=due)
        raise
    return list(iterator)


def parts(gave: Any, count: int, call: str) -> Sequence[Any]:
    """Take a result apart; refuse what is not ``count`` things in a tuple (or a list)."""
    if isinstance(gave, tuple | list) and len(gave) == count:
        return gave
    found = type(gave).__name__ + (f" of {len(gave)}" if isinstance(gave, tuple | list) else "")
    raise WrongAnswer(
        "Did you forget `return`?" if gave is None else f"The result is a tuple of {count}.",
        rows=[
            Row("call", "", call),
            Row("gave", "gave", "None" if gave is None else found),
            Row("expected", "expected", f"a tuple of {count}"),
        ],
    )
