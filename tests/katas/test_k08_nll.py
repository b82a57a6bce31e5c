"""What an answer to k08 must do."""

import functools

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.kit import Answer, expect_raises, show
from tests.harness.kit.compare import call_rows, expect_close, expect_same, expect_same_gradient
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import LABELS, batches, large_batches, shuffled

shortcuts = Shortcuts(
    "nll_loss", "cross_entropy",
    instead="Pick the entry at each row's target by indexing, and average.",
)  # fmt: skip

Batch = tuple[Tensor, Tensor]


def reference(input: Tensor, target: Tensor) -> Tensor:
    """Torch's own, which wants int64."""
    return F.nll_loss(input, target.long())


OF_THE_STUB = (
    torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]]).log(),
    torch.tensor([0, 1]),
)
SAYS = "F.nll_loss(input, target)"


@given(batch=batches())
@example(batch=OF_THE_STUB)
def test_the_loss_of_a_batch_is_the_mean_over_its_rows(answer: Answer, batch: Batch) -> None:
    """Each row contributes minus the log-probability at its own target, and the loss is
    their mean: a scalar, which does not grow with the number of rows."""
    input, target = batch
    expect_same(answer.nll, reference, says=SAYS, input=input, target=target)


@settings(max_examples=15)
@given(batch=batches())
def test_the_gradient_reaches_the_picked_entries(answer: Answer, batch: Batch) -> None:
    """The gradient is -1/N at each row's target and zero everywhere else."""
    input, target = batch
    expect_same_gradient(answer.nll, reference, says=SAYS, input=input, target=target)


@pytest.mark.parametrize("classes", [10, 300])
@settings(max_examples=10)
@given(data=st.data())
def test_batches_of_real_size_are_no_different(
    answer: Answer, classes: int, data: st.DataObject
) -> None:
    """It has to work for any number of rows and classes."""
    input, target = data.draw(large_batches(classes))
    expect_same(answer.nll, reference, says=SAYS, input=input, target=target)


@settings(max_examples=15)
@given(batch=batches(), data=st.data())
def test_the_order_of_the_rows_does_not_matter(
    answer: Answer, batch: Batch, data: st.DataObject
) -> None:
    """A batch is a set of rows: shuffled together with their targets, they have the same loss."""
    input, target = batch
    moved = shuffled(data.draw, input=input, target=target)
    expect_close(
        answer.nll(*moved.values()),
        answer.nll(input, target),
        what="the rows in another order",
        rows=call_rows("nll", moved),
        terms=len(target),
        scale=input.abs().max().item(),
    )


@pytest.mark.mastery
@pytest.mark.parametrize("label", LABELS, ids=str)
@settings(max_examples=20)
@given(data=st.data())
def test_targets_may_be_of_any_integer_type(
    answer: Answer, label: torch.dtype, data: st.DataObject
) -> None:
    """Labels are often stored as small integers. As an index, torch refuses most of them, and
    `input[…, target]` takes uint8 for a mask: convert with `target.long()` first."""
    most = min(torch.iinfo(label).max + 1, 300)  # as many classes as the type has names for
    for batch in (batches(targets=[label]), large_batches(most, label)):
        input, target = data.draw(batch)
        expect_same(answer.nll, reference, says=SAYS, input=input, target=target)


@pytest.mark.mastery
@given(batch=batches(targets=LABELS), data=st.data())
def test_a_target_that_is_not_a_class_is_refused(
    answer: Answer, batch: Batch, data: st.DataObject
) -> None:
    """A class is at least 0 and less than C. A negative index counts from the end, and so a bad
    label would go unnoticed."""
    input, target = batch
    classes = input.shape[1]
    row = data.draw(st.integers(0, len(target) - 1))
    limits = torch.iinfo(target.dtype)
    for bad in (-1, classes, -classes, -classes - 1, -100, classes + 1, classes + 100):
        if limits.min <= bad <= limits.max:
            mislabelled = target.clone()
            mislabelled[row] = bad
            expect_raises(
                functools.partial(answer.nll, input, mislabelled),
                types=(IndexError, ValueError, RuntimeError),
                rows=call_rows("nll", {"input": input, "target": mislabelled}),
                shown=show,
            )


hints = """
In the example two of the six entries count, log 0.5 and log 0.8. At which (row, column) is each
of them, and which half of that address do the targets give?

Pick with both indices: `input[range(len(target)), target]` has one entry for each row, while
`input[:, target]` takes every target's column from all the rows.

`return -input[range(len(target)), target].mean()`: the mean is over the N picked entries, and the
minus comes first.
"""

mastery_hints = """
What is `[10, 20, 30][-1]` in Python, and what should a target of -1 be? Then print
`torch.arange(3)[torch.tensor([0, 1, 1], dtype=torch.uint8)]`: is that what you expected?

`input.gather(1, index)` picks along axis 1, as your indexing does, and refuses an index outside
0 … C-1. Its index must be a column, of shape (N, 1), and int64: `unsqueeze(1)` sees to
the first, `.long()` to the second.

`return -input.gather(1, target.long().unsqueeze(1)).mean()`
"""

afterwards = """
The reference picks with `gather`. Indexing by rows and targets is the same,
except that a target of -1 then means the last class, and nobody notices.

Torch has it in Python too: `_nll_loss_forward` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/_decomp/decompositions.py

Try: two images, with p = 0.5 for each right class; or 0.9 for one and 0.1 for
the other. Which batch has the larger loss, and is that fair?
"""
