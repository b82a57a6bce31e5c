"""What an answer to k11 must do."""

from collections.abc import Callable, Iterable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, optim

from tests.harness.kit import Answer, Row, WrongAnswer, expect, show
from tests.harness.kit.compare import expect_close
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import parameter_lists
from tests.harness.kit.tensors import copy_of

shortcuts = Shortcuts(
    optimisers=True,
    instead="Write the update by hand: each parameter, minus lr times its gradient.",
)

rates = st.sampled_from([0.5, 0.1, 1.0, 2.0, 1e-3])
holders: st.SearchStrategy[Callable[[list[Tensor]], Iterable[Tensor]]] = st.sampled_from(
    [list, tuple, iter]
)


@given(parameters=parameter_lists(), lr=rates, hold=holders)
def test_each_parameter_moves_against_its_gradient(
    answer: Answer, parameters: list[Tensor], lr: float, hold: Callable[..., Iterable[Tensor]]
) -> None:
    """p ← p − lr · p.grad, written *into* the tensor: `p -= …` under `torch.no_grad()`.
    `p = p - …` makes a new tensor and leaves the model's as it was. Step every parameter;
    `parameters` may be an iterator, over which you can loop only once."""
    before = [(copy_of(p), copy_of(p.grad)) for p in parameters]
    answer.sgd_step(hold(parameters), lr)
    for p, (old, grad) in zip(parameters, before, strict=True):
        _expect_moved(p, old, old.detach().double() - lr * grad.double(), grad, lr)


@settings(max_examples=15)
@given(parameters=parameter_lists(), lr=rates)
def test_the_gradients_are_cleared(answer: Answer, parameters: list[Tensor], lr: float) -> None:
    """`backward` adds to what it finds in `.grad`. Left in place, this step's gradient would
    be part of the next one: set it to None, or `zero_()` it, for *every* parameter."""
    before = [copy_of(p.grad) for p in parameters]
    answer.sgd_step(parameters, lr)
    for i, (p, grad) in enumerate(zip(parameters, before, strict=True)):
        left = p.grad
        if left is not None and left.count_nonzero():
            raise WrongAnswer(
                rows=[
                    Row.call("sgd_step(parameters, lr)"),
                    Row.input(f"parameters[{i}].grad", show(grad), "before"),
                    Row.gave(show(left), "after"),
                    Row.expected("None, or zeros"),
                ]
            )


@settings(max_examples=15)
@given(parameters=parameter_lists(), lr=rates)
def test_parameters_stay_leaves_that_require_grad(
    answer: Answer, parameters: list[Tensor], lr: float
) -> None:
    """A step is not part of the model: under `torch.no_grad()` autograd does not record it."""
    dtypes = [p.dtype for p in parameters]
    answer.sgd_step(parameters, lr)
    expect(
        [p.dtype for p in parameters] == dtypes, "A parameter has a different dtype after the step."
    )
    for p in parameters:
        expect(
            p.is_leaf and p.requires_grad,
            gave=f"is_leaf={p.is_leaf}, requires_grad={p.requires_grad}",
            expected="is_leaf=True, requires_grad=True",
        )


@settings(max_examples=15)
@given(parameters=parameter_lists(), lrs=st.lists(rates, min_size=2, max_size=3))
def test_several_steps_agree_with_torch_optim(
    answer: Answer, parameters: list[Tensor], lrs: list[float]
) -> None:
    """Nothing is carried over from one step to the next: no gradient, and no memory of any kind."""
    ours = [copy_of(p) for p in parameters]
    theirs = [copy_of(p, torch.float64) for p in parameters]
    for lr in lrs:
        for group in (ours, theirs):
            sum((p * p * p).sum() - p.sum() for p in group).backward()
        answer.sgd_step((p for p in ours), lr)
        reference = optim.SGD(theirs, lr=lr)
        reference.step()
        reference.zero_grad()
        for mine, exact in zip(ours, theirs, strict=True):
            size = 2000 * (1 + exact.detach().abs().max().item()) ** 3
            expect_close(
                mine, exact, what="a parameter, after several steps", says="optim.SGD", scale=size
            )
            with torch.no_grad():
                exact.copy_(mine)  # so that rounding does not add up


@settings(max_examples=15)
@given(parameters=parameter_lists(), lr=rates, recording=st.booleans())
def test_nothing_but_parameters_and_gradients_changes(
    answer: Answer, parameters: list[Tensor], lr: float, recording: bool
) -> None:
    """The step reads each gradient; it must neither scale it nor change the list of parameters."""
    held = list(parameters)
    with torch.set_grad_enabled(recording):
        gave = answer.sgd_step(held, lr)
    same = len(held) == len(parameters) and all(
        a is b for a, b in zip(held, parameters, strict=True)
    )
    expect(same, "The list of parameters itself was changed; change the tensors in it.")
    expect(gave is None, "`sgd_step` works in place, and returns nothing.", gave=show(gave))


@pytest.mark.mastery
@given(parameters=parameter_lists(), lr=rates, data=st.data())
def test_a_parameter_without_a_gradient_is_left_alone(
    answer: Answer, parameters: list[Tensor], lr: float, data: st.DataObject
) -> None:
    """A parameter that had no part in the loss, or is frozen, has `.grad` None: skip it, and
    go on with those that come after it."""
    idle = data.draw(st.sets(st.integers(0, len(parameters) - 1), min_size=1))
    for i in idle:
        parameters[i].grad = None
    before = [(copy_of(p), copy_of(p.grad)) for p in parameters]
    answer.sgd_step(parameters, lr)
    for p, (old, grad) in zip(parameters, before, strict=True):
        due = old.detach().double()
        expect(p.requires_grad, "A parameter no longer requires grad after the step.")
        _expect_moved(p, old, due if grad is None else due - lr * grad.double(), grad, lr)


def _expect_moved(p: Tensor, old: Tensor, due: Tensor, grad: Tensor | None, lr: float) -> None:
    rows = [
        Row.call("sgd_step(parameters, lr)"),
        Row.input("a parameter", show(old)),
        Row.input("its gradient", "None" if grad is None else show(grad)),
        Row.input("lr", str(lr)),
    ]
    largest = 0.0 if grad is None else lr * grad.abs().max().item()
    expect_close(
        p, due, rows=rows, says="p - lr * p.grad", scale=max(largest, old.abs().max().item())
    )


hints = """
Compare `id(p)` before and after the line that takes your step. If it has changed, you have made
another tensor, and the model still holds the old one.

`p -= …` writes into the tensor, while `p = p - …` makes a new one. Autograd refuses the first
for a leaf that requires grad, so put it under `with torch.no_grad():`. Clear in the same loop:
you can loop over a generator only once.

Under `with torch.no_grad():` write `for p in parameters:`, and in the loop the two lines
`p -= lr * p.grad` and `p.grad = None`, in this order.
"""

mastery_hints = """
What is `p.grad` of a parameter that took no part in the loss, and what does `lr * p.grad` do then?
And should the parameters after it still move?

In the loop, put both lines under `if p.grad is not None:`.
"""

afterwards = """
The reference clears by `p.grad = None`. `p.grad.zero_()` is as right, but keeps
the memory and fills it with zeros.

The last line of torch's own step: `_single_tensor_sgd` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/optim/sgd.py

Try: start at p = 1, and make p · p small with lr = 0.1, 0.9, 1.0 and 1.1. What
does each do?
"""
