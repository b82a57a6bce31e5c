"""Hypothesis strategies for tensors, logits, targets, batches and parameters.

Small tensors are drawn entry by entry, so that they shrink to something a learner can
read: each entry is a byte that is looked up in a table of numbers. One draw of many bytes
takes a fraction of the time of many draws. Large tensors are filled from a seed.
"""

from collections.abc import Callable, Iterable, Sequence

import torch
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.kit.tensors import copy_of

dtypes = st.sampled_from([torch.float32, torch.float64])
seeds = st.integers(0, 2**16)

LABELS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)

# What holds the tensors that an answer is given; the last two can be gone through only once.
holders: st.SearchStrategy[Callable[[list[Tensor]], Iterable[Tensor]]] = st.sampled_from(
    [list, tuple, iter, lambda tensors: (tensor for tensor in tensors)]
)
_layouts = st.sampled_from(["contiguous", "transposed", "strided"])


def numbers(most: float, often: Sequence[float] = ()) -> list[float]:
    """Make a table of numbers up to ``most`` that float32 holds exactly, the simplest first.

    A tenth of its entries are those of ``often``, if there are any.
    """
    whole = sorted(range(-int(min(most, 8)), int(min(most, 8)) + 1), key=lambda i: (abs(i), -i))
    # Spread evenly over -1 … 1 (by the golden ratio), but not on a grid.
    spread = torch.arange(1, 231 - len(whole)) * 0.6180339887 % 2 - 1
    others = sorted((most * spread).tolist(), key=abs)
    return [*map(float, whole), *others, *(26 // max(1, len(often))) * list(often)]


SMALL, TABLE = numbers(4), numbers(15)


def entries(draw: st.DrawFn, count: int, table: Sequence[float]) -> list[float]:
    """Draw ``count`` numbers of a table."""
    drawn = draw(st.binary(min_size=count, max_size=count))
    return [table[byte % len(table)] for byte in drawn]


def classes_of(draw: st.DrawFn, rows: int, classes: int) -> Tensor:
    """Draw a class for each row."""
    return torch.tensor(entries(draw, rows, range(classes)), dtype=torch.int64)


@st.composite
def tensors(
    draw: st.DrawFn,
    shape: Sequence[int],
    table: Sequence[float],
    *,
    contiguous: bool = False,
) -> Tensor:
    """Tensors of one shape, of float32 or float64 and, unless ``contiguous``, of any layout."""
    dtype = draw(dtypes)
    count = 1
    for size in shape:
        count *= size
    tensor = torch.tensor(entries(draw, count, table), dtype=dtype).reshape(tuple(shape))
    return tensor if contiguous else with_layout(draw, tensor)


def with_layout(draw: st.DrawFn, tensor: Tensor) -> Tensor:
    """Return an equal tensor that is contiguous, transposed or strided in memory."""
    layout = draw(_layouts)
    if layout == "transposed" and tensor.dim() >= 2:
        return tensor.transpose(-1, -2).contiguous().transpose(-1, -2)
    if layout == "strided" and tensor.dim() >= 1:
        return torch.stack([tensor, torch.full_like(tensor, 7.0)], dim=-1)[..., 0]
    return tensor


def shapes(last: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes (…, C) with up to three dimensions before the last."""
    before = st.lists(st.integers(1, 2), max_size=3)
    return st.builds(lambda sizes, size: (*sizes, size), before, last)


@st.composite
def logits(draw: st.DrawFn, most: float = 50) -> Tensor:
    """Moderate logits (…, C): no entry beyond ±50."""
    shape = draw(shapes(st.integers(1, 5)))
    return draw(tensors(shape, numbers(most, often=[most, -most])))


@st.composite
def batches(
    draw: st.DrawFn, *, targets: Sequence[torch.dtype] = LABELS[:1]
) -> tuple[Tensor, Tensor]:
    """Log-probabilities (N, C) with targets (N,) of one of the dtypes in ``targets``."""
    rows, classes = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    scores = draw(tensors((rows, classes), TABLE, contiguous=True))
    return _batch(draw, scores, classes_of(draw, rows, classes), targets)


@st.composite
def large_batches(
    draw: st.DrawFn, classes: int, label: torch.dtype = torch.int64
) -> tuple[Tensor, Tensor]:
    """Batches of 60 to 200 rows."""
    rows, seed = draw(st.integers(60, 200)), draw(seeds)
    scores = 3 * normal(rows, classes, seed=seed, dtype=draw(dtypes))
    chosen = torch.randint(classes, (rows,), generator=torch.Generator().manual_seed(seed))
    return _batch(draw, scores, chosen, [label])


def _batch(
    draw: st.DrawFn, scores: Tensor, chosen: Tensor, targets: Sequence[torch.dtype]
) -> tuple[Tensor, Tensor]:
    dtype = draw(st.sampled_from(targets)) if len(targets) > 1 else targets[0]
    target = chosen.clamp(max=torch.iinfo(dtype).max).to(dtype)
    return with_layout(draw, torch.log_softmax(scores, -1)), with_layout(draw, target)


@st.composite
def scored_batches(
    draw: st.DrawFn,
    rows: st.SearchStrategy[int] = st.integers(1, 6),  # noqa: B008
    classes: st.SearchStrategy[int] = st.integers(1, 5),  # noqa: B008
    *,
    fine: bool = False,
) -> tuple[Tensor, Tensor]:
    """Logits (N, C) without ties, with labels (N,); some labels are the row's largest entry.

    With ``fine`` the entries of a row differ by less than float32 can represent.
    """
    n, c = draw(rows), draw(classes)
    dtype = torch.float64 if fine else draw(dtypes)
    steps = [1e-9] if fine else [1.0, 0.5, 3.0, 100.0]
    generator = torch.Generator().manual_seed(draw(seeds))
    order = torch.rand(n, c, generator=generator).argsort(dim=1).to(dtype)
    shift = torch.randint(-4, 3, (n, 1), generator=generator)
    out = draw(st.sampled_from(steps)) * order + shift
    # A wrong label that equals the right one modulo 256: the same if compared as a byte.
    labels = torch.randint(c, (n,), generator=generator)
    labels[::3] = (out.argmax(1)[::3] + 256) % c
    hits = torch.rand(n, generator=generator) < draw(st.sampled_from([0.5, 0.0, 1.0]))
    labels = torch.where(hits, out.argmax(1), labels)
    return with_layout(draw, out), with_layout(draw, labels)


@st.composite
def parameter_lists(draw: st.DrawFn) -> list[Tensor]:
    """Parameters of several shapes, each with a gradient; the first is drawn entry by entry."""
    first, *others = draw(st.lists(st.lists(st.integers(1, 2), max_size=3), min_size=1, max_size=4))
    cancelling = draw(st.booleans())
    if cancelling:
        first = [2, *first[1:]]
    # Copies, since neither a parameter nor its gradient is a view of another tensor.
    p = copy_of(draw(tensors(first, SMALL)))
    slopes = entries(draw, p.numel(), SMALL)
    if not any(slopes):
        slopes[-1] = 1.0
    if cancelling:  # the sum of the gradient is zero, and yet it is a gradient
        slopes = [slopes[0] or 1.0, -(slopes[0] or 1.0)] * (len(slopes) // 2)
    p.grad = copy_of(torch.tensor(slopes, dtype=p.dtype).reshape(p.shape))
    parameters = [p]
    for shape in others:
        seed = draw(seeds)
        parameters.append(normal(*shape, seed=seed, dtype=draw(dtypes)))
        parameters[-1].grad = normal(*shape, seed=seed + 1, dtype=parameters[-1].dtype)
    return [parameter.requires_grad_() for parameter in parameters]


@st.composite
def data_sets(draw: st.DrawFn, least: int = 1, most: int = 9) -> tuple[Tensor, Tensor]:
    """Rows (n, …) of several shapes, all of them different, each with its label (n,)."""
    n = draw(st.integers(least, most))
    shape = draw(st.sampled_from([(n, 2), (n, 1), (n,), (n, 1, 2, 2)]))
    x = torch.arange(1, torch.Size(shape).numel() + 1).to(draw(dtypes)).reshape(shape)
    return with_layout(draw, x), with_layout(draw, 10 * torch.arange(n) + 3)


def shuffled(
    draw: Callable[[st.SearchStrategy[list[int]]], list[int]], **batch: Tensor
) -> dict[str, Tensor]:
    """Return the tensors of a batch with their rows in another order, the same for all."""
    rows = len(next(iter(batch.values())))
    order = draw(st.permutations(range(rows)))
    return {name: tensor[order] for name, tensor in batch.items()}


def batch_sizes(rows: int, size: int) -> list[int]:
    """Return the number of rows of each batch; the last one may have fewer than ``size``."""
    return [min(size, rows - start) for start in range(0, rows, size)]


def normal(*shape: int, seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Draw a tensor from a normal distribution and a seed; torch's own generator stays as it is."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=dtype)
