"""Formats values for a learner: shape and dtype, and the numbers if they are few."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

EDGE = 3  # entries shown at either end of a long dimension
WIDTH = 45  # columns that shape and dtype leave on a line
WHOLE = 30  # a tensor of more entries is cut
TEMPORARY = re.compile(r"/\S*/pytest-\d+/[^/\s]+/")  # where a test's files lie


def show(value: Any, digits: int = 5) -> str:
    """Describe a value on one line: ``(2, 3) float32   [[…]]`` for a tensor."""
    if _is_tensor(value):
        shape = str(tuple(value.shape))
        dtype = str(value.dtype).removeprefix("torch.")
        return f"{shape} {dtype}".ljust(17) + "  " + numbers(value, digits)
    if isinstance(value, float):
        return number(value, digits)
    if isinstance(value, tuple) and any(map(_is_tensor, value)):
        return "(" + ", ".join(show(part, digits) for part in value) + ")"
    if isinstance(value, Path):
        return repr(TEMPORARY.sub("…/", str(value)))
    if isinstance(getattr(value, "param_groups", None), list) and value.param_groups:
        return f"{type(value).__name__}, lr={value.param_groups[0].get('lr')}"  # an optimiser
    text = repr(value)
    if "\n" in text:  # of a model with several layers
        return f"a {type(value).__name__}"
    if " at 0x" in text:  # of an object without a text of its own
        name = getattr(value, "__name__", "<")  # a lambda has none that one can write
        return f"a {type(value).__name__}" if "<" in name else name
    return cut(text)


def show_pair(gave: Any, expected: Any) -> tuple[str, str]:
    """Describe two values with as many digits as they need to differ."""
    for digits in (5, 9, 17):
        pair = show(gave, digits), show(expected, digits)
        if pair[0] != pair[1]:
            break
    return pair


def numbers(tensor: Any, digits: int = 5) -> str:
    """Format the entries of a tensor as nested lists; long dimensions lose their middle."""
    tensor = tensor.detach().cpu()
    if tensor.numel() <= WHOLE:
        return cut(_nested(tensor, digits, None), 3 * WIDTH)
    return cut(_nested(tensor, min(digits, 4), EDGE), WIDTH)


def number(value: Any, digits: int = 5) -> str:
    """Format one number; a float always has a point or an exponent."""
    if isinstance(value, bool | int):
        return str(value)
    text = f"{value:.{digits}g}"
    return text if any(mark in text for mark in ".en") else text + ".0"


def listing(items: Sequence[str], final: str = "and") -> str:
    """Join words as in prose: ``a, b and c``."""
    *most, last = items
    return f"{', '.join(most)} {final} {last}" if most else last


def _nested(tensor: Any, digits: int, edge: int | None) -> str:
    if tensor.dim() == 0:
        return number(tensor.item(), digits)
    if edge is None or len(tensor) <= 2 * edge:
        parts = [_nested(part, digits, edge) for part in tensor]
    else:
        ends = [_nested(tensor[i], digits, edge) for i in (0, 1, -1)]
        parts = [*ends[:2], "…", ends[2]]
    return "[" + ", ".join(parts) + "]"


def cut(text: str, width: int = 2 * WIDTH) -> str:
    """Cut a text after so many characters; by default, what fits on two lines."""
    return text if len(text) <= width else text[: width - 1] + "…"


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)
