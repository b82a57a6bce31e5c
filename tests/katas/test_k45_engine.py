"""What an answer to k45 must do."""

import contextlib
import functools
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.harness.kit import Answer, Row, WrongAnswer, expect, number, show_pair
from tests.harness.kit.refused_imports import RefusedImports

shortcuts = RefusedImports(
    "torch", "numpy",
    instead="Its numbers are Python's floats, and the module `math` has exp and log.",
)  # fmt: skip

EPS = sys.float_info.epsilon
NAMES = "abcdefghijklmnopqrstuvwxyz"
STARTS = [1.0, 2.0, -1.0, 0.0, 3.0, 0.5, -2.0, 1.5, -0.75, 0.3, 2.718, -1.372, 0.618]
ONE = [
    "-{x}", "{x} + 2", "2 + {x}", "{x} - 2", "2 - {x}", "{x} * 3", "3 * {x}", "{x} / 2", "2 / {x}",
    "1 / {x}", "1 - {x}", "{x} ** 2", "{x} ** 3", "{x} ** -1", "{x} ** 0.5", "{x} ** -1.5",
    "{x} ** 1", "{x}.exp()", "{x}.log()", "{x}.relu()", "{x} * 0", "{x} ** 0", "0.5 * {x}",
]  # fmt: skip
TWO = ["{x} + {y}", "{x} * {y}", "{x} - {y}", "{x} / {y}"]
TWICE = ["{x} + {x}", "{x} * {x}", "{x} - {x}", "{x} / {x}"]


class OutOfRange(ArithmeticError):
    """An operation is not tested with these numbers."""


@dataclass
class Exact:
    """A number with its derivatives, computed forwards: the other way round from the answer.

    ``sizes`` are sums of the magnitudes of what was added up to a derivative.
    """

    data: float
    slopes: list[float]
    sizes: list[float]

    def _of(self, data: float, *parts: "tuple[Exact, float]") -> "Exact":
        made = Exact(
            data,
            [sum(v.slopes[i] * slope for v, slope in parts) for i in range(len(self.slopes))],
            [sum(v.sizes[i] * abs(slope) for v, slope in parts) for i in range(len(self.sizes))],
        )
        if not all(abs(x) < 1e4 for x in (data, *made.sizes)):
            raise OutOfRange
        return made

    def _lift(self, other: "Exact | float") -> "Exact":
        none = [0.0] * len(self.slopes)
        return other if isinstance(other, Exact) else Exact(other, none, none)

    def __neg__(self) -> "Exact":
        return self._of(-self.data, (self, -1))

    def __add__(self, other: "Exact | float") -> "Exact":
        other = self._lift(other)
        return self._of(self.data + other.data, (self, 1), (other, 1))

    def __sub__(self, other: "Exact | float") -> "Exact":
        other = self._lift(other)
        return self._of(self.data - other.data, (self, 1), (other, -1))

    def __mul__(self, other: "Exact | float") -> "Exact":
        other = self._lift(other)
        return self._of(self.data * other.data, (self, other.data), (other, self.data))

    def __truediv__(self, other: "Exact | float") -> "Exact":
        other = self._lift(other)
        if abs(other.data) < 0.05:
            raise OutOfRange
        slopes = (self, 1 / other.data), (other, -self.data / other.data**2)
        return self._of(self.data / other.data, *slopes)

    def __pow__(self, exponent: float) -> "Exact":
        if (exponent < 1 and abs(self.data) < 0.05) or (exponent % 1 and self.data < 0):
            raise OutOfRange
        return self._of(self.data**exponent, (self, exponent * self.data ** (exponent - 1)))

    def __radd__(self, other: float) -> "Exact":
        return self._lift(other) + self

    def __rsub__(self, other: float) -> "Exact":
        return self._lift(other) - self

    def __rmul__(self, other: float) -> "Exact":
        return self._lift(other) * self

    def __rtruediv__(self, other: float) -> "Exact":
        return self._lift(other) / self

    def exp(self) -> "Exact":
        """Return e to the power of self."""
        if self.data > 8:
            raise OutOfRange
        return self._of(math.exp(self.data), (self, math.exp(self.data)))

    def log(self) -> "Exact":
        """Return the logarithm of self."""
        if self.data < 0.05:
            raise OutOfRange
        return self._of(math.log(self.data), (self, 1 / self.data))

    def relu(self) -> "Exact":
        """Return self, or 0."""
        if abs(self.data) < 0.01:
            raise OutOfRange
        return self._of(max(self.data, 0.0), (self, float(self.data > 0)))


