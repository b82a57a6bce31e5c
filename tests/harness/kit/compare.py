"""Compares an answer with a reference: results, gradients, and arguments left unchanged.

The reference is computed in float64, from the same numbers, so that a difference is
the answer's. The answer may differ from it by the rounding that any right order of
operations may have: a few units in the last place of the largest magnitude involved,
and a few more for each term of a sum.
"""

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from tests.harness.kit.expect import FORGOT_RETURN, Row, WrongAnswer
from tests.harness.kit.guard import Guarded
from tests.harness.kit.show import WHOLE, show, show_pair
from tests.harness.kit.tensors import (
    common_dtype,
    copy_of,
    direction_for,
    dtype_name,
    gradient_of,
    largest,
    leaf_of,
    longest_axis,
)

Reference = Callable[..., Any]

__tracebackhide__ = True  # pytest's tracebacks end in the test


def expect_same(
    ours: Guarded,
    reference: Reference,
    *,
    says: str = "",
    dtypes: Sequence[torch.dtype] = (),
    scale: float = 0.0,
    **arguments: Any,
) -> Any:
    """Call ``ours`` and ``reference`` with the same arguments; return what ours gave.

    The arguments are passed by position, in the order in which they are written;
    their names are what the learner reads. The result must be a tensor of the
    reference's shape and values, in the arguments' dtype (or one of ``dtypes``),
    and the arguments must be unchanged. ``says`` describes the reference, ``scale``
    is the largest magnitude on the way to the result.
    """
    passed = {name: copy_of(value) for name, value in arguments.items()}
    gave = ours(*passed.values())
    expected = reference(*(copy_of(value, torch.float64) for value in arguments.values()))
    dtype = common_dtype(arguments)
    with _showing_the_call(ours.name, arguments):
        expect_tensor(gave, expected)
        if expected.is_floating_point() and gave.dtype not in (*dtypes, dtype):
            raise WrongAnswer(
                f"The result is {dtype_name(gave.dtype)}, and the input is {dtype_name(dtype)}. "
                "A computation keeps the dtype that it was given.",
                rows=[Row.gave(show(gave))],
            )
        expect_close(
            gave,
            expected,
            says=says or _written(reference, arguments),
            scale=max(scale, largest(arguments)),
            terms=longest_axis(arguments),
        )
        expect_unchanged(passed, arguments)
    return gave


def expect_same_gradient(
    ours: Guarded,
    reference: Reference,
    *,
    says: str = "",
    scale: float = 0.0,
    parameters: Mapping[str, Tensor] | None = None,
    **arguments: Any,
) -> None:
    """Compare the gradients of ``ours`` and of ``reference`` in every floating argument.

    ``parameters`` are tensors that ours uses without being passed them, as a
    module does; the reference gets them after the arguments, in this order.
    """
    parameters = parameters or {}
    expected, direction, gradients = _reference_gradients(reference, arguments, parameters)
    scale = max(scale, largest(arguments), largest(parameters), 1.0)
    says = f"of {says or _written(reference, arguments)}" + (", weighted" if expected.dim() else "")
    for weight in (1.0, -3.0):
        passed = {name: leaf_of(value) for name, value in arguments.items()}
        for parameter in parameters.values():
            parameter.grad = None
        gave = ours(*passed.values())
        leaves = {**passed, **parameters}
        with _showing_the_call(ours.name, arguments):
            expect_tensor(gave, expected)
            _backward(ours, gave, weight * direction)
            for name, gradient in gradients.items():
                expect_close(
                    gradient_of(leaves[name]),
                    weight * gradient,
                    what=f"the gradient of {name}",
                    scale=abs(weight) * scale,
                    terms=longest_axis(arguments),
                    says=says + ("" if weight == 1 else f", times {weight:g}"),
                )


def expect_close(
    gave: Tensor,
    expected: Tensor,
    *,
    what: str = "",
    says: str = "",
    why: str = "",
    rows: Sequence[Row] = (),
    scale: float = 0.0,
    terms: int = 1,
) -> None:
    """Reject ``gave`` unless it is ``expected`` up to rounding.

    ``what`` names the value, ``says`` describes how it is computed. ``scale`` is
    the largest magnitude that went into it, ``terms`` how many were added up.
    """
    if gave.shape != expected.shape:
        expect_tensor(gave, expected, rows=rows)
    limits = torch.finfo(gave.dtype if gave.is_floating_point() else torch.float64)
    ours, theirs = gave.detach().double(), expected.detach().double()
    if bool(((ours - theirs).abs() <= limits.eps * max(scale, limits.tiny)).all()):
        return  # nearly always; what follows takes longer
    finite = theirs[theirs.isfinite()].abs()
    scale = max([scale, *finite.max().reshape(-1).tolist()] if finite.numel() else [scale])
    bound = limits.eps * max(scale, limits.tiny) * (16 + 2 * terms)
    same = (ours == theirs) | ((ours - theirs).abs() <= bound)
    if bool(same.all()):
        return
    mine, reference = show_pair(gave.detach(), _in_dtype_of(gave, expected.detach()))
    facts = [Row.fact(what)] if what else []
    facts += [Row.gave(mine), Row.expected(reference, says)]
    if gave.numel() > WHOLE:
        facts.append(_first_difference(ours, theirs, same))
    raise WrongAnswer(why, rows=[*rows, *facts])


