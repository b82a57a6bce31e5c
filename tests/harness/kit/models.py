"""Models that several katas' tests use: the tutorial's CNN as a reference, and small ones."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.harness.kit.answer import Answer
from tests.harness.kit.compare import expect_same, expect_same_gradient
from tests.harness.kit.expect import expect
from tests.harness.kit.strategies import dtypes, normal, seeds, with_layout


def fill(model: nn.Module, seed: int, scale: float = 0.5) -> None:
    """Set a model's parameters to numbers drawn from a seed."""
    with torch.no_grad():
        for i, parameter in enumerate(model.parameters()):
            parameter.copy_(scale * normal(*parameter.shape, seed=seed + i))


def expect_new_parts(first: nn.Module, second: nn.Module, made: str) -> None:
    """Reject two models that share a parameter or its memory; ``made`` is the call."""
    theirs = {p.data_ptr() for p in second.parameters()}
    for name, parameter in first.named_parameters():
        expect(
            parameter.data_ptr() not in theirs,
            f"Two models from {made} share `{name}`: training one would train the other. "
            "Make new parameters each time.",
        )


@st.composite
def flat_images(draw: st.DrawFn) -> Tensor:
    """Small batches (N, 784) of either dtype and of any layout."""
    xb = normal(draw(st.integers(1, 5)), 784, seed=draw(seeds), dtype=draw(dtypes))
    return with_layout(draw, xb)


@st.composite
def parts_of_images(draw: st.DrawFn, *, repeated: bool = False) -> Tensor:
    """Small batches (N, 784) of either dtype, whole or parts of a larger tensor.

    `view` splits the last axis of each without a copy. With ``repeated``, all images
    of a batch may lie in the same memory, as after `expand`.
    """
    n = draw(st.integers(1, 4))
    parts: list[tuple[tuple[int, int], Callable[[Tensor], Tensor]]] = [
        ((n, 784), lambda x: x),
        ((2 * n, 784), lambda x: x[::2]),
        ((n, 800), lambda x: x[:, 8:-8]),
        ((784, n), lambda x: x.t()),
        ((1, 784), lambda x: x.expand(n, 784)),
    ]
    shape, part = draw(st.sampled_from(parts if repeated else parts[:-1]))
    return part(normal(*shape, seed=draw(seeds), dtype=draw(dtypes)))


def expect_shared_memory(x: Tensor, gave: Any, call: str) -> None:
    """Reject images (N, 1, 28, 28) in which nothing is seen of what is written into flat ones."""
    x.data[-1, 30] = 99.0
    seen = gave[-1, 0, 1, 2].item()
    whole = "" if x.is_contiguous() else f", where x has strides {x.stride()}"
    expect(
        seen == 99.0,
        call=f"{call}; x[-1, 30] = 99{whole}",
        gave=f"y[-1, 0, 1, 2] = {seen:.4g}",
        expected="99",
    )


@st.composite
def images(draw: st.DrawFn, sizes: Sequence[int] = (1, 2, 3, 70)) -> Tensor:
    """Batches of images, flat (N, 784) or (N, 1, 28, 28)."""
    count = draw(st.sampled_from(sizes))
    xb = normal(count, 784, seed=draw(seeds), dtype=draw(dtypes))
    return draw(st.sampled_from([xb, xb.view(-1, 1, 28, 28)]))


