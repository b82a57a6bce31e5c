"""The list of all katas under `--watch`, in which keys choose one to go to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.harness import catalog
from tests.harness.checker.output.results import MARKS, Result
from tests.harness.checker.output.writer import COLOURS, Writer

GO, LEAVE = ("\r", "\n"), ("escape", "q", "l", "\x04")
STEPS = {"up": -1, "k": -1, "p": -1, "down": 1, "j": 1, "n": 1, "page up": -10, "page down": 10}
KEYS = "arrows, j/k or a number choose · enter go there · esc/q back"
TITLE_COLUMNS = 45
LOWEST_WITH_NOTES = 4  # rows; in less, what is above and below is not counted


@dataclass
class KataList:
    """The katas, and which one is chosen."""

    stems: list[str]
    chosen: str
    _digits: str = field(default="")  # those typed so far

    def press(self, key: str) -> None:
        """Choose another kata: by a step, by the ends of the list, or by its number."""
        digits, self._digits = self._digits, ""
        last = len(self.stems) - 1
        if key in STEPS:
            index = self.stems.index(self.chosen) + STEPS[key]
            self.chosen = self.stems[max(0, min(index, last))]
        elif key in ("home", "end"):
            self.chosen = self.stems[0 if key == "home" else last]
        elif key.isdecimal():
            found = self._numbered(digits + key)
            self._digits = digits + key if found else key
            self.chosen = found or self._numbered(key) or self.chosen

    def _numbered(self, digits: str) -> str:
        numbers = {int(catalog.card(stem).number[1:]): stem for stem in self.stems}
        return numbers.get(int(digits), "")


def write(
    katas: KataList, results: Sequence[Result], current: str, writer: Writer, height: int
) -> Iterator[str]:
    """Write the parts of the list, in so many lines; yield the name of each."""
    writer.line("All katas", bold=True)
    yield "title"
    rows = _rows(results)
    space = max(1, height - 2)
    chosen = next(i for i, row in enumerate(rows) if _stem(row) == katas.chosen)
    start = max(0, min(chosen - space // 2, len(rows) - space))
    end = start + space
    shown = rows[start:end]
    noted = space >= LOWEST_WITH_NOTES
    if noted and start > 0:
        shown[0] = _note(rows[: start + 1], "above")
    if noted and end < len(rows):
        shown[-1] = _note(rows[end - 1 :], "below")
    for row in shown:
        _write_row(row, writer, chosen=katas.chosen, current=current)
    yield "list"
    if writer.words:
        _write_row(rows[chosen], writer, chosen=katas.chosen, current=current)
    yield "choice"
    writer.line(KEYS, light=True)
    yield "keys"


def _rows(results: Sequence[Result]) -> list[Result | str]:
    """Return the titles of the parts, each with the results of its katas after it."""
    rows: list[Result | str] = []
    part = ""
    for result in results:
        if result.card.part != part:
            part = result.card.part
            rows.append(part)
        rows.append(result)
    return rows


def _note(rows: Sequence[Result | str], where: str) -> str:
    return f"  … {sum(not isinstance(row, str) for row in rows)} more {where}"


def _stem(row: Result | str) -> str:
    return "" if isinstance(row, str) else row.card.stem


def _write_row(row: Result | str, writer: Writer, *, chosen: str, current: str) -> None:
    if isinstance(row, str):
        writer.line(row, bold=True)
        return
    state, card = row.state, row.card
    style = {"bold": card.stem == current, "invert": card.stem == chosen and not writer.words}
    if writer.words:
        description = row.description or "not checked yet"
        here = ", shown now" if card.stem == current else ""
        writer.line(f"{description}: {card.number}  {card.title}{here}")
        return
    cursor = ">" if card.stem == chosen else " "
    colour = COLOURS[state] if state else {}
    writer.write(f"{cursor} {MARKS[state] if state else '·'} ", **colour, **style)
    writer.write(f"{card.number}  {card.title}".ljust(TITLE_COLUMNS), **style)
    writer.line(f" {row.description}", **colour, **style)