@dataclass
class Computation:
    """Values that are made, and expressions that are computed from them and from each other."""

    starts: list[float]
    expressions: list[str]

    def __repr__(self) -> str:
        """Write it as a program."""
        return "; ".join(self.lines())

    @property
    def made(self) -> str:
        """The names of the values that are made."""
        return NAMES[: len(self.starts)]

    @property
    def computed(self) -> str:
        """The names of the values that are computed."""
        return NAMES[len(self.starts) :][: len(self.expressions)]

    def lines(self) -> list[str]:
        """Return the lines of the program."""
        starts = (f"{name} = Value({x})" for name, x in zip(self.made, self.starts, strict=True))
        return [*starts, *map(" = ".join, zip(self.computed, self.expressions, strict=True))]

    def exact(self) -> dict[str, Exact]:
        """Compute it, with derivatives; raise OutOfRange if an operation is not tested so."""
        units = [[float(i == j) for j in range(len(self.starts))] for i in range(len(self.starts))]
        values = {
            name: Exact(x, unit, unit)
            for name, x, unit in zip(self.made, self.starts, units, strict=True)
        }
        for name, expression in zip(self.computed, self.expressions, strict=True):
            values[name] = eval(_compiled(expression), {}, values)
        return values

    def rows(self, *more: str, ended: int | None = None) -> list[Row]:
        """Return its lines, or the first ones, as the rows of a call, and more lines."""
        return [Row.call(line) for line in [*self.lines()[:ended], *more]]

    def tolerance(self, size: float) -> float:
        """Return how far a right result of this size may be off.

        A step loses some digits to rounding; where it divides by a small number, it makes what
        others have lost up to 20 times larger.
        """
        return 64 * EPS * 20 ** min(len(self.expressions), 4) * max(size, 1e-3)


@st.composite
def computations(draw: st.DrawFn, least: int = 1, most: int = 9) -> Computation:
    """Computations of some steps, of which each takes any of the values before it."""
    starts = draw(st.lists(st.sampled_from(STARTS), min_size=1, max_size=3))
    small = st.integers(0, 255)
    steps = draw(st.lists(st.tuples(small, small, small), min_size=least, max_size=most))
    computation = Computation(starts, [])
    for kind, first, second in steps:
        names = computation.made + computation.computed
        templates = [*TWO, *ONE, *TWO]  # the simplest first
        # Often the latest value, so that the graph grows deep as well as wide.
        x = names[-1 - first % 2] if first < 128 and len(names) > 1 else names[first % len(names)]
        expression = templates[kind % len(templates)].format(x=x, y=names[second % len(names)])
        computation.expressions.append(expression)
        try:
            computation.exact()
        except OutOfRange:
            computation.expressions[-1] = f"0.5 * {x}"
    return computation


OF_THE_STUB = Computation([2.0, 3.0], ["a * b", "c + a"])
DIAMOND = Computation([2.0], ["a * 3", "b * b", "b + c", "c * d"])
LATE_USE = Computation([2.0], ["a * 3", "b + 1", "c * 2", "d * b"])


def each_operation(x: float, y: float, templates: Sequence[str]) -> Iterator[Computation]:
    """Yield a computation of one step for each operation that is tested with these numbers."""
    for template in templates:
        names = {"x": "a", "y": "b"}
        computation = Computation([x, y][: 1 + ("{y}" in template)], [template.format(**names)])
        with contextlib.suppress(OutOfRange):
            computation.exact()
            yield computation


@functools.cache
def _compiled(expression: str) -> CodeType:
    return compile(expression, "a computation", "eval")


starts = st.sampled_from(STARTS)


@settings(max_examples=15)
@given(x=starts, y=starts)
@example(x=2.0, y=3.0)
@example(x=0.0, y=-1.5)
def test_each_operation_gives_what_python_does(answer: Answer, x: float, y: float) -> None:
    """Each operation returns a new Value, whose `.data` is what Python computes from the numbers.
    `2 - v` calls `v.__rsub__(2)`, since a Python number does not know Values."""
    for computation in each_operation(x, y, [*TWO, *ONE]):
        _expect_data(answer, computation, computation.exact())


@settings(max_examples=15)
@given(x=starts, y=starts)
@example(x=2.0, y=3.0)
@example(x=0.0, y=-1.5)
def test_each_operation_has_its_slopes(answer: Answer, x: float, y: float) -> None:
    """`backward()` begins with 1 for the value itself. What an operation was made from gets the
    gradient of its result, times the slope in the table."""
    for computation in each_operation(x, y, [*TWO, *ONE]):
        _expect_gradients(answer, computation)


