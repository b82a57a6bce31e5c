"""What the screen of `--watch` shows, in windows of all sizes."""

import collections
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker.output import parts, reference
from tests.harness.checker.output.features import Features
from tests.harness.checker.output.results import Result
from tests.harness.checker.sandbox import isolation
from tests.harness.checker.verdict import Line, State, Verdict

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)

from tests.harness.checker.watch import view
from tests.harness.checker.watch.session import KEYS

STEMS = ("k08_nll", "k09_accuracy")
TITLE = "k08 · The negative log-likelihood"
HEADING = "✗ mine/k08_nll.py · the loss is the mean"
HINT = "Hint 1 of 3: "
FACTS = [Line("gave", f"gave        {i}") for i in range(10)]
AFTERWARDS = [  # none of its code stands at the end of a line
    line
    for text in catalog.afterwards("k08_nll")
    for line in textwrap.wrap(text, 80, break_on_hyphens=False, break_long_words=False)
]
LABELS = " · ".join(label for _, label, _ in KEYS if label)
KEY_LINES = [
    line.replace("\0", " ").removesuffix(" ·")
    for line in textwrap.wrap(
        LABELS.format(mastery="on").replace(" ", "\0").replace("\0·\0", "\0· "), 82
    )
]


class FakeScreen:
    """Keeps what was drawn last."""

    colours = False
    shows = Features("utf-8")

    def __init__(self, columns: int, height: int) -> None:
        self.size = columns, height
        self.lines: list[str] = []

    def draw(self, lines: list[str]) -> None:
        """Keep the lines."""
        self.lines = lines


def page(*, wrong: bool = True, hint: bool = False, **attributes: Any) -> view.Page:
    """Return a page on k08."""
    verdict = Verdict(
        "k08_nll", "test_mean", "the loss is the mean", State.WRONG if wrong else State.PASSED,
        mastery=False, required=["test_mean"],
        lines=[*FACTS, Line("space", ""), Line("why", "Divide by the number of rows.")],
    )  # fmt: skip
    result = Result("k08_nll", mastery=False)
    result.verdicts.append(verdict)
    checks: Any = SimpleNamespace(
        results={"k08_nll": result}, items=dict.fromkeys(STEMS), pending=[], mastery=False,
        path=lambda stem: Path("mine", f"{stem}.py"),
    )  # fmt: skip
    hints = collections.Counter({"k08_nll": int(hint)})
    return view.Page(checks, LABELS, hints, **{"current": "k08_nll", **attributes})


def shown(page: view.Page, height: int, columns: int = 80) -> list[str]:
    """Return what the screen shows of a page."""
    screen: Any = FakeScreen(columns, height)
    view.draw(page, screen)
    lines: list[str] = screen.lines
    return lines


def test_a_page_has_title_result_progress_and_keys() -> None:
    assert shown(page(wrong=False), 24) == [
        TITLE,
        "Part 2 · A network from bare tensors",
        "",
        "✓ mine/k08_nll.py · solved",
        "",
        *AFTERWARDS,
        "",
        "✓·",
        "██████████░░░░░░░░░░ 1 of 2 solved",
        *KEY_LINES,
    ]


def test_what_was_just_solved_is_told_on_the_page_of_the_next() -> None:
    message = "✓ k08 is solved. Next is k09."
    attributes: dict[str, Any] = {
        "current": "k09_accuracy",
        "solved": "k08_nll",
        "message": message,
    }
    lines = shown(page(wrong=False, **attributes), 24)
    start = lines.index(message)
    assert lines[start + 1 : start + 1 + len(AFTERWARDS)] == AFTERWARDS
    assert lines[0].startswith("k09 ·")
    lines = shown(page(wrong=False, are_references=True, **attributes), 24)
    assert message in lines
    assert AFTERWARDS[0] not in lines


def test_the_picture_of_a_part_takes_the_place_of_what_else_is_told() -> None:
    attributes: dict[str, Any] = {
        "current": "k09_accuracy",
        "solved": "k08_nll",
        "message": "Done.",
    }
    for part in parts.PICTURES:
        this = page(wrong=False, part=part, **attributes)
        end = "Lines of code that training takes: "
        high, low, lowest = ("\n".join(shown(this, height)) for height in (32, 22, 8))
        assert end in high
        assert AFTERWARDS[0] in high
        assert end in low
        assert AFTERWARDS[0] not in low
        assert "1 of 2 solved" in low
        assert lowest.endswith("q quit")


