"""What an answer to k23 must do."""

import itertools
from collections.abc import Iterable
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset

from tests.harness.kit import Answer, expect, unpack
from tests.harness.kit.strategies import batch_sizes

Order = list[int]


def rows(n: int, first: int = 0, subset: bool = False) -> Dataset:
    """Return a data set of n rows, each of which holds its number."""
    number = torch.arange(first, first + n)
    if not subset:
        return TensorDataset(number[:, None] * torch.ones(2), number)
    whole = rows(2 * n, first)  # every second row of a larger one
    return Subset(whole, range(0, 2 * n, 2))


@given(
    n_train=st.integers(1, 12),
    n_valid=st.integers(1, 12),
    bs=st.integers(1, 8),
    subset=st.booleans(),
)
def test_batches_have_their_sizes_and_hold_every_sample_once(
    answer: Answer, n_train: int, n_valid: int, bs: int, subset: bool
) -> None:
    """Training batches of bs rows, validation batches of 2·bs; the last one of both may be
    shorter. No row is left out, and none comes twice. Each pass has all of them."""
    train_ds, valid_ds = rows(n_train, subset=subset), rows(n_valid, first=100, subset=subset)
    loaders = _loaders(answer, train_ds, valid_ds, bs)
    for name, dl, ds, size in zip(
        ("train_dl", "valid_dl"), loaders, (train_ds, valid_ds), (bs, 2 * bs), strict=True
    ):
        n = len(ds)  # type: ignore[arg-type]
        call = f"train_dl, valid_dl = get_data(…, bs={bs}), of {n_train} and {n_valid} rows"
        due = batch_sizes(n, size)
        for _ in range(2):
            batches = [unpack(batch, 2, f"for xb, yb in {name}: …") for batch in dl]
            sizes = [len(yb) for _, yb in batches]
            expect(sizes == due, call=call, gave=f"{name}: batches of {sizes}", expected=due)
            numbers = sorted(number for _, yb in batches for number in yb.tolist())
            whole = sorted(int(y) for _, y in _each(ds))
            expect(numbers == whole, call=call, gave=f"{name}: rows {numbers}", expected=whole)
            aligned = all(bool((xb == yb[:, None]).all()) for xb, yb in batches)
            expect(aligned, f"In `{name}` an image has the label of another.", call=call)


@given(n=st.integers(1, 30), bs=st.integers(1, 5))
def test_validation_is_always_in_order(answer: Answer, n: int, bs: int) -> None:
    """The order makes no difference to a mean: leave it as it is, in every pass."""
    _, valid_dl = _loaders(answer, rows(20), rows(n), bs)
    for turn in ("first", "second"):
        order = _order(valid_dl)
        call = f"the rows of valid_dl, bs={bs}, in the {turn} pass"
        expect(order == list(range(n)), call=call, gave=order, expected=list(range(n)))


# 300 rows. A right answer cannot fail: for two of its orders to agree in more than 15 of
# 300 places, or to have more than 25 neighbours in common, has a probability below 10⁻¹².
# (Both counts are nearly Poisson, with mean 1 and 2: 15!⁻¹ and 2²⁵/25!.)
N, SAME_PLACE, SAME_NEIGHBOUR = 300, 15, 25


@pytest.mark.parametrize("bs", [1, 7, 64, 400])
def test_training_is_reshuffled_every_epoch(answer: Answer, bs: int) -> None:
    """`shuffle=True`: every pass has the rows in a new random order, so that every epoch has new
    batches."""
    train_dl, _ = _loaders(answer, rows(N), rows(2), bs)
    sizes = {len(yb) for _, yb in train_dl}
    expect(
        max(sizes) == min(bs, N),
        f"Training batches must have {bs} rows.",
        gave=f"batches of {max(sizes)} rows",
        expected=min(bs, N),
    )
    orders = {"data set": list(range(N))}
    for turn in ("first", "second", "third"):
        orders[f"{turn} epoch"] = _order(train_dl)
        _expect_new(orders, bs)


def test_two_training_runs_are_shuffled_differently(answer: Answer) -> None:
    """The order comes from torch's own generator, which must not be set back between calls."""
    make = answer.get_data.target  # called directly: the guard moves the generator on
    orders = {}
    for turn in ("first", "second"):
        train_dl, _ = unpack(make(rows(N), rows(2), 64), 2, "train_dl, valid_dl = get_data(…)")
        orders[f"first epoch of the {turn} get_data(…)"] = _order(train_dl)
    _expect_new(orders, 64)


def test_a_pass_that_is_broken_off_does_not_disturb_the_next(answer: Answer) -> None:
    """Every `for` over a loader is a pass of its own."""
    for dl in _loaders(answer, rows(20), rows(20), 4):
        for _ in dl:
            break
        order = sorted(_order(dl))
        expect(
            order == list(range(20)),
            call="for xb, yb in dl: break; then the next pass, its rows sorted",
            gave=order,
            expected=list(range(20)),
        )


def _loaders(answer: Answer, train_ds: Dataset, valid_ds: Dataset, bs: int) -> tuple[Any, Any]:
    call = "train_dl, valid_dl = get_data(train_ds, valid_ds, bs)"
    loaders = unpack(answer.get_data(train_ds, valid_ds, bs), 2, call)
    for name, dl in zip(("train_dl", "valid_dl"), loaders, strict=True):
        found = f"{name}: a {type(dl).__name__}"
        expect(isinstance(dl, DataLoader), call=call, gave=found, expected="a DataLoader")
    return loaders[0], loaders[1]


def _order(dl: Iterable[Any]) -> Order:
    return [number for _, yb in dl for number in yb.tolist()]


def _each(ds: Dataset) -> Iterable[Any]:
    return (ds[i] for i in range(len(ds)))  # type: ignore[arg-type]


def _expect_new(orders: dict[str, Order], bs: int) -> None:
    """Refuse the last order if it resembles one of the others."""
    *earlier, (name, order) = orders.items()
    for other, before in earlier:
        places = sum(a == b for a, b in zip(order, before, strict=True))
        neighbours = len(_neighbours(order) & _neighbours(before))
        expect(
            places <= SAME_PLACE and neighbours <= SAME_NEIGHBOUR,
            call=f"the order of train_dl, {N} rows in batches of {bs}: {name}",
            gave=f"[{', '.join(map(str, order[:6]))}, …]: {places} rows are where they were in "
            f"the {other}, {neighbours} are next to the same row",
            expected="hardly any",
        )


def _neighbours(order: Order) -> set[frozenset[int]]:
    return {frozenset(pair) for pair in itertools.pairwise(order)}


hints = """
What did the loader of k19 do with the order of the rows, pass after pass? One of the two
loaders here does the same, and the other needs one more argument.

The argument is `shuffle=True`: a `DataLoader` then draws a new order at the beginning of every
pass, and yields each row once. Shuffling the data set yourself, beforehand, would give all
epochs the same order.

Return two loaders, the one for training first: `DataLoader(train_ds, batch_size=bs,
shuffle=True)` and `DataLoader(valid_ds, batch_size=2 * bs)`.
"""

afterwards = """
The reference says `shuffle=True` once, and nothing about the other loader: in
order is how a loader works unless told otherwise.

A new order for each pass: `RandomSampler` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/utils/data/sampler.py

Try: call `torch.manual_seed(0)` before each of two passes over the training
loader. Do the batches differ? And without it?
"""
