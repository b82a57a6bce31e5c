"""Compares an optimiser that an answer defines with one of torch's, step by step."""

import contextlib
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor, optim
from torch.overrides import TorchFunctionMode

from tests.harness.kit.answer import Answer
from tests.harness.kit.compare import expect_close
from tests.harness.kit.expect import Row, WrongAnswer, expect
from tests.harness.kit.param_groups import groups_of, made, method
from tests.harness.kit.show import listing, numbers, show
from tests.harness.kit.strategies import dtypes, entries, seeds
from tests.harness.kit.tensors import copy_of

__tracebackhide__ = True  # pytest's tracebacks end in the test

SHAPES: list[tuple[int, ...]] = [(1,), (2,), (), (2,), (2, 3), (3, 1), (1, 2, 2)]


@dataclass(frozen=True)
class Course:
    """Parameters, and the gradients that they have before each step.

    ``gradients`` has a list for each step, and in it one gradient for each parameter, or None.
    If they are ``computed``, by `backward`, they are added to what is in `.grad`.
    """

    parameters: list[Tensor]
    gradients: list[list[Tensor | None]]
    computed: bool = False

    def leaves(self, dtype: torch.dtype | None = None) -> list[Tensor]:
        """Return new leaves with the numbers that the parameters have at first."""
        return [copy_of(p.detach(), dtype).requires_grad_() for p in self.parameters]

    def set_gradients(self, leaves: Sequence[Tensor], turn: int) -> None:
        """Give each leaf its gradient for one step."""
        for leaf, gradient in zip(leaves, self.gradients[turn], strict=True):
            if gradient is None:
                leaf.grad = None
            elif self.computed:
                (leaf * gradient.to(leaf.dtype)).sum().backward()
            else:
                leaf.grad = copy_of(gradient, leaf.dtype)


@st.composite
def courses(
    draw: st.DrawFn,
    table: Sequence[float],
    *,
    steps: st.SearchStrategy[int] = st.integers(1, 4),  # noqa: B008
    idle: bool = False,
    most: int = 3,
) -> Course:
    """Courses of small parameters, of which some have equal shapes; gradients are from the table.

    With ``idle``, some parameters have no gradient now and then, also at first.
    """
    count = draw(st.integers(2 if idle else 1, most))
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=count, max_size=count))
    generator = torch.Generator().manual_seed(draw(seeds))
    turns = draw(steps)

    def drawn(shape: tuple[int, ...], dtype: torch.dtype, numbers: Sequence[float]) -> Tensor:
        chosen = torch.randint(len(numbers), shape, generator=generator)
        return torch.tensor(numbers, dtype=dtype)[chosen]

    parameters = []
    for shape in shapes:
        p = drawn(shape, draw(dtypes), _NUMBERS)
        transposed = p.dim() == 2 and draw(st.booleans())
        parameters.append(p.t().contiguous().t() if transposed else p)
    gradients: list[list[Tensor | None]] = [
        [drawn(p.shape, p.dtype, table) for p in parameters] for _ in range(turns)
    ]
    for each in gradients if idle else []:
        missing = entries(draw, count, [0, 1])
        each[:] = [None if out else g for g, out in zip(each, missing, strict=True)]
    return Course(parameters, gradients, computed=draw(st.booleans()))


_NUMBERS = [1.0, 2.0, -1.0, 0.5, -3.0, 0.25, 0.0, 1.7, -0.6, 4.0]


def expect_like_torch(
    answer: Answer,
    course: Course,
    ours: Callable[[list[Tensor]], Any],
    theirs: Callable[[list[Tensor]], optim.Optimizer],
    *,
    call: str,
    says: str,
    rates: Sequence[float] = (),
) -> None:
    """Reject an optimiser after whose steps a parameter is elsewhere than after those of torch's.

    ``ours`` and ``theirs`` make them from parameters; torch's gets them in float64. ``rates``
    are the learning rates of the steps, if they change.
    """
    leaves, exact = course.leaves(), course.leaves(torch.float64)
    opt, reference = made(ours(leaves)), theirs(exact)
    scale = [_largest(course.parameters)] * len(leaves)
    for turn in range(len(course.gradients)):
        method(answer, opt, "zero_grad")()
        reference.zero_grad()
        for group in [*groups_of(opt), *reference.param_groups] if rates else []:
            group["lr"] = rates[turn]
        course.set_gradients(leaves, turn)
        course.set_gradients(exact, turn)
        method(answer, opt, "step")()
        reference.step()
        rate = max([*rates, *(group["lr"] for group in reference.param_groups)])
        for i, (mine, due) in enumerate(zip(leaves, exact, strict=True)):
            state = [s for name, s in reference.state[due].items() if name != "step"]
            moving = _largest([s for s in [due.grad, *state] if s is not None])
            scale[i] = max(scale[i], _largest([due]) + rate * max(4.0, moving))
            with _showing(course, i, turn, call, rates):
                expect_close(
                    mine, due, what=_after(i, turn), says=says, scale=scale[i], terms=turn + 1
                )


