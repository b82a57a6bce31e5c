"""What an answer to k44 must do."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.kit import Answer, Row, WrongAnswer, expect, show
from tests.harness.kit.called_code import AUTOGRAD
from tests.harness.kit.compare import (
    call_rows,
    expect_close,
    expect_same,
    expect_same_gradient,
)
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import SMALL, dtypes, logits, normal, seeds, tensors
from tests.harness.kit.tensors import direction_for, leaf_of
from tests.katas.test_k06_log_softmax import SAYS, large, masked, reference
from tests.katas.test_k06_log_softmax import shortcuts as of_k06

shortcuts = Shortcuts(
    *of_k06.functions,
    code=AUTOGRAD,
    instead="Write both ways yourself, with `exp`, `sum` and `log`, or with `logsumexp`.",
)

GRADIENT = "The gradient of `log_softmax`"
RULE = "grad − softmax(x) · Σ grad"
OF_THE_STUB = torch.tensor([[0.0, 0.0]])


@st.composite
def with_upstream(draw: st.DrawFn) -> tuple[Tensor, Tensor, Tensor]:
    """Logits, and two gradients that may arrive from upstream."""
    x = draw(logits())
    first, second = (draw(tensors(x.shape, SMALL)).to(x.dtype) for _ in range(2))
    return x, first, second


@given(x=logits())
@example(x=OF_THE_STUB)
def test_it_computes_log_softmax(answer: Answer, x: Tensor) -> None:
    """From each entry, subtract the logarithm of the sum of its row's exponentials, as in k06;
    whether x requires grad or not."""
    gave = expect_same(answer.log_softmax, reference, says=SAYS, scale=1.0, x=x)
    expect(not gave.requires_grad, "x does not require grad, and the result does.")


@settings(max_examples=15)
@given(x=logits())
@example(x=OF_THE_STUB)
def test_the_gradient_has_a_term_for_each_entry_of_the_row(answer: Answer, x: Tensor) -> None:
    """gradient of xⱼ = gradⱼ − softmax(x)ⱼ · Σᵢ gradᵢ. The sum runs over the *last* axis, and keeps
    it (`keepdim=True`): each row has its own."""
    expect_same_gradient(answer.log_softmax, reference, says=SAYS, x=x)


@settings(max_examples=12)
@given(case=with_upstream())
def test_the_gradient_is_that_of_whatever_arrives(
    answer: Answer, case: tuple[Tensor, Tensor, Tensor]
) -> None:
    """`grad` is a factor of the chain rule: use it, and leave it as it is, since it is not yours.
    `backward` may be called again, with another one."""
    x, *upstream = case
    x = leaf_of(x)
    other = torch.zeros_like(x).requires_grad_()
    doubled = 2 * other  # its turn comes after that of y, and the same gradient arrives
    y = _apply(answer, x)
    for grad in upstream:
        rows = [*call_rows("log_softmax", {"x": x}), Row.input("grad", show(grad))]
        with answer.guard.watching(GRADIENT):
            total = ((y + doubled) * grad).sum()
            gave, beside = torch.autograd.grad(total, (x, other), retain_graph=True)
        _expect_rule(gave, x, grad, rows)
        if not torch.equal(beside, 2 * grad):
            what = "grad, as others get it afterwards"
            facts = Row.gave(show(beside / 2), label="is"), Row.expected(show(grad), label="was")
            raise WrongAnswer(rows=[*rows, Row.fact(what), *facts])


@settings(max_examples=8)
@given(
    seed=seeds,
    shape=st.sampled_from([(64, 10), (200, 3), (2, 3, 130), (300,), (33, 1, 4)]),
    dtype=dtypes,
)
def test_batches_of_real_size_are_no_different(
    answer: Answer, seed: int, shape: tuple[int, ...], dtype: torch.dtype
) -> None:
    """It has to work for any number of rows and classes."""
    x = 3 * normal(*shape, seed=seed, dtype=dtype)
    expect_same(answer.log_softmax, reference, says=SAYS, scale=1.0, x=x)
    expect_same_gradient(answer.log_softmax, reference, says=SAYS, scale=20.0, x=x)


@settings(max_examples=5)
@given(x=logits())
def test_the_result_is_one_node_after_x(answer: Answer, x: Tensor) -> None:
    """`log_softmax(x)` is `LogSoftmax.apply(x)`: the whole work is done inside the Function, and
    nothing of it is left to autograd. So the result's `grad_fn` is the Function's own, and the
    next node is that of x."""
    function = answer.LogSoftmax.target
    expect(
        isinstance(function, type) and issubclass(function, torch.autograd.Function),
        "Derive the class from torch's: `class LogSoftmax(torch.autograd.Function)`.",
    )
    leaf = leaf_of(x)
    doubled = 2 * leaf
    for given_x, node in ((leaf, None), (doubled, doubled.grad_fn)):
        y = _apply(answer, given_x)
        own = getattr(function, "_backward_cls", type(None))
        expect(
            isinstance(y.grad_fn, own),
            call="y = log_softmax(x)",
            gave=f"y.grad_fn is of type {type(y.grad_fn).__name__}",
            expected="LogSoftmaxBackward",
        )
        after = [following for following, _ in y.grad_fn.next_functions if following is not None]
        is_of_x = [f is node if node else getattr(f, "variable", None) is leaf for f in after]
        expect(
            is_of_x == [True],
            call="y = log_softmax(x), and y.grad_fn.next_functions",
            gave=", ".join(type(following).__name__ for following in after) or "nothing",
            expected="the node of x",
        )


@settings(max_examples=5)
@given(x=logits())
@example(x=torch.tensor([[0.0, 1.0, 3.0], [2.0, 0.0, -1.0]]))
def test_two_results_at_a_time_keep_apart(answer: Answer, x: Tensor) -> None:
    """What a call saves belongs to its `ctx`, and to no other call."""
    leaves = leaf_of(x), leaf_of(0.5 * x.flip(-1))
    results = [_apply(answer, leaf) for leaf in leaves]
    for x, y in zip(leaves, results, strict=True):
        rows = [Row.call("log_softmax(x), and another call before `backward`")]
        rows += [Row.input("x", show(x))]
        _expect_gradient(answer, y, x, direction_for(y).to(y.dtype), rows)


@pytest.mark.mastery
@settings(max_examples=15)
@given(x=large)
def test_huge_logits_give_finite_results_and_gradients(answer: Answer, x: Tensor) -> None:
    """exp(89) is infinite in float32. Subtract each row's maximum first, and take the softmax from
    the result: exp(y) is at most 1."""
    expect_same(answer.log_softmax, reference, says=SAYS, scale=1.0, x=x)
    expect_same_gradient(answer.log_softmax, reference, says=SAYS, scale=1.0, x=x)


@pytest.mark.mastery
@settings(max_examples=15)
@given(x=masked())
def test_a_masked_class_disturbs_no_other(answer: Answer, x: Tensor) -> None:
    """A class that is ruled out has the logit −∞: log-probability −∞, probability 0."""
    expect_same(answer.log_softmax, reference, says=SAYS, scale=1.0, x=x)
    x = leaf_of(x)
    y = _apply(answer, x)
    grad = direction_for(x).to(x.dtype).masked_fill(x == -torch.inf, 0)
    rows = [*call_rows("log_softmax", {"x": x}), Row.input("grad", show(grad))]
    _expect_gradient(answer, y, x, grad, rows)


@pytest.mark.mastery
@settings(max_examples=8)
@given(x=logits(), seed=seeds)
@example(x=torch.tensor([[0.0, 1.0, 3.0], [2.0, 0.0, -1.0]]), seed=0)
def test_the_gradient_has_a_gradient(answer: Answer, x: Tensor, seed: int) -> None:
    """With `create_graph=True` autograd records `backward` too, beginning at what was saved. It
    knows where x and the result y come from. A softmax that was made in `forward` is a constant
    for it: save x or y instead, by `ctx.save_for_backward`, and compute the softmax from
    that."""
    weights = normal(*x.shape, seed=seed, dtype=torch.float64)
    upstream = normal(*x.shape, seed=seed + 1, dtype=torch.float64)
    rows = [*call_rows("log_softmax", {"x": x}), Row.input("grad", show(upstream.to(x.dtype)))]

    def seconds(function: Callable[..., Any], dtype: torch.dtype) -> list[Tensor]:
        leaves = leaf_of(x, dtype), leaf_of(upstream, dtype)
        total = (function(leaves[0]) * leaves[1]).sum()
        (first,) = torch.autograd.grad(total, leaves[0], create_graph=True)
        if not first.requires_grad:
            raise WrongAnswer(rows=[*rows, Row.fact("its gradient"), Row.gave("has no gradient")])
        total = (first * weights.to(dtype)).sum()
        given_back = torch.autograd.grad(total, leaves, allow_unused=True)
        return [
            torch.zeros_like(leaf) if gradient is None else gradient
            for leaf, gradient in zip(leaves, given_back, strict=True)
        ]

    due = seconds(reference, torch.float64)
    with answer.guard.watching(GRADIENT):
        gave = seconds(answer.log_softmax.target, x.dtype)
    for name, ours, theirs in zip(("x", "grad"), gave, due, strict=True):
        expect_close(
            ours,
            theirs,
            what=f"the gradient of its gradient, of {name}",
            says=f"of {SAYS}",
            rows=rows,
            scale=10 * max(1.0, x.abs().max().item()),  # no entry of the weights is beyond 6
            terms=10 * x.shape[-1],
        )


@pytest.mark.mastery
@pytest.mark.parametrize("changed", ["x", "the result", "a saved tensor"])
@settings(max_examples=5)
@given(x=logits())
@example(x=torch.tensor([[0.0, 1.0, 3.0], [2.0, 0.0, -1.0]]))
def test_a_change_in_place_is_never_silently_wrong(answer: Answer, changed: str, x: Tensor) -> None:
    """Somebody may change x, the result or what was saved in place before `backward`. The gradient
    is then right all the same, or `backward` raises. `ctx.save_for_backward` sees to it; a
    tensor in an attribute of ctx is changed without notice."""
    leaf = leaf_of(x)
    passed = 1 * leaf  # not a leaf, so that it may be changed
    y = _apply(answer, passed)
    factor = 3 if changed == "the result" else 1
    saved = getattr(y.grad_fn, "saved_tensors", ())
    if changed == "x":
        passed.mul_(0.5)
    elif changed == "the result":
        y.mul_(factor)
    else:
        with torch.no_grad():
            for tensor in saved:
                tensor.mul_(0.5)
    rows = [Row.call(f"y = log_softmax(x), then {changed} is changed in place")]
    rows += [Row.input("x", show(x))]
    grad = direction_for(x).to(x.dtype)
    try:
        with answer.guard.watching(GRADIENT):
            (gave,) = torch.autograd.grad((y * grad).sum(), leaf)
    except RuntimeError:
        return
    expect_close(
        gave,
        factor * _rule(x, grad),
        what="the gradient of x, as it was",
        says=f"{RULE}, or an exception",
        rows=rows,
        scale=factor * max(1.0, x.abs().max().item()),
        terms=x.shape[-1],
    )


def _apply(answer: Answer, x: Tensor) -> Any:
    """Call the answer with x, which requires grad; reject a result that carries none."""
    y = answer.log_softmax(x)
    rows = [*call_rows("log_softmax", {"x": x}), Row.gave(show(y))]
    if not isinstance(y, Tensor) or y.shape != x.shape:
        raise WrongAnswer(rows=[*rows, Row.expected(f"a tensor of shape {tuple(x.shape)}")])
    if not y.requires_grad:
        raise WrongAnswer(
            "The result carries no gradient. Return `LogSoftmax.apply(x)`: `apply` joins the "
            "graph, and calls `forward`.",
            rows=rows,
        )
    return y


def _expect_gradient(answer: Answer, y: Tensor, x: Tensor, grad: Tensor, rows: list[Row]) -> None:
    """Compare the gradient of x, given that of y, with torch's."""
    with answer.guard.watching(GRADIENT):
        (gave,) = torch.autograd.grad((y * grad).sum(), x)
    _expect_rule(gave, x, grad, rows)


