"""What an answer to k19 must do."""

import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from tests.harness.kit import Answer, elements, expect, show, unpack
from tests.harness.kit.strategies import dtypes
from tests.harness.kit.training import (
    Loader,
    TrainingRun,
    expect_same_state,
    expect_same_training,
    step,
    training_runs,
)
from tests.harness.kit.worked_examples import one_weight

CALL = "fit(model, opt, loss_func, train_dl, epochs=epochs)"


@given(n=st.integers(1, 12), bs=st.integers(1, 13), dtype=dtypes)
def test_the_loader_gives_batches_in_order(
    answer: Answer, n: int, bs: int, dtype: torch.dtype
) -> None:
    """`DataLoader(train_ds, batch_size=bs)`: every row once, with its label, in the order of
    the data set. The last batch may be shorter. Every pass has the same batches."""
    x, y = torch.arange(2 * n).reshape(n, 2).to(dtype), 10 * torch.arange(n) + 3
    torch.manual_seed(n)  # a loader that shuffles is wrong, and in the same way each time
    train_dl = answer.make_loader(TensorDataset(x, y), bs)
    call = f"make_loader(train_ds, {bs}), {n} row{'s' * (n > 1)}"
    due = [y[i : i + bs].tolist() for i in range(0, n, bs)]
    for turn in ("first", "second"):
        gave = elements(train_dl, call, "a loader")
        batches = [unpack(batch, 2, f"for xb, yb in {call}: …") for batch in gave]
        labels = [yb.tolist() for _, yb in batches]
        expect(
            labels == due, call=f"{call}, the labels in the {turn} pass", gave=labels, expected=due
        )
        rows = torch.cat([xb for xb, _ in batches])
        same = rows.dtype == dtype and torch.equal(rows, x)
        expect(same, call=f"{call}, its rows in the {turn} pass", gave=show(rows), expected=show(x))


@settings(max_examples=15)
@given(run=training_runs())
@example(run=one_weight(4))
@example(run=one_weight(2, 2, 1))
def test_each_batch_is_one_step_of_the_optimiser(answer: Answer, run: TrainingRun) -> None:
    """For each batch of the loader: the loss, `backward`, `opt.step()`, `opt.zero_grad()`."""

    def fit(model: nn.Module, opt: optim.Optimizer) -> None:
        train_dl = DataLoader(TensorDataset(*run.data()), batch_size=run.bs)
        answer.fit(model, opt, run.setup.loss_func, train_dl, run.epochs)

    expect_same_training(run, fit, CALL)


@settings(max_examples=10)
@given(run=training_runs(), more=st.integers(1, 2))
def test_each_epoch_is_a_new_pass_over_any_iterable(
    answer: Answer, run: TrainingRun, more: int
) -> None:
    """`for xb, yb in train_dl:` once for each epoch, and no other use of the loader: it may have
    no length and no data set, and other batches in every pass. A second call goes on."""
    ours, theirs = run.setup.model(), run.setup.model()
    opt, reference = run.setup.opt(ours), run.setup.opt(theirs)
    mine, other = (Loader(lambda turn: run.setup.batches(shift=turn)) for _ in range(2))
    for epochs in (run.epochs, more):
        answer.fit(ours, opt, run.setup.loss_func, mine, epochs=epochs)
        for _ in range(epochs):
            for xb, yb in other:
                step(theirs, run.setup.loss_func, reference, xb, yb)
    expect_same_state(ours, theirs, rows=run.rows(f"{CALL}, and {more} more"))


@settings(max_examples=15)
@given(run=training_runs(st.just(0)))
def test_zero_epochs_change_nothing(answer: Answer, run: TrainingRun) -> None:
    """With `epochs=0` no pass is begun."""
    expect_same_training(
        run,
        lambda model, opt: answer.fit(
            model, opt, run.setup.loss_func, run.setup.batches(), epochs=0
        ),
        CALL,
    )


@settings(max_examples=15)
@given(run=training_runs(st.just(2)))
def test_the_default_is_two_epochs(answer: Answer, run: TrainingRun) -> None:
    """`epochs=2`, as in the stub."""
    expect_same_training(
        run,
        lambda model, opt: answer.fit(model, opt, run.setup.loss_func, run.setup.batches()),
        "fit(model, opt, loss_func, train_dl)",
    )


hints = """
In the example for `fit` the loader is a plain list of two pairs. How do you loop over such a
list once, and how often must you do that?

A `DataLoader` makes batches of one row unless you pass `batch_size`. The order and the short
last batch are right by default. In `fit`, begin a new `for` over `train_dl` in each epoch: an
iterator made beforehand would be used up after the first.

`make_loader`: `return DataLoader(train_ds, batch_size=bs)`. In `fit`, delete the `raise`, and
write `for xb, yb in train_dl:` in place of the two lines that count rows and slice.
"""

afterwards = """
In the reference, `fit` has no `bs` any more. How the rows are cut into batches
is up to the loader.

What one `next` of a loader does: `_next_data` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/utils/data/dataloader.py

Try: time a pass over 50,000 rows, once with this loader and once with the
slices of k18. Which is faster, and why?
"""
