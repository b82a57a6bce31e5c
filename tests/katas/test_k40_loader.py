"""What an answer to k40 must do."""

import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.utils.data import Dataset, TensorDataset, default_collate

from tests.harness.kit import Answer, Row, WrongAnswer, elements, expect, expect_raises, show
from tests.harness.kit.called_code import CalledCode
from tests.harness.kit.compare import expect_same_gradient
from tests.harness.kit.expect import expect_type
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import batch_sizes, data_sets, normal, seeds, with_layout
from tests.harness.kit.tensors import dtype_name

shortcuts = Shortcuts(
    instead="Draw the order, fetch the samples, and put them together by yourself.",
    code=CalledCode(files=("utils/data",), allowed=(Dataset, TensorDataset)),
)

# Makes the sample of a kind for a number.
Maker = Callable[[int], Any]


class Rows:
    """A data set of n samples, by default (i, 10 · i); it notes what is fetched."""

    def __init__(self, n: int, sample: Maker = lambda i: (i, 10 * i)) -> None:
        self._n, self._sample = n, sample
        self.fetched: list[int] = []

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, i: int) -> Any:
        expect(
            type(i) is int and 0 <= i < self._n,
            "Ask a data set for one sample at a time, with a Python int. A slice or a tensor is "
            "more than most data sets understand.",
            call=f"dataset[{i!r}], of a data set with {self._n} samples",
            gave=f"a {type(i).__name__}",
            expected=f"an int from 0 to {self._n - 1}",
        )
        self.fetched.append(i)
        return self._sample(i)


numpy_dtypes = st.sampled_from(["float32", "float64", "int16", "uint8", "bool", "float16"])
torch_dtypes = st.sampled_from(
    [torch.float32, torch.float64, torch.int64, torch.uint8, torch.bool, torch.float16]
)
shapes = st.sampled_from([(), (2,), (1,), (2, 3), (1, 2, 1)])
BEYOND_FLOATS = 2**53 + 1


@st.composite
def tensor_makers(draw: st.DrawFn) -> Maker:
    """Tensors of one shape and dtype; some are parts of a larger one."""
    shape, dtype = draw(shapes), draw(torch_dtypes)
    layout = with_layout(draw, torch.zeros(shape)).stride()
    empty = torch.empty_strided(shape, layout, dtype=dtype)
    return lambda i: empty.clone().copy_(2 * normal(*shape, seed=i))


@st.composite
def array_makers(draw: st.DrawFn) -> Maker:
    """Numpy arrays, or numpy's own numbers, of one dtype."""
    shape, dtype, scalar = draw(shapes), draw(numpy_dtypes), draw(st.booleans())
    if scalar:
        return lambda i: np.dtype(dtype).type(i % 2)
    return lambda i: (3 * normal(*shape, seed=i)).abs().numpy().astype(dtype)


PLAIN: list[Maker] = [
    lambda i: i - 2,
    lambda i: BEYOND_FLOATS + i,
    lambda i: i / 3,
    lambda i: i % 2 == 0,
    lambda i: "ab" * i,
]


def _containers(parts: st.SearchStrategy[Maker]) -> st.SearchStrategy[Maker]:
    several = st.lists(parts, min_size=1, max_size=3)
    keys = st.sampled_from(["image", "label", "name", 7])
    return st.one_of(
        several.map(lambda makers: lambda i: tuple(make(i) for make in makers)),
        several.map(lambda makers: lambda i: [make(i) for make in makers]),
        st.dictionaries(keys, parts, min_size=1, max_size=3).map(
            lambda makers: lambda i: {key: make(i) for key, make in makers.items()}
        ),
    )


leaves = st.one_of(st.sampled_from(PLAIN), tensor_makers(), array_makers())
makers = st.recursive(leaves, _containers, max_leaves=4)
PAIR: Maker = lambda i: (torch.tensor([2.0 * i + 1, 2.0 * i + 2]), i + 7)  # noqa: E731
sizes = st.integers(1, 11)
lengths = st.integers(0, 10)


