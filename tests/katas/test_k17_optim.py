"""What an answer to k17 must do."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn, optim

from tests.harness.kit.answer import Answer
from tests.harness.kit.compare import agree, expect_close, expect_unchanged
from tests.harness.kit.expect import Row, expect, parts
from tests.harness.kit.models import expect_new_parts
from tests.harness.kit.strategies import batch_sizes, normal, seeds
from tests.harness.kit.training import Lesson, Setup, expect_same_training, lessons

CALL = "fit(model, opt, loss_func, x, y, epochs=epochs, bs=bs)"
rates = st.sampled_from([0.5, 0.1, 1.0, 1e-3])


@given(lr=rates)
def test_the_optimiser_holds_the_parameters_of_its_model(answer: Answer, lr: float) -> None:
    """`optim.SGD(model.parameters(), lr=lr)`: of this model and no other, with this rate."""
    model, opt = _pair(answer, lr)
    held = [p for group in opt.param_groups for p in group["params"]]
    own = list(model.parameters())
    expect(
        len(held) == len(own) and {id(p) for p in held} == {id(p) for p in own},
        call=f"model, opt = get_model(lr={lr})",
        gave=f"an optimiser of {len(held)} tensors, {_common(held, own)} of them the model's",
        expected=f"the model's {len(own)} parameters",
    )
    for group in opt.param_groups:
        expect(group["lr"] == lr, call=f"get_model(lr={lr})", gave=f"lr {group['lr']}", expected=lr)


def test_the_default_rate_is_a_half(answer: Answer) -> None:
    """`get_model()` is `get_model(lr=0.5)`."""
    _, opt = parts(answer.get_model(), 2, "model, opt = get_model()")
    rates = [group["lr"] for group in opt.param_groups]
    expect(set(rates) == {0.5}, call="model, opt = get_model()", gave=f"lr {rates}", expected=0.5)


@given(lr=rates, seed=seeds)
def test_the_model_is_the_linear_classifier(answer: Answer, lr: float, seed: int) -> None:
    """Ten logits for each flat image, from one layer: the `Mnist_Logistic` of the stub."""
    model, _ = _pair(answer, lr)
    found = sorted((tuple(p.shape) for p in model.parameters()), reverse=True)
    expect(found == [(10, 784), (10,)], gave=f"parameters {found}", expected=[(10, 784), (10,)])
    weight, bias = sorted((p.detach().double() for p in model.parameters()), key=lambda p: -p.dim())
    xb = normal(3, 784, seed=seed)
    says = "xb @ weight.T + bias"
    agree(
        answer.guarded(model, "model"), lambda x: x @ weight.T + bias, says=says, scale=50.0, xb=xb
    )


@settings(max_examples=20)
@given(lr=rates, seed=seeds)
def test_the_optimiser_is_plain_sgd(answer: Answer, lr: float, seed: int) -> None:
    """Each step is p ← p − lr · p.grad: no momentum, no weight decay, no other rule."""
    model, opt = _pair(answer, lr)
    expected = [p.detach().double().clone() for p in model.parameters()]
    for turn, factor in enumerate((1.0, 1.0, 0.0, -2.0)):
        for i, p in enumerate(model.parameters()):
            p.grad = factor * normal(*p.shape, seed=seed + i)
            expected[i] -= lr * p.grad.double()
        opt.step()
        for p, due in zip(model.parameters(), expected, strict=True):
            rows = [Row("call", "", f"opt.step(), the {turn + 1}. time")]
            expect_close(p, due, what="a parameter", says="p - lr * p.grad", rows=rows, scale=20.0)


def test_every_call_gives_a_new_pair(answer: Answer) -> None:
    """A model that is made once, outside the function, would go on where the last one ended."""
    make = answer.get_model.target  # called directly: the guard moves the generator on
    first, second = (parts(make(), 2, "model, opt = get_model()") for _ in range(2))
    expect(first[0] is not second[0], "Two calls of get_model() give the same model.")
    expect(first[1] is not second[1], "Two calls of get_model() give the same optimiser.")
    expect_new_parts(first[0], second[0], "get_model()")
    pairs = zip(first[0].parameters(), second[0].parameters(), strict=True)
    same = all(torch.equal(one, other) for one, other in pairs)
    expect(not same, "Two models begin with the very same weights; make the layer anew each time.")


@settings(max_examples=15)
@given(lesson=lessons())
def test_each_minibatch_is_one_step_of_the_optimiser(answer: Answer, lesson: Lesson) -> None:
    """For each minibatch in order, the last and shorter one included: the loss, `backward`,
    `opt.step()` and `opt.zero_grad()`. The step is the optimiser's own, whichever it is."""
    expect_same_training(lesson, lambda model, opt: _fit(answer, lesson, model, opt), CALL)