@settings(max_examples=15)
@given(x=starts)
@example(x=3.0)
def test_a_value_that_is_used_twice_gets_both_parts(answer: Answer, x: float) -> None:
    """Add to the gradient with `+=`: for `a * a` there is one part for each factor."""
    for computation in each_operation(x, x, TWICE):
        _expect_gradients(answer, computation)


@settings(max_examples=60)
@given(computation=computations(least=2))
@example(computation=OF_THE_STUB)
@example(computation=LATE_USE)
@example(computation=DIAMOND)
def test_a_value_passes_on_its_gradient_when_all_of_it_is_there(
    answer: Answer, computation: Computation
) -> None:
    """A value may be used in several places, and some of these are many steps from the result.
    Go through the values in reverse order: each after everything that was made from it."""
    exact = computation.exact()
    _expect_data(answer, computation, exact)
    _expect_gradients(answer, computation)


@settings(max_examples=15)
@given(computation=computations(), other=computations(most=3))
def test_gradients_add_up_and_nothing_else_changes(
    answer: Answer, computation: Computation, other: Computation
) -> None:
    """`backward()` adds to what is in `.grad`, as in torch, whoever has put it there. It changes no
    `.data`, and leaves alone the values that the result does not depend on."""
    program = _Program(answer, computation)
    beside = _Program(answer, other)
    for name in computation.made:
        program.values[name].grad = 0.5
    program.backward(computation.computed[-1])
    says = "0.5, which was there, and the derivative"
    program.expect_gradients({computation.computed[-1]: 1}, before=0.5, says=says)
    _expect_all(program, "after backward()")
    for name in other.made:
        left = beside.values[name].grad
        expect(left == 0.0, "A value has a gradient, and the result does not depend on it.")
    beside.backward(other.computed[-1])
    beside.expect_gradients({other.computed[-1]: 1})
    program.expect_gradients({computation.computed[-1]: 1}, before=0.5, says=says)


@settings(max_examples=15)
@given(first=computations(most=4), expression=st.sampled_from([*ONE, *TWICE]))
def test_another_result_of_the_same_values_adds_its_own(
    answer: Answer, first: Computation, expression: str
) -> None:
    """Each training step has a result of its own, of the same parameters. Each adds its
    derivatives; `grad = 0.0` in between begins anew."""
    try:
        second = Computation(first.starts, [expression.format(x="a")])
        second.exact()
    except OutOfRange:
        second = Computation(first.starts, ["a * a"])
    program = _Program(answer, first)
    result = first.computed[-1]
    program.backward(result)
    again = _Program(answer, second, values=program.values)
    again.backward(second.computed[0])
    due = _sum_of([first.exact()[result], second.exact()[second.computed[0]]])
    rows = first.rows(f"{result}.backward()", f"e = {second.expressions[0]}; e.backward()")
    again.compare(due, rows)
    for name in first.made:
        program.values[name].grad = 0.0
    _Program(answer, second, values=program.values).backward(second.computed[0])
    due = _sum_of([second.exact()[second.computed[0]]])
    again.compare(due, [*rows, Row.call("every grad = 0.0, and both lines of e once more")])


def test_a_chain_of_500_operations(answer: Answer) -> None:
    """The gradient goes back through as many operations as there are."""
    _expect_chain(answer, 500)


def test_sixty_doublings_are_as_quick_as_sixty_additions(answer: Answer) -> None:
    """After `y = y + y` there are two ways from the new y to the old one, and after sixty of them
    2⁶⁰. Do not follow each: let a value wait until its gradient is complete, and pass it on
    once."""
    added = _chain(answer, 60, lambda y: y + 1)
    lines = _lines_run(answer, added[-1].backward, most=100_000)
    doubled = _chain(answer, 60, lambda y: y + y)
    rows = [Row.call("y = x = Value(1.0)"), Row.call("for _ in range(60): y = y + y")]
    rows.append(Row.call("y.backward()"))
    allowed = 10 * lines + 1000
    if _lines_run(answer, doubled[-1].backward, most=allowed) > allowed:
        gave = f"no end after {allowed:,} lines of Python"
        expected = f"about as many as for sixty times `y = y + 1`, which are {lines:,}"
        raise WrongAnswer(rows=[*rows, Row.gave(gave), Row.expected(expected)])
    _expect_number(doubled[0].grad, 2.0**60, 2.0**60 * 64 * EPS, "x.grad", rows)


@pytest.mark.mastery
def test_a_chain_of_10000_operations(answer: Answer) -> None:
    """A function that calls itself for each operation ends in a RecursionError. Keep the values
    that wait in a list instead, and take one after the other."""
    _expect_chain(answer, 10_000)