# Each kind by itself, and within a part of a part.
@settings(max_examples=30)
@given(make=makers, count=st.integers(1, 4))
@example(make=PAIR, count=2)
@example(make=lambda i: i - 2, count=3)
@example(make=lambda i: i / 3, count=3)
@example(make=lambda i: i % 2 == 0, count=3)
@example(make=lambda i: np.array([i, 7], dtype="int16"), count=2)
@example(make=lambda i: np.float32(i), count=2)
@example(make=lambda i: {"x": np.float64(i), "y": (True, [str(i), i / 7])}, count=3)
def test_samples_become_one_batch(answer: Answer, make: Maker, count: int) -> None:
    """Tensors are stacked along a new first axis. Numbers become a tensor of them, in their own
    dtype: int64 for Python's ints, float64 for its floats, bool for bools, numpy's own for
    numpy's. Strings stay as they are; tuples, lists and dicts are collated part by part."""
    samples = [make(i) for i in range(count)]
    call = f"collate([{', '.join(_text(sample) for sample in samples)}])"
    gave = answer.collate([make(i) for i in range(count)])
    _expect_batch(gave, default_collate(samples), call)


@settings(max_examples=15)
@given(count=st.integers(1, 3), seed=seeds)
def test_a_stack_carries_gradients(answer: Answer, count: int, seed: int) -> None:
    """A stack belongs to the graph as much as its parts do: `torch.stack`, without numbers or numpy
    on the way."""
    arguments: dict[str, Any] = {f"x{i}": normal(2, seed=seed + i) for i in range(count)}
    target = answer.collate.target
    collate = answer.guarded(lambda *samples: target([*samples]), "collate")
    expect_same_gradient(
        collate, lambda *samples: torch.stack(samples), says="torch.stack(samples)", **arguments
    )


@given(n=lengths, bs=sizes, drop_last=st.booleans())
@example(n=5, bs=2, drop_last=False)
@example(n=5, bs=2, drop_last=True)
def test_the_batches_come_in_order(answer: Answer, n: int, bs: int, drop_last: bool) -> None:
    """Without `shuffle`, in the order of the data set, in every pass. The last batch may be
    shorter; with `drop_last`, it is left out then. A data set without samples has no batch."""
    loader = answer.DataLoader(Rows(n), bs, False, drop_last)
    call = _call(n, bs, drop_last=drop_last)
    due = [list(range(n))[i : i + bs] for i in range(0, n, bs)]
    due = [batch for batch in due if len(batch) == bs or not drop_last]
    for turn in ("first", "second"):
        gave = [xb.tolist() for xb, _ in _batches(loader, call)]
        expect(gave == due, call=f"{call}, the {turn} pass", gave=gave, expected=due)


@given(n=lengths, bs=sizes, drop_last=st.booleans(), shuffle=st.booleans())
def test_its_length_is_the_number_of_batches(
    answer: Answer, n: int, bs: int, drop_last: bool, shuffle: bool
) -> None:
    """`len` is n / batch_size, rounded up; with `drop_last`, which leaves out a short last batch,
    rounded down. As many batches come."""
    loader = answer.DataLoader(Rows(n), batch_size=bs, shuffle=shuffle, drop_last=drop_last)
    call, due = _call(n, bs, shuffle, drop_last), n // bs if drop_last else math.ceil(n / bs)
    expect(len(loader) == due, call=f"len({call})", gave=len(loader), expected=due)
    came = len(_batches(loader, call))
    expect(came == due, call=f"for batch in {call}", gave=f"{came} batches", expected=due)


