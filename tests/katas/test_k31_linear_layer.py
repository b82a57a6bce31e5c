"""What an answer to k31 must do."""

import contextlib
import copy
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.harness.kit import Answer, Row, WrongAnswer, expect, expect_raises
from tests.harness.kit.called_code import CalledCode
from tests.harness.kit.compare import expect_same, expect_same_gradient
from tests.harness.kit.models import expect_new_parts, fill
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.statistics import expect_uniform
from tests.harness.kit.strategies import SMALL, normal, seeds, shapes, tensors

READY_MADE = (nn.Linear, nn.Bilinear, nn.Conv1d, nn.Conv2d, nn.Conv3d)

shortcuts = Shortcuts(
    pattern=r"conv(?!ert)|bilinear|trilinear",
    modules=READY_MADE,
    code=CalledCode(*READY_MADE, nn.LazyLinear, nn.modules.conv._ConvNd),
    instead="Make the two parameters yourself, and multiply in `forward`.",
)

SAYS = "F.linear(x, weight, bias)"
OF_THE_STUB = torch.tensor([1.0, 0.0, -1.0])
# Of three axes, in an order in memory that `view` cannot join.
TRANSPOSED = torch.arange(24.0).reshape(2, 4, 3).transpose(1, 2)


@st.composite
def inputs(draw: st.DrawFn) -> Tensor:
    """Inputs (in_features,), (N, in_features) and (…, in_features), of any layout."""
    if draw(st.booleans()):
        return draw(tensors(draw(shapes(st.integers(1, 4))), SMALL))
    return normal(draw(st.integers(1, 70)), draw(st.sampled_from([5, 64])), seed=draw(seeds))


@given(n_in=st.integers(1, 5), n_out=st.integers(1, 5))
@example(n_in=3, n_out=2)
def test_weight_and_bias_are_its_parameters(answer: Answer, n_in: int, n_out: int) -> None:
    """`weight` (out_features, in_features) has a row for each output, `bias` (out_features,) a
    number. Both are an `nn.Parameter`, assigned to an attribute; nothing else is saved."""
    due = {"bias": (n_out,), "weight": (n_out, n_in)}
    for layer in (
        _layer(answer, n_in, n_out),
        _layer(answer, in_features=n_in, out_features=n_out, bias=True),
    ):
        _expect_parameters(layer, due, f"Linear({n_in}, {n_out})")


@given(n_in=st.integers(1, 5), n_out=st.integers(1, 5))
@example(n_in=3, n_out=2)
def test_without_a_bias_there_is_only_the_weight(answer: Answer, n_in: int, n_out: int) -> None:
    """With `bias=False` no bias is registered, not even zeros: the optimiser would train them.
    The attribute is there, and is None."""
    for layer in (_layer(answer, n_in, n_out, False), _layer(answer, n_in, n_out, bias=False)):
        call = f"Linear({n_in}, {n_out}, bias=False)"
        _expect_parameters(layer, {"weight": (n_out, n_in)}, call)
        expect(
            getattr(layer, "bias", "missing") is None,
            call=f"{call}.bias",
            gave=getattr(layer, "bias", "there is no such attribute"),
            expected=None,
        )


def test_no_ready_made_layer_is_inside(answer: Answer) -> None:
    """Neither as a part nor as the base class: this kata is about what is in it."""
    found = shortcuts.inside(_layer(answer, 3, 2))
    expect(not found, gave=found.removeprefix(" = "), expected="an nn.Module with two parameters")


@given(x=inputs(), seed=seeds, bias=st.booleans(), training=st.booleans())
@example(x=OF_THE_STUB, seed=0, bias=True, training=True)
@example(x=TRANSPOSED, seed=0, bias=True, training=True)
def test_each_row_is_multiplied_and_the_bias_added(
    answer: Answer, x: Tensor, seed: int, bias: bool, training: bool
) -> None:
    """x · weightᵀ + bias, along the last axis of x, however many there are before it. `x @ …`
    takes them all; `.mm` and `.T` of x do not."""
    layer = _filled(answer, x, seed, bias).train(training)
    call = answer.guarded(layer, "layer")
    for sign in (1, -1):  # neither earlier calls nor earlier weights must matter
        weights = [p.detach().double() for p in _ordered(layer)]
        expect_same(call, lambda x, w=weights: F.linear(x, *w), says=SAYS, scale=64.0, x=sign * x)
        with torch.no_grad():
            for p in layer.parameters():
                p.mul_(-2)


@settings(max_examples=25)
@given(x=inputs(), seed=seeds, bias=st.booleans())
@example(x=TRANSPOSED, seed=0, bias=True)
def test_the_gradient_reaches_x_weight_and_bias(
    answer: Answer, x: Tensor, seed: int, bias: bool
) -> None:
    """`forward` has to use the parameters themselves: not `.data`, not a copy."""
    layer = _filled(answer, x, seed, bias)
    parameters = dict(zip(("weight", "bias"), _ordered(layer), strict=False))
    call = answer.guarded(layer, "layer")
    expect_same_gradient(call, F.linear, says=SAYS, scale=64.0, parameters=parameters, x=x)


