"""What an answer to k28 must do."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.harness.kit import Answer, expect, expect_type, show, unpack
from tests.harness.kit.compare import expect_unchanged
from tests.harness.kit.models import (
    convolutions,
    expect_cnn,
    expect_cnn_gradient,
    expect_new_parts,
    expect_shared_memory,
    parts_of_images,
)
from tests.harness.kit.strategies import dtypes, normal, seeds
from tests.harness.kit.tensors import copy_of

# Batches of one thing, of two and of three, and functions that fit them.
KINDS: dict[str, tuple[list[Any], Any]] = {
    "pairs": ([(1, 10), (2, 20), (3, 30)], lambda x, y: (x * 100, y)),
    "pairs in lists": ([[1, 10], [2, 20]], lambda x, y: [y, x]),
    "a single batch": ([(7, 70)], lambda x, y: x + y),
    "single things": ([("a",), ("b",)], lambda x: x.upper()),
    "three things": ([(1, 2, 3), (4, 5, 6)], lambda x, y, z: (x, z)),
    "none at all": ([], lambda x, y: (x, y)),
    "things that become None": ([(1, 2), (3, 4)], lambda x, y: None),
}


class Watched:
    """A loader that notes which batches were fetched, and by which pass."""

    def __init__(self, batches: list[Any]) -> None:
        self.batches = batches
        self.fetched: list[Any] = []

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.batches)

    def __iter__(self) -> Iterator[Any]:
        """Begin a pass."""
        for batch in self.batches:
            self.fetched.append(batch)
            yield batch


@pytest.mark.parametrize("kind", KINDS)
def test_it_yields_what_the_function_returns_for_each_batch(answer: Answer, kind: str) -> None:
    """`yield self.func(*batch)` for each batch in order: the star spreads the batch over the
    function's arguments, and what the function returns is the new batch. Every `for` over the
    loader is a new pass."""
    batches, func = KINDS[kind]
    inner = Watched(batches)
    dl = answer.WrappedDataLoader(inner, func)
    for turn in ("first", "second"):
        due = [func(*batch) for batch in inner.batches]
        gave = list(dl)
        call = f"list(WrappedDataLoader(dl, func)), {turn} pass, dl of {inner.batches}"
        expect(gave == due, call=call, gave=gave, expected=due)
        inner.batches = batches[::-1]  # as a loader that shuffles: another order in each pass


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_as_long_as_the_loader(answer: Answer, kind: str) -> None:
    """`__len__` returns `len(dl)`, the number of batches."""
    batches, func = KINDS[kind]
    inner = Watched(list(batches))
    dl = answer.WrappedDataLoader(inner, func)
    expect(len(dl) == len(batches), call="len(dl)", gave=len(dl), expected=len(batches))
    expect(
        not inner.fetched, "The length was found by fetching the batches. Return `len(self.dl)`."
    )


def test_batches_are_fetched_and_prepared_when_they_are_asked_for(answer: Answer) -> None:
    """A pass may be long, and its batches large: fetch none ahead, and keep none."""
    inner, prepared = Watched([(1, 10), (2, 20), (3, 30)]), []

    def func(x: int, y: int) -> tuple[int, int]:
        prepared.append(x)
        return x, y

    dl = answer.WrappedDataLoader(inner, func)
    batches = iter(dl)
    for asked in range(4):
        if asked:
            next(batches)
        for what, found in (("fetched", len(inner.fetched)), ("prepared", len(prepared))):
            expect(
                found == asked,
                call=f"batches = iter(dl), then next(batches) {asked} times",
                gave=f"{found} batches {what}",
                expected=asked,
            )


@given(steps=st.lists(st.integers(0, 2), max_size=12))
def test_every_iter_is_a_pass_of_its_own(answer: Answer, steps: list[int]) -> None:
    """One may be broken off, and two may run at the same time: the position belongs to the pass,
    not to the loader."""
    dl = answer.WrappedDataLoader(Watched([(1, 1), (2, 2), (3, 3)]), lambda x, y: x * y)
    passes = [iter(dl) for _ in range(3)]
    due: list[Iterator[int]] = [iter((1, 4, 9)) for _ in range(3)]
    for which in steps:
        gave, right = next(passes[which], None), next(due[which], None)
        call = f"passes 0, 1 and 2 at the same time, next(…) of pass {', '.join(map(str, steps))}"
        expect(gave == right, call=call, gave=gave, expected=right)
    expect(list(dl) == [1, 4, 9], "A pass that was broken off disturbs the next.", gave=list(dl))


def test_two_loaders_keep_their_own_functions(answer: Answer) -> None:
    """What belongs to one instance is set on `self`, not on the class."""
    first = answer.WrappedDataLoader([(1, 2)], lambda x, y: x)
    second = answer.WrappedDataLoader([(3, 4), (5, 6)], lambda x, y: y)
    gave, due = (list(first), list(second)), ([1], [4, 6])
    expect(gave == due, call="two loaders, each with its own batches", gave=gave, expected=due)


@given(x=parts_of_images())
def test_preprocess_gives_images_their_shape_and_leaves_the_labels(
    answer: Answer, x: Tensor
) -> None:
    """`return x.view(-1, 1, 28, 28), y`: both, in this order."""
    n = len(x)
    y = torch.arange(n) + 5
    passed = {"x": copy_of(x), "y": y.clone()}
    gave = unpack(answer.preprocess(*passed.values()), 2, "x, y = preprocess(x, y)")
    for name, mine, due in zip("xy", gave, (x.reshape(n, 1, 28, 28), y), strict=True):
        same = isinstance(mine, Tensor) and mine.dtype == due.dtype and torch.equal(mine, due)
        call = "x, y = preprocess(x, y)"
        expect(same, call=call, gave=f"{name}: {show(mine)}", expected=show(due))
    expect_unchanged(passed, {"x": x, "y": y})


@settings(max_examples=15)
@given(x=parts_of_images(repeated=True))
def test_preprocess_shares_the_memory_of_the_images(answer: Answer, x: Tensor) -> None:
    """A view costs nothing: `view` shows the same memory in another shape. That holds for a
    part of a larger batch too, such as `x[::2]`, where `.contiguous()` and `.flatten()` copy."""
    call = "y, labels = preprocess(x, labels)"
    images, _ = unpack(answer.preprocess(x, torch.arange(len(x))), 2, call)
    expect_shared_memory(x, images, call)


def test_the_model_is_a_sequential_of_three_convolutions(answer: Answer) -> None:
    """The convolutions of k27: 1 → 16, 16 → 16 and 16 → 10 channels, each with a kernel of 3 × 3
    and a bias; the other layers have nothing to learn."""
    model = answer.get_model()
    expect_type(model, nn.Sequential, "get_model()", "an nn.Sequential")
    gave = [tuple(p.shape) for p in model.parameters()]
    due = [tuple(p.shape) for p in convolutions(0)]
    expect(gave == due, call="the parameters of get_model()", gave=gave, expected=due)


def test_each_call_gives_a_new_model(answer: Answer) -> None:
    """Make the layers inside the function, so that two models have nothing in common."""
    first, second = answer.get_model(), answer.get_model()
    expect(first is not second, "Two calls of get_model() return the same model.")
    expect_new_parts(first, second, "get_model()")


@st.composite
def pictures(draw: st.DrawFn) -> Tensor:
    """Images (N, 1, H, W) of any size, square or not."""
    n = draw(st.sampled_from([1, 2, 5]))
    height, width = (draw(st.sampled_from([28, 1, 5, 14, 31, 40])) for _ in range(2))
    return normal(n, 1, height, width, seed=draw(seeds), dtype=draw(dtypes))


@given(xb=pictures(), seed=seeds)
def test_the_model_takes_images_of_any_size(answer: Answer, xb: Tensor, seed: int) -> None:
    """`nn.AdaptiveAvgPool2d(1)` averages over all that the convolutions leave, so that each of ten
    channels becomes one number: (N, 10). For 28 × 28 it is the network of k27."""
    expect_cnn(answer, answer.get_model(), xb, seed, any_size=True)


def test_the_pool_averages_over_all_that_the_convolutions_leave(answer: Answer) -> None:
    """They leave 5 × 5 of an image of 40 × 40, and 4 × 4 of one of 28 × 28.
    `nn.AdaptiveAvgPool2d(1)` takes the mean of all of it."""
    expect_cnn(answer, answer.get_model(), normal(2, 1, 40, 40, seed=1), seed=2, any_size=True)


@settings(max_examples=15)
@given(xb=pictures(), seed=seeds)
def test_the_gradient_reaches_all_three_layers(answer: Answer, xb: Tensor, seed: int) -> None:
    """Every layer learns: no step on the way may leave autograd."""
    expect_cnn_gradient(answer, answer.get_model(), xb[:2], seed, any_size=True)


hints = """
Python calls `__iter__` again for each `for` over the loader, and two passes may run at the same
time. Which of these may you keep on `self`: the loader, the function, the position of a pass?

With a `yield` in it, `__iter__` is a generator: each call of it begins a new pass, and a
batch is fetched only when it is asked for. In the network, the adaptive pool still leaves two
axes of length 1.

In `__init__` set `self.dl = dl` and `self.func = func`; the length is `len(self.dl)`.
`__iter__`: `for batch in self.dl:`, and inside it `yield self.func(*batch)`. `preprocess`:
`return x.view(-1, 1, 28, 28), y`.

`get_model` returns the `nn.Sequential` of k27, with the same convolutions and ReLUs, but
without `Lambda(preprocess)`, and with `nn.AdaptiveAvgPool2d(1), nn.Flatten()` at the end.
"""

afterwards = """
The reference's `__iter__` is a generator, so each loop gets a pass of its own.
A loader that returned itself would share one place among all loops.

Torch lets you prepare whole batches too: `collate_fn` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/utils/data/dataloader.py

Try: print something in `preprocess`, then take one batch, `next(iter(loader))`,
of a wrapped loader. How often is it printed?
"""
