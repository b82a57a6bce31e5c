"""What is written for which terminal: links, words, or neither."""

import io
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker.output import features
from tests.harness.checker.output.features import Features
from tests.harness.checker.output.results import MARKS
from tests.harness.checker.pytest_internals import TerminalWriter
from tests.harness.checker.sandbox import isolation
from tests.harness.selftest import dev_extra
from tests.harness.selftest.command import run_pytest

KATA = catalog.KATAS / "k01_download.py"
XTERM = {"TERM": "xterm-256color"}
VSCODE = {**XTERM, "TERM_PROGRAM": "vscode"}


@pytest.mark.parametrize(
    "environ",
    [
        {"TERM_PROGRAM": "iTerm.app"},
        {"TERM_PROGRAM": "WezTerm"},
        {"TERM_PROGRAM": "vscode"},
        {"TERM_PROGRAM": "ghostty"},
        {"TERM_PROGRAM": "vscode", "SSH_CONNECTION": "1 2 3 4"},  # its own way to the files
        {"VTE_VERSION": "5000"},
        {"VTE_VERSION": "7603", "NO_COLOR": "1"},
        {"KITTY_WINDOW_ID": "1"},
        {"WT_SESSION": "0-1"},
    ],
)
def test_terminals_that_show_links(environ: dict[str, str]) -> None:
    assert features.shows_links({**XTERM, **environ})
    assert not features.shows_links({**environ, "TERM": "dumb"})
    assert not features.shows_links({**environ, "TERM": "screen-256color"})
    assert not features.shows_links({**environ, "TERM": "tmux-256color"})
    assert not features.shows_links({**XTERM, **environ, "TMUX": "/tmp/tmux"})
    assert not features.shows_links({**XTERM, **environ, "STY": "1.pts"})


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"TERM_PROGRAM": "Apple_Terminal"},
        {"VTE_VERSION": "4999"},
        {"VTE_VERSION": "new"},
        {"VTE_VERSION": "7603", "SSH_CONNECTION": "1 2 3 4"},
        {"WT_SESSION": "0-1", "WSL_DISTRO_NAME": "Debian"},
    ],
)
def test_terminals_that_may_not_show_links(environ: dict[str, str]) -> None:
    assert not features.shows_links({**XTERM, **environ})


class Tty(io.StringIO):
    """A file that is a terminal."""

    encoding: Any = "utf-8"

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("file", "markup", "environ", "links"),
    [
        (Tty, True, VSCODE, True),
        (Tty, True, XTERM, False),
        (io.StringIO, True, VSCODE, False),  # `--color=yes | less`
        (Tty, False, VSCODE, False),  # `--color=no`
        (Tty, False, {**VSCODE, "NO_COLOR": "1"}, True),
    ],
)
def test_links_are_for_terminals(
    file: Any, markup: bool, environ: dict[str, str], links: bool
) -> None:
    writer = TerminalWriter(file())
    writer.hasmarkup = markup
    assert features.of(writer, environ).links is links


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, False),
        (XTERM, False),
        ({"ACCESSIBLE": ""}, False),
        ({"ACCESSIBLE": "1"}, True),
        ({"ACCESSIBLE": "0"}, True),
        ({"TERM": "dumb"}, True),
    ],
)
def test_who_gets_words(environ: dict[str, str], words: bool) -> None:
    assert features.prefers_words(environ) is words
    assert features.of(TerminalWriter(Tty()), environ) == Features("utf-8", words=words)


@pytest.mark.parametrize("env", [{"ACCESSIBLE": "1"}, {"TERM": "dumb"}])
def test_a_report_in_words(env: dict[str, str]) -> None:
    run = run_pytest("katas/k01_download.py", "katas/k02_unpickle.py", **env)  # type: ignore[arg-type]
    lines = run.text.splitlines()
    assert "  to do: k01  Download a file once" in lines
    assert "0 of 2 solved" in lines
    assert not set(run.text) & set("".join(MARKS.values()) + "█░")


@pytest.mark.skipif(not isolation.POSSIBLE or dev_extra.is_missing(), reason=dev_extra.REASON)
def test_the_report_has_links_on_a_terminal_only() -> None:
    from tests.harness.selftest.pty import Terminal

    link = features.hyperlink(KATA, "katas/k01_download.py").encode()
    for env, linked in (({"TERM_PROGRAM": "vscode"}, True), ({}, False)):
        with Terminal("katas/k01_download.py", **env) as terminal:  # type: ignore[arg-type]
            terminal.wait("Next: katas/k01_download.py, Download a file once")
        assert (b"Next: " + link in terminal.printed) is linked
    run = run_pytest("katas/k01_download.py", "--color=yes", TERM_PROGRAM="vscode")
    assert "\x1b]8;" not in run.text
