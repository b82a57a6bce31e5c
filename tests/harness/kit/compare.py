"""What "agrees with torch" means, and how it is told where an answer does not.

The reference is computed in float64, from the same numbers, so that a
difference is the answer's. The answer may differ from it by the rounding that
any right order of operations may have: a few units in the last place of the
largest magnitude involved, and a few more for each term of a sum.
"""

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from tests.harness.kit.expect import Row, WrongAnswer
from tests.harness.kit.guard import Guarded
from tests.harness.kit.show import show, show_pair

Reference = Callable[..., Any]

__tracebackhide__ = True  # pytest's tracebacks end in the test


def agree(
    ours: Guarded,
    reference: Reference,
    *,
    says: str = "",
    dtypes: Sequence[torch.dtype] = (),
    scale: float = 0.0,
    **arguments: Any,
) -> Any:
    """Hold ``ours`` against ``reference`` on the same arguments; return what ours gave.

    The arguments are passed by position, in the order in which they are written;
    their names are what the learner reads. The result must be a tensor of the
    reference's shape and values, in the arguments' dtype (or one of ``dtypes``),
    and the arguments must be as they were.
    """
    passed = {name: twin(value) for name, value in arguments.items()}
    gave = ours(*passed.values())
    expected = reference(*(twin(value, torch.float64) for value in arguments.values()))
    dtype = _common_dtype(arguments)
    with _Told(ours.name, arguments):
        expect_tensor(gave, expected)
        if expected.is_floating_point() and gave.dtype not in (*dtypes, dtype):
            raise WrongAnswer(
                f"The result is {_name(gave.dtype)}, and the input is {_name(dtype)}. "
                "A computation keeps the dtype that it was given.",
                rows=[Row("gave", "gave", show(gave))],
            )
        expect_close(
            gave, expected, says=says or _written(reference, arguments),
            scale=max(scale, _largest(arguments)), terms=_terms(arguments),
        )  # fmt: skip
        expect_unchanged(passed, arguments)
    return gave


def agree_in_gradient(
    ours: Guarded,
    reference: Reference,
    *,
    says: str = "",
    scale: float = 0.0,
    parameters: Mapping[str, Tensor] | None = None,
    **arguments: Any,
) -> None:
    """Hold the gradients of ``ours`` against the reference's, in every floating argument.

    ``parameters`` are tensors that ours uses without being passed them, as a
    module does; the reference gets them after the arguments, in this order.
    """
    parameters = parameters or {}
    inputs = {name: _leaf(twin(value, torch.float64)) for name, value in arguments.items()}
    wanted = {name: _leaf(twin(value, torch.float64)) for name, value in parameters.items()}
    expected = reference(*inputs.values(), *wanted.values())
    direction = _direction(expected)
    (expected * direction).sum().backward()
    leaves = {name: leaf for name, leaf in {**inputs, **wanted}.items() if _learns(leaf)}
    zero = torch.zeros_like
    theirs = {n: zero(leaf) if leaf.grad is None else leaf.grad for n, leaf in leaves.items()}
    scale = max(scale, _largest(arguments), _largest(parameters), 1.0)
    says = f"of {says or _written(reference, arguments)}" + (", weighted" if expected.dim() else "")
    for weight in (1.0, -3.0):
        passed = {name: _leaf(twin(value)) for name, value in arguments.items()}
        for parameter in parameters.values():
            parameter.grad = None
        gave = ours(*passed.values())
        with _Told(ours.name, arguments):
            expect_tensor(gave, expected)
            _go_back(ours, gave, weight * direction)
            for name, leaf in {**passed, **parameters}.items():
                if name in leaves:
                    expect_close(
                        zero(leaf) if leaf.grad is None else leaf.grad,
                        weight * theirs[name],
                        what=f"the gradient of {name}",
                        scale=abs(weight) * scale,
                        terms=_terms(arguments),
                        says=says + ("" if weight == 1 else f", times {weight:g}"),
                    )


def _go_back(ours: Guarded, gave: Tensor, direction: Tensor) -> None:
    """Compute the gradient of what ours gave, weighted; say so if that cannot be done."""
    if not gave.requires_grad:
        raise WrongAnswer(
            "The result carries no gradient. Somewhere on the way the computation left "
            "autograd: `.item()`, `.detach()`, `.data`, numpy, a new tensor made of numbers, "
            "or `torch.no_grad()`.",
            rows=[Row("gave", "gave", show(gave))],
        )
    try:
        with ours.guard.watching(f"The gradient of `{ours.name}`"):
            (gave * direction.to(gave.dtype)).sum().backward()
    except RuntimeError as error:
        raise WrongAnswer(
            f"The gradient cannot be computed: {str(error).splitlines()[0]}"
        ) from None


class _Told:
    """Tells a wrong answer with the call that was made: shown only if there is one."""

    def __init__(self, name: str, arguments: Mapping[str, Any]) -> None:
        self.name = name
        self.arguments = arguments

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if isinstance(error, WrongAnswer):
            error.begin_with(call_rows(self.name, self.arguments))


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
    """Refuse ``gave`` unless it is ``expected`` up to rounding.

    ``scale`` is the largest magnitude that went into it, ``terms`` how many
    were added up.
    """
    if gave.shape != expected.shape:
        expect_tensor(gave, expected, rows=rows)
    limits = torch.finfo(gave.dtype if gave.is_floating_point() else torch.float64)
    ours, theirs = gave.detach().double(), expected.detach().double()
    if bool(((ours - theirs).abs() <= limits.eps * max(scale, limits.tiny)).all()):
        return  # as mostly
    finite = theirs[theirs.isfinite()].abs()
    scale = max([scale, *finite.max().reshape(-1).tolist()] if finite.numel() else [scale])
    bound = limits.eps * max(scale, limits.tiny) * (16 + 2 * terms)
    same = (ours == theirs) | ((ours - theirs).abs() <= bound)
    if bool(same.all()):
        return
    mine, reference = show_pair(gave.detach(), _like(expected.detach(), gave))
    facts = [Row("note", what, "")] if what else []
    facts += [Row("gave", "gave", mine), Row("expected", "expected", reference, says)]
    if gave.numel() > 30:
        facts.append(_where(ours, theirs, same))
    raise WrongAnswer(why, rows=[*rows, *facts])


