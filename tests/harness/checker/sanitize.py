"""Escapes what an answer printed or raised before it is shown or written."""

import re
from typing import Any

from tests.harness import limits
from tests.harness.kit.show import cut

NEWLINE = re.compile("\r\n?")
# Control characters except tab and newline; marks of direction; lone surrogates; non-characters.
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def sanitize(value: Any) -> Any:
    """Escape unprintable characters in a text, and cut it at ``limits.TEXT_CHARACTERS``.

    In a list or a dictionary, do so with each text. Tuples become lists, as in JSON.
    """
    if isinstance(value, dict):
        return {sanitize(key): sanitize(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [sanitize(part) for part in value]
    if not isinstance(value, str):
        return value
    value = UNPRINTABLE.sub(lambda match: repr(match[0])[1:-1], NEWLINE.sub("\n", value))
    return cut(value, limits.TEXT_CHARACTERS)
