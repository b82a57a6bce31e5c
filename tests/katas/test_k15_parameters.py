"""What an answer to k15 must do."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn, optim

from tests.harness.kit import Answer, expect
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import seeds
from tests.harness.kit.tensors import copy_of
from tests.harness.kit.training import (
    TrainingRun,
    expect_same_state,
    expect_same_training,
    run_by_defaults,
    training_runs,
)
from tests.harness.kit.worked_examples import RATE, one_weight

shortcuts = Shortcuts(
    optimisers=True,
    instead="Take the step by hand, over `model.parameters()`; optimisers come in k17.",
)

CALL = "fit(model, loss_func, x, y, lr={}, epochs=epochs, bs=bs)"
rates = st.sampled_from([0.1, 0.05, 0.02])


@settings(max_examples=15)
@given(run=training_runs(), lr=rates)
@example(run=one_weight(4), lr=RATE)
@example(run=one_weight(2, 2, 1), lr=RATE)
def test_training_goes_where_plain_sgd_leads(answer: Answer, run: TrainingRun, lr: float) -> None:
    """For each minibatch in order, the last and shorter one included: the loss, `backward`, a
    step in place for every one of `model.parameters()`, and `model.zero_grad()`."""
    expect_same_training(
        run,
        lambda model, _: _fit(answer, run, model, lr),
        CALL.format(lr),
        optimiser=_sgd(lr),
    )


@settings(max_examples=10)
@given(run=training_runs(), lr=rates, then=rates)
def test_a_second_call_goes_on(answer: Answer, run: TrainingRun, lr: float, then: float) -> None:
    """The second call begins with the model as the first left it, with its own learning rate, and
    without the gradients of the first."""
    model, reference = run.setup.model(), run.setup.model()
    for rate in (lr, then):
        _fit(answer, run, model, rate)
        run.train(reference, _sgd(rate)(reference))
    call = f"{CALL.format(lr)}, then the same with lr={then}"
    expect_same_state(model, reference, rows=run.rows(call))


@settings(max_examples=15)
@given(run=training_runs(st.just(0)))
def test_zero_epochs_change_nothing(answer: Answer, run: TrainingRun) -> None:
    """With `epochs=0` the loop is not entered."""
    expect_same_training(
        run,
        lambda model, _: _fit(answer, run, model, 0.5),
        CALL.format(0.5),
        optimiser=_sgd(0.5),
    )


@settings(max_examples=5)
@given(n=st.sampled_from([130, 64, 1]), seed=seeds)
def test_the_defaults_are_those_of_the_stub(answer: Answer, n: int, seed: int) -> None:
    """A learning rate of 0.5, two epochs, batches of 64."""
    run = run_by_defaults(n, seed, optimiser="SGD", loss="cross_entropy")

    def fit(model: nn.Module, _: object) -> None:
        answer.fit(model, run.setup.loss_func, *run.data())

    call = f"fit(model, loss_func, x, y), {n} row{'s' * (n > 1)}"
    expect_same_training(run, fit, call, optimiser=_sgd(0.5))


@settings(max_examples=15)
@given(run=training_runs())
def test_the_model_keeps_its_parameters(answer: Answer, run: TrainingRun) -> None:
    """Other code, such as an optimiser, holds these very tensors: change them in place, under
    `torch.no_grad()`."""
    model = run.setup.model()
    before = dict(model.named_parameters())
    gave = _fit(answer, run, model, 0.1)
    for name, p in model.named_parameters():
        expect(
            p is before.get(name), f"`{name}` is not the tensor that it was before the training."
        )
        expect(
            p.is_leaf and p.requires_grad, f"`{name}` is not a leaf that requires grad any more."
        )
    expect(gave is None, "`fit` trains in place, and returns nothing.", gave=type(gave).__name__)


class Idle(nn.Module):
    """Has parameters that take no part, before and between those that do."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.idle = nn.Linear(2, 2)
        self.first = nn.Linear(2, 3)
        self.middle = nn.Linear(3, 3)
        self.last = nn.Linear(3, 2)
        self.kind = kind
        if kind == "frozen":
            self.idle.requires_grad_(False)
            self.middle.requires_grad_(False)

    def forward(self, xb: Tensor) -> Tensor:
        """Leave out what is unused; use what is frozen."""
        if self.kind == "frozen":
            return self.last(torch.tanh(self.middle(self.first(self.idle(xb)))))
        return self.last(torch.tanh(self.first(xb)))


@pytest.mark.mastery
@pytest.mark.parametrize("kind", ["frozen", "unused"])
@settings(max_examples=20)
@given(run=training_runs())
def test_parameters_without_a_gradient_stay_as_they_are(
    answer: Answer, run: TrainingRun, kind: str
) -> None:
    """The `.grad` of a parameter is None if it is frozen (`requires_grad=False`) or had no part in
    the loss: skip it, and go on with those that come after it."""
    run.setup.inputs, run.setup.classes = 2, 2
    torch.manual_seed(run.setup.seed)
    model = Idle(kind).to(run.setup.dtype)
    reference = copy_of(model)
    frozen = [p.requires_grad for p in model.parameters()]
    _fit(answer, run, model, 0.1)
    run.train(reference, _sgd(0.1)(reference))
    expect_same_state(model, reference, rows=run.rows(CALL.format(0.1)))
    same = [p.requires_grad for p in model.parameters()] == frozen
    expect(same, "`requires_grad` of a parameter was changed; that is the caller's choice.")


def _sgd(lr: float) -> Callable[[nn.Module], optim.SGD]:
    return lambda model: optim.SGD(model.parameters(), lr=lr)


def _fit(answer: Answer, run: TrainingRun, model: nn.Module, lr: float) -> Any:
    with run.unchanged_data(CALL.format(lr)) as (x, y):
        return answer.fit(model, run.setup.loss_func, x, y, lr=lr, epochs=run.epochs, bs=run.bs)


hints = """
Copy your loop from k12 and mark each place that knows what is inside the model, or which loss is
used. There are three kinds: computing the loss, stepping, clearing. What does each become when
you know only `model` and `loss_func`?

The loss of a batch is `loss_func(model(xb), yb)`. The step goes over `model.parameters()`, which
reaches into all the layers, in place and under `torch.no_grad()`. Then `model.zero_grad()`
clears, once for each batch and after the step.

For each batch: `loss_func(model(xb), yb).backward()`. Under `with torch.no_grad():` the loop
`for p in model.parameters():`, and inside it `p -= lr * p.grad`. Then, still in the loop over
the batches, `model.zero_grad()`.
"""

mastery_hints = """
What is the `.grad` of a parameter that had no part in the loss, and what does `lr * p.grad` do
with that?

In the loop over the parameters, put the step under `if p.grad is not None:`.
"""

afterwards = """
The reference skips a parameter whose `.grad` is None. So part of a model can be
frozen, and the loop need not know.

`zero_grad` is a loop like yours:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/module.py

Try: `m = nn.Module()`, then `m.a = m.b = nn.Linear(2, 2)`. How many parameters
does `m` have?
"""
