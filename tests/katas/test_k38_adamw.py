"""What an answer to k38 must do."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, optim

from tests.harness.kit import Answer
from tests.harness.kit.called_code import CalledCode
from tests.harness.kit.grouped_optimisers import (
    Grouped,
    Options,
    expect_dicts_are_copied,
    expect_options_of_groups,
    grouped,
)
from tests.harness.kit.optimisers import (
    Course,
    courses,
    expect_left_in_order,
    expect_like_torch,
    expect_new_beginning,
    one_step,
)
from tests.harness.kit.param_groups import (
    Groups,
    expect_groups,
    expect_value_error,
    made,
    written,
)
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import holders

shortcuts = Shortcuts(
    pattern=r"fused_(sgd|ada)",
    code=CalledCode(files=("optim",)),
    instead="Write the rule yourself, in a class without a base.",
)

SAYS = "optim.AdamW, with the same options"
DEFAULTS: Options = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 1e-2}
# None but zero is below 1e-3: g / (|g| + eps) would magnify the rounding of a smaller one.
TABLE = [1.0, -2.0, 0.5, 0.001, -0.03, 4.0, 0.0, -0.001, 0.1, 3.0]

rates = st.sampled_from([0.1, 0.5, 1e-3])
decays = st.sampled_from([0.1, 0.5, 1e-2])
epsilons = st.sampled_from([1e-8, 0.1, 1e-3])
# β₂ is at least β₁²: otherwise v may be gone where m is not, and m / √v is rounding.
betas = st.sampled_from(
    [(0.9, 0.999), (0.8, 0.9), (0.5, 0.99), (0.0, 0.9), (0.9, 0.95), (0.0, 0.0)]
)
options = st.fixed_dictionaries(
    {"lr": rates, "betas": betas, "eps": epsilons, "weight_decay": decays | st.just(0.0)}
)


def expect_steps(
    answer: Answer,
    course: Course,
    options: Options,
    hold: Callable[[list[Tensor]], Iterable[Tensor]] = list,
    rates: list[float] | None = None,
) -> None:
    """Reject an answer that steps elsewhere than torch's AdamW."""
    expect_like_torch(
        answer,
        course,
        lambda parameters: answer.AdamW(hold(parameters), **options),
        lambda parameters: optim.AdamW(parameters, **options),
        call=written("AdamW", options),
        says=SAYS,
        rates=rates or (),
    )


@settings(max_examples=15)
@given(course=courses(TABLE, steps=st.just(1)), lr=rates, betas=betas, eps=epsilons, hold=holders)
@example(
    course=one_step([1.0, 1.0, 1.0], [100.0, -0.01, 0.0]),
    lr=0.1, betas=(0.9, 0.999), eps=1e-8, hold=list,
)  # fmt: skip
@example(course=one_step([1.0], [2.0]), lr=0.5, betas=(0.8, 0.9), eps=0.1, hold=list)
def test_the_first_step_is_the_rate_whatever_the_gradient(
    answer: Answer,
    course: Course,
    lr: float,
    betas: tuple[float, float],
    eps: float,
    hold: Callable[..., Iterable[Tensor]],
) -> None:
    """t is 1: the corrections 1 − β₁ᵗ and 1 − β₂ᵗ cancel the shares, and what is left is
    lr · g / (|g| + eps). eps is added to the root, after the correction. `params` may be a
    generator: keep a list."""
    named = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": 0.0}
    expect_steps(answer, course, named, hold)


@settings(max_examples=20)
@given(course=courses(TABLE, steps=st.integers(2, 5)), lr=rates, betas=betas, eps=epsilons)
@example(course=one_step([1.0], [1.0], [-3.0]), lr=0.1, betas=(0.8, 0.9), eps=0.1)
def test_m_and_v_are_running_means(
    answer: Answer, course: Course, lr: float, betas: tuple[float, float], eps: float
) -> None:
    """m ← β₁ · m + (1 − β₁) · g, and v the same of g², with β₂. Both go on from step to step
    *without* the correction, which is made for the step alone."""
    named = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": 0.0}
    expect_steps(answer, course, named)


@settings(max_examples=20)
@given(course=courses(TABLE), lr=rates, weight_decay=decays)
@example(course=one_step([1.0], [2.0]), lr=0.5, weight_decay=0.5)
@example(course=one_step([4.0], [0.0]), lr=0.5, weight_decay=0.5)
def test_weight_decay_is_taken_from_the_parameter(
    answer: Answer, course: Course, lr: float, weight_decay: float
) -> None:
    """p ← p − lr · weight_decay · p, before the step. The gradient, and so m and v,
    know nothing of it."""
    expect_steps(answer, course, {"lr": lr, "weight_decay": weight_decay})


