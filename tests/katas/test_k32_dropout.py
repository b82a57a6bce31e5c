"""What an answer to k32 must do."""

import contextlib
import itertools
import math
import zlib
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.harness.kit import Answer, Guarded, expect, expect_raises, show
from tests.harness.kit.called_code import CalledCode
from tests.harness.kit.compare import (
    expect_same,
    expect_same_gradient,
    expect_tensor,
    expect_unchanged,
)
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.statistics import expect_independent_choices, expect_share
from tests.harness.kit.strategies import TABLE, normal, tensors
from tests.harness.kit.tensors import copy_of, direction_for

shortcuts = Shortcuts(
    pattern="dropout",
    modules=(nn.modules.dropout._DropoutNd,),
    code=CalledCode(files=("nn/modules/dropout.py",)),
    instead="Draw a number for each entry, and zero the entries whose number is below p.",
)

FOUR_AXES = (12, 10, 15, 20)
SHAPES = [(200, 200), (40_000,), (1, 40_000), (40_000, 1), FOUR_AXES, (50, 20, 40)]
# The first is the stub's; the product of p and the number of entries is not always whole.
RATES = [0.75, 0.5, 0.1, 0.333]

rates = st.sampled_from([*RATES, 0.0]) | st.floats(0, 0.95)


@st.composite
def inputs(draw: st.DrawFn) -> Tensor:
    """Tensors of up to four axes, of either dtype and any layout."""
    return draw(tensors(draw(st.lists(st.integers(1, 3), max_size=4)), TABLE))


@given(x=inputs(), p=rates, learned=st.booleans())
@example(x=torch.ones(10), p=0.75, learned=False)
@example(x=torch.tensor(2.0), p=0.5, learned=True)
def test_in_training_an_entry_is_zero_or_divided(
    answer: Answer, x: Tensor, p: float, learned: bool
) -> None:
    """Each entry is either 0 or x / (1 − p), of the shape and the dtype of x. The divisor is
    1 − p itself, not the share that happens to be left."""
    _seed("training", p, x, learned)
    layer = _layer(answer, p)
    for _ in range(3):
        passed = copy_of(x).requires_grad_(learned)
        _expect_dropped_or_scaled(layer(passed), x, p)
        expect_unchanged({"x": passed}, {"x": copy_of(x).requires_grad_(learned)})


@given(x=inputs(), p=rates)
@example(x=torch.ones(10), p=0.75)
def test_the_gradient_goes_where_the_entry_went(answer: Answer, x: Tensor, p: float) -> None:
    """The gradient is 0 where the entry was dropped, and 1 / (1 − p) elsewhere, as autograd finds
    it if you multiply, or use `torch.where`."""
    _seed("gradients", p, x)
    passed = copy_of(x).requires_grad_()
    gave = _layer(answer, p)(passed)
    expect_tensor(gave, x)
    expect(gave.requires_grad, "The result carries no gradient.", call=f"Dropout({p:.3g})(x)")
    direction = direction_for(x).to(x.dtype)
    with answer.guard.watching("The gradient"):
        (gave * direction).sum().backward()
    slope = (passed.grad if passed.grad is not None else torch.zeros_like(x)) / direction
    dropped = (gave == 0) & (x != 0) | (slope == 0)
    due = torch.full_like(x, 1 / (1 - p)).masked_fill(dropped, 0.0)
    wrong = (slope - due).abs() > 16 * torch.finfo(x.dtype).eps * due / (1 - p)
    expect(
        not wrong.any(),
        call=f"y = Dropout({p:.3g})(x)",
        x=show(x),
        y=show(gave),
        gave=f"{show(slope)}    the gradient",
        expected=show(due),
    )


@given(x=inputs(), p=rates, learned=st.booleans())
@example(x=torch.tensor([1.0, 2.0]), p=0.75, learned=False)
def test_in_evaluation_it_passes_everything_on(
    answer: Answer, x: Tensor, p: float, learned: bool
) -> None:
    """After `eval()` the result is x, and after `train()` entries are missing again. Look at
    `self.training` in `forward`."""
    _seed("modes", p, x, learned)
    layer = _layer(answer, p)
    module: Any = layer.target
    for mode in (False, True, False):
        module.train(mode)
        if mode:
            _expect_dropped_or_scaled(layer(copy_of(x)), x, p)
        else:
            expect_same(layer, lambda x: x, says="x", x=x.clone().requires_grad_(learned))
    expect_same_gradient(layer, lambda x: x, says="x", x=x)


@given(x=inputs())
def test_with_p_of_zero_nothing_is_missing(answer: Answer, x: Tensor) -> None:
    """Of the numbers between 0 and 1, none is below 0."""
    layer = _layer(answer, 0)
    expect_same(layer, lambda x: x, says="x", x=x)
    expect_same_gradient(layer, lambda x: x, says="x", x=x)