def convolutions(seed: int, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Draw weights and biases for the tutorial's CNN, in its order, from a seed."""
    shapes = [(16, 1, 3, 3), (16,), (16, 16, 3, 3), (16,), (10, 16, 3, 3), (10,)]
    scales = [0.4, 0.2, 0.12, 0.2, 0.12, 0.2]
    return [
        scale * normal(*shape, seed=seed + i, dtype=dtype)
        for i, (shape, scale) in enumerate(zip(shapes, scales, strict=True))
    ]


def expect_cnn(
    answer: Answer,
    model: Any,
    xb: Tensor,
    seed: int,
    *,
    names: Sequence[str] = (),
    any_size: bool = False,
) -> None:
    """Reject a model that does not compute the tutorial's CNN from its parameters.

    ``names`` are those of the parameters, in the CNN's order; by default they may
    have any. With ``any_size`` the images are (N, 1, H, W) of any size.
    """
    parameters = _filled(model, seed, xb.dtype, names)
    weights = [p.detach().double() for p in parameters.values()]
    reference, says = _REFERENCES[any_size]
    call = answer.guarded(model, "model")
    for batch in (xb, 1 - xb, xb[:1]):  # neither earlier calls nor the mode must matter
        expect_same(call, lambda x: reference(x, *weights), says=says, xb=batch)
        model.eval()


def expect_cnn_gradient(
    answer: Answer,
    model: Any,
    xb: Tensor,
    seed: int,
    *,
    names: Sequence[str] = (),
    any_size: bool = False,
) -> None:
    """Reject a model whose parameters get other gradients than the tutorial's CNN."""
    # In float64, where no value comes so near to ReLU's kink that rounding decides.
    parameters = _filled(model, seed, torch.float64, names)
    reference, says = _REFERENCES[any_size]
    call = answer.guarded(model, "model")
    expect_same_gradient(call, reference, says=says, parameters=parameters, xb=xb.double())


def _cnn_of_any_size(xb: Tensor, *parameters: Tensor) -> Tensor:
    """Compute the tutorial's CNN from its parameters: a weight, a bias, a weight, …"""
    for weight, bias in zip(parameters[::2], parameters[1::2], strict=True):
        xb = F.relu(F.conv2d(xb, weight, bias, stride=2, padding=1))
    return xb.mean((2, 3))


def _cnn(xb: Tensor, *parameters: Tensor) -> Tensor:
    return _cnn_of_any_size(xb.reshape(-1, 1, 28, 28), *parameters)


def _filled(
    model: Any, seed: int, dtype: torch.dtype, names: Sequence[str]
) -> dict[str, nn.Parameter]:
    """Convert a model and set its parameters; return these in the CNN's order."""
    if dtype != torch.float32:  # in which a model is made
        model.to(dtype)
    found = dict(model.named_parameters())
    parameters = {}
    for name, values in zip(names or found, convolutions(seed, dtype), strict=True):
        expect(name in found, f"There is no parameter `{name}`.", gave=list(found))
        parameters[name] = found[name]
        with torch.no_grad():
            found[name].copy_(values)
    return parameters


class _Gain(nn.Module):
    """Has one parameter without an axis, and not one of the usual names."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(()))

    def forward(self, xb: Tensor) -> Tensor:
        return self.gain * xb


class _Residual(nn.Module):
    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.inner = nn.Linear(inputs, inputs)
        self.outer = nn.Sequential(nn.Linear(inputs, classes, bias=False), _Gain())
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, xb: Tensor) -> Any:
        return self.outer(xb + torch.tanh(self.inner(xb))) + self.bias


class _Tied(nn.Module):
    """Has one parameter under two names."""

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.first = nn.Linear(inputs, inputs, bias=False)
        self.second = nn.Linear(inputs, inputs)
        self.second.weight = self.first.weight
        self.outer = nn.Linear(inputs, classes)

    def forward(self, xb: Tensor) -> Any:
        return self.outer(torch.tanh(self.second(torch.tanh(self.first(xb)))))


class _Normed(nn.Module):
    """Has batch norm, whose buffers show how often and in which mode it was called."""

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(inputs)
        self.lin = nn.Linear(inputs, classes)

    def forward(self, xb: Tensor) -> Any:
        return self.lin(self.norm(xb))


SMALL_MODELS: dict[str, Callable[[int, int], nn.Module]] = {
    "linear": nn.Linear,
    "residual": _Residual,
    "tied": _Tied,
    "batch-norm": _Normed,
}

# The CNN without and with ``any_size``, and how it is described.
_REFERENCES: dict[bool, tuple[Callable[..., Tensor], str]] = {
    False: (_cnn, "conv, relu, three times; then the mean over 4 × 4"),
    True: (_cnn_of_any_size, "conv, relu, three times; then the mean over what is left"),
}
