"""What an answer to k36 must do."""

import functools
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.harness.kit import Answer, expect_raises, show
from tests.harness.kit.compare import call_rows, expect_close, expect_same, expect_same_gradient
from tests.harness.kit.expect import Row
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import (
    classes_of,
    dtypes,
    entries,
    normal,
    numbers,
    seeds,
    tensors,
    with_layout,
)

shortcuts = Shortcuts(
    "cross_entropy", "nll_loss", "linear_cross_entropy",
    modules=(nn.CrossEntropyLoss, nn.NLLLoss),
    instead="Take log-probabilities from `F.log_softmax`, pick those at the targets, and average.",
)  # fmt: skip

Case = dict[str, Any]  # the arguments of a call, in their order

SAYS = "F.cross_entropy(…), with the same options"
MODERATE = numbers(50, often=[50, -50])
LARGE = numbers(5)[:90] + numbers(1e4)[-90:] + 30 * [1e4, -1e4]
smoothings = st.sampled_from([0.1, 0.5, 1.0, 0.3, 0.01])


def reference(
    input: Tensor, target: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0
) -> Tensor:
    """Torch's own."""
    return F.cross_entropy(
        input, target, ignore_index=ignore_index, label_smoothing=label_smoothing
    )


@st.composite
def cases(
    draw: st.DrawFn,
    *,
    ignoring: bool = True,
    smoothing: st.SearchStrategy[float] = st.just(0.0),  # noqa: B008
    table: tuple[float, ...] = tuple(MODERATE),
) -> Case:
    """Logits (N, C) and targets (N,) with options; at least one row counts."""
    rows, classes = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    input, target = draw(tensors((rows, classes), table)), classes_of(draw, rows, classes)
    index = draw(st.sampled_from([-100, -1, 255, classes, *range(classes)])) if ignoring else -100
    if ignoring:
        index = -100 if classes == 1 and index == 0 else index
        target = torch.where(target == index, (target + 1) % classes, target)
        left_out = torch.tensor(entries(draw, rows, [0, 1])) > 0
        left_out[draw(st.integers(0, rows - 1))] = False
        target[left_out] = index
    options = {"ignore_index": index, "label_smoothing": draw(smoothing)}
    return {"input": input, "target": with_layout(draw, target), **options}


def case(target: list[int], ignore_index: int = -100, label_smoothing: float = 0.0) -> Case:
    """Return a case with the logits of the stub's example."""
    input = torch.tensor([[0.6, 0.2, 0.2], [0.1, 0.8, 0.1], [0.5, 0.3, 0.2]]).log()
    options = {"ignore_index": ignore_index, "label_smoothing": label_smoothing}
    return {"input": input, "target": torch.tensor(target), **options}


@given(case=cases(ignoring=False))
@example(case=case([0, 1, 2]))
def test_without_options_it_is_the_loss_of_k13(answer: Answer, case: Case) -> None:
    """Log-probabilities first, by `log_softmax` along each row. Then minus the one at the row's
    target, and the mean over the rows: a scalar. (A softmax and a logarithm after it lose small
    probabilities, and so does adding a little to them.)"""
    bare = {name: case[name] for name in ("input", "target")}
    expect_same(answer.cross_entropy, F.cross_entropy, scale=1.0, **bare)


@given(case=cases(ignoring=False, smoothing=smoothings))
@example(case=case([0, 1, 2], label_smoothing=0.3))
def test_smoothing_gives_a_share_to_every_class(answer: Answer, case: Case) -> None:
    """The loss of a row has two terms: (1 − ε) times −lp at its target, and ε times the mean of
    −lp over *all* C classes, its target among them. It is the losses that are mixed, and not the
    probabilities."""
    expect_same(answer.cross_entropy, reference, says=SAYS, scale=1.0, **case)


@given(case=cases())
@example(case=case([0, 1, -100]))
@example(case=case([0, 1, 2], ignore_index=2))
def test_an_ignored_row_counts_neither_in_the_sum_nor_in_the_number(
    answer: Answer, case: Case
) -> None:
    """A row counts unless its target *is* `ignore_index`, whatever number that is: -100, or
    another one that is not a class, or a class. Divide by the number of rows that count. A class
    that is ignored as a target stays in every softmax."""
    expect_same(answer.cross_entropy, reference, says=SAYS, scale=1.0, **case)


@given(case=cases(smoothing=smoothings))
@example(case=case([0, 1, -100], label_smoothing=0.3))
@example(case=case([0, 1, 2], ignore_index=2, label_smoothing=0.3))
def test_both_options_go_together(answer: Answer, case: Case) -> None:
    """An ignored row adds nothing to either term. In a row that counts, the mean is over all C
    classes, the ignored one among them."""
    expect_same(answer.cross_entropy, reference, says=SAYS, scale=1.0, **case)


