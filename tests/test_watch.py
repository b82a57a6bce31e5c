"""`--watch`, as a person sees it in a terminal."""

import itertools
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.checker.output.writer import TESTS_CHANGED
from tests.harness.checker.sandbox import isolation
from tests.harness.selftest import dev_extra
from tests.harness.selftest.command import run_pytest
from tests.harness.selftest.sample_answers import QUICK, right, write_quick

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)
if dev_extra.is_missing():
    pytest.skip(dev_extra.REASON, allow_module_level=True)

from tests.harness.selftest.pty import SECONDS, SHELL, Terminal, is_running, wait_until

# Katas that need no torch, so that the check starts at once.
STEMS = QUICK
KATAS = [catalog.KATAS / f"{stem}.py" for stem in STEMS]
WRONG = "def load_mnist(path):\n    return None\n"
ENDLESS = "while True:\n    pass\n"
# An explanation of many lines.
LONG = right("k02_unpickle").replace("latin-1", "ascii")
KEYS = [
    "enter check · a all · n/p next, previous · l list · e edit · h hint · s solution",
    "m mastery on · q quit",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of answers: the first is solved, the others are to do."""
    return write_quick(tmp_path / "mine")


@pytest.fixture
def terminal(folder: Path) -> Iterator[Terminal]:
    """Return a terminal that has checked these answers and waits."""
    with watching(folder) as terminal:
        terminal.wait(idle("k02 · Arrays from a pickle"))
        yield terminal


def watching(folder: Path, *args: str, **env: str) -> Terminal:
    """Watch a folder of answers; the paths on the screen are short."""
    answers = f"--answers={folder.name}"
    return Terminal(*args, *KATAS, answers, "--watch", cwd=folder.parent, size=(80, 24), **env)


def idle(shown: str) -> Callable[[str], bool]:
    """Return whether the screen shows something and nothing is being checked any more."""
    return lambda screen: shown in screen and "· checking" not in screen


def starts(title: str) -> Callable[[str], bool]:
    """Return whether the screen starts with a title."""
    return lambda screen: screen.startswith(title)


# What the screen shows.


def test_the_screen_shows_kata_state_progress_and_keys(terminal: Terminal) -> None:
    assert terminal.screen.splitlines() == [
        "k02 · Arrays from a pickle",
        "Part 1 · Data",
        "",
        "○ mine/k02_unpickle.py · to do",
        "",
        "✓○○",
        "███████░░░░░░░░░░░░░ 1 of 3 solved",
        *KEYS,
    ]


def test_a_wrong_answer_is_explained_and_a_right_one_leads_to_the_next(
    terminal: Terminal, folder: Path
) -> None:
    answer = folder / "k02_unpickle.py"
    answer.write_text(WRONG, encoding="utf-8")
    screen = terminal.wait(idle("✗"))
    assert "✗ mine/k02_unpickle.py · the arrays are those that were stored" in screen
    assert "    gave        None" in screen.splitlines()
    assert "1 of 3 solved" in screen
    answer.write_text(right("k02_unpickle"), encoding="utf-8")
    screen = terminal.wait("✓ k02 is solved. Next is k03.")
    assert screen.startswith("k03 · Look at a digit")
    assert "2 of 3 solved" in screen
    assert catalog.afterwards("k02_unpickle")[0] in " ".join(screen.split())


def test_the_reference_is_shown_beside_the_answer_once_it_is_solved(
    terminal: Terminal, folder: Path
) -> None:
    terminal.type("s")
    terminal.wait("The reference is shown once k02 is solved.")
    (folder / "k02_unpickle.py").write_text(right("k02_unpickle"), encoding="utf-8")
    terminal.wait("✓ k02 is solved. Next is k03.")
    terminal.type("s")
    screen = terminal.wait("The reference: ")
    assert screen.startswith("k02 · Arrays from a pickle")
    assert screen.endswith("s more (1 of 3)")
    terminal.resize(120, 40)
    screen = terminal.wait("│ The reference: ")
    assert "Yours: mine/k02_unpickle.py" in screen
    assert screen.endswith("s back")
    terminal.type("s")
    terminal.wait("✓ k02 is solved. Next is k03.")
    terminal.type("n")
    screen = terminal.wait(lambda screen: "is solved" not in screen)
    assert screen.startswith("k03 ·")


def test_the_kata_that_completes_its_part_shows_what_has_been_built(folder: Path) -> None:
    stem = "k04_to_tensors"
    shutil.copy(catalog.KATAS / f"{stem}.py", folder)
    for other in STEMS[1:]:
        (folder / f"{other}.py").write_text(right(other), encoding="utf-8")
    with watching(folder, str(catalog.KATAS / f"{stem}.py")) as terminal:
        terminal.wait(idle("3 of 4 solved"))
        (folder / f"{stem}.py").write_text(right(stem), encoding="utf-8")
        terminal.wait("✓ k04 is solved.")
        screen = terminal.wait("Part 1 is done.")
        assert "──show_digit──▶" in screen
        terminal.type("n")
        terminal.wait(lambda screen: "Part 1 is done." not in screen)


def test_what_was_solved_and_is_saved_wrong_is_shown_again(
    terminal: Terminal, folder: Path
) -> None:
    (folder / "k01_download.py").write_text("def download(url, path): pass\n", encoding="utf-8")
    screen = terminal.wait(idle("✗"))
    assert screen.startswith("k01 · Download a file once")
    assert "0 of 3 solved" in screen


def test_the_last_one_says_that_all_are_done(terminal: Terminal, folder: Path) -> None:
    for stem in STEMS[1:]:
        (folder / f"{stem}.py").write_text(right(stem), encoding="utf-8")
        terminal.wait(f"✓ {stem[:3]} is solved.")
    assert "All 3 are, with this one." in terminal.screen
    terminal.type("q")
    assert terminal.exit_code() == 0


def test_nothing_of_the_frame_before_stays_on_the_screen(terminal: Terminal, folder: Path) -> None:
    (folder / "k02_unpickle.py").write_text(LONG, encoding="utf-8")
    long = terminal.wait(idle("✗"))
    terminal.type("n")
    short = terminal.wait(starts("k03 ·")).splitlines()
    assert short[:5] == [
        "k03 · Look at a digit", "Part 1 · Data", "", "○ mine/k03_show_digit.py · to do", "",
    ]  # fmt: skip
    assert len(short) == 9 < len(long.splitlines())
    terminal.type("p")
    assert terminal.wait(starts("k02 ·")) == long


# The size of the window.


@pytest.mark.parametrize("lines", [8, 16])
def test_a_low_window_cuts_the_explanation_and_nothing_else(
    terminal: Terminal, folder: Path, lines: int
) -> None:
    terminal.resize(80, lines)
    (folder / "k02_unpickle.py").write_text(LONG, encoding="utf-8")
    screen = terminal.wait(idle("✗"))
    assert len(screen.splitlines()) <= lines
    assert screen.startswith("k02 ·")
    assert "q quit" in screen.splitlines()[-1]
    assert "1 of 3 solved" in screen


@pytest.mark.parametrize("lines", [8, 10, 16, 24])
def test_a_low_window_shows_title_and_keys_beside_a_hint(
    terminal: Terminal, folder: Path, lines: int
) -> None:
    terminal.resize(80, lines)
    (folder / "k02_unpickle.py").write_text(LONG, encoding="utf-8")
    terminal.wait(idle("✗"))
    terminal.type("h")
    screen = terminal.wait("Hint 1 of ")
    first, *_, last = screen.splitlines()
    assert first == "k02 · Arrays from a pickle"
    assert last == KEYS[lines > 8]  # the lowest has no room for both
    assert catalog.hints("k02_unpickle")[0] in " ".join(screen.split())
    assert "✗ mine/k02_unpickle.py · the arrays are those that were stored" in screen


def test_in_a_narrow_window_no_line_takes_two_rows(terminal: Terminal, folder: Path) -> None:
    terminal.resize(40, 24)
    (folder / "k02_unpickle.py").write_text(LONG, encoding="utf-8")
    # What is being checked stands at the end of the line, and is cut off.
    lines = terminal.wait(lambda s: "✗" in s and "1 of 3 solved\n" in s).splitlines()
    assert lines[:2] == ["k02 · Arrays from a pickle", "Part 1 · Data"]
    assert lines[2].startswith("✗ mine/k02_unpickle.py")  # there is no room for a blank line
    keys = lines.index("enter check · a all · n/p next, previous")
    assert lines[keys - 2 : keys] == ["✓✗○", "███████░░░░░░░░░░░░░ 1 of 3 solved"]
    assert lines[-1].endswith("q quit")


def test_in_a_narrow_window_the_heading_is_wrapped(terminal: Terminal, folder: Path) -> None:
    terminal.resize(60, 24)
    (folder / "k02_unpickle.py").write_text(WRONG, encoding="utf-8")
    screen = terminal.wait(idle("✗"))
    heading = "✗ mine/k02_unpickle.py · the arrays are those that were stored"
    assert heading in " ".join(screen.split())


def test_another_size_of_the_window_is_used_at_once(terminal: Terminal, folder: Path) -> None:
    (folder / "k02_unpickle.py").write_text(LONG, encoding="utf-8")
    whole = terminal.wait(idle("✗"))
    terminal.resize(50, 12)
    screen = terminal.wait("more lines")
    assert screen.startswith("k02 ·")
    assert "1 of 3 solved" in screen
    terminal.resize(80, 24)
    assert terminal.wait(lambda screen: "more lines" not in screen) == whole
    terminal.resize(120, 40)
    terminal.read(0.5)
    assert terminal.wait(lambda screen: screen == whole)


# What is checked, and when.


def test_editors_that_write_another_file_and_rename_it(terminal: Terminal, folder: Path) -> None:
    answer = folder / "k02_unpickle.py"
    for text, shown in ((WRONG, "✗"), (right("k02_unpickle"), "✓ k02 is solved.")):
        new = folder / ".k02_unpickle.py.tmp"
        new.write_text(text, encoding="utf-8")
        os.replace(new, answer)
        terminal.wait(shown)
    terminal.type("p")
    terminal.wait("k02 · Arrays")
    # And those that move the old one out of the way first.
    answer.rename(folder / "k02_unpickle.py~")
    answer.write_text(WRONG, encoding="utf-8")
    terminal.wait("✗")


def test_of_several_saves_the_last_one_counts(terminal: Terminal, folder: Path) -> None:
    answer = folder / "k02_unpickle.py"
    for last in (WRONG, right("k02_unpickle"), WRONG):
        for text in (right("k02_unpickle"), WRONG, last):
            answer.write_text(text, encoding="utf-8")
            time.sleep(0.005)
        shown = idle("✗" if last == WRONG else "✓ k02 is solved.")
        terminal.wait(shown)
        terminal.read(0.3)
        terminal.wait(shown)
        assert ("✗" in terminal.screen) == (last == WRONG)


def test_a_file_that_is_being_written_is_not_judged(terminal: Terminal, folder: Path) -> None:
    answer = folder / "k02_unpickle.py"
    whole = right("k02_unpickle")
    for beginning in ("", whole[:200], whole[:-30]):
        answer.write_text(beginning, encoding="utf-8")
        time.sleep(0.1)
    answer.write_text(whole, encoding="utf-8")
    terminal.wait("✓ k02 is solved.")
    assert not any("Python cannot read" in frame for frame in terminal.emulator.frames)
    answer.write_text("def load_mnist(path:\n", encoding="utf-8")  # and stays so
    terminal.wait("Python cannot read the file.")


def test_one_save_is_checked_once(terminal: Terminal, folder: Path) -> None:
    def checks() -> int:
        """Count how often a check has begun: in one frame it is shown, and not in the last."""
        shown = ["· checking" in frame for frame in terminal.emulator.frames]
        return sum(now and not before for before, now in itertools.pairwise(shown))

    before = checks()
    answer = folder / "k02_unpickle.py"
    answer.write_text(WRONG, encoding="utf-8")
    answer.touch()
    terminal.wait(idle("✗"))
    assert checks() == before + 1
    answer.touch()  # as editors do that set times and rights afterwards
    terminal.read(0.5)
    time.sleep(0.5)
    terminal.type("\n")
    terminal.wait(lambda _: checks() > before + 1)
    terminal.wait(idle("✗"))
    assert checks() == before + 2


def test_a_save_ends_the_check_of_what_was_there_before(folder: Path) -> None:
    answer = folder / "k02_unpickle.py"
    with watching(folder, "--time-limit=600") as terminal:
        terminal.wait(idle("k02 · Arrays from a pickle"))
        answer.write_text(
            "import time\ndef load_mnist(path):\n    time.sleep(600)\n", encoding="utf-8"
        )
        terminal.wait("· checking k02")
        time.sleep(0.3)
        answer.write_text(right("k02_unpickle"), encoding="utf-8")
        terminal.wait("✓ k02 is solved.")
        wait_until(lambda: len(terminal.processes()) == 1)  # the parent stays


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a copy of the repository."""
    left_out = shutil.ignore_patterns(".*", "__pycache__", "data")
    return Path(shutil.copytree(catalog.ROOT, tmp_path / "clone", ignore=left_out))


def test_an_answer_that_other_tests_refuse_has_not_changed(clone: Path) -> None:
    (clone / "katas" / "k02_unpickle.py").write_text(right("k02_unpickle"), encoding="utf-8")
    arguments = ("-p", "cacheprovider", "katas/k02_unpickle.py", "--watch")
    with Terminal(*arguments, cwd=clone, size=(80, 24)) as terminal:
        terminal.wait("1 of 1 solved")
        tests = clone / "tests" / "katas" / "test_k02_unpickle.py"
        with tests.open("a", encoding="utf-8") as file:
            file.write("\n\ndef test_another(answer: Answer) -> None:\n    answer.load_mnist(0)\n")
        terminal.wait(TESTS_CHANGED)


def test_changed_tests_are_used_at_once(clone: Path) -> None:
    tests = clone / "tests" / "katas" / "test_k02_unpickle.py"
    text = tests.read_text(encoding="utf-8")
    katas = [f"katas/{stem}.py" for stem in STEMS]
    with Terminal(*katas, "--watch", cwd=clone, size=(100, 40)) as terminal:
        terminal.wait(idle("k01 ·"))
        terminal.type("nh")
        terminal.wait("Hint 1 of ")
        (clone / "katas" / "k02_unpickle.py").write_text(WRONG, encoding="utf-8")
        terminal.wait("the arrays are those that were stored")
        tests.write_text("def broken(:\n" + text, encoding="utf-8")
        terminal.wait("test_k02_unpickle.py has changed")
        changed = text.replace("the_arrays_are_those_that_were_stored", "it_is_another_law")
        tests.write_text(changed, encoding="utf-8")
        screen = terminal.wait(idle("it is another law"))
        assert screen.startswith("k02 ·")
        assert "Hint 1 of " in screen
        tests.write_text("import nothing_of_that_name\n" + text, encoding="utf-8")
        screen = terminal.wait("The tests do not load.")
        assert "nothing_of_that_name" in screen
        tests.write_text(text, encoding="utf-8")
        terminal.wait(idle("the arrays are those that were stored"))
        terminal.type("q")
        assert terminal.exit_code() == 1
        assert terminal.is_restored()


def test_what_is_made_of_a_kata_is_checked_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "k02_unpickle.py").write_text("from shared import load_mnist\n", encoding="utf-8")
    (folder / "shared.py").write_text(WRONG, encoding="utf-8")
    with watching(folder) as terminal:
        terminal.wait(idle("k01 ·"))
        terminal.type("n")
        terminal.wait("✗")
        (folder / "shared.py").write_text(right("k02_unpickle"), encoding="utf-8")
        terminal.wait(idle("k02_unpickle.py · solved"))


