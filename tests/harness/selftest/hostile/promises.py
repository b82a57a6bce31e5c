"""Holding a check to what it promises, whatever the answers do that it is a check of."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.harness import catalog
from tests.harness.checker.output.results import DONE
from tests.harness.checker.sandbox import processes
from tests.harness.checker.verdict import State
from tests.harness.selftest import sample_answers
from tests.harness.selftest.command import environment

Making = Callable[[Path], object]  # puts an answer where a path says
LIMIT = 2  # seconds for a test
LINES = 25  # of an explanation, at most
WITNESS = "k09_accuracy"  # is right, and is to be found so


@dataclass
class Hearing:
    """What came of a check: its promises that are broken, and each kata's state and message."""

    broken: list[str] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    text: str = ""


def hear(folder: Path, answers: Mapping[str, Making], *, seconds: float) -> Hearing:
    """Check answers by the command that anybody would use, and see whether it keeps its word.

    In ``folder`` lie the answers, and whatever they leave behind. The command may take
    ``seconds``.
    """
    for name in ("answers", "temporary"):
        (folder / name).mkdir(parents=True)
    there = {WITNESS: writing(sample_answers.right(WITNESS)), **answers}
    for stem, put in there.items():
        put(folder / "answers" / f"{stem}.py")
    before = _contents(folder / "answers")
    heard = Hearing()
    code = _run(folder, sorted(there), seconds, heard)
    heard.broken += [f"left running: {process}" for process in _processes(folder)]
    heard.broken += [f"left behind: {name}" for name in _left(folder / "temporary")]
    if _contents(folder / "answers") != before:
        heard.broken.append("the answers are others than before")
    _read(folder, sorted(there), code, heard)
    if WITNESS not in answers and heard.states.get(WITNESS) != State.SOLVED:
        heard.broken.append(f"a right answer beside them is {heard.states.get(WITNESS)}")
    return heard


def writing(text: str) -> Making:
    """Return what puts an answer's text where a path says."""
    return lambda path: path.write_text(text, encoding="utf-8")


def _run(folder: Path, stems: list[str], seconds: float, heard: Hearing) -> int | None:
    command = [
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider",
        *(f"katas/{stem}.py" for stem in stems), f"--answers={folder / 'answers'}",
        f"--time-limit={LIMIT}", f"--report={folder / 'report.json'}",
        f"--junitxml={folder / 'report.xml'}",
    ]  # fmt: skip
    begun = time.monotonic()
    with (folder / "output").open("wb+") as output:
        process = subprocess.Popen(
            command, cwd=catalog.ROOT, env=environment(TMPDIR=str(folder / "temporary")),
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=_cap,
        )  # fmt: skip
        try:
            code: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            heard.broken.append(f"not done after {seconds:g} seconds")
            process.kill()
            process.wait()
    heard.seconds = time.monotonic() - begun
    heard.text = (folder / "output").read_text(encoding="utf-8", errors="backslashreplace")
    return code


def _cap() -> None:
    """Be a session of one's own, and take no more than all the answers together may."""
    os.setsid()
    processes.limit_resources(memory=8 << 30, file=1 << 30)


def _read(folder: Path, stems: list[str], code: int | None, heard: Hearing) -> None:
    """Read what the check has to say, in each of the ways in which it says it."""
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", heard.text):
        heard.broken.append("control characters are printed")
    for word in ("Traceback", "INTERNALERROR", "harness/"):
        if word in heard.text:
            heard.broken.append(f"{word} is printed")
    try:
        report: dict[str, Any] = json.loads((folder / "report.json").read_bytes())
        ET.parse(folder / "report.xml")
    except (OSError, ValueError, ET.ParseError) as error:
        heard.broken.append(f"a report cannot be read: {error}")
        return
    heard.states = {kata["kata"]: kata["state"] for kata in report["katas"]}
    for test in report["tests"]:
        stem = Path(test["name"].partition("::")[0]).stem
        if not test.get("message", "Not run").startswith("Not run"):
            heard.messages.setdefault(stem, test["message"])
    solved = all(heard.states.get(stem) in DONE for stem in stems)
    if code != (0 if solved else 1):
        heard.broken.append(f"the exit code is {code}")
    for stem in stems:
        heard.broken += [f"{stem}: {what}" for what in _told_badly(stem, heard)]


def _told_badly(stem: str, heard: Hearing) -> Iterator[str]:
    state, message = heard.states.get(stem), heard.messages.get(stem, "")
    if state is None:
        yield "there is no verdict"
    if state == "wrong":
        if not message:
            yield "nothing is said of what is wrong"
        if f"{stem}.py · " not in heard.text:
            yield "the explanation is not printed"
    if message.count("\n") >= LINES:
        yield f"the explanation has {message.count(chr(10)) + 1} lines"


def _contents(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in folder.iterdir():
        status = path.lstat()
        found[path.name] = status.st_mode, path.read_bytes() if path.is_file() else None
    return found


def _left(folder: Path) -> list[str]:
    """Name what lies in the folder for temporary files, but for pytest's own."""
    return [path.name for path in folder.iterdir() if not path.name.startswith("pytest-of-")]


def _processes(folder: Path) -> list[str]:
    """Find the processes that a check has left, by their environment; end them."""
    found = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if process.name.isdigit() and bytes(folder) in (process / "environ").read_bytes():
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                os.kill(int(process.name), signal.SIGKILL)
                if command:  # it is no zombie
                    found.append(command)
    return found
