"""Reads the `param_groups` of an optimiser that an answer defines, and calls its methods."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.harness.kit.answer import Answer
from tests.harness.kit.expect import Kind, Row, WrongAnswer, expect, expect_raises
from tests.harness.kit.show import show

__tracebackhide__ = True  # pytest's tracebacks end in the test

Groups = list[dict[str, Any]]


def made(opt: Any) -> Any:
    """Return an optimiser; reject one that inherits from torch's."""
    if any(kind.__module__.startswith("torch.optim") for kind in type(opt).__mro__):
        raise WrongAnswer(
            "The class inherits from `torch.optim`, which does much of the work of this kata "
            "ready-made. Write a class without a base.",
            kind=Kind.SHORTCUT,
        )
    return opt


def method(answer: Answer, opt: Any, name: str) -> Any:
    """Return a method of an optimiser, guarded."""
    found = getattr(opt, name, None)
    if not callable(found):
        raise WrongAnswer(f"The optimiser has no method `{name}`.", kind=Kind.MISSING)
    return answer.guarded(found, name)


def groups_of(opt: Any) -> Groups:
    """Return the groups of an optimiser; reject what is not a list of dicts with `params`."""
    groups = getattr(opt, "param_groups", None)
    right = isinstance(groups, list) and all(
        isinstance(g, dict) and isinstance(g.get("params"), list) for g in groups
    )
    expect(
        right,
        "`param_groups` is a list of dicts; each has a list of parameters under `params`, and "
        "under the name of each option its value.",
        call="opt.param_groups",
        gave="nothing of that name" if groups is None else show(groups),
    )
    return list(groups or [])


def expect_groups(opt: Any, due: Groups, call: str) -> None:
    """Reject an optimiser whose groups hold other parameters or options than these."""
    groups = groups_of(opt)
    expect(
        len(groups) == len(due),
        call=f"{call}.param_groups",
        gave=f"{len(groups)} groups",
        expected=len(due),
    )
    for group, expected in zip(groups, due, strict=True):
        same = [id(p) for p in group["params"]] == [id(p) for p in expected["params"]]
        expect(same, f"`params` of a group are the {len(expected['params'])} parameters of it.")
        for name, value in expected.items():
            found = group.get(name)
            found = tuple(found) if isinstance(value, tuple) and found is not None else found
            expect(
                name == "params" or found == value,
                call=f'{call}.param_groups[…]["{name}"]',
                gave=found,
                expected=value,
            )


def expect_callers_dicts(answer: Answer, opt: Any, groups: Groups, before: Groups) -> None:
    """Reject an optimiser, made from ``groups``, that has changed these dicts."""
    method(answer, opt, "step")()
    for held, group, old in zip(groups_of(opt), groups, before, strict=True):
        held["lr"] = 0.75
        same = group.keys() == old.keys() and all(group[name] is old[name] for name in old)
        expect(same, gave=f"a dict with {_options(group)}", expected=f"as before, {_options(old)}")


def _options(group: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in group.items() if name != "params"}


def expect_value_error(make: Callable[[], Any], call: str, why: str = "") -> None:
    """Reject an optimiser that can be made in this way: a ValueError is expected."""
    rows = [Row.call(call)]
    expect_raises(make, why, types=ValueError, rows=rows, shown=lambda _: "an optimiser")


def written(name: str, options: Mapping[str, object]) -> str:
    """Return the call that makes an optimiser."""
    return f"{name}({', '.join(['params', *(f'{key}={value}' for key, value in options.items())])})"
