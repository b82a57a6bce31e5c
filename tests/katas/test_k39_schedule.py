"""What an answer to k39 must do."""

import copy
import functools
import math
import pickle
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn, optim
from torch.optim.lr_scheduler import LambdaLR

from tests.harness.kit import Answer, expect, expect_raises, number, show
from tests.harness.kit.called_code import CalledCode
from tests.harness.kit.compare import expect_close
from tests.harness.kit.expect import Row
from tests.harness.kit.shortcuts import Shortcuts

shortcuts = Shortcuts(
    instead='Keep the bases and a count; write base · factor(count) into each group\'s "lr".',
    code=CalledCode(files=("optim/lr_scheduler.py",)),
)

Factor = Callable[[int], float]


def reference(step: int, warmup: int, total: int) -> float:
    """The formula of the stub."""
    if step < warmup:
        return (step + 1) / (warmup + 1)
    progress = (min(step, total) - warmup) / (total - warmup)
    return 0.5 * (1 + math.cos(math.pi * progress))


class Halving:
    """A factor that is an object."""

    def __call__(self, n: int) -> float:
        """Halve it at every step."""
        return 0.5**n


# Any callable is a factor. Some are 1, or 0, at the beginning or in between.
FACTORS: dict[str, Factor] = {
    "1 / (n + 1)": lambda n: 1 / (n + 1),
    "0.5 ** n, an object": Halving(),
    "warmup_cosine(n, 3, 6)": functools.partial(reference, warmup=3, total=6),
    "[0.3, 0.9, 0.0, 0.7, …][n]": ([0.3, 0.9, 0.0, 0.7, 1.1, 0.2] * 6).__getitem__,
    "n": float,
    "2 - n": lambda n: 2 - n,
}
factors = st.sampled_from(list(FACTORS))
rates = st.lists(st.sampled_from([0.1, 0.4, 1.0, 3e-3]), min_size=1, max_size=3)
steps = st.integers(0, 6)


class Optimiser:
    """Has `param_groups`, and nothing else: a new list at each look, of the same groups."""

    def __init__(self, bases: Sequence[float]) -> None:
        self._groups = [{"lr": base, "params": [], "note": i} for i, base in enumerate(bases)]

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """The groups."""
        return list(self._groups)


def _sgd(bases: Sequence[float]) -> optim.Optimizer:
    groups = [{"params": [nn.Parameter(torch.ones(2))], "lr": base} for base in bases]
    return optim.SGD(groups, lr=7.0, momentum=0.9, weight_decay=0.1)


MAKERS: list[Callable[[Sequence[float]], Any]] = [
    _sgd,
    Optimiser,
    lambda bases: SimpleNamespace(param_groups=[{"lr": base} for base in bases]),
]
makers = st.sampled_from(MAKERS)


@given(warmup=st.integers(0, 12), length=st.integers(1, 20), more=st.integers(1, 50))
@example(warmup=3, length=2, more=1)
@example(warmup=0, length=1, more=1)
def test_the_factor_rises_to_one_and_falls_to_zero(
    answer: Answer, warmup: int, length: int, more: int
) -> None:
    """It rises in equal steps, 1/(warmup + 1) at the first of them, and is 1 at `warmup`. From
    there the angle goes from 0 to π (`math.cos` takes radians), while step − warmup goes from 0 to
    total − warmup. After `total` it stays 0: without a case of its own, the cosine would rise."""
    total = warmup + length
    for step in (*range(total + 3), total + length, total + more, 2 * total + more):
        gave = answer.warmup_cosine(step, warmup, total)
        due = reference(step, warmup, total)
        call = f"warmup_cosine({step}, {warmup}, {total})"
        kind = f"a {type(gave).__name__}, {show(gave)}"
        expect(isinstance(gave, float | int), call=call, gave=kind, expected="a Python float")
        # A cosine in float32 may be 1e-7 off. Where there is no cosine, the factor is exact.
        close = gave == due if step == warmup or step > total else abs(gave - due) < 1e-6
        expect(close, call=call, gave=number(gave), expected=number(due))