@pytest.mark.mastery
@settings(max_examples=40)
@given(computation=computations(least=2), picks=st.tuples(st.integers(0, 8), st.integers(0, 8)))
@example(computation=Computation([3.0], ["a * 1", "b * 1"]), picks=(0, 0))
def test_a_second_backward_adds_exactly_its_own(
    answer: Answer, computation: Computation, picks: tuple[int, int]
) -> None:
    """What the first `backward()` has left in *computed* values must not be passed on again. Keep
    the gradients on the way in a dict of this call, or clear those of computed values first."""
    program = _Program(answer, computation)
    names = [computation.computed[-1 - pick % len(computation.computed)] for pick in picks]
    names.append(names[0])
    for i, name in enumerate(names):
        program.backward(name)
        program.expect_gradients({n: names[: i + 1].count(n) for n in names[: i + 1]})


class _Program:
    """A computation that is run with the answer's values."""

    def __init__(
        self, answer: Answer, computation: Computation, values: Mapping[str, Any] | None = None
    ) -> None:
        self.answer = answer
        self.computation = computation
        self.values: dict[str, Any] = {}
        self.passes: list[str] = []
        for i, (name, x) in enumerate(zip(computation.made, computation.starts, strict=True)):
            self.values[name] = values[name] if values else answer.Value(x)
            self._check(self.values[name], name, i)
        offset = len(computation.made)
        for i, name in enumerate(computation.computed):
            self.values[name] = self._evaluated(computation.expressions[i], i + offset)
            self._check(self.values[name], name, i + offset)

    def _evaluated(self, expression: str, line: int) -> Any:
        try:
            with self.answer.guard.watching(f"`{expression}`"):
                return eval(_compiled(expression), {}, self.values)
        except TypeError as error:
            if self.answer.guard.raised(error):
                raise
            rows = [*self.computation.rows(ended=line + 1), Row.gave(f"TypeError: {error}")]
            raise WrongAnswer(rows=rows) from None

    def _check(self, value: Any, name: str, line: int) -> None:
        rows = self.computation.rows(ended=line + 1)
        if not (hasattr(value, "data") and hasattr(value, "backward")):
            gave = "None" if value is None else f"a {type(value).__name__}"
            why = "Did you forget `return`?" if value is None else ""
            raise WrongAnswer(why, rows=[*rows, Row.gave(gave), Row.expected("a Value")])

    def backward(self, name: str) -> None:
        """Call backward of the value of this name."""
        self.passes.append(f"{name}.backward()")
        with self.answer.guard.watching("`backward`"):
            self.values[name].backward()

    def expect_gradients(
        self, times: Mapping[str, int], before: float = 0.0, says: str = "the derivative"
    ) -> None:
        """Reject gradients other than the sums of these results' derivatives."""
        exact = self.computation.exact()
        due = _sum_of([exact[name] for name, count in times.items() for _ in range(count)])
        self.compare(due, self.computation.rows(*self.passes), before, says)

    def compare(
        self,
        due: Sequence[tuple[float, float]],
        rows: list[Row],
        before: float = 0.0,
        says: str = "the derivative",
    ) -> None:
        """Compare the gradients of the values that were made."""
        for name, (slope, size) in zip(self.computation.made, due, strict=True):
            near = self.computation.tolerance(size + before)
            what = f"{name}.grad"
            _expect_number(self.values[name].grad, slope + before, near, what, rows, says)


def _expect_data(answer: Answer, computation: Computation, exact: dict[str, Exact]) -> None:
    """Reject values other than Python's, and gradients other than 0.0 before `backward`."""
    program = _Program(answer, computation)
    _expect_all(program)
    for name in computation.made:
        expect(
            program.values[name].grad == 0.0,
            call=f"{name} = Value({exact[name].data})",
            gave=f"{name}.grad is {program.values[name].grad!r}",
            expected=0.0,
        )


def _expect_all(program: _Program, when: str = "") -> None:
    """Compare the `.data` of every value."""
    computation = program.computation
    for name, exact in computation.exact().items():
        rows = computation.rows(*program.passes)
        near = computation.tolerance(max(abs(v.data) for v in computation.exact().values()))
        what = f"{name}.data{', ' * bool(when)}{when}"
        _expect_number(program.values[name].data, exact.data, near, what, rows)


def _expect_gradients(answer: Answer, computation: Computation) -> None:
    """Reject derivatives of the last value, by those that were made, other than the exact ones."""
    program = _Program(answer, computation)
    program.backward(computation.computed[-1])
    program.expect_gradients({computation.computed[-1]: 1})