def expect_left_in_order(answer: Answer, course: Course, opt: Any, leaves: list[Tensor]) -> None:
    """Reject a step that changes more than the numbers of the parameters."""
    kinds = [(p.dtype, p.shape) for p in leaves]
    for turn in range(len(course.gradients)):
        course.set_gradients(leaves, turn)
        held = [p.grad for p in leaves]
        before = [copy_of(g) for g in held]
        with _Recorded() as recorded:
            method(answer, opt, "step")()
        for i, p in enumerate(leaves):
            leaf = p.is_leaf and p.requires_grad
            gave = f"is_leaf={p.is_leaf}, requires_grad={p.requires_grad}"
            expect(leaf, gave=gave, expected="is_leaf=True, requires_grad=True")
            same = (p.dtype, p.shape) == kinds[i]
            expect(same, "A parameter has another dtype or shape after the step.", gave=show(p))
            _expect_same_gradient(p.grad, held[i], before[i], i)
        expect(
            not recorded.alive(),
            "Something that the optimiser keeps was recorded by autograd: its history grows with "
            "each step. Compute under `torch.no_grad()`.",
        )
        method(answer, opt, "zero_grad")()
        for i, p in enumerate(leaves):
            rows = [Row.call("opt.zero_grad()"), Row.fact(f"the gradient of parameter {i}")]
            if p.grad is not None and p.grad.count_nonzero():
                raise WrongAnswer(
                    "`zero_grad` makes every gradient None, or zero.",
                    rows=[*rows, Row.gave(show(p.grad)), Row.expected("None, or zeros")],
                )


def expect_new_beginning(
    answer: Answer,
    course: Course,
    ours: Callable[[list[Tensor]], Any],
    theirs: Callable[[list[Tensor]], optim.Optimizer],
    *,
    call: str,
    says: str,
) -> None:
    """Reject an optimiser that remembers what another one did with the same parameters."""
    kept: list[Any] = []

    def second(leaves: list[Tensor]) -> Any:
        """Take a step with one optimiser, put the numbers back, and return another."""
        kept.append(made(ours(leaves)))
        course.set_gradients(leaves, 0)
        method(answer, kept[0], "step")()
        method(answer, kept[0], "zero_grad")()
        with torch.no_grad():
            for leaf, number in zip(leaves, course.parameters, strict=True):
                leaf.copy_(number)
        return ours(leaves)

    call += ", the second on these parameters"
    expect_like_torch(answer, course, second, theirs, call=call, says=says)


def _expect_same_gradient(
    now: Tensor | None, held: Tensor | None, before: Tensor | None, i: int
) -> None:
    if before is None or now is None or held is None:
        same = now is before
    else:
        same = torch.equal(now, before) and torch.equal(held, before)
    if not same:
        raise WrongAnswer(
            "`step` only reads the gradients: whoever looks at them afterwards, to print them or "
            "to add another batch's, must find what `backward` computed. Compute a new tensor.",
            rows=[
                Row.call("opt.step()"),
                Row.fact(f"the gradient of parameter {i}, afterwards"),
                Row.gave(show(now), label="is"),
                Row.expected(show(before), label="was"),
            ],
        )


def one_step(p: Sequence[float], *gradients: Sequence[float] | None) -> Course:
    """Return the course of one parameter with these gradients, for a worked example."""
    each: Iterable[list[Tensor | None]] = (
        [None if gradient is None else torch.tensor(gradient)] for gradient in gradients
    )
    return Course([torch.tensor(p)], list(each), computed=True)


class _Recorded(TorchFunctionMode):
    """Notes the tensors that autograd records in the block."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: list[weakref.ref[Tensor]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        gave = func(*args, **(kwargs or {}))
        if isinstance(gave, Tensor) and gave.grad_fn is not None:
            self._seen.append(weakref.ref(gave))
        return gave

    def alive(self) -> bool:
        """Whether one of them is still there, with a history."""
        kept = (ref() for ref in self._seen)
        return any(tensor is not None and tensor.grad_fn is not None for tensor in kept)


@contextlib.contextmanager
def _showing(
    course: Course, i: int, turn: int, call: str, rates: Sequence[float]
) -> Iterator[None]:
    """Put the rows of the parameter ``i`` first in a ``WrongAnswer`` that the block raises."""
    try:
        yield
    except WrongAnswer as error:
        given = [each[i] for each in course.gradients[: turn + 1]]
        shown = ["None" if g is None else numbers(g) for g in given[-4:]]
        rows = [Row.call(call), Row.input("parameter", show(course.parameters[i]))]
        rows += [Row.input("gradients", ("…, " if len(given) > 4 else "") + listing(shown, "then"))]
        if rates:
            rows.append(Row.input("lr", listing([str(r) for r in rates[: turn + 1]], "then")))
        error.begin_with(rows)
        raise


def _after(i: int, turn: int) -> str:
    steps = f"{turn + 1} step{'s' * (turn > 0)}"
    return f"the parameter, after {steps}" if i == 0 else f"parameter {i}, after {steps}"


def _largest(tensors: Iterable[Tensor]) -> float:
    return max((t.detach().abs().max().item() for t in tensors), default=0.0)
