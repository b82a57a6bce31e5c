"""Lays out the screen of `--watch`; decides what is left out where the window is too low."""

import collections
import io
from collections.abc import Iterator
from dataclasses import dataclass

from tests.harness import catalog
from tests.harness.checker.output.hints import hint
from tests.harness.checker.output.results import MARKS, Result
from tests.harness.checker.output.writer import COLOURS, Writer
from tests.harness.checker.pytest_internals import TerminalWriter
from tests.harness.checker.watch.checks import Checks
from tests.harness.checker.watch.screen import Screen

# Where the window is too low, these parts are cut one after another, to so many lines each:
# who has asked for a hint wants to read it beside the first lines of the explanation.
CUTS = (
    ("result", 3), ("part", 0), ("marks", 0), ("progress", 0), ("message", 0),
    ("result", 2), ("hint", 2), ("result", 0), ("hint", 0), ("title", 0),
)  # fmt: skip


@dataclass
class Page:
    """What is shown."""

    checks: Checks
    keys: str  # what they do
    hints: collections.Counter[str]  # how often one of each kata was asked for
    current: str = ""  # the kata that is shown; "" if none could be loaded
    broken: str = ""  # why tests could not be loaded
    message: str = ""


def draw(page: Page, screen: Screen) -> None:
    """Draw a page."""
    columns, height = screen.size
    text = io.StringIO()
    terminal = TerminalWriter(text)
    terminal.hasmarkup = screen.colours
    terminal.fullwidth = columns
    parts = {}
    for name in _write(page, Writer(terminal, screen.encoding)):
        parts[name] = text.getvalue().splitlines()
        text.seek(0)
        text.truncate()
    screen.draw(fit(parts, height))


def fit(parts: dict[str, list[str]], height: int) -> list[str]:
    """Join the parts; leave out blank lines where there is no room, and then what `CUTS` says."""
    excess = sum(map(len, parts.values())) - height
    for lines in parts.values():
        while excess > 0 and "" in lines:
            lines.remove("")
            excess -= 1
    whole = {name: len(lines) for name, lines in parts.items()}
    for name, least in CUTS:
        lines = parts[name]
        cut = min(excess, len(lines) - least)
        if cut > 0:
            excess -= cut
            lines[-cut:] = []
            if least:
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
        writer.paragraph(hint(page.current, count, mastery=checks.mastery), cyan=True)
        writer.line()
    yield "hint"
    if page.message:
        writer.line(page.message, green=True)
    yield "message"
    results = [checks.results.get(s) or Result(s, checks.mastery) for s in checks.items]
    if len(results) > 1:
        for result in results:
            mark, colour = (MARKS[s], COLOURS[s]) if (s := result.state) else ("·", {})
            writer.write(mark, **colour, bold=result.card.stem == page.current)
        writer.line()
    yield "marks"
    if results:
        writer.progress_bar(results, checks.mastery)
    if checks.pending:
        first, *others = checks.pending
        more = f" and {len(others)} more" if others else ""
        writer.write(f" · checking {catalog.card(first).number}{more}")
    writer.line()
    yield "progress"
    writer.line(page.keys.format(mastery="off" if checks.mastery else "on"), light=True)
    yield "keys"


def _write_result(page: Page, writer: Writer) -> None:
    result = page.checks.results.get(page.current)
    path = catalog.shown(page.checks.path(page.current))
    if page.broken:
        writer.line()
        writer.line("The tests do not load. Waiting for them to change.", red=True)
        writer.line(page.broken)
    elif result is not None and result.is_wrong:
        writer.explanation(result, path)
    else:
        state = result.state if result is not None else None
        description = f" · {result.description}" if result is not None else ""
        writer.line()
        writer.heading(f"{MARKS[state] if state else ' '} {path}{description}", bold=True)
