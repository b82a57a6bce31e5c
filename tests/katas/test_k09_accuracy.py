"""What an answer to k09 must do."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.kit import Answer, expect
from tests.harness.kit.compare import call_rows, expect_close, expect_same
from tests.harness.kit.strategies import scored_batches, shuffled

Batch = tuple[Tensor, Tensor]


def reference(out: Tensor, yb: Tensor) -> Tensor:
    """Count, one row at a time."""
    hits = [int(row.argmax()) == int(label) for row, label in zip(out, yb, strict=True)]
    return torch.tensor(sum(hits) / len(hits), dtype=torch.float64)


OF_THE_STUB = (
    torch.tensor([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0], [0.0, 1.0]]),
    torch.tensor([0, 1, 0, 0]),
)
SAYS = "the share of rows whose largest entry is at the label"


@given(batch=scored_batches())
@example(batch=OF_THE_STUB)
def test_the_accuracy_is_the_share_of_rows_guessed_right(answer: Answer, batch: Batch) -> None:
    """A row's guess is the *position* of its largest entry (`argmax` along the row). The
    accuracy is the mean of hits (1) and misses (0): a scalar tensor between 0 and 1."""
    out, yb = batch
    expect_same(answer.accuracy, reference, says=SAYS, dtypes=[torch.float32], out=out, yb=yb)


@pytest.mark.parametrize(("rows", "classes"), [(1, 4), (4, 1), (1, 1)])
@settings(max_examples=8)
@given(data=st.data())
def test_one_row_or_one_class_is_no_exception(
    answer: Answer, rows: int, classes: int, data: st.DataObject
) -> None:
    """Leave both axes as they are: where one has length 1, `squeeze()` would drop it."""
    out, yb = data.draw(scored_batches(st.just(rows), st.just(classes)))
    expect_same(answer.accuracy, reference, says=SAYS, dtypes=[torch.float32], out=out, yb=yb)


@settings(max_examples=15)
@given(batch=scored_batches(st.integers(4, 6), st.integers(3, 5), fine=True))
def test_entries_may_differ_by_very_little(answer: Answer, batch: Batch) -> None:
    """In float64 two entries can differ by less than float32 can show: compare them in the dtype
    that they have."""
    out, yb = batch
    expect_same(answer.accuracy, reference, says=SAYS, dtypes=[torch.float32], out=out, yb=yb)


@pytest.mark.parametrize("classes", [10, 300])
@settings(max_examples=10)
@given(data=st.data())
def test_batches_of_real_size_are_no_different(
    answer: Answer, classes: int, data: st.DataObject
) -> None:
    """It has to work for any number of rows and classes."""
    out, yb = data.draw(scored_batches(st.integers(100, 300), st.just(classes)))
    expect_same(answer.accuracy, reference, says=SAYS, dtypes=[torch.float32], out=out, yb=yb)


@given(
    batch=scored_batches(),
    squash=st.sampled_from([lambda x: x.softmax(1), lambda x: x.log_softmax(1), lambda x: x - 100]),
)
def test_logits_and_probabilities_and_log_probabilities_give_the_same(
    answer: Answer, batch: Batch, squash: Callable[[Tensor], Tensor]
) -> None:
    """The largest entry stays the largest, whatever its size and sign: compare the entries
    of a row with one another, not with a threshold."""
    out, yb = batch
    out = squash(out)
    expect_same(answer.accuracy, reference, says=SAYS, dtypes=[torch.float32], out=out, yb=yb)


@settings(max_examples=15)
@given(batch=scored_batches(), data=st.data())
def test_shuffling_rows_and_labels_together_changes_nothing(
    answer: Answer, batch: Batch, data: st.DataObject
) -> None:
    """A batch is a set of rows; their order carries no meaning."""
    out, yb = batch
    moved = shuffled(data.draw, out=out, yb=yb)
    expect_close(
        answer.accuracy(*moved.values()),
        answer.accuracy(out, yb),
        what="the rows in another order",
        rows=call_rows("accuracy", moved),
        scale=1.0,
    )


@settings(max_examples=15)
@given(batch=scored_batches())
def test_no_gradient_is_attached(answer: Answer, batch: Batch) -> None:
    """A small change in `out` changes no guess: the gradient would be zero. So the result must
    not require grad."""
    out, yb = batch
    gave = answer.accuracy(out.requires_grad_(), yb)
    expect(
        isinstance(gave, Tensor) and not gave.requires_grad,
        gave=f"{gave!r}",
        expected="a tensor that does not require grad",
    )


hints = """
The first row of the example is `[2.0, 1.0]`, its label 0. What must be compared with the
label: how large the largest entry is, or where it is?

`out.argmax(dim=1)` gives the position of the largest entry of each row, shape (N,), and `== yb`
compares it with the labels. Torch cannot take the mean of booleans, so convert the hits with
`.float()` first.

`return (out.argmax(dim=1) == yb).float().mean()`. Mind the brackets: the comparison comes
first, then the conversion and the mean.
"""

afterwards = """
The reference needs its `.float()`: torch refuses to take the mean of True and
False.

Torch has no accuracy, but `predict` guesses as you do, in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/adaptive.py

Try: `accuracy(torch.zeros(1000, 10), torch.randint(10, (1000,)))`. All ten
entries are equal. Which class is guessed, and how often is that right?
"""
