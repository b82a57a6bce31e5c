"""`--watch`: the parent, which has imported everything, stays and checks what is saved."""

import collections
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable

import pytest

from tests.harness import catalog
from tests.harness.checker import pytest_internals
from tests.harness.checker.collection import ANSWERS, Kata
from tests.harness.checker.output import features
from tests.harness.checker.output.parts import SolvedKatas
from tests.harness.checker.output.results import DONE, MARKS
from tests.harness.checker.output.solved_before import SolvedBefore
from tests.harness.checker.output.terminal import TerminalReport
from tests.harness.checker.sandbox.pool import Pool
from tests.harness.checker.verdict import State
from tests.harness.checker.watch import editor, events, files, kata_list, view
from tests.harness.checker.watch.checks import Check, Checks
from tests.harness.checker.watch.events import Due, Key, Reported, Saved, Signal, TestsChanged
from tests.harness.checker.watch.kata_list import KataList
from tests.harness.checker.watch.screen import Screen
from tests.harness.checker.watch.transcript import Transcript
from tests.harness.kit.loading import Source, read_file

STATE = "TORCH_NN_KATAS_WATCH"  # in the environment: what one process hands on to the next


class Watch:
    """The pytest plugin that handles events instead of running the tests in their order."""

    def __init__(self, config: pytest.Config, pool: Pool, report: TerminalReport) -> None:
        self._config = config
        self._report = report
        self._pool = pool
        self._before = json.loads(os.environ.pop(STATE, "{}"))
        mastery = self._before.get("mastery", config.option.mastery)
        writer = pytest_internals.writer_of(pytest_internals.reporter_of(config))
        shows = features.of(writer)
        self._screen = (Transcript if shows.words else Screen)(writer.hasmarkup, shows)
        self._files = files.FileWatcher(config.stash[ANSWERS].path)
        self._checks = Checks(pool, config.stash[ANSWERS].path, mastery)
        self._solved_before = SolvedBefore(config)
        self._events = events.Events(pool, self._checks, self._files, self._screen)
        keys = view.KEY_SEPARATOR.join(label for _, label, _ in KEYS if label)
        hints = collections.Counter(self._before.get("hints", {}))
        self._page = view.Page(self._checks, keys, hints)
        self._page.are_references = config.option.solutions
        # Answers in another folder may be somebody else's, and are not remembered.
        others = config.option.solutions or config.option.answers
        self._solved = SolvedKatas(None if others else getattr(config, "cache", None))
        self._user_chose = False  # a kata; otherwise the first one that is not done is looked for
        self._leaves = self._restarts = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Stay until somebody leaves."""
        checks = self._checks
        pytest_internals.suspend_capture(self._config)
        self._take_collected(session)
        if checks.items or self._page.broken:
            files.import_what_answers_import(checks.items)
            with self._files, self._screen, contextlib.closing(checks):
                self._run()
            if self._restarts:
                self._start_anew()
            session.testsfailed = sum(not checks.is_done(stem) for stem in checks.items)
            self._config.option.mastery = checks.mastery
            self._report.results = checks.results
            self._report.already_explained = True
        return True

    def _take_collected(self, session: pytest.Session) -> None:
        """Take the tests that pytest has collected, or why it could not."""
        self._pool.end_all()  # groups that pytest would run
        self._pool.in_child = self._events.close
        if session.testsfailed:
            errors = pytest_internals.reporter_of(self._config).stats.get("error", [])
            self._page.broken = "\n".join(error.longreprtext for error in errors)
        for item in session.items:
            kata = item.getparent(Kata)
            if kata is not None:
                self._checks.items.setdefault(kata.stem, []).append(item)

    def _start_anew(self) -> None:
        """Replace this process by another one, which loads the tests as they are now."""
        state = {
            "current": self._page.current if self._user_chose else "",
            "mastery": self._checks.mastery,
            "hints": self._page.hints,
        }
        os.environ[STATE] = json.dumps(self._before if self._page.broken else state)
        print("The tests have changed: starting anew.", flush=True)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])

    def _run(self) -> None:
        """Check everything, then handle events. Go on where the process before has ended."""
        self._page.current = next(iter(self._checks.items), "")
        self._checks.add(self._checks.items)
        if self._before.get("current") in self._checks.items:
            self._check(self._before["current"])
        while not self._leaves:
            self._checks.start_backlog()
            view.draw(self._page, self._screen)
            for event in self._events.wait():
                if not self._leaves:
                    self._handle(event)

    def _handle(self, event: events.Event) -> None:
        match event:
            case Key(character):
                self._press(character)
            case Saved(stem):
                self._saved(stem)
            case Due(Saved(stem)):
                self._saved(stem, complete=True)
            case TestsChanged():
                self._events.put_off(event)
            case Due(TestsChanged()):
                self._restart()
            case Reported(check):
                self._reported(check)
            case Signal(signal.SIGINT | signal.SIGTERM | signal.SIGHUP):
                self._leave()
            case Signal(signal.SIGTSTP):
                self._screen.stop()
            case Signal(signal.SIGCONT | signal.SIGWINCH):
                self._screen.set_up()

    def _saved(self, stem: str, *, complete: bool = False) -> None:
        """Check an answer, unless it is still being written, and the answers that import it."""
        if stem in self._checks.items:
            source = read_file(self._checks.path(stem))
            if self._checks.has_seen(stem, source):
                return
            if not (complete or files.is_complete(source)):
                self._events.put_off(Saved(stem))
                return
            self._check(stem, source)
        self._checks.add(files.importers(self._checks.folder, stem))

    def _restart(self) -> None:
        """Leave, to start anew, unless a file is still being written."""
        for path in sorted(catalog.TESTS.rglob("*.py")):
            if not files.is_complete(read_file(path)):
                shown = catalog.shown(path)
                self._page.message = f"{shown} has changed, and is not Python yet. Waiting."
                return
        self._leaves = self._restarts = True

    def _reported(self, check: Check) -> None:
        """Keep what a check has found; when it is over, go on."""
        self._checks.keep(check)
        if check.group.done:
            self._solved_before.compare([self._checks.results[check.stem]])
        done = self._checks.is_done(check.stem)
        part = self._solved.update([self._checks.results[check.stem]]) if check.group.done else ""
        if check.group.done and check.urgent and done:
            self._go_on(check.stem)
            self._page.part = part
        elif check.group.done and not self._user_chose:
            self._look_for_the_first()

    def _check(self, stem: str, source: Source | None = None, message: str = "") -> None:
        """Show a kata and check it before all others."""
        self._choose(stem, message)
        source = read_file(self._checks.path(stem)) if source is None else source
        self._checks.start(stem, source, urgent=True)

    def _choose(self, stem: str, message: str = "") -> None:
        self._user_chose = True
        self._page.current = stem
        self._page.message = message
        self._page.katas = None
        self._page.solved = self._page.part = self._page.reference = ""

    def _go_on(self, stem: str) -> None:
        """Say that a kata is done, and show the next one that is not."""
        result = self._checks.results[stem]
        word = "right" if result.state is State.PARTLY else result.state
        message = f"{MARKS[State.SOLVED]} {result.card.number} is {word}."
        if self._screen.shows.words:
            message = f"{word}: {result.card.number}."
        stems = list(self._checks.items)
        here = stems.index(stem)
        following = [s for s in stems[here + 1 :] + stems[:here] if not self._checks.is_done(s)]
        if following:
            self._page.current = following[0]
            message += f" Next is {catalog.card(following[0]).number}."
        elif len(stems) > 1:
            message += f" All {len(stems)} are, with this one."
        self._page.message = message
        self._page.solved = stem

    def _look_for_the_first(self) -> None:
        """Show the first kata that is not done, or not known to be."""
        left = (stem for stem in self._checks.items if not self._checks.is_done(stem))
        self._page.current = next(left, self._page.current)

    # What keys do.

    def _press(self, character: str) -> None:
        if self._page.katas is not None:
            self._press_in_list(self._page.katas, character)
            return
        for characters, _, method in KEYS:
            if character in characters and (self._page.current or method is Watch._leave):
                method(self)

    def _check_again(self) -> None:
        self._check(self._page.current)

    def _check_all(self) -> None:
        self._choose(self._page.current)
        self._checks.add(self._checks.items)

    def _move(self, step: int) -> None:
        stems = list(self._checks.items)
        there = stems.index(self._page.current) + step
        self._choose(stems[max(0, min(there, len(stems) - 1))])

    def _open_list(self) -> None:
        self._page.katas = KataList(list(self._checks.items), self._page.current)

    def _press_in_list(self, katas: KataList, key: str) -> None:
        if key in kata_list.GO:
            self._choose(katas.chosen)
        elif key in kata_list.LEAVE:
            self._page.katas = None
        else:
            katas.press(key)

    def _edit(self) -> None:
        """Open the answer in the editor, at the line that fails. No check runs meanwhile."""
        stem = self._page.current
        path = self._checks.path(stem)
        line = editor.line_to_open(self._checks.results.get(stem), read_file(path))
        self._checks.pause()
        self._choose(stem, editor.open_file(path, line, self._screen))

    def _show_hint(self) -> None:
        self._choose(self._page.current)
        self._page.hints[self._page.current] += 1

    def _show_reference(self) -> None:
        """Show the reference answer to what was just solved; then what follows, then the page."""
        self._user_chose = True
        page = self._page
        stem = page.solved or page.current
        result = self._checks.results.get(stem)
        if page.reference:
            page.screenful += 1
            if page.screenful == len(view.screenfuls(page, self._screen)):
                page.reference = ""
        elif result is not None and result.state in DONE:
            page.reference, page.screenful = stem, 0
        else:
            page.message = f"The reference is shown once {catalog.card(stem).number} is solved."

    def _switch_mastery(self) -> None:
        self._checks.mastery = not self._checks.mastery
        self._checks.add(self._checks.items)
        asked = "asked for" if self._checks.mastery else "left out"
        self._check(self._page.current, message=f"Mastery is {asked}.")

    def _leave(self) -> None:
        self._leaves = True


# What is typed, how it is called at the bottom of the screen, and what it does.
KEYS: tuple[tuple[str, str, Callable[[Watch], None]], ...] = (
    ("\r\n", "enter check", Watch._check_again),
    ("a", "a all", Watch._check_all),
    ("n", "n/p next, previous", lambda watch: watch._move(1)),
    ("p", "", lambda watch: watch._move(-1)),
    ("l", "l list", Watch._open_list),
    ("e", "e edit", Watch._edit),
    ("h", "h hint", Watch._show_hint),
    ("s", "s solution", Watch._show_reference),
    ("m", "m mastery {mastery}", Watch._switch_mastery),
    ("q\x04", "q quit", Watch._leave),
)
