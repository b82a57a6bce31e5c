"""What an answer to k37 must do."""

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
from tests.harness.kit.strategies import holders, numbers

shortcuts = Shortcuts(
    pattern=r"fused_(sgd|ada)",
    code=CalledCode(files=("optim",)),
    instead="Write the rule yourself, in a class without a base.",
)

SAYS = "optim.SGD, with the same options"
# Two parameters of equal numbers, with different gradients.
TWIN_GRADIENTS: list[Tensor | None] = [torch.ones(1), torch.zeros(1)]
TWINS = Course([torch.ones(1), torch.ones(1)], 2 * [TWIN_GRADIENTS])
DEFAULTS: Options = {"lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "nesterov": False}
TABLE = numbers(4)

rates = st.sampled_from([0.1, 0.5, 1.0, 1e-3])
momenta = st.sampled_from([0.9, 0.5, 1.0, 0.25])
decays = st.sampled_from([0.1, 0.5, 1e-2, 1.0])
# Every combination; nesterov with a momentum only.
options = st.fixed_dictionaries(
    {"lr": rates, "momentum": momenta | st.just(0.0), "weight_decay": decays | st.just(0.0)}
).flatmap(
    lambda some: st.builds(
        lambda nesterov: {**some, "nesterov": nesterov},
        st.booleans() if some["momentum"] else st.just(value=False),
    )
)


def expect_steps(
    answer: Answer,
    course: Course,
    options: Options,
    hold: Callable[[list[Tensor]], Iterable[Tensor]] = list,
    rates: list[float] | None = None,
) -> None:
    """Reject an answer that steps elsewhere than torch's SGD."""
    expect_like_torch(
        answer,
        course,
        lambda parameters: answer.SGD(hold(parameters), **options),
        lambda parameters: optim.SGD(parameters, **options),
        call=written("SGD", options),
        says=SAYS,
        rates=rates or (),
    )


@settings(max_examples=15)
@given(course=courses(TABLE), lr=rates, hold=holders)
def test_each_parameter_moves_against_its_gradient(
    answer: Answer, course: Course, lr: float, hold: Callable[..., Iterable[Tensor]]
) -> None:
    """p ← p − lr · p.grad, written *into* the tensor under `torch.no_grad()`, in every step.
    `params` may be a generator, which is empty after one pass: keep a list."""
    expect_steps(answer, course, {"lr": lr}, hold)


@settings(max_examples=15)
@given(course=courses(TABLE), lr=rates, momentum=momenta)
@example(course=one_step([1.0], [2.0], [2.0]), lr=0.1, momentum=0.9)
@example(course=TWINS, lr=0.1, momentum=0.9)
def test_with_momentum_it_moves_along_a_velocity(
    answer: Answer, course: Course, lr: float, momentum: float
) -> None:
    """v ← momentum · v + g, the first time v = g; then p ← p − lr · v. The velocity has memory of
    its own, which no `zero_grad` and no `backward` touches."""
    expect_steps(answer, course, {"lr": lr, "momentum": momentum})


@settings(max_examples=15)
@given(course=courses(TABLE), lr=rates, momentum=momenta | st.just(0.0), weight_decay=decays)
@example(course=one_step([1.0], [2.0]), lr=0.5, momentum=0.0, weight_decay=0.5)
@example(course=one_step([1.0], [2.0], [2.0]), lr=0.5, momentum=0.9, weight_decay=0.5)
def test_weight_decay_is_part_of_the_gradient(
    answer: Answer, course: Course, lr: float, momentum: float, weight_decay: float
) -> None:
    """g = p.grad + weight_decay · p comes first. All that follows, the velocity too, is made of
    this g."""
    expect_steps(answer, course, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})


@settings(max_examples=15)
@given(course=courses(TABLE), lr=rates, momentum=momenta, weight_decay=decays | st.just(0.0))
@example(course=one_step([1.0], [2.0], [2.0]), lr=0.1, momentum=0.9, weight_decay=0.0)
def test_nesterov_looks_ahead(
    answer: Answer, course: Course, lr: float, momentum: float, weight_decay: float
) -> None:
    """First v ← momentum · v + g, as without nesterov. Then the step is along g + momentum · v,
    with the *new* v; the velocity itself stays as it is."""
    options = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "nesterov": True}
    expect_steps(answer, course, options)


@settings(max_examples=25)
@given(course=courses(TABLE, idle=True, steps=st.integers(2, 5)), options=options)
@example(
    course=one_step([1.0], [2.0], None, [2.0]),
    options=DEFAULTS | {"momentum": 0.5, "weight_decay": 0.5},
)
def test_a_parameter_without_a_gradient_is_left_alone(
    answer: Answer, course: Course, options: Options
) -> None:
    """Where `.grad` is None, neither the parameter nor its velocity changes. The others go on, each
    with its own velocity, though their places among those with a gradient have changed."""
    expect_steps(answer, course, options)