def test_a_single_test_can_be_watched(folder: Path) -> None:
    law = f"{KATAS[0]}::test_folders_that_exist_are_fine"
    with Terminal(law, "--answers=mine", "--watch", cwd=folder.parent) as terminal:
        terminal.wait(idle("k01 ·"))
        (folder / "k01_download.py").write_text("def download(url, path): pass\n", encoding="utf-8")
        terminal.wait("✗")
        (folder / "k01_download.py").write_text(right("k01_download"), encoding="utf-8")
        terminal.wait("✓ k01 is right.")


# Keys.


def test_keys_go_from_kata_to_kata(terminal: Terminal) -> None:
    for key, title in (("n", "k03 ·"), ("n", "k03 ·"), ("p", "k02 ·"), ("pp", "k01 ·")):
        terminal.type(key)
        terminal.wait(starts(title))
    assert "k01_download.py · solved" in terminal.screen
    terminal.type("\x1b[A\x1b[B\x1b[C\x1b[D\x1bOPxyz")  # arrows and the like mean nothing
    terminal.type("a")
    terminal.wait(idle("k01 ·"))


def test_hints_come_one_at_a_time(terminal: Terminal) -> None:
    for number in (1, 2):
        terminal.type("h")
        terminal.wait(f"Hint {number} of ")
    assert "Hint 1" not in terminal.screen
    terminal.type("n")
    terminal.wait(lambda screen: "k03 ·" in screen and "Hint" not in screen)
    for _ in range(8):
        if "solutions/k03_show_digit.py" in terminal.screen:
            break
        before = terminal.screen
        terminal.type("h")
        terminal.wait(lambda screen, before=before: screen != before)  # type: ignore[misc]
    else:
        pytest.fail("the hints never end")
    terminal.type("h")
    terminal.wait("Hint 1 of ")


