"""`--hint`: prints a hint for a kata, and checks nothing."""

from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker.collection import Kata
from tests.harness.checker.output.writer import Writer
from tests.harness.checker.pytest_internals import TerminalWriter

NEXT = "next"  # the value of `--hint` without a number
GIVEN = "katas/hints"  # in pytest's cache: how many hints were given for each kata


def hint(stem: str, count: int, *, mastery: bool) -> str:
    """Return the hint that is the ``count``-th to be asked for, from 1.

    After the last one comes where the reference answer is. Then the first one comes again.
    """
    hints = catalog.hints(stem, mastery=mastery)
    number = (count - 1) % (len(hints) + 1)
    if number < len(hints):
        return f"Hint {number + 1} of {len(hints)}: {hints[number]}"
    answer = catalog.shown(catalog.SOLUTIONS / f"{stem}.py")
    return f"Those were the hints. The reference answer is {answer}."


def take_path(config: pytest.Config) -> None:
    """Read `--hint katas/k08_nll.py` as a path, not as the number of a hint."""
    value = config.option.hint
    if value not in (None, NEXT) and not value.isdecimal():
        asked = config.args if config.args_source is pytest.Config.ArgsSource.ARGS else []
        config.args = [value, *asked]
        config.option.hint = NEXT


class HintPrinter:
    """The pytest plugin that prints a hint for the kata that was asked for."""

    def __init__(self, config: pytest.Config) -> None:
        if config.option.watch:
            raise pytest.UsageError("--hint prints one hint; under --watch, press h")
        self._config = config
        self._cache: Any = getattr(config, "cache", None)  # None with `-p no:cacheprovider`

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Print the hint, and run no test."""
        katas = {kata.stem for item in session.items if (kata := item.getparent(Kata))}
        if len(katas) != 1:
            raise pytest.UsageError("--hint is about one kata: pytest katas/k08_nll.py --hint")
        self._print(katas.pop())
        return True

    def _given(self) -> dict[str, int]:
        """Read how many hints were given, from a file that may hold anything."""
        given = self._cache.get(GIVEN, {}) if self._cache is not None else {}
        counts = given.items() if isinstance(given, dict) else ()
        return {stem: count for stem, count in counts if isinstance(count, int) and count >= 0}

    def _print(self, stem: str) -> None:
        asked, mastery = self._config.option.hint, self._config.option.mastery
        given = self._given()
        count = given.get(stem, 0) + 1 if asked == NEXT else int(asked)
        available = len(catalog.hints(stem, mastery=mastery))
        if asked != NEXT and not 1 <= count <= available:
            raise pytest.UsageError(f"--hint={asked}: {stem} has the hints 1 to {available}")
        if self._cache is not None:
            self._cache.set(GIVEN, {**given, stem: count})
        terminal: TerminalWriter = self._config.get_terminal_writer()
        writer = Writer(terminal)
        card = catalog.card(stem)
        writer.line()
        writer.heading(f"{card.number} · {card.title}", bold=True)
        writer.line()
        text = hint(stem, count, mastery=mastery)
        writer.paragraph(text, path=catalog.SOLUTIONS / f"{stem}.py", cyan=True)