@settings(max_examples=20)
@given(warmup=st.integers(0, 3000), length=st.integers(1, 10_000), data=st.data())
def test_long_trainings_are_no_different(
    answer: Answer, warmup: int, length: int, data: st.DataObject
) -> None:
    """The formula holds for any number of steps. The arguments have names, as in the stub."""
    step = data.draw(st.integers(0, 2 * (warmup + length)))
    gave = answer.warmup_cosine(step=step, warmup=warmup, total=warmup + length)
    due = reference(step, warmup, warmup + length)
    call = f"warmup_cosine(step={step}, warmup={warmup}, total={warmup + length})"
    expect(abs(gave - due) < 1e-6, call=call, gave=number(gave, 9), expected=number(due, 9))


@given(make=makers, bases=rates, factor=factors, count=steps)
@example(make=_sgd, bases=[0.4], factor="1 / (n + 1)", count=1)
def test_each_group_gets_its_base_times_the_factor(
    answer: Answer, make: Callable[..., Any], bases: list[float], factor: str, count: int
) -> None:
    """The base is the rate that the group had when the Schedule was made; each group has its own.
    Making it sets base · factor(0). After n calls of `step`, the rate is base · factor(n)."""
    opt = make(bases)
    schedule = answer.Schedule(opt, FACTORS[factor])
    _expect_rates(opt, bases, factor, 0)
    for n in range(1, count + 1):
        _step(answer, schedule)
        _expect_rates(opt, bases, factor, n)


@settings(max_examples=25)
@given(make=makers, bases=rates, factor=factors, count=steps, data=st.data())
def test_what_is_written_there_in_between_does_not_matter(
    answer: Answer,
    make: Callable[..., Any],
    bases: list[float],
    factor: str,
    count: int,
    data: st.DataObject,
) -> None:
    """`step` *sets* the rate, from the base and the count. It does not multiply the rate that it
    finds, nor remember what it wrote last. (A factor that was 0 once would stay 0.)"""
    opt = make(bases)
    schedule = answer.Schedule(optimizer=opt, factor=FACTORS[factor])
    for n in range(1, count + 1):
        written = data.draw(st.sampled_from([None, 0.0, 5.0]))
        for group in opt.param_groups:
            group["lr"] = group["lr"] if written is None else written
        _step(answer, schedule)
        _expect_rates(opt, bases, factor, n, f'; "lr" was {group["lr"]} before')


@settings(max_examples=20)
@given(make=makers, bases=rates, factor=factors, count=steps)
def test_nothing_but_the_rate_changes(
    answer: Answer, make: Callable[..., Any], bases: list[float], factor: str, count: int
) -> None:
    """A group holds momentum, weight decay and the parameters too. They stay, the dict is the same
    one, and no other key is left behind in it: write `group["lr"] = …`."""
    opt = make(bases)
    groups, before = opt.param_groups, [dict(group) for group in opt.param_groups]
    schedule = answer.Schedule(opt, FACTORS[factor])
    for _ in range(count):
        _step(answer, schedule)
    call = _call(count)
    for group, now, was in zip(groups, opt.param_groups, before, strict=True):
        expect(now is group, "A group was replaced by another dict.", call=call)
        keys = f"with {[*now.keys() - was]} added, and without {[*was.keys() - now]}"
        expect(now.keys() == was.keys(), call=call, gave=f"a group {keys}", expected="[] and []")
        for key in was.keys() - {"lr"}:
            expect(now[key] is was[key], f'A group\'s "{key}" was changed.', call=call)


@settings(max_examples=15)
@given(bases=rates, factor=factors, count=st.integers(1, 4), data=st.data())
def test_the_groups_are_looked_up_at_each_step(
    answer: Answer, bases: list[float], factor: str, count: int, data: st.DataObject
) -> None:
    """Keep the optimiser, and ask for its `param_groups` at each step. `load_state_dict` of an
    optimiser makes a new list of new dicts: rates written into the old ones change nothing."""
    opt = _sgd(bases)
    schedule = answer.Schedule(opt, FACTORS[factor])
    for n in range(1, count + 1):
        if data.draw(st.booleans()) or n == count:
            opt.load_state_dict(copy.deepcopy(opt.state_dict()))
        _step(answer, schedule)
        _expect_rates(opt, bases, factor, n, ", the optimiser's state loaded in between")


