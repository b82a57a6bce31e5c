"""What an answer to k43 must do."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.kit import Answer, Row, WrongAnswer, expect, show, unpack
from tests.harness.kit.called_code import AUTOGRAD
from tests.harness.kit.compare import call_rows, expect_close, expect_tensor, expect_unchanged
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import (
    SMALL,
    classes_of,
    dtypes,
    entries,
    normal,
    seeds,
    with_layout,
)
from tests.harness.kit.tensors import copy_of, dtype_name

shortcuts = Shortcuts(
    pattern=r"_backward(_data)?$",
    code=AUTOGRAD,
    instead="Write the eight lines of the way back yourself.",
)

Arguments = dict[str, Tensor]

CALL = "loss_and_gradients"
NAMES = ("w1", "b1", "w2", "b2")
OF_THE_STUB: Arguments = {
    "xb": torch.tensor([[2.0]]),
    "yb": torch.tensor([0]),
    "w1": torch.tensor([[1.0, -1.0]]),
    "b1": torch.zeros(2),
    "w2": torch.tensor([[0.0, 1.0], [3.0, 4.0]]),
    "b2": torch.tensor([2.0, 0.0]),
}


@st.composite
def small(draw: st.DrawFn, least: int = 1) -> Arguments:
    """Networks of up to four of everything, whose logits are not beyond ±50."""
    rows, inputs, hidden = (draw(st.integers(1, 4)) for _ in range(3))
    classes = draw(st.integers(least, 4))
    dtype = draw(dtypes)
    xb, w1, b1, w2, b2 = (
        torch.tensor(entries(draw, size * columns, SMALL), dtype=dtype).reshape(size, columns)
        for size, columns in (
            (rows, inputs), (inputs, hidden), (1, hidden), (hidden, classes), (1, classes)
        )
    )  # fmt: skip
    yb = classes_of(draw, rows, classes)
    b1 = _off_the_kink(xb, w1, b1[0], 0.05)
    w2, b2 = _scaled(xb, w1, b1, w2, b2[0], most=50)
    tensors = {"xb": xb, "yb": yb, "w1": w1, "b1": b1, "w2": w2, "b2": b2}
    return {name: with_layout(draw, tensor) for name, tensor in tensors.items()}


@st.composite
def large(draw: st.DrawFn, most: float = 50) -> Arguments:
    """Networks of real size; the largest logit is ``most``."""
    rows, inputs, hidden, classes = draw(
        st.sampled_from([(64, 30, 20, 10), (1, 50, 7, 3), (130, 4, 33, 2), (3, 1, 1, 40)])
    )
    seed, dtype = draw(seeds), draw(dtypes)
    shapes = (rows, inputs), (inputs, hidden), (hidden,), (hidden, classes), (classes,)
    xb, w1, b1, w2, b2 = (
        normal(*shape, seed=seed + i, dtype=dtype) for i, shape in enumerate(shapes)
    )
    yb = torch.randint(classes, (rows,), generator=torch.Generator().manual_seed(seed))
    w1 = w1 / inputs**0.5
    b1 = _off_the_kink(xb, w1, b1, 2e-3)
    w2, b2 = _scaled(xb, w1, b1, w2, b2, most=most, up=True)
    return {"xb": xb, "yb": yb, "w1": w1, "b1": b1, "w2": w2, "b2": b2}


def _off_the_kink(xb: Tensor, w1: Tensor, b1: Tensor, margin: float) -> Tensor:
    """Move each bias until no row comes so near to ReLU's kink that rounding decides."""
    h = xb.double() @ w1.double() + b1.double()
    moved = b1.double()
    for j in range(len(b1)):  # each row excludes at most two of these steps
        steps = 2.5 * margin * torch.arange(2 * len(xb) + 1, dtype=torch.float64)
        clear = ((h[:, j] + steps[:, None]).abs() > margin).all(1)
        moved[j] += steps[clear][0]
    return moved.to(b1.dtype)


def _scaled(
    xb: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor, *, most: float, up: bool = False
) -> tuple[Tensor, Tensor]:
    """Scale the last layer by a power of two, so that no logit is beyond ±``most``."""
    largest = ((xb @ w1 + b1).relu() @ w2 + b2).abs().max().item()
    if largest > most or (up and largest):
        factor = 2.0 ** torch.tensor(0.99 * most / largest).log2().floor().item()
        return w2 * factor, b2 * factor
    return w2, b2


@given(arguments=small())
@example(arguments=OF_THE_STUB)
def test_the_loss_is_the_mean_cross_entropy_of_the_logits(
    answer: Answer, arguments: Arguments
) -> None:
    """First the way forward: multiply, add, ReLU, multiply, add, and the cross-entropy of the
    logits (k13), a scalar: its mean over the rows."""
    _expect_like_autograd(answer, arguments, ["loss"])


