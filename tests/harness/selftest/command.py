"""Runs pytest in a process of its own, as a user does, and returns what it prints."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.harness.catalog import ROOT

# What tells of the terminal outside, and of the person in front of it.
OUTSIDE = (
    "ACCESSIBLE", "TERM_PROGRAM", "VTE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION", "TMUX", "STY",
    "SSH_CONNECTION", "WSL_DISTRO_NAME", "VISUAL", "EDITOR",
)  # fmt: skip


@dataclass
class Run:
    """The exit code of a command and what it printed."""

    code: int
    text: str


def environment(**env: str) -> dict[str, str]:
    """Return the environment for a child process, with these variables added.

    Bytecode is written even if the environment forbids it: without it, pytest
    spends most of a short run on rewriting the assertions of Hypothesis.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
    own = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONIOENCODING": "utf-8", "TERM": "xterm"}
    return {**inherited, **own, **env}


def run_pytest(*args: str | Path, cwd: Path = ROOT, seconds: float = 120, **env: str) -> Run:
    """Run pytest with these arguments; ``env`` is added to the environment."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *map(str, args)],
        cwd=cwd,
        env=environment(**env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds,
        check=False,
    )
    return Run(done.returncode, done.stdout.decode())


def write_answers(folder: Path, **answers: str) -> Path:
    """Write the texts of answers into a folder, each under its kata's name; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in answers.items():
        (folder / f"{stem}.py").write_text(text, encoding="utf-8")
    return folder
