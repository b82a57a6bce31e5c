"""Measures how long a check takes: ``python -m tests.harness.selftest.measure``.

Machines differ, and the same machine is faster in one minute than in the next. So a check and
what it is compared with run in turns, and the result is the median of the ratios.
"""

import argparse
import ast
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.harness import catalog
from tests.harness.selftest import dev_extra, sample_answers
from tests.harness.selftest.command import environment
from tests.harness.selftest.pty import Terminal

Timing = Callable[[], float]  # runs something and returns the seconds that it took

IMPORTS = "import pytest, hypothesis, torch"
CHECKED = ("k08_nll", "k24_cnn")
SAVED = "k08_nll"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.harness.selftest.measure", description=__doc__
    )
    parser.add_argument("--pairs", type=int, default=7, help="of each kind (default: 7)")
    pairs = parser.parse_args(arguments).pairs
    print(f"{len(_cores())} cores, medians of {pairs} pairs; in brackets seconds, of the first\n")
    with tempfile.TemporaryDirectory() as folder:
        answers = Answers(Path(folder))
        _cold(answers, pairs)
        _warm(answers, pairs)
        _whole(answers, pairs)
        _each(answers, min(pairs, 3))


class Answers:
    """Folders of answers: right ones, wrong ones, stubs, and copies of stubs to edit."""

    def __init__(self, folder: Path) -> None:
        self.right = catalog.SOLUTIONS
        self.wrong = folder / "wrong"
        self.stubs = catalog.KATAS
        self.edited = folder / "edited"
        self.elsewhere = folder / "elsewhere"
        self.wrong.mkdir()
        for stem in catalog.stems():
            # To return None is wrong in every kata.
            text = "class Wrong:\n    def __init__(self, *args, **kwargs): pass\n"
            text += "".join(f"{name} = lambda *args, **kwargs: None\n" for name in _names(stem))
            (self.wrong / f"{stem}.py").write_text(text, encoding="utf-8")
        for stem in CHECKED:
            (self.wrong / f"{stem}.py").write_text(sample_answers.wrong(stem), encoding="utf-8")

    @contextlib.contextmanager
    def terminal(self, *stems: str) -> Iterator[Terminal]:
        """Return a terminal that watches copies of the stubs of these katas."""
        shutil.rmtree(self.edited, ignore_errors=True)
        shutil.copytree(self.stubs, self.edited, ignore=shutil.ignore_patterns("__pycache__"))
        katas = [self.stubs / f"{stem}.py" for stem in stems]
        with Terminal(*katas, f"--answers={self.edited}", "--watch") as terminal:
            terminal.wait(idle, 120)
            yield terminal


def idle(screen: str) -> bool:
    """Whether `--watch` is on the screen and nothing is being checked."""
    return "q quit" in screen and "· checking" not in screen


def _cold(answers: Answers, pairs: int) -> None:
    for stem in CHECKED:
        for kind, folder in (("right", answers.right), ("wrong", answers.wrong)):
            what = f"cold check of {stem[:3]}, {kind}, over the imports"
            ours = _check(f"katas/{stem}.py", f"--answers={folder}")
            _compare(what, ours, _python(IMPORTS), pairs)
    ours = _check("katas/k01_download.py", f"--answers={answers.right}")
    imports = "import pytest, hypothesis, requests"
    _compare("cold check of k01, right, over its imports", ours, _python(imports), pairs)


def _warm(answers: Answers, pairs: int) -> None:
    right, wrong = sample_answers.right(SAVED), sample_answers.wrong(SAVED)
    path = answers.edited / f"{SAVED}.py"
    with answers.terminal(SAVED, "k09_accuracy") as terminal:

        def save(text: str, shown: str) -> float:
            seconds = _save(terminal, path, text, shown)
            terminal.wait(idle)
            return seconds

        def save_right() -> float:
            save(wrong, "✗")
            return save(right, "✓ k08 is solved.")

        def save_wrong() -> float:
            save(right, "✓ k08 is solved.")
            return save(wrong, "✗")

        kinds = (("right", answers.right, save_right), ("wrong", answers.wrong, save_wrong))
        for kind, folder, ours in kinds:
            cold = _check(f"katas/{SAVED}.py", f"--answers={folder}")
            _compare(f"warm check of k08, {kind}, over the cold one", ours, cold, pairs)
        _elsewhere(answers, save_right, pairs)