@given(arguments=small())
@example(arguments=OF_THE_STUB)
def test_the_gradient_of_the_logits_is_guess_minus_truth(
    answer: Answer, arguments: Arguments
) -> None:
    """dz = (softmax(z) − one_hot(yb)) / N. The bias b2 is added to every row, so its gradient is
    the sum of the rows of dz; the 1/N of the mean is in dz already."""
    _expect_like_autograd(answer, arguments, ["b2"])


@given(arguments=small())
@example(arguments=OF_THE_STUB)
def test_a_weight_gets_the_gradient_times_what_it_multiplied(
    answer: Answer, arguments: Arguments
) -> None:
    """dw2 = aᵀ @ dz: the other factor of the product, `a`, transposed and on the left. The matrix
    product adds up over the rows of the batch."""
    _expect_like_autograd(answer, arguments, ["w2"])


@given(arguments=small())
@example(arguments=OF_THE_STUB)
def test_a_gradient_goes_back_through_the_units_that_are_on(
    answer: Answer, arguments: Arguments
) -> None:
    """da = dz @ w2ᵀ, with the w2 of the way forward. ReLU passes it on where its *input* was
    positive, h > 0, whatever the sign of the gradient. What remains, dh, is summed over the
    rows: that is the gradient of b1."""
    _expect_like_autograd(answer, arguments, ["b1"])


@given(arguments=small())
@example(arguments=OF_THE_STUB)
def test_the_first_weights_get_theirs_as_the_last_ones_do(
    answer: Answer, arguments: Arguments
) -> None:
    """dw1 = xbᵀ @ dh, as dw2 = aᵀ @ dz."""
    _expect_like_autograd(answer, arguments, ["w1"])


@settings(max_examples=15)
@given(arguments=large())
def test_networks_of_real_size_are_no_different(answer: Answer, arguments: Arguments) -> None:
    """It has to work for any number of rows, inputs, hidden units and classes."""
    _expect_like_autograd(answer, arguments)


@settings(max_examples=15)
@given(arguments=small(), with_grad=st.sets(st.sampled_from(["xb", *NAMES])))
def test_nothing_carries_a_graph_and_nothing_is_left_behind(
    answer: Answer, arguments: Arguments, with_grad: set[str]
) -> None:
    """The arguments may require grad, as a model's parameters do. Compute under
    `torch.no_grad()`, return the gradients, and leave the arguments and their `.grad` as they
    are."""
    passed = {name: copy_of(tensor) for name, tensor in arguments.items()}
    for name in with_grad:
        passed[name].requires_grad_().grad = torch.full_like(passed[name], 0.5)
    before = {name: copy_of(tensor) for name, tensor in passed.items()}
    rows = call_rows(CALL, arguments)
    required = ", ".join(name for name in passed if name in with_grad)
    rows += [Row.fact(f"requiring grad: {required}")] if required else []
    gave = unpack(answer.loss_and_gradients(*passed.values()), 5, CALL)
    for what, tensor in zip(("loss", *NAMES), gave, strict=True):
        if isinstance(tensor, Tensor) and tensor.requires_grad:
            raise WrongAnswer(rows=[*rows, Row.fact(_title(what)), Row.gave("requires grad")])
    expect_unchanged(passed, before, rows=rows)
    for name in with_grad:
        left = passed[name].grad
        half = left is not None and bool((left == 0.5).all())
        expect(half, f"`{name}.grad` was changed; it is the caller's.", gave=show(left))


@pytest.mark.mastery
@settings(max_examples=15)
@given(arguments=large(most=1e4))
def test_huge_logits_give_finite_gradients(answer: Answer, arguments: Arguments) -> None:
    """exp(89) is infinite in float32. `softmax` and `F.cross_entropy` subtract each row's maximum
    first; by hand, do the same."""
    _expect_like_autograd(answer, arguments)


@pytest.mark.mastery
@given(arguments=small(least=2), data=st.data())
def test_what_is_off_or_ruled_out_gets_no_gradient_and_disturbs_no_other(
    answer: Answer, arguments: Arguments, data: st.DataObject
) -> None:
    """A hidden unit may be off for the whole batch. A class with −∞ in b2 has probability 0. Their
    gradients are zero, and those of the others as usual. Pick the entry at the target: in a sum
    over all classes, 0 · ∞ is not a number."""
    arguments = {name: copy_of(tensor) for name, tensor in arguments.items()}
    hidden, classes = arguments["w2"].shape
    if data.draw(st.booleans()):
        arguments["b1"][data.draw(st.integers(0, hidden - 1))] = -100.0
    ruled_out = data.draw(st.integers(0, classes - 1))
    arguments["b2"][ruled_out] = -torch.inf
    targets = arguments["yb"]
    targets[targets == ruled_out] = (ruled_out + 1) % classes
    _expect_like_autograd(answer, arguments)