def test_it_is_a_module_that_has_nothing_to_learn(answer: Answer) -> None:
    """It has no parameters and no buffers: what it draws is forgotten after the call."""
    module: Any = _layer(answer, 0.5).target
    with answer.guard.watching("`forward`"):
        module(torch.ones(2, 3))
    found = [name for name, _ in (*module.named_parameters(), *module.named_buffers())]
    expect(not found, call="Dropout(0.5), its parameters and buffers", gave=found, expected=[])
    expect(not module.state_dict(), gave=[*module.state_dict()], expected="an empty state dict")


def test_no_ready_made_layer_is_inside(answer: Answer) -> None:
    """Neither as a part nor as the base class: this kata is about what is in it."""
    found = shortcuts.inside(_layer(answer, 0.5).target)  # type: ignore[arg-type]
    expect(not found, gave=found.removeprefix(" = "), expected="an nn.Module without others")


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("recording", [True, False], ids=["recording", "no grad"])
def test_each_entry_is_missing_with_probability_p(
    answer: Answer, shape: tuple[int, ...], recording: bool
) -> None:
    """p is the probability that an entry is *dropped*, whether gradients are recorded or not. It
    is decided for each entry by itself: one draw for a row, a column, a channel or the whole
    batch is not enough."""
    layers = [(p, _layer(answer, p)) for p in RATES]  # all at once: none may change another
    layers.append((0.5, answer.guarded(answer.Dropout(), "Dropout()")))
    x = normal(*shape, seed=3)
    for (p, layer), dtype in zip(layers, itertools.cycle([torch.float32, torch.float64])):
        with contextlib.nullcontext() if recording else torch.no_grad():
            dropped = _dropped(layer, x.to(dtype))
        call = f"Dropout({p})(x), where x has shape {tuple(shape)}"
        expect_independent_choices(dropped, p, call=call, what="zeros")
        expect_share(dropped, p, call=call, what="zeros")
        # A correlation of n independent draws has a standard error of 1/√n.
        for other in (x, x.abs()):
            pair = torch.stack([dropped.flatten().double(), other.flatten().double()])
            alike = torch.corrcoef(pair)[0, 1].abs().item()
            expect(alike < 7 / x.numel() ** 0.5, "What is dropped depends on x.", call=call)


@pytest.mark.parametrize("shape", [(), (1,), (1, 1, 1), (11,), (3, 50)], ids=str)
def test_the_number_of_zeros_is_left_to_chance(answer: Answer, shape: tuple[int, ...]) -> None:
    """How many entries are missing varies from call to call: each is decided by itself, and not so
    that in the end the share is p."""
    p, calls = 0.5, 80
    layer = _layer(answer, p)
    x = torch.ones(shape)
    counts = torch.stack([_dropped(layer, x).sum() for _ in range(calls)]).double()
    call = f"Dropout({p})(x), {calls} times, where x has shape {tuple(shape)}"
    n = x.numel()
    expect_share(counts / n, p, call=call, what="zeros", draws=n * calls)
    # The squares of 80 standard normal numbers have a mean of 1. It is below 1/10 or above 4 with
    # a probability of e⁻⁵⁶ and e⁻⁶⁴; for one entry the square is always 1.
    spread = ((counts - n * p) ** 2).mean().item() / (n * p * (1 - p))
    expect(
        0.1 < spread < 4,
        call=call,
        gave=f"a variance of {spread * n * p * (1 - p):.3g} in the number of zeros",
        expected=f"{n * p * (1 - p):.3g} = n · p · (1 − p)",
    )


def test_every_call_draws_afresh(answer: Answer) -> None:
    """What is dropped in one call says nothing about another, of this layer or of a second one:
    draw in `forward`, and keep nothing."""
    x = torch.ones(300, 100)
    first, second = _layer(answer, 0.5), _layer(answer, 0.5)
    masks = [_dropped(layer, x) for layer in (first, first, second, second, first, first)]
    # Two independent choices of a half are the same with probability ½; standard error ½/√n.
    for one, other in itertools.combinations(masks, 2):
        same = (one == other).double().mean().item()
        expect(
            abs(same - 0.5) < 7 * 0.5 / math.sqrt(x.numel()),
            call="Dropout(0.5)(x), twice",
            gave=f"{same:.0%} of the entries share their fate",
            expected="50%",
        )


