"""What an answer to k34 must do."""

import functools
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.harness.kit import Answer, Row, expect_raises, show
from tests.harness.kit.called_code import CalledCode
from tests.harness.kit.compare import (
    expect_close,
    expect_same,
    expect_same_gradient,
    expect_tensor,
)
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import dtypes, normal, seeds, with_layout
from tests.harness.kit.tensors import copy_of

shortcuts = Shortcuts(
    pattern="conv(?!ert)",
    modules=(nn.modules.conv._ConvNd,),
    code=CalledCode(files=("nn/modules/conv.py", "nn/grad.py")),
    instead="Take the windows of the image, and multiply each with the kernels.",
)

Arguments = dict[str, Any]


def arguments(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0
) -> Arguments:
    """Return the arguments of a call, by name."""
    return {"x": x, "weight": weight, "bias": bias, "stride": stride, "padding": padding}


def reference(*args: Any) -> Tensor:
    """Torch's own."""
    return F.conv2d(*args)


OF_THE_STUB = arguments(
    torch.arange(9.0).reshape(1, 1, 3, 3), torch.tensor([[[[1.0, 2.0], [0.0, 0.0]]]])
)
# No size equals another, and rows and columns are left over.
UNEVEN = arguments(normal(2, 3, 7, 10, seed=1), normal(4, 3, 1, 5, seed=2), normal(4, seed=3), 4, 1)
SQUARE = arguments(normal(2, 2, 4, 4, seed=1), normal(3, 2, 2, 2, seed=2), normal(3, seed=3), 2, 1)
# In float64, and none of it contiguous.
STRIDED = arguments(
    normal(3, 2, 5, 6, seed=1, dtype=torch.float64).transpose(0, 1).transpose(2, 3),
    normal(3, 4, 2, 3, seed=2, dtype=torch.float64).transpose(0, 1).transpose(2, 3),
    normal(8, seed=3, dtype=torch.float64)[::2],
)
LARGER = arguments(normal(2, 3, 9, 7, seed=4), normal(4, 3, 3, 2, seed=5), normal(4, seed=6), 2, 1)


