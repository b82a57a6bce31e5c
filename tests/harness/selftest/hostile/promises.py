"""Checks answers by the command line and lists the promises of the README that were broken.

A right answer to ``CONTROL`` is checked beside them: whatever they do, it must be solved.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.harness import catalog, limits
from tests.harness.checker.output.results import DONE
from tests.harness.checker.sandbox import processes
from tests.harness.selftest import sample_answers
from tests.harness.selftest.command import environment

Writer = Callable[[Path], object]  # writes an answer to a path

CONTROL = "k09_accuracy"
TIME_LIMIT = 2  # seconds for one test of an answer
LINES = 25  # of an explanation, at most


@dataclass
class Outcome:
    """The broken promises of a check; state and message of each kata; what was printed."""

    broken: list[str] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    text: str = ""


def run_check(folder: Path, answers: Mapping[str, Writer], *, seconds: float) -> Outcome:
    """Write answers below ``folder`` and run pytest on them; it may take some seconds."""
    for name in ("answers", "temporary"):
        (folder / name).mkdir(parents=True)
    writers = {CONTROL: text_writer(sample_answers.right(CONTROL)), **answers}
    for stem, write in writers.items():
        write(folder / "answers" / f"{stem}.py")
    before = _contents(folder / "answers")
    outcome = Outcome()
    code = _run_pytest(folder, sorted(writers), seconds, outcome)
    outcome.broken += [f"left running: {command}" for command in _end_processes(folder)]
    outcome.broken += [f"left behind: {name}" for name in _left_files(folder / "temporary")]
    if _contents(folder / "answers") != before:
        outcome.broken.append("the check changed the folder of answers")
    _read_reports(folder, outcome)
    outcome.broken += _broken_by_text(outcome.text)
    outcome.broken += _broken_by_states(sorted(writers), code, outcome)
    if CONTROL not in answers and outcome.states.get(CONTROL) not in DONE:
        outcome.broken.append(f"the right answer to {CONTROL} is {outcome.states.get(CONTROL)}")
    return outcome


def text_writer(text: str) -> Writer:
    """Return what writes a text to a path."""
    return lambda path: path.write_text(text, encoding="utf-8")


def _run_pytest(folder: Path, stems: list[str], seconds: float, outcome: Outcome) -> int | None:
    """Run pytest; return its exit code, or None if it had to be killed."""
    command = [
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider",
        *(f"katas/{stem}.py" for stem in stems), f"--answers={folder / 'answers'}",
        f"--time-limit={TIME_LIMIT}", f"--report={folder / 'report.json'}",
        f"--junitxml={folder / 'report.xml'}",
    ]  # fmt: skip
    with (folder / "output").open("wb+") as output:
        process = subprocess.Popen(
            command, cwd=catalog.ROOT, env=environment(TMPDIR=str(folder / "temporary")),
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=_limit_resources,
        )  # fmt: skip
        begun = time.monotonic()
        code: int | None = None
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            outcome.broken.append(f"not done after {time.monotonic() - begun:.0f} seconds")
            process.kill()
            process.wait()
    outcome.text = (folder / "output").read_text(encoding="utf-8", errors="backslashreplace")
    return code


def _limit_resources() -> None:
    """In the child: start a session of its own; limit what all answers together may take."""
    os.setsid()
    processes.limit_resources(memory=4 * limits.MEMORY_BYTES, file=4 * limits.FILE_BYTES)


def _read_reports(folder: Path, outcome: Outcome) -> None:
    """Take states and messages from the JSON report; try whether the JUnit report is XML."""
    try:
        report: dict[str, Any] = json.loads((folder / "report.json").read_bytes())
        ET.parse(folder / "report.xml")
    except (OSError, ValueError, ET.ParseError) as error:
        outcome.broken.append(f"a report cannot be read: {error}")
        return
    outcome.states = {kata["kata"]: kata["state"] for kata in report["katas"]}
    for test in report["tests"]:
        stem = Path(test["name"].partition("::")[0]).stem
        if not test.get("message", "Not run").startswith("Not run"):
            outcome.messages.setdefault(stem, test["message"])


def _broken_by_text(text: str) -> Iterator[str]:
    """Name what should not be printed."""
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text):
        yield "control characters are printed"
    for word in ("Traceback", "INTERNALERROR", "harness/"):
        if word in text:
            yield f"{word} is printed"


def _broken_by_states(stems: list[str], code: int | None, outcome: Outcome) -> Iterator[str]:
    """Compare exit code, states, messages and what was printed."""
    if not outcome.states:
        return  # the report could not be read
    all_solved = all(outcome.states.get(stem) in DONE for stem in stems)
    if code != (0 if all_solved else 1):
        yield f"the exit code is {code}"
    text = " ".join(outcome.text.split())  # a heading may be wrapped
    for stem in stems:
        state, message = outcome.states.get(stem), outcome.messages.get(stem, "")
        if state is None:
            yield f"{stem}: there is no verdict"
        if state == "wrong" and not message:
            yield f"{stem}: it is wrong and there is no message"
        if state == "wrong" and f"{stem}.py · " not in text:
            yield f"{stem}: the explanation is not printed"
        if message.count("\n") >= LINES:
            yield f"{stem}: the explanation has {message.count(chr(10)) + 1} lines"


def _contents(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in folder.iterdir():
        status = path.lstat()
        found[path.name] = status.st_mode, path.read_bytes() if path.is_file() else None
    return found


def _left_files(folder: Path) -> list[str]:
    """Name what is left in the folder for temporary files, except pytest's own folder."""
    return [path.name for path in folder.iterdir() if not path.name.startswith("pytest-of-")]


def _end_processes(folder: Path) -> list[str]:
    """Kill the processes that a check left; return their commands.

    They are found by their environment: ``TMPDIR`` lies in the folder.
    """
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(str(folder) in value for value in process.environ().values()):
                command = " ".join(process.cmdline())
                process.kill()
                if command:  # else it is a zombie
                    found.append(command)
    return found