@settings(max_examples=30)
@given(case=cases(smoothing=st.sampled_from([0.0, 0.1, 1.0])))
@example(case=case([0, 1, -100]))
@example(case=case([0, 1, 2], ignore_index=2, label_smoothing=0.3))
def test_the_gradient_is_the_guess_minus_the_truth(answer: Answer, case: Case) -> None:
    """In a row that counts: its softmax, less 1 − ε at the target and less ε/C everywhere, divided
    by the number of rows that count. In an ignored row: zero. Autograd finds it, if it sees
    every step."""
    expect_same_gradient(answer.cross_entropy, reference, says=SAYS, **case)


@settings(max_examples=20)
@given(case=cases(smoothing=st.sampled_from([0.0, 0.1])), seed=seeds)
def test_what_stands_in_an_ignored_row_does_not_matter(
    answer: Answer, case: Case, seed: int
) -> None:
    """Other logits in a row that does not count leave the loss as it was."""
    left_out = case["target"] == case["ignore_index"]
    others = 20 * normal(*case["input"].shape, seed=seed, dtype=case["input"].dtype)
    changed = {**case, "input": torch.where(left_out[:, None], others, case["input"])}
    gave, before = answer.cross_entropy(*changed.values()), answer.cross_entropy(*case.values())
    rows = [*call_rows("cross_entropy", changed), Row.fact("other logits in the ignored rows")]
    expect_close(gave, before, rows=rows, scale=50.0, terms=5)


@pytest.mark.parametrize("classes", [10, 300])
@settings(max_examples=8)
@given(
    rows=st.integers(60, 200), seed=seeds, dtype=dtypes, smoothing=st.sampled_from([0.0, 0.1]),
    index=st.sampled_from([-100, 3]),
)  # fmt: skip
def test_batches_of_real_size_are_no_different(
    answer: Answer,
    classes: int,
    rows: int,
    seed: int,
    dtype: torch.dtype,
    smoothing: float,
    index: int,
) -> None:
    """It has to work for any number of rows and classes."""
    input = 4 * normal(rows, classes, seed=seed, dtype=dtype)
    target = torch.randint(classes, (rows,), generator=torch.Generator().manual_seed(seed))
    target[1::4] = index
    expect_same(
        answer.cross_entropy,
        reference,
        says=SAYS,
        input=input,
        target=target,
        ignore_index=index,
        label_smoothing=smoothing,
    )


@settings(max_examples=15)
@given(case=cases(smoothing=smoothings))
@example(case=case([0, 1, -100], label_smoothing=0.3))
def test_the_options_can_be_named_and_left_out(answer: Answer, case: Case) -> None:
    """`ignore_index=-100, label_smoothing=0.0`, in this order, as in the stub."""
    input, target = case["input"], case["target"]
    by_default = torch.where(target == case["ignore_index"], -100, target)
    calls: list[tuple[list[Any], Case]] = [
        ([], case),
        ([input, by_default], {"label_smoothing": case["label_smoothing"]}),
        ([input, target], {"ignore_index": case["ignore_index"]}),
        ([input, target, case["ignore_index"]], {}),
    ]
    for args, named in calls:
        passed = dict(zip(case, args, strict=False)) | named
        expect_close(
            answer.cross_entropy(*args, **named),
            reference(*args, **named),
            rows=call_rows("cross_entropy", passed),
            says=SAYS,
            scale=50.0,
            terms=5,
        )


@pytest.mark.mastery
@given(case=cases(smoothing=st.sampled_from([0.0, 0.1, 1.0]), table=tuple(LARGE)))
def test_huge_logits_give_a_finite_loss(answer: Answer, case: Case) -> None:
    """exp(89) is infinite in float32. `log_softmax` and `logsumexp` subtract each row's maximum
    first, and never see it."""
    expect_same(answer.cross_entropy, reference, says=SAYS, scale=1.0, **case)


@pytest.mark.mastery
@settings(max_examples=30)
@given(case=cases(smoothing=st.sampled_from([0.0, 0.1, 1.0]), table=tuple(LARGE)))
def test_huge_logits_give_a_finite_gradient(answer: Answer, case: Case) -> None:
    """A gradient is wrong as soon as there was an infinity or a division by zero on the way."""
    expect_same_gradient(answer.cross_entropy, reference, says=SAYS, **case)