@settings(max_examples=15)
@given(one=rates, other=rates, names=st.tuples(factors, factors), turns=st.lists(st.booleans()))
def test_two_schedules_share_nothing(
    answer: Answer, one: list[float], other: list[float], names: tuple[str, str], turns: list[bool]
) -> None:
    """Each has its optimiser, its bases, its factor and its count: they belong to `self`."""
    pairs = [(bases, _sgd(bases)) for bases in (one, other)]
    schedules = [
        answer.Schedule(opt, FACTORS[name]) for (_, opt), name in zip(pairs, names, strict=True)
    ]
    counts = [0, 0]
    for turn in [True, *turns]:
        counts[turn] += 1
        _step(answer, schedules[turn])
    for (bases, opt), name, n in zip(pairs, names, counts, strict=True):
        _expect_rates(opt, bases, name, n, ", with another Schedule beside it")


@settings(max_examples=10)
@given(bases=rates, factor=factors, count=steps)
def test_an_optimiser_trains_as_with_torchs_lambda_lr(
    answer: Answer, bases: list[float], factor: str, count: int
) -> None:
    """`opt.step()`, then `schedule.step()`, as with torch's `LambdaLR`: the parameters get to the
    same places."""
    ours, theirs = _sgd(bases), _sgd(bases)
    schedule = answer.Schedule(ours, FACTORS[factor])
    scheduler = LambdaLR(theirs, FACTORS[factor])
    for _ in range(count + 1):
        for opt in (ours, theirs):
            opt.zero_grad()
            torch.stack(
                [_only(group).square().sum() for group in opt.param_groups]
            ).sum().backward()
            opt.step()
        _step(answer, schedule)
        scheduler.step()
    for group, due in zip(ours.param_groups, theirs.param_groups, strict=True):
        rows = [Row.call(f"a training of {count + 1} steps, lr = base · factor(n)")]
        rows += [Row.input("base rates", str(bases)), Row.input("factor(n)", factor)]
        p, exact = _only(group), _only(due).detach()
        scale = 10.0 * max(1.0, exact.abs().max().item())
        expect_close(p, exact, says="with LambdaLR", rows=rows, scale=scale, terms=10)


@pytest.mark.mastery
@given(step=st.integers(0, 9), warmup=st.integers(0, 9), total=st.integers(1, 9), data=st.data())
def test_steps_and_lengths_that_make_no_sense_are_refused(
    answer: Answer, step: int, warmup: int, total: int, data: st.DataObject
) -> None:
    """A step below 0, a warm-up below 0 or not shorter than the whole: raise ValueError, first of
    all and at every step. Else the training runs all night with a rate that nobody meant."""
    if warmup < total:
        bad = data.draw(st.sampled_from(["step", "warmup"]))
        step, warmup = (-1 - step, warmup) if bad == "step" else (step, -1 - warmup)
    expect_raises(
        lambda: answer.warmup_cosine(step, warmup, total),
        types=ValueError,
        rows=[Row.call(f"warmup_cosine({step}, {warmup}, {total})")],
        shown=show,
    )


@pytest.mark.mastery
@given(
    bases=rates, factor=factors, count=steps, makes=st.tuples(makers, makers),
    later=st.tuples(steps, steps, steps), data=st.data(),
)  # fmt: skip
def test_a_new_schedule_goes_on_from_a_state(
    answer: Answer,
    bases: list[float],
    factor: str,
    count: int,
    makes: tuple[Callable[..., Any], Callable[..., Any]],
    later: tuple[int, int, int],
    data: st.DataObject,
) -> None:
    """The new one takes over the count and the *bases*, whatever rates it found in its own
    optimiser, and sets base · factor(n) at once. (The present rates do not tell the bases: the
    factor may be 0, and somebody may have written there.)"""
    old, new = makes[0](bases), makes[1]([base + 0.25 for base in bases][::-1])
    first = answer.Schedule(old, FACTORS[factor])
    for _ in range(count):
        _step(answer, first)
    for group in old.param_groups:
        group["lr"] = data.draw(st.sampled_from([group["lr"], 5.0]))
    state = pickle.loads(pickle.dumps(_method(answer, first, "state_dict")()))
    second = answer.Schedule(new, FACTORS[factor])
    for schedule, more in ((first, later[0]), (second, later[1])):
        for _ in range(more):
            _step(answer, schedule)
    also = "; after load_state_dict(state) of a new one"
    _method(answer, second, "load_state_dict")(state)
    _expect_rates(new, bases, factor, count, also)
    for n in range(count + 1, count + later[2] + 1):
        _step(answer, second)
        _expect_rates(new, bases, factor, n, f"{also} at n = {count}")
    _expect_rates(old, bases, factor, count + later[0], "") if later[0] else None


