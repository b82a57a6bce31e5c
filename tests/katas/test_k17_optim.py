"""What an answer to k17 must do."""

from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn, optim

from tests.harness.kit import Answer, Row, expect, unpack
from tests.harness.kit.compare import expect_close, expect_same
from tests.harness.kit.models import expect_new_parts
from tests.harness.kit.strategies import normal, seeds
from tests.harness.kit.training import (
    TrainingRun,
    expect_same_training,
    run_by_defaults,
    training_runs,
)
from tests.harness.kit.worked_examples import one_weight

CALL = "fit(model, opt, loss_func, x, y, epochs=epochs, bs=bs)"
rates = st.sampled_from([0.5, 0.1, 1.0, 1e-3])


@given(lr=rates)
def test_the_optimiser_holds_the_parameters_of_its_model(answer: Answer, lr: float) -> None:
    """`optim.SGD(model.parameters(), lr=lr)`: for this model and no other, with this rate."""
    model, opt = _pair(answer, lr)
    held = [p for group in opt.param_groups for p in group["params"]]
    own = list(model.parameters())
    expect(
        len(held) == len(own) and {id(p) for p in held} == {id(p) for p in own},
        call=f"model, opt = get_model(lr={lr})",
        gave=f"an optimiser of {len(held)} tensors, {_common(held, own)} of them the model's",
        expected=f"the model's {len(own)} parameters",
    )
    for group in opt.param_groups:
        expect(group["lr"] == lr, call=f"get_model(lr={lr})", gave=f"lr {group['lr']}", expected=lr)


def test_the_default_rate_is_a_half(answer: Answer) -> None:
    """`get_model()` is `get_model(lr=0.5)`."""
    _, opt = unpack(answer.get_model(), 2, "model, opt = get_model()")
    rates = [group["lr"] for group in opt.param_groups]
    expect(set(rates) == {0.5}, call="model, opt = get_model()", gave=f"lr {rates}", expected=0.5)


@given(lr=rates, seed=seeds)
def test_the_model_is_the_linear_classifier(answer: Answer, lr: float, seed: int) -> None:
    """Ten logits for each flat image, from one layer: the `Mnist_Logistic` of the stub."""
    model, _ = _pair(answer, lr)
    found = sorted((tuple(p.shape) for p in model.parameters()), reverse=True)
    expect(found == [(10, 784), (10,)], gave=f"parameters {found}", expected=[(10, 784), (10,)])
    weight, bias = sorted((p.detach().double() for p in model.parameters()), key=lambda p: -p.dim())
    xb = normal(3, 784, seed=seed)
    says = "xb @ weight.T + bias"
    expect_same(
        answer.guarded(model, "model"), lambda x: x @ weight.T + bias, says=says, scale=50.0, xb=xb
    )


@settings(max_examples=20)
@given(lr=rates, seed=seeds)
def test_the_optimiser_is_plain_sgd(answer: Answer, lr: float, seed: int) -> None:
    """Each step is p ← p − lr · p.grad: no momentum, no weight decay, no other rule."""
    model, opt = _pair(answer, lr)
    expected = [p.detach().double().clone() for p in model.parameters()]
    for turn, factor in enumerate((1.0, 1.0, 0.0, -2.0)):
        for i, p in enumerate(model.parameters()):
            p.grad = factor * normal(*p.shape, seed=seed + i)
            expected[i] -= lr * p.grad.double()
        opt.step()
        for p, due in zip(model.parameters(), expected, strict=True):
            rows = [Row.call(f"opt.step(), call {turn + 1}")]
            expect_close(p, due, what="a parameter", says="p - lr * p.grad", rows=rows, scale=20.0)


