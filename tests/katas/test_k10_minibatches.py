"""What an answer to k10 must do."""

from typing import Any

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from tests.harness.kit import Answer, elements, expect, expect_raises, show, unpack
from tests.harness.kit.strategies import data_sets

Data = tuple[Tensor, Tensor]


@given(data=data_sets(), bs=st.integers(1, 10))
@example(data=(torch.arange(1.0, 6.0).reshape(5, 1), torch.arange(5)), bs=2)
def test_the_batches_are_consecutive_slices(answer: Answer, data: Data, bs: int) -> None:
    """x[0:bs], x[bs:2*bs] and so on, each with the labels of the same rows. Every row is in
    exactly one batch: the last batch is shorter if bs does not divide n, and never empty."""
    x, y = data
    before = x.clone(), y.clone()
    batches = _batches(answer, x, y, bs)
    due = [(x[i : i + bs], y[i : i + bs]) for i in range(0, len(x), bs)]
    call = f"minibatches(x, y, {bs}), where x has {len(x)} row{'s' * (len(x) != 1)}"
    sizes, right = [len(yb) for _, yb in batches], [len(yb) for _, yb in due]
    expect(sizes == right, call=call, gave=f"batches of {sizes}", expected=f"batches of {right}")
    for i, (batch, expected) in enumerate(zip(batches, due, strict=True)):
        for name, gave, slice_ in zip(("xb", "yb"), batch, expected, strict=True):
            same = gave.dtype == slice_.dtype and torch.equal(gave, slice_)
            expect(
                same, call=call, gave=f"{name} of batch {i}: {show(gave)}", expected=show(slice_)
            )
    kept = torch.equal(x, before[0]) and torch.equal(y, before[1])
    expect(kept, "The data were modified, but they are needed again in the next epoch.")


@given(data=data_sets(least=0, most=0), bs=st.integers(1, 10))
def test_without_rows_there_is_no_batch(answer: Answer, data: Data, bs: int) -> None:
    """Without rows there is no batch, not even an empty one: the mean of nothing would be NaN."""
    count = len(_batches(answer, *data, bs))
    call = f"minibatches(x, y, {bs}), where x has no rows"
    expect(count == 0, call=call, gave=f"{count} of them", expected="no batch")


@given(data=data_sets(), bs=st.integers(1, 10))
def test_a_second_call_starts_over(answer: Answer, data: Data, bs: int) -> None:
    """Each epoch is a new pass over the data, even if the last one was broken off."""
    x, y = data
    for _ in answer.minibatches(x, y, bs):
        break
    for turn in ("first", "second"):
        gave = torch.cat([yb for _, yb in _batches(answer, x, y, bs)])
        expect(
            torch.equal(gave, y),
            call=f"all labels of minibatches(x, y, {bs}), in the {turn} whole pass",
            gave=show(gave),
            expected=show(y),
        )


@given(data=data_sets(), other=data_sets(), bs=st.integers(1, 4))
def test_two_passes_do_not_disturb_each_other(
    answer: Answer, data: Data, other: Data, bs: int
) -> None:
    """Each pass has its own position: keep it in a local variable, not outside the function."""
    passes = [iter(answer.minibatches(*each, bs)) for each in (data, other)]
    labels: list[list[int]] = [[], []]
    for _ in range(10):
        for seen, each in zip(labels, passes, strict=True):
            batch = next(each, None)
            seen += [] if batch is None else batch[1].tolist()
    due = [data[1].tolist(), other[1].tolist()]
    expect(labels == due, call="two passes at a time, their labels", gave=labels, expected=due)


@pytest.mark.mastery
@given(data=data_sets(), bs=st.integers(1, 10))
def test_batches_are_views(answer: Answer, data: Data, bs: int) -> None:
    """A slice `x[a:b]` copies nothing: it is the same memory. A list of indices copies."""
    for batch in _batches(answer, *data, bs):
        for name, part, whole in zip(("xb", "yb"), batch, data, strict=True):
            shared = part.untyped_storage().data_ptr() == whole.untyped_storage().data_ptr()
            expect(shared, gave=f"{name} has memory of its own", expected="a slice, which has none")