@given(n=lengths, bs=sizes, drop_last=st.booleans(), seed=seeds)
def test_a_shuffled_pass_has_every_sample_once(
    answer: Answer, n: int, bs: int, drop_last: bool, seed: int
) -> None:
    """A pass goes through a permutation: no sample twice, none left out (but for a dropped rest),
    each with its own label. The sizes of the batches are as without `shuffle`."""
    torch.manual_seed(seed)
    loader = answer.DataLoader(Rows(n), batch_size=bs, shuffle=True, drop_last=drop_last)
    call = _call(n, bs, True, drop_last)
    for _ in range(2):
        batches = _batches(loader, call)
        xs, ys = ([i for batch in batches for i in batch[k].tolist()] for k in (0, 1))
        due = [size for size in batch_sizes(n, bs) if size == bs or not drop_last]
        found = [len(xb) for xb, _ in batches]
        expect(found == due, call=call, gave=f"batches of {found}", expected=due)
        expect(len(set(xs)) == sum(due), call=call, gave=xs, expected="every sample once")
        expect(
            ys == [10 * x for x in xs], call=call, gave=f"labels {ys}", expected=f"those of {xs}"
        )


@settings(max_examples=5)
@given(seed=seeds, bs=st.sampled_from([7, 40]))
def test_torchs_generator_decides_the_order(answer: Answer, seed: int, bs: int) -> None:
    """`torch.manual_seed` makes the passes after it repeatable. They differ from one another, and
    from those after another seed: `random`, numpy and a generator of your own do not obey it."""

    def passes(seed: int) -> list[list[int]]:
        random.seed(0)
        np.random.seed(0)
        torch.manual_seed(seed)
        loader = answer.DataLoader(Rows(40), bs, shuffle=True)
        return [[i for xb, _ in loader for i in xb.tolist()] for _ in range(3)]

    first, again, other = passes(seed), passes(seed), passes(seed + 1)
    call = _call(40, bs, True)
    for i, j in ((0, 1), (1, 2), (0, 2)):
        expect(
            first[i] != first[j],
            "Draw a new order for each pass, when it begins.",
            call=f"{call}, pass {i + 1} and pass {j + 1}",
            gave=f"twice {_start(first[i])}",
            expected="another order",
        )
    expect(
        first == again,
        call=f"{call}, twice after torch.manual_seed({seed})",
        gave=f"{_start(first[0])} and {_start(again[0])}",
        expected="twice the same order",
    )
    expect(
        first != other,
        call=f"{call}, after torch.manual_seed({seed}) and ({seed + 1})",
        gave=f"twice {_start(first[0])}",
        expected="another order",
    )


@pytest.mark.parametrize("n", [3, 4])
def test_every_order_is_as_likely(answer: Answer, n: int) -> None:
    """There are n! orders, and `torch.randperm(n)` draws one of them. Each comes about equally
    often, even those that leave some samples, or all, where they were."""
    make, count = answer.DataLoader, math.factorial(n)
    passes = 100 * count

    def draw() -> Counter[tuple[int, ...]]:  # all in one call, since guarding each step takes long
        loader = make.target(range(n), n, shuffle=True, collate_fn=tuple)
        return Counter(order for _ in range(passes) for order in loader)

    torch.manual_seed(n)
    counts = answer.guarded(draw, "DataLoader")()
    # A count of N draws with probability p has a standard error of √(N p (1 − p)): 9.1 and 9.8 of
    # a hundred. Six are 59 at most.
    margin = 6 * math.sqrt(100 * (1 - 1 / count))
    for order in itertools.permutations(range(n)):
        expect(
            abs(counts[order] - 100) <= margin,
            call=f"{_call(n, n, True)}, {passes:,} passes",
            gave=f"{counts[order]} times the order {list(order)}",
            expected=f"about 100 times, as each of the {count} orders",
        )


