"""Explanations and progress as a terminal gets them: folded, styled, in ASCII where it must be."""

import io
import re
from pathlib import Path

import pytest

from tests.harness.checker.output.features import Features
from tests.harness.checker.output.results import MARKS, Result
from tests.harness.checker.output.writer import ASCII, COLOURS, STYLES, Writer
from tests.harness.checker.pytest_internals import TerminalWriter
from tests.harness.checker.verdict import Line, State, Verdict
from tests.harness.kit.expect import Kind, Row, WrongAnswer

PATH = Path("katas/k08_nll.py")
PLAIN = str(PATH)
LONG = (
    "Each row contributes minus the log-probability at its own target, and the loss is their "
    "mean: a scalar, and the same size for a batch of 6 as for one of 64."
)


class Screen:
    """A writer, and what it has written."""

    def __init__(
        self,
        width: int = 80,
        encoding: str = "utf-8",
        markup: bool = False,
        links: bool = False,
        words: bool = False,
    ) -> None:
        self.file = io.StringIO()
        terminal = TerminalWriter(self.file)
        terminal.fullwidth = width
        terminal.hasmarkup = markup
        self.writer = Writer(terminal, Features(encoding, links, words))

    @property
    def text(self) -> str:
        """All that was written, as it was."""
        return self.file.getvalue()

    @property
    def lines(self) -> list[str]:
        """The lines that were written."""
        return self.text.splitlines()


def result(*verdicts: Verdict) -> Result:
    found = Result("k08_nll", mastery=False)
    found.verdicts = list(verdicts)
    return found


def wrong(law: str = "a law", *rows: Row, why: str = "No.", kind: Kind = Kind.WRONG) -> Verdict:
    lines = [Line(*line) for line in WrongAnswer(why, rows=rows).lines()]
    return Verdict("k08_nll", f"test_{law}", law, State.WRONG, False, ["test_a"], kind, "", lines)


def explained(*verdicts: Verdict, width: int = 80) -> str:
    screen = Screen(width)
    screen.writer.explanation(result(*verdicts), PATH)
    assert max(map(len, screen.lines), default=0) <= max(width, len(PLAIN) + 20)
    return screen.text


# Folding.


@pytest.mark.parametrize("width", [20, 40, 79, 80, 200])
def test_a_paragraph_fits_and_loses_no_word(width: int) -> None:
    screen = Screen(width)
    screen.writer.paragraph(LONG)
    assert max(map(len, screen.lines)) <= min(width, 80)
    assert " ".join(screen.text.split()) == LONG
    assert all(re.match(r"    \S", line) for line in screen.lines)


def test_a_wide_terminal_has_eighty_columns_too() -> None:
    texts = []
    for width in (80, 300):
        screen = Screen(width)
        screen.writer.paragraph(LONG)
        texts.append(screen.text)
    assert texts[0] == texts[1]


def test_names_and_numbers_are_not_broken_at_hyphens() -> None:
    screen = Screen(40)
    screen.writer.paragraph("x" * 30 + " minus 1.5e-05 and log-probability")
    assert "1.5e-05" in screen.text
    assert "log-probability" in screen.text


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("gave        " + "1.25, " * 20, " " * 16),  # under the value, with the margin
        ("  target    " + "1.25, " * 20, " " * 16),
        ("nll(input, target, " + "weight=1.25, " * 10 + ")", " " * 8),
    ],
)
def test_a_fact_that_is_too_wide_goes_on_below_its_value(text: str, second: str) -> None:
    screen = Screen()
    screen.writer.facts([Line("gave", text)])
    first, *rest = screen.lines
    assert first.startswith("    " + text[:30])
    assert all(line.startswith(second) and line[len(second)] != " " for line in rest)
    assert max(map(len, screen.lines)) <= 80
    assert "".join(screen.text.split()) == "".join(text.split())


def test_a_row_of_a_tensor_stays_whole() -> None:
    screen = Screen()
    rows = "[-0.69315, -1.3863, -1.3863]", "[-2.3026, -0.22314, -2.3026]"
    screen.writer.facts([Line("gave", f"gave        (2, 3) float32     [{', '.join(rows)}]")])
    first = f"    gave        (2, 3) float32     [{rows[0]},"
    assert screen.lines == [first, " " * first.index(rows[0]) + f"{rows[1]}]"]


def test_a_row_that_does_not_fit_is_folded_too() -> None:
    screen = Screen()
    screen.writer.facts([Line("gave", f"gave        [{'1.25, ' * 30}1.25]")])
    assert len(screen.lines) > 2
    assert max(map(len, screen.lines)) <= 80