def _expect_rule(gave: Tensor, x: Tensor, grad: Tensor, rows: list[Row]) -> None:
    """Reject a gradient of x other than torch's; ``grad`` is that of the result."""
    finite = x.detach()[x.detach().isfinite()]
    expect_close(
        gave,
        _rule(x, grad),
        what="the gradient of x",
        says=RULE,
        rows=rows,
        scale=max(1.0, finite.abs().max().item()) * max(1.0, grad.abs().max().item()),
        terms=x.shape[-1],
    )


def _rule(x: Tensor, grad: Tensor) -> Tensor:
    """Return the gradient of x, given that of its log-softmax, in float64."""
    x, grad = x.detach().double(), grad.double()
    return grad - torch.softmax(x, -1) * grad.sum(-1, keepdim=True)


hints = """
Take the example: x = [0, 0], and the gradient [1, 0] arrives. What is softmax(x)? What is the sum
of the row of `grad`? Put both into the formula, once for each entry.

In `forward`, compute y as in k06, and save it: `ctx.save_for_backward(y)`. In `backward`, take it
out again, `(y,) = ctx.saved_tensors`: this is always a tuple, even of one.

`backward` returns the gradient of each argument of `forward` but ctx. Here that is x alone:
`return grad - y.exp() * grad.sum(-1, keepdim=True)`.

`log_softmax` is one line: `return LogSoftmax.apply(x)`. You never call `forward` or `backward`
yourself.
"""

mastery_hints = """
What is exp(100) in float32? See k06: subtract `x.amax(-1, keepdim=True)` first.

What can be saved: x, the softmax, the result? Autograd can go on from x and from the result,
since both are in its graph. The softmax is made on the way, in `forward`, where nothing is
recorded: fine for one gradient, silently wrong for the second.

Save by `ctx.save_for_backward(y)`, which keeps the tensor together with a count of its changes.
`ctx.y = y` keeps the tensor only.
"""

afterwards = """
The reference saves the result, as torch does: exp gives the softmax back.

Torch's own: `log_softmax_backward_cpu_out`, in C++, in
https://github.com/pytorch/pytorch/blob/v2.13.0/aten/src/ATen/native/SoftMax.cpp

Try: a Function for `x.sort().values`. Which entry of x gets which gradient?
(`x.sort().indices` says where each one came from.)
"""
