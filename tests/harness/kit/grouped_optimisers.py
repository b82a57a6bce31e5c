"""Tests of optimisers that an answer defines, made from groups of parameters with options."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hypothesis import strategies as st
from torch import Tensor, optim

from tests.harness.kit.answer import Answer
from tests.harness.kit.optimisers import Course, courses, expect_like_torch
from tests.harness.kit.param_groups import Groups, expect_callers_dicts, expect_groups, made

__tracebackhide__ = True  # pytest's tracebacks end in the test

Options = dict[str, Any]
Grouped = tuple[Course, list[Options]]  # with the options of each parameter's group


@st.composite
def grouped(
    draw: st.DrawFn,
    table: Sequence[float],
    options: st.SearchStrategy[Options],
    left_out: Sequence[str] = (),
) -> Grouped:
    """Courses, and for each parameter a group with options of its own, of which some are left out.

    Only those named in ``left_out`` are, if there are any: with the defaults in place of the
    others, options need not be valid.
    """
    course = draw(courses(table, idle=True))
    groups = []
    for _ in course.parameters:
        own = draw(options)
        without = draw(st.sets(st.sampled_from(list(left_out or own))))
        groups.append({name: value for name, value in own.items() if name not in without})
    return course, groups


def expect_options_of_groups(
    answer: Answer,
    grouped: Grouped,
    hold: Callable[..., Iterable[Tensor]],
    arguments: Options,
    *,
    ours: Callable[..., Any],
    theirs: Callable[..., optim.Optimizer],
    defaults: Options,
    says: str,
) -> None:
    """Reject an optimiser whose groups have other options than their dicts, or else the arguments.

    ``ours`` and ``theirs`` are the two classes.
    """
    course, own = grouped
    name = theirs.__name__
    given = ", ".join(f"{key}=…" for key in arguments)

    def make(leaves: list[Tensor]) -> Any:
        groups: Groups = [
            {"params": p if i % 2 else hold([p]), **options}
            for i, (p, options) in enumerate(zip(leaves, own, strict=True))
        ]
        opt = made(ours(groups, **arguments))
        due = [defaults | arguments | o | {"params": [p]} for p, o in zip(leaves, own, strict=True)]
        expect_groups(opt, due, f"{name}([{{…}}, …], {given})")
        return opt

    written = ", ".join(f"{key}={value}" for key, value in arguments.items())
    expect_like_torch(
        answer,
        course,
        make,
        lambda leaves: theirs(
            [{"params": [p], **o} for p, o in zip(leaves, own, strict=True)], **arguments
        ),
        call=f"{name}(groups, {written})   with {own}",
        says=says,
    )


def expect_dicts_are_copied(answer: Answer, grouped: Grouped, ours: Callable[..., Any]) -> None:
    """Reject an optimiser that changes the dicts from which it is made."""
    course, own = grouped
    leaves = course.leaves()
    groups: Groups = [{"params": p, **o} for p, o in zip(leaves, own, strict=True)]
    before = [dict(group) for group in groups]
    opt = made(ours(groups, lr=0.25))
    course.set_gradients(leaves, 0)
    expect_callers_dicts(answer, opt, groups, before)
