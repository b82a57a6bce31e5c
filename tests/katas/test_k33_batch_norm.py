"""What an answer to k33 must do."""

import copy
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.harness.kit import Answer, Row, WrongAnswer, expect, expect_raises, show
from tests.harness.kit.called_code import CalledCode
from tests.harness.kit.compare import (
    call_rows,
    expect_close,
    expect_same,
    expect_same_gradient,
    expect_tensor,
)
from tests.harness.kit.models import expect_new_parts
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import dtypes, normal, seeds, with_layout
from tests.harness.kit.tensors import copy_of

READY_MADE = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)

shortcuts = Shortcuts(
    pattern="(batch|instance|group|layer|rms)_norm",
    modules=READY_MADE,
    code=CalledCode(
        *READY_MADE,
        nn.modules.batchnorm._BatchNorm,
        nn.SyncBatchNorm,
        nn.modules.instancenorm._InstanceNorm,
    ),
    instead="Compute the mean and the variance of each channel, and normalise with them.",
)

DUE = {
    "weight": torch.ones(2),
    "bias": torch.zeros(2),
    "running_mean": torch.zeros(2),
    "running_var": torch.ones(2),
    "num_batches_tracked": torch.tensor(0),
}
BUFFERS = list(DUE)[2:]
OF_THE_STUB = torch.tensor([[[[1.0, 3.0]]]])
# Both variances differ, and a mean per pixel, per image and per channel.
PLAIN = torch.tensor([[[[1.0, 3.0]], [[-2.0, 2.0]]], [[[7.0, 5.0]], [[6.0, 2.0]]]])
A_ZERO_CHANNEL = PLAIN * torch.tensor([1.0, 0.0])[:, None, None]

epsilons = st.sampled_from([1e-5, 1e-3, 0.1, 2.0])
momenta = st.sampled_from([0.1, 0.5, 0.9, 1.0, 0.0])


@st.composite
def images(draw: st.DrawFn, channels: int, dtype: torch.dtype, least: int = 2) -> Tensor:
    """Batches (N, C, H, W) of which no channel's mean is large against its deviation.

    The deviation is a quarter of the largest number at least. A channel has ``least`` numbers
    at least; one may be all zeros.
    """
    n, h, w = (draw(st.integers(1, 4)) for _ in "nhw")
    n = max(n, least if h * w == 1 else 1)
    # The numbers from -1 to 1 in any order, each a little aside: no two are equal, none far off.
    m, aside = n * h * w, normal(channels, n * h * w, seed=draw(seeds), dtype=torch.float64)
    z = aside.argsort(1) * 2 - (m - 1) + 0.2 * torch.tanh(aside)
    if m > 1:
        z = (z - z.mean(1, keepdim=True)) / z.std(1, correction=0, keepdim=True)
    shift, size = draw(st.sampled_from([0.0, 1.0, -0.7])), draw(st.sampled_from([1.0, 8.0, 0.25]))
    z = size * (z + shift * torch.arange(channels)[:, None] / channels)
    if draw(st.integers(0, 5)) == 5:
        z[-1] = 0
    x = z.to(dtype).reshape(channels, n, h, w).transpose(0, 1)
    return with_layout(draw, x.contiguous())


@st.composite
def series(draw: st.DrawFn) -> list[Tensor]:
    """Two batches of the same channels, of different sizes."""
    channels, dtype = draw(st.integers(1, 4)), draw(dtypes)
    return [draw(images(channels, dtype)) for _ in range(2)]


def test_two_parameters_and_three_buffers_are_its_state(answer: Answer) -> None:
    """`weight` and `bias` are an `nn.Parameter` each. The running statistics are buffers, which
    `register_buffer` makes: saved and moved with the layer, but not trained."""
    for layer in (
        _layer(answer, 2),
        _layer(answer, 2, 1e-3, 0.2),
        _layer(answer, num_features=2, eps=1e-3, momentum=0.2),
    ):
        parameters, buffers = dict(layer.named_parameters()), dict(layer.named_buffers())
        for what, found, due in (
            ("parameters", parameters, {*list(DUE)[:2]}),
            ("buffers", buffers, set(BUFFERS)),
            ("state dict", layer.state_dict(), set(DUE)),
        ):
            names = sorted(found)
            expect(
                names == sorted(due) or (what == "buffers" and due < {*names}),
                call=f"BatchNorm2d(2), its {what}",
                gave=names,
                expected=sorted(due),
            )
        for name, due_value in DUE.items():
            value = {**parameters, **buffers}[name]
            expect(
                value.dtype == due_value.dtype and torch.equal(value, due_value),
                call=f"BatchNorm2d(2).{name}",
                gave=show(value),
                expected=show(due_value),
            )
        layer.double()
        moved = {name: str(layer.state_dict()[name].dtype) for name in DUE}
        due_types = dict.fromkeys(DUE, "torch.float64") | {"num_batches_tracked": "torch.int64"}
        expect(moved == due_types, call="BatchNorm2d(2).double()", gave=moved, expected=due_types)