def test_a_seed_before_the_call_makes_it_repeatable(answer: Answer) -> None:
    """The numbers come from torch's generator, so that `torch.manual_seed` governs them."""
    layer = _layer(answer, 0.5)
    gave = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        gave.append(layer(torch.ones(10, 10)))
    expect(torch.equal(gave[0], gave[1]), "The same seed before the call drops other entries.")
    expect(not torch.equal(gave[0], gave[2]), "A different seed before it drops the same entries.")


@pytest.mark.mastery
@pytest.mark.parametrize("p", [1.0, 1])
@settings(max_examples=20)
@given(x=inputs(), training=st.booleans())
@example(x=torch.tensor([1.0, -2.0]), training=True)
def test_with_p_of_one_nothing_is_left(answer: Answer, p: float, x: Tensor, training: bool) -> None:
    """Everything is zero, and so is every gradient. Do not divide by 1 − p = 0: that gives NaN,
    in the result or in the gradient. In evaluation p = 1 is no different."""
    layer = _layer(answer, p)
    layer.target.train(training)  # type: ignore[attr-defined]
    factor = 0 if training else 1
    says = "zeros" if training else "x"
    expect_same(layer, lambda x: factor * x, says=says, x=x)
    expect_same_gradient(layer, lambda x: factor * x, says=says, x=x)


BAD = [1.5, -0.5, -1, 2, 1 + 1e-9, -1e-9, math.inf, -math.inf, math.nan]


@pytest.mark.mastery
@pytest.mark.parametrize("p", BAD)
def test_what_is_not_a_probability_is_refused(answer: Answer, p: float) -> None:
    """A probability is at least 0 and at most 1: raise ValueError when the layer is made. Every
    comparison with NaN is false, so ask whether p is inside, and not whether it is outside."""
    call: Callable[[], object] = lambda: answer.Dropout(p)  # noqa: E731
    expect_raises(call, types=ValueError, shown=lambda _: f"Dropout({p}), a layer")


def _seed(*arguments: Any) -> None:
    """Seed torch's generator by a test's arguments: Hypothesis runs what fails a second time.

    Each input has a seed of its own. With one seed for all, two calls might end in the same state
    that began in different ones, as if they had seeded the generator themselves.
    """
    told = [(v.dtype, v.tolist(), v.stride()) if isinstance(v, Tensor) else v for v in arguments]
    torch.manual_seed(zlib.crc32(repr(told).encode()))


def _layer(answer: Answer, p: float) -> Guarded:
    layer = answer.Dropout(p)
    expect(isinstance(layer, nn.Module), "Dropout must be an nn.Module.", gave=type(layer))
    return answer.guarded(layer, f"Dropout({p:.3g})")


def _dropped(layer: Guarded, x: Tensor) -> Tensor:
    """Return which entries of x are missing in training."""
    gave = layer(x)
    expect_tensor(gave, x)
    return gave == 0


def _expect_dropped_or_scaled(gave: Any, x: Tensor, p: float) -> None:
    expect_tensor(gave, x)
    expect(gave.dtype == x.dtype, "A computation keeps the dtype.", gave=gave.dtype, x=x.dtype)
    due = torch.where(gave == 0, 0.0, x.double() / (1 - p))
    wrong = (gave.double() - due).abs() > 16 * torch.finfo(x.dtype).eps * due.abs() / (1 - p)
    expect(
        not wrong.any() and gave.isfinite().all(),
        call=f"Dropout({p:.3g})(x)",
        x=show(x),
        gave=show(gave),
        expected=f"{show(due.to(x.dtype))}    where it is not 0",
    )


hints = """
`torch.rand_like(x)` has a number between 0 and 1 for every entry of x. Which comparison with p is
true with probability p? And when must it be drawn: when the layer is made, or at each call?

`self.training` tells the mode. In evaluation return x. Otherwise multiply x by a mask of zeros and
ones, into a new tensor, and divide by 1 − p: autograd then has the right gradient.

`__init__`: `super().__init__()`, then `self.p = p`. `forward`: `if not self.training: return x`,
and then `return x * (torch.rand_like(x) >= self.p) / (1 - self.p)`.
"""

mastery_hints = """
What is 0 / 0 in floating point? Where does your `forward` compute it if p is 1? And is
`float("nan") < 0`? Or `> 1`?

In `__init__`: `if not 0 <= p <= 1: raise ValueError(…)`, which is also true of NaN. In `forward`,
leave out the division if p is 1: the mask is all zeros then.
"""

afterwards = """
The reference compares random numbers with p. Torch draws zeros and ones with
`bernoulli_`, and so drops other entries after the same seed.

Its whole work is in `_dropout_impl`, a page of C++:
https://github.com/pytorch/pytorch/blob/v2.13.0/aten/src/ATen/native/Dropout.cpp

Try: leave out the division and train. What is the loss in evaluation mode?
"""
