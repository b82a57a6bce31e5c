"""Writes explanations and progress to a terminal: in 80 columns, in ASCII or words if asked."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.harness import catalog
from tests.harness.checker.output import features
from tests.harness.checker.output.features import Features
from tests.harness.checker.output.results import DONE, MARKS, Result
from tests.harness.checker.pytest_internals import TerminalWriter
from tests.harness.checker.sanitize import sanitize
from tests.harness.checker.verdict import Line, State
from tests.harness.kit.show import listing

COLUMNS = 80
BAR = 20  # characters of the progress bar
HANG = 12  # columns by which the second line of a value is indented
CODE = re.compile(r"`[^`]+`")
NO_BREAK = "\xa0"  # a blank at which no line is wrapped
LABEL = re.compile(r" *\S+(?: \S+)* {2,}")
ROW = re.compile(r"\[[^\[\]]*\]+")
NO_BREAK = "\N{NO-BREAK SPACE}"  # where a line is not folded
WIDEST_LABEL = 24
MOST_LINES = 15  # of an explanation; the names of other broken laws are left out first
HOLE = "\0"  # holds the place of each character of a path while lines are folded
TESTS_CHANGED = "You had solved this. The tests have changed since; your answer has not."
NAMED_LAWS = 2  # of the other tests that failed
Style = dict[str, bool]
COLOURS: dict[State, Style] = {
    State.TO_DO: {"light": True},
    State.WRONG: {"red": True},
    State.SOLVED: {"green": True},
    State.MASTERED: {"yellow": True},
    State.PARTLY: {"cyan": True},
}
STYLES: dict[str, Style] = {
    "gave": {"red": True}, "expected": {"green": True}, "code": {"bold": True},
    "call": {"bold": True},
}  # fmt: skip
# Substitutes where the terminal's encoding has no more than ASCII.
ASCII = str.maketrans(
    {"○": "o", "✗": "x", "✓": "+", "★": "*", "◐": "~", "█": "#", "░": ".", "·": "-", "…": "...",
     "–": "-", "−": "-", "→": "->", "←": "<-", "×": "x", "≤": "<=", "≥": ">=", "√": "sqrt ",
     "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "┴": "+", "┼": "+", "▶": ">",
     "◀": "<", "▲": "^", "’": "'", "“": '"', "”": '"', "⌈": "ceil(", "⌉": ")", "±": "+-"}
)  # fmt: skip


class Writer:
    """Writes styled text to pytest's terminal writer."""

    def __init__(self, terminal: TerminalWriter, shows: Features | None = None) -> None:
        self._terminal = terminal
        self._width = min(COLUMNS, terminal.fullwidth)
        shows = shows or features.of(terminal)
        self._links, self.words = shows.links, shows.words
        try:
            "".join(MARKS.values()).encode(shows.encoding)
            self._ascii = False
        except (UnicodeEncodeError, LookupError):
            self._ascii = True

    def write(self, text: str, **style: bool) -> None:
        """Write a piece of a line."""
        if self._ascii:
            text = text.translate(ASCII).encode("ascii", "replace").decode("ascii")
        self._terminal.write(text, **style)

    def line(self, text: str = "", **style: bool) -> None:
        """Write a line, or the rest of one."""
        self.write(text, **style)
        self._terminal.write("\n")

    def paragraph(
        self, text: str, indent: int = 4, path: Path | None = None, **style: bool
    ) -> None:
        """Write a text, wrapped and indented; a path in it becomes a link."""
        options = {"break_long_words": False} if path is not None else {}
        for line in self._wrapped(text, path, self._width - indent, **options):
            self.line(" " * indent + line, **style)

    def afterwards(self, paragraphs: Iterable[str]) -> None:
        """Write what is shown once a kata is solved. Links and code are not broken."""
        for text in paragraphs:
            glued = CODE.sub(self._glue, text)
            for line in textwrap.wrap(
                glued, self._width, break_on_hyphens=False, break_long_words=False
            ):
                self.line(line.replace(NO_BREAK, " "), cyan=True)

    def heading(self, text: str, path: Path | None = None, **style: bool) -> None:
        """Write a line; wrap it where it is too wide, but not between its mark and the path."""
        mark, _, rest = text.partition(" ")
        for line in self._wrapped(
            rest, path, self._width, initial_indent=f"{mark} ", subsequent_indent="  ",
            break_long_words=False,
        ):  # fmt: skip
            self.line(line, **style)

    def items(self, items: Sequence[str], separator: str, **style: bool) -> None:
        """Write items in one line, or in more where it is too narrow, but each as a whole."""
        lines = [items[0]]
        for item in items[1:]:
            longer = f"{lines[-1]}{separator}{item}"
            lines[-1:] = [longer] if len(longer) <= self._width else [lines[-1], item]
        for line in lines:
            self.line(line, **style)

    def verdict(
        self, result: Result, path: Path, text: str, state: State | None, **style: bool
    ) -> None:
        """Write a heading: the state of a kata, where the answer is, and a text."""
        mark = MARKS[state] if state else " "
        if self.words and state is not None:
            description = result.description if state is result.state else state
            mark = f"{description}: {result.card.number} ·"
            text = "" if text == description else text
        heading = " · ".join(filter(None, (f"{mark} {catalog.shown(path)}", text)))
        self.heading(heading, path, **style)

    def link(self, path: Path) -> str:
        """Return a path as it is shown: a hyperlink, if the terminal knows such."""
        shown: str = sanitize(catalog.shown(path))
        return features.hyperlink(path, shown) if self._links else shown

    def facts(self, lines: Sequence[Line]) -> None:
        """Write the lines of an explanation, each in the style of its kind."""
        for kind, text in lines:
            if kind == "why":
                self.paragraph(text)
                continue
            for piece in self._fold(text):
                self.line(f"    {piece}".rstrip(), **STYLES.get(kind, {}))

    def explanation(self, result: Result, path: Path) -> None:
        """Explain one test that an answer fails; name the others."""
        first = result.failure_to_show
        if first is None:
            return
        others = [verdict for verdict in result.explained if verdict is not first]
        shown = {str(first.lines), first.law}
        others = [verdict for verdict in others if not shown & {str(verdict.lines), verdict.law}]
        self.line()
        self.verdict(result, path, first.law, State.WRONG, red=True, bold=True)
        self.line()
        self.facts(first.lines)
        if first.printed:
            self.line()
            labels = ["printed", *[""] * len(first.printed)]
            printed = zip(labels, first.printed, strict=False)
            self.facts([Line("printed", label.ljust(HANG) + line) for label, line in printed])
        if result.tests_changed:
            self.line()
            self.paragraph(TESTS_CHANGED, yellow=True)
        if others and self._height(first.lines) <= MOST_LINES - 3:  # with the heading
            laws = list(dict.fromkeys(f"“{verdict.law}”" for verdict in others))
            more = len(laws) - NAMED_LAWS
            laws = laws[:NAMED_LAWS] + [f"{more} more"] * (more > 0)
            self.line()
            self.paragraph(f"Fails as well: {listing(laws)}.", light=True)

    def progress_bar(self, results: Sequence[Result], mastery: bool) -> None:
        """Show how many katas are solved, and mastered if that is asked for."""
        done = sum(result.state in DONE for result in results)
        if not self.words:
            bar = "█" * round(BAR * done / len(results))
            self.write(bar.ljust(BAR, "░") + " ", green=True)
        mastered = sum(result.state is State.MASTERED for result in results)
        more = f", {mastered} mastered" if mastery else ""
        self.write(f"{done} of {len(results)} solved{more}", bold=True)

    def _wrapped(self, text: str, path: Path | None, width: int, **options: Any) -> list[str]:
        """Wrap a text; keep a path in it whole, and put the link in when all is wrapped."""
        shown = catalog.shown(path) if path is not None else ""
        hole = HOLE * len(shown)
        text = text.replace(shown, hole) if shown else text
        lines = textwrap.wrap(text, width, break_on_hyphens=False, **options)
        if path is None:
            return lines
        return [line.replace(hole, self.link(path)) for line in lines]

    def _glue(self, code: re.Match[str]) -> str:
        """Replace the blanks in code that fits into a line, so that it is not wrapped there."""
        return code[0].replace(" ", NO_BREAK) if len(code[0]) < self._width else code[0]

    def _height(self, lines: Sequence[Line]) -> int:
        """Return how many lines `facts` writes, without empty ones."""
        width = self._width - 4
        return sum(
            len(textwrap.wrap(text, width) if kind == "why" else self._fold(text))
            for kind, text in lines
            if text
        )

    def _fold(self, text: str) -> list[str]:
        """Fold a line that is too wide, so that its second line begins under its value."""
        width = self._width - 4
        if len(text) <= width:
            return [text]
        label = LABEL.match(text)
        indent = len(text) - len(text.lstrip()) + 4
        if label and len(label[0]) <= WIDEST_LABEL:
            indent = len(label[0])
        rows = [len(row) for row in ROW.findall(text)]
        if "[[" in text and text.index("[[") + 1 + max(rows, default=width) < width:
            indent = text.index("[[") + 1  # rows stand one below the other
        # A row of a tensor stays whole, if it fits.
        text = ROW.sub(lambda row: _kept(row[0], width - indent), text)
        folded = textwrap.wrap(
            text,
            width,
            subsequent_indent=" " * indent,
            replace_whitespace=False,
            break_on_hyphens=False,
        )
        return [line.replace(NO_BREAK, " ") for line in folded]


def _kept(row: str, width: int) -> str:
    return row.replace(" ", NO_BREAK) if len(row) <= width else row
