"""The tests of one kata, tried on any answer: what comes of it, and what they see of it."""

import contextlib
import functools
import io
import itertools
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import Phase, is_hypothesis_test, settings
from hypothesis.errors import DidNotReproduce

from tests.harness.checker import hypothesis_internals, pytest_internals
from tests.harness.checker.collection import Kata
from tests.harness.checker.verdict import FAILING_INPUT, of_report
from tests.harness.kit.answer import Answer
from tests.harness.kit.expect import Kind, ToDo, WrongAnswer

Making = Callable[[], Answer]


@dataclass
class Failure:
    """How a test of the bench failed: of what kind, on which input, and pytest's text."""

    test: str
    kind: Kind
    input: bytes
    text: str


@dataclass
class Sight:
    """What a test saw on one input: calls with what came of them, and how it judged."""

    calls: list[Any] = field(default_factory=list)
    judged: tuple[str, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether it found the answer wrong."""
        return bool(self.judged)

    @property
    def raised(self) -> bool:
        """Whether the answer raised an exception."""
        return self.judged[:1] == ("raised",)


class Bench:
    """The tests of one kata that belong to one level, ``solved`` or ``mastery``."""

    def __init__(self, parent: Any, stem: str, path: Path, *, mastery: bool) -> None:
        self.mastery = mastery
        self._session = parent.session
        self._seen: dict[Any, list[Sight]] = {}
        self._kata = Kata.from_parent(parent, path=path, stem=stem)
        found = [item for item in self._kata.collect() if isinstance(item, pytest.Function)]
        found.sort(key=lambda item: item.get_closest_marker("time_limit") is not None)  # slow ones
        self.items = {
            item.name: item
            for item in found
            if (item.get_closest_marker("mastery") is not None) == mastery
        }

    def begin_with(self, name: str) -> None:
        """Let ``failures`` try this test before the others."""
        self.items = {name: self.items[name], **self.items}

    def failures(self, making: Making, examples: int, seed: int | None = None) -> Iterator[Failure]:
        """Try all tests on an answer, each on some examples; yield how it fails."""
        self._kata.answer = making  # type: ignore[method-assign]
        items = list(self.items.values())
        try:
            for item, following in itertools.zip_longest(items, items[1:]):
                _hurry(item, max_examples=examples)
                if seed is not None:
                    item.config.option.hypothesis_seed = seed
                    if is_hypothesis_test(item.obj):
                        hypothesis.seed(seed)(item.obj)
                for report in pytest_internals.run_protocol(item, following):
                    if report.failed:
                        verdict = of_report(report)
                        kind = (verdict and verdict.kind) or Kind.WRONG
                        blob = item.stash.get(FAILING_INPUT, b"")
                        yield Failure(item.name, kind, blob, report.longreprtext)
        finally:
            pytest_internals.tear_down(self._session)

    def sights(
        self, name: str, making: Making, *, examples: int = 0, first: bytes = b""
    ) -> list[Sight]:
        """Return what one test sees of an answer on the input ``first`` and some examples more.

        A test without Hypothesis has one input only.
        """
        key: tuple[Any, ...] = name, making
        if is_hypothesis_test(self.items[name].obj):
            key += examples, first
        if key not in self._seen:
            self._seen[key] = self._look(self.items[name], making, examples, first)
        return self._seen[key]

    def _look(
        self, item: pytest.Function, making: Making, examples: int, first: bytes
    ) -> list[Sight]:
        watch = _Watch()
        self._kata.answer = lambda: watch.over(making())  # type: ignore[method-assign]
        test: Any = item.obj
        if not is_hypothesis_test(test):
            item.obj = watch.of(test)
            self._run(item)
            item.obj = test
            return watch.sights
        inner = test.hypothesis.inner_test
        test.hypothesis.inner_test = watch.of(inner)
        try:
            if first:
                hypothesis.reproduce_failure(hypothesis.__version__, first)(test)
                self._run(item)
                hypothesis_internals.forget_reproduced_failure(test)
            if examples:
                _hurry(item, max_examples=examples)
                self._run(item)
        finally:
            test.hypothesis.inner_test = inner
        return watch.sights

    def _run(self, item: pytest.Function) -> None:
        """Run a test without pytest's protocol, of which most is about reporting."""
        _seed(0)
        # Hypothesis writes to stdout too; it raises where a reproduced input does not fail.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(DidNotReproduce):
            pytest_internals.run_without_reports(item)


class _Watch:
    """Keeps what tests see, and lets none of them fail."""

    def __init__(self) -> None:
        self.sights: list[Sight] = []

    def over(self, answer: Answer) -> Answer:
        """Take down the calls of an answer, which is loaded now: that may draw numbers."""
        with contextlib.suppress(BaseException):  # it comes back when a test asks for a name
            answer.namespace()
        answer.guard.observer = self._called
        return answer

    def of(self, test: Callable[..., None]) -> Callable[..., None]:
        """Return a test that only watches."""

        @functools.wraps(test)
        def watching(*args: Any, **kwargs: Any) -> None:
            _seed(len(self.sights))
            self.sights.append(Sight())
            try:
                test(*args, **kwargs)
            except (Exception, ToDo) as error:
                if type(error).__module__.startswith("hypothesis"):
                    raise
                self.sights[-1].judged = _judged(error)

        return watching

    def _called(self, name: str, gave: Any, arguments: Any) -> None:
        if self.sights:
            after = [made_up_of(value) for value in arguments if not isinstance(value, str)]
            self.sights[-1].calls.append((name, made_up_of(gave, models=False), after))


def _judged(error: BaseException) -> tuple[str, ...]:
    if isinstance(error, WrongAnswer):
        facts = (f"{row.label} {row.text} {row.note}" for row in error.rows if row.kind != "code")
        return error.kind, *map(_essence, (error.why, *facts))
    told = _essence(str(error).partition("\n")[0])
    if isinstance(error, AssertionError):
        return "wrong", told
    return "raised", type(error).__name__, told


def _essence(text: str) -> str:
    return _INCIDENTAL.sub("", text)


# Where a test's files lie, the address of an object, the module of a class.
_INCIDENTAL = re.compile(
    r"'/[^']*'|(?:/[\w.-]+)+/|\b0x[0-9a-f]+|\b(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])"
)


def _seed(number: int) -> None:
    random.seed(number)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(number)
    if "torch" in sys.modules:
        sys.modules["torch"].default_generator.manual_seed(number)


def made_up_of(value: Any, *, models: bool = True) -> Any:
    """Take a value apart into names, numbers and tensors that nobody will change any more.

    What is nobody's business is left out: whether a gradient is None or zero, whether
    several things come in a list or in a tuple, how any other object is made. Of
    ``models`` that a test has made itself the state is told, but not the mode.
    """
    torch = sys.modules.get("torch")
    if isinstance(value, dict):
        return {key: made_up_of(part, models=models) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [made_up_of(part, models=models) for part in value]
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, Path):
        return value.name
    if type(value).__module__ == "numpy":
        dtype = str(getattr(value, "dtype", ""))
        return {"numpy": dtype, "value": made_up_of(value.tolist())}
    if torch is None:
        return None
    if isinstance(value, torch.Tensor):
        if value.is_meta:
            return {"dtype": str(value.dtype), "shape": list(value.shape)}
        grad = value.grad if value.is_leaf else None
        return {
            "dtype": str(value.dtype),
            "requires grad": value.requires_grad,
            "value": value.detach().clone(),
            "grad": grad.detach().clone() if grad is not None and grad.count_nonzero() else None,
        }
    if isinstance(value, torch.nn.Module) and models:
        held = {**dict(value.named_parameters()), **dict(value.named_buffers())}
        return {name: made_up_of(tensor) for name, tensor in held.items()}
    return None


def _hurry(item: pytest.Item, *, max_examples: int) -> None:
    """Let a test pass on fewer examples, and fail on any: nobody reads on which it does."""
    test: Any = getattr(item, "obj", None)
    if is_hypothesis_test(test):
        own = _OWN.setdefault(test, hypothesis_internals.settings_of(test))
        changed = settings(
            own,
            phases=[Phase.explicit, Phase.generate],
            max_examples=min(own.max_examples, max_examples),
        )
        hypothesis_internals.set_settings(test, changed)


_OWN: dict[Any, settings] = {}
