"""Measures how long a check takes: ``python -m tests.harness.selftest.measure``.

Machines differ, and no machine is as fast in one minute as in the next. So what is
told of a check is how much longer it takes than what it is held against, in pairs that
are run one after the other: the median over the pairs.
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
from tests.harness.selftest import sample_answers
from tests.harness.selftest.command import environment
from tests.harness.selftest.pty import Terminal

Timing = Callable[[], float]


def idle(screen: str) -> bool:
    """Whether the screen is there, and nothing is being checked."""
    return "q quit" in screen and "· checking" not in screen


IMPORTS = "import pytest, hypothesis, torch"
CHECKED = ("k08_nll", "k24_cnn")


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
        _each(answers)


class Answers:
    """Folders of answers: right ones, ones with a slip, stubs, and ones that are edited."""

    def __init__(self, folder: Path) -> None:
        self.right = catalog.SOLUTIONS
        self.wrong = folder / "wrong"
        self.stubs = catalog.KATAS
        self.edited = folder / "edited"
        self.elsewhere = folder / "elsewhere"
        self.wrong.mkdir()
        for stem in catalog.stems():
            # That nothing is returned is wrong in every kata.
            text = "class Wrong:\n    def __init__(self, *args, **kwargs): pass\n"
            text += "".join(f"{name} = lambda *args, **kwargs: None\n" for name in _names(stem))
            (self.wrong / f"{stem}.py").write_text(text)
        for stem in CHECKED:
            (self.wrong / f"{stem}.py").write_text(sample_answers.wrong(stem), encoding="utf-8")

    @contextlib.contextmanager
    def terminal(self, *stems: str) -> Iterator[Terminal]:
        """Watch copies of stubs, which are then edited."""
        shutil.rmtree(self.edited, ignore_errors=True)
        shutil.copytree(self.stubs, self.edited, ignore=shutil.ignore_patterns("__pycache__"))
        katas = [self.stubs / f"{stem}.py" for stem in stems]
        with Terminal(*katas, f"--answers={self.edited}", "--watch") as terminal:
            terminal.wait(idle, 120)
            yield terminal


def _cold(answers: Answers, pairs: int) -> None:
    for stem in CHECKED:
        for kind, folder in (("right", answers.right), ("wrong", answers.wrong)):
            ours = _check(f"katas/{stem}.py", f"--answers={folder}")
            _tell(
                f"cold check of {stem[:3]}, {kind}, over the imports", ours, _python(IMPORTS), pairs
            )
    ours = _check("katas/k01_download.py", f"--answers={answers.right}")
    imports = "import pytest, hypothesis, requests"
    _tell("cold check of k01, right, over its imports", ours, _python(imports), pairs)


def _warm(answers: Answers, pairs: int) -> None:
    stem = "k08_nll"
    right, wrong = (
        (answers.right / f"{stem}.py").read_text(encoding="utf-8"),
        sample_answers.wrong(stem),
    )

    def saved(text: str, shown: str) -> float:
        """Save, and return how long it took until the verdict could be read."""
        begun = time.perf_counter()
        (answers.edited / f"{stem}.py").write_text(text, encoding="utf-8")
        terminal.wait(shown)
        taken = time.perf_counter() - begun
        terminal.wait(idle)
        return taken

    def saved_right() -> float:
        saved(wrong, "✗")
        return saved(right, "✓ k08 is solved.")

    def saved_wrong() -> float:
        saved(right, "✓ k08 is solved.")
        return saved(wrong, "✗")

    def saved_elsewhere() -> float:
        """Do the same where pytest-watcher watches."""
        for text, shown in ((wrong, "0 of 1 solved"), (right, "1 of 1 solved")):
            other.printed = b""
            begun = time.perf_counter()
            (answers.elsewhere / f"{stem}.py").write_text(text, encoding="utf-8")
            other.wait(shown)
            taken = time.perf_counter() - begun
            other.wait("Press w")  # when it listens again
        return taken

    with answers.terminal(stem, "k09_accuracy") as terminal:
        cold = _check(f"katas/{stem}.py", f"--answers={answers.right}")
        _tell("warm check of k08, right, over the cold one", saved_right, cold, pairs)
        cold = _check(f"katas/{stem}.py", f"--answers={answers.wrong}")
        _tell("warm check of k08, wrong, over the cold one", saved_wrong, cold, pairs)
        with _watcher(stem, answers) as other:
            _tell(
                "the same save under pytest-watcher, over ours", saved_elsewhere, saved_right, pairs
            )


def _watcher(stem: str, answers: Answers) -> Terminal:
    """Let pytest-watcher watch a file of its own."""
    try:
        import pytest_watcher  # noqa: F401
    except ImportError:
        sys.exit('pytest-watcher is missing: python -m pip install -e ".[dev]"')
    answers.elsewhere.mkdir()
    # Its own pattern, `*.py`, matches nothing with the watchdog of today.
    patterns = "--patterns=*.py,/**/*.py,**/*.py"
    kata, flag = answers.stubs / f"{stem}.py", f"--answers={answers.elsewhere}"
    terminal = Terminal(answers.elsewhere, patterns, kata, flag, module="pytest_watcher")
    time.sleep(1)  # until it watches
    return terminal


def _whole(answers: Answers, pairs: int) -> None:
    kinds = {
        "all solved": answers.right, "all to do": answers.stubs, "all wrong": answers.wrong,
    }  # fmt: skip
    for kind, folder in kinds.items():
        for cores in range(1, min(len(_cores()), 2) + 1):
            on = f"on {cores} core{'s' * (cores > 1)}"
            ours = _check("katas", f"--answers={folder}", cores=cores)
            _tell(f"{kind}, {on}, over the imports", ours, _python(IMPORTS, cores), pairs)


def _each(answers: Answers) -> None:
    """Tell how long it takes from the save to the verdict, for every kata."""
    print("\nseconds from saving the reference answer to the verdict, medians of 3")
    stems = catalog.stems()
    taken: dict[str, list[float]] = {stem: [] for stem in stems}
    for _ in range(3):
        with answers.terminal(*stems) as terminal:
            for stem in stems:
                begun = time.perf_counter()
                shutil.copy(answers.right / f"{stem}.py", answers.edited)
                terminal.wait(f"✓ {catalog.card(stem).number} is solved.")
                taken[stem].append(time.perf_counter() - begun)
                terminal.wait(idle)
    for stem, seconds in taken.items():
        print(f"  {stem:25}{statistics.median(seconds):.2f}")


def _tell(what: str, ours: Timing, theirs: Timing, pairs: int) -> None:
    """Measure two things in turns, and tell how much longer the first takes."""
    ours(), theirs()  # whose files are in memory from now on
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
    """Return the cores that are for us."""
    return sorted(os.sched_getaffinity(0))  # which only Linux tells, or lets anyone choose


def _names(stem: str) -> list[str]:
    """Name what a kata's stub defines."""
    tree = ast.parse((catalog.KATAS / f"{stem}.py").read_bytes())
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


if __name__ == "__main__":
    main()
