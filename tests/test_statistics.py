"""Normal draws pass, whatever the seed; others are rejected, whatever the seed."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from tests.harness.kit import WrongAnswer
from tests.harness.kit.statistics import expect_normal

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