def test_no_ready_made_layer_is_inside(answer: Answer) -> None:
    """Neither as a part nor as the base class: this kata is about what is in it."""
    found = shortcuts.inside(_layer(answer, 2))
    expect(not found, gave=found.removeprefix(" = "), expected="an nn.Module without others")


@given(batches=series(), seed=seeds, eps=epsilons)
@example(batches=[OF_THE_STUB], seed=0, eps=1e-5)
@example(batches=[PLAIN, A_ZERO_CHANNEL[:1]], seed=0, eps=1e-3)
def test_in_training_each_channel_is_normalised_by_the_batch(
    answer: Answer, batches: list[Tensor], seed: int, eps: float
) -> None:
    """Mean and *biased* variance are taken over N, H and W, so that there is one for each channel.
    eps is added to the variance, inside the root. Then weight and bias, along the channels."""
    ours, theirs = _pair(answer, batches[0], seed, eps=eps)
    call = answer.guarded(ours, "layer")
    for x in batches:
        expect_same(
            call,
            lambda x, theirs=theirs: theirs(x),
            says="nn.BatchNorm2d, in training",
            scale=_scale(x, theirs, x.double()),
            x=x,
        )
        _expect_untrained(ours, theirs)


@given(batches=series(), seed=seeds, momentum=momenta, recording=st.booleans())
@example(batches=[OF_THE_STUB], seed=-1, momentum=0.1, recording=True)
@example(batches=[PLAIN, A_ZERO_CHANNEL[:1]], seed=-1, momentum=0.1, recording=False)
def test_in_training_the_running_statistics_follow(
    answer: Answer, batches: list[Tensor], seed: int, momentum: float, recording: bool
) -> None:
    """running ← (1 − momentum) · running + momentum · batch, with the batch's mean and its
    *unbiased* variance, from the first batch on, and under `no_grad` as well. The count grows by
    one. No graph is kept: compute the new values under `torch.no_grad()`."""
    ours, theirs = _pair(answer, batches[0], seed, momentum=momentum)
    call = answer.guarded(ours, "layer")
    for x in batches:
        before = {name: getattr(theirs, name).clone() for name in BUFFERS}
        with torch.set_grad_enabled(recording):
            call(copy_of(x).requires_grad_())
        theirs(x.double())
        rows = [*call_rows("layer", {"x": x}), Row.input("momentum", str(momentum))]
        _expect_buffers(ours, theirs, before, x, rows)
    _expect_untrained(ours, theirs)


