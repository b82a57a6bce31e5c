"""Uses `--watch` at random for a long time: ``python -m tests.harness.selftest.soak``.

Files are saved, keys are pressed, processes are killed. Whenever nothing happens any more, the
screen must show the right verdict and the memory must not have grown. However it ends, no
process is left and the terminal is restored (which a killed process cannot do).
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from tests.harness import catalog
from tests.harness.selftest import sample_answers
from tests.harness.selftest.pty import Terminal, is_running, wait_until

STEMS = ("k02_unpickle", "k05_init_weights", "k08_nll", "k09_accuracy", "k14_module")
KEYS = ("\n", "a", "n", "p", "nnp", "h", "m", "mm", "sn", "x", "\x1b[A", "lj\n", "l8\n", "lq", "e")
SOLVED, WRONG, TO_DO = "· solved", "✗", "· to do"  # states, as they are shown
GONE, BROKEN, ENDLESS = "gone", "broken", "endless"  # states of a file
GROWTH = 1.05  # of the memory, at most


def main(arguments: Sequence[str] | None = None) -> None:
    """Go on until the time is over or something is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.harness.selftest.soak", description=__doc__
    )
    parser.add_argument("--minutes", type=float, default=60, help="for how long (default: 60)")
    parser.add_argument("--seed", type=int, default=0, help="of what happens (default: 0)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        Soak(Path(folder), options.seed).run(60 * options.minutes)


class Soak:
    """A folder of answers, what the screen must show of each, and what was done so far."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        self.shown: dict[str, str] = {}  # by kata: what the screen must come to show
        self.counts = dict.fromkeys(("saves", "keys", "kills", "rests", "ends"), 0)
        self.memory: list[int] = []  # of the parent, in kB, at each rest

    def run(self, seconds: float) -> None:
        """Start one session after another; print after each what was done."""
        end = time.monotonic() + seconds
        for stem in STEMS:
            self._write(stem, TO_DO)
        while time.monotonic() < end:
            self._session(min(end, time.monotonic() + self.random.uniform(60, 180)))
            self.counts["ends"] += 1
            print({**self.counts, "memory": self.memory and self.memory[-1]}, flush=True)

    def _session(self, end: float) -> None:
        """Watch for a while, then end in a random way."""
        katas = [catalog.KATAS / f"{stem}.py" for stem in STEMS]
        answers = f"--answers={self.folder.name}"
        with Terminal(*katas, answers, "--watch", cwd=self.folder.parent) as terminal:
            self._rest(terminal)
            memory = [_memory(terminal.pid)]
            while time.monotonic() < end:
                for _ in range(self.random.randint(1, 6)):
                    self._act(terminal)
                self._rest(terminal)
                memory.append(_memory(terminal.pid))
            self.memory += memory
            half = len(memory) // 2
            assert max(memory[half:]) < GROWTH * max(memory[: half or 1]), f"it grows: {memory}"
            if self.random.random() < 0.5:
                self._write(self.random.choice(STEMS), ENDLESS)
                terminal.read(self.random.uniform(0, 0.5))
            self._end(terminal)
        for stem, state in self.shown.items():
            if state == ENDLESS:
                self._write(stem, TO_DO)

    def _act(self, terminal: Terminal) -> None:
        """Save a file, press a key or kill a process."""
        act = self.random.choices([self._save, self._press, self._kill], [6, 6, 1])[0]
        act(terminal)
        terminal.read(self.random.choice([0, 0, 0.01, 0.1, 0.5]))

    def _save(self, _: Terminal) -> None:
        states = [SOLVED, SOLVED, WRONG, TO_DO, GONE, BROKEN]
        self._write(self.random.choice(STEMS), self.random.choice(states))
        self.counts["saves"] += 1

    def _press(self, terminal: Terminal) -> None:
        terminal.type(self.random.choice(KEYS))
        self.counts["keys"] += 1

    def _kill(self, terminal: Terminal) -> None:
        """Kill a process that checks, which is reported as a crash; then check everything again."""
        terminal.type("a")
        terminal.read(self.random.uniform(0, 0.3))
        children = terminal.processes()[1:]  # after the parent
        if children:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.random.choice(children).kill()
            terminal.read(0.3)
            terminal.type("a")
            self.counts["kills"] += 1

    def _write(self, stem: str, state: str) -> None:
        """Save an answer in one of the ways in which editors do."""
        path = self.folder / f"{stem}.py"
        self.shown[stem] = {GONE: TO_DO, BROKEN: WRONG}.get(state, state)
        if state == GONE:
            path.unlink(missing_ok=True)
            return
        text = _text(stem, state)
        way = self.random.choice(["rename", "in parts", "move away", "at once"])
        if way == "rename":
            new = path.with_suffix(".tmp")
            new.write_text(text, encoding="utf-8")
            os.replace(new, path)
        elif way == "in parts":
            path.write_text(text[: len(text) // 2], encoding="utf-8")
            time.sleep(self.random.choice([0, 0.01, 0.1]))
        elif way == "move away" and path.exists():
            shutil.move(path, path.with_suffix(".py~"))
        if way != "rename":
            path.write_text(text, encoding="utf-8")

    def _rest(self, terminal: Terminal) -> None:
        """Wait until nothing happens any more; then the screen must be right."""

        def is_right(screen: str) -> bool:
            stem = next((stem for stem in STEMS if stem[:3] == screen[:3]), "")
            done = sum(state == SOLVED for state in self.shown.values())
            screen = screen.replace("· mastered", SOLVED)
            counted = f"{done} of {len(STEMS)} solved" in screen and "· checking" not in screen
            return counted and self.shown.get(stem, "?") in screen

        terminal.wait(is_right)
        terminal.read(0.6)
        terminal.wait(is_right)
        self.counts["rests"] += 1

    def _end(self, terminal: Terminal) -> None:
        """End the watcher; it must leave no process and, if it can, restore the terminal."""
        processes = terminal.processes()
        ends: list[Callable[[], None]] = [
            lambda: terminal.type("q"),
            lambda: terminal.type("\x03"),
            lambda: terminal.send_signal(signal.SIGTERM),
            lambda: terminal.send_signal(signal.SIGKILL),
            lambda: terminal.send_signal(signal.SIGHUP),
        ]
        self.random.choice(ends)()
        killed = terminal.exit_code() == -signal.SIGKILL
        wait_until(lambda: not any(map(is_running, processes)))
        wait_until(lambda: killed or terminal.is_restored())


def _text(stem: str, state: str) -> str:
    if state == SOLVED:
        return sample_answers.right(stem)
    if state == WRONG:
        return sample_answers.wrong(stem)
    if state == BROKEN:
        return "def broken(:\n"
    if state == ENDLESS:
        return "while True:\n    pass\n"
    return (catalog.KATAS / f"{stem}.py").read_text(encoding="utf-8")


def _memory(pid: int) -> int:
    """Return the memory that is a process's own and not of files, in kB; on Linux."""
    memory = psutil.Process(pid).memory_info()
    return int(memory.rss - memory.shared) // 1024


if __name__ == "__main__":
    main()
