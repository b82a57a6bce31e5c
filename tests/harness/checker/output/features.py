"""Finds out what a terminal can show: its encoding, hyperlinks, and marks or words."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.harness.checker import pytest_internals
from tests.harness.checker.pytest_internals import TerminalWriter

SHOW_LINKS = ("iTerm.app", "WezTerm", "ghostty")  # values of TERM_PROGRAM
FIRST_VTE = 5000  # the release of GNOME's terminal library that shows links: 0.50
OPEN, CLOSE = "\x1b]8;;", "\x1b\\"  # of the escape sequence of a hyperlink, OSC 8


@dataclass(frozen=True)
class Features:
    """What is written for a terminal."""

    encoding: str
    links: bool = False  # paths are hyperlinks
    words: bool = False  # in place of marks and bars


def of(terminal: TerminalWriter, environ: Mapping[str, str] = os.environ) -> Features:
    """Return the features of the terminal to which a writer writes.

    `--color=no` asks for text without escape sequences; NO_COLOR asks for no colours only.
    """
    escapes = terminal.hasmarkup or "NO_COLOR" in environ
    links = escapes and pytest_internals.is_terminal(terminal) and shows_links(environ)
    return Features(pytest_internals.encoding_of(terminal), links, prefers_words(environ))


def prefers_words(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a screen reader is used, or a terminal that can only append lines."""
    return bool(environ.get("ACCESSIBLE")) or is_dumb(environ)


def is_dumb(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal knows no escape sequences."""
    return environ.get("TERM") == "dumb"


def shows_links(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is known to show hyperlinks, and can open the files of this system."""
    if is_dumb(environ) or environ.get("TERM", "").startswith(("screen", "tmux")):
        return False
    if environ.get("TMUX") or environ.get("STY"):  # they need not pass links on
        return False
    program, vte = environ.get("TERM_PROGRAM"), environ.get("VTE_VERSION", "")
    if program == "vscode":
        return True
    if environ.get("SSH_CONNECTION") or environ.get("WSL_DISTRO_NAME"):  # files of another system
        return False
    if program in SHOW_LINKS or environ.get("KITTY_WINDOW_ID") or environ.get("WT_SESSION"):
        return True
    return vte.isdecimal() and int(vte) >= FIRST_VTE


def hyperlink(path: Path, text: str) -> str:
    """Return a text that a terminal shows as a link to a file."""
    uri = Path(os.path.abspath(path)).as_uri()  # has percent signs for all but ASCII
    return f"{OPEN}{uri}{CLOSE}{text}{OPEN}{CLOSE}"