@settings(max_examples=20)
@given(
    course=courses(TABLE, idle=True, steps=st.just(4)),
    options=options,
    changing=st.lists(rates, min_size=4, max_size=4),
)
@example(
    course=one_step([1.0], [2.0], [2.0]), options=DEFAULTS | {"momentum": 0.9}, changing=[0.1, 0.5]
)
def test_the_rate_is_read_in_each_step(
    answer: Answer, course: Course, options: Options, changing: list[float]
) -> None:
    """`opt.param_groups[0]["lr"] = …` holds from the next step on. The velocity is made of
    gradients, without the rate: only the step is multiplied by it."""
    expect_steps(answer, course, options, rates=changing)


@settings(max_examples=15)
@given(course=courses(TABLE, idle=True), options=options)
@example(course=one_step([1.0], [2.0], [2.0]), options=DEFAULTS)
@example(course=one_step([1.0], [2.0]), options=DEFAULTS | {"weight_decay": 0.5, "momentum": 0.9})
def test_a_step_changes_nothing_but_numbers(
    answer: Answer, course: Course, options: Options
) -> None:
    """The parameters stay leaves that require grad, and the gradients as `backward` left them;
    autograd records nothing. Clearing is the work of `zero_grad`, for *every* parameter."""
    leaves = course.leaves()
    opt = made(answer.SGD(leaves, **options))
    expect_left_in_order(answer, course, opt, leaves)


@settings(max_examples=10)
@given(course=courses(TABLE), options=options, hold=holders)
def test_a_group_holds_the_parameters_and_the_options(
    answer: Answer, course: Course, options: Options, hold: Callable[..., Iterable[Tensor]]
) -> None:
    """`param_groups` is a list with one dict: under "params" a list of the parameters, and each
    option under its name. Only lr has to be given; the others are 0 and False."""
    leaves = course.leaves()
    for given_options in (options, {"lr": options["lr"]}):
        opt = made(answer.SGD(hold(leaves), **given_options))
        due = DEFAULTS | given_options | {"params": leaves}
        expect_groups(opt, [due], written("SGD", given_options))
    opt = made(answer.SGD(hold(leaves), *(options[name] for name in DEFAULTS)))
    expect_groups(opt, [options | {"params": leaves}], "SGD(params, lr, momentum, …)")


@settings(max_examples=10)
@given(course=courses(TABLE, steps=st.just(2)), options=options)
def test_two_optimisers_share_nothing(answer: Answer, course: Course, options: Options) -> None:
    """An optimiser begins without velocities, whatever another one did with the same parameters."""
    expect_new_beginning(
        answer,
        course,
        lambda parameters: answer.SGD(parameters, **options),
        lambda parameters: optim.SGD(parameters, **options),
        call=written("SGD", options),
        says=SAYS,
    )


@pytest.mark.mastery
@settings(max_examples=15)
@given(
    pair=grouped(TABLE, options, ["lr", "weight_decay"]),
    hold=holders,
    lr=rates,
    weight_decay=decays,
)
@example(
    pair=(one_step([1.0], [2.0], [2.0]), [{"momentum": 0.9}]),
    hold=list,
    lr=0.1,
    weight_decay=0.5,
)
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
        ours=answer.SGD,
        theirs=optim.SGD,
        defaults=DEFAULTS,
        says=SAYS,
    )


@pytest.mark.mastery
@settings(max_examples=15)
@given(pair=grouped(TABLE, options, ["lr", "weight_decay"]))
def test_the_callers_dicts_stay_as_they_are(answer: Answer, pair: Grouped) -> None:
    """The caller may use them for another optimiser. Make new dicts: `{**defaults, **group}`."""
    expect_dicts_are_copied(answer, pair, answer.SGD)


WRONG: list[Options] = [
    {"lr": -0.1},
    {"momentum": -0.9},
    {"weight_decay": -0.1},
    {"nesterov": True},
    {"nesterov": True, "momentum": 0.0},
]


@pytest.mark.mastery
@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_wrong_options_are_refused(answer: Answer, wrong: Options) -> None:
    """A negative number, and nesterov without a momentum, raise a ValueError: as an argument, and
    in a group."""
    p, q = (torch.ones(2, requires_grad=True) for _ in range(2))
    named = {"lr": 0.1} | wrong
    expect_value_error(functools.partial(answer.SGD, [p], **named), written("SGD", named))
    groups: Groups = [{"params": [q], "momentum": 0.5}, {"params": [p], **wrong}]
    call = f"SGD([{{…}}, {{'params': [p], {str(wrong)[1:]}], lr=0.1)"
    expect_value_error(functools.partial(answer.SGD, groups, lr=0.1), call)


