"""What an answer gives is watched while it runs on: in a loop, and when it is abandoned."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset, default_collate

from tests.harness.kit import Answer, Guarded, Kind, ToDo, WrongAnswer
from tests.harness.selftest.command import run_pytest, write_answers

GRAD_MODE = "Going through what `f` gives left grad mode (whether autograd records) changed in"


def guarded(function: Callable[..., Any]) -> Guarded:
    """Guard a function as if this file were the answer."""
    return Answer(Path(__file__), lambda _: None).guarded(function, "f")


def rejected_after(steps: int, result: Iterable[Any]) -> WrongAnswer:
    """Go through a result, of which the step after so many is rejected; return why."""
    iterator = iter(result)
    for _ in range(steps):
        next(iterator)
    with pytest.raises(WrongAnswer) as caught:
        next(iterator)
    assert caught.value.kind is Kind.SETTING
    return caught.value


def within(context: Callable[[], Any]) -> Callable[[], Iterator[int]]:
    """Return a generator function that yields inside a context."""

    def generate() -> Iterator[int]:
        with context():
            yield from range(3)

    return generate


@contextlib.contextmanager
def float64() -> Iterator[None]:
    """Change the default dtype for a block."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@contextlib.contextmanager
def seeded() -> Iterator[None]:
    """Seed torch's generator for a block."""
    with torch.random.fork_rng():
        torch.manual_seed(4321)
        yield


CONTEXTS: dict[str, Callable[[], Any]] = {
    "grad mode (whether autograd records)": torch.no_grad,
    "grad mode (whether autograd records) and inference mode": torch.inference_mode,
    "autocast": lambda: torch.autocast("cpu"),
    "the default dtype": float64,
    "the default device (or another of torch's modes)": lambda: torch.device("meta"),
    "the seed of torch's random generator": seeded,
}


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_generator_must_not_yield_inside_a_context(name: str) -> None:
    before = torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_default_device()
    error = rejected_after(0, guarded(within(CONTEXTS[name]))())
    assert f"left {name} changed in the caller's loop" in error.why
    assert (
        torch.is_grad_enabled(),
        torch.get_default_dtype(),
        torch.get_default_device(),
    ) == before
    assert not torch.is_inference_mode_enabled()
    assert not torch.is_autocast_enabled("cpu")


def test_a_later_step_is_watched_as_the_first() -> None:
    def generate() -> Iterator[int]:
        yield 1
        with torch.no_grad():
            yield 2

    error = rejected_after(1, guarded(generate)())
    assert error.why.startswith(GRAD_MODE)
    assert [row.text.partition("    ")[2] for row in error.rows] == ["yield 2"]


def test_the_last_step_is_watched() -> None:
    def generate() -> Iterator[int]:
        yield 1
        torch.set_grad_enabled(False)

    rejected_after(1, guarded(generate)())


def test_putting_back_at_the_end_is_too_late() -> None:
    def generate() -> Iterator[int]:
        torch.set_grad_enabled(False)
        try:
            yield 1
        finally:
            torch.set_grad_enabled(True)

    rejected_after(0, guarded(generate)())
    assert torch.is_grad_enabled()


def test_a_rejected_generator_is_closed_at_once() -> None:
    closed: list[bool] = []

    def generate() -> Iterator[int]:
        with torch.no_grad():
            try:
                yield 1
            finally:
                closed.append(True)

    rejected_after(0, guarded(generate)())  # whose traceback would keep it
    assert closed


class Switching:
    """An iterator that switches autograd off in its second step."""

    def __init__(self) -> None:
        self.steps = 0

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        self.steps += 1
        torch.set_grad_enabled(self.steps != 2)
        return self.steps


class Slotted:
    """An iterable without `__dict__`, whose passes switch autograd off."""

    __slots__ = ("steps",)

    def __iter__(self) -> Iterator[int]:
        torch.set_grad_enabled(False)
        return iter([1])


@dataclass(frozen=True)
class Frozen:
    """An iterable whose attributes cannot be set, with a pass of a built-in kind."""

    steps: int = 2

    def __iter__(self) -> Iterator[Any]:
        return map(torch.set_grad_enabled, [True, False])


class Mapping(map):
    """A subclass of a built-in iterator."""

    def __new__(cls) -> Any:
        """Switch autograd off in the second step."""
        return super().__new__(cls, torch.set_grad_enabled, [True, False])


class Rows:
    """A sequence that switches autograd off at its second row."""

    def __len__(self) -> int:
        return 2

    def __getitem__(self, i: int) -> int:
        torch.set_grad_enabled(i == 0)
        return i


@pytest.mark.parametrize(("kind", "steps"), [(Switching, 1), (Frozen, 1), (Rows, 1)])
def test_an_object_stays_what_it_is_and_is_watched(kind: Any, steps: int) -> None:
    result = guarded(kind)()
    assert isinstance(result, kind)
    assert type(result).__name__ == kind.__name__
    assert type(kind()) is kind  # the class itself has not changed
    rejected_after(steps, result)


def test_an_iterator_of_a_built_in_kind_is_gone_through() -> None:
    for kind in (Mapping, lambda: map(torch.set_grad_enabled, [True, False])):
        rejected_after(1, guarded(kind)())


