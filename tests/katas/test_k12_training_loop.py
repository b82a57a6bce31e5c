"""What an answer to k12 must do."""

import functools
from typing import Any

import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.kit import Answer, Row, expect, show
from tests.harness.kit.compare import expect_unchanged
from tests.harness.kit.strategies import dtypes, normal, seeds, with_layout
from tests.harness.kit.tensors import copy_of
from tests.harness.kit.training import expect_trained

CALL = "fit(x, y, weights, bias, lr={lr}, epochs={epochs}, bs={bs})"
Layer = tuple[Tensor, Tensor]
Settings = dict[str, Any]

rates = st.sampled_from([0.5, 0.1, 1.0])
epoch_counts = st.integers(1, 3)


class TrainingRun:
    """Data, the weights and bias to begin with, and the settings of `fit`."""

    def __init__(self, n: int, n_in: int, n_out: int, seed: int, dtype: torch.dtype) -> None:
        self.x = normal(n, n_in, seed=seed, dtype=dtype)
        self.y = (3 * normal(n, seed=seed + 1)).long().remainder(n_out)
        self.start = (
            normal(n_in, n_out, seed=seed + 2, dtype=dtype) / 2,
            torch.zeros(n_out).to(dtype),
        )
        self.settings: Settings = {"lr": 0.5, "epochs": 1, "bs": n}

    def __repr__(self) -> str:
        """Name what it takes to build the same by hand."""
        n, n_in = self.x.shape
        rows, dtype = f"{n} row{'s' * (n > 1)} of {n_in}", str(self.x.dtype).removeprefix("torch.")
        return f"{rows}, classes: {len(self.start[1])}, {dtype}"

    def layer(self) -> Layer:
        """Return weights and bias to begin with; every call gives equal ones."""
        weights, bias = (tensor.clone().requires_grad_() for tensor in self.start)
        return weights, bias

    def rows(self) -> list[Row]:
        """Show the call."""
        return [Row.call(CALL.format(**self.settings)), Row.fact("with", str(self))]


class OfTheStub(TrainingRun):
    """Two rows, two classes, and nothing but zeros to begin with."""

    def __init__(self, bs: int = 64) -> None:
        self.x, self.y = torch.eye(2), torch.tensor([0, 1])
        self.start = torch.zeros(2, 2), torch.zeros(2)
        self.settings = {"lr": 1.0, "epochs": 1, "bs": bs}

    def rows(self) -> list[Row]:
        """Show the call and the data."""
        call = Row.call(CALL.format(**self.settings))
        return [call, Row.input("x", show(self.x)), Row.input("y", show(self.y))]