@given(data=st.data(), channels=st.integers(1, 4), dtype=dtypes, seed=seeds, eps=epsilons)
def test_in_evaluation_the_running_statistics_normalise(
    answer: Answer,
    data: st.DataObject,
    channels: int,
    dtype: torch.dtype,
    seed: int,
    eps: float,
) -> None:
    """After `eval()` the batch's own mean and variance do not matter, so that one image is enough.
    The running ones are used as they are, and stay so."""
    x = data.draw(images(channels, dtype, least=1))
    ours, theirs = _pair(answer, x, seed, eps=eps)
    call = answer.guarded(ours, "layer")
    for training in (False, True, False):  # a step of training must show afterwards
        for layer in (ours, theirs):
            layer.train(training)
        if training:
            trained = data.draw(images(channels, dtype))
            call(trained)
            theirs(trained.double())
            continue
        before = {name: getattr(theirs, name).clone() for name in BUFFERS}
        expect_same(
            call,
            lambda x, theirs=theirs: theirs(x),
            says="nn.BatchNorm2d, in evaluation",
            scale=_scale(x, theirs),
            x=x,
        )
        _expect_buffers(ours, theirs, before, x, [Row.call("layer.eval()(x)")])


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluating"])
@settings(max_examples=25)
@given(data=st.data(), channels=st.integers(1, 4), dtype=dtypes, seed=seeds, eps=epsilons)
def test_the_gradient_reaches_x_weight_and_bias(
    answer: Answer,
    training: bool,
    data: st.DataObject,
    channels: int,
    dtype: torch.dtype,
    seed: int,
    eps: float,
) -> None:
    """In training it flows through the mean and the variance too: moving one number moves both.
    The running statistics keep nothing of it, or the second `backward` fails."""
    x = data.draw(images(channels, dtype, least=2 if training else 1))
    _expect_gradient(answer, x, seed, eps, training)


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluating"])
@pytest.mark.parametrize("x", [PLAIN, A_ZERO_CHANNEL.double()], ids=["plain", "a zero channel"])
def test_the_gradient_of_a_small_batch(answer: Answer, x: Tensor, training: bool) -> None:
    """In training it flows through the mean and the variance too: moving one number moves both.
    The running statistics keep nothing of it, or the second `backward` fails."""
    _expect_gradient(answer, x, 0, 1e-3, training)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_batches_of_real_size_are_no_different(answer: Answer, dtype: torch.dtype) -> None:
    """It has to work for any number of images and channels."""
    x = normal(16, 8, 14, 15, seed=3, dtype=dtype) + 1
    ours, theirs = _pair(answer, x, 3)
    for training in (True, False):
        theirs.train(training)
        expect_same(
            answer.guarded(ours.train(training), "layer"),
            lambda x: theirs(x),
            says="nn.BatchNorm2d(x)",
            scale=_scale(x, theirs, x.double()),
            x=x,
        )


def test_state_dicts_load_both_ways(answer: Answer) -> None:
    """The names and shapes are those of `nn.BatchNorm2d`. What was loaded counts from then on."""
    for ours_first in (True, False):
        ours, _ = _pair(answer, PLAIN, 5)
        theirs = nn.BatchNorm2d(2)
        if not ours_first:
            ours, theirs = _layer(answer, 2), _filled(theirs, 6)
        source, target = (ours, theirs) if ours_first else (theirs, ours)
        kinds = ["nn.BatchNorm2d(2)" if each is theirs else "BatchNorm2d(2)" for each in
                 (target, source)]  # fmt: skip
        call = f"{kinds[0]}.load_state_dict({kinds[1]}.state_dict())"
        try:
            target.load_state_dict(source.state_dict())
        except RuntimeError as error:
            said = " ".join(str(error).split("\n\t")[1:])
            raise WrongAnswer(rows=[Row.call(call), Row.gave(said)]) from None
        theirs = copy_of(theirs, torch.float64)
        guarded = answer.guarded(ours, "layer")
        for training in (True, False):
            ours.train(training)
            theirs.train(training)
            expect_same(guarded, lambda x, layer=theirs: layer(x), scale=50.0, x=PLAIN)
            _expect_buffers(ours, theirs, {}, PLAIN, [Row.call(f"{call}; layer(x)")])


def test_two_instances_share_nothing(answer: Answer) -> None:
    """Every layer has parameters and buffers of its own, and so has a copy."""
    first = _layer(answer, 2)
    for second in (_layer(answer, 2), copy.deepcopy(first)):
        expect_new_parts(first, second, "BatchNorm2d(2)")
        with answer.guard.watching("`forward`"):
            second(PLAIN)
        for name in BUFFERS:
            gave = getattr(first, name)
            expect(
                torch.equal(gave, DUE[name]),
                f"What one layer sees changes `{name}` of another.",
                gave=show(gave),
                expected=show(DUE[name]),
            )


