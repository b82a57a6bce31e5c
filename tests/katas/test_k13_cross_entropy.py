"""What an answer to k13 must do."""

import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.kit import Answer
from tests.harness.kit.compare import expect_same, expect_same_gradient
from tests.harness.kit.strategies import (
    SMALL,
    TABLE,
    classes_of,
    dtypes,
    normal,
    seeds,
    tensors,
    with_layout,
)

Layer = tuple[Tensor, Tensor, Tensor]
Batch = tuple[Tensor, Tensor]

LOGITS = "xb @ weights + bias"
LOSS = "nll_loss(log_softmax(input), target)"


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    """A batch with weights and bias that fit it, of one dtype."""
    n, n_in, n_out = (draw(st.integers(1, 4)) for _ in range(3))
    xb = draw(tensors((n, n_in), SMALL))
    seed = draw(seeds)
    weights = with_layout(draw, 2 * normal(n_in, n_out, seed=seed, dtype=xb.dtype))
    return xb, weights, with_layout(draw, 2 * normal(n_out, seed=seed + 1, dtype=xb.dtype))


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """Logits (N, C) with targets (N,)."""
    n, classes = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    logits = draw(tensors((n, classes), draw(st.sampled_from([SMALL, TABLE]))))
    return logits, with_layout(draw, classes_of(draw, n, classes))


def affine(xb: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    """Multiply and add."""
    return xb @ weights + bias


def nll_of_log_softmax(input: Tensor, target: Tensor) -> Tensor:
    """Do what k06 and k08 do, one after the other."""
    return F.nll_loss(F.log_softmax(input, dim=1), target)


@given(layer=layers())
@example(layer=(torch.tensor([[1.0, 2.0]]), torch.eye(2), torch.tensor([10.0, 0.0])))
def test_the_model_gives_bare_logits(answer: Answer, layer: Layer) -> None:
    """Return `xb @ weights + bias`, without the log-softmax: the loss does that now."""
    xb, weights, bias = layer
    expect_same(answer.model, affine, says=LOGITS, scale=100.0, xb=xb, weights=weights, bias=bias)


@settings(max_examples=15)
@given(layer=layers())
def test_the_gradient_reaches_weights_and_bias(answer: Answer, layer: Layer) -> None:
    """Autograd must see every operation on the way: no `.data`, no `.detach()`, no numpy."""
    xb, weights, bias = layer
    expect_same_gradient(
        answer.model, affine, says=LOGITS, scale=100.0, xb=xb, weights=weights, bias=bias
    )


@given(batch=batches())
@example(batch=(torch.tensor([[1.0, 1.0], [0.0, 100.0]]), torch.tensor([0, 1])))
def test_the_loss_is_nll_of_log_softmax(answer: Answer, batch: Batch) -> None:
    """The loss takes logits, normalises them itself, and averages over the batch. Leave all of it
    to `F.cross_entropy`: a softmax and a logarithm of your own are less exact."""
    input, target = batch
    expect_same(
        answer.loss_func, nll_of_log_softmax, says=LOSS, scale=50.0, input=input, target=target
    )


@settings(max_examples=15)
@given(batch=batches())
def test_the_gradient_reaches_the_logits(answer: Answer, batch: Batch) -> None:
    """The gradient is the guess minus the truth, softmax(logits) less 1 at the target, over N."""
    input, target = batch
    expect_same_gradient(
        answer.loss_func, nll_of_log_softmax, says=LOSS, scale=50.0, input=input, target=target
    )


@settings(max_examples=15)
@given(n=st.sampled_from([64, 1, 100]), seed=seeds, dtype=dtypes, learn=st.booleans())
def test_both_together_are_the_loss_of_k07_and_k08(
    answer: Answer, n: int, seed: int, dtype: torch.dtype, learn: bool
) -> None:
    """`loss_func(model(xb, …), yb)` is what it was before, on batches of any size, with autograd on
    or off: only one of the two functions may normalise, and that is the loss."""
    xb = normal(n, 784, seed=seed, dtype=dtype)
    weights, bias = normal(784, 10, seed=seed + 1, dtype=dtype) / 4, normal(10, seed=1, dtype=dtype)
    target = (5 * normal(n, seed=seed + 2)).long().remainder(10)
    with torch.set_grad_enabled(learn):
        logits = expect_same(
            answer.model, affine, says=LOGITS, scale=100.0, xb=xb, weights=weights, bias=bias
        )
        expect_same(
            answer.loss_func,
            nll_of_log_softmax,
            says=LOSS,
            scale=100.0,
            logits=logits.detach(),
            target=target,
        )


hints = """
In the first example the model returns 11 and 2. Can these be log-probabilities, whose
exponentials sum to one? If not, which step of k07 is missing, and in which of the two functions
does it happen now?

Take the model of k07 and leave out its last step. For the loss, torch has one function that does
this step and the one of k08: look for it in `torch.nn.functional`, here called `F`. What does it
want, logits or probabilities?

`model` ends with `return xb @ weights + bias`, with nothing around it. `loss_func` ends with
`return F.cross_entropy(input, target)`, which normalises the logits itself and takes the mean:
put no softmax before it.
"""

afterwards = """
The reference has no softmax left. To guess, none is needed: the largest logit
has the largest probability.

Look for `cross_entropy`, and what it does with `label_smoothing`, in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/functional.py

Try: give `loss_func` the log-probabilities of k07 instead of logits. Why is the
loss the same?
"""