@settings(max_examples=20)
@given(course=courses(TABLE, idle=True, steps=st.integers(2, 5)), options=options)
@example(course=one_step([1.0], None, [2.0], [2.0]), options=DEFAULTS | {"lr": 0.1})
@example(course=one_step([1.0], [2.0], None, [1.0]), options=DEFAULTS | {"lr": 0.1})
def test_each_parameter_counts_its_own_steps(
    answer: Answer, course: Course, options: Options
) -> None:
    """Where `.grad` is None nothing changes: not the parameter, which does not decay either, nor
    its m and v, nor its t. One that gets its first gradient late begins with t = 1."""
    expect_steps(answer, course, options)


@settings(max_examples=6)
@given(course=courses(TABLE, steps=st.integers(20, 25), idle=True, most=2), options=options)
def test_twenty_steps_later_it_is_still_right(
    answer: Answer, course: Course, options: Options
) -> None:
    """A small mistake in m, v or t becomes larger with each step."""
    expect_steps(answer, course, options)


@settings(max_examples=10)
@given(course=courses([0.001, -0.002, 0.0, 1.0], steps=st.just(3)))
@example(course=Course([torch.ones(1).double()], [[torch.full((1,), 1e-3).double()]]))
def test_the_defaults_are_those_of_torch(answer: Answer, course: Course) -> None:
    """lr = 1e-3, betas = (0.9, 0.999), eps = 1e-8, weight_decay = 1e-2."""
    expect_steps(answer, course, {})


@settings(max_examples=15)
@given(course=courses(TABLE, idle=True), options=options)
@example(course=one_step([1.0], [2.0], [2.0]), options=DEFAULTS)
def test_a_step_changes_nothing_but_numbers(
    answer: Answer, course: Course, options: Options
) -> None:
    """The parameters stay leaves that require grad, and the gradients as `backward` left them, not
    squared, nor decayed; autograd records nothing. Clearing is the work of `zero_grad`."""
    leaves = course.leaves()
    opt = made(answer.AdamW(leaves, **options))
    expect_left_in_order(answer, course, opt, leaves)


@settings(max_examples=8)
@given(course=courses(TABLE), options=options, hold=holders)
def test_a_group_holds_the_parameters_and_the_options(
    answer: Answer, course: Course, options: Options, hold: Callable[..., Iterable[Tensor]]
) -> None:
    """`param_groups` is a list with one dict: under "params" a list of the parameters, and each
    option under its name."""
    leaves = course.leaves()
    for given_options in (options, {}):
        opt = made(answer.AdamW(hold(leaves), **given_options))
        due = DEFAULTS | given_options | {"params": leaves}
        expect_groups(opt, [due], written("AdamW", given_options))
    opt = made(answer.AdamW(hold(leaves), *(options[name] for name in DEFAULTS)))
    expect_groups(opt, [options | {"params": leaves}], "AdamW(params, lr, betas, …)")


@settings(max_examples=8)
@given(course=courses(TABLE, steps=st.just(2)), options=options)
def test_two_optimisers_share_nothing(answer: Answer, course: Course, options: Options) -> None:
    """An optimiser begins with t = 0, and without m and v, whatever another one did with the same
    parameters."""
    expect_new_beginning(
        answer,
        course,
        lambda parameters: answer.AdamW(parameters, **options),
        lambda parameters: optim.AdamW(parameters, **options),
        call=written("AdamW", options),
        says=SAYS,
    )


@pytest.mark.mastery
@settings(max_examples=15)
@given(
    course=courses(TABLE, idle=True, steps=st.just(4)),
    options=options,
    changing=st.lists(rates, min_size=4, max_size=4),
)
@example(course=one_step([1.0], [2.0], [2.0]), options=DEFAULTS, changing=[0.1, 0.5])
def test_the_rate_is_read_in_each_step(
    answer: Answer, course: Course, options: Options, changing: list[float]
) -> None:
    """`opt.param_groups[0]["lr"] = …` holds from the next step on, for the decay too."""
    expect_steps(answer, course, options, rates=changing)


@pytest.mark.mastery
@settings(max_examples=15)
@given(pair=grouped(TABLE, options), hold=holders, lr=rates, weight_decay=decays)
def test_each_group_has_options_of_its_own(
    answer: Answer,
    pair: Grouped,
    hold: Callable[..., Iterable[Tensor]],
    lr: float,
    weight_decay: float,
) -> None:
    """`params` may be a list of dicts. What a dict says wins over the arguments, which hold where
    it says nothing. Its "params" are an iterable, or a single parameter."""
    expect_options_of_groups(
        answer,
        pair,
        hold,
        {"lr": lr, "weight_decay": weight_decay},
        ours=answer.AdamW,
        theirs=optim.AdamW,
        defaults=DEFAULTS,
        says=SAYS,
    )