def expect_tensor(gave: Any, expected: Tensor, *, rows: Sequence[Row] = ()) -> None:
    """Reject what is not a tensor, or has another shape than ``expected``."""
    if not isinstance(gave, Tensor):
        due = expected.float() if expected.is_floating_point() else expected
        facts = [Row.gave(show(gave)), Row.expected(show(due))]
        raise WrongAnswer(_not_a_tensor(gave), rows=[*rows, *facts])
    if gave.shape != expected.shape:
        raise WrongAnswer(
            f"The result has shape {tuple(gave.shape)}; expected "
            f"{'a scalar, shape ()' if expected.dim() == 0 else tuple(expected.shape)}.",
            rows=[*rows, Row.gave(show(gave)), Row.expected(show(_in_dtype_of(gave, expected)))],
        )


def expect_unchanged(
    passed: Mapping[str, Any], arguments: Mapping[str, Any], *, rows: Sequence[Row] = ()
) -> None:
    """Reject an answer that modified a tensor of ``passed``, which were copies of ``arguments``."""
    for name, value in passed.items():
        before = arguments[name]
        if not isinstance(value, Tensor):
            continue
        if value.shape != before.shape or not torch.equal(
            value.detach().nan_to_num(), before.detach().nan_to_num()
        ):
            raise WrongAnswer(
                f"`{name}` was modified. The caller still needs its tensor: compute a new one "
                "instead of writing into it (`x - y`, not `x -= y`).",
                rows=[
                    *rows,
                    Row.fact(f"{name}, afterwards"),
                    Row.gave(show(value), label="is"),
                    Row.expected(show(before), label="was"),
                ],
            )
        if value.requires_grad != before.requires_grad:
            raise WrongAnswer(f"`{name}.requires_grad` was changed; it is the caller's.", rows=rows)


def call_rows(name: str, arguments: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a call and its arguments."""
    call = Row.call(f"{name}({', '.join(arguments)})")
    return [call, *(Row.input(key, show(value)) for key, value in arguments.items())]


@contextlib.contextmanager
def _showing_the_call(name: str, arguments: Mapping[str, Any]) -> Iterator[None]:
    """Put the rows of the call first in a ``WrongAnswer`` that the block raises."""
    try:
        yield
    except WrongAnswer as error:
        error.begin_with(call_rows(name, arguments))
        raise


def _reference_gradients(
    reference: Reference, arguments: Mapping[str, Any], parameters: Mapping[str, Tensor]
) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Return the reference's result, weights for its entries, and the gradients by name."""
    inputs = {name: leaf_of(value, torch.float64) for name, value in arguments.items()}
    weights = {name: leaf_of(value, torch.float64) for name, value in parameters.items()}
    expected = reference(*inputs.values(), *weights.values())
    direction = direction_for(expected)
    (expected * direction).sum().backward()
    gradients = {
        name: gradient_of(leaf)
        for name, leaf in {**inputs, **weights}.items()
        if isinstance(leaf, Tensor) and leaf.requires_grad
    }
    return expected, direction, gradients


def _backward(ours: Guarded, gave: Tensor, direction: Tensor) -> None:
    """Compute the gradient of the weighted sum of what ours gave; explain if it fails."""
    if not gave.requires_grad:
        raise WrongAnswer(
            "The result carries no gradient. Somewhere on the way the computation left "
            "autograd: `.item()`, `.detach()`, `.data`, numpy, a new tensor made of numbers, "
            "or `torch.no_grad()`.",
            rows=[Row.gave(show(gave)), Row.expected("a tensor that requires grad")],
        )
    try:
        with ours.guard.watching(f"The gradient of `{ours.name}`"):
            total: Any = (gave * direction.to(gave.dtype)).sum()
            total.backward()
    except RuntimeError as error:
        raise WrongAnswer(
            f"The gradient cannot be computed: {str(error).splitlines()[0]}"
        ) from None


def _in_dtype_of(gave: Tensor, reference: Tensor) -> Tensor:
    floating = reference.is_floating_point() and gave.is_floating_point()
    return reference.to(gave.dtype) if floating else reference


def _first_difference(ours: Tensor, theirs: Tensor, same: Tensor) -> Row:
    at = tuple((~same).nonzero()[0].tolist())
    mine, reference = show_pair(ours[at].item(), theirs[at].item())
    return Row.fact("first at", f"{list(at)}: {mine}, expected {reference}")


def _not_a_tensor(gave: Any) -> str:
    if gave is None:
        return f"The result is None. {FORGOT_RETURN}"
    if inspect.isgenerator(gave):
        return "The result is a generator. `return` the tensor; do not `yield` it."
    kind = type(gave)
    if kind.__module__ == "numpy":
        return "The result is a numpy value. Return a tensor: numpy knows nothing of gradients."
    if isinstance(gave, bool | int | float):
        out = "leave out `.item()`, `float(…)` and the like"
        return f"The result is a Python {kind.__name__}. Return a tensor: {out}."
    return f"The result is of type {kind.__name__}. Return a tensor."


def _written(reference: Reference, arguments: Mapping[str, Any]) -> str:
    name = getattr(reference, "__name__", "")
    if not name.isidentifier():
        return ""
    module = "F" if hasattr(nn.functional, name) else "torch"
    return f"{module}.{name}({', '.join(arguments)})"
