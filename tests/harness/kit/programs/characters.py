"""Draws arrays in a terminal: two characters for a pixel, fuller where it is brighter."""

import sys
from collections.abc import Iterable, Sequence

import numpy as np

from tests.harness.kit.digits import Array

BLOCKS, ASCII = " ░▒▓█", " .+#@"


def draw(image: Array, low: float, high: float) -> list[str]:
    """Return the lines of a picture in which ``low`` is blank and ``high`` is full."""
    shades = BLOCKS if _can_be_printed(BLOCKS) else ASCII
    unit = (image.astype(float) - low) / ((high - low) or 1)
    steps = np.clip(np.nan_to_num(unit) * len(shades), 0, len(shades) - 1).astype(int)
    return ["".join(shades[step] * 2 for step in row) for row in steps]


def side_by_side(pictures: Sequence[Sequence[str]], gap: str) -> Iterable[str]:
    """Yield the lines of pictures of one height, next to each other."""
    return (gap.join(lines).rstrip() for lines in zip(*pictures, strict=True))


def _can_be_printed(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeError:
        return False
    return True