@st.composite
def training_runs(draw: st.DrawFn, epochs: st.SearchStrategy[int] = epoch_counts) -> TrainingRun:
    """Small runs. The last batch may be short, and a batch larger than the data."""
    n, n_in, n_out = draw(st.integers(1, 7)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    run = TrainingRun(n, n_in, n_out, draw(seeds), draw(dtypes))
    run.x, run.y = with_layout(draw, run.x), with_layout(draw, run.y)
    run.settings = {"lr": draw(rates), "epochs": draw(epochs), "bs": draw(st.integers(1, 8))}
    return run


def reference(x: Tensor, y: Tensor, layer: Layer, lr: float, epochs: int, bs: int) -> None:
    """Train by torch's optimiser."""
    weights, bias = layer
    opt = torch.optim.SGD(layer, lr=lr)
    for _ in range(epochs):
        for i in range(0, len(x), bs):
            F.cross_entropy(x[i : i + bs] @ weights + bias, y[i : i + bs]).backward()
            opt.step()
            opt.zero_grad()


@given(run=training_runs())
@example(run=OfTheStub())
@example(run=OfTheStub(bs=1))
def test_training_goes_where_a_plain_loop_leads(answer: Answer, run: TrainingRun) -> None:
    """For each epoch, for each minibatch in order, the shorter last one included: compute the loss
    (a mean over the batch), call `backward`, step p ← p − lr · p.grad in place, and clear both
    gradients, so that the next batch's are not added to them."""
    layer = run.layer()
    _fit(answer, run, layer, **run.settings)
    _expect_trained(run, layer, [run.settings])


@settings(max_examples=10)
@given(run=training_runs(), lr=rates, more=epoch_counts, by_position=st.booleans())
def test_a_second_call_goes_on(
    answer: Answer, run: TrainingRun, lr: float, more: int, by_position: bool
) -> None:
    """The second call begins with the weights as the first left them, with its own learning rate,
    and without the gradients of the first."""
    layer = run.layer()
    calls = [run.settings, {**run.settings, "lr": lr, "epochs": more}]
    for call in calls:
        if by_position:
            answer.fit(run.x, run.y, *layer, *call.values())
        else:
            _fit(answer, run, layer, **call)
    _expect_trained(run, layer, calls)


@settings(max_examples=15)
@given(run=training_runs(st.just(0)))
def test_no_epoch_changes_nothing(answer: Answer, run: TrainingRun) -> None:
    """With `epochs=0` nothing is trained: put everything inside the loop over the epochs."""
    layer = run.layer()
    _fit(answer, run, layer, **run.settings)
    _expect_trained(run, layer, [run.settings])


@settings(max_examples=5)
@given(n=st.sampled_from([1, 64, 130]), seed=seeds)
def test_the_defaults_are_those_of_the_stub(answer: Answer, n: int, seed: int) -> None:
    """Keep the stub's defaults: a learning rate of 0.5, two epochs, batches of 64."""
    run = TrainingRun(n, 784, 10, seed, torch.float64)
    run.start = run.start[0] / 14, run.start[1]
    run.settings = {"lr": 0.5, "epochs": 2, "bs": 64}
    layer = run.layer()
    _fit(answer, run, layer)
    _expect_trained(run, layer, [run.settings])


@settings(max_examples=15)
@given(run=training_runs())
def test_weights_and_bias_stay_leaves_that_require_grad(answer: Answer, run: TrainingRun) -> None:
    """The caller holds these two tensors: `weights -= …` under `torch.no_grad()` changes them
    in place. `weights = weights - …` makes another and leaves the caller's as it was."""
    layer = run.layer()
    gave = _fit(answer, run, layer, **run.settings)
    for name, tensor in zip(("weights", "bias"), layer, strict=True):
        expect(
            tensor.is_leaf and tensor.requires_grad,
            gave=f"{name}: is_leaf={tensor.is_leaf}, requires_grad={tensor.requires_grad}",
            expected="is_leaf=True, requires_grad=True",
        )
    expect(gave is None, "`fit` trains in place, and returns nothing.", gave=type(gave).__name__)


def _fit(answer: Answer, run: TrainingRun, layer: Layer, **settings: Any) -> Any:
    x, y = copy_of(run.x), copy_of(run.y)
    gave = answer.fit(x, y, *layer, **settings)
    expect_unchanged({"x": x, "y": y}, {"x": run.x, "y": run.y}, rows=run.rows())
    return gave


def _expect_trained(run: TrainingRun, layer: Layer, calls: list[Settings]) -> None:
    weights, bias = (tensor.double().requires_grad_() for tensor in run.start)
    for call in calls:
        reference(run.x.double(), run.y, (weights, bias), **call)
    rows = run.rows()
    if len(calls) > 1:
        rows.append(Row.call(f"{CALL.format(**calls[1])}, on the same"))
    for i, name in enumerate(("weights", "bias")):
        first = functools.partial(run.start.__getitem__, i)
        expect_trained(name, layer[i], (weights, bias)[i], first, rows=rows)


hints = """
Say there are 5 rows, `bs=2` and `epochs=2`. How many steps are taken in all, and how many times
are the gradients cleared? That tells you which lines belong to the inner loop.

There are 3 batches in an epoch, the last of one row, so 6 steps and 6 clearings. `for start in
range(0, len(x), bs):` goes inside `for _ in range(epochs):`, and all the rest inside both.

The loss of a batch is `nll_loss(log_softmax(xb @ weights + bias, dim=-1), yb)`, a mean already.
After `loss.backward()`, step with `-=` under `torch.no_grad()`: `weights = weights - …` would
leave the caller's tensor as it was.

For each batch: `xb, yb = x[start : start + bs], y[start : start + bs]`, the loss,
`loss.backward()`. Then under `with torch.no_grad():` the loop `for p in (weights, bias):`, and
in it `p -= lr * p.grad` and `p.grad = None`.
"""

afterwards = """
The reference writes the step once, in a loop over `(weights, bias)`. With two
lines for each it is easy to forget to clear one of them.

What `loss.backward()` calls: `backward` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/autograd/__init__.py

Try: train on all of MNIST (k01, k02, k04) with `epochs=5`, and then look at
`show_digit(weights[:, 3].detach().numpy())` (k03). What do you see?
"""