@given(n=st.integers(1, 9), bs=st.integers(1, 4), shuffle=st.booleans(), drop_last=st.booleans())
def test_a_batch_is_fetched_when_it_is_asked_for(
    answer: Answer, n: int, bs: int, shuffle: bool, drop_last: bool
) -> None:
    """Fetch its samples, each once, and no other batch's: the data set may be large and slow, and
    a caller may stop early. In a function with `yield`, what comes after it waits."""
    n -= n % bs if drop_last else 0  # whether a rest that is dropped is fetched is free
    dataset = Rows(n)
    loader = answer.DataLoader(dataset, bs, shuffle, drop_last)
    batches = iter(loader)
    call, seen = f"batches = iter({_call(n, bs, shuffle, drop_last)})", 0
    expect(not dataset.fetched, call=call, gave=f"fetched {dataset.fetched}", expected="nothing")
    for turn, size in enumerate(batch_sizes(n, bs)):
        xb, _ = next(batches)
        new, seen = dataset.fetched[seen:], seen + size
        expect(
            sorted(new) == sorted(xb.tolist()) and len(new) == size,
            call=f"{call}; next(batches), {turn + 1} time{'s' * (turn > 0)}",
            gave=f"{xb.tolist()}, and fetched {new} for it",
            expected="the samples of the batch, each once",
        )
    list(batches)
    expect(len(dataset.fetched) == n, "After the last batch, something was fetched.", call=call)


@settings(max_examples=25)
@given(n=st.integers(0, 7), bs=st.integers(1, 4), shuffle=st.booleans(), seed=seeds)
def test_collate_fn_makes_a_batch_of_a_list(
    answer: Answer, n: int, bs: int, shuffle: bool, seed: int
) -> None:
    """It is given the list of a batch's samples, as one argument, and what it returns is the batch.
    Without it, `collate` does that."""
    given: list[Any] = []

    def collate_fn(samples: Any) -> Any:
        given.append(samples)
        return [len(given)]

    torch.manual_seed(seed)
    loader = answer.DataLoader(Rows(n), bs, shuffle, collate_fn=collate_fn)
    call = f"{_call(n, bs, shuffle)}, with a collate_fn"
    came = elements(loader, call, "batches")
    due = [[i + 1] for i in range(math.ceil(n / bs))]
    expect(came == due, call=call, gave=f"batches {came}", expected=f"what it returned, {due}")
    for samples, size in zip(given, batch_sizes(n, bs), strict=True):
        expect_type(samples, list, f"{call}, which got", "a list")
        pairs = all(isinstance(pair, tuple) and pair[1] == 10 * pair[0] for pair in samples)
        expect(pairs and len(samples) == size, call=f"{call}, which got", gave=samples,
               expected=f"a list of {size} samples (i, 10 · i)")  # fmt: skip


@given(
    n=st.integers(0, 7), bs=st.integers(1, 4), shuffle=st.booleans(),
    turns=st.lists(st.sampled_from([0, 1, 2]), max_size=20),
)  # fmt: skip
def test_passes_at_the_same_time_do_not_disturb_each_other(
    answer: Answer, n: int, bs: int, shuffle: bool, turns: list[int]
) -> None:
    """Each `iter` begins a pass of its own, which keeps its order and its position to itself. Even
    one that was left in the middle does not matter to the next."""
    loader = answer.DataLoader(Rows(n), bs, shuffle)
    passes = [iter(loader) for _ in range(3)]
    came: list[list[int]] = [[], [], []]
    for turn in [*turns, *[each for each in (1, 0, 2) for _ in range(n + 1)]]:
        came[turn] += next(passes[turn], (torch.tensor([]), 0))[0].tolist()
    for turn in range(3):
        right = sorted(came[turn]) == list(range(n)) if shuffle else came[turn] == [*range(n)]
        expect(
            right,
            call=f"three passes over one {_call(n, bs, shuffle)}, in turns",
            gave=f"{came[turn]} in one of them",
            expected="every sample once, in each",
        )


@settings(max_examples=20)
@given(data=data_sets(), bs=sizes)
def test_a_tensor_dataset_gives_batches_of_both(
    answer: Answer, data: tuple[Tensor, Tensor], bs: int
) -> None:
    """A sample of a `TensorDataset` is a pair of tensors, and a batch has the rows of both, as in
    k19. By default, a batch has one sample."""
    x, y = data
    call = f"DataLoader(TensorDataset(x, y), {bs}), x of shape {tuple(x.shape)}"
    batches = _batches(answer.DataLoader(TensorDataset(x, y), bs), call)
    for start, batch in zip(range(0, len(x), bs), batches, strict=True):
        rows = slice(start, start + bs)
        _expect_batch(batch, (x[rows], y[rows]), call)
    single = _batches(answer.DataLoader(TensorDataset(x, y)), "DataLoader(dataset)")
    expect(len(single) == len(x), "By default, batch_size is 1.", call="DataLoader(dataset)")


