"""`--watch`: from saving to the verdict, by a parent that has imported everything and stays."""

import ast
import collections
import contextlib
import importlib
import json
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import watchfiles
from _pytest._io import TerminalWriter

from tests.harness import catalog
from tests.harness.checker import pytest_internals
from tests.harness.checker.collection import ANSWERS, Kata
from tests.harness.checker.output.results import MARKS, Result
from tests.harness.checker.output.terminal import TerminalReport
from tests.harness.checker.output.writer import COLOURS, Writer
from tests.harness.checker.sandbox.group import Group
from tests.harness.checker.sandbox.pool import Pool
from tests.harness.checker.verdict import State, of_report
from tests.harness.checker.watch.screen import KEYBOARD, Screen
from tests.harness.kit.loading import PARSE_ERRORS, read_file

QUIET = 10  # milliseconds without another change, after which one save is over
UNFINISHED = 0.3  # seconds that a file which is no Python may still be being written
AGAIN = 1.0  # seconds after which saving the same text means that a check is wanted
STATE = "TORCH_NN_KATAS_WATCH"  # in the environment: what a parent tells the next one


class Watch:
    """The pytest plugin that stays: it checks what is saved, and shows one kata at a time."""

    def __init__(self, config: pytest.Config, pool: Pool, report: TerminalReport) -> None:
        self.config = config
        self.pool = pool
        self.folder = config.stash[ANSWERS]
        self.results: dict[str, Result] = {}
        self.hints: collections.Counter[str] = collections.Counter()
        self.current = ""
        self.news = ""
        self.broken = ""  # why there is nothing to check: the tests do not load
        self._report = report
        self._items: dict[str, list[pytest.Item]] = {}
        self._judged: dict[str, tuple[bytes | None, float]] = {}  # which text, and when
        self._checks: dict[str, _Check] = {}  # those that run or wait
        self._later: list[str] = []  # katas to check when nobody waits for another one
        self._wanted = ""  # the kata that somebody waits for
        self._settled = False  # whether a kata has been chosen, or the first one is looked for
        self._unfinished: dict[str, float] = {}  # files that may be being written, and until when
        self._restart_at = 0.0
        self._leaving = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Stay until somebody leaves."""
        pytest_internals.suspend_capture(self.config)
        terminal: Any = self.config.pluginmanager.getplugin("terminalreporter")
        if session.testsfailed:
            self.broken = "\n".join(e.longreprtext for e in terminal.stats.get("error", []))
        for item in session.items:
            kata = item.getparent(Kata)
            if kata is not None:
                self._items.setdefault(kata.stem, []).append(item)
        self.pool.end_all()  # nothing runs ahead
        if not self._items and not self.broken:
            return True  # pytest says that there is nothing
        _import_what_katas_import(list(self._items))
        self._begin()
        with contextlib.ExitStack() as stack:
            self.files = stack.enter_context(_Files(self.folder))
            encoding = getattr(terminal._tw._file, "encoding", None) or "ascii"
            self.screen = stack.enter_context(Screen(terminal._tw.hasmarkup, encoding))
            stack.callback(self._clean_up)
            self.pool.in_child = self._in_child
            while not self._leaving:
                self._turn()
        session.testsfailed = sum(not self._is_done(stem) for stem in self._items)
        self._report.results = self.results
        self._report.already_explained = True
        return True

    # What happens.

    def _begin(self) -> None:
        """Go on where the parent before this one ended; check everything."""
        self._state = state = json.loads(os.environ.pop(STATE, "{}"))
        self.config.option.mastery = state.get("mastery", self.config.option.mastery)
        self.hints.update(state.get("hints", {}))
        self._settled = state.get("current") in self._items
        self.current = state["current"] if self._settled else next(iter(self._items), "")
        self._later = [stem for stem in self._items if stem != self.current]
        if self.current:
            self._check(self.current, wanted=self._settled)

    def _turn(self) -> None:
        """Wait until something happens, and do what has to be done."""
        self._draw()
        sources = [KEYBOARD, self.screen.signals, self.files.pipe]
        ready = self.pool.listen(*sources, seconds=self._patience())
        if self.screen.signals in ready:
            self._signalled(self.screen.received())
        if KEYBOARD in ready:
            for key in self.screen.typed():
                self._pressed(key)
        if self.files.pipe in ready:
            for path in self.files.changed():
                self._changed(path)
        now = time.monotonic()
        for stem in [stem for stem, until in self._unfinished.items() if until < now]:
            self._saved(stem, finished=True)
        if self._restart_at and self._restart_at < now:
            self._restart()
        for check in list(self._checks.values()):
            if check.over:
                self._checked(check)
            elif check.wanted and not check.shown and check.is_wrong:
                self.results[check.stem] = check.result(self.config)
                check.shown = True
        self._start_later()

    def _patience(self) -> float | None:
        if self._checks:
            return 0.05
        due = [*self._unfinished.values(), *[self._restart_at] * bool(self._restart_at)]
        return max(0.0, min(due) - time.monotonic()) + 0.001 if due else None

    def _signalled(self, signals: set[signal.Signals]) -> None:
        if signals & {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}:
            self._leaving = True
        elif signal.SIGTSTP in signals:
            self.screen.stop()
        elif signal.SIGCONT in signals:
            self.screen.retake()

    def _pressed(self, key: str) -> None:
        """Do what a key asks for."""
        stems = list(self._items)
        if key in "q\x04":
            self._leaving = True
        elif not self.current:
            return
        elif key in "\r\n":
            self.news = ""
            self._check(self.current, wanted=True)
        elif key == "a":
            self.news = ""
            self._settled = True
            self._later = list(stems)
        elif key in ("n", "p"):
            there = stems.index(self.current) + (1 if key == "n" else -1)
            self.news = ""
            self._settled = True
            self.current = stems[max(0, min(there, len(stems) - 1))]
        elif key == "h":
            self._settled = True
            self.hints[self.current] += 1
        elif key == "m":
            self.config.option.mastery = not self.config.option.mastery
            self.news = f"Mastery is {'asked for' if self.config.option.mastery else 'left out'}."
            self._later = [stem for stem in stems if stem != self.current]
            self._check(self.current, wanted=True)

    def _changed(self, path: Path) -> None:
        """Do what the change of a file asks for."""
        if path.suffix != ".py":
            return
        if path.parent.resolve() != self.folder.resolve():
            self._restart_at = time.monotonic() + UNFINISHED
        elif path.stem in self._items:
            self._saved(path.stem)
        else:  # something that answers may share
            self._check_later(self._made_of(path.stem))

    def _saved(self, stem: str, *, finished: bool = False) -> None:
        """Check a kata whose file was saved; all of it, if that can be known."""
        text = _read(self.folder / f"{stem}.py")
        check = self._checks.get(stem)
        judged, when = self._judged.get(stem, (None, 0.0))
        if check is not None and check.wanted and check.text == text:
            return  # the same save, told twice
        if check is None and judged == text and time.monotonic() < when + AGAIN:
            return
        if not finished and not _is_python(text):
            self._unfinished[stem] = time.monotonic() + UNFINISHED
            return
        self.news = ""
        self._check(stem, wanted=True)
        self._check_later(self._made_of(stem))

    def _restart(self) -> None:
        """Let a new parent take over, which knows the tests as they are now."""
        self._restart_at = 0.0
        for path in sorted(catalog.TESTS.rglob("*.py")):
            if not _is_python(_read(path)):
                self.news = f"{catalog.shown(path)} has changed, and is no Python. Waiting."
                return
        if not self.broken:
            self._state = {
                "current": self.current if self._settled else "",
                "mastery": self.config.option.mastery,
                "hints": self.hints,
            }
        os.environ[STATE] = json.dumps(self._state)
        self.screen.__exit__()
        self._clean_up()
        print("The tests have changed: starting anew.", flush=True)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])

    # Checks.

    def _check(self, stem: str, *, wanted: bool = False) -> None:
        """Check a kata, before all others if somebody waits for it."""
        self._cancel(stem)
        self._unfinished.pop(stem, None)
        if wanted:
            self._settled = True
            self._wanted = self.current = stem
            for other in [check.stem for check in self._checks.values()]:
                self._cancel(other)
                self._check_later([other])
        if stem in self._later:
            self._later.remove(stem)
        mastery = self.config.option.mastery
        chosen = [i for i in self._items[stem] if mastery or not i.get_closest_marker("mastery")]
        text = _read(self.folder / f"{stem}.py")
        group = Group(chosen, self._items[stem][0].getparent(Kata))
        self._checks[stem] = check = _Check(stem, group, text, mastery, wanted)
        if not chosen:
            self._checked(check)
        elif wanted:
            self.pool.start(check.group)
            self.pool.fill_up()
        else:
            self.pool.waiting.append(check.group)

    def _check_later(self, stems: Sequence[str]) -> None:
        self._later = [stem for stem in self._items if stem in self._later or stem in stems]

    def _start_later(self) -> None:
        """Start what is to be checked besides, unless somebody waits for one of them."""
        if not self._wanted:
            for stem in self._later[:]:
                self._check(stem)
            self.pool.fill_up()

    def _cancel(self, stem: str) -> None:
        check = self._checks.pop(stem, None)
        if check is not None:
            self.pool.end(check.group)
        if stem == self._wanted:
            self._wanted = ""

    def _checked(self, check: "_Check") -> None:
        """Keep what came of a check, and go on to the next kata if this one is done."""
        result = self.results[check.stem] = check.result(self.config)
        self._judged[check.stem] = check.text, time.monotonic()
        self._cancel(check.stem)
        if _read(self.folder / f"{check.stem}.py") != check.text:
            self._check(check.stem, wanted=check.wanted)  # of which nobody told us yet
        elif check.wanted:
            self._go_on(result)
        elif not self._settled:
            self._look_for_the_first()
        if not self._checks and not self._later:
            self._empty_temporary_folder()

    def _go_on(self, result: Result) -> None:
        stem = result.card.stem
        if not self._is_done(stem):
            return
        word = "right" if result.state is State.PARTLY else result.state
        self.news = f"{MARKS[State.SOLVED]} {result.card.number} is {word}."
        stems = list(self._items)
        here = stems.index(stem)
        following = [s for s in stems[here + 1 :] + stems[:here] if not self._is_done(s)]
        if following:
            self.current = following[0]
            self.news += f" Next is {catalog.card(self.current).number}."
        elif len(stems) > 1:
            self.news += f" All {len(stems)} are, with this one."

    def _look_for_the_first(self) -> None:
        """Show the first kata that is not done, as far as one knows."""
        for stem in self._items:
            if not self._is_done(stem):
                self.current = stem
                self._settled = stem in self.results
                return

    def _is_done(self, stem: str) -> bool:
        result = self.results.get(stem)
        return result is not None and not result.failures

    def _made_of(self, name: str) -> list[str]:
        """Name the katas whose files import a file beside them, or one that does."""
        imports = {p.stem: _imports(_read(p)) for p in self.folder.glob("*.py")}
        found, new = set(), {name}
        while new:
            found |= new
            new = {stem for stem, names in imports.items() if names & new} - found
        return [stem for stem in self._items if stem in found - {name}]

    # The screen.

    def _draw(self) -> None:
        self.screen.draw(self._top, self._middle, self._bottom)

    def _teller(self, writer: TerminalWriter) -> Writer:
        return Writer(writer, self.screen.encoding)

    def _top(self, writer: TerminalWriter) -> None:
        tell = self._teller(writer)
        if self.current:
            card = catalog.card(self.current)
            tell.line(f"{card.number} · {card.title}", bold=True)
            tell.line(card.part, light=True)

    def _middle(self, writer: TerminalWriter) -> None:
        tell = self._teller(writer)
        if self.broken:
            tell.line("\nThe tests do not load. Waiting for them to change.", red=True)
            tell.line(self.broken)
            return
        result = self.results.get(self.current)
        path = catalog.shown(self.folder / f"{self.current}.py")
        if result is not None and result.is_wrong:
            tell.explanation(result, path)
        else:
            mark = MARKS.get(result.state, " ") if result is not None and result.state else " "
            told = f" · {result.description}" if result is not None else ""
            tell.line()
            tell.line(f"{mark} {path}{told}", bold=True)

    def _bottom(self, writer: TerminalWriter) -> None:
        tell = self._teller(writer)
        tell.line()
        if self.hints[self.current]:
            tell.paragraph(self._hint(), cyan=True)
            tell.line()
        if self.news:
            tell.line(self.news, green=True)
        results = [self._known(stem) for stem in self._items]
        if len(results) > 1:
            for result in results:
                state = result.state
                mark, colour = (MARKS[state], COLOURS[state]) if state else ("·", {})
                tell.write(mark, **colour, bold=result.card.stem == self.current)
            tell.line()
        if results:
            tell.progress_bar(results, self.config.option.mastery)
        waiting = [catalog.card(stem).number for stem in [*self._checks, *self._later]]
        if waiting:
            more = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
            tell.write(f" · checking {waiting[0]}{more}")
        mastery = "off" if self.config.option.mastery else "on"
        keys = f"enter check · a all · n/p next, previous · h hint · m mastery {mastery} · q quit"
        tell.line(f"\n{keys}", light=True)

    def _known(self, stem: str) -> Result:
        return self.results.get(stem) or Result(stem, self.config.option.mastery)

    def _hint(self) -> str:
        """Return the hint that was asked for; after the last one they begin anew."""
        hints = catalog.hints(self.current)
        number = (self.hints[self.current] - 1) % (len(hints) + 1)
        if number < len(hints):
            return f"Hint {number + 1} of {len(hints)}: {hints[number]}"
        answer = catalog.shown(catalog.SOLUTIONS / f"{self.current}.py")
        return f"Those were the hints. The reference answer is {answer}."

    # The end.

    def _in_child(self) -> None:
        self.screen.left_by_a_child()
        self.files.left_by_a_child()

    def _clean_up(self) -> None:
        self.pool.end_all()
        self._empty_temporary_folder()

    def _empty_temporary_folder(self) -> None:
        """Delete what the tests of answers that fail have left behind."""
        pytest_internals.delete_base_temp_contents(self.config)


class _Check:
    """One check of one kata: the text that is checked, and the processes that do it."""

    def __init__(
        self, stem: str, group: Group, text: bytes | None, mastery: bool, wanted: bool
    ) -> None:
        self.stem = stem
        self.group = group
        self.text = text
        self.mastery = mastery
        self.wanted = wanted
        self.shown = False  # so far

    @property
    def is_wrong(self) -> bool:
        """Whether the first failure is known, though perhaps not its explanation."""
        for item in self.group.items:
            reports = self.group.known_reports(item)
            verdicts = [verdict for verdict in map(of_report, reports) if verdict]
            wrong = any(verdict.is_wrong for verdict in verdicts)
            if wrong or not reports:
                return wrong
        return False

    @property
    def over(self) -> bool:
        """Whether nothing more will be reported."""
        return self.group.done

    def result(self, config: pytest.Config) -> Result:
        """Return what came of it, so far."""
        result = Result(self.stem, self.mastery)
        for item in self.group.items:
            if not self.group.known_reports(item) and not self.over:
                continue
            reports = self.group.reports(item)
            result.verdicts += [verdict for verdict in map(of_report, reports) if verdict]
        return result


class _Files:
    """Tells through a pipe which files have changed: answers, and whatever checks them."""

    def __init__(self, answers: Path) -> None:
        self.folders = [(answers, False), (catalog.TESTS, True)]
        self.pipe, self._end = os.pipe()
        self._rest = b""
        self._stop = threading.Event()
        self._writing = threading.Lock()
        self._threads = [
            threading.Thread(target=self._watch, args=folder, daemon=True)
            for folder in self.folders
        ]

    def __enter__(self) -> "_Files":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        os.close(self.pipe)
        os.close(self._end)

    def changed(self) -> list[Path]:
        """Return which files have changed."""
        *lines, self._rest = (self._rest + os.read(self.pipe, 1 << 16)).split(b"\n")
        return [Path(json.loads(line)) for line in dict.fromkeys(lines)]

    def left_by_a_child(self) -> None:
        """In a child process, where the threads are not."""
        os.close(self.pipe)
        os.close(self._end)

    def _watch(self, folder: Path, recursive: bool) -> None:
        try:
            self._tell(folder, recursive=recursive)
        except Exception:  # the system may have no more to watch with
            self._tell(folder, recursive=recursive, force_polling=True)

    def _tell(self, folder: Path, **how: bool) -> None:
        for changes in watchfiles.watch(
            folder, step=QUIET, debounce=20 * QUIET, rust_timeout=1000, stop_event=self._stop,
            raise_interrupt=False, watch_filter=_is_source, **how,
        ):  # fmt: skip
            told = b"".join(json.dumps(path).encode() + b"\n" for _, path in changes)
            with self._writing, contextlib.suppress(OSError):
                os.write(self._end, told)


def _is_source(_: watchfiles.Change, path: str) -> bool:
    return path.endswith(".py")


def _import_what_katas_import(stems: Sequence[str]) -> None:
    """Import what the reference answers do: the learner's will want it too."""
    for stem in stems:
        for name in sorted(
            _imports(_read(catalog.SOLUTIONS / f"{stem}.py")) - set(catalog.stems())
        ):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


def _read(path: Path) -> bytes | None:
    source = read_file(path)
    return source if isinstance(source, bytes) else None


def _is_python(text: bytes | None) -> bool:
    """Whether a file is there, and is whole; which cannot be known for sure."""
    try:
        return bool(text and _tree(text))
    except PARSE_ERRORS:
        return False


def _imports(text: bytes | None) -> set[str]:
    """Name the modules that a file imports."""
    found = set()
    with contextlib.suppress(*PARSE_ERRORS):
        for node in ast.walk(_tree(text or b"")):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
    return found


def _tree(text: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)
