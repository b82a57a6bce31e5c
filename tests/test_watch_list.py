"""The list of katas under `--watch`, and what is appended where no screen is drawn."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker.output import features
from tests.harness.checker.sandbox import isolation
from tests.harness.selftest import dev_extra
from tests.harness.selftest.sample_answers import QUICK, right, write_quick

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)
if dev_extra.is_missing():
    pytest.skip(dev_extra.REASON, allow_module_level=True)

from tests.harness.checker.watch.kata_list import KEYS, KataList
from tests.harness.selftest.pty import PYTEST, Terminal

# Katas that need no torch, so that the check starts at once; and k08, which is not alone with 8.
STEMS = QUICK
LONG = right("k02_unpickle").replace("latin-1", "ascii")
BLOCKS = "✓✗○★◐█░"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of answers: the first is solved, the others are to do."""
    return write_quick(tmp_path / "mine")


def watching(folder: Path, **how: Any) -> Terminal:
    katas = [catalog.KATAS / f"{stem}.py" for stem in STEMS]
    return Terminal(*katas, f"--answers={folder.name}", "--watch", cwd=folder.parent, **how)


@pytest.fixture
def terminal(folder: Path) -> Iterator[Terminal]:
    """Return a terminal that has checked these answers and shows k02."""
    with watching(folder) as terminal:
        terminal.wait(lambda s: s.startswith("k02 ·") and "· checking" not in s)
        yield terminal


# Choosing.


def chosen(*keys: str) -> str:
    """Return the number of the kata that some keys choose, from k08 on."""
    katas = KataList(catalog.stems(), "k08_nll")
    for key in keys:
        katas.press(key)
    return katas.chosen[:3]


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (["down"], "k09"), (["j", "j"], "k10"), (["up"], "k07"), (["k", "p", "n"], "k07"),
        (["page down"], "k18"), (["page up"], "k01"), (["home"], "k01"),
        (["1"], "k01"), (["1", "2"], "k12"), (["0", "9"], "k09"), (["1", "j", "2"], "k02"),
        (["9", "9"], "k09"), (["9", "1"], "k01"), (["x"], "k08"), (["0"], "k08"),
        (["home", "up"], "k01"),
    ],
)  # fmt: skip
def test_keys_and_numbers_choose_a_kata(keys: list[str], number: str) -> None:
    assert chosen(*keys) == number


def test_the_last_one_is_the_end() -> None:
    assert chosen("end") == chosen("end", "down") == catalog.stems()[-1][:3]


# On the screen.


def test_the_list_shows_all_katas_and_enter_goes_there(terminal: Terminal) -> None:
    terminal.type("l")
    screen = terminal.wait(KEYS)
    assert [" ".join(line.split()) for line in screen.splitlines()] == [
        "All katas",
        "Part 1 · Data",
        "✓ k01 Download a file once solved",
        "> ○ k02 Arrays from a pickle to do",
        "○ k03 Look at a digit to do",
        KEYS,
    ]
    terminal.type("\x1b[B")
    terminal.wait("> ○ k03")
    terminal.type("1")
    terminal.wait("> ✓ k01")
    terminal.type("\n")
    terminal.wait(lambda screen: screen.startswith("k01 · Download"))
    assert KEYS not in terminal.screen


@pytest.mark.parametrize("key", ["q", "\x1b", "l"])
def test_the_list_is_left_without_a_jump(terminal: Terminal, key: str) -> None:
    before = terminal.screen
    terminal.type("lk")
    terminal.wait("> ✓ k01")
    terminal.type(key)
    assert terminal.wait(lambda screen: KEYS not in screen) == before
    terminal.type("q")
    assert terminal.exit_code() == 1


def test_a_save_closes_the_list_and_shows_the_verdict(terminal: Terminal, folder: Path) -> None:
    terminal.type("l")
    terminal.wait(KEYS)
    (folder / "k03_show_digit.py").write_text("def f(:\n", encoding="utf-8")
    assert terminal.wait("Python cannot read the file.").startswith("k03 ·")