@settings(max_examples=10)
@given(lesson=lessons())
def test_a_second_call_goes_on(answer: Answer, lesson: Lesson) -> None:
    """It begins with the model as the first call left it, and without its gradients."""
    expect_same_training(
        lesson, lambda model, opt: _fit(answer, lesson, model, opt), f"{CALL}, twice", times=2
    )


@settings(max_examples=15)
@given(lesson=lessons(st.just(0)))
def test_no_epoch_changes_nothing(answer: Answer, lesson: Lesson) -> None:
    """With `epochs=0` the loop is not entered."""
    expect_same_training(lesson, lambda model, opt: _fit(answer, lesson, model, opt), CALL)


@pytest.mark.parametrize("n", [130, 64, 1])
def test_the_defaults_are_two_epochs_and_batches_of_64(answer: Answer, n: int) -> None:
    """`epochs=2, bs=64`, as in the stub."""
    sizes = batch_sizes(n, 64)
    setup = Setup("linear", "SGD with momentum", "mse_loss", n, torch.float64, sizes, 5, 3)
    lesson = Lesson(setup, 64, 2)
    expect_same_training(
        lesson,
        lambda model, opt: answer.fit(model, opt, setup.loss_func, *lesson.data()),
        f"fit(model, opt, loss_func, x, y), {n} row{'s' * (n > 1)}",
    )


def _pair(answer: Answer, lr: float) -> tuple[nn.Module, optim.Optimizer]:
    call = f"model, opt = get_model(lr={lr})"
    model, opt = parts(answer.get_model(lr=lr), 2, call)
    expect(isinstance(model, nn.Module), call=call, gave=f"model: a {type(model).__name__}",
           expected="an nn.Module")  # fmt: skip
    expect(isinstance(opt, optim.Optimizer), call=call, gave=f"opt: a {type(opt).__name__}",
           expected="an optim.Optimizer")  # fmt: skip
    return model, opt


def _common(held: list[Any], own: list[Any]) -> int:
    return len({id(p) for p in held} & {id(p) for p in own})


def _fit(answer: Answer, lesson: Lesson, model: nn.Module, opt: optim.Optimizer) -> None:
    x, y = lesson.data()
    settings = {"epochs": lesson.epochs, "bs": lesson.bs}
    answer.fit(model, opt, lesson.setup.loss_func, x, y, **settings)
    due = dict(zip("xy", lesson.data(), strict=True))
    expect_unchanged({"x": x, "y": y}, due, rows=lesson.rows(CALL))


hints = """
Look at the loop of k15: which of its lines deal with single parameters, or with their
gradients, after the backward pass? These become the optimiser's business, and all the others
stay.

The optimiser must hold the parameters of the very model that is returned, so make one model and
give it a name. In `fit`, step and then clear after the `backward` of each batch, through the
`opt` that was passed.

In `get_model`: `model = Mnist_Logistic()`, then `return model, optim.SGD(model.parameters(),
lr=lr)`. Without further arguments it is plain SGD.

In `fit`, in each epoch and for each `start` of `range(0, len(x), bs)`: take `x[start : start +
bs]` and the same of `y` as `xb, yb`, then `loss_func(model(xb), yb).backward()`, `opt.step()`,
`opt.zero_grad()`.
"""
