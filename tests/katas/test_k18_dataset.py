"""What an answer to k18 must do."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn, optim
from torch.utils.data import TensorDataset

from tests.harness.kit.answer import Answer
from tests.harness.kit.compare import expect_unchanged
from tests.harness.kit.expect import expect, expect_type, parts
from tests.harness.kit.show import show
from tests.harness.kit.strategies import batch_sizes, dtypes, lay_out
from tests.harness.kit.training import Lesson, Setup, expect_same_training, lessons

CALL = "fit(model, opt, loss_func, train_ds, epochs=epochs, bs=bs)"
Data = tuple[Tensor, Tensor]


@st.composite
def data_sets(draw: st.DrawFn) -> Data:
    """Rows of any shape, all of them different, each with its label."""
    n = draw(st.integers(1, 6))
    shape = draw(st.sampled_from([(n, 2), (n, 1), (n,), (n, 1, 2, 2)]))
    x = torch.arange(1, torch.Size(shape).numel() + 1).to(draw(dtypes)).reshape(shape)
    return lay_out(draw, x), lay_out(draw, 10 * torch.arange(n) + 3)


@given(data=data_sets())
def test_a_row_of_the_data_set_is_a_row_of_x_with_its_label(answer: Answer, data: Data) -> None:
    """`TensorDataset(x, y)`: one index for both, and as many rows as they have."""
    train_ds = _dataset(answer, data)
    x, y = data
    expect(len(train_ds) == len(x), call="len(make_dataset(x, y))", gave=len(train_ds),
           expected=len(x))  # fmt: skip
    for i in (*range(len(x)), -1):
        _expect_rows(train_ds[i], (x[i], y[i]), f"make_dataset(x, y)[{i}]")


@given(data=data_sets(), start=st.integers(0, 6), size=st.integers(1, 7))
def test_a_slice_of_the_data_set_is_a_slice_of_both(
    answer: Answer, data: Data, start: int, size: int
) -> None:
    """A slice gives `(xb, yb)`: the loop takes its batches so."""
    train_ds = _dataset(answer, data)
    x, y = data
    part = slice(start, start + size)
    _expect_rows(train_ds[part], (x[part], y[part]), f"make_dataset(x, y)[{start}:{start + size}]")


@given(data=data_sets(), other=data_sets())
def test_two_data_sets_have_nothing_in_common(answer: Answer, data: Data, other: Data) -> None:
    """One to train with, one to validate on: each keeps its own rows."""
    first, second = _dataset(answer, data), _dataset(answer, other)
    _expect_rows(first[:], data, "the first of two data sets, [:]")
    _expect_rows(second[:], other, "the second of two data sets, [:]")


@settings(max_examples=15)
@given(lesson=lessons())
def test_each_slice_is_one_step_of_the_optimiser(answer: Answer, lesson: Lesson) -> None:
    """For each slice of bs rows in order, the last and shorter one included: the loss,
    `backward`, `opt.step()` and `opt.zero_grad()`."""
    expect_same_training(lesson, lambda model, opt: _fit(answer, lesson, model, opt), CALL)


@settings(max_examples=10)
@given(lesson=lessons())
def test_a_second_call_goes_on(answer: Answer, lesson: Lesson) -> None:
    """It begins with the model as the first call left it; the optimiser remembers (momentum),
    the loop does not."""
    expect_same_training(
        lesson, lambda model, opt: _fit(answer, lesson, model, opt), f"{CALL}, twice", times=2
    )


@settings(max_examples=15)
@given(lesson=lessons(st.just(0)))
def test_no_epoch_changes_nothing(answer: Answer, lesson: Lesson) -> None:
    """With `epochs=0` the loop is not entered."""
    expect_same_training(lesson, lambda model, opt: _fit(answer, lesson, model, opt), CALL)


@pytest.mark.parametrize("n", [130, 64, 1])
def test_the_defaults_are_two_epochs_and_batches_of_64(answer: Answer, n: int) -> None:
    """`epochs=2, bs=64`, as in the stub."""
    sizes = batch_sizes(n, 64)
    setup = Setup("linear", "SGD with momentum", "mse_loss", n, torch.float64, sizes, 5, 3)
    lesson = Lesson(setup, 64, 2)
    train_ds = TensorDataset(*lesson.data())
    expect_same_training(
        lesson,
        lambda model, opt: answer.fit(model, opt, setup.loss_func, train_ds),
        f"fit(model, opt, loss_func, train_ds), {n} row{'s' * (n > 1)}",
    )


def _dataset(answer: Answer, data: Data) -> TensorDataset:
    passed = {"x": data[0].clone(), "y": data[1].clone()}
    train_ds = answer.make_dataset(*passed.values())
    expect_unchanged(passed, dict(zip("xy", data, strict=True)))
    expect_type(train_ds, TensorDataset, "make_dataset(x, y)", "a TensorDataset")
    return train_ds


def _expect_rows(gave: object, due: Data, call: str) -> None:
    for name, mine, row in zip(("x", "y"), parts(gave, 2, f"x, y = {call}"), due, strict=True):
        same = isinstance(mine, Tensor) and mine.dtype == row.dtype and torch.equal(mine, row)
        expect(same, call=call, gave=f"{name}: {show(mine)}", expected=show(row))


def _fit(answer: Answer, lesson: Lesson, model: nn.Module, opt: optim.Optimizer) -> None:
    x, y = lesson.data()
    settings = {"epochs": lesson.epochs, "bs": lesson.bs}
    answer.fit(model, opt, lesson.setup.loss_func, TensorDataset(x, y), **settings)
    due = dict(zip("xy", lesson.data(), strict=True))
    expect_unchanged({"x": x, "y": y}, due, rows=lesson.rows(CALL))


hints = """
The loop of k17 uses `x` in two places. What does it want to know in each of them, and what can
the data set be asked instead?

The number of rows is `len(train_ds)`, no longer `len(x)`. A slice of a `TensorDataset` is a
tuple of two sliced tensors, so a single slice can be unpacked into `xb, yb`; the last one is
shorter by itself.

`make_dataset`: `return TensorDataset(x, y)`. `fit`, in each epoch: `for start in range(0,
len(train_ds), bs):`, inside it `xb, yb = train_ds[start : start + bs]`, then loss, `backward`,
`opt.step()` and `opt.zero_grad()` as in k17.
"""
