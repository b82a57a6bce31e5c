"""What an answer to k06 must do."""

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.kit import Answer
from tests.harness.kit.compare import call_rows, expect_close, expect_same, expect_same_gradient
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import (
    logits,
    normal,
    numbers,
    seeds,
    shapes,
    tensors,
    with_layout,
)

shortcuts = Shortcuts(
    "log_softmax", "softmax", "softmin", "sparse_log_softmax", "sparse_softmax", "safe_softmax",
    "cross_entropy", "gumbel_softmax",
    instead="Write it with `exp`, `sum` and `log`, or with `logsumexp`.",
)  # fmt: skip


def reference(x: Tensor) -> Tensor:
    """Torch's own."""
    return torch.log_softmax(x, -1)


SAYS = "F.log_softmax(x, -1)"


@given(x=logits())
@example(x=torch.tensor([[0.0, 0.0], [0.0, 2.0]]))
@example(x=torch.tensor([[[0.0, 0.0], [0.0, 2.0]]]))
def test_each_entry_is_compared_with_all_of_its_row(answer: Answer, x: Tensor) -> None:
    """From each entry, subtract the logarithm of the sum of its row's exponentials. The sum
    runs over the *last* axis, -1 whatever the shape, and keeps it, as an axis of length 1
    (`keepdim=True`). Add nothing inside the logarithm."""
    expect_same(answer.log_softmax, reference, says=SAYS, scale=1.0, x=x)


@settings(max_examples=15)
@given(x=logits())
def test_the_gradient_flows_through_both_terms(answer: Answer, x: Tensor) -> None:
    """The sum of the exponentials depends on `x` too, and autograd has to see it."""
    expect_same_gradient(answer.log_softmax, reference, says=SAYS, x=x)


@settings(max_examples=15)
@given(seed=seeds, shape=st.sampled_from([(64, 10), (200, 3), (2, 3, 130), (300,), (33, 1, 4)]))
def test_batches_of_real_size_are_no_different(
    answer: Answer, seed: int, shape: tuple[int, ...]
) -> None:
    """It has to work for any number of rows and classes."""
    for dtype in (torch.float32, torch.float64):
        expect_same(
            answer.log_softmax, reference, says=SAYS, x=4 * normal(*shape, seed=seed, dtype=dtype)
        )


@settings(max_examples=15)
@given(x=tensors((3, 3), numbers(2)))
def test_rows_and_entries_far_apart_do_not_disturb_each_other(answer: Answer, x: Tensor) -> None:
    """Each row has a sum of its own, and it is the *logarithms* that are subtracted: a ratio
    like e⁻¹⁰⁰ is too small for float32 to hold exactly."""
    x = x + torch.tensor([48.0, -48.0, 0.0], dtype=x.dtype)[:, None]
    x[0, 0] = x[2, 1] = -50.0
    x[2, 2] = 50.0
    expect_same(answer.log_softmax, reference, says=SAYS, scale=1.0, x=x)


@settings(max_examples=15)
@given(x=logits())
def test_the_probabilities_of_a_row_sum_to_one(answer: Answer, x: Tensor) -> None:
    """The exponentials of the result are probabilities: those of a row sum to one."""
    gave = answer.log_softmax(x)
    total = gave.exp().sum(-1)
    expect_close(
        total,
        torch.ones_like(total),
        what="exp(result), summed over each row",
        rows=call_rows("log_softmax", {"x": x}),
        scale=50,
        terms=x.shape[-1],
    )


@settings(max_examples=15)
@given(x=logits(most=40), shift=st.sampled_from(numbers(10)))
def test_adding_a_constant_to_a_row_changes_nothing(
    answer: Answer, x: Tensor, shift: float
) -> None:
    """Only the differences within a row count."""
    shifts = shift * torch.arange(1, x[..., :1].numel() + 1, dtype=x.dtype) / x[..., :1].numel()
    moved = x + shifts.reshape(x[..., :1].shape)
    gave, expected = answer.log_softmax(moved), answer.log_softmax(x)
    expect_close(
        gave,
        expected,
        what="after adding a constant to each row",
        rows=call_rows("log_softmax", {"x": moved}),
        scale=60,
        terms=4 * x.shape[-1],
    )


large = shapes(st.integers(1, 5)).flatmap(
    lambda shape: tensors(shape, numbers(5)[:90] + numbers(1e4)[-90:] + 30 * [1e4, -1e4])
)


@pytest.mark.mastery
@given(x=large)
def test_huge_logits_give_finite_results(answer: Answer, x: Tensor) -> None:
    """exp(89) is infinite in float32. Subtract each row's maximum first: the result is the same,
    and exp never sees a positive number."""
    expect_same(answer.log_softmax, reference, says=SAYS, scale=1.0, x=x)


@pytest.mark.mastery
@given(x=large)
def test_huge_logits_give_finite_gradients(answer: Answer, x: Tensor) -> None:
    """A gradient is wrong as soon as there was an infinity or a division by zero on the way."""
    expect_same_gradient(answer.log_softmax, reference, says=SAYS, scale=1.0, x=x)


@st.composite
def masked(draw: st.DrawFn) -> Tensor:
    """Logits of which some, but never a whole row, are -inf."""
    rows, classes = draw(st.integers(1, 3)), draw(st.integers(2, 5))
    x = draw(tensors((rows, classes), numbers(15, often=[1e4, -1e4])))
    hidden = draw(st.lists(st.booleans(), min_size=x.numel(), max_size=x.numel()))
    mask = torch.tensor(hidden).reshape(rows, classes)
    mask[:, draw(st.integers(0, classes - 1))] = False
    return with_layout(draw, x.masked_fill(mask, float("-inf")))


@pytest.mark.mastery
@given(x=masked())
def test_a_masked_class_has_probability_zero_and_disturbs_no_other(
    answer: Answer, x: Tensor
) -> None:
    """A class that is ruled out has the logit -inf: log-probability -inf, probability 0."""
    expect_same(answer.log_softmax, reference, says=SAYS, scale=1.0, x=x)


hints = """
For the row `[0, 0]`, log 2 is subtracted from both entries. Two rows need two such numbers:
what shape must they have, so that each of them is subtracted from its own row and from no
other?

Exponentials first, then their sum along axis -1, then one logarithm of that sum. With
`keepdim=True` the axis stays, with length 1, and the subtraction goes along each row.

`return x - x.exp().sum(-1, keepdim=True).log()`
"""

mastery_hints = """
What is exp(100) in float32, and what is its logarithm? Add the same number to every logit of a
row: what does that change in the result? Which number would make all the logits small?

Subtract each row's maximum, `x.amax(-1, keepdim=True)`, from the row; then go on with the
difference in place of `x`. It is zero or negative, so exp stays between 0 and 1.

`x = x - x.amax(-1, keepdim=True)`, and then, as before, `return x - x.exp().sum(-1,
keepdim=True).log()`.
"""

afterwards = """
The reference subtracts each row's maximum before it takes exp. Without that, a
single logit of 100 turns its whole row into -inf.

Torch has it in Python too: `_log_softmax` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/_decomp/decompositions.py

Try: `log_softmax(x + 1000)`, for a small `x`. Should the result change, and
does yours?
"""