@pytest.mark.mastery
@settings(max_examples=20)
@given(bases=rates, factor=factors, count=steps, more=st.integers(1, 3))
def test_a_state_is_plain_numbers_and_does_not_change_later(
    answer: Answer, bases: list[float], factor: str, count: int, more: int
) -> None:
    """A state is for a file: a dict of numbers and lists, without the optimiser and the factor.
    Neither the old Schedule's next steps nor those of one that loaded it may change it."""
    first = answer.Schedule(_sgd(bases), FACTORS[factor])
    for _ in range(count):
        _step(answer, first)
    state = _method(answer, first, "state_dict")()
    call = f"state_dict(), of a Schedule after {count} steps"
    expect(isinstance(state, dict), call=call, gave=show(state), expected="a dict")
    for key, value in state.items():
        expect(_is_plain(value), call=call, gave=f"{key!r}: a {_kind(value)}", expected="numbers")
    before = copy.deepcopy(state)
    second = answer.Schedule(_sgd([1.0] * len(bases)), FACTORS[factor])
    _method(answer, second, "load_state_dict")(state)
    for schedule in (first, second):
        for _ in range(more):
            _step(answer, schedule)
    call += f"; then {more} more"
    expect(state == before, "A state was changed by later steps.", call=call,
           gave=str(state), expected=str(before))  # fmt: skip


def _step(answer: Answer, schedule: Any) -> None:
    _method(answer, schedule, "step")()


def _method(answer: Answer, schedule: Any, name: str) -> Any:
    """Return a method of a Schedule, under the guard."""
    expect(hasattr(schedule, name), f"A Schedule has no method `{name}`.")
    return answer.guarded(getattr(schedule, name), name)


def _expect_rates(opt: Any, bases: Sequence[float], factor: str, n: int, also: str = "") -> None:
    due = [base * FACTORS[factor](n) for base in bases]
    gave = [group["lr"] for group in opt.param_groups]
    expect(
        all(math.isclose(one, other, rel_tol=1e-12) for one, other in zip(gave, due, strict=True)),
        call=_call(n) + also,
        **{"base rates": f"{bases}", "factor(n)": factor},
        gave=f"rates {_listed(gave)}",
        expected=f"{_listed(due)}    base · factor({n})",
    )


def _call(steps: int) -> str:
    return "Schedule(optimizer, factor)" + (f", and {steps} × step()" if steps else "")


def _listed(numbers: Sequence[float]) -> str:
    return f"[{', '.join(map(number, numbers))}]"


def _only(group: dict[str, Any]) -> Tensor:
    parameter: Tensor = group["params"][0]
    return parameter


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, int | float | str)


def _kind(value: Any) -> str:
    return type(next((v for v in value if not _is_plain(v)), value)
                if isinstance(value, list | tuple) else value).__name__  # fmt: skip


hints = """
Work out the example of `warmup_cosine`: which of the seven steps belong to the warm-up, which to
the cosine, and which angles does the cosine get?

A Schedule has three things to remember: the optimiser, the base of each group, and how often
`step` was called. What must be in the groups before the first `step`?

For `warmup_cosine`, return `(step + 1) / (warmup + 1)` if `step < warmup`, and 0.0 if `step >
total`. Otherwise `(1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2`.

In `__init__`, `self.bases = [group["lr"] for group in optimizer.param_groups]`, and the count is
0. Then, there and in each `step`, go through `zip(self.optimizer.param_groups, self.bases)` and
set `group["lr"] = base * self.factor(self.n)`.
"""

mastery_hints = """
At which step would `warmup_cosine(step, 5, 5)` fail if nobody checked? And if the factor is 0 just
now, what can the present rate tell about the base?

At the top: `if step < 0 or not 0 <= warmup < total:`, and raise `ValueError`. The state is
`{"n": self.n, "bases": list(self.bases)}`. Loading takes both over, and then sets the rates as
`step` does.
"""

afterwards = """
The reference keeps the bases itself. Torch's LambdaLR leaves each one in its
group, as "initial_lr".

Torch's own: `LambdaLR`, on top of `LRScheduler`, in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/optim/lr_scheduler.py

Try: train k24's network with lr=0.5, with and without a warm-up of 50 steps.
Which of them learns?
"""