@pytest.mark.mastery
@pytest.mark.parametrize("mean", [1e4, -1e4, 3e3])
@pytest.mark.parametrize("shape", [(2, 3, 8, 8), (1, 1, 2, 3), (7, 2, 1, 1)], ids=str)
def test_a_large_mean_costs_no_more_than_rounding(
    answer: Answer, mean: float, shape: tuple[int, ...]
) -> None:
    """Subtract the mean first, and square then. E[x²] − E[x]² is the difference of two numbers
    that agree in all digits that float32 has."""
    x = normal(*shape, seed=4) + mean
    ours, theirs = _pair(answer, x, 4)
    scale = abs(mean) + 5
    call = answer.guarded(ours, "layer")
    expect_same(call, lambda x: theirs(x), says="nn.BatchNorm2d", scale=4 * scale, x=x)
    for name in BUFFERS:
        expect_close(
            getattr(ours, name), getattr(theirs, name), what=f"{name}, afterwards",
            rows=call_rows("layer", {"x": x}), scale=scale,
        )  # fmt: skip
    _expect_gradient(answer, x, 4, 1e-5, training=True)


BAD_SHAPES = [
    (3,), (4, 3), (4, 3, 5), (3, 2, 2), (2, 3, 2, 2, 2),
    (2, 1, 3, 3), (2, 2, 3, 3), (2, 4, 3, 3), (2, 6, 3, 3), (3, 2, 3, 3), (1, 3, 1, 1),
]  # fmt: skip


@pytest.mark.mastery
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluating"])
@pytest.mark.parametrize("shape", BAD_SHAPES, ids=str)
@pytest.mark.parametrize("channels", [3, 1])
def test_what_does_not_fit_is_refused(
    answer: Answer, channels: int, shape: tuple[int, ...], training: bool
) -> None:
    """Broadcasting would spread one channel over all, or fill in an axis: raise before anything
    is computed. The statistics stay as they were: whoever catches the exception goes on with
    them."""
    layer = _filled(_layer(answer, channels), 2).train(training)
    if channels == 1:
        shape = tuple(1 if size == 3 else 3 if size == 1 else size for size in shape)
    if len(shape) == 4 and shape[1] == channels and (not training or shape != (1, channels, 1, 1)):
        return  # this one fits
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    x = normal(*shape, seed=1)
    call = f"BatchNorm2d({channels})(x), in {'training' if training else 'evaluation'}"
    rows = [Row.call(call), Row.input("x", f"of shape {shape}")]
    guarded = answer.guarded(layer, "layer")
    expect_raises(
        lambda: guarded(x), types=(ValueError, RuntimeError), rows=rows, shown=lambda y: show(y)
    )
    for name, value in layer.state_dict().items():
        if not torch.equal(value, before[name]):
            facts = Row.gave(show(value), label="is"), Row.expected(show(before[name]), label="was")
            rows = [*rows, Row.fact(f"{name}, after the exception"), *facts]
            raise WrongAnswer(rows=rows)


def _layer(answer: Answer, *args: Any, **kwargs: Any) -> Any:
    layer = answer.BatchNorm2d(*args, **kwargs)
    expect(isinstance(layer, nn.Module), "BatchNorm2d must be an nn.Module.", gave=type(layer))
    for name in DUE:
        found = getattr(layer, name, None)
        expect(isinstance(found, Tensor), f"There is no tensor `{name}`.", call="BatchNorm2d(…)")
    return layer


def _filled(layer: Any, seed: int) -> Any:
    """Set parameters and statistics to numbers drawn from a seed; with a negative one, leave them.

    None is what it was at first, no two are equal, and each variance is 1/2 at least.
    """
    if seed >= 0:
        with torch.no_grad():
            for i, name in enumerate(("weight", "bias", "running_mean", "running_var")):
                value = getattr(layer, name)
                drawn = normal(*value.shape, seed=seed + i)
                value.copy_(drawn.abs() + 0.5 if name == "running_var" else drawn)
            layer.num_batches_tracked.fill_(7)
    return layer


def _pair(
    answer: Answer, like: Tensor, seed: int, *, eps: float = 1e-5, momentum: float = 0.1
) -> tuple[Any, nn.BatchNorm2d]:
    """Return a layer of the dtype of x, and torch's in float64 with the same numbers."""
    channels = like.shape[1]
    ours = _filled(_layer(answer, channels, eps, momentum), seed).to(like.dtype)
    theirs = _filled(nn.BatchNorm2d(channels, eps, momentum), seed).double()
    return ours, theirs


