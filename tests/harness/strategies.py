"""Hypothesis strategies for the field: logits, targets, batches, layers, small data sets.

Small tensors are drawn entry by entry, so that they shrink to something a
learner can read. Large ones are filled from a seed.
"""

from collections.abc import Sequence

import torch
from hypothesis import strategies as st
from torch import Tensor

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
    before = st.lists(st.integers(1, 3), max_size=3)
    return st.builds(lambda sizes, size: (*sizes, size), before, last)


@st.composite
def logits(draw: st.DrawFn, shape: Sequence[int] | None = None) -> Tensor:
    """Moderate logits (…, C): no entry beyond ±50, none far from the others of its row."""
    shape = shape or draw(shapes(st.integers(1, 5)))
    spread = draw(tensors(shape, floats(-15, 15)))
    return spread + draw(st.just(0.0) | floats(-35, 35))


@st.composite
def batches(
    draw: st.DrawFn, *, targets: Sequence[torch.dtype] = LABELS[:1]
) -> tuple[Tensor, Tensor]:
    """Log-probabilities (N, C) with targets (N,)."""
    rows, classes = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    if draw(st.integers(0, 9)) == 9:  # now and then, a batch as large as real ones
        rows, classes = draw(st.integers(60, 300)), draw(st.integers(2, 12))
        generator = torch.Generator().manual_seed(draw(seeds))
        scores = 3 * torch.randn(rows, classes, generator=generator, dtype=draw(dtypes))
        target = torch.randint(classes, (rows,), generator=generator)
    else:
        scores = draw(tensors((rows, classes), floats(-15, 15)))
        target = torch.tensor(
            draw(st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows))
        )
    log_probabilities = draw(layouts(torch.log_softmax(scores, -1)))
    return log_probabilities, draw(layouts(target.to(draw(st.sampled_from(targets)))))


@st.composite
def scored_batches(draw: st.DrawFn) -> tuple[Tensor, Tensor]:
    """Logits (N, C) without ties, with labels (N,), some of them the row's best."""
    rows, classes = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    if draw(st.integers(0, 9)) == 9:
        rows = draw(st.integers(60, 300))
    dtype = draw(dtypes)
    generator = torch.Generator().manual_seed(draw(seeds))
    order = torch.rand(rows, classes, generator=generator).argsort(dim=1).to(dtype)
    step, shift = draw(st.sampled_from([1.0, 0.5, 3.0])), draw(st.sampled_from([0.0, -4.0, 2.5]))
    out = step * order + shift
    labels = torch.randint(classes, (rows,), generator=generator)
    hits = torch.rand(rows, generator=generator) < draw(st.sampled_from([0.0, 0.5, 1.0]))
    labels = torch.where(hits, out.argmax(1), labels)
    return draw(layouts(out)), draw(layouts(labels))


def normal(*shape: int, seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Fill a tensor from a seed, without touching torch's own generator."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=dtype)
