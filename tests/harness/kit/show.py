"""Values as a learner reads them: shape, dtype, and the numbers where they are few."""

import sys
from collections.abc import Sequence
from typing import Any

EDGE = 3  # entries shown on either side of a long dimension
WIDTH = 45  # what shape and dtype leave of a line


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
    return cut(repr(value))


def show_pair(gave: Any, expected: Any) -> tuple[str, str]:
    """Describe two values with as many digits as it takes to tell them apart."""
    for digits in (5, 9, 17):
        pair = show(gave, digits), show(expected, digits)
        if pair[0] != pair[1]:
            break
    return pair


def numbers(tensor: Any, digits: int = 5) -> str:
    """Show the entries of a tensor, nested, with the middle of long dimensions left out."""
    tensor = tensor.detach().cpu()
    if tensor.numel() <= 30:
        return cut(_nested(tensor, digits, None), 3 * WIDTH)
    return cut(_nested(tensor, min(digits, 4), EDGE), WIDTH)


def number(value: Any, digits: int = 5) -> str:
    """Show one number; a float is recognisable by its point."""
    if isinstance(value, bool | int):
        return str(value)
    text = f"{value:.{digits}g}"
    return text if any(mark in text for mark in ".en") else text + ".0"


def listing(items: Sequence[str], final: str = "and") -> str:
    """Join words as prose does: ``a, b and c``."""
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
    """Leave out what is too wide for a line or two."""
    return text if len(text) <= width else text[: width - 1] + "…"


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)