@pytest.mark.mastery
def test_each_group_is_judged_with_its_own_options(answer: Answer) -> None:
    """Nesterov and momentum may come from different places: one from the arguments, the other from
    the group. Judge what the group ends up with."""
    p, q = (torch.ones(2, requires_grad=True) for _ in range(2))
    made(answer.SGD([{"params": [p]}, {"params": [q], "nesterov": True}], lr=0.1, momentum=0.9))
    lazy = {"params": [q], "momentum": 0.0, "nesterov": False}
    made(answer.SGD([{"params": [p]}, lazy], lr=0.1, momentum=0.9, nesterov=True))
    still = {"params": [q], "momentum": 0.0}
    expect_value_error(
        functools.partial(
            answer.SGD, [{"params": [p]}, still], lr=0.1, momentum=0.9, nesterov=True
        ),
        "SGD([{…}, {'params': [q], 'momentum': 0.0}], lr=0.1, momentum=0.9, nesterov=True)",
    )
    made(answer.SGD([p, q], lr=0.0))  # a rate of zero is not negative


@pytest.mark.mastery
def test_no_parameters_are_refused(answer: Answer) -> None:
    """Nothing to train is a mistake: a generator that was used up before, say."""
    p = torch.ones(2, requires_grad=True)
    empty: list[tuple[Any, str]] = [
        ([], "SGD([], lr=0.1)"),
        (iter([]), "SGD(iter([]), lr=0.1)"),
        ([{"params": []}], "SGD([{'params': []}], lr=0.1)"),
        ([{"params": [p]}, {"params": iter([])}], "SGD([{…}, {'params': iter([])}], lr=0.1)"),
    ]
    for params, call in empty:
        expect_value_error(functools.partial(answer.SGD, params, lr=0.1), call)


@pytest.mark.mastery
def test_a_parameter_that_comes_twice_is_refused(answer: Answer) -> None:
    """It would step twice. That holds within a group, and across groups. (Two parameters of equal
    numbers are not the same one.)"""
    p, q = (torch.ones(2, requires_grad=True) for _ in range(2))
    twice: list[tuple[Any, str]] = [
        ([p, q, p], "[p, q, p]"),
        ([{"params": [p]}, {"params": [q, p]}], "[{'params': [p]}, {'params': [q, p]}]"),
        ([{"params": [q, q]}, {"params": p}], "[{'params': [q, q]}, {'params': p}]"),
    ]
    for params, text in twice:
        call = f"SGD({text}, lr=0.1)"
        expect_value_error(functools.partial(answer.SGD, params, lr=0.1), call)
    made(answer.SGD([{"params": [p]}, {"params": [q]}], lr=0.1))


hints = """
Take the class apart: what must `__init__` keep, so that `step()` and `zero_grad()` need no
arguments? Then work out the 0.42 of the example by hand; which number has to survive from the
first step to the second?

`__init__`: `self.param_groups = [{"params": list(params), "lr": lr, …}]`, and an empty dict for
the velocities. `step`, under `@torch.no_grad()`: for each group, for each p in it, skip it if
`p.grad is None`.

Compute a new tensor, `g = p.grad + weight_decay * p`: the caller's gradient stays as it is. With
momentum, `v = momentum * self.velocities[p] + g`, or `v = g.clone()` the first time, and
`self.velocities[p] = v`.

At the end `p -= lr * v`, with `lr = group["lr"]`. With nesterov it is `p -= lr * (g + momentum *
v)`, and without momentum `p -= lr * g`. `zero_grad` says `p.grad = None` for every p.
"""

mastery_hints = """
If the first entry of `list(params)` is not a dict, put the whole list into one: `[{"params":
params}]`. From there on there are only dicts. What does `{**defaults, **group}` give where both
have an "lr"?

Make each group's "params" a list: `[params] if isinstance(params, Tensor) else list(params)`. Then
look at what the group has ended up with, and raise a ValueError if it cannot be meant.

Twice: with `everything = [p for group in self.param_groups for p in group["params"]]`, compare
`len(set(everything))` with `len(everything)`. (`p in a_list` compares numbers, and fails.)
"""

afterwards = """
The reference steps parameter by parameter. Torch's does too, unless it takes
them all at once, which is quicker.

Torch's own: `_single_tensor_sgd`. Find the line with `nesterov` in it:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/optim/sgd.py

Try: train k30 with yours. How large do the weights get with weight_decay=0.1?
"""
