"""What an answer to k05 must do."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.kit import Answer, expect, show, unpack
from tests.harness.kit.statistics import expect_normal

FLOAT = torch.float32


@given(n_in=st.integers(1, 30), n_out=st.integers(1, 30))
def test_shapes_and_dtype(answer: Answer, n_in: int, n_out: int) -> None:
    """A row of weights for each input, a column for each output, and a bias for each output."""
    for name, tensor, shape in zip(
        ("weights", "bias"), _drawn(answer, n_in, n_out), ((n_in, n_out), (n_out,)), strict=True
    ):
        expect(
            isinstance(tensor, Tensor) and (tuple(tensor.shape), tensor.dtype) == (shape, FLOAT),
            call=f"weights, bias = init_weights({n_in}, {n_out})",
            gave=f"{name} = {show(tensor)}",
            expected=f"{shape} float32",
        )
        expect(
            tensor.isfinite().all(),
            f"`{name}` is not finite.",
            gave=show(tensor),
            expected="finite numbers",
        )


@given(n_in=st.integers(1, 30), n_out=st.integers(1, 30))
def test_both_are_leaves_that_require_grad(answer: Answer, n_in: int, n_out: int) -> None:
    """Only leaves collect gradients. Divide a tensor that requires grad, and the quotient is not
    a leaf: compute first, then call `requires_grad_()`."""
    weights, bias = _drawn(answer, n_in, n_out)
    for name, tensor in (("weights", weights), ("bias", bias)):
        expect(
            tensor.is_leaf and tensor.requires_grad,
            call=f"weights, bias = init_weights({n_in}, {n_out})",
            gave=f"{name}.is_leaf={tensor.is_leaf}, .requires_grad={tensor.requires_grad}",
            expected="is_leaf=True, requires_grad=True",
        )
    (weights.sum() + bias.sum()).backward()
    expect(weights.grad is not None and bias.grad is not None, "No gradient reaches them.")


@given(n_in=st.integers(1, 30), n_out=st.integers(1, 30))
def test_the_bias_begins_at_zero(answer: Answer, n_in: int, n_out: int) -> None:
    """With a bias of zero no class is preferred before anything is learned."""
    bias = _drawn(answer, n_in, n_out)[1].detach()
    expect(not bias.count_nonzero(), call="weights, bias = …", gave=show(bias), expected="zeros")


# With five figures each, a right answer fails these tests once in 10¹⁰ runs.
SHAPES = [(784, 128), (128, 784), (1, 90_000), (90_000, 1), (9, 10_000), (300, 300)]


@pytest.mark.parametrize(("n_in", "n_out"), SHAPES)
def test_the_weights_are_normal_with_deviation_one_over_root_n_in(
    answer: Answer, n_in: int, n_out: int
) -> None:
    """Draw from a standard normal distribution (`torch.randn`) and divide by √n_in, where n_in
    is the number of *inputs*: each output is a sum of n_in terms."""
    weights, _ = _drawn(answer, n_in, n_out)
    call = f"weights, bias = init_weights({n_in}, {n_out})"
    expect_normal(weights, 1 / math.sqrt(n_in), call=call, says=f"1/√{n_in}")


def test_each_call_draws_afresh(answer: Answer) -> None:
    """Draw at every call: two networks begin with different weights."""
    draw = answer.init_weights.target  # called directly: the guard moves the generator on
    sizes = [(3, 4), (3, 4), (5, 6), (1, 2), (1, 2), *[(3, 4)] * 8]
    drawn = [unpack(draw(*size), 2, "weights, bias = init_weights(3, 4)")[0] for size in sizes]
    for one, other in itertools.combinations(drawn, 2):
        same = one.shape == other.shape and torch.equal(one.abs(), other.abs())
        expect(
            not same,
            "Two calls return the very same weights.",
            gave=show(other),
            expected="other numbers",
        )


def test_two_calls_share_nothing(answer: Answer) -> None:
    """What is learned in one network must not show in another."""
    first, second = _drawn(answer, 3, 4), _drawn(answer, 3, 4)
    for name, one, other in zip(("weights", "bias"), first, second, strict=True):
        expect(one.data_ptr() != other.data_ptr(), f"Two calls return the same `{name}`.")


def test_a_seed_before_the_call_makes_it_repeatable(answer: Answer) -> None:
    """The weights come from torch's generator, so that `torch.manual_seed` governs them."""
    drawn = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        drawn.append(_drawn(answer, 3, 4)[0])
    first, again, other = drawn
    expect(torch.equal(first, again), "The same seed before the call gives different weights.")
    expect(
        not torch.equal(first, other), "A different seed before the call gives the same weights."
    )


def _drawn(answer: Answer, n_in: int, n_out: int) -> tuple[Tensor, Tensor]:
    call = f"weights, bias = init_weights({n_in}, {n_out})"
    weights, bias = unpack(answer.init_weights(n_in, n_out), 2, call)
    return weights, bias


hints = """
Which standard deviation does a standard normal draw have, and what do you do to every number to
get the one you want? Then look at `weights.is_leaf`: it tells you whether you asked for gradients
too early.

`torch.randn(n_in, n_out)` has deviation 1, so divide it by √n_in, the root of the number of
inputs. After that call `requires_grad_()`: it works in place, so the quotient stays a leaf. The
bias needs no computation, so it can require grad from the start.

`weights = torch.randn(n_in, n_out) / math.sqrt(n_in)`, then `weights.requires_grad_()`. The
bias is `torch.zeros(n_out, requires_grad=True)`. Return the two as a pair, weights first.
"""

afterwards = """
The reference divides first, and calls `requires_grad_()` last. The other way
round, the weights are a quotient and not a leaf, and get no `.grad`.

Torch's ways to begin, Xavier's among them (`xavier_normal_`):
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/init.py

Try: `(torch.randn(1000, 784) @ weights).std()`. What is it if you leave out the
division by √n_in?
"""