def test_mastery_is_asked_for_by_a_key(terminal: Terminal, folder: Path) -> None:
    (folder / "k01_download.py").write_text(
        "import requests\ndef download(url, path):\n    if not path.exists():\n"
        "        path.parent.mkdir(parents=True, exist_ok=True)\n"
        "        path.write_bytes(requests.get(url, timeout=5).content)\n    return path\n",
        encoding="utf-8",
    )
    terminal.wait("✓ k01 is solved.")
    terminal.type("pm")
    screen = terminal.wait(idle("0 mastered"))
    assert screen.startswith("k01 ·")
    assert "✗" in screen
    terminal.type("m")
    terminal.wait(idle("✓ k01 is solved. Next is k02."))


# The terminal, and the end.

ENDS: dict[str, Callable[[Terminal], None]] = {
    "q": lambda terminal: terminal.type("q"),
    "Ctrl-C": lambda terminal: terminal.type("\x03"),
    "Ctrl-D": lambda terminal: terminal.type("\x04"),
    "terminated": lambda terminal: terminal.send_signal(signal.SIGTERM),
    "hung up": lambda terminal: terminal.send_signal(signal.SIGHUP),
}
if sys.platform == "linux":  # elsewhere an endless loop would go on
    ENDS["killed"] = lambda terminal: terminal.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_however_it_ends_the_terminal_is_restored_and_nothing_is_left(
    terminal: Terminal, folder: Path, end: Callable[[Terminal], None]
) -> None:
    (folder / "k02_unpickle.py").write_text(ENDLESS, encoding="utf-8")
    terminal.wait("· checking k02")
    wait_until(lambda: len(terminal.processes()) > 1)
    processes = terminal.processes()
    end(terminal)
    terminal.exit_code()
    wait_until(lambda: not any(map(is_running, processes)))
    if end is not ENDS.get("killed"):  # then `reset` does it
        wait_until(terminal.is_restored)
    assert "Traceback" not in terminal.screen


