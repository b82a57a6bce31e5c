"""Models that several katas speak of, and the tutorial's CNN as a function."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.harness.kit.expect import expect
from tests.harness.kit.strategies import dtypes, lay_out, normal, seeds


def fill(model: nn.Module, seed: int, scale: float = 0.5) -> None:
    """Give a model's parameters values from a seed."""
    with torch.no_grad():
        for i, parameter in enumerate(model.parameters()):
            parameter.copy_(scale * normal(*parameter.shape, seed=seed + i))


def expect_new_parts(first: nn.Module, second: nn.Module, made: str) -> None:
    """Refuse two models that have a parameter or its memory in common."""
    theirs = {p.data_ptr() for p in second.parameters()}
    for name, parameter in first.named_parameters():
        expect(
            parameter.data_ptr() not in theirs,
            f"Two models from {made} share `{name}`: training one would train the other. "
            "Make the parameters anew each time.",
        )


def convolutions(seed: int, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Return weights and biases for the tutorial's CNN, in its order."""
    shapes = [(16, 1, 3, 3), (16,), (16, 16, 3, 3), (16,), (10, 16, 3, 3), (10,)]
    scales = [0.4, 0.2, 0.12, 0.2, 0.12, 0.2]
    return [
        scale * normal(*shape, seed=seed + i, dtype=dtype)
        for i, (shape, scale) in enumerate(zip(shapes, scales, strict=True))
    ]


def cnn(xb: Tensor, *parameters: Tensor) -> Tensor:
    """Compute the tutorial's CNN from its parameters: a weight, a bias, a weight, …"""
    return cnn_of_any_size(xb.reshape(-1, 1, 28, 28), *parameters)


def cnn_of_any_size(xb: Tensor, *parameters: Tensor) -> Tensor:
    """Compute the same for images (N, 1, H, W), with the mean over what is left of them."""
    for weight, bias in zip(parameters[::2], parameters[1::2], strict=True):
        xb = F.relu(F.conv2d(xb, weight, bias, stride=2, padding=1))
    return xb.mean((2, 3))


def filled(model: Any, seed: int, dtype: torch.dtype) -> Any:
    """Give a CNN of one dtype the weights and biases of ``convolutions``, in their order."""
    if dtype != torch.float32:  # in which a model is made
        model = model.to(dtype)
    with torch.no_grad():
        for p, values in zip(model.parameters(), convolutions(seed, dtype), strict=True):
            p.copy_(values)
    return model


@st.composite
def flat_images(draw: st.DrawFn, *, contiguous: bool = False) -> Tensor:
    """Small batches (N, 784) of either dtype and, unless ``contiguous``, of any layout."""
    xb = normal(draw(st.integers(1, 5)), 784, seed=draw(seeds), dtype=draw(dtypes))
    return xb if contiguous else lay_out(draw, xb)


@st.composite
def images(draw: st.DrawFn, sizes: Sequence[int] = (1, 2, 3, 70)) -> Tensor:
    """Batches of images, flat (N, 784) or (N, 1, 28, 28)."""
    count = draw(st.sampled_from(sizes))
    xb = normal(count, 784, seed=draw(seeds), dtype=draw(dtypes))
    return draw(st.sampled_from([xb, xb.view(-1, 1, 28, 28)]))