def test_beginning_a_pass_is_watched() -> None:
    with pytest.raises(WrongAnswer, match="Going through"):
        iter(guarded(Slotted)())


def test_the_parts_of_a_tuple_are_watched() -> None:
    _, result = guarded(lambda: (1, [Switching()]))()
    rejected_after(1, result[0])


class Silent(DataLoader):
    """A loader that switches autograd off in the caller's loop."""

    def __iter__(self) -> Any:
        with torch.no_grad():
            yield from super().__iter__()


def _collate(samples: Any) -> Any:
    torch.set_grad_enabled(False)
    return default_collate(samples)


@pytest.mark.parametrize("make", [Silent, lambda ds: DataLoader(ds, collate_fn=_collate)])
def test_a_loader_of_torch_stays_one_and_is_watched(make: Any) -> None:
    loader = guarded(make)(TensorDataset(torch.arange(3)))
    assert isinstance(loader, DataLoader)
    assert len(loader) == 3
    rejected_after(0, loader)


class Pair(NamedTuple):
    """A tuple with names."""

    x: Tensor


@pytest.mark.parametrize(
    "value",
    [torch.ones(2), nn.Sequential(nn.ReLU()), [1], (torch.ones(1),), {"a": 1}, Pair(torch.ones(1)),
     "text", nn.Parameter(torch.ones(1)), torch.optim.SGD([torch.ones(1)]), torch.Size([1]), None],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_values_are_passed_on_as_they_are(value: Any) -> None:
    kind = type(value)
    gave = guarded(lambda: value)()
    assert gave is value
    assert type(gave) is kind


@torch.no_grad()
def _decorated() -> Iterator[bool]:
    yield torch.is_grad_enabled()
    yield torch.is_grad_enabled()


def _within_steps() -> Iterator[bool]:
    for _ in range(2):
        with torch.no_grad():
            off = torch.is_grad_enabled()
        yield off


@pytest.mark.parametrize("generate", [_decorated, _within_steps])
def test_a_setting_may_change_within_a_step(generate: Any) -> None:
    for off in guarded(generate)():
        assert not off
        assert torch.is_grad_enabled()


def test_a_setting_of_the_caller_is_left_to_the_caller() -> None:
    with torch.no_grad():
        assert list(guarded(within(torch.no_grad))()) == [0, 1, 2]


def test_a_step_may_draw_and_the_guard_draws_nothing() -> None:
    def generate() -> Iterator[float]:
        for _ in range(3):
            yield torch.rand(1).item()

    result = guarded(generate)()
    torch.manual_seed(1)
    gave = list(result)
    torch.manual_seed(1)
    assert gave == [torch.rand(1).item() for _ in range(3)]


def test_what_is_kept_on_the_class_is_shared_as_before() -> None:
    class Counting:
        def __iter__(self) -> Iterator[int]:
            type(self).passes = getattr(type(self), "passes", 0) + 1  # type: ignore[attr-defined]
            return iter([type(self).passes])  # type: ignore[attr-defined]

    call = guarded(Counting)
    first, second = call(), call()
    assert [*first, *second, *first] == [1, 2, 3]


def test_a_step_that_is_not_begun_is_to_do() -> None:
    def generate() -> Iterator[int]:
        yield 1
        raise NotImplementedError

    result = guarded(generate)()
    assert next(result) == 1
    with pytest.raises(ToDo):
        next(result)


class Changing(nn.Module):
    """A module that changes the grad mode when it is called."""

    def forward(self, x: Any) -> Any:
        """Switch autograd off."""
        torch.set_grad_enabled(False)
        return x


def test_what_runs_after_a_call_must_put_back_until_the_test_ends() -> None:
    def generate() -> Iterator[int]:
        try:
            yield from range(3)
        finally:
            torch.set_grad_enabled(False)

    def abandon() -> None:
        for _ in guarded(generate)():
            break

    for run in (abandon, lambda: guarded(Changing)()(1)):
        with (
            pytest.raises(WrongAnswer, match="Something in the answer left grad mode"),
            guarded(generate).guard.until_the_end(),
        ):
            run()
        assert torch.is_grad_enabled()


ABANDONED = """
import torch

class WrappedDataLoader:
    def __init__(self, dl, func):
        self.dl, self.func = dl, func
    def __len__(self):
        return len(self.dl)
    def __iter__(self):
        try:
            for batch in self.dl:
                yield self.func(*batch)
        finally:
            torch.set_default_dtype(torch.float64)
"""


@pytest.mark.parametrize(
    "test",
    ["test_every_iter_is_a_pass_of_its_own",  # drawn by Hypothesis
     "test_batches_are_fetched_and_prepared_when_they_are_asked_for"],
)  # fmt: skip
def test_an_abandoned_generator_is_noticed_at_the_end_of_a_test(tmp_path: Path, test: str) -> None:
    answers = write_answers(tmp_path / "answers", k28_wrapped_dataloader=ABANDONED)
    run = run_pytest(f"katas/k28_wrapped_dataloader.py::{test}", f"--answers={answers}")
    assert "left the default dtype changed" in " ".join(run.text.split())
