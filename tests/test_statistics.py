"""Draws of the right distribution pass, and others are rejected, whatever the seed."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from tests.harness.kit import WrongAnswer
from tests.harness.kit.statistics import (
    expect_independent_choices,
    expect_normal,
    expect_share,
    expect_uniform,
)

SHAPES = [(784, 10), (300, 300), (1, 90_000)]
DEVIATION = 0.1
OTHERS: dict[str, tuple[Callable[[Tensor], Tensor], str]] = {
    "6 % too wide": (lambda w: 1.06 * w, "a standard deviation of"),
    "shifted": (lambda w: w + 0.02, "a mean of"),
    "uniform": (lambda w: (torch.rand_like(w) - 0.5) * DEVIATION * 12**0.5, "a kurtosis of 1.8"),
    "rows alike": (lambda w: (w + w.roll(1, 0)) / 2**0.5, "each row resembles the one before it"),
    "columns alike": (lambda w: (w + w.roll(1, 1)) / 2**0.5, "each column resembles"),
}


def drawn(shape: tuple[int, int], seed: int) -> Tensor:
    """Draw from a normal distribution."""
    return DEVIATION * torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", SHAPES)
def test_normal_draws_pass(shape: tuple[int, int]) -> None:
    for seed in range(20):
        expect_normal(drawn(shape, seed), DEVIATION, call="f()", says="0.1")


@pytest.mark.parametrize("kind", OTHERS)
def test_other_draws_are_rejected(kind: str) -> None:
    change, why = OTHERS[kind]
    for seed in range(5):
        with pytest.raises(WrongAnswer, match=why):
            expect_normal(change(drawn((784, 128), seed)), DEVIATION, call="f()", says="0.1")


NOT_UNIFORM: dict[str, tuple[Callable[[Tensor], Tensor], str]] = {
    "2 % too wide": (lambda w: 1.02 * w, "numbers up to"),
    "2 % too narrow": (lambda w: 0.98 * w, "numbers up to"),
    "none below zero": (torch.abs, "a mean of"),
    "one of two": (lambda w: w.sign() * DEVIATION, "a deviation of"),
    "normal": (lambda w: torch.randn_like(w) * DEVIATION / 3**0.5, "numbers up to"),
    "one of three": (lambda w: w.sign() * DEVIATION * (w.abs() > DEVIATION * 2 / 3), "shape"),
    "rows alike": (lambda w: w[::2].repeat_interleave(2, 0), "each row resembles"),
    "columns alike": (lambda w: w[:, ::2].repeat_interleave(2, 1), "each column resembles"),
}


def uniform(shape: tuple[int, ...], seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Draw between plus and minus ``DEVIATION``, each number as likely."""
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(shape, generator=generator, dtype=dtype) * 2 - 1) * DEVIATION


@pytest.mark.parametrize("shape", [(784, 128), (300, 300), (1, 60_000), (128,), (100, 1)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_uniform_draws_pass(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    for seed in range(20):
        expect_uniform(uniform(shape, seed, dtype), DEVIATION, call="f()", says="0.1")


@pytest.mark.parametrize("kind", NOT_UNIFORM)
def test_draws_that_are_not_uniform_are_rejected(kind: str) -> None:
    change, why = NOT_UNIFORM[kind]
    for seed in range(5):
        with pytest.raises(WrongAnswer, match=why):
            expect_uniform(change(uniform((784, 128), seed)), DEVIATION, call="f()", says="0.1")


AXES = (12, 10, 15, 20)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.75])
@pytest.mark.parametrize("shape", [AXES, (200, 200), (40_000,)], ids=str)
def test_independent_choices_pass(shape: tuple[int, ...], p: float) -> None:
    for seed in range(20):
        chosen = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < p
        expect_share(chosen, p, call="f()", what="zeros")
        expect_independent_choices(chosen, p, call="f()", what="zeros")


@pytest.mark.parametrize("axis", range(4))
def test_choices_that_serve_twice_are_rejected(axis: int) -> None:
    for seed in range(5):
        shape = [2 if i == axis else size for i, size in enumerate(AXES)]
        few = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < 0.5
        times = [size // have for size, have in zip(AXES, shape, strict=True)]
        with pytest.raises(WrongAnswer, match="by itself"):
            expect_independent_choices(few.repeat(times), 0.5, call="f()", what="zeros")


def test_another_share_is_rejected() -> None:
    chosen = torch.rand(AXES, generator=torch.Generator().manual_seed(0)) < 0.52
    with pytest.raises(WrongAnswer, match="zeros"):
        expect_share(chosen, 0.5, call="f()", what="zeros")
