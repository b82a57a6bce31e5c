"""Records what tests see of an answer (its calls, and how they fail), and compares the records."""

import contextlib
import functools
import math
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.harness.kit.answer import Answer
from tests.harness.kit.expect import Kind, ToDo, WrongAnswer

# What differs between the messages of two answers that do the same: temporary folders, addresses
# of objects, and the module of a class.
INCIDENTAL = re.compile(r"'/[^']*'|(?:/[\w.-]+)+/|\b0x[0-9a-f]+|\b(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])")
ABSOLUTE = 1e-6  # two numbers that differ by less are the same
NUMBER = re.compile(r"[-−]?\d+(?:\.\d*)?(?:e[-+]?\d+)?|[-−]?\binf\b|\bnan\b")


class Call(NamedTuple):
    """One call of an answer, with snapshots of the result and of the arguments after it."""

    name: str
    returned: Any
    arguments: list[Any]


@dataclass
class Trace:
    """What a test saw of an answer on one input."""

    calls: list[Call] = field(default_factory=list)
    failure: tuple[str, ...] = ()  # the kind, and the messages; nothing if the test passed

    @property
    def failed(self) -> bool:
        """Whether the test found the answer wrong."""
        return bool(self.failure)

    @property
    def raised(self) -> bool:
        """Whether an exception of the answer ended the test."""
        return self.failure[:1] == (Kind.RAISED,)

    def is_like(self, other: "Trace") -> bool:
        """Whether both passed, or both failed in the same way.

        Of two exceptions only the types are compared. Otherwise the messages and the calls must
        be the same, up to rounding.
        """
        if not self.failed and not other.failed:
            return True
        if self.raised and other.raised:
            return self.failure[1] == other.failure[1]
        return (
            len(self.failure) == len(other.failure)
            and all(map(same_text, self.failure, other.failure))
            and same_value(self.calls, other.calls)
        )


class NotSeen:
    """The snapshot of an iterator: to see what it gives would use it up."""


class Recorder:
    """Makes tests keep a trace of each input, and never fail."""

    def __init__(self) -> None:
        self.traces: list[Trace] = []

    def attach(self, answer: Answer) -> Answer:
        """Load an answer, which may draw random numbers; record its calls from then on."""
        with contextlib.suppress(BaseException):  # it is raised again when a test asks for a name
            answer.namespace()
        answer.guard.observer = self._record
        return answer

    def wrap(self, test: Callable[..., None]) -> Callable[..., None]:
        """Return the test with a trace for each input, on which its failure is recorded."""

        @functools.wraps(test)
        def recording(*args: Any, **kwargs: Any) -> None:
            seed_generators(len(self.traces))  # each answer gets the same random numbers
            self.traces.append(Trace())
            try:
                test(*args, **kwargs)
            except (Exception, ToDo) as error:
                if type(error).__module__.startswith("hypothesis"):
                    raise
                self.traces[-1].failure = _failure(error)

        return recording

    def _record(self, name: str, returned: Any, arguments: Sequence[Any]) -> None:
        if self.traces:
            after = [snapshot(value) for value in arguments if not isinstance(value, str)]
            self.traces[-1].calls.append(Call(name, snapshot(returned, models=False), after))


def seed_generators(number: int) -> None:
    """Seed the random generators of Python and, if they are imported, of numpy and torch."""
    random.seed(number)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(number)
    if "torch" in sys.modules:
        sys.modules["torch"].default_generator.manual_seed(number)


def snapshot(value: Any, *, models: bool = True) -> Any:
    """Copy a value into dictionaries, lists, numbers and tensors that nothing changes later.

    Ignored on purpose: None versus zero gradients, list versus tuple, Python's floats versus
    numpy's, other objects' internals. With ``models``, a model's parameters and buffers are
    copied, but not its mode.
    """
    if isinstance(value, float):  # or a subclass, such as numpy.float64
        return float(value)
    if isinstance(value, Iterator):
        return NotSeen()
    if isinstance(value, dict):
        return {key: snapshot(part, models=models) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [snapshot(part, models=models) for part in value]
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, Path):
        return value.name
    if type(value).__module__ == "numpy":
        return {"numpy": str(getattr(value, "dtype", "")), "value": snapshot(value.tolist())}
    return _snapshot_in_torch(value, models)


