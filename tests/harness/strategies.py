"""Hypothesis strategies for the field: logits, targets, batches, layers, small data sets.

Small tensors are drawn entry by entry, so that they shrink to something a
learner can read. Large ones are filled from a seed.
"""

from collections.abc import Sequence

import torch
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.compare import twin

dtypes = st.sampled_from([torch.float32, torch.float64])
seeds = st.integers(0, 2**16)

LABELS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)


def floats(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers that float32 holds exactly, between two bounds."""
    return st.floats(low, high, width=32, allow_nan=False, allow_subnormal=False)


@st.composite
def tensors(
    draw: st.DrawFn,
    shape: Sequence[int],
    entries: st.SearchStrategy[float],
    *,
    contiguous: bool = False,
) -> Tensor:
    """Tensors of one shape, of either dtype and, unless ``contiguous``, of any layout."""
    dtype = draw(dtypes)
    count = 1
    for size in shape:
        count *= size
    values = draw(st.lists(entries, min_size=count, max_size=count))
    tensor = torch.tensor(values, dtype=dtype).reshape(tuple(shape))
    return tensor if contiguous else draw(layouts(tensor))


@st.composite
def layouts(draw: st.DrawFn, tensor: Tensor) -> Tensor:
    """The same tensor, laid out in memory in one of the ways that tensors come."""
    layout = draw(st.sampled_from(["contiguous", "transposed", "strided"]))
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
    return draw(tensors(shape, floats(-most, most) | st.sampled_from([-most, most])))


@st.composite
def batches(
    draw: st.DrawFn, *, targets: Sequence[torch.dtype] = LABELS[:1]
) -> tuple[Tensor, Tensor]:
    """Log-probabilities (N, C) with targets (N,)."""
    rows, classes = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    scores = draw(tensors((rows, classes), floats(-15, 15)))
    chosen = st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows)
    return draw(_batch(scores, torch.tensor(draw(chosen)), targets))


@st.composite
def large_batches(
    draw: st.DrawFn, classes: int, label: torch.dtype = torch.int64
) -> tuple[Tensor, Tensor]:
    """Batches of the size that real ones have."""
    rows, seed = draw(st.integers(60, 200)), draw(seeds)
    scores = 3 * normal(rows, classes, seed=seed, dtype=draw(dtypes))
    chosen = torch.randint(classes, (rows,), generator=torch.Generator().manual_seed(seed))
    return draw(_batch(scores, chosen, [label]))


@st.composite
def _batch(
    draw: st.DrawFn, scores: Tensor, chosen: Tensor, targets: Sequence[torch.dtype]
) -> tuple[Tensor, Tensor]:
    dtype = draw(st.sampled_from(targets))
    target = chosen.clamp(max=torch.iinfo(dtype).max).to(dtype)
    return draw(layouts(torch.log_softmax(scores, -1))), draw(layouts(target))


@st.composite
def scored_batches(
    draw: st.DrawFn,
    rows: st.SearchStrategy[int] = st.integers(1, 6),  # noqa: B008
    classes: st.SearchStrategy[int] = st.integers(1, 5),  # noqa: B008
    *,
    fine: bool = False,
) -> tuple[Tensor, Tensor]:
    """Logits (N, C) without ties, with labels (N,), some of them the row's best.

    With ``fine`` the entries of a row differ by less than float32 can tell.
    """
    n, c = draw(rows), draw(classes)
    dtype = torch.float64 if fine else draw(dtypes)
    steps = [1e-9] if fine else [1.0, 0.5, 3.0, 100.0]
    generator = torch.Generator().manual_seed(draw(seeds))
    order = torch.rand(n, c, generator=generator).argsort(dim=1).to(dtype)
    shift = torch.randint(-4, 3, (n, 1), generator=generator)
    out = draw(st.sampled_from(steps)) * order + shift
    # Some of those that are not the best are equal to it as a byte.
    labels = torch.randint(c, (n,), generator=generator)
    labels[::3] = (out.argmax(1)[::3] + 256) % c
    hits = torch.rand(n, generator=generator) < draw(st.sampled_from([0.5, 0.0, 1.0]))
    labels = torch.where(hits, out.argmax(1), labels)
    return draw(layouts(out)), draw(layouts(labels))


@st.composite
def parameter_lists(draw: st.DrawFn) -> list[Tensor]:
    """Leaf tensors of several shapes, each with a gradient; the first is drawn entry by entry."""
    first, *others = draw(st.lists(st.lists(st.integers(1, 2), max_size=3), min_size=1, max_size=4))
    # Copies, since neither a parameter nor its gradient is a view of another tensor.
    p = twin(draw(tensors(first, floats(-4, 4))))
    numbers = draw(st.lists(floats(-4, 4), min_size=p.numel(), max_size=p.numel()).filter(any))
    if len(numbers) > 1 and draw(st.booleans()):
        # A gradient whose entries cancel is none the less one.
        numbers = [numbers[0] or 1.0, -(numbers[0] or 1.0)] * (len(numbers) // 2)
    p.grad = twin(torch.tensor(numbers, dtype=p.dtype).reshape(p.shape))
    parameters = [p]
    for shape in others:
        seed = draw(seeds)
        parameters.append(normal(*shape, seed=seed, dtype=draw(dtypes)))
        parameters[-1].grad = normal(*shape, seed=seed + 1, dtype=parameters[-1].dtype)
    return [parameter.requires_grad_() for parameter in parameters]


def batch_sizes(rows: int, size: int) -> list[int]:
    """Return how many rows each batch has, the last one fewer if need be."""
    return [min(size, rows - start) for start in range(0, rows, size)]


def normal(*shape: int, seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Fill a tensor from a seed, without touching torch's own generator."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=dtype)