def test_it_ends_when_its_window_is_shut(terminal: Terminal) -> None:
    processes = terminal.processes()
    terminal.hang_up()
    terminal.exit_code()
    wait_until(lambda: not any(map(is_running, processes)))


def test_it_stops_and_goes_on_as_the_shell_asks(folder: Path) -> None:
    katas = " ".join(map(str, KATAS))
    shell = Terminal(command=SHELL, cwd=folder.parent, size=(120, 40), PS1="$ ")
    with shell as terminal:
        terminal.wait("$")
        terminal.type(f"python -m pytest -p no:cacheprovider {katas} --answers=mine --watch\n")
        first = terminal.wait(idle("k02 · Arrays from a pickle"))
        terminal.type("\x1a")
        screen = terminal.wait("Stopped")
        assert screen.startswith("$ python -m pytest")
        assert "q quit" not in screen
        terminal.type("fg\n")
        assert terminal.wait(idle("k02 · Arrays from a pickle")) == first
        terminal.type("q")
        screen = terminal.wait("Next: mine/k02_unpickle.py")
        assert screen.startswith("$ python -m pytest")
        assert "\nPart 1 · Data\n" in screen
        terminal.type("exit\n")
        terminal.exit_code()


def test_when_left_it_tells_how_far_one_is(terminal: Terminal) -> None:
    terminal.type("q")
    assert terminal.exit_code() == 1  # not all are solved
    lines = terminal.screen.strip().splitlines()
    assert lines[0] == "Part 1 · Data"
    assert lines[1].split() == ["✓", "k01", "Download", "a", "file", "once", "solved"]
    assert "1 of 3 solved" in terminal.screen
    assert lines[-1].startswith("Next: mine/k02_unpickle.py")