def _expect_number(
    gave: Any, expected: float, near: float, what: str, rows: list[Row], says: str = ""
) -> None:
    if not isinstance(gave, int | float):
        kind = type(gave).__name__
        raise WrongAnswer(f"`{what}` is a {kind}, not a Python number.", rows=rows)
    if not abs(gave - expected) <= near:
        ours, theirs = show_pair(float(gave), expected)
        raise WrongAnswer(rows=[*rows, Row.fact(what), Row.gave(ours), Row.expected(theirs, says)])


def _sum_of(results: Sequence[Exact]) -> list[tuple[float, float]]:
    """Return the sums of the derivatives of some results, with their sizes."""
    slopes = map(sum, zip(*(result.slopes for result in results), strict=True))
    sizes = map(sum, zip(*(result.sizes for result in results), strict=True))
    return list(zip(slopes, sizes, strict=True))


def _chain(answer: Answer, length: int, step: Callable[[Any], Any]) -> list[Any]:
    """Return a value and the last of a chain of operations that begins with it."""
    first = last = answer.Value(1.0)
    with answer.guard.watching("A chain of operations"):
        for _ in range(length):
            last = step(last)
    return [first, last]


def _expect_chain(answer: Answer, length: int) -> None:
    """Compare the gradients at the beginning of a chain of additions and multiplications."""
    factor = 1 + 2 / length
    x, y = _two_of_a_chain(answer, length, factor)
    rows = [
        Row.call("x, y = Value(1.0), Value(1.0)"),
        Row.call(f"for _ in range({length // 2:,}): y = y * {number(factor)} + x"),
        Row.call("y.backward()"),
    ]
    slope = total = 1.0
    for _ in range(length // 2):
        slope *= factor
        total = total * factor + 1
    with answer.guard.watching("`backward`"), _whole_stack():
        y[-1].backward()
    for what, value, due in (("x.grad", x, total - slope), ("y.grad at first", y[0], slope)):
        _expect_number(value.grad, due, 1e-9 * due, what, rows)


def _two_of_a_chain(answer: Answer, length: int, factor: float) -> tuple[Any, list[Any]]:
    x, first = answer.Value(1.0), answer.Value(1.0)
    last = first
    with answer.guard.watching("A chain of operations"):
        for _ in range(length // 2):
            last = last * factor + x
    return x, [first, last]


@contextlib.contextmanager
def _whole_stack() -> Iterator[None]:
    """Let the block call as deep as a program may that begins there: what called it is left out."""
    depth, frame = 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + depth)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class _Enough(Exception):
    """More lines were run than are allowed."""


def _lines_run(answer: Answer, call: Callable[[], Any], most: int) -> int:
    """Return how many lines of Python a call runs; it is ended when they are more than ``most``.

    Lines, not seconds: their number is the same on every machine. Under a debugger or a coverage
    tool, which need the same trace function, they are not counted.
    """
    count = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        if count > most:
            raise _Enough
        return trace

    with answer.guard.watching("`backward`"):
        if sys.gettrace() is not None:
            call()
            return 0
        sys.settrace(trace)
        try:
            call()
        except _Enough:
            pass
        finally:
            sys.settrace(None)
    return count


hints = """
Work out the example by hand. From d, what does c get, and what does a get? Then c has 1.0 and
passes on 3.0 times that to a: why must this come after what d gave to c?

Let each result keep a list of pairs: a Value that it was made from, and the slope. Then
`backward` needs to know no operation, only pairs. Some operations are made of others: a − b is
a + (−b), and a / b is a · b⁻¹.

For the order, number the values as they are made (`itertools.count()`): whatever is made from a
value has a larger number. Collect all that the result depends on, each once; sort by number, the
largest first.

Then, for each in this order: `for source, slope in value.sources: source.grad += slope *
value.grad`. The result itself begins with 1.0.
"""

mastery_hints = """
To collect without a recursion: a list of values that wait, with the result in it at first. While
it is not empty, `pop` one, and put in what it was made from, unless that has been seen.

Call `backward()` twice on the example with pen and paper. In which values must nothing be left
from the first time?

Let a dict of the call hold the gradients on the way, by number: `gradients[source.number] += slope
* gradients[value.number]`. Add from there to `.grad`.
"""

afterwards = """
The reference goes by the numbers of the values, as torch's engine does.

Torch's own: `ReadyQueue` gives the node with the largest `sequence_nr` first, in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/csrc/autograd/engine.cpp

Try: train a neuron, (w * x + b).relu(), on three numbers. Which operation would
you add for tanh, or can you put it together from yours?
"""