@st.composite
def calls(draw: st.DrawFn, *, pairs: bool = False) -> Arguments:
    """Draw images, kernels and biases of any layout; the sizes need not be square.

    They are few numbers, so that a loop over all of them is quick enough.
    """
    n, c, o = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    seed, dtype = draw(seeds), draw(dtypes)
    stride = (draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    padding = (draw(st.integers(0, 2)), draw(st.integers(0, 2)))
    if not pairs:
        stride, padding = stride[:1] * 2, padding[:1] * 2
    kernel, image = [], []
    for step, rim in zip(stride, padding, strict=True):
        size, steps, rest = (draw(st.integers(low, high)) for low, high in ((1, 3), (0, 2), (0, 3)))
        kernel.append(size)
        image.append(max(1, size + steps * step + min(rest, step - 1) - 2 * rim))
    x = normal(n, c, *image, seed=seed, dtype=dtype)
    weight = normal(o, c, *kernel, seed=seed + 1, dtype=dtype)
    bias = normal(o, seed=seed + 2, dtype=dtype) if draw(st.booleans()) else None
    return arguments(
        with_layout(draw, x),
        with_layout(draw, weight),
        bias if bias is None else with_layout(draw, bias),
        stride if pairs else stride[0],
        padding if pairs else padding[0],
    )


@given(call=calls())
@example(call=OF_THE_STUB)
@example(call=UNEVEN)
@example(call=SQUARE)
@example(call=LARGER)
@example(call=STRIDED)
def test_each_window_is_multiplied_with_each_kernel(answer: Answer, call: Arguments) -> None:
    """The kernel is laid on the padded image at every place that `stride` reaches; what it covers
    is multiplied entry by entry, and summed over all channels. The bias is one for each kernel."""
    _expect_conv2d(answer, call)


@settings(max_examples=15)
@given(call=calls())
@example(call=SQUARE)
@example(call=UNEVEN)
def test_the_gradient_reaches_x_weight_and_bias(answer: Answer, call: Arguments) -> None:
    """Each number of x gets a gradient from all windows in which it lies, and what lies in none
    gets zero. Stay with tensor operations, so that autograd finds it."""
    expect_same_gradient(answer.conv2d, F.conv2d, says="F.conv2d", scale=_scale(call), **call)


@settings(max_examples=10)
@given(call=calls())
@example(call=SQUARE)
def test_arguments_are_passed_by_name_and_have_defaults(answer: Answer, call: Arguments) -> None:
    """Without a bias nothing is added; the stride is 1 and the padding 0 unless said otherwise."""
    few = {"x": F.pad(call["x"], (1, 1, 1, 1)), "weight": call["weight"]}
    for passed in (few, {**few, "bias": call["bias"]}, {**few, "stride": 2}, {**few, "padding": 1}):
        gave = answer.conv2d(**{name: copy_of(value) for name, value in passed.items()})
        exact = [v.double() if isinstance(v, Tensor) else v for v in arguments(**passed).values()]
        due = reference(*exact)
        rows = [Row.call(f"conv2d({', '.join(f'{name}=…' for name in passed)})")]
        expect_tensor(gave, due, rows=rows)
        expect_close(gave, due, rows=rows, says="F.conv2d", scale=_scale(call), terms=9)


@pytest.mark.mastery
@given(call=calls(pairs=True))
@example(call=OF_THE_STUB | {"stride": (1, 2), "padding": (0, 1)})
@example(call=UNEVEN | {"stride": (2, 3), "padding": (3, 0)})
def test_stride_and_padding_may_be_pairs(answer: Answer, call: Arguments) -> None:
    """The first number is for the rows, the second for the columns. `F.pad` begins at the *last*
    axis: (left, right, above, below)."""
    _expect_conv2d(answer, call)
    expect_same_gradient(answer.conv2d, F.conv2d, says="F.conv2d", scale=_scale(call), **call)


# Of x and weight, with the padding.
TOO_LARGE = [
    ((1, 1, 3, 5), (1, 1, 4, 2), 0), ((1, 1, 5, 3), (1, 1, 2, 4), 0),
    ((2, 3, 2, 9), (4, 3, 5, 3), 1), ((2, 3, 9, 2), (4, 3, 3, 5), 1),
    ((1, 2, 1, 1), (2, 2, 3, 3), 0), ((1, 2, 4, 4), (2, 2, 9, 9), 2),
]  # fmt: skip
CHANNELS = [(3, 1), (1, 3), (4, 2), (2, 4), (3, 2), (2, 3)]


@pytest.mark.mastery
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(("image", "kernel", "padding"), TOO_LARGE, ids=str)
def test_a_kernel_larger_than_the_padded_image_is_refused(
    answer: Answer, image: tuple[int, ...], kernel: tuple[int, ...], padding: int, stride: int
) -> None:
    """It fits nowhere. A result without rows, or without columns, would go unnoticed for long."""
    call = arguments(normal(*image, seed=1), normal(*kernel, seed=2), None, stride, padding)
    _expect_refused(answer, call)


@pytest.mark.mastery
@pytest.mark.parametrize(("ours", "theirs"), CHANNELS)
def test_channels_that_do_not_match_are_refused(answer: Answer, ours: int, theirs: int) -> None:
    """The kernels read all channels of x, so both have as many. Where one has a single channel,
    a product spreads it over all, `einsum` too: compare the two numbers first."""
    _expect_refused(
        answer, arguments(normal(2, ours, 5, 4, seed=1), normal(3, theirs, 2, 3, seed=2))
    )


@pytest.mark.mastery
@pytest.mark.time_limit(60)
def test_a_large_batch_is_convolved_within_a_minute(answer: Answer) -> None:
    """64 images of 16 channels, and 32 kernels: loop over the places of the kernel, or of the
    result, or not at all, but not over images, channels and kernels as well."""
    x, weight = normal(64, 16, 28, 28, seed=1), normal(32, 16, 3, 3, seed=2)
    some = x[:2].double().requires_grad_()
    due = F.conv2d(some, weight.double(), padding=1)
    due.sum().backward()
    x.requires_grad_()
    gave = answer.conv2d(x, weight.requires_grad_(), None, 1, 1)
    with answer.guard.watching("The gradient of `conv2d`"):
        gave.sum().backward()
    for what, ours, theirs in (("the result", gave, due), ("the gradient of x", x.grad, some.grad)):
        assert ours is not None
        assert theirs is not None
        expect_close(ours[:2], theirs, what=f"{what}, of two images", scale=16.0, terms=150)


def _scale(call: Arguments) -> float:
    """Return the largest magnitude of a product on the way."""
    most = [v.abs().max().item() for v in call.values() if isinstance(v, Tensor)]
    return max([1.0, *most]) ** 2


def _expect_conv2d(answer: Answer, call: Arguments) -> None:
    """Compare two calls with torch's: neither may depend on the other."""
    turned = {**call, "weight": -call["weight"].flip(2)}
    for each in (call, turned):
        expect_same(answer.conv2d, F.conv2d, says="F.conv2d", scale=_scale(call), **each)


def _expect_refused(answer: Answer, call: Arguments) -> None:
    rows = [Row.call("conv2d(x, weight, bias, stride, padding)")]
    for name, value in call.items():
        shown = f"of shape {tuple(value.shape)}" if isinstance(value, Tensor) else str(value)
        rows.append(Row.input(name, shown))
    expect_raises(
        functools.partial(answer.conv2d, *call.values()),
        types=(ValueError, RuntimeError),
        rows=rows,
        shown=show,
    )


hints = """
In the example, which four numbers of x does the kernel cover at its first place, and which at the
next? With stride 2, where is the next? How many places are there in a row of 7, with a kernel of 3?

`F.pad(x, (p, p, p, p))` puts zeros round the image. `padded.unfold(2, kH, stride).unfold(3, kW,
stride)` has all windows, (N, C, H', W', kH, kW), without a loop and without a copy.

`y = torch.einsum("ncijab,ocab->noij", windows, weight)` multiplies each window with each kernel,
and sums over c, a and b. The bias goes along the channels: `y + bias[:, None, None]`.

With a loop: for a, b in the kernel, add `torch.einsum("nchw,oc->nohw", part, weight[:, :, a, b])`,
where `part` is `padded[:, :, a::stride, b::stride]`, cut to H' rows and W' columns.
"""

mastery_hints = """
What does `einsum` do with an axis of size 1 that meets one of size 3? And what does your answer
give for an image of 3 × 3 and a kernel of 4 × 4?

`rows, columns = (stride, stride) if isinstance(stride, int) else stride`, and the same for the
padding. Raise ValueError if `weight.shape[1] != x.shape[1]`, or if H' or W' is less than 1.
"""

afterwards = """
The reference has all windows at once, as a view: `unfold` copies nothing.
A loop over the nine places of the kernel is as good, and needs less memory.

Torch's oldest way lays the windows out as columns, in `im2col`:
https://github.com/pytorch/pytorch/blob/v2.13.0/aten/src/ATen/native/im2col.h

Try: kernels of 1 × 1. Which layer of k31 are they, at every pixel?
"""
