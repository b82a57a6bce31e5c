"""What an answer to k25 must do."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn, optim

from tests.harness.kit import Answer, Row, WrongAnswer, expect, expect_type, show
from tests.harness.kit.compare import expect_close
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import holders, normal, parameter_lists, seeds
from tests.harness.kit.tensors import copy_of
from tests.harness.kit.training import training_runs

shortcuts = Shortcuts(
    optimisers=True,
    instead="Write both updates by hand: the velocity's, then the parameter's.",
)

CALL = "momentum_step(parameters, velocities, lr, momentum)"

rates = st.sampled_from([0.1, 0.5, 1.0, 1e-3])
momenta = st.sampled_from([0.9, 0.5, 0.0, 1.0])


@st.composite
def moving(draw: st.DrawFn) -> tuple[list[Tensor], list[Tensor]]:
    """Parameters with gradients, and their velocities, which may have left zero."""
    parameters, seed = draw(parameter_lists()), draw(seeds)
    factor = draw(st.sampled_from([0.0, 2.0]))
    velocities = [
        factor * normal(*p.shape, seed=seed + i, dtype=p.dtype) for i, p in enumerate(parameters)
    ]
    return parameters, velocities


@given(pair=moving(), lr=rates, momentum=momenta, hold=holders)
def test_velocity_and_parameter_are_updated_in_place(
    answer: Answer,
    pair: tuple[list[Tensor], list[Tensor]],
    lr: float,
    momentum: float,
    hold: Callable[..., Iterable[Tensor]],
) -> None:
    """v ← momentum · v + p.grad, and then, with the new v, p ← p − lr · v; each written *into* its
    tensor, under `torch.no_grad()`. Both arguments may be iterators, which can be iterated
    over only once."""
    parameters, velocities = pair
    before = [(copy_of(p), copy_of(v), copy_of(p.grad)) for p, v in zip(*pair, strict=True)]
    gave = answer.momentum_step(hold(parameters), hold(velocities), lr, momentum)
    for p, v, (old_p, old_v, grad) in zip(parameters, velocities, before, strict=True):
        due_v = momentum * old_v.double() + grad.double()
        due_p = old_p.detach().double() - lr * due_v
        rows = _rows(old_p, old_v, grad, lr, momentum)
        scale = max(t.abs().max().item() for t in (old_p, old_v, grad, due_p)) * (1 + lr)
        expect_close(
            v, due_v, what="its velocity", says="momentum * v + p.grad", rows=rows, scale=scale
        )
        expect_close(
            p,
            due_p,
            what="the parameter",
            says="p - lr * v, with the new v",
            rows=rows,
            scale=scale,
        )
        expect(
            p.is_leaf and p.requires_grad, "A parameter is not a leaf that requires grad any more."
        )
        expect(not v.requires_grad, "A velocity requires grad: autograd recorded its update.")
    expect(gave is None, "It works in place, and returns nothing.", gave=show(gave))


@settings(max_examples=15)
@given(pair=moving(), lr=rates)
def test_the_default_momentum_is_nine_tenths(
    answer: Answer, pair: tuple[list[Tensor], list[Tensor]], lr: float
) -> None:
    """`momentum=0.9`, as in the stub."""
    parameters, velocities = pair
    p, v, grad = copy_of(parameters[0]), copy_of(velocities[0]), copy_of(parameters[0].grad)
    answer.momentum_step(parameters, velocities, lr=lr)
    due = 0.9 * v.double() + grad.double()
    expect_close(
        velocities[0],
        due,
        what="a velocity",
        says="0.9 * v + p.grad",
        rows=_rows(p, v, grad, lr, None),
        scale=max(v.abs().max().item(), 4.0),
    )


@settings(max_examples=15)
@given(pair=moving(), lr=rates, momentum=momenta)
def test_the_gradients_are_cleared(
    answer: Answer, pair: tuple[list[Tensor], list[Tensor]], lr: float, momentum: float
) -> None:
    """`backward` adds to what it finds in `.grad`. For *every* parameter, set it to None or
    `zero_()` it. The velocity must not be the same tensor, or it would be cleared as well."""
    parameters, velocities = pair
    answer.momentum_step(parameters, velocities, lr, momentum)
    for i, p in enumerate(parameters):
        left = p.grad
        if left is not None and left.count_nonzero():
            facts = Row.gave(show(left)), Row.expected("None, or zeros")
            rows = [Row.call(CALL), Row.fact(f"parameters[{i}].grad, afterwards")]
            raise WrongAnswer(rows=[*rows, *facts])


@given(
    parameters=parameter_lists(),
    lrs=st.lists(st.sampled_from([0.01, 0.002, 0.005]), min_size=2, max_size=4),
    momentum=momenta,
)
def test_several_steps_agree_with_torch_optim(
    answer: Answer, parameters: list[Tensor], lrs: list[float], momentum: float
) -> None:
    """The velocity holds gradients, without the learning rate: at a different rate the same
    velocity makes a different step. Before the first step it is zero."""
    _expect_like_torch(answer, parameters, lrs, momentum, [set()] * len(lrs))


@pytest.mark.mastery
@given(parameters=parameter_lists(), momentum=momenta, data=st.data())
def test_a_parameter_without_a_gradient_is_left_alone(
    answer: Answer, parameters: list[Tensor], momentum: float, data: st.DataObject
) -> None:
    """The `.grad` of a parameter that had no part in the loss is None: skip it and its velocity,
    and go on with those that come after it, each with its own."""
    which = st.integers(0, len(parameters) - 1)
    idle = [data.draw(st.sets(which)), data.draw(st.sets(which, min_size=1)), set()]
    _expect_like_torch(answer, parameters, [0.01] * 3, momentum, idle)


def _expect_like_torch(
    answer: Answer,
    parameters: list[Tensor],
    lrs: list[float],
    momentum: float,
    idle: list[set[int]],
) -> None:
    """Take steps; in each, some parameters are idle and have no gradient."""
    ours = [copy_of(p) for p in parameters]
    theirs = [copy_of(p, torch.float64) for p in parameters]
    velocities = [torch.zeros_like(p) for p in parameters]
    reference = optim.SGD(theirs, lr=1.0, momentum=momentum)
    for p in (*ours, *theirs):
        p.grad = None
    for turn, (lr, without) in enumerate(zip(lrs, idle, strict=True)):
        for group in (ours, theirs):
            for i, p in enumerate(group):
                p.grad = None if i in without else p.grad
                if i not in without:
                    ((p * p).sum() - 3 * p.sum()).backward()
        answer.momentum_step((p for p in ours), (v for v in velocities), lr, momentum)
        reference.param_groups[0]["lr"] = lr
        reference.step()
        reference.zero_grad()
        for i, (mine, exact) in enumerate(zip(ours, theirs, strict=True)):
            what = f"parameters[{i}], after {turn + 1} step{'s' * (turn > 0)}"
            what += ", without a gradient in this one" if i in without else ""
            rows = [
                Row.call(CALL),
                Row.input("lr", f"{lrs[: turn + 1]}"),
                Row.input("momentum", str(momentum)),
            ]
            expect_close(
                mine, exact, what=what, says="optim.SGD(…, momentum)", rows=rows, scale=100.0
            )


@settings(max_examples=15)
@given(run=training_runs(), lr=st.sampled_from([0.1, 0.03]))
def test_the_optimiser_is_sgd_with_momentum_nine_tenths(
    answer: Answer, run: Any, lr: float
) -> None:
    """`optim.SGD(model.parameters(), lr=lr, momentum=0.9)`, and nothing more: no dampening, no
    Nesterov, no weight decay."""
    model, reference = run.setup.model(), run.setup.model()
    opt = _optimiser(answer, model, lr)
    theirs = optim.SGD(reference.parameters(), lr=lr, momentum=0.9)
    for turn in range(4):
        for group in (model, reference):
            for i, p in enumerate(group.parameters()):
                p.grad = (turn != 2) * normal(*p.shape, seed=i + turn % 3, dtype=p.dtype)
        opt.step()
        theirs.step()
        for (name, mine), due in zip(model.named_parameters(), reference.parameters(), strict=True):
            rows = [Row.call(f"get_optimizer(model, lr={lr}).step(), {turn + 1} times")]
            expect_close(
                mine, due, what=name, says="optim.SGD(…, momentum=0.9)", rows=rows, scale=20.0
            )


def test_the_default_rate_of_the_optimiser_is_a_tenth(answer: Answer) -> None:
    """`get_optimizer(model)` is `get_optimizer(model, lr=0.1)`."""
    rates = [group["lr"] for group in answer.get_optimizer(nn.Linear(2, 2)).param_groups]
    expect(set(rates) == {0.1}, call="get_optimizer(model)", gave=f"lr {rates}", expected=0.1)


def test_every_model_gets_its_own_optimiser(answer: Answer) -> None:
    """An optimiser is for the parameters of one model, and begins without velocities."""
    models = [nn.Linear(2, 2), nn.Linear(2, 2)]
    opts = [_optimiser(answer, model, 0.1) for model in (*models, models[0])]
    expect(len({id(opt) for opt in opts}) == 3, "Two calls of get_optimizer return the same one.")
    for model, opt in zip((*models, models[0]), opts, strict=True):
        held = {id(p) for group in opt.param_groups for p in group["params"]}
        own = {id(p) for p in model.parameters()}
        expect(
            held == own, "The optimiser must hold the parameters of its own model, and no others."
        )


def _optimiser(answer: Answer, model: nn.Module, lr: float) -> optim.SGD:
    opt = answer.get_optimizer(model, lr)
    expect_type(opt, optim.SGD, "get_optimizer(model, lr)", "an optim.SGD")
    return opt


def _rows(p: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float | None) -> list[Row]:
    call = CALL if momentum is not None else CALL.replace(", momentum", "")
    rows = [
        Row.call(call),
        Row.input("a parameter", show(p)),
        Row.input("its velocity", show(v)),
        Row.input("its gradient", show(grad)),
        Row.input("lr", str(lr)),
    ]
    return rows + ([Row.input("momentum", str(momentum))] if momentum is not None else [])


hints = """
Work out the two steps of the example by hand; the gradient is 1 in both. Does a step use the
velocity from before its update, or the new one? The 0.71 at the end decides.

Go through parameters and velocities once and together, with `zip`. Under `torch.no_grad()`,
write into the tensors: `mul_`, `add_` and `-=` do, while `v = …` makes a new tensor, and the
caller's velocity stays as it was.

Under `with torch.no_grad():`, `for p, v in zip(parameters, velocities, strict=True):`. In it,
first `v.mul_(momentum).add_(p.grad)`, then `p -= lr * v`, and last `p.grad = None`.

`get_optimizer` returns torch's own optimiser, in one line: `return optim.SGD(model.parameters(),
lr=lr, momentum=0.9)`.
"""

mastery_hints = """
What is the `.grad` of a parameter that had no part in the loss? It must not even coast along its
old velocity.

Put the three lines in the loop under `if p.grad is not None:`.
"""

afterwards = """
The reference changes the velocity in place: `v.mul_(momentum).add_(p.grad)`.
`v = …` would make a new tensor, and the caller's would stay at zero.

Torch calls the velocity a momentum buffer: `_single_tensor_sgd` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/optim/sgd.py

Try: let the gradient always be 1, and momentum 0.9. What does the velocity
approach, and after how many steps has it come within 1%?
"""
