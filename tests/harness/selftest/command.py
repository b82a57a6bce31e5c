"""Running pytest as a user does: in a process of its own, reading what it prints."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.harness.catalog import ROOT


@dataclass
class Run:
    """How a command ended and what it printed, as text."""

    code: int
    text: str


def environment(**env: str) -> dict[str, str]:
    """Return the environment for a child, with some variables more.

    Bytecode may be written, whatever is said of it outside: without it pytest
    spends most of a short run on rewriting the assertions of Hypothesis.
    """
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONUTF8": "1", **env}


def run_pytest(*args: str | Path, cwd: Path = ROOT, seconds: float = 120, **env: str) -> Run:
    """Run ``pytest`` with these arguments; ``env`` adds to the environment."""
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
    """Write answers into a folder, each under its kata's name; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in answers.items():
        (folder / f"{stem}.py").write_text(text, encoding="utf-8")
    return folder
