"""Draws the built-in digits, 28 × 28, from a seed, in MNIST's form; writes its file format.

Each digit is a few strokes. A drawing turns, shears, scales and shifts them,
moves every point a little, and paints them with a pen of some width on a noisy
ground, so that no two are alike.
"""

import gzip
import io
import itertools
import pickle
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tests.harness.kit.python_internals import PythonPickler

Array = np.ndarray[Any, np.dtype[Any]]
Split = tuple[Array, Array]


def _ellipse(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    return [(x + width * np.sin(a), y - height * np.cos(a)) for a in np.linspace(0, 2 * np.pi, 9)]


# The strokes of each digit, on a square from (-1, -1) at the top left to (1, 1).
_STROKES: list[list[list[tuple[float, float]]]] = [
    [_ellipse(0, 0, 0.55, 0.9)],
    [[(-0.35, -0.55), (0.05, -0.9), (0.05, 0.9)]],
    [[(-0.5, -0.5), (-0.2, -0.85), (0.3, -0.85), (0.5, -0.45), (0.2, 0.1), (-0.5, 0.85)],
     [(-0.5, 0.85), (0.55, 0.85)]],
    [[(-0.5, -0.75), (0.0, -0.9), (0.45, -0.6), (0.3, -0.15), (-0.1, -0.05)],
     [(-0.1, -0.05), (0.4, 0.1), (0.5, 0.5), (0.1, 0.9), (-0.5, 0.75)]],
    [[(0.25, 0.9), (0.25, -0.9), (-0.55, 0.3), (0.6, 0.3)]],
    [[(0.5, -0.85), (-0.4, -0.85), (-0.45, -0.1), (0.1, -0.2), (0.5, 0.25), (0.25, 0.8),
      (-0.5, 0.8)]],
    [[(0.4, -0.85), (-0.1, -0.6), (-0.45, 0.1), (-0.4, 0.65), (0.0, 0.9), (0.45, 0.6),
      (0.35, 0.15), (-0.05, 0.0), (-0.42, 0.35)]],
    [[(-0.55, -0.85), (0.55, -0.85), (0.0, 0.9)]],
    [_ellipse(0, -0.45, 0.4, 0.42), _ellipse(0, 0.45, 0.48, 0.45)],
    [[(0.42, -0.35), (0.05, 0.0), (-0.35, -0.2), (-0.4, -0.6), (0.0, -0.9), (0.4, -0.65),
      (0.42, -0.35), (0.35, 0.4), (0.1, 0.9)]],
]  # fmt: skip


@cache
def digits(n_train: int = 2000, n_valid: int = 500, seed: int = 0) -> tuple[Split, Split]:
    """Return ``((x_train, y_train), (x_valid, y_valid))`` as the tutorial's file holds them.

    Images are float32 (n, 784) between 0 and 1, labels int64 (n,).
    """
    x, y = draw(n_train + n_valid, seed)
    return (x[:n_train], y[:n_train]), (x[n_train:], y[n_train:])


def draw(n: int, seed: int) -> Split:
    """Draw ``n`` digits; return images and labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, n)
    images = np.empty((n, 784), np.float32)
    for digit in range(10):
        (rows,) = np.nonzero(labels == digit)
        images[rows] = _paint(_STROKES[digit], len(rows), rng)
    return images, labels


def write(path: Path, *parts: Split) -> None:
    """Write data in the tutorial's file format: a gzipped pickle, as Python 2 wrote it."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(python2_pickle(parts))


def python2_pickle(value: Any) -> bytes:
    """Pickle as Python 2 did: strings are bytes, and numpy has its old names."""
    buffer = io.BytesIO()
    _Python2Pickler(buffer, protocol=2).dump(value)
    return buffer.getvalue()


class _Python2Pickler(PythonPickler):
    write: Any  # these are the base class's
    memoize: Any
    save: Any
    dispatch: ClassVar[dict[type, Any]] = dict(PythonPickler.dispatch)

    def save_string(self, value: str | bytes) -> None:
        data = value.encode("ascii") if isinstance(value, str) else value
        if len(data) < 256:
            self.write(pickle.SHORT_BINSTRING + bytes([len(data)]) + data)
        else:
            self.write(pickle.BINSTRING + len(data).to_bytes(4, "little") + data)
        self.memoize(value)

    def save_global(self, value: Any, name: str | None = None) -> None:
        module = "numpy.core.multiarray" if value.__name__ == "_reconstruct" else "numpy"
        self.write(pickle.GLOBAL + f"{module}\n{name or value.__name__}\n".encode())
        self.memoize(value)

    def save_bool(self, value: bool) -> None:
        """Write an integer, as numpy's dtypes had them for their flags."""
        self.save(int(value))

    dispatch[str] = dispatch[bytes] = save_string
    dispatch[bool] = save_bool


def _paint(strokes: list[list[tuple[float, float]]], n: int, rng: np.random.Generator) -> Array:
    """Paint ``n`` drawings of one digit."""
    ends = [(a, b) for stroke in strokes for a, b in itertools.pairwise(stroke)]
    corners = np.array(ends).reshape(-1, 2)
    points = corners + rng.normal(0, 0.05, (n, *corners.shape))
    angle, shear = rng.normal(0, 0.1, n), rng.normal(0, 0.12, n)
    across, down = rng.uniform(7.5, 9.5, n), rng.uniform(8.5, 10.5, n)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points[..., 0] += shear[:, None] * points[..., 1]
    points = np.einsum("npk,kjn->npj", points, turn) * np.stack([across, down], -1)[:, None]
    points += 13.5 + rng.normal(0, 0.7, (n, 1, 2))

    starts = points[:, 0::2].astype(np.float32)
    along = points[:, 1::2].astype(np.float32) - starts
    length = (along**2).sum(-1) + 1e-6
    rows, columns = np.divmod(np.arange(784, dtype=np.float32), 28)
    nearest = np.full((n, 784), np.inf, np.float32)
    for k in range(starts.shape[1]):  # the distance of every pixel from each segment
        dx, dy = columns - starts[:, k, :1], rows - starts[:, k, 1:]
        ax, ay = along[:, k, :1], along[:, k, 1:]
        t = np.clip((dx * ax + dy * ay) / length[:, k, None], 0, 1)
        np.minimum(nearest, (dx - t * ax) ** 2 + (dy - t * ay) ** 2, out=nearest)
    pen = rng.uniform(0.7, 1.6, (n, 1)).astype(np.float32)
    ink = np.clip(1.3 + pen - np.sqrt(nearest), 0, 1)
    noise = rng.normal(0, 0.05, (n, 784)).astype(np.float32)
    painted: Array = np.clip(ink * rng.uniform(0.7, 1, (n, 1)) + noise, 0, 1)
    return painted.astype(np.float32)
