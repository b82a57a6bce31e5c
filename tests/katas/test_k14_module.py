"""What an answer to k14 must do."""

from typing import Any

import torch
from hypothesis import given, settings
from torch import Tensor, nn

from tests.harness.kit import Answer, Guarded, expect
from tests.harness.kit.compare import expect_same, expect_same_gradient
from tests.harness.kit.models import expect_new_parts, flat_images
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.statistics import expect_normal
from tests.harness.kit.strategies import normal

shortcuts = Shortcuts(
    modules=(nn.Linear, nn.Bilinear),
    instead="Hold the two tensors yourself, as nn.Parameter, and multiply in `forward`.",
)

SAYS = "xb @ weights + bias"


def reference(xb: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    """Multiply and add."""
    return xb @ weights + bias


def filled(answer: Answer, like: Tensor, seed: int = 1) -> tuple[Any, Guarded]:
    """Return a model of the input's dtype, none of whose parameters is zero."""
    model = _model(answer).to(like.dtype)
    with torch.no_grad():
        model.weights.copy_(normal(784, 10, seed=seed))
        model.bias.copy_(normal(10, seed=seed + 1))
    return model, answer.guarded(model, "model")


def test_weights_and_bias_are_its_parameters(answer: Answer) -> None:
    """A tensor is registered when it is wrapped in `nn.Parameter` and assigned to an attribute
    of the module, after `super().__init__()`."""
    model = _model(answer)
    for what, found in (
        ("parameters", dict(model.named_parameters())),
        ("state_dict", model.state_dict()),
    ):
        shapes = {name: tuple(value.shape) for name, value in sorted(found.items())}
        expect(
            shapes == {"bias": (10,), "weights": (784, 10)},
            call=f"Mnist_Logistic(), its {what}",
            gave=shapes,
            expected={"bias": (10,), "weights": (784, 10)},
        )
    for name, p in model.named_parameters():
        expect(p.requires_grad and p.is_leaf, f"`{name}` must be a leaf that requires grad.")
        expect(p.dtype == torch.float32, f"`{name}` must be float32.", gave=p.dtype)


def test_no_linear_layer_is_inside(answer: Answer) -> None:
    """An `nn.Linear` would do the whole work of this kata; its turn comes in k16."""
    found = shortcuts.inside(_model(answer))
    expect(not found, gave=found, expected="the two parameters, held by the module itself")


@given(xb=flat_images())
def test_calling_it_gives_the_logits(answer: Answer, xb: Tensor) -> None:
    """The logits are `xb @ weights + bias`, without a softmax: the loss normalises."""
    model, call = filled(answer, xb)
    weights, bias = (p.detach().double() for p in (model.weights, model.bias))
    for batch in (xb, 1 - xb):  # what it was called with before must not matter
        expect_same(call, lambda x: reference(x, weights, bias), says=SAYS, scale=100.0, xb=batch)


@settings(max_examples=15)
@given(xb=flat_images())
def test_the_gradient_reaches_weights_and_bias(answer: Answer, xb: Tensor) -> None:
    """`forward` has to use the parameters themselves: not `.data`, not a copy."""
    model, call = filled(answer, xb)
    expect_same_gradient(
        call,
        reference,
        says=SAYS,
        scale=100.0,
        parameters={"weights": model.weights, "bias": model.bias},
        xb=xb,
    )


def test_the_weights_begin_normal_with_deviation_one_over_root_784(answer: Answer) -> None:
    """Draw from a normal distribution (`torch.randn`) and divide by √784 = 28."""
    call = "Mnist_Logistic().weights"
    expect_normal(_model(answer).weights, 1 / 28, call=call, says="1/√784")


def test_the_bias_begins_at_zero(answer: Answer) -> None:
    """With a bias of zero no class is preferred before anything is learned."""
    bias = _model(answer).bias.detach()
    expect(not bias.count_nonzero(), call="Mnist_Logistic().bias", gave=bias.tolist(), expected=0.0)


def test_two_instances_share_nothing(answer: Answer) -> None:
    """Parameters are made in `__init__`, new ones for each instance, and drawn afresh."""
    make = answer.Mnist_Logistic.target  # called directly: the guard moves the generator on
    first, second = make(), make()
    expect_new_parts(first, second, "Mnist_Logistic()")
    same = torch.equal(first.weights, second.weights)
    expect(not same, "Two instances begin with the same weights; draw them in `__init__`.")


def test_a_seed_before_the_call_makes_it_repeatable(answer: Answer) -> None:
    """The weights come from torch's own generator, which `torch.manual_seed` sets."""
    models = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        models.append(_model(answer).weights)
    first, again, other = models
    expect(torch.equal(first, again), "With the same seed before the call, the weights differ.")
    expect(
        not torch.equal(first, other),
        "With another seed before the call, the weights are the same.",
    )


def test_double_moves_the_parameters(answer: Answer) -> None:
    """Everything that the module registers follows `.double()`, `.to(device)` and the like."""
    model = _model(answer).double()
    for name, p in model.named_parameters():
        expect(p.dtype == torch.float64, f"`{name}` did not follow `.double()`.", gave=p.dtype)
    gave = answer.guarded(model, "model")(torch.zeros(2, 784, dtype=torch.float64))
    expect(gave.dtype == torch.float64, "The logits did not follow `.double()`.", gave=gave.dtype)


def _model(answer: Answer) -> Any:
    model = answer.Mnist_Logistic()
    expect(isinstance(model, nn.Module), "Mnist_Logistic must be an nn.Module.", gave=type(model))
    return model


hints = """
Build one and look at `dict(model.named_parameters())`: it lists what an optimiser would find.
What do you have to do to a tensor before you assign it, so that its name appears there?

Call `super().__init__()` first: until then nothing can be registered. Draw and scale as in k05,
then wrap the finished tensor in `nn.Parameter`, which makes it a leaf that requires grad.
`forward` uses `self.weights` and `self.bias` as they are.

After `super().__init__()`: `self.weights = nn.Parameter(torch.randn(784, 10) / math.sqrt(784))`
and `self.bias = nn.Parameter(torch.zeros(10))`. `forward` is `return xb @ self.weights +
self.bias`.
"""

afterwards = """
The reference wraps the finished quotient. The other way round,
`nn.Parameter(…) / 28` would be a plain tensor, and not be registered.

What notices the assignment is `__setattr__` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/module.py

Try: `self.scale = torch.ones(10)` in `__init__`. Is it in `parameters()`? In
`state_dict()`?
"""
