"""What an answer to k04 must do."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy import ndarray
from torch import Tensor

from tests.harness.kit import Answer, elements, expect, show, unpack
from tests.harness.kit.strategies import LABELS, dtypes, normal, seeds, with_layout

DTYPES = ["float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"]


@st.composite
def arrays(draw: st.DrawFn) -> ndarray:
    """Arrays of any shape, dtype and layout."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    array = (10 * rng.standard_normal(shape)).astype("int8")
    array = array.astype(draw(st.sampled_from(DTYPES)))
    if array.dtype.kind == "f":
        array += array.dtype.type(0.25)
    if draw(st.booleans()):
        return np.repeat(array, 2, 0)[::2]
    return np.asfortranarray(array) if draw(st.booleans()) else array


@given(originals=st.lists(arrays(), min_size=1, max_size=5))
def test_each_array_becomes_a_tensor_of_its_values_dtype_and_shape(
    answer: Answer, originals: list[ndarray]
) -> None:
    """Call `torch.tensor(array)` for each array, in order. (`torch.Tensor(array)`, with a capital
    T, turns everything into float32.)"""
    before = [array.copy() for array in originals]
    tensors = _tensors(answer, originals)
    for i, (tensor, array) in enumerate(zip(tensors, before, strict=True)):
        due = torch.tensor(array)
        same = isinstance(tensor, Tensor) and tensor.dtype == due.dtype
        expect(
            same and torch.equal(tensor, due),
            call=f"list(to_tensors(…))[{i}]",
            array=f"{array.shape} {array.dtype}",
            gave=show(tensor),
            expected=show(due),
        )
        expect(np.array_equal(originals[i], array), "An array was modified; it is the caller's.")


@given(originals=st.lists(arrays(), min_size=1, max_size=3))
def test_the_tensors_own_their_memory(answer: Answer, originals: list[ndarray]) -> None:
    """`torch.tensor` copies. `torch.from_numpy` and `torch.as_tensor` show the array's own
    memory, and a later change of the array shows in the tensor."""
    originals = [*originals, originals[0]]  # one of them twice, whose two tensors are two as well
    before = [torch.tensor(array) for array in originals]
    tensors = _tensors(answer, originals)
    for array in originals:
        array[...] = ~array if array.dtype == bool else array + 1
    _expect_kept(tensors, before, "array += 1, after x, … = to_tensors(array, …)")
    tensors[0].zero_()
    _expect_kept(tensors[1:], before[1:], "x.zero_(), another of the tensors")


@given(originals=st.lists(arrays(), min_size=1, max_size=2))
def test_every_call_makes_new_tensors(answer: Answer, originals: list[ndarray]) -> None:
    """The tensors of an earlier call belong to the caller; make new ones."""
    first = _tensors(answer, originals)
    before = [torch.tensor(array) for array in originals]
    for array in originals:
        array[...] = ~array if array.dtype == bool else array + 1
    due = [torch.tensor(array) for array in originals]
    second = _tensors(answer, originals)
    _expect_kept(second, due, "the second of two calls, after the array has changed")
    _expect_kept(first, before, "the first of two calls, after the array has changed")


@st.composite
def data_sets(draw: st.DrawFn) -> tuple[Tensor, Tensor]:
    """Images (n, c) with labels (n,), which need neither begin at 0 nor be sorted."""
    n, c = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    label = draw(st.sampled_from(LABELS))
    most = min(torch.iinfo(label).max, 100_000)
    labels = draw(st.lists(st.integers(0, most) | st.just(most), min_size=n, max_size=n))
    x = normal(n, c, seed=draw(seeds), dtype=draw(dtypes))
    return with_layout(draw, x), with_layout(draw, torch.tensor(labels, dtype=label))


@given(data=data_sets())
def test_a_data_set_is_described_by_four_ints(answer: Answer, data: tuple[Tensor, Tensor]) -> None:
    """Rows and columns are the shape of `x`; the labels' bounds are `y.min()` and `y.max()`,
    as plain ints: `.item()` takes the number out of a tensor."""
    x, y = data
    due = (*x.shape, min(y.tolist()), max(y.tolist()))
    call = "n, c, smallest, largest = describe(x, y)"
    before = x.clone(), y.clone()
    gave = unpack(answer.describe(x, y), 4, call)
    kinds = [type(number).__name__ for number in gave]
    expect(kinds == ["int"] * 4, call=call, gave=f"values of type {', '.join(kinds)}", expected=due)
    facts: dict[str, Any] = {"call": call, "x": tuple(x.shape), "y": show(y)}
    expect(tuple(gave) == due, **facts, gave=tuple(gave), expected=due)
    same = torch.equal(x, before[0]) and torch.equal(y, before[1])
    expect(same, "`x` or `y` was modified; they are the caller's.")


def _tensors(answer: Answer, given: Sequence[ndarray]) -> list[Any]:
    call = "to_tensors(" + ", ".join(["array"] * len(given)) + ")"
    tensors = elements(answer.to_tensors(*given), call, "as many tensors, in order")
    expect(
        len(tensors) == len(given),
        call=call,
        gave=f"{len(tensors)} tensor{'s' * (len(tensors) != 1)}",
        expected=len(given),
    )
    return tensors


def _expect_kept(tensors: Sequence[Tensor], before: Sequence[Tensor], what: str) -> None:
    for tensor, due in zip(tensors, before, strict=True):
        expect(torch.equal(tensor, due), call=what, gave=show(tensor), expected=show(due))


hints = """
What would you write for a single array? `to_tensors` does that to each, in order. For
`describe`, look at the shape of `x` and at all of `y`: labels need not be sorted, and in the
example the smallest is in the middle.

Call `torch.tensor`, with a small t, on each array, and collect the tensors in a list. In
`describe`, unpack `x.shape` into two names; `y.min()` and `y.max()` are still tensors, and
`int(…)` turns them into numbers.

In `to_tensors`: `return [torch.tensor(array) for array in arrays]`. In `describe`: `n, c =
x.shape`, and then `return n, c, int(y.min()), int(y.max())`.
"""

afterwards = """
The reference returns a list. The tutorial's `map` makes a tensor only when
somebody takes it, from what the array holds by then, and only once.

Torch's own is C++: `internal_new_from_data` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/csrc/utils/tensor_new.cpp

Try: `a = np.zeros(2)`, then `t, u = torch.tensor(a), torch.from_numpy(a)`, then
`a += 1`. What do `t` and `u` hold now?
"""