def test_a_fact_that_fits_is_written_as_it_is() -> None:
    screen = Screen()
    screen.writer.facts([Line("gave", "gave        [1.0,  2.0]"), Line("space", "")])
    assert screen.text == "    gave        [1.0,  2.0]\n\n"


# An explanation.


def test_an_explanation_has_facts_then_the_reason() -> None:
    row = Row("gave", "gave", "None")
    assert explained(wrong("the loss is a mean", row, why="Did you forget `return`?")) == (
        f"\n✗ {PATH} · the loss is a mean\n\n    gave        None\n\n    Did you forget `return`?\n"
    )


def test_what_the_answer_printed_is_shown() -> None:
    verdict = wrong()
    verdict.printed = ["one", "  two"]
    text = explained(verdict)
    assert "\n    printed     one\n                  two\n" in text


def test_the_first_failure_is_explained_and_others_named() -> None:
    laws = ["first", "second", "third", "fourth", "fifth"]
    verdicts = [wrong(law, why=f"Because of {law}.") for law in laws]
    text = explained(*verdicts)
    assert "Because of first." in text
    assert "Because of second." not in text
    assert text.endswith("    Fails as well: “second”, “third” and 2 more.\n")
    assert explained(*verdicts[:3]).endswith("Fails as well: “second” and “third”.\n")
    assert explained(*verdicts[:2]).endswith("Fails as well: “second”.\n")
    assert "Fails" not in explained(verdicts[0])


@pytest.mark.parametrize("facts", range(20))
def test_others_are_not_named_below_a_long_explanation(facts: int) -> None:
    rows = [Row("note", f"fact {number}", "1") for number in range(facts)]
    text = explained(wrong("first", *rows, why="No."), wrong("second", why="Never."))
    lines = len([line for line in text.splitlines() if line])
    assert lines <= 15 or facts > 13
    assert ("Fails as well" in text) == (facts <= 11)


def test_a_failure_that_says_the_same_is_not_named_again() -> None:
    first = wrong("first", why="No.")
    assert "Fails" not in explained(first, wrong("second", why="No."))
    assert "Fails" not in explained(first, wrong("first", why="Never."))
    text = explained(first, wrong("third", why="A."), wrong("third", why="B."))
    assert text.endswith("Fails as well: “third”.\n")


def test_tests_that_did_not_run_or_are_to_do_are_not_explained() -> None:
    to_do = wrong()
    to_do.state = State.TO_DO
    assert explained(to_do) == ""
    assert explained(wrong(kind=Kind.NOT_RUN)) == ""
    assert explained() == ""
    text = explained(to_do, wrong("x", kind=Kind.NOT_RUN, why="Not run."), wrong("a law"))
    assert "a law" in text
    assert "Not run" not in text


# Colour.


def test_each_kind_of_line_has_its_colour() -> None:
    screen = Screen(markup=True)
    row, code = Row("gave", "gave", "1"), Row("code", "", "line 2    x = 1")
    screen.writer.explanation(result(wrong("a law", row, code)), PATH)
    assert f"\x1b[31m\x1b[1m✗ {PATH}" in screen.text
    assert "\x1b[31m    gave        1\x1b[0m" in screen.text
    assert "\x1b[1m    line 2    x = 1\x1b[0m" in screen.text


def test_without_colour_nothing_but_text_is_written() -> None:
    screen = Screen()
    screen.writer.explanation(result(wrong()), PATH)
    screen.writer.progress_bar([result(wrong())], mastery=False)
    assert "\x1b" not in screen.text


def test_states_and_kinds_are_styled_that_exist() -> None:
    assert set(COLOURS) == set(MARKS)
    assert set(STYLES) <= {"gave", "expected", "code", "call", "input"}


# ASCII.


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "no-such-encoding"])
def test_a_terminal_that_lacks_the_marks_gets_ascii(encoding: str) -> None:
    screen = Screen(encoding=encoding)
    screen.writer.explanation(result(wrong("x → √y", why="It’s 2 × 2 ≤ 5 … 한")), PATH)
    screen.writer.progress_bar([result(wrong())], mastery=False)
    assert screen.text.isascii()
    assert f"x {PATH} - x -> sqrt y" in screen.text
    assert "It's 2 x 2 <= 5 ... ?" in screen.text
    assert "....................  0 of 1 solved".replace("  ", " ") in screen.text


def test_another_terminal_gets_the_marks() -> None:
    screen = Screen(encoding="utf-8")
    screen.writer.line("○ ✗ ✓ ★ ◐ → 한")
    assert screen.text == "○ ✗ ✓ ★ ◐ → 한\n"


def test_the_encoding_is_that_of_the_file() -> None:
    for encoding, text in (("utf-8", "✗"), ("ascii", "x")):
        raw = io.BytesIO()
        file = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
        Writer(TerminalWriter(file)).write("✗")
        assert raw.getvalue().decode(encoding) == text


