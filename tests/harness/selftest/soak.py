"""Random saves, keys and kills for as long as one likes: ``python -m tests.harness.selftest.soak``.

A terminal with `--watch` in it is used as nobody would, and looked at: the verdict on the
screen is the right one whenever it comes to rest, its memory does not grow, and whatever
ends it, no process is left and the terminal is restored.
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

from tests.harness import catalog
from tests.harness.selftest import sample_answers
from tests.harness.selftest.pty import Terminal, alive

STEMS = ("k02_unpickle", "k05_init_weights", "k08_nll", "k09_accuracy", "k14_module")
KEYS = ("\n", "a", "n", "p", "nnp", "h", "m", "mm", "x", "\x1b[A")
SOLVED, WRONG, TO_DO = "· solved", "✗", "· to do"


def main(arguments: Sequence[str] | None = None) -> None:
    """Go on until the time is over, or something is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.harness.selftest.soak", description=__doc__
    )
    parser.add_argument("--minutes", type=float, default=60, help="for how long (default: 60)")
    parser.add_argument("--seed", type=int, default=0, help="of what happens (default: 0)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        Soak(Path(folder), options.seed).run(60 * options.minutes)


class Soak:
    """One soak: what lies in the folder of answers, and what the screen must come to say."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        self.state: dict[str, str] = {}
        self.counts = dict.fromkeys(("saves", "keys", "kills", "rests", "ends"), 0)
        self.memory: list[int] = []  # of the parent, in kB, each time that it rests

    def run(self, seconds: float) -> None:
        """Begin again and again; at the end, tell what was done."""
        end = time.monotonic() + seconds
        for stem in STEMS:
            self._write(stem, TO_DO)
        while time.monotonic() < end:
            self._session(min(end, time.monotonic() + self.random.uniform(60, 180)))
            self.counts["ends"] += 1
            print({**self.counts, "memory": self.memory and self.memory[-1]}, flush=True)

    def _session(self, end: float) -> None:
        """Watch for a while, and let it end in one way or another."""
        katas = [catalog.KATAS / f"{stem}.py" for stem in STEMS]
        with Terminal(*katas, f"--answers={self.folder}", "--watch") as terminal:
            self._rest(terminal)
            memory = [_memory(terminal.process.pid)]
            while time.monotonic() < end:
                for _ in range(self.random.randint(1, 6)):
                    self._happen(terminal)
                self._rest(terminal)
                memory.append(_memory(terminal.process.pid))
            self.memory += memory
            half = len(memory) // 2
            assert max(memory[half:]) < 1.05 * max(memory[: half or 1]), f"it grows: {memory}"
            if self.random.random() < 0.5:
                self._write(self.random.choice(STEMS), "endless")
                terminal.read(self.random.uniform(0, 0.5))
            self._end(terminal)
        for stem, state in self.state.items():
            if state == "endless":
                self._write(stem, TO_DO)

    def _happen(self, terminal: Terminal) -> None:
        """Let something happen."""
        what = self.random.choices([self._save, self._key, self._kill], [6, 6, 1])[0]
        what(terminal)
        terminal.read(self.random.choice([0, 0, 0.01, 0.1, 0.5]))

    def _save(self, terminal: Terminal) -> None:
        stem = self.random.choice(STEMS)
        self._write(stem, self.random.choice([SOLVED, SOLVED, WRONG, TO_DO, "gone", "broken"]))
        self.counts["saves"] += 1

    def _key(self, terminal: Terminal) -> None:
        terminal.type(self.random.choice(KEYS))
        self.counts["keys"] += 1

    def _kill(self, terminal: Terminal) -> None:
        """Kill a process that checks, which is taken for a crash; and let it check again."""
        terminal.type("a")
        terminal.read(self.random.uniform(0, 0.3))
        pids = terminal.processes() - {terminal.process.pid}
        if len(pids) > 1:  # the oldest is the guard
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.random.choice(sorted(pids)[1:]), signal.SIGKILL)
            terminal.read(0.3)
            terminal.type("a")
            self.counts["kills"] += 1

    def _write(self, stem: str, state: str) -> None:
        """Save an answer in one of the ways of editors."""
        path = self.folder / f"{stem}.py"
        text = _text(stem, state)
        self.state[stem] = TO_DO if state == "gone" else WRONG if state == "broken" else state
        if state == "gone":
            path.unlink(missing_ok=True)
            return
        how = self.random.randrange(4)
        if how == 0:
            new = path.with_suffix(".tmp")
            new.write_text(text)
            os.replace(new, path)
        elif how == 1:
            for part in (text[: len(text) // 2], text):
                path.write_text(part)
                time.sleep(self.random.choice([0, 0.01, 0.1]))
        elif how == 2 and path.exists():
            shutil.move(path, path.with_suffix(".py~"))
            path.write_text(text)
        else:
            path.write_text(text)

    def _rest(self, terminal: Terminal) -> None:
        """Wait until nothing happens any more; then the screen must say what is true."""

        def true(screen: str) -> bool:
            stem = next((stem for stem in STEMS if stem[:3] == screen[:3]), "")
            done = sum(state == SOLVED for state in self.state.values())
            told = screen.replace("· mastered", SOLVED)
            counted = f"{done} of {len(STEMS)} solved" in told and "· checking" not in told
            return counted and self.state.get(stem, "?") in told

        terminal.wait(true, seconds=60)
        terminal.read(0.6)
        assert true(terminal.screen) or terminal.wait(true, seconds=30)
        self.counts["rests"] += 1

    def _end(self, terminal: Terminal) -> None:
        processes = terminal.processes()
        ends: list[Callable[[], None]] = [
            lambda: terminal.type("q"), lambda: terminal.type("\x03"), terminal.process.terminate,
            terminal.process.kill, lambda: terminal.process.send_signal(signal.SIGHUP),
        ]  # fmt: skip
        self.random.choice(ends)()
        terminal.process.wait(20)
        deadline = time.monotonic() + 5
        while any(map(alive, processes)) or not terminal.restored():
            assert time.monotonic() < deadline, [pid for pid in processes if alive(pid)]
            time.sleep(0.02)


def _text(stem: str, state: str) -> str:
    if state == SOLVED:
        return sample_answers.right(stem)
    if state == WRONG:
        return sample_answers.wrong(stem)
    if state == "broken":
        return "def broken(:\n"
    if state == "endless":
        return "while True:\n    pass\n"
    return (catalog.KATAS / f"{stem}.py").read_text(encoding="utf-8")


def _memory(pid: int) -> int:
    """Return how much memory a process has of its own, in kB."""
    fields = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in fields if line.startswith("RssAnon"))


if __name__ == "__main__":
    main()
