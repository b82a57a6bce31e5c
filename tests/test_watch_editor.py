"""A key of `--watch` opens the answer in the learner's editor."""

import contextlib
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker.output.results import Result
from tests.harness.checker.sandbox import isolation
from tests.harness.checker.verdict import State, Verdict
from tests.harness.selftest import dev_extra
from tests.harness.selftest.sample_answers import right

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)
if dev_extra.is_missing():
    pytest.skip(dev_extra.REASON, allow_module_level=True)

from tests.harness.checker.watch.editor import NoEditor, editor_for, line_to_open
from tests.harness.selftest.pty import SHELL, Terminal, wait_until

STEM = "k02_unpickle"
KATA = catalog.KATAS / f"{STEM}.py"
BROKEN = right(STEM).replace("latin-1", "ascii")
# An editor: it says how it was called, waits for a key, and writes the right answer.
FAKE = """#!{python}
import os, pathlib, sys, termios
reads_lines = os.isatty(0) and termios.tcgetattr(0)[3] & termios.ICANON != 0
print("editing", *sys.argv[1:], reads_lines, flush=True)
pathlib.Path({log!r}).write_text(repr([os.getpid(), *sys.argv[1:]]))
if {waits}:
    sys.stdin.readline()
    answer = pathlib.Path(sys.argv[-1])
    answer.write_text(answer.read_text().replace("ascii", "latin-1"))
    print("left", flush=True)
sys.exit({code})
"""


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """Return a folder of commands: some editors that are none."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("vi", "nano", "emacs", "emacsclient", "hx", "code", "gedit", "ed", "two words"):
        write_editor(folder / name)
    return folder


def write_editor(path: Path, *, waits: bool = False, code: int = 0) -> None:
    """Write an editor that notes in `log`, beside its folder, how it was called."""
    log = str(path.parent.parent / "log")
    path.write_text(FAKE.format(python=sys.executable, log=log, waits=waits, code=code))
    path.chmod(0o755)


def command(bin_folder: Path, **environ: str) -> tuple[list[str], bool]:
    """Return the command that opens line 7, and whether it needs the terminal."""
    editor = editor_for(Path("/a b/k.py"), 7, {"PATH": str(bin_folder), **environ})
    return editor.command, editor.needs_terminal


@pytest.mark.parametrize(
    ("environ", "expected", "needs_terminal"),
    [
        ({"EDITOR": "vi"}, ["vi", "+7", "/a b/k.py"], True),
        ({"EDITOR": "vi", "VISUAL": "nano -l"}, ["nano", "-l", "+7", "/a b/k.py"], True),
        ({"EDITOR": "vi", "VISUAL": " "}, ["vi", "+7", "/a b/k.py"], True),
        ({"EDITOR": "emacsclient -t"}, ["emacsclient", "-t", "+7", "/a b/k.py"], True),
        ({"EDITOR": "emacs", "DISPLAY": ":0"}, ["emacs", "+7", "/a b/k.py"], False),
        ({"EDITOR": "emacs"}, ["emacs", "+7", "/a b/k.py"], True),
        ({"EDITOR": "emacs -nw", "DISPLAY": ":0"}, ["emacs", "-nw", "+7", "/a b/k.py"], True),
        ({"EDITOR": "code -w"}, ["code", "-w", "--goto", "/a b/k.py:7"], False),
        ({"EDITOR": "gedit"}, ["gedit", "+7", "/a b/k.py"], False),
        ({"EDITOR": "hx"}, ["hx", "/a b/k.py:7"], True),
        ({"EDITOR": "ed"}, ["ed", "/a b/k.py"], True),  # one that is not known
        ({"EDITOR": "'two words' -x"}, ["two words", "-x", "/a b/k.py"], True),
        ({"EDITOR": "vi", "TERM_PROGRAM": "vscode"}, ["code", "--goto", "/a b/k.py:7"], False),
    ],
)
def test_each_editor_is_told_the_line_in_its_way(
    bin_folder: Path, environ: dict[str, str], expected: list[str], needs_terminal: bool
) -> None:
    assert command(bin_folder, **environ) == (expected, needs_terminal)


def test_in_vs_code_without_its_command_the_other_editor_is_used(bin_folder: Path) -> None:
    (bin_folder / "code").unlink()
    assert command(bin_folder, TERM_PROGRAM="vscode", EDITOR="vi")[0][0] == "vi"


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, "No editor is known: set EDITOR, such as `export EDITOR=nano`, and start again."),
        ({"EDITOR": "edlin +x"}, "There is no command `edlin`, which EDITOR names: set another."),
        ({"VISUAL": "vi 'x"}, "VISUAL has a quote that is not closed: `vi 'x`."),
        ({"VISUAL": "\x1b[2J"}, "There is no command `\\x1b[2J`, which VISUAL names: set another."),
    ],
)
def test_why_there_is_no_editor_is_told_in_one_sentence(
    bin_folder: Path, environ: dict[str, str], sentence: str
) -> None:
    with pytest.raises(NoEditor, match=f"^{re.escape(sentence)}$"):
        command(bin_folder, **environ)


def test_the_line_is_that_of_the_failure_or_of_what_is_to_do() -> None:
    source = b"import x\n\n\ndef f():\n    return 1  # TODO: more\n"
    assert line_to_open(None, source) == 5
    assert line_to_open(None, source.replace(b"TODO", b"DONE")) == 4
    assert line_to_open(None, b"x = 1\n") == line_to_open(None, b"") == 1
    result = Result("k08_nll", mastery=False)
    verdict = Verdict("k08_nll", "test_a", "a", State.WRONG, False, ["test_a"], line=3)
    result.verdicts.append(verdict)
    assert line_to_open(result, source) == 3
    verdict.state = State.TO_DO
    assert line_to_open(result, source) == 5


# In a terminal.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a wrong answer, in a folder whose name has a blank."""
    folder = tmp_path / "a b"
    folder.mkdir()
    (folder / f"{STEM}.py").write_text(BROKEN, encoding="utf-8")
    return folder


