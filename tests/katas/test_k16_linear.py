"""What an answer to k16 must do."""

from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.harness.kit import Answer, expect
from tests.harness.kit.compare import expect_close, expect_same, expect_same_gradient
from tests.harness.kit.models import expect_new_parts, flat_images
from tests.harness.kit.strategies import normal, seeds

DUE = {"lin.bias": (10,), "lin.weight": (10, 784)}
SAYS = "xb @ lin.weight.T + lin.bias"


def reference(xb: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Multiply and add."""
    return xb @ weight.T + bias


def test_one_linear_layer_is_all_it_is_made_of(answer: Answer) -> None:
    """`self.lin = nn.Linear(784, 10)`, after `super().__init__()`: its weight and its bias are
    the module's parameters, and the only ones."""
    model = _model(answer)
    for what, found in (
        ("parameters", dict(model.named_parameters())),
        ("state_dict", model.state_dict()),
    ):
        shapes = {name: tuple(value.shape) for name, value in sorted(found.items())}
        expect(shapes == DUE, call=f"Mnist_Logistic(), its {what}", gave=shapes, expected=DUE)
    for name, p in model.named_parameters():
        expect(p.requires_grad and p.is_leaf, f"`{name}` must be a leaf that requires grad.")
        expect(p.dtype == torch.float32, f"`{name}` must be float32.", gave=p.dtype)


@given(xb=flat_images(), seed=seeds, training=st.booleans())
def test_calling_it_gives_the_logits_of_its_layer(
    answer: Answer, xb: Tensor, seed: int, training: bool
) -> None:
    """`self.lin(xb)`, without a softmax after it: the loss normalises."""
    model = _filled(answer, xb, seed).train(training)
    call = answer.guarded(model, "model")
    weight, bias = (p.detach().double().clone() for p in (model.lin.weight, model.lin.bias))
    for batch in (xb, 1 - xb):  # what it was called with before must not matter
        expect_same(call, lambda x: reference(x, weight, bias), says=SAYS, scale=100.0, xb=batch)
    call(xb)
    with torch.no_grad():
        model.lin.weight.mul_(-1)  # training does that too: the earlier weights must not matter
    expect_close(
        call(xb),
        reference(xb.double(), -weight, bias),
        says=SAYS,
        scale=100.0,
        terms=784,
        why="After `model.lin.weight.mul_(-1)` and a call before it: compute it again each time.",
    )


@settings(max_examples=15)
@given(xb=flat_images(), seed=seeds)
def test_the_gradient_reaches_weight_and_bias(answer: Answer, xb: Tensor, seed: int) -> None:
    """`forward` has to use the layer itself: not `.data`, not a copy."""
    model = _filled(answer, xb, seed)
    expect_same_gradient(
        answer.guarded(model, "model"),
        reference,
        says=SAYS,
        scale=100.0,
        parameters={"lin.weight": model.lin.weight, "lin.bias": model.lin.bias},
        xb=xb,
    )


def test_two_instances_share_nothing(answer: Answer) -> None:
    """The layer is made in `__init__`, a new one for each instance, and begins differently."""
    make = answer.Mnist_Logistic.target  # called directly: the guard moves the generator on
    first, second = make(), make()
    expect_new_parts(first, second, "Mnist_Logistic()")
    same = torch.equal(first.lin.weight, second.lin.weight)
    expect(not same, "Two instances begin with the same weights; make the layer in `__init__`.")


def test_double_moves_the_layer(answer: Answer) -> None:
    """A layer that is assigned to an attribute follows `.double()`, `.to(device)` and the like."""
    model = _model(answer).double()
    gave = answer.guarded(model, "model")(torch.zeros(2, 784, dtype=torch.float64))
    expect(gave.dtype == torch.float64, "The logits did not follow `.double()`.", gave=gave.dtype)


def _model(answer: Answer) -> Any:
    model = answer.Mnist_Logistic()
    expect(isinstance(model, nn.Module), "Mnist_Logistic must be an nn.Module.", gave=type(model))
    return model


def _filled(answer: Answer, like: Tensor, seed: int) -> Any:
    """Return a model of the input's dtype, with parameters from a seed."""
    model = _model(answer).to(like.dtype)
    found = dict(model.named_parameters())
    expect(found.keys() == DUE.keys(), gave=sorted(found), expected=sorted(DUE))
    with torch.no_grad():
        for i, p in enumerate(found.values()):
            p.copy_(normal(*p.shape, seed=seed + i))
    return model


hints = """
Follow one flat image through the layer: how many numbers go in, and how many logits come out?
You have to tell the layer these two, and nothing else.

Make an `nn.Linear` once, in `__init__`, and keep it on `self` under the name that the stub
gives, so that the module registers its parameters. `forward` only calls it; a layer made there
would be a new one at each call.

In `__init__`, after `super().__init__()`: `self.lin = nn.Linear(784, 10)`. In `forward`:
`return self.lin(xb)`, without a softmax after it, since the loss normalises the logits.
"""

afterwards = """
The reference has one line in each method. The layer's `weight` is (10, 784): a
class is a row, where it was a column in k14.

How the layer begins: `reset_parameters` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/linear.py

Try: `nn.Linear(784, 10).weight.std() * 28`. In k05 it would be about 1. Why is
it 0.58 here?
"""
