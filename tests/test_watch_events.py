"""Which events `--watch` waits for, and what its keys do."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.harness.checker.sandbox import isolation

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)

from tests.harness.checker.sandbox.pool import POLL_SECONDS
from tests.harness.checker.watch import events
from tests.harness.checker.watch.events import Due, Event, Key, Reported, Saved, Signal
from tests.harness.checker.watch.screen import KEYBOARD
from tests.harness.checker.watch.session import KEYS


class World:
    """Stands for pool, checks, files and screen: what has happened, and how it was waited for."""

    signals, pipe = "signals", "files"  # what is readable, in place of file descriptors

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[str, Any] = {}
        self.happened: dict[Any, list[Any]] = {}
        self.timeout: float | None = None
        self.reports: list[Any] = []
        self.events = events.Events(*[self] * 4)  # type: ignore[arg-type]

    def listen(self, *sources: Any, seconds: float | None) -> list[Any]:
        """Wait, as the pool does."""
        self.timeout = seconds
        return [source for source in sources if source in self.happened]

    def received(self) -> list[Any]:
        """Return signals."""
        return self.happened.pop(self.signals)

    def typed(self) -> list[Any]:
        """Return keys."""
        return self.happened.pop(KEYBOARD)

    def changed(self) -> list[Any]:
        """Return files."""
        return self.happened.pop(self.pipe)

    def reported(self) -> Iterator[Any]:
        """Yield checks."""
        yield from self.reports

    def wait(self) -> list[Event]:
        """Return the events that have happened."""
        return list(self.events.wait())


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a world in which nothing happens."""
    return World(tmp_path)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return a clock that stands still."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(events, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_signals_come_first_then_keys_files_and_reports(world: World) -> None:
    check: Any = object()
    world.reports.append(check)
    tests = os.path.realpath(__file__)
    world.happened = {
        world.pipe: [world.folder / "k08_nll.py", Path(tests)],
        KEYBOARD: ["n", "h"],
        world.signals: [signal.SIGTERM],
    }
    assert world.wait() == [
        Signal(signal.SIGTERM), Key("n"), Key("h"), Saved("k08_nll"), events.TestsChanged(),
        Reported(check),
    ]  # fmt: skip


def test_a_folder_of_answers_may_be_a_link(world: World, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(world.folder)
    world.folder = link
    world.happened = {world.pipe: [tmp_path / "k08_nll.py"]}
    assert world.wait() == [Saved("k08_nll")]


def test_what_was_put_off_is_due_after_the_delay(world: World, clock: SimpleNamespace) -> None:
    world.events.put_off(Saved("k08_nll"))
    assert world.wait() == []
    assert world.timeout == pytest.approx(events.DELAY, abs=0.01)
    clock.now += events.DELAY / 2
    world.events.put_off(Saved("k08_nll"))  # begins anew
    world.events.put_off(events.TestsChanged())
    clock.now += events.DELAY * 0.9
    assert world.wait() == []
    clock.now += events.DELAY * 0.2
    assert world.wait() == [Due(Saved("k08_nll")), Due(events.TestsChanged())]
    assert world.wait() == []


def test_it_waits_for_ever_only_if_nothing_is_expected(world: World) -> None:
    world.wait()
    assert world.timeout is None
    world.running = {"k08_nll": object()}
    world.wait()
    assert world.timeout == POLL_SECONDS


def test_each_key_means_one_thing_and_has_a_label() -> None:
    characters = "".join(characters for characters, _, _ in KEYS)
    assert len(characters) == len(set(characters))
    labels = " · ".join(label for _, label, _ in KEYS if label)
    assert len(labels.format(mastery="off")) <= 2 * 75  # two lines
    for character in filter(str.isalpha, characters):
        assert any(character in label.split()[0].split("/") for _, label, _ in KEYS if label)