def test_in_a_low_window_the_list_scrolls() -> None:
    """What is above and below is counted."""
    with Terminal(command=[sys.executable, "-c", SCROLLING], size=(60, 10)) as terminal:
        screen = terminal.wait("> · k13")
        lines = screen.splitlines()
        assert len(lines) == 10
        assert lines[0] == "All katas"
        assert lines[1].startswith("  … ")
        assert lines[-2] == f"  … {len(catalog.stems()) - 15} more below"
        assert lines[-1] == KEYS


SCROLLING = """
import collections, types
from tests.harness import catalog
from tests.harness.checker.output.features import Features
from tests.harness.checker.watch import view
from tests.harness.checker.watch.kata_list import KataList
from tests.harness.checker.watch.screen import Screen
stems = catalog.stems()
checks = types.SimpleNamespace(items=dict.fromkeys(stems), results={}, mastery=False, pending=[])
page = view.Page(checks, "keys", collections.Counter(), current=stems[0])
page.katas = KataList(stems, stems[12])
with Screen(True, Features("utf-8")) as screen:
    view.draw(page, screen)
    input()
"""


def test_paths_are_links_on_the_screen_and_nothing_else_is(folder: Path) -> None:
    """Least of all what an answer prints."""
    path = "mine/k02_unpickle.py"
    link = features.hyperlink(folder / "k02_unpickle.py", path)
    evil = features.hyperlink(Path("/evil"), path)
    with watching(folder, TERM_PROGRAM="WezTerm") as terminal:
        terminal.wait(f"{path} · to do")
        (folder / "k02_unpickle.py").write_text(
            f"def load_mnist(path):\n    print({evil!r})\n", encoding="utf-8"
        )
        screen = terminal.wait("printed     \\x1b]8;;file:///evil")
        assert f"✗ {path} · " in screen
        assert link.encode() in terminal.printed
        assert evil.encode() not in terminal.printed


# Where lines are appended.


def test_with_a_screen_reader_lines_are_appended(folder: Path) -> None:
    answer = folder / "k02_unpickle.py"
    answer.write_text(LONG, encoding="utf-8")
    with watching(folder, ACCESSIBLE="1", size=(80, 200)) as terminal:
        terminal.wait("wrong: k02 · mine/k02_unpickle.py · the arrays are those that were stored\n")
        terminal.wait("1 of 3 solved")
        terminal.type("\n")  # what is checked again is told again
        terminal.wait(lambda screen: screen.count("wrong: k02") == 2)
        answer.write_text(right("k02_unpickle"), encoding="utf-8")
        terminal.wait("solved: k02. Next is k03.")
        terminal.wait("to do: k03 · mine/k03_show_digit.py")
        terminal.type("h")
        terminal.wait("Hint 1 of ")
        terminal.type("l")
        terminal.wait("to do: k03  Look at a digit, shown now")
        terminal.type("k")
        terminal.wait(lambda screen: screen.count("solved: k02  Arrays from a pickle") == 2)
        terminal.type("\n")
        terminal.wait("solved: k02 · mine/k02_unpickle.py")
        terminal.type("q")
        assert terminal.exit_code() == 1
        assert terminal.is_restored()
        assert terminal.screen.startswith("Checking k01")  # nothing was overwritten
        assert_only_lines(terminal)


def test_a_dumb_terminal_is_read_line_by_line(folder: Path) -> None:
    dumb = ["env", "TERM=dumb", *PYTEST]
    with watching(folder, command=dumb, size=(80, 200)) as terminal:
        terminal.wait("to do: k02 · mine/k02_unpickle.py")
        terminal.type("h\n")
        terminal.wait("Hint 1 of ")
        terminal.type("l\n")
        terminal.wait(KEYS)
        terminal.type("1\n")
        terminal.wait("solved: k01 · mine/k01_download.py")
        assert terminal.screen.count("Hint") == 1
        terminal.type("\n")  # the kata is checked again
        terminal.wait("solved: k01. Next is k02.")
        terminal.type("q\n")
        assert terminal.exit_code() == 1
        assert b"\x1b" not in terminal.printed
        assert_only_lines(terminal)


def assert_only_lines(terminal: Terminal) -> None:
    """Check that colours are the only escape sequences, and words stand for all marks."""
    printed = terminal.printed.decode()
    assert not set(printed) & set(BLOCKS)
    assert all(part.partition("m")[0].isdecimal() for part in printed.split("\x1b[")[1:])
    assert "\x1b]" not in printed