def test_marks_stay_apart_in_ascii() -> None:
    marks = [mark.translate(ASCII) for mark in MARKS.values()]
    assert all(map(str.isascii, marks))
    assert len(set(marks)) == len(marks)
    assert "".join(str(value) for value in ASCII.values()).isascii()


# Progress.


def solved(*, mastered: bool = False) -> Result:
    found = Result("k08_nll", mastery=mastered)
    found.verdicts = [Verdict("k08_nll", "test_a", "a", State.PASSED, False, ["test_a"])]
    return found


@pytest.mark.parametrize(
    ("done", "of", "bar"),
    [(0, 3, "░" * 20), (1, 2, "█" * 10 + "░" * 10), (3, 3, "█" * 20), (1, 30, "█" + "░" * 19)],
)
def test_the_bar_grows_with_what_is_solved(done: int, of: int, bar: str) -> None:
    screen = Screen()
    results = [solved() for _ in range(done)] + [result(wrong()) for _ in range(of - done)]
    screen.writer.progress_bar(results, mastery=False)
    assert screen.text == f"{bar} {done} of {of} solved"


def test_what_is_mastered_counts_as_solved_too() -> None:
    screen = Screen()
    screen.writer.progress_bar([solved(mastered=True), solved(), result(wrong())], mastery=True)
    assert screen.text.endswith(" 2 of 3 solved, 1 mastered")


# Links and words.

LINKED = f"\x1b]8;;{(Path.cwd() / PATH).as_uri()}\x1b\\{PATH}\x1b]8;;\x1b\\"

OSC_8 = re.compile(r"\x1b]8;;.*?\x1b\\")


def test_a_path_is_a_link_where_the_terminal_shows_them() -> None:
    screen = Screen(links=True)
    screen.writer.explanation(result(wrong("a law")), PATH)
    assert f"✗ {LINKED} · a law\n" in screen.text
    assert screen.writer.link(PATH) == LINKED
    assert Screen().writer.link(PATH) == PLAIN


@pytest.mark.parametrize("width", [20, 30, 40, 80])
@pytest.mark.parametrize("name", ["katas/k08_nll.py", "my katas/k08 nll.py", "카타/k08_nll.py"])
def test_links_do_not_change_where_lines_are_folded(width: int, name: str) -> None:
    texts = []
    for links in (False, True):
        screen = Screen(width, links=links)
        screen.writer.explanation(result(wrong("a law that goes on " * 5)), Path(name))
        screen.writer.paragraph(f"The reference answer is {name}, and so on.", path=Path(name))
        texts.append(OSC_8.sub("", screen.text))
        assert all(name in line for line in screen.lines if "k08" in line)  # it is never broken
    assert texts[0] == texts[1]


def test_a_link_has_percent_signs_for_all_but_ascii() -> None:
    screen = Screen(links=True)
    uri = screen.writer.link(Path("/a b/카타 100%.py")).split("\x1b\\")[0]
    assert uri == "\x1b]8;;file:///a%20b/%EC%B9%B4%ED%83%80%20100%25.py"


def test_nobody_can_smuggle_escape_codes_in() -> None:
    """What an answer prints is escaped before; the name of a file is, here."""
    screen = Screen(links=True)
    name = "k08\x1b]8;;http://evil\x1b\\.py"
    screen.writer.explanation(result(wrong("a law")), Path(name))
    assert "\x1b]8;;http" not in screen.text
    assert "k08\\x1b]8;;http:/evil" in screen.text


def test_a_terminal_of_ascii_has_links_too() -> None:
    screen = Screen(encoding="ascii", links=True)
    screen.writer.heading("✗ 카타.py · x", Path("카타.py"))
    assert screen.text.startswith("x \x1b]8;;file:///")
    assert "%EC%B9%B4%ED%83%80.py\x1b\\??.py\x1b]8;;\x1b\\ - x" in screen.text


def test_words_take_the_place_of_marks_and_bars() -> None:
    screen = Screen(words=True)
    screen.writer.explanation(result(wrong("a law")), PATH)
    screen.writer.verdict(solved(), PATH, "solved", State.SOLVED)
    screen.writer.progress_bar([result(wrong()), solved()], mastery=False)
    assert screen.lines[1] == f"wrong: k08 · {PATH} · a law"
    assert screen.lines[-2:] == [f"solved: k08 · {PATH}", "1 of 2 solved"]
    assert not set(screen.text) & set("".join(MARKS.values()) + "█░")


def test_items_are_never_broken() -> None:
    screen = Screen(20)
    screen.writer.items(["enter check", "a all", "n/p next, previous", "q quit"], " · ")
    assert screen.lines == ["enter check · a all", "n/p next, previous", "q quit"]