def watching(folder: Path, bin_folder: Path, **env: Any) -> Terminal:
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    answers = f"--answers={folder}"
    return Terminal(KATA, answers, "--watch", cwd=folder.parent, PATH=path, **env)


@pytest.fixture
def line() -> int:
    """Return the line at which the wrong answer fails."""
    lines = enumerate(BROKEN.splitlines(), 1)
    return next(number for number, text in lines if "_ArrayUnpickler(io" in text)


def test_an_editor_gets_the_terminal_and_gives_it_back(
    folder: Path, bin_folder: Path, line: int
) -> None:
    write_editor(bin_folder / "nano", waits=True)
    with watching(folder, bin_folder, EDITOR="nano -l") as terminal:
        terminal.wait("0 of 1 solved\n")
        terminal.type("e")
        shown = f"editing -l +{line} {folder}/{STEM}.py True".split()  # the terminal reads lines
        terminal.wait(lambda screen: "".join(shown) in "".join(screen.split()))
        assert not terminal.emulator.is_alternate
        terminal.type("x\n")
        terminal.wait("k02 is solved")
        assert terminal.emulator.is_alternate
        terminal.type("h")  # single keys again
        terminal.wait("Hint 1 of ")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert terminal.is_restored()


def test_ctrl_c_ends_the_editor_and_not_the_watcher(folder: Path, bin_folder: Path) -> None:
    write_editor(bin_folder / "vi", waits=True)
    with watching(folder, bin_folder, VISUAL="vi") as terminal:
        terminal.wait("0 of 1 solved\n")
        terminal.type("e")
        terminal.wait("editing +")
        terminal.type("\x03")
        terminal.wait(f"vi has ended with the exit code {-signal.SIGINT}.")
        terminal.type("h")
        terminal.wait("Hint 1 of ")


def test_ctrl_z_stops_both_and_fg_brings_both_back(folder: Path, bin_folder: Path) -> None:
    write_editor(bin_folder / "vi", waits=True)
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    shell = Terminal(command=SHELL, cwd=folder.parent, PS1="$ ", EDITOR="vi", PATH=path)
    with shell as terminal:
        terminal.wait("$")
        terminal.type(
            f"{sys.executable} -m pytest -p no:cacheprovider {KATA} '--answers={folder}' --watch\n"
        )
        terminal.wait("0 of 1 solved\n")
        terminal.type("e")
        terminal.wait("editing +")
        terminal.type("\x1a")
        terminal.wait("Stopped")
        terminal.type("fg\n")
        terminal.wait(lambda screen: screen.count("--watch") > 1)
        for _ in range(10):  # what is typed before the editor reads again may be lost
            terminal.type("x\n")
            with contextlib.suppress(AssertionError):
                terminal.wait("k02 is solved", seconds=5)
                break
        terminal.type("q")
        terminal.wait("1 of 1 solved\n")
        terminal.type("exit\n")
        terminal.exit_code()


@pytest.mark.parametrize("env", [{"TERM_PROGRAM": "vscode"}, {"VISUAL": "code -w"}])
def test_an_editor_with_windows_leaves_the_screen_alone(
    folder: Path, bin_folder: Path, line: int, tmp_path: Path, env: dict[str, str]
) -> None:
    write_editor(bin_folder / "code", waits=False)
    with watching(folder, bin_folder, **env) as terminal:
        terminal.wait("0 of 1 solved\n")
        terminal.type("e")
        terminal.wait(f"line {line}, opens in code.")
        log = tmp_path / "log"
        wait_until(lambda: log.exists() and log.read_text() != "")
        assert f"'--goto', '{folder}/{STEM}.py:{line}'" in log.read_text()
        assert terminal.printed.count(b"1049h") == 1
        assert "editing" not in terminal.screen


def test_an_editor_with_windows_outlives_the_check(
    folder: Path, bin_folder: Path, tmp_path: Path
) -> None:
    """Though what an answer leaves behind is killed."""
    editor, now, log = bin_folder / "gedit", tmp_path / "now", tmp_path / "log"
    wait = f"for i in $(seq 300); do [ -e '{now}' ] && break; sleep 0.1; done"
    editor.write_text(f"#!/bin/sh\n({wait}; echo $i > '{log}') &\n", encoding="utf-8")
    with watching(folder, bin_folder, EDITOR="gedit") as terminal:
        terminal.wait("0 of 1 solved\n")
        terminal.type("e")
        terminal.wait("opens in gedit.")
        (folder / f"{STEM}.py").write_text(right(STEM), encoding="utf-8")
        terminal.wait("k02 is solved")
        terminal.type("q")
        terminal.exit_code()
    now.touch()
    wait_until(log.exists, 40)


def test_a_command_that_is_not_there_is_told(folder: Path, bin_folder: Path) -> None:
    with watching(folder, bin_folder, EDITOR="edlin") as terminal:
        terminal.wait("0 of 1 solved\n")
        terminal.type("e")
        terminal.wait("There is no command `edlin`, which EDITOR names: set another.")
