"""Facts about tensors and arguments that comparisons need, and copies of them."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn


def copy_of(value: Any, dtype: torch.dtype | None = None) -> Any:
    """Copy a tensor or module so that no memory is shared; tensors keep their strides.

    Floating tensors are converted to ``dtype``, if one is given. Other values are
    returned as they are.
    """
    if isinstance(value, Tensor):
        to = dtype if dtype is not None and value.is_floating_point() else value.dtype
        copied = torch.empty_strided(value.size(), value.stride(), dtype=to)
        with torch.no_grad():
            copied.copy_(value)
        return copied.requires_grad_(value.requires_grad)
    if isinstance(value, nn.Module):
        module = copy.deepcopy(value)
        return module.to(dtype) if dtype is not None else module
    return value


def leaf_of(value: Any, dtype: torch.dtype | None = None) -> Any:
    """Copy a value; a floating tensor becomes a leaf that requires grad."""
    copied = copy_of(value, dtype)
    if isinstance(copied, Tensor) and copied.is_floating_point():
        return copied.requires_grad_()
    return copied


def gradient_of(leaf: Tensor) -> Tensor:
    """Return the gradient of a leaf: zeros where it is None."""
    return torch.zeros_like(leaf) if leaf.grad is None else leaf.grad


def direction_for(result: Tensor) -> Tensor:
    """Return weights for the entries of a result; the gradient of its weighted sum is taken.

    The weights differ from one another: a gradient that is right only for a plain
    sum would pass otherwise.
    """
    if result.dim() == 0:
        return torch.ones((), dtype=torch.float64)
    steps = torch.arange(result.numel(), dtype=torch.float64)
    return torch.cos(1.7 * steps + 0.3).reshape(result.shape)


def common_dtype(arguments: Mapping[str, Any]) -> torch.dtype:
    """Return the dtype of the first floating argument, or float32."""
    floating = (v for v in arguments.values() if isinstance(v, Tensor) and v.is_floating_point())
    return next((value.dtype for value in floating), torch.float32)


def largest(arguments: Mapping[str, Any]) -> float:
    """Return the largest finite magnitude in the arguments."""
    numbers = (v for v in arguments.values() if isinstance(v, Tensor) and v.dtype != torch.bool)
    tensors = [v.detach() for v in numbers]
    finite = [t[t.isfinite()].abs().max().item() for t in tensors if t.isfinite().any()]
    return max(map(float, finite), default=0.0)


def longest_axis(arguments: Mapping[str, Any]) -> int:
    """Return the size of the longest axis in the arguments: no sum has more terms."""
    sizes = [size for v in arguments.values() if isinstance(v, Tensor) for size in v.shape]
    return max(sizes, default=1)


def dtype_name(dtype: torch.dtype) -> str:
    """Return the name of a dtype without ``torch.``."""
    return str(dtype).removeprefix("torch.")