def _snapshot_in_torch(value: Any, models: bool) -> dict[str, Any] | None:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return _snapshot_of_tensor(value)
    if torch is not None and isinstance(value, torch.nn.Module) and models:
        tensors = (*value.named_parameters(), *value.named_buffers())
        return {name: _snapshot_of_tensor(tensor) for name, tensor in tensors}
    return None


def _snapshot_of_tensor(tensor: Any) -> dict[str, Any]:
    if tensor.is_meta:
        return {"dtype": str(tensor.dtype), "shape": list(tensor.shape)}
    grad = tensor.grad if tensor.is_leaf else None
    return {
        "dtype": str(tensor.dtype),
        "requires grad": tensor.requires_grad,
        "value": tensor.detach().clone(),
        "grad": grad.detach().clone() if grad is not None and grad.count_nonzero() else None,
    }


def same_value(one: Any, other: Any) -> bool:
    """Compare two snapshots; numbers may differ by rounding.

    An iterator, of which nothing was seen, may have been a list. What is left in `.grad` by
    one of two answers is not compared: a kata that asks for it says so in its messages.
    """
    if {type(one), type(other)} in ({NotSeen}, {NotSeen, list}):
        return True
    if isinstance(one, float) != isinstance(other, float):
        one, other = _number(one), _number(other)
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        left = {"grad"} if any(each.get("grad", 0) is None for each in (one, other)) else set()
        keys = one.keys() - left
        return keys == other.keys() - left and all(same_value(one[k], other[k]) for k in keys)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, float):
        return _is_close(one, other, rel_tol=1e-4, abs_tol=ABSOLUTE)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(one, torch.Tensor):
        return _same_tensor(one, other)
    return bool(one == other)


def _same_tensor(one: Any, other: Any) -> bool:
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    ours, theirs = one.double(), other.double()
    finite = ours[ours.isfinite()]
    largest = finite.abs().max().item() if len(finite) else 0.0
    # One of two equal results may be 0, and the other what rounding leaves of it.
    atol = max(1e-5 * largest, ABSOLUTE)
    close = ours.isclose(theirs, rtol=1e-4, atol=atol, equal_nan=True)
    return bool(close.all())


def _number(value: Any) -> Any:
    """Return the number in the snapshot of a tensor without axes; anything else as it is."""
    entries: Any = value.get("value") if isinstance(value, dict) else None
    return entries.item() if getattr(entries, "shape", None) == () else value


def same_text(one: str, other: str) -> bool:
    """Compare two texts in which numbers may differ by rounding."""
    if one == other:
        return True
    ours, theirs = _numbers(one), _numbers(other)
    if "…" in one and "…" in other:
        # Cut at a width, perhaps within the last number. The values are compared elsewhere.
        count = min(len(ours), len(theirs)) - 1
        ours, theirs = ours[:count], theirs[:count]
    elif NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    smallest = max([ABSOLUTE, *(1e-4 * abs(number) for number in ours)])
    pairs = zip(ours, theirs, strict=True)
    return all(_is_close(a, b, rel_tol=1e-3, abs_tol=smallest) for a, b in pairs)


def _numbers(text: str) -> list[float]:
    return [float(number.replace("−", "-")) for number in NUMBER.findall(text)]


def _is_close(one: float, other: float, *, rel_tol: float, abs_tol: float) -> bool:
    both_nan = math.isnan(one) and math.isnan(other)
    return both_nan or math.isclose(one, other, rel_tol=rel_tol, abs_tol=abs_tol)


def _failure(error: BaseException) -> tuple[str, ...]:
    """Return the kind of a failure, and what it says, without what is incidental."""
    if isinstance(error, WrongAnswer):
        facts = (f"{row.label} {row.text} {row.note}" for row in error.rows if row.kind != "code")
        return error.kind, *map(_essence, (error.why, *facts))
    message = _essence(str(error).partition("\n")[0])
    if isinstance(error, AssertionError):
        return Kind.WRONG, message
    return Kind.RAISED, type(error).__name__, message


def _essence(text: str) -> str:
    return INCIDENTAL.sub("", text)
