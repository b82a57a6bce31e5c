"""Notices changes of files; tells whether a text is complete Python, and who imports whom."""

import ast
import contextlib
import importlib
import os
import queue
import threading
import warnings
from collections.abc import Iterable
from pathlib import Path

import watchfiles

from tests.harness import catalog
from tests.harness.kit.loading import PARSE_ERRORS, Source, read_file

QUIET = 10  # milliseconds without another change, after which one save is over


class FileWatcher:
    """Watches the answers and the tests, each in a thread.

    `pipe` is readable when a file has changed.
    """

    def __init__(self, answers: Path) -> None:
        self.pipe, self._wake = os.pipe()
        self._paths: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stop = threading.Event()
        folders = ((answers, False), (catalog.TESTS, True))
        self._threads = [threading.Thread(target=self._watch, args=folder) for folder in folders]

    def __enter__(self) -> "FileWatcher":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.close()

    def close(self) -> None:
        """Close the pipe; for a forked process, which has no threads."""
        os.close(self.pipe)
        os.close(self._wake)

    def changed(self) -> list[Path]:
        """Return the files that have changed, once each."""
        os.read(self.pipe, 1 << 16)
        paths = [self._paths.get() for _ in range(self._paths.qsize())]
        return [Path(path) for path in dict.fromkeys(paths)]

    def _watch(self, folder: Path, recursive: bool) -> None:
        try:
            self._pass_on(folder, recursive)
        except Exception:  # the system's limit of watched files may be reached
            self._pass_on(folder, recursive, poll=True)

    def _pass_on(self, folder: Path, recursive: bool, poll: bool = False) -> None:
        for changes in watchfiles.watch(
            folder, step=QUIET, debounce=20 * QUIET, rust_timeout=1000, stop_event=self._stop,
            watch_filter=lambda _, path: path.endswith(".py"), raise_interrupt=False,
            recursive=recursive, force_polling=poll,
        ):  # fmt: skip
            for _, path in changes:
                self._paths.put(path)
            os.write(self._wake, b".")


def is_complete(source: Source) -> bool:
    """Whether a file is Python. If it is not, somebody may still be writing it."""
    try:
        return bool(_parse(source))
    except PARSE_ERRORS:
        return False


def importers(folder: Path, name: str) -> set[str]:
    """Name the files in a folder that import one of them, or import a file that does."""
    imports = {path.stem: _imported_names(path) for path in folder.glob("*.py")}
    found, new = set(), {name}
    while new:
        found |= new
        new = {stem for stem, names in imports.items() if names & new} - found
    return found - {name}


def import_what_answers_import(stems: Iterable[str]) -> None:
    """Import the modules that the reference answers import, so that no child has to."""
    for stem in stems:
        names = _imported_names(catalog.SOLUTIONS / f"{stem}.py") - set(catalog.stems())
        for name in sorted(names):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


def _imported_names(path: Path) -> set[str]:
    found = set()
    with contextlib.suppress(*PARSE_ERRORS):
        for node in ast.walk(_parse(read_file(path))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
    return found


def _parse(source: Source) -> ast.Module:
    if not isinstance(source, bytes) or not source:
        raise ValueError("there is no text")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)