def expect_tensor(gave: Any, expected: Tensor, *, rows: Sequence[Row] = ()) -> None:
    """Refuse what is no tensor, or one of another shape than ``expected``."""
    if not isinstance(gave, Tensor):
        raise WrongAnswer(_no_tensor(gave), rows=[*rows, Row("gave", "gave", show(gave))])
    if gave.shape != expected.shape:
        raise WrongAnswer(
            f"The result has shape {tuple(gave.shape)}; "
            f"{'a scalar, shape (),' if expected.dim() == 0 else tuple(expected.shape)} is due.",
            rows=[
                *rows,
                Row("gave", "gave", show(gave)),
                Row("expected", "expected", show(_like(expected, gave))),
            ],
        )


def _like(reference: Tensor, gave: Tensor) -> Tensor:
    """Bring the reference into the dtype in which the answer computes."""
    floating = reference.is_floating_point() and gave.is_floating_point()
    return reference.to(gave.dtype) if floating else reference


def expect_unchanged(
    passed: Mapping[str, Any], arguments: Mapping[str, Any], *, rows: Sequence[Row] = ()
) -> None:
    """Refuse an answer that has modified what it was passed."""
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
                    Row("note", f"{name}, afterwards", ""),
                    Row("gave", "is", show(value)),
                    Row("expected", "was", show(before)),
                ],
            )
        if value.requires_grad != before.requires_grad:
            raise WrongAnswer(f"`{name}.requires_grad` was changed; it is the caller's.", rows=rows)


def call_rows(name: str, arguments: Mapping[str, Any]) -> list[Row]:
    """Show a call and its arguments."""
    rows = [Row("call", "", f"{name}({', '.join(arguments)})")]
    return rows + [Row("input", key, show(value)) for key, value in arguments.items()]


def twin(value: Any, dtype: torch.dtype | None = None) -> Any:
    """Copy a value so that nothing is shared; tensors keep their strides.

    Floating tensors are converted to ``dtype``, if one is given.
    """
    if isinstance(value, Tensor):
        to = dtype if dtype is not None and value.is_floating_point() else value.dtype
        copied = torch.empty_strided(value.size(), value.stride(), dtype=to)
        with torch.no_grad():
            copied.copy_(value)
        return copied.requires_grad_(value.requires_grad)
    if isinstance(value, nn.Module):
        copied_module = copy.deepcopy(value)
        return copied_module.to(dtype) if dtype is not None else copied_module
    return value


def _leaf(value: Any) -> Any:
    if isinstance(value, Tensor) and value.is_floating_point():
        return value.requires_grad_()
    return value


def _learns(value: Any) -> bool:
    return isinstance(value, Tensor) and value.requires_grad


def _direction(like: Tensor) -> Tensor:
    """Return the weights of the entries of a result in the number whose gradient is taken.

    They differ from one another: a gradient that is right only for a plain sum
    would slip through otherwise.
    """
    if like.dim() == 0:
        return torch.ones((), dtype=torch.float64)
    steps = torch.arange(like.numel(), dtype=torch.float64)
    return torch.cos(1.7 * steps + 0.3).reshape(like.shape)


def _where(ours: Tensor, theirs: Tensor, same: Tensor) -> Row:
    index = (~same).nonzero()[0]
    at = tuple(index.tolist())
    mine, reference = show_pair(ours[at].item(), theirs[at].item())
    return Row("note", "first at", f"{list(at)}: {mine} where {reference} is due")


def _no_tensor(gave: Any) -> str:
    if gave is None:
        return "The result is None. Did you forget `return`?"
    if inspect.isgenerator(gave):
        return "The result is a generator. `return` the tensor; do not `yield` it."
    kind = type(gave)
    if kind.__module__ == "numpy":
        return "The result is a numpy value. A tensor is due: numpy knows nothing of gradients."
    if isinstance(gave, bool | int | float):
        return f"The result is a Python {kind.__name__}. A tensor is due: leave out `.item()`."
    return f"The result is of type {kind.__name__}. A tensor is due."


def _common_dtype(arguments: Mapping[str, Any]) -> torch.dtype:
    floating = (v for v in arguments.values() if isinstance(v, Tensor) and v.is_floating_point())
    return next((value.dtype for value in floating), torch.float32)


def _largest(arguments: Mapping[str, Any]) -> float:
    tensors = [v.detach() for v in arguments.values() if isinstance(v, Tensor)]
    finite = [t[t.isfinite()].abs().max().item() for t in tensors if t.isfinite().any()]
    return max(map(float, finite), default=0.0)


def _terms(arguments: Mapping[str, Any]) -> int:
    sizes = [size for v in arguments.values() if isinstance(v, Tensor) for size in v.shape]
    return max(sizes, default=1)


def _written(reference: Reference, arguments: Mapping[str, Any]) -> str:
    name = getattr(reference, "__name__", "")
    if not name.isidentifier():
        return ""
    space = "F" if hasattr(nn.functional, name) else "torch"
    return f"{space}.{name}({', '.join(arguments)})"


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