@pytest.mark.mastery
@settings(max_examples=10)
@given(pair=grouped(TABLE, options))
def test_the_callers_dicts_stay_as_they_are(answer: Answer, pair: Grouped) -> None:
    """The caller may use them for another optimiser. Make new dicts: `{**defaults, **group}`."""
    expect_dicts_are_copied(answer, pair, answer.AdamW)


WRONG: list[Options] = [
    {"lr": -0.1},
    {"eps": -1e-8},
    {"weight_decay": -0.1},
    {"betas": (-0.1, 0.999)},
    {"betas": (1.0, 0.999)},
    {"betas": (0.9, -0.1)},
    {"betas": (0.9, 1.0)},
    {"betas": (0.9, 1.5)},
]


@pytest.mark.mastery
@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_wrong_options_are_refused(answer: Answer, wrong: Options) -> None:
    """A negative lr, eps or weight_decay, and a beta that is negative, or 1 and more, raise a
    ValueError: as an argument, and in a group. (With β = 1 a mean never moves, and its correction
    divides by zero.)"""
    p, q = (torch.ones(2, requires_grad=True) for _ in range(2))
    expect_value_error(functools.partial(answer.AdamW, [p], **wrong), written("AdamW", wrong))
    groups: Groups = [{"params": [q]}, {"params": [p], **wrong}]
    call = f"AdamW([{{…}}, {{'params': [p], {str(wrong)[1:]}])"
    expect_value_error(functools.partial(answer.AdamW, groups), call)


@pytest.mark.mastery
def test_zeros_are_not_refused(answer: Answer) -> None:
    """Zero is not negative: each option may be zero, and both betas."""
    p = torch.ones(2, requires_grad=True)
    made(answer.AdamW([p], lr=0.0, betas=(0.0, 0.0), eps=0.0, weight_decay=0.0))


@pytest.mark.mastery
def test_no_parameters_are_refused(answer: Answer) -> None:
    """Nothing to train is a mistake: a generator that was used up before, say."""
    p = torch.ones(2, requires_grad=True)
    empty: list[tuple[Any, str]] = [
        ([], "AdamW([])"),
        (iter([]), "AdamW(iter([]))"),
        ([{"params": []}], "AdamW([{'params': []}])"),
        ([{"params": [p]}, {"params": iter([])}], "AdamW([{…}, {'params': iter([])}])"),
    ]
    for params, call in empty:
        expect_value_error(functools.partial(answer.AdamW, params), call)


@pytest.mark.mastery
def test_a_parameter_that_comes_twice_is_refused(answer: Answer) -> None:
    """It would step twice. That holds within a group, and across groups, as in k37."""
    p, q = (torch.ones(2, requires_grad=True) for _ in range(2))
    twice: list[tuple[Any, str]] = [
        ([p, q, p], "AdamW([p, q, p])"),
        ([{"params": [p]}, {"params": [q, p]}], "AdamW([{'params': [p]}, {'params': [q, p]}])"),
    ]
    for params, call in twice:
        expect_value_error(functools.partial(answer.AdamW, params), call)
    made(answer.AdamW([{"params": [p]}, {"params": [q]}]))


hints = """
In the example a gradient of 100 and one of -0.01 make steps of the same size. Put t = 1 into the
formulas, with m = v = 0 before: what is left of m̂, and what of √v̂?

What `__init__` keeps is what it keeps in k37. What each parameter needs is three things, t, m and
v: keep them in a dict under the parameter, and begin with 0, `torch.zeros_like(p)` twice. A
parameter whose gradient is None is skipped before anything of this.

Under `@torch.no_grad()`: add 1 to t first. Then `m = b1 * m + (1 - b1) * p.grad`, and `v = b2 * v +
(1 - b2) * p.grad**2`. Keep all three as they are, and correct copies: `m / (1 - b1**t)`.

The decay is `p *= 1 - lr * weight_decay`, before the step. The step is `p -= lr * m_hat /
(v_hat.sqrt() + eps)`, with `m_hat = m / (1 - b1**t)` and `v_hat = v / (1 - b2**t)`.
"""

mastery_hints = """
The groups of k37 serve here as they are, but for the names of the options. Read each option from
the parameter's own group, in each step. Which of them must not be 1, and why?

`if not all(0 <= beta < 1 for beta in group["betas"]): raise ValueError(…)`. Look at the group, not
at the arguments: a group may say otherwise.
"""

afterwards = """
The reference is Adam with one line more. Torch's AdamW is its Adam with a flag,
`decoupled_weight_decay=True`.

Torch's own: `_single_tensor_adam`. Where does it put the corrections, and why?
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/optim/adam.py

Try: multiply the loss of k12 by 1000. What does SGD do then, and what yours?
"""
