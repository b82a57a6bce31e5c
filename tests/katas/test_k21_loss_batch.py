"""What an answer to k21 must do."""

from typing import Any

import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, optim

from tests.harness.kit import Answer, Row, expect, forgot_return, refuse, show
from tests.harness.kit.compare import expect_close
from tests.harness.kit.tensors import copy_of
from tests.harness.kit.training import (
    TrainingSetup,
    expect_loss,
    expect_number,
    expect_same_state,
    step,
    training_setups,
)
from tests.harness.kit.worked_examples import OneWeight

CALL = "loss_batch(model, loss_func, xb, yb)"
CALL_WITH_OPT = "loss_batch(model, loss_func, xb, yb, opt)"


@settings(max_examples=15)
@given(setup=training_setups())
@example(setup=OneWeight(3))
def test_it_returns_the_loss_and_the_number_of_rows(answer: Answer, setup: TrainingSetup) -> None:
    """The loss as a Python float (`.item()` takes it out of the tensor), and how many rows
    it is the mean of (`len(xb)`)."""
    xb, yb = setup.batches()[-1]
    expected = setup.loss_func(setup.model()(xb), yb).item()
    _expect_loss_and_rows(
        answer.loss_batch(setup.model(), setup.loss_func, xb, yb), expected, len(xb), setup
    )


@settings(max_examples=15)
@given(setup=training_setups(), training=st.booleans())
def test_without_an_optimiser_nothing_happens_beyond_the_forward_pass(
    answer: Answer, setup: TrainingSetup, training: bool
) -> None:
    """Validation only looks: no backward, no step, no gradient touched, no mode changed."""
    xb, yb = setup.batches()[0]
    model, reference = setup.model(), setup.model()
    # An earlier step must not matter either.
    opt, theirs = setup.opt(model), setup.opt(reference)
    answer.loss_batch(model, setup.loss_func, xb, yb, opt)
    step(reference, setup.loss_func, theirs, xb, yb)
    model.train(training)
    reference.train(training)
    for p in model.parameters():
        p.grad = torch.ones_like(p)
    answer.loss_batch(model, setup.loss_func, xb, yb, None)
    reference(xb)
    expect_same_state(model, reference, rows=_rows(CALL, setup))
    for name, p in model.named_parameters():
        expect(
            p.grad is not None and bool((p.grad == 1).all()),
            call=CALL,
            gave=f"{name}.grad = {None if p.grad is None else show(p.grad)}",
            expected="the gradient that was there before",
        )
    expect(
        model.training == training,
        "The mode of the model was changed. The caller has chosen it.",
        gave="training" if model.training else "evaluation",
        expected="training" if training else "evaluation",
    )


@settings(max_examples=15)
@given(setup=training_setups())
def test_it_can_be_called_where_autograd_is_off(answer: Answer, setup: TrainingSetup) -> None:
    """Under `torch.no_grad()` autograd has recorded nothing: without `opt`, do not call
    `backward`."""
    xb, yb = setup.batches()[0]
    expected = setup.loss_func(setup.model()(xb), yb).item()
    with torch.no_grad():
        gave = answer.loss_batch(setup.model(), setup.loss_func, xb, yb)
    _expect_loss_and_rows(gave, expected, len(xb), setup)


@settings(max_examples=15)
@given(setup=training_setups(), by_name=st.booleans())
@example(setup=OneWeight(3), by_name=False)
def test_with_an_optimiser_it_takes_one_step_for_each_call(
    answer: Answer, setup: TrainingSetup, by_name: bool
) -> None:
    """Forward, `loss.backward()`, `opt.step()`, `opt.zero_grad()`: in this order, once. The
    next call must find nothing of this one but what the optimiser itself remembers."""
    ours, theirs = setup.model(), setup.model()
    opt, reference = setup.opt(ours), setup.opt(theirs)
    for xb, yb in setup.batches():
        args = (ours, setup.loss_func, copy_of(xb), copy_of(yb))
        gave = answer.loss_batch(*args, opt=opt) if by_name else answer.loss_batch(*args, opt)
        expected = step(theirs, setup.loss_func, reference, xb, yb)
        expect_same_state(ours, theirs, rows=_rows(CALL_WITH_OPT, setup))
        why = "Return the loss from before the step: the one on which `backward` was called."
        _expect_loss_and_rows(gave, expected, len(xb), setup, why)