class _Made(TorchDispatchMode):
    """Counts the tensors that torch makes, views among them."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        gave = func(*args, **(kwargs or {}))
        self.count += len(gave) if isinstance(gave, tuple | list) else 1
        return gave


@pytest.mark.mastery
@pytest.mark.parametrize("bs", [1, 3])
def test_a_batch_is_made_when_it_is_asked_for(answer: Answer, bs: int) -> None:
    """A caller who stops after the first batch should not have paid for the others. In a function
    with `yield`, the loop waits until the next batch is asked for; a list is made at once."""
    x, y = torch.zeros(40 * bs, 2), torch.arange(40 * bs)
    with _Made() as made:
        batches = iter(answer.minibatches(x, y, bs))
        for i in range(40):
            before = made.count
            next(batches)
            now = made.count - before
            expect(
                # Of those beyond its own, some are the guard's, and copies for a diagnosis.
                now > 0 and made.count <= 10 * (i + 2),
                call=f"minibatches(x, y, {bs}), of 40 batches",
                gave=f"{made.count} slices made by the time that batch {i} is there, {now} of them "
                "when it was asked for",
                expected="its own two, when it is asked for",
            )


@pytest.mark.mastery
@pytest.mark.parametrize("n", [5, 0])
@pytest.mark.parametrize("bs", [0, -1, -64])
def test_a_batch_size_below_one_is_refused(answer: Answer, bs: int, n: int) -> None:
    """A size below 1 is the caller's mistake: check `bs` first, and raise `ValueError`. Without a
    check, 0 may raise another error, and a negative `bs` may make an epoch without a batch."""
    x, y = torch.zeros(n, 2), torch.arange(n)
    expect_raises(
        lambda: list(answer.minibatches(x, y, bs)),
        types=ValueError,
        shown=lambda gave: f"bs = {bs}: {len(gave)} batches",  # type: ignore[arg-type]
    )


def _batches(answer: Answer, x: Tensor, y: Tensor, bs: int) -> list[Any]:
    call = f"for xb, yb in minibatches(x, y, {bs}): …"
    batches = elements(answer.minibatches(x, y, bs), call, "pairs (xb, yb)")
    for batch in batches:
        for part in unpack(batch, 2, call):
            expect(isinstance(part, Tensor), call=call, gave=show(part), expected="two tensors")
    return batches


hints = """
Cut 5 rows into batches of 2 on paper. At which rows do the batches begin, and what does Python
return for a slice such as `x[4:6]` when there are only 5 rows?

The batches begin at `range(0, len(x), bs)`, which is 0, 2, 4 for 5 rows and empty for none.
Inside the loop use `yield`, which hands out a batch and then goes on; a `return` would end the
function after the first.

`for start in range(0, len(x), bs):`, and in the loop `yield x[start : start + bs], y[start :
start + bs]`. The last batch needs no case of its own: its slice stops where the data stop.
"""

mastery_hints = """
What does `range(0, n, bs)` do for `bs = 0`, and what for `bs = -1`? Which of the two would
the caller notice? And does `x[[0, 1]]` share memory with `x`, as `x[0:2]` does?

Check `bs` before the loop, and raise `ValueError` if it is below 1. Take slices, which are views;
`yield` each as soon as it is made, and collect nothing in a list.

At the top: `if bs < 1:`, and under it `raise ValueError(f"bs is {bs}")`. The loop over `range(0,
len(x), bs)` with its `yield` stays as it is.
"""

afterwards = """
The reference is a generator. None of it runs before the first batch is asked
for, not even the check of `bs`.

`x.split(bs)` makes the same slices, all at once: `split` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/functional.py

Try: `xb, yb = next(minibatches(x, y, 2))`, then `xb.zero_()`. What has happened
to `x`?
"""