@pytest.mark.parametrize(("columns", "height"), [(80, 24), (120, 40), (80, 8), (40, 5)])
def test_the_reference_is_shown_in_pieces_that_fit(columns: int, height: int) -> None:
    this = page(wrong=False, reference="k08_nll")
    this.checks.path = lambda stem: catalog.SOLUTIONS / f"{stem}.py"  # type: ignore[method-assign]
    screen: Any = FakeScreen(columns, height)
    count = len(view.screenfuls(this, screen))
    seen = []
    for this.screenful in range(count):
        title, _, *lines, _, last = shown(this, height, columns)
        assert title == TITLE
        assert len(lines) + 4 <= max(5, height)
        assert last == (
            "s back" if this.screenful == count - 1 else f"s more ({this.screenful + 1} of {count})"
        )
        seen += lines
    assert seen == reference.layout("k08_nll", this.checks.path("k08_nll"), columns)
    this.screenful = count  # the window has become higher meanwhile
    assert shown(this, height, columns)[-1] == "s back"


def test_a_wrong_answer_is_explained_and_the_hint_is_below() -> None:
    lines = shown(page(hint=True, message="k07 is solved."), 40)
    assert lines[3] == HEADING
    assert "    Divide by the number of rows." in lines
    assert lines.index(HEADING) < find(HINT, lines) < lines.index("k07 is solved.")


@pytest.mark.parametrize("height", [8, 10, 16, 24])
@pytest.mark.parametrize("message", ["", "k07 is solved."])
@pytest.mark.parametrize("hint", [False, True])
def test_title_heading_hint_and_keys_are_in_every_window(
    height: int, message: str, hint: bool
) -> None:
    lines = shown(page(hint=hint, message=message), height)
    assert len(lines) <= height
    assert lines[0] == TITLE
    assert lines[-1] in KEY_LINES
    assert HEADING in lines
    assert "    gave        0" in lines
    if hint:
        whole = " ".join(catalog.hints("k08_nll")[0].split())
        assert whole in " ".join(line.strip() for line in lines)
    else:
        assert "of 2 solved" in lines[lines.index(KEY_LINES[0]) - 1]


def test_the_progress_gives_way_to_the_hint() -> None:
    assert "of 2 solved" in shown(page(hint=True), 16)[-1 - len(KEY_LINES)]
    assert "of 2 solved" not in "\n".join(shown(page(hint=True), 8))


def test_blank_lines_give_way_before_anything_else() -> None:
    whole = shown(page(hint=True), 40)
    without = [line for line in whole if line]
    assert shown(page(hint=True), len(without)) == without
    assert shown(page(hint=True), len(whole) - 1) == [*whole[:2], *whole[3:]]


def test_what_is_left_out_is_counted() -> None:
    whole = shown(page(), 40)
    lines = shown(page(), 8)
    note = lines[find("more lines", lines)]
    explanation = whole[find(HEADING, whole) : find("✗·", whole)]
    kept = lines[find(HEADING, lines) : find("more lines", lines)]
    assert note.split()[1] == str(len([line for line in explanation if line]) - len(kept))


@pytest.mark.parametrize("height", range(1, 8))
def test_the_keys_are_the_last_to_go(height: int) -> None:
    lines = shown(page(hint=True, message="k07 is solved."), height)
    assert len(lines) == height
    assert KEY_LINES[0] in lines
    assert height == 1 or lines[0] == TITLE


def test_a_narrow_window_wraps_the_hint() -> None:
    assert shown(page(hint=True), 40)[0] == TITLE
    lines = shown(page(hint=True), 40, columns=40)
    start = find(HINT, lines)
    assert all(len(line) <= 40 for line in lines[start : start + 5])


def test_hints_come_in_turn_and_begin_anew() -> None:
    this = page()
    count = len(catalog.hints("k08_nll"))
    parts = [f"Hint {number + 1} of {count}: " for number in range(count)]
    for part in [*parts, "The reference answer is solutions/k08_nll.py.", parts[0]]:
        this.hints["k08_nll"] += 1
        assert part in "\n".join(shown(this, 40))


def test_tests_that_do_not_load_are_shown_without_a_kata() -> None:
    lines = shown(page(current="", broken="E   ImportError"), 24)
    assert "The tests do not load. Waiting for them to change." in lines
    assert "E   ImportError" in lines


def test_what_is_being_checked_is_named() -> None:
    this = page()
    this.checks.pending.extend(STEMS)
    assert "0 of 2 solved · checking k08 and 1 more" in "\n".join(shown(this, 24))


def find(part: str, lines: list[str]) -> int:
    """Return the number of the first line that contains a text."""
    for number, line in enumerate(lines):
        if part in line:
            return number
    raise ValueError(f"{part!r} is not in {lines}")
