"""Lays out the screen of `--watch`; decides what is left out where the window is too low."""

import collections
import io
from collections.abc import Iterator
from dataclasses import dataclass

from tests.harness import catalog
from tests.harness.checker.output import reference
from tests.harness.checker.output.hints import hint
from tests.harness.checker.output.parts import write_picture
from tests.harness.checker.output.results import MARKS, Result
from tests.harness.checker.output.writer import COLOURS, COLUMNS, Writer
from tests.harness.checker.pytest_internals import TerminalWriter
from tests.harness.checker.watch import kata_list
from tests.harness.checker.watch.checks import Checks
from tests.harness.checker.watch.kata_list import KataList
from tests.harness.checker.watch.screen import Screen
from tests.harness.checker.watch.transcript import Transcript

# Where the window is too low, these parts are cut one after another, to so many lines each:
# who has asked for a hint wants to read it beside the first lines of the explanation.
CUTS = (
    ("result", 3), ("part", 0), ("marks", 0), ("progress", 0), ("picture", 0),
    ("afterwards", 0), ("message", 0), ("keys", 1),
    ("result", 2), ("hint", 2), ("result", 0), ("hint", 0), ("title", 0),
)  # fmt: skip
KEY_SEPARATOR = " · "
NO_HEIGHT = 10_000  # of a terminal to which lines are appended


@dataclass
class Page:
    """What is shown."""

    checks: Checks
    keys: str  # what they do
    hints: collections.Counter[str]  # how often one of each kata was asked for
    current: str = ""  # the kata that is shown; "" if none could be loaded
    broken: str = ""  # why tests could not be loaded
    message: str = ""
    katas: KataList | None = None  # the list to jump in, if it is shown
    solved: str = ""  # the kata that has just been solved
    part: str = ""  # the part that is complete with it
    reference: str = ""  # the kata whose reference answer is shown
    screenful: int = 0  # which one of it
    are_references: bool = False  # the answers that are checked


def draw(page: Page, screen: Screen) -> None:
    """Draw a page, or append what is new on it."""
    columns, height = screen.size
    text = io.StringIO()
    terminal = TerminalWriter(text)
    terminal.hasmarkup = screen.colours
    terminal.fullwidth = columns
    writer = Writer(terminal, screen.shows)
    if page.katas is not None:
        height = height if not writer.words else NO_HEIGHT
        names = kata_list.write(page.katas, _results(page), page.current, writer, height)
    elif page.reference:
        names = _write_reference(page, screen, writer)
    else:
        names = _write(page, writer)
    parts = {}
    for name in names:
        parts[name] = text.getvalue().splitlines()
        text.seek(0)
        text.truncate()
    if isinstance(screen, Transcript):
        pending = page.checks.pending
        checking = f"{_checking(page)}." if page.current in pending else ""
        screen.append(parts, checking.capitalize(), busy=bool(pending))
        page.message = ""  # so that the same one is written again
    else:
        screen.draw(fit(parts, height))


def screenfuls(page: Page, screen: Screen) -> list[list[str]]:
    """Return the reference answer beside the learner's own, in pieces that fit the window."""
    columns, height = screen.size
    columns, height = (COLUMNS, NO_HEIGHT) if screen.shows.words else (columns, height)
    lines = reference.layout(page.reference, page.checks.path(page.reference), columns)
    room = max(1, height - 4)  # a title and a blank line above, and the same below
    return [lines[start : start + room] for start in range(0, len(lines), room)]


def fit(parts: dict[str, list[str]], height: int) -> list[str]:
    """Join the parts; leave out blank lines where there is no room, and then what `CUTS` says."""
    excess = sum(map(len, parts.values())) - height
    if excess > 0 and parts.get("picture"):
        excess -= len(parts["afterwards"]) - 1
        parts["afterwards"] = [""]
    for lines in parts.values():
        while excess > 0 and "" in lines:
            lines.remove("")
            excess -= 1
    whole = {name: len(lines) for name, lines in parts.items()}
    for name, least in CUTS:
        lines = parts.get(name, [])
        cut = min(excess, len(lines) - least)
        if cut > 0:
            excess -= cut
            lines[-cut:] = []
            if least and name != "keys":
                left_out = whole[name] - len(lines) + 1
                lines[-1] = f"    … {left_out} more lines, for which the window is too low"
    return [line for lines in parts.values() for line in lines]