def _elsewhere(answers: Answers, save_right: Timing, pairs: int) -> None:
    """Save the same answers where pytest-watcher watches, if it is installed."""
    what = "the same save under pytest-watcher, over ours"
    if dev_extra.is_missing(["pytest_watcher"]):
        print(f"{what}: {dev_extra.REASON}")
        return
    answers.elsewhere.mkdir()
    path = answers.elsewhere / f"{SAVED}.py"
    # Its own pattern, `*.py`, matches nothing with the watchdog of today.
    patterns = "--patterns=*.py,/**/*.py,**/*.py"
    kata, flag = answers.stubs / path.name, f"--answers={answers.elsewhere}"
    watcher = [sys.executable, "-m", "pytest_watcher"]
    with Terminal(answers.elsewhere, patterns, kata, flag, command=watcher) as terminal:
        time.sleep(1)  # until it watches

        def save_right_there() -> float:
            for text, shown in (
                (sample_answers.wrong(SAVED), "0 of 1 solved"),
                (sample_answers.right(SAVED), "1 of 1 solved"),
            ):
                terminal.emulator.reset()
                seconds = _save(terminal, path, text, shown)
                terminal.wait("Press w")  # when it listens again
            return seconds

        _compare(what, save_right_there, save_right, pairs)


def _save(terminal: Terminal, path: Path, text: str, shown: str) -> float:
    """Save a text; return how long it took until the screen shows something."""
    begun = time.perf_counter()
    path.write_text(text, encoding="utf-8")
    terminal.wait(shown)
    return time.perf_counter() - begun


def _whole(answers: Answers, pairs: int) -> None:
    kinds = {
        "all solved": answers.right, "all to do": answers.stubs, "all wrong": answers.wrong,
    }  # fmt: skip
    for kind, folder in kinds.items():
        for cores in range(1, min(len(_cores()), 2) + 1):
            on = f"on {cores} core{'s' * (cores > 1)}"
            ours = _check("katas", f"--answers={folder}", cores=cores)
            _compare(f"{kind}, {on}, over the imports", ours, _python(IMPORTS, cores), pairs)


def _each(answers: Answers, rounds: int) -> None:
    """Print how long it takes from the save to the verdict, for every kata."""
    print(f"\nseconds from saving the reference answer to the verdict, medians of {rounds}")
    stems = catalog.stems()
    taken: dict[str, list[float]] = {stem: [] for stem in stems}
    for _ in range(rounds):
        with answers.terminal(*stems) as terminal:
            for stem in stems:
                begun = time.perf_counter()
                shutil.copy(answers.right / f"{stem}.py", answers.edited)
                terminal.wait(f"✓ {catalog.card(stem).number} is solved.")
                taken[stem].append(time.perf_counter() - begun)
                terminal.wait(idle)
    for stem, seconds in taken.items():
        print(f"  {stem:25}{statistics.median(seconds):.2f}")


def _compare(what: str, ours: Timing, theirs: Timing, pairs: int) -> None:
    """Measure two things in turns; print how much longer the first takes."""
    ours(), theirs()  # so that their files are in memory
    measured = [(ours(), theirs()) for _ in range(pairs)]
    ratio = statistics.median(a / b for a, b in measured)
    seconds = statistics.median(a for a, _ in measured)
    print(f"{what:52}{ratio:6.2f}   ({seconds:.2f} s)", flush=True)


def _check(*arguments: str, cores: int = 0) -> Timing:
    return _timing([sys.executable, "-m", "pytest", *arguments], cores)


def _python(code: str, cores: int = 0) -> Timing:
    return _timing([sys.executable, "-c", code], cores)


def _timing(command: Sequence[str], cores: int) -> Timing:
    def timing() -> float:
        begun = time.perf_counter()
        subprocess.run(
            command, cwd=catalog.ROOT, env=environment(), check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=(lambda: os.sched_setaffinity(0, _cores()[:cores])) if cores else None,
        )  # fmt: skip
        return time.perf_counter() - begun

    return timing


def _cores() -> list[int]:
    """Return the cores that this process may use; on Linux."""
    return sorted(os.sched_getaffinity(0))


def _names(stem: str) -> list[str]:
    """Return the names that a kata's stub defines."""
    tree = ast.parse((catalog.KATAS / f"{stem}.py").read_bytes())
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


if __name__ == "__main__":
    main()
