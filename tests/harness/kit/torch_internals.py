"""The private parts of torch that the kit uses; each has a test in `test_kit_internals.py`.

Where a name is gone in another version of torch, what it was for is left out, and a
check goes on without it. Only a module that needs torch anyway imports this one.
"""

import importlib
import re
from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode as TorchDispatchMode

# The type of ``torch.ops.aten.add``; without it such a call is named as a function's.
KernelCall: Any = getattr(getattr(torch, "_ops", None), "OpOverloadPacket", ())

# `torch.optim` deletes its attributes `sgd` and `optimizer`.
_SGD = importlib.import_module("torch.optim.sgd")
_OPTIMIZER = importlib.import_module("torch.optim.optimizer")
_SGD_FUNCTIONS = ("sgd", "_single_tensor_sgd", "_multi_tensor_sgd", "_fused_sgd")
_STACK_SIZE, _STACK_POP = "_len_torch_function_stack", "_pop_torch_function_stack"


def mode_stack() -> tuple[Callable[[], int], Callable[[], object]] | None:
    """Return functions that count torch's function modes and that pop one, or None.

    A default device is such a mode; an answer may have left others.
    """
    if not hasattr(torch._C, _STACK_SIZE) or not hasattr(torch._C, _STACK_POP):
        return None
    return getattr(torch._C, _STACK_SIZE), getattr(torch._C, _STACK_POP)


def sgd_functions() -> list[tuple[Any, str]]:
    """Return the functions that compute SGD's step, as (module, name): no hook sees them."""
    return [(_SGD, name) for name in _SGD_FUNCTIONS if hasattr(_SGD, name)]


def global_hooks() -> list[tuple[str, dict[Any, Any]]]:
    """Return the dictionaries of hooks that torch runs for every module, or every optimiser.

    Each comes with its name.
    """
    return [
        (f"{owner.__name__}.{name}", getattr(owner, name))
        for owner in (torch.nn.modules.module, _OPTIMIZER)
        for name in dir(owner)
        if re.match("_global.*hooks$", name)
    ]
