"""What an answer to k07 must do."""

import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.kit import Answer, Row
from tests.harness.kit.compare import expect_close, expect_same, expect_same_gradient
from tests.harness.kit.strategies import dtypes, entries, normal, numbers, seeds, with_layout

SAYS = "log_softmax(xb @ weights + bias)"
Layer = tuple[Tensor, Tensor, Tensor]


def reference(xb: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    """Multiply, add, normalise."""
    return torch.log_softmax(xb @ weights + bias, 1)


OF_THE_STUB = (
    torch.tensor([[1.0, 0.0]]),
    torch.tensor([[2.0, 2.0], [0.0, 9.0]]),
    torch.zeros(2),
)
NUMBERS = numbers(2)


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    """A batch with weights and bias that fit it, of one dtype and any layout."""
    n, n_in, n_out = (draw(st.integers(1, 4)) for _ in range(3))
    dtype = draw(dtypes)

    def tensor(*shape: int) -> Tensor:
        count = torch.Size(shape).numel()
        drawn = entries(draw, count, NUMBERS)
        return with_layout(draw, torch.tensor(drawn, dtype=dtype).reshape(shape))

    return tensor(n, n_in), tensor(n_in, n_out), tensor(n_out)


@given(layer=layers())
@example(layer=OF_THE_STUB)
def test_it_gives_the_log_probabilities_of_each_row(answer: Answer, layer: Layer) -> None:
    """Multiply (`@`), add the bias to every row, and normalise each row over its classes, which
    are the last axis; not over the batch."""
    xb, weights, bias = layer
    expect_same(answer.model, reference, says=SAYS, scale=40.0, xb=xb, weights=weights, bias=bias)


@settings(max_examples=15)
@given(layer=layers())
def test_the_gradient_reaches_weights_and_bias(answer: Answer, layer: Layer) -> None:
    """Autograd must see every operation on the way: no `.data`, no `.detach()`, no numpy."""
    xb, weights, bias = layer
    expect_same_gradient(
        answer.model, reference, says=SAYS, scale=40.0, xb=xb, weights=weights, bias=bias
    )


@settings(max_examples=15)
@given(rows=st.sampled_from([1, 64, 10, 100]), seed=seeds, dtype=dtypes, learn=st.booleans())
def test_it_holds_for_batches_of_digits(
    answer: Answer, rows: int, seed: int, dtype: torch.dtype, learn: bool
) -> None:
    """A batch of images of 784 numbers, with ten classes, is computed like a small one, whether
    autograd is on or off, and whatever the model was called with before."""
    xb = normal(rows, 784, seed=seed, dtype=dtype)
    weights = normal(784, 10, seed=seed + 1, dtype=dtype) / 4
    bias = normal(10, seed=seed + 2, dtype=dtype)
    with torch.set_grad_enabled(learn):
        answer.model(xb, weights, bias)
        weights[:, 0] += 0.1  # as a step of training may
        gave = answer.model(xb, weights, bias)
        expect_same(
            answer.model, reference, says=SAYS, scale=100.0, xb=xb, weights=weights, bias=bias
        )
    due = reference(xb.double(), weights.double(), bias.double())
    why = "After a call, `weights[:, 0] += 0.1`, and another call: compute at every call."
    expect_close(gave, due, why=why, scale=100.0, terms=784)


@settings(max_examples=15)
@given(layer=layers())
def test_the_probabilities_of_a_row_sum_to_one(answer: Answer, layer: Layer) -> None:
    """The result holds *log*-probabilities: their exponentials sum to one in every row."""
    gave = answer.model(*layer)
    ones = torch.ones(len(layer[0]), dtype=torch.float64)
    rows = [Row.call("model(xb, weights, bias).exp().sum(1)")]
    expect_close(gave.exp().sum(-1), ones, rows=rows, scale=40.0, terms=10)


hints = """
Take a batch of two rows. Which entries of the result, exponentiated, must sum to one: those of a
row, or those of a column? And would they still do so if the bias were added after
normalising?

`@` multiplies. `xb @ weights` has the shape (N, n_out), and `bias` has the shape (n_out,). What
does `+` do with these two shapes? And which of the two axes holds the classes? `log_softmax` has
to be told.

`return log_softmax(xb @ weights + bias, dim=-1)`: `+ bias` adds to every row, by broadcasting,
and the classes are the last axis.
"""

afterwards = """
The reference normalises over `dim=-1`, the classes of a row. With `dim=0` each
column would sum to one, and the images of a batch would compete.

How `@` treats other shapes: `matmul` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/_decomp/decompositions.py

Try: `model(xb, weights, bias).grad_fn.next_functions`. What came before the
log-softmax, and what before that?
"""