SIZES = [(784, 128), (128, 784), (1, 60_000), (60_000, 1), (5, 20_000)]


@pytest.mark.parametrize(("n_in", "n_out"), SIZES)
def test_both_begin_uniform_within_one_over_root_n_in(
    answer: Answer, n_in: int, n_out: int
) -> None:
    """Weight and bias are drawn between −1/√in_features and 1/√in_features, each number as
    likely: `uniform_(-bound, bound)`. Only the number of *inputs* counts."""
    layer = _layer(answer, n_in, n_out)
    call, bound, says = f"Linear({n_in}, {n_out})", n_in**-0.5, f"1/√{n_in}"
    # With about four figures each, and 60 draws or more where there are few: see `statistics`.
    if n_in * n_out >= 100:
        expect_uniform(layer.weight, bound, call=f"{call}.weight", says=says)
    if n_out >= 100:
        expect_uniform(layer.bias, bound, call=f"{call}.bias", says=says)
        _expect_unlike(layer.bias, layer.weight, call)
    weight = _layer(answer, n_in, n_out, bias=False).weight
    expect_uniform(weight, bound, call=f"Linear({n_in}, {n_out}, bias=False).weight", says=says)


def test_each_instance_draws_afresh(answer: Answer) -> None:
    """Draw when a layer is made: two layers begin differently, and share nothing."""
    make = answer.Linear.target  # called directly: the guard moves the generator on
    layers = [make(*sizes) for sizes in [(3, 4), (3, 4), (5, 6), (5, 6), (3, 4)]]
    for one, other in itertools.combinations(layers, 2):
        expect_new_parts(one, other, "Linear(3, 4)")
        if one.weight.shape == other.weight.shape:
            for name in ("weight", "bias"):
                same = torch.equal(getattr(one, name).abs(), getattr(other, name).abs())
                expect(not same, f"Two layers of the same size begin with the same `{name}`.")


def test_a_seed_before_it_makes_the_numbers_repeatable(answer: Answer) -> None:
    """The numbers come from torch's generator, so that `torch.manual_seed` governs them."""
    drawn = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        drawn.append(torch.cat([p.detach().flatten() for p in _ordered(_layer(answer, 3, 4))]))
    first, again, other = drawn
    expect(torch.equal(first, again), "The same seed before it gives different numbers.")
    expect(not torch.equal(first, other), "A different seed before it gives the same numbers.")


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
def test_state_dicts_load_both_ways(answer: Answer, bias: bool) -> None:
    """The names and shapes are those of `nn.Linear`, so that each can go on with
    what the other has learned."""
    x = normal(4, 3, seed=1)
    for ours_first in (True, False):
        ours, theirs = _layer(answer, 3, 2, bias), nn.Linear(3, 2, bias)
        source, target = (ours, theirs) if ours_first else (theirs, ours)
        fill(source, seed=5)
        call = f"{_of(target)}.load_state_dict({_of(source)}.state_dict())"
        try:
            target.load_state_dict(source.state_dict())
        except RuntimeError as error:
            said = " ".join(str(error).split("\n\t")[1:])
            raise WrongAnswer(rows=[Row.call(call), Row.gave(said)]) from None
        expect_same(
            answer.guarded(ours, "layer"),
            lambda x, layer=theirs: F.linear(x, *(p.double() for p in layer.parameters())),
            says=SAYS,
            x=x,
        )


def test_a_copy_is_independent(answer: Answer) -> None:
    """`copy.deepcopy` copies the parameters, and `forward` uses those of its own instance."""
    layer = _filled(answer, OF_THE_STUB, 3, True)
    twin = copy.deepcopy(layer)
    weights = [p.detach().double().clone() for p in _ordered(layer)]
    with torch.no_grad():
        layer.weight.zero_()
    call = answer.guarded(twin, "copy.deepcopy(layer)")
    expect_same(call, lambda x: F.linear(x, *weights), says=SAYS, x=OF_THE_STUB)


@pytest.mark.mastery
@pytest.mark.parametrize("device", ["meta", "cpu", None])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, None], ids=str)
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
def test_it_is_made_where_and_as_what_it_is_asked(
    answer: Answer, device: str | None, dtype: torch.dtype | None, bias: bool
) -> None:
    """Pass `device` and `dtype` on to what makes the tensors, for weight *and* bias. There None
    means torch's default, whatever that is at the time."""
    for default in ("cpu", torch.float32), ("meta", torch.float64):
        with _defaults(*default):
            layer = _layer(answer, 3, 2, bias, device=device, dtype=dtype)
        due = f"{device or default[0]}, {dtype or default[1]}"
        for name, p in layer.named_parameters():
            gave = f"{p.device.type}, {p.dtype}"
            expect(
                gave == due,
                call=f"Linear(3, 2, {bias}, device={device!r}, dtype={dtype}).{name}",
                defaults=f"{default[0]}, {default[1]}",
                gave=gave,
                expected=due,
            )