def _write(page: Page, writer: Writer) -> Iterator[str]:
    """Write the parts of a page; yield the name of each when it is written."""
    checks = page.checks
    card = catalog.card(page.current)
    if page.current:
        writer.heading(f"{card.number} · {card.title}", bold=True)
    yield "title"
    if page.current:
        writer.line(card.part, light=True)
    yield "part"
    _write_result(page, writer)
    yield "result"
    writer.line()
    if page.hints[page.current]:
        count = page.hints[page.current]
        solution = catalog.SOLUTIONS / f"{page.current}.py"
        text = hint(page.current, count, mastery=checks.mastery)
        writer.paragraph(text, path=solution, cyan=True)
        writer.line()
    yield "hint"
    if page.message:
        writer.paragraph(page.message, indent=0, green=True)
    yield "message"
    _write_afterwards(page, writer)
    yield "afterwards"
    if page.part:
        write_picture(writer, page.part)
        writer.line()
    yield "picture"
    _write_marks(page, writer)
    yield "marks"
    if checks.items:
        writer.progress_bar(_results(page), checks.mastery)
    if checks.pending and not writer.words:
        writer.write(f" · {_checking(page)}")
    writer.line()
    yield "progress"
    keys = page.keys.format(mastery="off" if checks.mastery else "on")
    writer.items(keys.split(KEY_SEPARATOR), KEY_SEPARATOR, light=True)
    yield "keys"


def _write_afterwards(page: Page, writer: Writer) -> None:
    result = page.checks.results.get(page.solved or page.current)
    if result is not None and result.is_finished and not page.are_references:
        writer.afterwards(catalog.afterwards(result.card.stem))
        writer.line()


def _write_marks(page: Page, writer: Writer) -> None:
    if len(page.checks.items) < 2 or writer.words:
        return
    for result in _results(page):
        mark, colour = (MARKS[s], COLOURS[s]) if (s := result.state) else ("·", {})
        writer.write(mark, **colour, bold=result.card.stem == page.current)
    writer.line()


def _write_reference(page: Page, screen: Screen, writer: Writer) -> Iterator[str]:
    card = catalog.card(page.reference)
    pieces = screenfuls(page, screen)
    shown = min(page.screenful, len(pieces) - 1)
    writer.line(f"{card.number} · {card.title}", bold=True)
    writer.line()
    yield "title"
    for line in pieces[shown]:
        writer.line(line)
    writer.line()
    yield "reference"
    more = f"s more ({shown + 1} of {len(pieces)})" if shown < len(pieces) - 1 else "s back"
    writer.line(more, light=True)
    yield "keys"


def _checking(page: Page) -> str:
    """Say what is being checked."""
    first, *others = page.checks.pending
    more = f" and {len(others)} more" if others else ""
    return f"checking {catalog.card(first).number}{more}"


def _results(page: Page) -> list[Result]:
    """Return the result of each kata, without verdicts if it is not known."""
    checks = page.checks
    return [checks.results.get(stem) or Result(stem, checks.mastery) for stem in checks.items]


def _write_result(page: Page, writer: Writer) -> None:
    result = page.checks.results.get(page.current)
    path = page.checks.path(page.current)
    if page.broken:
        writer.line()
        writer.line("The tests do not load. Waiting for them to change.", red=True)
        writer.line(page.broken)
    elif result is not None and result.is_wrong:
        writer.explanation(result, path)
    else:
        result = result or Result(page.current, page.checks.mastery)
        writer.line()
        writer.verdict(result, path, result.description, result.state, bold=True)
