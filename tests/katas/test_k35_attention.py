"""What an answer to k35 must do."""

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.harness.kit import Answer, Row, expect, show
from tests.harness.kit.called_code import CalledCode
from tests.harness.kit.compare import (
    call_rows,
    expect_close,
    expect_same,
    expect_same_gradient,
    expect_tensor,
)
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import (
    dtypes,
    entries,
    normal,
    numbers,
    seeds,
    tensors,
    with_layout,
)

READY_MADE = (
    nn.MultiheadAttention, nn.Transformer, nn.TransformerEncoder, nn.TransformerEncoderLayer,
    nn.TransformerDecoder, nn.TransformerDecoderLayer,
)  # fmt: skip

shortcuts = Shortcuts(
    pattern=r"attention|transformer|multi_head",
    modules=READY_MADE,
    code=CalledCode(*READY_MADE, files=("nn/attention",)),
    instead="Write it as two matrix products with a softmax between them.",
)

Case = dict[str, Any]  # the arguments of a call, in their order

SAYS = "F.scaled_dot_product_attention(q, k, v, mask)"
SMALL = numbers(4)


def reference(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """Torch's own; it does not take every mask that broadcasts."""
    if mask is not None:
        mask = mask.expand(*q.shape[:-1], k.shape[-2])
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def scale_of(case: Case, *, gradient: bool = False) -> float:
    """Return the largest magnitude on the way to the result, or to the gradients.

    A score that is off by some eps of itself changes a weight by as much, relatively.
    """
    q, k, v = (case[name].abs().double() for name in "qkv")
    score = (q @ k.transpose(-2, -1)).max().item() / math.sqrt(q.shape[-1])
    scale = (1 + score) * max(1.0, v.max().item())
    return scale * max(1.0, q.max().item(), k.max().item()) if gradient else scale


@st.composite
def cases(
    draw: st.DrawFn, *, masks: tuple[str, ...] = ("none", "flat", "full"), blind: bool = False
) -> Case:
    """Queries, keys and values of any sizes, with a mask of one of these kinds.

    Every query sees a key, unless ``blind``.
    """
    before = draw(st.sampled_from([(), (2,), (1, 2), (3, 1), (2, 1, 2)]))
    length, keys, inner, outer = (draw(st.integers(1, 4)) for _ in range(4))
    q = draw(tensors((*before, length, inner), SMALL))
    k = draw(tensors((*before, keys, inner), SMALL)).to(q.dtype)
    v = draw(tensors((*before, keys, outer), SMALL)).to(q.dtype)
    kind = draw(st.sampled_from(masks))
    if kind == "none":
        return {"q": q, "k": k, "v": v, "mask": None}
    shape = {
        "flat": (length, keys),
        "full": (*before, length, keys),
        "keys": (keys,),
        "padding": (*before[:1], *(1 for _ in before[1:]), 1, keys),
        "queries": (length, 1),
    }[kind]
    seen = torch.tensor(entries(draw, math.prod(shape), [1, 1, 0])) > 0
    mask = seen.reshape(shape)
    if not blind and kind == "queries":
        mask = torch.ones_like(mask)
    elif not blind:
        mask[..., draw(st.integers(0, keys - 1))] = True
    return {"q": q, "k": k, "v": v, "mask": with_layout_of_bool(draw, mask)}


def with_layout_of_bool(draw: st.DrawFn, mask: Tensor) -> Tensor:
    """Return an equal mask of any layout."""
    return with_layout(draw, mask.to(torch.uint8)) > 0


def case(q: list[list[float]], k: list[list[float]], v: list[list[float]], mask: Any) -> Case:
    """Return a case of these numbers."""
    seen = None if mask is None else torch.tensor(mask)
    return {"q": torch.tensor(q), "k": torch.tensor(k), "v": torch.tensor(v), "mask": seen}


LOG3 = math.log(3)
OF_THE_STUB = case([[1.0], [0.0]], [[0.0], [LOG3]], [[0.0], [1.0]], None)
MASKED = case([[1.0], [0.0]], [[0.0], [LOG3]], [[0.0], [1.0]], [[True, False], [True, True]])
HALF_BLIND = case([[1.0], [0.0]], [[0.0], [LOG3]], [[0.0], [1.0]], [[False, False], [True, True]])
WIDE = case(
    [[1.0, 2.0, 0.0, 1.0]], [[1.0, 0.0, 1.0, 2.0], [0.0, 1.0, 0.0, 0.0]], [[1.0], [0.0]], None
)


@settings(max_examples=40)
@given(case=cases(masks=("none",)))
@example(case=OF_THE_STUB)
@example(case=WIDE)
def test_each_query_gets_a_mean_of_the_values(answer: Answer, case: Case) -> None:
    """The scores are q · kᵀ, divided by the *root* of E, the width of queries and keys. The softmax
    runs along the keys, the last axis: each query has weights that sum to one. Axes before the
    last two are computed side by side; turn only the last two of k."""
    bare = {name: case[name] for name in "qkv"}
    expect_same(answer.attention, reference, says=SAYS, scale=scale_of(case), **bare)


@settings(max_examples=40)
@given(case=cases(masks=("flat", "full")))
@example(case=MASKED)
@example(case=case([[4.0]], [[-4.0], [0.0]], [[1.0], [0.0]], [[True, False]]))
def test_a_hidden_key_has_no_weight(answer: Answer, case: Case) -> None:
    """Where the mask is False, the score is -inf *before* the softmax. Then the weight is zero, and
    those of the keys that are seen sum to one. A mask (…, L, S) has one for each sequence."""
    expect_same(answer.attention, reference, says=SAYS, scale=scale_of(case), **case)


@settings(max_examples=25)
@given(case=cases())
@example(case=OF_THE_STUB)
@example(case=MASKED)
def test_the_gradient_reaches_queries_keys_and_values(answer: Answer, case: Case) -> None:
    """Stay with tensor operations, so that autograd finds all three."""
    scale = scale_of(case, gradient=True)
    expect_same_gradient(answer.attention, reference, says=SAYS, scale=scale, **case)


@settings(max_examples=15)
@given(case=cases(), data=st.data())
def test_the_order_of_the_keys_does_not_matter(
    answer: Answer, case: Case, data: st.DataObject
) -> None:
    """Keys and values are a dictionary, not a list. With their order changed, and the columns of
    the mask with them, each query gets the same result."""
    order = data.draw(st.permutations(range(case["k"].shape[-2])))
    k, v = (case[name][..., order, :] for name in "kv")
    mask = None if case["mask"] is None else case["mask"][..., order]
    moved = {"q": case["q"], "k": k, "v": v, "mask": mask}
    rows = [*call_rows("attention", moved), Row.fact("the keys in another order")]
    gave, before = answer.attention(*moved.values()), answer.attention(*case.values())
    expect_tensor(gave, before, rows=rows)
    expect_close(gave, before, rows=rows, scale=scale_of(case), terms=4)


@settings(max_examples=6)
@given(seed=seeds, dtype=dtypes, shape=st.sampled_from([(2, 3), (4,), ()]), masked=st.booleans())
def test_inputs_of_real_size_are_no_different(
    answer: Answer, seed: int, dtype: torch.dtype, shape: tuple[int, ...], masked: bool
) -> None:
    """It has to work for any number of queries, keys and features."""
    case: Case = {
        "q": normal(*shape, 33, 64, seed=seed, dtype=dtype),
        "k": normal(*shape, 20, 64, seed=seed + 1, dtype=dtype),
        "v": normal(*shape, 20, 48, seed=seed + 2, dtype=dtype),
        "mask": normal(33, 20, seed=seed + 3) > -1 if masked else None,
    }
    if masked:
        case["mask"][:, 7] = True
    expect_same(answer.attention, reference, says=SAYS, scale=scale_of(case), **case)


@settings(max_examples=10)
@given(case=cases())
@example(case=MASKED)
def test_the_mask_can_be_named_and_left_out(answer: Answer, case: Case) -> None:
    """`attention(q, k, v, mask=None)`, as in the stub. A second call gives the same."""
    calls: list[tuple[list[Any], Case]] = [
        ([], case),
        ([case["q"], case["k"], case["v"]], {}),
        ([case["q"], case["k"], case["v"]], {"mask": case["mask"]}),
    ]
    for args, named in calls:
        passed = dict(zip("qkv", args, strict=False)) | named
        gave, due = answer.attention(*args, **named), reference(*args, **named)
        rows = call_rows("attention", passed)
        expect_tensor(gave, due, rows=rows)
        expect_close(gave, due, rows=rows, says=SAYS, scale=scale_of(case), terms=4)


@pytest.mark.parametrize("n", [2, 1, 3, 40])
def test_the_causal_mask_is_a_triangle(answer: Answer, n: int) -> None:
    """(n, n) and bool: True on the diagonal and below it, so that query i sees the keys 0 … i."""
    gave = answer.causal_mask(n)
    due = torch.arange(n)[:, None] >= torch.arange(n)
    rows = [Row.call(f"causal_mask({n})")]
    expect_tensor(gave, due, rows=rows)
    same = gave.dtype == torch.bool and torch.equal(gave, due)
    expect(same, call=f"causal_mask({n})", gave=show(gave), expected=show(due))


@settings(max_examples=15)
@given(n=st.integers(2, 5), seed=seeds, dtype=dtypes, before=st.sampled_from([(), (2,), (2, 3)]))
def test_with_the_causal_mask_nothing_later_matters(
    answer: Answer, n: int, seed: int, dtype: torch.dtype, before: tuple[int, ...]
) -> None:
    """Other keys and values from some place on change only the rows from that place on."""
    q, k, v, others = (normal(*before, n, 3, seed=seed + i, dtype=dtype) for i in range(4))
    mask, place = answer.causal_mask(n), 1 + seed % (n - 1)
    later = (torch.arange(n) >= place)[:, None]
    gave = answer.attention(q, torch.where(later, others, k), torch.where(later, -others, v), mask)
    due = answer.attention(q, k, v, mask)
    rows = [
        Row.call(f"attention(q, k, v, causal_mask({n}))"),
        Row.fact(f"the rows before {place}, with other keys and values from there on"),
    ]
    expect_tensor(gave, due, rows=rows)
    expect_close(gave[..., :place, :], due[..., :place, :], rows=rows, scale=20.0, terms=n)


@st.composite
def huge(draw: st.DrawFn) -> Case:
    """Cases whose scores go up to ±10,000."""
    case = draw(cases())
    factor = 25 * case["q"].shape[-1] ** -0.25  # entries go up to 4, and there are E of them
    return {**case, "q": case["q"] * factor, "k": case["k"] * factor}


@pytest.mark.mastery
@settings(max_examples=30)
@given(case=huge())
@example(case=case([[100.0]], [[-100.0], [0.0]], [[1.0], [0.0]], [[True, False]]))
def test_huge_scores_give_a_finite_result(answer: Answer, case: Case) -> None:
    """exp(89) is infinite in float32. `softmax` subtracts each row's maximum first; and what hides
    a key must be lower than every score: -inf."""
    expect_same(answer.attention, reference, says=SAYS, scale=scale_of(case), **case)


@pytest.mark.mastery
@settings(max_examples=20)
@given(case=huge())
def test_huge_scores_give_finite_gradients(answer: Answer, case: Case) -> None:
    """A gradient is wrong as soon as there was an infinity or a division by zero on the way."""
    scale = scale_of(case, gradient=True)
    expect_same_gradient(answer.attention, reference, says=SAYS, scale=scale, **case)


ANY = ("flat", "full", "keys", "padding", "queries")


@pytest.mark.mastery
@settings(max_examples=40)
@given(case=cases(masks=ANY, blind=True))
@example(case=HALF_BLIND)
def test_a_query_that_sees_nothing_gets_zeros(answer: Answer, case: Case) -> None:
    """Where all scores of a row are -inf, the softmax is 0 / 0. Such rows occur where sequences are
    filled up, and one NaN spoils the whole network: give zeros instead."""
    expect_same(answer.attention, reference, says=SAYS, scale=scale_of(case), **case)


@pytest.mark.mastery
@settings(max_examples=25)
@given(case=cases(masks=ANY, blind=True))
@example(case=HALF_BLIND)
def test_a_query_that_sees_nothing_passes_on_zero_gradients(answer: Answer, case: Case) -> None:
    """A NaN that is replaced in the result may come back in the gradient. Replace it where autograd
    multiplies nothing with it, or never let it arise."""
    scale = scale_of(case, gradient=True)
    expect_same_gradient(answer.attention, reference, says=SAYS, scale=scale, **case)


@pytest.mark.mastery
@settings(max_examples=25)
@given(case=cases(masks=("keys", "padding", "queries")))
def test_every_mask_that_broadcasts_is_taken(answer: Answer, case: Case) -> None:
    """(S,) hides the same keys from all queries; (N, 1, 1, S) hides the padding of each sequence
    from all its heads and queries."""
    expect_same(answer.attention, reference, says=SAYS, scale=scale_of(case), **case)


hints = """
In the example, which two scores has the first query, and what does the softmax make of them? The
second has the scores 0 and 0: what are its weights?

Three lines, without a mask: the scores, `q @ k.transpose(-2, -1)`, divided by
`math.sqrt(q.shape[-1])`; their softmax along the last axis; and that `@ v`. Follow the shapes: (L,
E) times (E, S), then (L, S) times (S, D).

The mask comes between the first line and the second: `scores.masked_fill(~mask, -math.inf)`. Mind
the `~`: the mask is True where a query *may* look.

`causal_mask`: `return torch.ones(n, n, dtype=torch.bool).tril()`, which keeps the lower triangle.
"""

mastery_hints = """
What is `torch.tensor([-math.inf, -math.inf]).softmax(0)`? Which rows of the mask lead to it?

`mask.any(-1, keepdim=True)` is False for a query that sees nothing. Fill its weights with zeros
after the softmax: `weights.masked_fill(~mask.any(-1, keepdim=True), 0.0)`. `masked_fill` broadcasts
its mask.
"""

afterwards = """
The reference writes down all the scores, and so does torch's plain version;
its fast ones never do.

Torch's own is spelt out in Python, at `scaled_dot_product_attention`, in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/functional.py

Try: time both with L = S = 4096. How large are all the scores in memory?
"""