@st.composite
def masked(draw: st.DrawFn) -> Case:
    """Cases in which some logits are -inf, but none at a row's target, and never a whole row."""
    case = draw(cases(table=tuple(numbers(15, often=[1e4, -1e4]))))
    target, (rows, classes) = case["target"], case["input"].shape
    hidden = torch.tensor(entries(draw, rows * classes, [0, 1])).reshape(rows, classes) > 0
    is_class = (target >= 0) & (target < classes)
    kept = torch.where(is_class, target, draw(st.integers(0, classes - 1)))
    hidden.scatter_(1, kept.unsqueeze(1), value=False)
    masked = case["input"].masked_fill(hidden, float("-inf"))
    return {**case, "input": with_layout(draw, masked)}


@pytest.mark.mastery
@given(case=masked())
def test_a_class_that_is_ruled_out_disturbs_no_other(answer: Answer, case: Case) -> None:
    """A logit of -inf gives a log-probability of -inf. Without smoothing nothing may multiply it,
    not even zero: 0 · ∞ is not a number. The same holds for the gradient."""
    expect_same(answer.cross_entropy, reference, says=SAYS, scale=1.0, **case)
    expect_same_gradient(answer.cross_entropy, reference, says=SAYS, **case)


@pytest.mark.mastery
@settings(max_examples=30)
@given(case=cases(smoothing=st.sampled_from([0.0, 0.1, 1.0])), data=st.data())
def test_a_target_that_is_neither_a_class_nor_ignored_is_refused(
    answer: Answer, case: Case, data: st.DataObject
) -> None:
    """A class is at least 0 and less than C. With another `ignore_index`, -100 is a mistake in the
    data like any other."""
    classes = case["input"].shape[1]
    row = data.draw(st.integers(0, len(case["target"]) - 1))
    for bad in (-1, classes, -classes, -classes - 1, -100, classes + 1, classes + 100):
        if bad != case["ignore_index"]:
            mislabelled = case["target"].clone()
            mislabelled[row] = bad
            passed = {**case, "target": mislabelled}
            expect_raises(
                functools.partial(answer.cross_entropy, *passed.values()),
                types=(IndexError, ValueError, RuntimeError),
                rows=call_rows("cross_entropy", passed),
                shown=show,
            )


@pytest.mark.mastery
@pytest.mark.parametrize("smoothing", [-0.1, 1.1, -1e-6, 2.0, float("nan"), float("inf")])
def test_a_smoothing_outside_zero_to_one_is_refused(answer: Answer, smoothing: float) -> None:
    """It is a share of the loss. Torch lets negative ones pass, and NaN. (NaN is neither below 0
    nor above 1; ask instead whether it is between them.)"""
    passed = case([0, 1, -100], label_smoothing=smoothing)
    expect_raises(
        functools.partial(answer.cross_entropy, *passed.values()),
        types=(ValueError, RuntimeError),
        rows=call_rows("cross_entropy", passed),
        shown=show,
    )


@pytest.mark.mastery
@pytest.mark.parametrize("smoothing", [0.0, 1.0, 0, 1])
def test_zero_and_one_are_smoothings(answer: Answer, smoothing: float) -> None:
    """Both ends belong to the range: no smoothing, and nothing but smoothing."""
    passed = case([0, 1, -100], label_smoothing=smoothing)
    expect_same(answer.cross_entropy, reference, says=SAYS, **passed)


hints = """
In the example two rows of three count. What are their losses without smoothing, and how does 0.3670
come from them? Then work out the mean of −log p over all three classes, for the same two rows.

Find out first which rows count: `target != ignore_index` is a mask. With it, `input[mask]` and
`target[mask]` are a batch as in k08, without ignored rows, and a mean over it divides by the right
number.

On that batch: `lp = F.log_softmax(…, dim=1)`. One term picks from `lp` at the targets, the other
is `lp.mean(1)`. Both have one entry for each row.

`loss = -lp[range(len(target)), target]`, where `target` are those that count. Then `return ((1 -
label_smoothing) * loss - label_smoothing * lp.mean(1)).mean()`.
"""

mastery_hints = """
What is `0 * torch.tensor(float("-inf"))`? And what does `float("nan") < 0` say, and
`float("nan") > 1`?

Pick with `gather`, as in k08: it refuses a target that is not a class. Leave out the second term
if ε is zero. Ask `if not 0 <= label_smoothing <= 1`, which is true of NaN too.

`loss = -lp.gather(1, target.unsqueeze(1)).squeeze(1)`, and then, under `if label_smoothing:`, the
line that mixes in `lp.mean(1)`.
"""

afterwards = """
The reference leaves out the ignored rows first, and smooths the others. With
label_smoothing=-0.1 it raises, while `F.cross_entropy` gives a number.

Torch's own: `cross_entropy_loss_label_smoothing`, in C++, in
https://github.com/pytorch/pytorch/blob/v2.13.0/aten/src/ATen/native/LossNLL.cpp

Try: let all rows be ignored. What do both give, and is it a good answer?
"""
