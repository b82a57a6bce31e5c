"""What an answer to k18 must do."""

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn, optim
from torch.utils.data import TensorDataset

from tests.harness.kit import Answer, expect, expect_type, show, unpack
from tests.harness.kit.compare import expect_unchanged
from tests.harness.kit.strategies import data_sets
from tests.harness.kit.training import (
    TrainingRun,
    expect_same_training,
    run_by_defaults,
    training_runs,
)
from tests.harness.kit.worked_examples import one_weight

CALL = "fit(model, opt, loss_func, train_ds, epochs=epochs, bs=bs)"
Data = tuple[Tensor, Tensor]

small = data_sets(most=6)


@given(data=small)
def test_a_row_of_the_data_set_is_a_row_of_x_with_its_label(answer: Answer, data: Data) -> None:
    """`TensorDataset(x, y)`: one index for both, and as many rows as they have."""
    train_ds = _dataset(answer, data)
    x, y = data
    call = "len(make_dataset(x, y))"
    expect(len(train_ds) == len(x), call=call, gave=len(train_ds), expected=len(x))
    for i in (*range(len(x)), -1):
        _expect_rows(train_ds[i], (x[i], y[i]), f"make_dataset(x, y)[{i}]")


@given(data=small, start=st.integers(0, 6), size=st.integers(1, 7))
def test_a_slice_of_the_data_set_is_a_slice_of_both(
    answer: Answer, data: Data, start: int, size: int
) -> None:
    """A slice returns `(xb, yb)`: that is how the loop takes its batches."""
    train_ds = _dataset(answer, data)
    x, y = data
    part = slice(start, start + size)
    _expect_rows(train_ds[part], (x[part], y[part]), f"make_dataset(x, y)[{start}:{start + size}]")


@given(data=small, other=small)
def test_two_data_sets_have_nothing_in_common(answer: Answer, data: Data, other: Data) -> None:
    """One is for training, one for validation: each keeps its own rows."""
    first, second = _dataset(answer, data), _dataset(answer, other)
    _expect_rows(first[:], data, "the first of two data sets, [:]")
    _expect_rows(second[:], other, "the second of two data sets, [:]")


@settings(max_examples=15)
@given(run=training_runs())
@example(run=one_weight(4))
@example(run=one_weight(2, 2, 1))
def test_each_slice_is_one_step_of_the_optimiser(answer: Answer, run: TrainingRun) -> None:
    """For each slice of bs rows in order, the last and shorter one included: the loss,
    `backward`, `opt.step()` and `opt.zero_grad()`."""
    expect_same_training(run, lambda model, opt: _fit(answer, run, model, opt), CALL)


@settings(max_examples=10)
@given(run=training_runs())
def test_a_second_call_goes_on(answer: Answer, run: TrainingRun) -> None:
    """It begins with the model as the first call left it; the optimiser remembers (momentum),
    the loop does not."""
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
    train_ds = TensorDataset(*run.data())
    expect_same_training(
        run,
        lambda model, opt: answer.fit(model, opt, run.setup.loss_func, train_ds),
        f"fit(model, opt, loss_func, train_ds), {n} row{'s' * (n > 1)}",
    )


def _dataset(answer: Answer, data: Data) -> TensorDataset:
    passed = {"x": data[0].clone(), "y": data[1].clone()}
    train_ds = answer.make_dataset(*passed.values())
    expect_unchanged(passed, dict(zip("xy", data, strict=True)))
    expect_type(
        train_ds, TensorDataset, "make_dataset(x, y)", "a TensorDataset (a subclass will do)"
    )
    return train_ds


def _expect_rows(gave: object, due: Data, call: str) -> None:
    for name, mine, row in zip(("x", "y"), unpack(gave, 2, f"x, y = {call}"), due, strict=True):
        same = isinstance(mine, Tensor) and mine.dtype == row.dtype and torch.equal(mine, row)
        expect(same, call=call, gave=f"{name}: {show(mine)}", expected=show(row))


def _fit(answer: Answer, run: TrainingRun, model: nn.Module, opt: optim.Optimizer) -> None:
    with run.unchanged_data(CALL) as data:
        train_ds = TensorDataset(*data)
        answer.fit(model, opt, run.setup.loss_func, train_ds, epochs=run.epochs, bs=run.bs)


hints = """
The loop in the stub, which is that of k17, uses `x` in two places. What does it want to know in
each of them, and how can you ask the data set instead?

The number of rows is `len(train_ds)`, no longer `len(x)`. A slice of a `TensorDataset` is a
tuple of two sliced tensors, so a single slice can be unpacked into `xb, yb`; the last one is
shorter automatically.

`make_dataset`: `return TensorDataset(x, y)`. In `fit`, delete the `raise`. The two lines that
use `x` become `for start in range(0, len(train_ds), bs):` and
`xb, yb = train_ds[start : start + bs]`.
"""

afterwards = """
The reference takes both halves of a batch out of one object, with one slice.
They can no longer get out of step.

`TensorDataset` is three short methods:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/utils/data/dataset.py

Try: `make_dataset(torch.zeros(3, 2), torch.zeros(4))`. What does torch say? And
what would the loop of k17 have done with these two and `bs=1`?
"""
