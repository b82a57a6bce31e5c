"""The exceptions and `expect*` helpers by which a kata's test rejects an answer.

They carry facts (`Row`) and a sentence; `checker/output` prints them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NoReturn

__tracebackhide__ = True  # pytest's tracebacks end in the test

RowKind = Literal["call", "input", "code", "gave", "expected", "note"]

FORGOT_RETURN = "Did you forget `return`?"
LINE_WIDTH = 76  # a note that would go beyond it gets a line of its own


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
    """One line of an explanation: a label, a text and a note, as in ``gave      2.1972``.

    ``kind`` decides how the line is laid out and coloured.
    """

    kind: RowKind
    label: str
    text: str
    note: str = ""
    line: int = 0  # the number of the answer's line that the row shows

    @classmethod
    def call(cls, text: str) -> "Row":
        """Make the row of a call: ``nll(input, target)``."""
        return cls("call", "", text)

    @classmethod
    def code(cls, text: str, line: int = 0) -> "Row":
        """Make the row of a line of the answer: ``line 12    return …``."""
        return cls("code", "", text, line=line)

    @classmethod
    def input(cls, name: str, text: str, note: str = "") -> "Row":
        """Make the row of an argument, under the call."""
        return cls("input", name, text, note)

    @classmethod
    def gave(cls, text: str, note: str = "", *, label: str = "gave") -> "Row":
        """Make the row of what the answer gave."""
        return cls("gave", label, text, note)

    @classmethod
    def expected(cls, text: str, note: str = "", *, label: str = "expected") -> "Row":
        """Make the row of what was expected; ``note`` says how it is computed."""
        return cls("expected", label, text, note)

    @classmethod
    def fact(cls, label: str, text: str = "") -> "Row":
        """Make the row of any other fact, or a heading."""
        return cls("note", label, text)

    def lines(self, width: int) -> Iterator[str]:
        """Yield the lines of this row; the text begins four columns after ``width``."""
        if self.kind in ("call", "code"):
            yield self.text
            return
        indent = 2 if self.kind == "input" else 0
        label = " " * indent + self.label.ljust(width + 4 - indent)
        first, *rest = self.text.split("\n")
        line = f"{label}{first}    {self.note}" if self.note and not rest else label + first
        if self.note and len(line) > LINE_WIDTH:
            rest, line = [self.note], label + first
        yield line.rstrip()
        for more in rest:
            yield " " * len(label) + more


class WrongAnswer(AssertionError):
    """An answer does not do what its kata asks.

    ``rows`` are the facts: the call, its arguments, what it gave and what was
    expected. ``why`` explains; if it is empty, the docstring of the failed test
    is printed instead.
    """

    def __init__(self, why: str = "", *, rows: Sequence[Row] = (), kind: Kind = Kind.WRONG) -> None:
        self.why = why
        self.rows = list(rows)
        self.kind = kind
        super().__init__("\n".join(text for _, text in self.lines()))

    @property
    def line(self) -> int:
        """The number of the answer's line that is shown; 0 if there is none."""
        return next((row.line for row in self.rows if row.line), 0)

    def begin_with(self, rows: Sequence[Row]) -> None:
        """Insert these rows before the others."""
        self.rows = [*rows, *self.rows]
        self.args = ("\n".join(text for _, text in self.lines()),)

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield the explanation line by line, each with its kind, which selects the colour."""
        width = label_width(self.rows)
        for row in self.rows:
            for line in row.lines(width):
                yield row.kind, line
        if self.why:
            if self.rows:
                yield "space", ""
            for paragraph in self.why.split("\n\n"):
                yield "why", " ".join(paragraph.split())


def label_width(rows: Sequence[Row]) -> int:
    """Return how wide the labels are; values begin four columns after that."""
    return max([8, *(len(row.label) for row in rows if row.kind == "input")])


class ToDo(BaseException):
    """The answer still raises ``NotImplementedError``, or imports another kata that does.

    ``waits_for`` is the stem of that other kata. This is not an ``Exception``:
    Hypothesis would search for a smaller input on which it is raised too.
    """

    def __init__(self, message: str, waits_for: str = "") -> None:
        super().__init__(message)
        self.waits_for = waits_for


class LeftDebugger(BaseException):
    """Somebody has left the debugger while an answer ran: the check ends.

    This is not an ``Exception``, so that Hypothesis does not call the test again.
    """


def expect(condition: object, why: str = "", **facts: object) -> None:
    """Reject the answer unless ``condition`` holds; see ``refuse`` for ``facts``."""
    if not condition:
        refuse(why, **facts)


def refuse(why: str = "", **facts: object) -> NoReturn:
    """Reject the answer; each of ``facts`` becomes a row that shows it by ``str``."""
    raise WrongAnswer(why, rows=[_row(name, str(fact)) for name, fact in facts.items()])


def _row(name: str, text: str) -> Row:
    if name == "call":
        return Row.call(text)
    if name == "gave":
        return Row.gave(text)
    return Row.expected(text) if name == "expected" else Row.input(name, text)


def forgot_return(gave: object, otherwise: str = "") -> str:
    """Return the question about a missing `return` if ``gave`` is None, else ``otherwise``."""
    return FORGOT_RETURN if gave is None else otherwise


def expect_raises(
    call: Callable[[], object],
    why: str = "",
    *,
    types: type[Exception] | tuple[type[Exception], ...] = Exception,
    rows: Sequence[Row] = (),
    shown: Callable[[object], str] = repr,
) -> None:
    """Reject an answer that does not raise one of ``types``."""
    try:
        gave = call()
    except WrongAnswer:
        raise
    except types:
        return
    names = types.__name__ if isinstance(types, type) else " or ".join(t.__name__ for t in types)
    facts = [Row.gave(shown(gave)), Row.expected(f"{names} raised")]
    raise WrongAnswer(why, rows=[*rows, *facts])


def expect_type(gave: Any, kind: type, call: str, expected: str, why: str = "") -> None:
    """Reject a result that is not an instance of ``kind``, which ``expected`` describes."""
    expect(
        isinstance(gave, kind),
        forgot_return(gave, why),
        call=call,
        gave=f"a {type(gave).__name__}",
        expected=expected,
    )


def elements(gave: Any, call: str, expected: str) -> list[Any]:
    """Return what an iteration over the result yields; reject a result that is not iterable."""
    try:
        iterator = iter(gave)
    except TypeError:
        why = "Did you forget `return`, or `yield`?" if gave is None else ""
        found = "None" if gave is None else f"a {type(gave).__name__}"
        refuse(why, call=call, gave=found, expected=expected)
    return list(iterator)


def unpack(gave: Any, count: int, call: str) -> Sequence[Any]:
    """Return the parts of a result; reject one that is not a tuple or list of ``count``."""
    if isinstance(gave, tuple | list) and len(gave) == count:
        return gave
    found = type(gave).__name__ + (f" of {len(gave)}" if isinstance(gave, tuple | list) else "")
    refuse(
        forgot_return(gave, f"A tuple of {count} is expected."),
        call=call,
        gave="None" if gave is None else found,
        expected=f"a tuple of {count}",
    )