def _expect_like_autograd(
    answer: Answer, arguments: Arguments, names: Sequence[str] = ("loss", *NAMES)
) -> None:
    """Compare the loss and the gradients of these names with those of autograd in float64."""
    passed = {name: copy_of(tensor) for name, tensor in arguments.items()}
    gave = unpack(answer.loss_and_gradients(*passed.values()), 5, f"{CALL}({', '.join(passed)})")
    rows = call_rows(CALL, arguments)
    dtype = arguments["xb"].dtype
    due, scales = _of_autograd(arguments)
    for name in names:
        tensor: Any = gave[("loss", *NAMES).index(name)]
        title = [*rows, Row.fact(_title(name))]
        expect_tensor(tensor, due[name], rows=title)
        if tensor.dtype != dtype:
            raise WrongAnswer(
                f"The result is {dtype_name(tensor.dtype)}, and the input is {dtype_name(dtype)}. "
                "A computation keeps the dtype that it was given.",
                rows=[*title, Row.gave(show(tensor))],
            )
        expect_close(
            tensor,
            due[name],
            rows=title,
            says="F.cross_entropy(z, yb)" if name == "loss" else "autograd's",
            scale=scales[name],
            terms=max(size for tensor in arguments.values() for size in tensor.shape),
        )
    expect_unchanged(passed, arguments, rows=rows)


def _of_autograd(arguments: Arguments) -> tuple[dict[str, Tensor], dict[str, float]]:
    """Return loss and gradients by name, and the largest magnitude on the way to each."""
    xb, yb, *parameters = (copy_of(tensor, torch.float64) for tensor in arguments.values())
    w1, b1, w2, b2 = (parameter.requires_grad_() for parameter in parameters)
    loss = F.cross_entropy((xb @ w1 + b1).relu() @ w2 + b2, yb)
    gradients = torch.autograd.grad(loss, (w1, b1, w2, b2))
    with torch.no_grad():
        finite = b2.where(b2.isfinite(), 0).abs()
        a = xb.abs() @ w1.abs() + b1.abs()
        logit = max(1.0, (a @ w2.abs() + finite).max().item())  # its rounding is that of dz
        unit = max(1.0, w2.abs().sum(1).max().item()) * logit
        scales = {
            "loss": logit,
            "b2": logit,
            "w2": max(1.0, a.max().item()) * logit,
            "b1": unit,
            "w1": max(1.0, xb.abs().max().item()) * unit,
        }
    return dict(zip(("loss", *NAMES), (loss.detach(), *gradients), strict=True)), scales


def _title(name: str) -> str:
    return "the loss" if name == "loss" else f"the gradient of {name}"


hints = """
Take the example: one row, h = [2, −2], a = [2, 0], z = [2, 2]. What is softmax(z), and what is it
minus the one-hot of class 0? That is dz. And b2 was only added to a @ w2: what is its
gradient, then?

Write the four lines of the way forward and keep h and a. Then go back line by line. Check each
gradient's shape against the tensor that it belongs to: only one way to multiply fits, unless
two sizes happen to be equal.

`dz = (z.softmax(1) - F.one_hot(yb, z.shape[1])) / len(xb)`. Then `a.T @ dz` and `dz.sum(0)` are the
gradients of w2 and b2, and `(dz @ w2.T) * (h > 0)` is dh.

With dh, `xb.T @ dh` and `dh.sum(0)` are those of w1 and b1. Everything under `with
torch.no_grad():`, and the loss is `F.cross_entropy(z, yb)`.
"""

mastery_hints = """
What is `torch.tensor(100.0).exp()`, and what is that divided by itself? And what is `0 *
-torch.inf`?

`z.softmax(1)` and `F.cross_entropy(z, yb)` are right for both. By hand, subtract
`z.amax(1, keepdim=True)` first, and pick the entry at each row's target by indexing.
"""

afterwards = """
The reference keeps h and a, and goes back in two lines. `loss.backward()` does
the same, with one rule for each function that it has met.

Torch's own rules, a line or two for each: look for `mm` and `relu` in
https://github.com/pytorch/pytorch/blob/v2.13.0/tools/autograd/derivatives.yaml

Try: begin with zeros for both weights. Which gradients are zero, and for ever?
"""