@settings(max_examples=15)
@given(n=st.integers(1, 6), m=st.integers(1, 6), bs=st.integers(1, 3))
def test_two_loaders_share_nothing(answer: Answer, n: int, m: int, bs: int) -> None:
    """Each has its own data set and sizes: they belong to `self`."""
    one = answer.DataLoader(Rows(n), bs)
    other = answer.DataLoader(Rows(m, lambda i: (i + 50, 0)), 2, drop_last=True)
    pairs = itertools.zip_longest(one, other)
    mine = [pair[0][0].tolist() for pair in pairs if pair[0] is not None]
    due = [list(range(n))[i : i + bs] for i in range(0, n, bs)]
    expect(mine == due, call=f"{_call(n, bs)}, and another one beside it", gave=mine, expected=due)
    expect(len(one) == len(due), call=f"len({_call(n, bs)})", gave=len(one), expected=len(due))


@pytest.mark.mastery
@given(n=st.integers(0, 5), bs=st.sampled_from([0, -1, -64]), shuffle=st.booleans())
def test_a_batch_size_below_one_is_refused(answer: Answer, n: int, bs: int, shuffle: bool) -> None:
    """A size below 1 is the caller's mistake: check it in `__init__`, and raise `ValueError`.
    Without a check, a negative one may make an epoch without a batch."""
    expect_raises(
        lambda: list(answer.DataLoader(Rows(n), bs, shuffle)),
        types=ValueError,
        rows=[Row.call(f"list({_call(n, bs, shuffle)})")],
        shown=lambda gave: f"{len(gave)} batches",  # type: ignore[arg-type]
    )


# Two samples that do not fit together, and what the difference is.
RAGGED: dict[str, tuple[Any, Any]] = {
    "shapes": (torch.zeros(3), torch.zeros(2)),
    "shapes that broadcast": (torch.zeros(1), torch.zeros(3)),
    "numbers of axes": (torch.zeros(2), torch.zeros(1, 2)),
    "shapes of arrays": (np.zeros(3), np.zeros(2)),
    "shapes of arrays that broadcast": (np.zeros((1, 2)), np.zeros((3, 2))),
    "numbers of parts": ((1, 2), (1, 2, 3)),
    "numbers of parts, in lists": (["a"], ["b", "c"]),
    "keys, one missing": ({"x": 1, "y": 2}, {"x": 3}),
    "keys, one more": ({"x": 1}, {"x": 3, "y": 2}),
    "keys, another": ({"x": 1}, {"y": 2}),
}


@pytest.mark.mastery
@pytest.mark.parametrize("what", RAGGED)
@settings(max_examples=10)
@given(data=st.data())
def test_samples_that_do_not_fit_together_are_refused(
    answer: Answer, what: str, data: st.DataObject
) -> None:
    """Samples with other shapes, numbers of parts or keys are a mistake in the data. It has to be
    raised: `zip` stops at the shortest (unless `strict=True`), and a loop over the first sample's
    keys does not see one more in another."""
    before, after = (data.draw(st.integers(0, 2)) for _ in range(2))
    one, other = RAGGED[what][:: data.draw(st.sampled_from([1, -1]))]
    samples = [one, *before * [one], other, *after * [data.draw(st.sampled_from([one, other]))]]
    wrap = data.draw(st.sampled_from([lambda s: s, lambda s: (0, s), lambda s: {"a": [s]}]))
    samples = list(map(wrap, samples))
    expect_raises(
        lambda: answer.collate(samples),
        types=(KeyError, ValueError, RuntimeError),
        rows=[Row.call(f"collate([{', '.join(map(_text, samples))}])")],
        shown=_text,
    )