def test_a_terminal_of_ascii_gets_ascii(folder: Path) -> None:
    plain = {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    with watching(folder, **plain) as terminal:
        terminal.wait(idle("k02 - Arrays from a pickle"))
        assert terminal.printed.isascii()


def test_without_a_terminal_it_says_what_it_does(folder: Path) -> None:
    run = run_pytest(*KATAS, f"--answers={folder}", "--watch")
    assert run.code == 1
    assert run.text.startswith("--watch needs a terminal of its own: checking once.\n")
    assert "1 of 3 solved" in run.text


def test_where_there_is_no_fork_each_save_starts_anew(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "no_fork.py").write_text("import os\ndel os.fork\n", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    with watching(folder, "-p", "no_fork", PYTHONPATH=path) as terminal:
        terminal.wait("1 of 3 solved")
        assert b"since there is no fork here" in terminal.printed
        answer = folder / "k02_unpickle.py"
        deadline = time.monotonic() + SECONDS
        while "1 of 1 solved" not in terminal.screen:  # it may not watch yet
            assert time.monotonic() < deadline, terminal.screen
            answer.write_text(right("k02_unpickle"), encoding="utf-8")
            terminal.read(5)
        for _ in range(2):  # each save has started a pytest, one after another
            wait_until(lambda: len(terminal.processes()) == 1)
            terminal.read(1)
            time.sleep(1)
        terminal.type("\x03")
        terminal.exit_code()
        assert "Traceback" not in terminal.screen


def test_it_does_not_go_with_what_needs_the_terminal() -> None:
    run = run_pytest(KATAS[0], "--watch", "--pdb")
    assert run.code == 4
    assert "--watch shows a screen of its own: leave out --pdb" in run.text
