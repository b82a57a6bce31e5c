"""Opens an answer in the learner's editor: in VS Code, or as $VISUAL and $EDITOR say."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.harness import catalog
from tests.harness.checker.lines import definitions
from tests.harness.checker.output.results import Result
from tests.harness.checker.sandbox import processes
from tests.harness.checker.sanitize import sanitize
from tests.harness.checker.watch.screen import Screen
from tests.harness.kit.loading import Source

# How editors are told the line, by the names of their commands.
PLUS_LINE = (
    "vi", "vim", "nvim", "view", "gvim", "nano", "pico", "emacs", "emacsclient", "micro", "joe",
    "jed", "mg", "ne", "kak", "gedit",
)  # fmt: skip
COLON_LINE = ("hx", "helix", "subl", "zed")
VS_CODE = ("code", "code-insiders", "codium", "cursor", "windsurf")
# Those that open windows of their own, so that there is no need to wait for their end.
WINDOWS = ("gvim", "gedit", "kate", "mousepad", "subl", "mate", "zed", "xed", "pluma", "idea",
           "pycharm", "open", "xdg-open", *VS_CODE)  # fmt: skip
EMACS = ("emacs", "emacsclient")
IN_TERMINAL = ("-nw", "-t", "-tty", "--tty", "--no-window-system")  # an Emacs
TO_DO = re.compile(r"\bTODO\b")
NOTHING_SET = "No editor is known: set EDITOR, such as `export EDITOR=nano`, and start again."


class NoEditor(Exception):
    """Why no editor can be opened, in one sentence."""


@dataclass(frozen=True)
class Editor:
    """A command that opens a file."""

    command: list[str]
    needs_terminal: bool


def editor_for(path: Path, line: int, environ: Mapping[str, str] = os.environ) -> Editor:
    """Return the command that opens a file at a line; raise NoEditor if there is none."""
    path = Path(os.path.abspath(path))
    if environ.get("TERM_PROGRAM") == "vscode" and shutil.which("code", path=environ.get("PATH")):
        return Editor(["code", "--goto", f"{path}:{line}"], needs_terminal=False)
    variable = next((name for name in ("VISUAL", "EDITOR") if environ.get(name, "").strip()), "")
    if not variable:
        raise NoEditor(NOTHING_SET)
    try:
        words = shlex.split(environ[variable])
    except ValueError:
        shown = _shown(environ[variable])
        raise NoEditor(f"{variable} has a quote that is not closed: {shown}.") from None
    if not words or shutil.which(words[0], path=environ.get("PATH")) is None:
        what = _shown(words[0] if words else environ[variable])
        raise NoEditor(f"There is no command {what}, which {variable} names: set another.")
    name = Path(words[0]).name.partition(".")[0]  # Debian has `vim.basic`
    return Editor([*words, *_place(name, path, line)], _needs_terminal(name, words[1:], environ))


def line_to_open(result: Result | None, source: Source) -> int:
    """Return the line that fails; if none does, that of the first TODO or definition."""
    failure = result.failure_to_show if result is not None else None
    if failure is not None and failure.line:
        return failure.line
    text = source.decode(errors="replace") if isinstance(source, bytes) else ""
    to_do = (number for number, line in enumerate(text.split("\n"), 1) if TO_DO.search(line))
    return next(to_do, next(iter(definitions(source).values()), 1))


def open_file(path: Path, line: int, screen: Screen) -> str:
    """Open a file in the editor; return what there is to say about it, in one sentence."""
    try:
        editor = editor_for(path, line)
    except NoEditor as problem:
        return str(problem)
    name = Path(editor.command[0]).name
    if not editor.needs_terminal:
        processes.start_detached(editor.command)
        return f"{sanitize(catalog.shown(path))}, line {line}, opens in {name}."
    try:
        with screen.lend(), processes.adopting_nothing():
            code = subprocess.run(editor.command, check=False).returncode
    except OSError as error:
        return f"{name} does not start: {error.strerror}."
    return f"{name} has ended with the exit code {code}." if code else ""


def _place(name: str, path: Path, line: int) -> list[str]:
    if name in PLUS_LINE:
        return [f"+{line}", str(path)]
    if name in VS_CODE:
        return ["--goto", f"{path}:{line}"]
    return [f"{path}:{line}" if name in COLON_LINE else str(path)]


def _needs_terminal(name: str, flags: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether an editor draws on the terminal. Of one that is not known, it is believed."""
    if name in EMACS:
        has_windows = environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
        return not has_windows or any(flag in IN_TERMINAL for flag in flags)
    return name not in WINDOWS


def _shown(text: str) -> str:
    shown: str = sanitize(text)
    return f"`{shown}`"