def test_every_call_gives_a_new_pair(answer: Answer) -> None:
    """A model that is made once, outside the function, would begin where the last training
    run ended."""
    make = answer.get_model.target  # called directly: the guard moves the generator on
    first, second = (unpack(make(), 2, "model, opt = get_model()") for _ in range(2))
    expect(first[0] is not second[0], "Two calls of get_model() return the same model.")
    expect(first[1] is not second[1], "Two calls of get_model() return the same optimiser.")
    expect_new_parts(first[0], second[0], "get_model()")
    pairs = zip(first[0].parameters(), second[0].parameters(), strict=True)
    same = all(torch.equal(one, other) for one, other in pairs)
    expect(not same, "Two models begin with the same weights; make a new layer each time.")


@settings(max_examples=15)
@given(run=training_runs())
@example(run=one_weight(4))
@example(run=one_weight(2, 2, 1))
def test_each_minibatch_is_one_step_of_the_optimiser(answer: Answer, run: TrainingRun) -> None:
    """For each minibatch in order, the last and shorter one included: the loss, `backward`,
    `opt.step()` and `opt.zero_grad()`. `opt` makes the step, whichever optimiser it is."""
    expect_same_training(run, lambda model, opt: _fit(answer, run, model, opt), CALL)


@settings(max_examples=10)
@given(run=training_runs())
def test_a_second_call_goes_on(answer: Answer, run: TrainingRun) -> None:
    """The second call begins with the model as the first left it, and without the gradients of the
    first."""
    expect_same_training(
        run, lambda model, opt: _fit(answer, run, model, opt), f"{CALL}, twice", times=2
    )


@settings(max_examples=15)
@given(run=training_runs(st.just(0)))
def test_zero_epochs_change_nothing(answer: Answer, run: TrainingRun) -> None:
    """With `epochs=0` the loop is not entered."""
    expect_same_training(run, lambda model, opt: _fit(answer, run, model, opt), CALL)


@pytest.mark.parametrize("n", [130, 64, 1])
def test_the_defaults_are_two_epochs_and_batches_of_64(answer: Answer, n: int) -> None:
    """`epochs=2, bs=64`, as in the stub."""
    run = run_by_defaults(n, seed=n)
    expect_same_training(
        run,
        lambda model, opt: answer.fit(model, opt, run.setup.loss_func, *run.data()),
        f"fit(model, opt, loss_func, x, y), {n} row{'s' * (n > 1)}",
    )


def _pair(answer: Answer, lr: float) -> tuple[nn.Module, optim.Optimizer]:
    call = f"model, opt = get_model(lr={lr})"
    model, opt = unpack(answer.get_model(lr=lr), 2, call)
    for name, found, kind, expected in (
        ("model", model, nn.Module, "an nn.Module"),
        ("opt", opt, optim.Optimizer, "an optim.Optimizer"),
    ):
        gave = f"{name}: a {type(found).__name__}"
        expect(isinstance(found, kind), call=call, gave=gave, expected=expected)
    return model, opt


def _common(held: list[Any], own: list[Any]) -> int:
    return len({id(p) for p in held} & {id(p) for p in own})


def _fit(answer: Answer, run: TrainingRun, model: nn.Module, opt: optim.Optimizer) -> None:
    with run.unchanged_data(CALL) as (x, y):
        answer.fit(model, opt, run.setup.loss_func, x, y, epochs=run.epochs, bs=run.bs)


hints = """
Look at the loop in the stub, which is that of k15: which of its lines deal with single
parameters, or with their gradients, after the backward pass? These are the optimiser's job now,
and all the others stay.

The optimiser must hold the parameters of the model that is returned, so make one model and give
it a name. In `fit`, step and then clear after the `backward` of each batch, with the `opt` that
was passed.

In `get_model`: `model = Mnist_Logistic()`, then `return model, optim.SGD(model.parameters(),
lr=lr)`. Without further arguments it is plain SGD.

In `fit`, delete the `raise`, and everything after `loss.backward()`. Write `opt.step()` and
`opt.zero_grad()` there, still inside the loop over the batches.
"""

afterwards = """
In the reference, `fit` has no `lr` any more. The rate belongs to the optimiser,
like everything else that a step needs.

All optimisers inherit one `zero_grad`:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/optim/optimizer.py

Try: `optim.Adam(model.parameters())` in place of SGD. What has to change in
`fit`?
"""
