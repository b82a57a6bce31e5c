"""The private parts of CPython that the kit uses; each has a test in `test_kit_internals.py`."""

import opcode
import pickle
from types import TracebackType

RAISE = opcode.opmap.get("RAISE_VARARGS")

# The pickler that is written in Python: its ``dispatch`` table can be overridden.
PythonPickler = pickle._Pickler


def is_at_raise(entry: TracebackType) -> bool:
    """Whether an entry of a traceback stands at a `raise` statement, and not at a call."""
    if RAISE is None:
        return True
    return entry.tb_frame.f_code.co_code[entry.tb_lasti] == RAISE
