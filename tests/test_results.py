"""Results whose class can lie are rejected; ordinary ones are not."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.harness.kit import Kind, WrongAnswer
from tests.harness.kit.results import expect_genuine


class Pair(NamedTuple):
    """A tuple with names."""

    x: Tensor
    y: Tensor


class Tagged(Tensor):
    """Adds to Tensor, and overrides nothing of it."""

    tag = "mine"


class Shapeless(Tensor):
    """Overrides what tests ask a tensor for."""

    shape = (2, 3)  # type: ignore[assignment]


class Yes(int):
    """Is equal to every number."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Forged(Tensor):
    """Names Tensor's module and its name as its own."""

    def equal(self, other: Tensor) -> bool:
        """Lie."""
        return True


Forged.__module__, Forged.__qualname__ = "torch", "Tensor"


class Pretender:
    """Says that it is a tensor."""

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return Tensor


class Equal:
    """Is equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__


class NeverUnequal:
    """Is unequal to nothing."""

    def __ne__(self, other: object) -> bool:
        return False


X = torch.ones(2)
ORDINARY: dict[str, Any] = {
    "None": None,
    "numbers": (1, 2.0, True, 1j),
    "texts": ["a", b"b", Path("c")],
    "tensors": [X, (X, [X])],
    "a parameter": nn.Parameter(X),
    "arrays": (np.ones(2), np.float32(1)),
    "a named tuple": Pair(X, X),
    "a subclass that overrides nothing": X.as_subclass(Tagged),
    "a model": nn.Sequential(nn.Linear(2, 2)),
    "an object": object(),
    "a function": len,
}
LYING: dict[str, tuple[Any, str]] = {
    "a tensor": (X.as_subclass(Shapeless), "a subclass of Tensor that may say what it likes"),
    "a number": (Yes(1), "a subclass of int that may say what it likes"),
    "a forged name": (X.as_subclass(Forged), "a subclass of Tensor"),
    "a pretender": (Pretender(), "no Tensor, though it says so"),
    "equal to all": (Equal(), "equal to everything"),
    "unequal to none": (NeverUnequal(), "equal to everything"),
    "inside a tuple": ((1, [Yes(1)]), "a subclass of int"),
    "inside a model": (nn.Linear(2, 2), "`_LyingParameter`, which is a subclass of Tensor"),
}


class _LyingParameter(nn.Parameter):
    def equal(self, other: Tensor) -> bool:
        """Lie."""
        return True


LYING["inside a model"][0].bias = _LyingParameter(X)


@pytest.mark.parametrize("kind", ORDINARY)
def test_an_ordinary_result_is_taken(kind: str) -> None:
    expect_genuine(ORDINARY[kind], "f")


@pytest.mark.parametrize("kind", LYING)
def test_a_result_that_can_lie_is_rejected(kind: str) -> None:
    value, why = LYING[kind]
    with pytest.raises(WrongAnswer, match=why) as caught:
        expect_genuine(value, "f")
    assert caught.value.kind is Kind.DISHONEST