@pytest.mark.mastery
def test_device_and_dtype_are_keywords_only(answer: Answer) -> None:
    """With a `*` in the signature, what comes after it can be passed by name only. A fourth
    argument by position is a mistake, and raises TypeError."""
    with answer.guard.watching("`Linear`"):
        expect_raises(
            lambda: answer.Linear.target(3, 2, True, "cpu"),
            types=TypeError,
            rows=[Row.call('Linear(3, 2, True, "cpu")')],
        )


@pytest.mark.mastery
@given(n_in=st.integers(1, 999), n_out=st.integers(1, 999), bias=st.booleans())
@example(n_in=3, n_out=2, bias=True)
def test_it_shows_what_it_is(answer: Answer, n_in: int, n_out: int, bias: bool) -> None:
    """`repr` calls the method `extra_repr` for what is between the parentheses."""
    layer = _layer(answer, n_in, n_out, bias=bias)
    with answer.guard.watching("`repr(layer)`"):
        gave = repr(layer)
    due = f"Linear(in_features={n_in}, out_features={n_out}, bias={bias})"
    missing = [part for part in due[7:-1].split(", ") if part not in gave.replace(" ", "")]
    expect(
        not missing,
        call=f"repr(Linear({n_in}, {n_out}, bias={bias}))",
        gave=gave,
        expected=due,
    )


@contextlib.contextmanager
def _defaults(device: str, dtype: torch.dtype) -> Iterator[None]:
    """Make tensors there and of this type where nothing else is asked for."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            yield
    finally:
        torch.set_default_dtype(before)


def _layer(answer: Answer, *args: Any, **kwargs: Any) -> Any:
    layer = answer.Linear(*args, **kwargs)
    expect(isinstance(layer, nn.Module), "Linear must be an nn.Module.", gave=type(layer))
    return layer


def _filled(answer: Answer, like: Tensor, seed: int, bias: bool) -> Any:
    """Return a layer of three outputs for this input, of its dtype, with numbers from a seed."""
    n_in = like.shape[-1]
    layer = _layer(answer, n_in, 3, bias).to(like.dtype)
    _expect_parameters(layer, {"weight": (3, n_in)} | ({"bias": (3,)} if bias else {}), "layer")
    with torch.no_grad():
        for i, p in enumerate(_ordered(layer)):
            p.copy_(normal(*p.shape, seed=seed + i))
    return layer


def _ordered(layer: Any) -> list[nn.Parameter]:
    """Return the weight, and the bias if there is one."""
    return [layer.weight] + ([] if layer.bias is None else [layer.bias])


def _expect_parameters(layer: Any, due: dict[str, tuple[int, ...]], call: str) -> None:
    for what, found in (
        ("parameters", dict(layer.named_parameters())),
        ("state_dict", layer.state_dict()),
    ):
        shapes = {name: tuple(value.shape) for name, value in sorted(found.items())}
        expect(shapes == due, call=f"{call}, its {what}", gave=shapes, expected=due)
    for name, p in layer.named_parameters():
        expect(p.requires_grad and p.is_leaf, f"`{name}` must be a leaf that requires grad.")


def _expect_unlike(bias: Tensor, weight: Tensor, call: str) -> None:
    """Reject a bias that resembles a column of the weights."""
    columns = torch.cat([bias.detach()[None], weight.detach().T[:50]]).double()
    # A correlation of n independent draws has a standard error of 1/√n.
    alike = torch.corrcoef(columns)[0, 1:].abs().max().item()
    expect(
        alike < 7 / len(bias) ** 0.5,
        "Draw the bias by itself.",
        call=call,
        gave=f"a correlation of {alike:.2f} between the bias and weights",
        expected=0.0,
    )


def _of(layer: nn.Module) -> str:
    return "nn.Linear(3, 2)" if type(layer) is nn.Linear else "Linear(3, 2)"


hints = """
Take one row of three inputs and two outputs, as in the example. Which of the six weights belong to
the first output, and what do you have to do to `weight` before `x @ …` picks them up?

Make each tensor with `torch.empty`, fill it with `uniform_(-bound, bound)`, and wrap it in
`nn.Parameter`. The bound is the same for both, and comes from the number of inputs. Without a
bias, `self.bias = None`.

`bound = 1 / math.sqrt(in_features)`, then `self.weight = nn.Parameter(torch.empty(out_features,
in_features).uniform_(-bound, bound))`. The bias is made in the same way, of size `out_features`.

In `forward`: `y = x @ self.weight.T`, and `return y if self.bias is None else y + self.bias`.
"""

mastery_hints = """
Every function that makes a tensor takes `device=` and `dtype=`, and both may be None. How many
such calls do you have? And what does `print(nn.Linear(3, 2))` show?

`torch.empty(…, device=device, dtype=dtype)`, for weight and bias. `extra_repr` returns the text:
`f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"`.
"""

afterwards = """
The reference draws the bias like the weights, and torch does so too. Compare
`Linear(784, 10).weight.std()` with 1/√784 = 0.036: it is 1/√3 of that.

The riddle of a=√5, and what it comes to, is in `reset_parameters`:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/linear.py

Try: send random numbers through ten layers in a row. Do they grow or shrink?
"""
