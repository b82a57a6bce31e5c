"""What the tests of a kata are written with, as far as it needs no torch.

Kata tests import these names from here, and what works on tensors from ``kit.compare``,
``kit.strategies``, ``kit.training`` and the like. Modules of the kit import one another
directly, never this package.
"""

from tests.harness.kit.answer import Answer
from tests.harness.kit.expect import (
    Kind,
    Row,
    ToDo,
    WrongAnswer,
    elements,
    expect,
    expect_raises,
    expect_type,
    forgot_return,
    refuse,
    unpack,
)
from tests.harness.kit.guard import Guard, Guarded
from tests.harness.kit.show import number, show, show_pair

__all__ = [
    "Answer", "Guard", "Guarded", "Kind", "Row", "ToDo", "WrongAnswer", "elements", "expect",
    "expect_raises", "expect_type", "forgot_return", "number", "refuse", "show", "show_pair",
    "unpack",
]  # fmt: skip