def _batches(loader: Any, call: str) -> list[Any]:
    """Go through a loader of pairs; reject what is not a batch of two tensors."""
    batches = elements(loader, f"for xb, yb in {call}: …", "batches")
    for batch in batches:
        pair = isinstance(batch, tuple | list) and len(batch) == 2
        expect(
            pair and all(isinstance(part, Tensor) for part in batch),
            call=f"for xb, yb in {call}: …",
            gave=_text(batch),
            expected="two tensors",
        )
    return batches


def _expect_batch(gave: Any, due: Any, call: str, where: str = "the batch") -> None:
    """Reject a batch, or a part of it, that is not what torch's own makes."""
    if isinstance(due, Tensor):
        same = isinstance(gave, Tensor) and gave.dtype == due.dtype and gave.shape == due.shape
        fits = same and torch.equal(gave, due)
        parts: Iterator[tuple[Any, Any, str]] = iter(())
    elif isinstance(due, dict):
        fits = isinstance(gave, dict) and gave.keys() == due.keys()
        parts = ((gave[key], due[key], f"{where}[{key!r}]") for key in due)
    elif isinstance(due, tuple | list):
        fits = isinstance(gave, tuple | list) and len(gave) == len(due)
        parts = ((gave[i], due[i], f"{where}[{i}]") for i in range(len(due)))
    else:
        fits, parts = type(gave) is type(due) and gave == due, iter(())
    if not fits:
        rows = [Row.call(call), Row.fact(where)]
        raise WrongAnswer(rows=[*rows, Row.gave(_text(gave)), Row.expected(_text(due))])
    for part, other, name in parts:
        _expect_batch(part, other, call, name)


def _text(value: Any) -> str:
    """Describe a sample or a batch, as short as can be."""
    if isinstance(value, Tensor):
        return f"tensor of {dtype_name(value.dtype)} {tuple(value.shape)} {value.tolist()}"
    if isinstance(value, np.ndarray | np.generic):
        return f"numpy's {value.dtype} {value.tolist()}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_text(part)}" for key, part in value.items()) + "}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))})"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return show(value)


def _call(n: int, bs: int, shuffle: bool = False, drop_last: bool = False) -> str:
    more = ", shuffle=True" * shuffle + ", drop_last=True" * drop_last
    return f"DataLoader(dataset, {bs}{more}), n = {n}"


def _start(order: list[int]) -> str:
    return f"[{', '.join(map(str, order[:5]))}, …]"


hints = """
In the example of `collate` there are two samples with two parts each, and the batch has two parts
with two entries each. What do `zip(*samples)` and another call of `collate` make of that?

Go through the table with `isinstance`, numpy first and str last. For each part of a tuple: `for
parts in zip(*samples)`, and `collate(list(parts))`. `torch.tensor(samples)` makes a tensor of bools
or ints; floats need `dtype=torch.float64`.

`__iter__` is a function with `yield`, so every pass has variables of its own. First the order:
`range(n)`, or `torch.randperm(n).tolist()` with `shuffle`. Then its slices of `batch_size`, one for
each batch.

In the loop: `rows = order[start : start + self.batch_size]`, and `yield
self.collate_fn([self.dataset[i] for i in rows])`. With `drop_last`, stop at a slice that is too
short.
"""

mastery_hints = """
Which of `torch.stack`, `zip` and `{key: … for key in samples[0]}` complain if the second sample has
another shape, one part more, or one key more?

`zip(*samples, strict=True)` raises ValueError. For dicts, compare `sample.keys()` with the first
one's, and raise KeyError. In `DataLoader.__init__`: `if batch_size < 1:`, and raise ValueError.
"""

afterwards = """
The reference gives the batches that torch's loader gives. A key that only the
second sample has makes it raise; torch's `collate` drops the key.

Torch's own order comes from a seed that it draws, in `RandomSampler`:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/utils/data/sampler.py

Try: a collate_fn that fills short rows up with zeros, for texts of any length.
Which targets must they get, so that they do not count (k36)?
"""