def _statistics(layer: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    assert layer.running_var is not None
    assert layer.running_mean is not None
    return layer.running_var, layer.running_mean


def _scale(x: Tensor, layer: nn.BatchNorm2d, batch: Tensor | None = None) -> float:
    """Return the largest magnitude on the way: of x or the mean, over √(var + eps), weighted."""
    var, mean = _statistics(layer)
    if batch is not None:
        var, mean = torch.var_mean(batch, (0, 2, 3), correction=0)
    most = max(x.abs().max().item(), mean.abs().max().item())
    weight, bias = (p.detach().abs().max().item() for p in (layer.weight, layer.bias))
    return most / (var.min().item() + layer.eps) ** 0.5 * max(weight, 1.0) + bias


def _expect_gradient(answer: Answer, x: Tensor, seed: int, eps: float, training: bool) -> None:
    ours, theirs = _pair(answer, x, seed, eps=eps)
    ours.train(training)
    var, mean = _statistics(theirs)
    smallest = (x.double().var((0, 2, 3), correction=0) if training else var).min().item() + eps

    def reference(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        # In training it writes into the running statistics.
        return F.batch_norm(x, mean.clone(), var.clone(), weight, bias, training=training, eps=eps)

    expect_same_gradient(
        answer.guarded(ours, "layer"),
        reference,
        says="nn.BatchNorm2d",
        scale=_scale(x, theirs, x.double() if training else None) / min(1.0, smallest**0.5),
        parameters={"weight": ours.weight, "bias": ours.bias},
        x=x,
    )


def _expect_buffers(
    ours: Any, theirs: nn.BatchNorm2d, before: dict[str, Tensor], x: Tensor, rows: list[Row]
) -> None:
    """Reject a layer whose running statistics differ from torch's after a call."""
    most = max(x.abs().max().item(), 4.0)
    for name in BUFFERS:
        gave, due = getattr(ours, name), getattr(theirs, name)
        shown = [Row.fact("before", show(before[name].to(gave.dtype)))] if before else []
        facts = [*rows, Row.fact(f"{name}, afterwards"), *shown]
        expect_tensor(gave, due, rows=facts)
        kind = due.dtype if not due.is_floating_point() else ours.weight.dtype
        expect(gave.dtype == kind, f"`{name}` has another dtype than before.", gave=gave.dtype)
        scale = most**2 if name == "running_var" else most
        expect_close(gave, due, rows=facts, scale=scale, terms=max(x.shape))
        expect(
            not gave.requires_grad,
            f"`{name}` requires grad: it keeps the graph of every batch that it has seen. Compute "
            "its new value under `torch.no_grad()`.",
        )


def _expect_untrained(ours: Any, theirs: nn.BatchNorm2d) -> None:
    """Reject a layer whose parameters were changed by a call."""
    for name in ("weight", "bias"):
        gave, due = getattr(ours, name), getattr(theirs, name)
        expect_close(gave, due, what=f"{name}, after a call", why="Only an optimiser changes it.")


hints = """
In the example the mean is 2. What are the biased and the unbiased variance of 1 and 3? Which of the
two gives the result, and which the running variance, (1 − 0.1) · 1 + 0.1 · var = 1.1?

Over which axes do you average, so that one number is left for each channel? `x.mean((0, 2, 3))`
has shape (C,). To go along the channels it must be (C, 1, 1): `mean[:, None, None]`.

`x.var((0, 2, 3), correction=0)` is the biased variance; times n / (n − 1) it is the unbiased one.
Under `with torch.no_grad():` write into the buffer: `self.running_mean.lerp_(mean, self.momentum)`
goes that share of the way from the old value to the new one.

In evaluation, `mean, var = self.running_mean, self.running_var`. In both modes: `y = (x - mean) /
(var + self.eps).sqrt() * self.weight + self.bias`, each of the four with `[:, None, None]`.
"""

mastery_hints = """
In float32, what is 10000.0**2 + 1, and what is left of the 1 when 10000.0**2 is subtracted
again? And which of your checks comes before the first buffer is changed?

Take the mean of (x − mean)², or `torch.var_mean`. First of all, raise ValueError if
`x.dim() != 4`, if `x.shape[1]` is not num_features, or if in training n is 1.
"""

afterwards = """
The reference takes mean and variance from one call, `torch.var_mean`, which
subtracts the mean before it squares.

What torch does with momentum=None is in the `forward` of `_BatchNorm`:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/batchnorm.py

Try: a bias before a batch norm gets a gradient of zero. Why?
"""
