"""What an answer to k29 must do."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from tests.harness.kit import Answer, expect, show, unpack
from tests.harness.kit.strategies import dtypes, normal, seeds, with_layout

CALL = "x, y = to_device(x, y, device)"

# Machines: the accelerator that torch was built for, whether it is there, what is expected.
NONE = (
    "None is not a device. `current_accelerator()` may be None where there is no accelerator: ask "
    "`is_available()` first, and return the CPU otherwise. Or did you forget `return`?"
)
MACHINES = {
    "a machine with CUDA": ("cuda", True, "cuda"),
    "a machine with MPS": ("mps", True, "mps"),
    "a machine without an accelerator": (None, False, "cpu"),
    "torch built for CUDA, on a machine without it": ("cuda", False, "cpu"),
    "torch built for MPS, on a machine without it": ("mps", False, "cpu"),
}


@contextlib.contextmanager
def machine(name: str) -> Iterator[str]:
    """Let torch see another machine; yield the type of device that is expected on it."""
    built_for, there, due = MACHINES[name]

    def current_accelerator(check_available: bool = False) -> torch.device | None:
        return torch.device(built_for) if built_for and (there or not check_available) else None

    def answering(value: Any) -> Callable[[], Any]:
        return lambda: value

    cuda, mps = there and built_for == "cuda", there and built_for == "mps"
    seen: dict[Any, dict[str, Any]] = {
        torch.accelerator: {
            "is_available": answering(there),
            "device_count": answering(int(there)),
            "current_accelerator": current_accelerator,
        },
        torch.cuda: {"is_available": answering(cuda), "device_count": answering(int(cuda))},
        torch.backends.mps: {
            "is_available": answering(mps),
            "is_built": answering(built_for == "mps"),
        },
        torch.mps: {"is_available": answering(mps), "device_count": answering(int(mps))},
    }
    with contextlib.ExitStack() as stack:
        for module, functions in seen.items():
            for function, patch in functions.items():
                if hasattr(module, function):
                    stack.enter_context(mock.patch.object(module, function, patch))
        yield due


@pytest.mark.parametrize("name", MACHINES)
def test_it_is_the_accelerator_if_there_is_one_and_else_the_cpu(answer: Answer, name: str) -> None:
    """Ask `torch.accelerator.is_available()` first: torch may be built for an accelerator that
    the machine does not have. Return a `torch.device`, not its name."""
    with machine(name) as due:
        gave = answer.get_device()
    call = f"get_device(), {name}"
    expect(
        isinstance(gave, torch.device),
        NONE if gave is None else "`torch.device(name)` makes a device.",
        call=call,
        gave=repr(gave),
        expected=f"torch.device({due!r})",
    )
    expect(gave.type == due, call=call, gave=repr(gave), expected=f"torch.device({due!r})")


@given(names=st.lists(st.sampled_from(list(MACHINES)), min_size=2, max_size=4))
def test_it_asks_again_at_every_call(answer: Answer, names: list[str]) -> None:
    """An answer found when the file was loaded, or at an earlier call, may be out of date: ask
    again."""
    for name in names:
        with machine(name) as due:
            gave = answer.get_device()
        call = f"get_device(), called on {', then '.join(names)}"
        found = getattr(gave, "type", gave)
        expect(found == due, call=call, gave=f"{found}, on {name}", expected=due)


@st.composite
def batches(draw: st.DrawFn) -> tuple[Tensor, Tensor]:
    """Images and labels of any dtype and layout."""
    n, seed = draw(st.integers(1, 4)), draw(seeds)
    x = with_layout(draw, normal(n, 3, seed=seed, dtype=draw(dtypes)))
    return x, torch.arange(n).to(draw(st.sampled_from([torch.int64, torch.uint8])))


@given(batch=batches())
def test_both_tensors_are_moved(answer: Answer, batch: tuple[Tensor, Tensor]) -> None:
    """`x.to(device), y.to(device)`: a tensor's `.to` moves nothing in place, it *returns* the
    moved tensor. Shape and dtype stay as they are."""
    device = torch.device("meta")  # a device that every machine has
    gave = unpack(answer.to_device(*batch, device), 2, CALL)
    for name, mine, given_ in zip("xy", gave, batch, strict=True):
        found = (mine.device, mine.shape, mine.dtype) if isinstance(mine, Tensor) else (mine,)
        due = (device, given_.shape, given_.dtype)
        facts = {"call": f"{CALL}, device meta", "gave": f"{name}: {_told(found)}"}
        expect(found == due, **facts, expected=_told(due))
        expect(given_.device.type == "cpu", "The caller's own tensor was moved.")


@given(batch=batches())
def test_what_is_there_already_is_not_copied(answer: Answer, batch: tuple[Tensor, Tensor]) -> None:
    """`.to(device)` returns the tensor itself if it is on the device already. (`.clone()`,
    `.to(device, copy=True)` and `torch.tensor(x)` copy.)"""
    before = [tensor.clone() for tensor in batch]
    gave = unpack(answer.to_device(*batch, torch.device("cpu")), 2, CALL)
    for name, mine, given_, old in zip("xy", gave, batch, before, strict=True):
        same = isinstance(mine, Tensor) and mine.dtype == old.dtype and torch.equal(mine, old)
        expect(same, call=CALL, gave=f"{name}: {show(mine)}", expected=show(old))
        expect(
            mine.data_ptr() == given_.data_ptr(),
            call=f"{CALL}, all on the CPU",
            gave=f"{name} has memory of its own",
            expected="the memory of the tensor that was passed",
        )


@given(first=st.sampled_from(["cpu", "meta"]), second=st.sampled_from(["cpu", "meta"]))
def test_each_is_moved_from_wherever_it_is(answer: Answer, first: str, second: str) -> None:
    """One of the two may be on the device already; the other has to be moved anyway."""
    x, y = torch.zeros(2, 3, device=first), torch.zeros(2, device=second)
    gave = unpack(answer.to_device(x, y, torch.device("meta")), 2, CALL)
    found = [tensor.device.type for tensor in gave]
    call = f"{CALL}, device meta, from {first} and {second}"
    expect(found == ["meta", "meta"], call=call, gave=found, expected=["meta", "meta"])


def _told(found: tuple[Any, ...]) -> str:
    return " ".join(str(tuple(f) if isinstance(f, torch.Size) else f) for f in found)


hints = """
Imagine a torch that was built for CUDA, on a laptop without a GPU: it can name an accelerator,
but there is none to use. Which of the two questions decides, and what do you return if the
answer is no?

Ask inside the function, and return a `torch.device` in each case: the CPU's is
`torch.device("cpu")`. For the tensors, use what `.to(device)` returns, for the labels as well
as for the images, since it changes no tensor in place.

`accelerator = torch.accelerator.current_accelerator()`. If that is None, or
`torch.accelerator.is_available()` is False, return `torch.device("cpu")`, and otherwise
`accelerator`. `to_device`: `return x.to(device), y.to(device)`.
"""

afterwards = """
The reference asks two questions: a torch that was built for an accelerator may
run on a machine that has none.

From torch 2.7 on, `current_accelerator` can ask both:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/accelerator/__init__.py

Try: time `a @ a` on both devices, with 4000 rows and with 4. Which is faster?
(A GPU works in the background; `torch.accelerator.synchronize()` waits.)
"""
