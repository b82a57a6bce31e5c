"""Agreement with torch means: the same up to rounding, and nothing else changed."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.harness.kit import Guard, Guarded, WrongAnswer, number, show, show_pair
from tests.harness.kit.compare import expect_close, expect_same, expect_same_gradient
from tests.harness.kit.tensors import copy_of

X = torch.tensor([[0.5, -2.0, 3.0], [1.0, 0.25, -1.0]])


def ours(function: Any) -> Guarded:
    """Guard a function as the harness does."""
    return Guarded(Guard(Path(__file__)), "f", function)


def mean(x: Tensor) -> Tensor:
    """Serve as the reference."""
    return x.mean()


@pytest.mark.parametrize(
    "right",
    [
        lambda x: x.sum() / x.numel(),
        lambda x: (x.double().sum() / 6).to(x.dtype),
        lambda x: sum(x.flatten()) / 6,
        lambda x: (x + 8).mean() - 8,
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_rounding_is_forgiven(right: Any, dtype: torch.dtype) -> None:
    expect_same(ours(right), mean, x=X.to(dtype))
    expect_same_gradient(ours(right), mean, x=X.to(dtype))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda x: x.sum(), "expected"),
        (lambda x: x.mean() + 1e-4, "expected"),
        (lambda x: x.mean().double(), "The result is float64, and the input is float32"),
        (lambda x: x.mean(0), "expected a scalar, shape ()"),
        (lambda x: x.mean()[None], "The result has shape (1,)"),
        (lambda x: None, "Did you forget `return`?"),
        (lambda x: x.mean().item(), "The result is a Python float"),
        (lambda x: x.mean().numpy(), "The result is a numpy value"),
        (lambda x: [x.mean()], "The result is of type list"),
        (lambda x: (y for y in x), "The result is a generator"),
        (lambda x: x.mul_(1.0).add_(1).sub_(1).mean() + 0 * x.zero_().sum(), "`x` was modified"),
        (lambda x: x.mean() * float("nan"), "gave        () float32         nan"),
    ],
)
def test_what_is_wrong_is_told(wrong: Any, told: str) -> None:
    with pytest.raises(WrongAnswer) as caught:
        expect_same(ours(wrong), mean, x=X)
    assert told in str(caught.value)


def test_single_precision_in_between_is_noticed() -> None:
    with pytest.raises(WrongAnswer):
        expect_same(ours(lambda x: x.float().mean().double()), mean, x=X.double() / 3)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda x: x.detach().mean(), "carries no gradient"),
        (lambda x: torch.tensor(x.mean().item()), "carries no gradient"),
        (lambda x: 2 * x.mean() - x.detach().mean(), "the gradient of x"),
        (lambda x: x[:, :2].mean() + (x.mean() - x[:, :2].mean()).detach(), "the gradient of x"),
    ],
)
def test_a_wrong_gradient_is_noticed(wrong: Any, told: str) -> None:
    with pytest.raises(WrongAnswer) as caught:
        expect_same_gradient(ours(wrong), mean, x=X)
    assert told in str(caught.value)


def test_infinities_agree_with_themselves_and_nan_with_nothing() -> None:
    infinite = torch.tensor([float("inf"), float("-inf"), 1.0])
    expect_close(infinite, infinite.double())
    with pytest.raises(WrongAnswer):
        expect_close(infinite, -infinite.double())
    with pytest.raises(WrongAnswer):
        expect_close(infinite * float("nan"), infinite.double())


def test_a_copy_shares_no_memory_and_has_the_same_strides() -> None:
    for original in (X, X.T, X[:, ::2], torch.tensor(1.0), X.clone().requires_grad_()):
        copied = copy_of(original)
        assert torch.equal(copied, original)
        assert copied.stride() == original.stride()
        assert copied.requires_grad == original.requires_grad
        assert copied.data_ptr() != original.data_ptr()
        assert copied.is_leaf


def test_values_are_shown_with_shape_and_dtype_and_cut_if_they_are_large() -> None:
    assert show(torch.tensor([0, 1])) == "(2,) int64         [0, 1]"
    assert show(torch.tensor([[-1.09861, 2.0]])) == "(1, 2) float32     [[-1.0986, 2.0]]"
    assert len(show(torch.randn(64, 784))) < 100
    assert number(1e-12) == "1e-12"


def test_a_pair_is_shown_with_as_many_digits_as_tell_them_apart() -> None:
    gave, expected = show_pair(1.0, 1.0 + 1e-7)
    assert gave != expected