@settings(max_examples=15)
@given(setup=training_setups())
def test_the_gradients_are_cleared_after_the_step(answer: Answer, setup: TrainingSetup) -> None:
    """`opt.zero_grad()` comes after `opt.step()` here, so that the function leaves no gradient.
    Between `backward` and the step it would leave nothing to step along."""
    model = setup.model()
    xb, yb = setup.batches()[0]
    answer.loss_batch(model, setup.loss_func, xb, yb, setup.opt(model))
    for name, p in model.named_parameters():
        if p.grad is not None and p.grad.count_nonzero():
            gave = f"{name}.grad = {show(p.grad)}"
            refuse(call=CALL_WITH_OPT, gave=gave, expected="None, or zeros")


@settings(max_examples=15)
@given(setup=training_setups())
def test_the_optimiser_says_which_parameters_move(answer: Answer, setup: TrainingSetup) -> None:
    """Step and clear through `opt`: it may hold only some of the model's parameters, several
    groups of them, and others that are not the model's at all."""
    xb, yb = setup.batches()[0]
    ours, theirs = setup.model(), setup.model()
    gains = [torch.tensor(1.5, dtype=setup.dtype, requires_grad=True) for _ in range(2)]
    takers: list[Any] = [answer.loss_batch, _step]
    for model, gain, take in zip((ours, theirs), gains, takers, strict=True):
        groups: list[dict[str, Any]] = [{"params": [next(iter(model.parameters()))]}]
        opt = optim.SGD([*groups, {"params": [gain], "lr": 0.25}], lr=0.5)

        def loss_func(out: Tensor, target: Tensor, gain: Tensor = gain) -> Tensor:
            return setup.loss_func(gain * out, target)

        take(model, loss_func, xb, yb, opt)
        for p in (*groups[0]["params"], gain):
            expect(
                p.grad is None or not p.grad.count_nonzero(),
                "The gradients of *all* the parameters that the optimiser holds must be "
                "cleared after the step: `opt.zero_grad()`.",
            )
    expect_same_state(ours, theirs)
    expect_close(gains[0], gains[1], what="a parameter outside the model", terms=10)


def _rows(call: str, setup: TrainingSetup) -> list[Row]:
    return [Row.call(call), Row.fact("with", str(setup))]


def _step(*args: Any) -> None:
    model, loss_func, xb, yb, opt = args
    step(model, loss_func, opt, xb, yb)


def _expect_loss_and_rows(
    gave: Any, expected: float, rows: int, setup: TrainingSetup, why: str = ""
) -> None:
    facts = _rows(CALL, setup)
    expect(
        isinstance(gave, tuple | list) and len(gave) == 2,
        forgot_return(gave, "Return two things: the loss and the number of rows."),
        call=CALL,
        gave=show(gave),
        expected=f"({expected:.5g}, {rows})",
    )
    loss, number = gave
    expect_number(loss, float, "The loss", facts)
    expect_number(number, int, "The number of rows", facts)
    expect_loss(loss, expected, setup.dtype, why=why, rows=facts)
    expect(
        number == rows,
        "The second value is the number of rows of the batch, `len(xb)`.",
        gave=number,
        expected=rows,
    )


hints = """
Which lines do you need in both cases, and which only if there is an optimiser? Either way, you
return the same two things.

Put the backward pass, the step and the clearing under one `if`, in this order: without an
optimiser there must be no gradient either. Compute the loss once, before the `if`; `.item()`
takes the number out of its tensor.

`loss = loss_func(model(xb), yb)`. Then `if opt is not None:`, and under it `loss.backward()`,
`opt.step()`, `opt.zero_grad()`. After the `if`, where both cases reach it: `return
loss.item(), len(xb)`.
"""

afterwards = """
The reference returns `loss.item()`, a plain number. A list of the loss tensors
themselves would hold on to the graph of every batch.

An optimiser can take all of this as one function: `closure` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/optim/sgd.py

Try: call it twice on one batch, with an optimiser. Is the second loss smaller?
Always, even with lr = 100?
"""
