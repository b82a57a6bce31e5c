"""What an answer to k26 must do."""

import functools
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.harness.kit import Answer, expect, show
from tests.harness.kit.compare import expect_same, expect_same_gradient
from tests.harness.kit.models import expect_shared_memory, parts_of_images
from tests.harness.kit.strategies import SMALL, tensors


def double(x: Any) -> Any:
    """Serve as a plain function."""
    return x + x


class Scale:
    """Has a method, and can be called itself."""

    def __init__(self, factor: int) -> None:
        self.factor = factor

    def times(self, x: Any) -> Any:
        """Multiply."""
        return self.factor * x

    __call__ = times


CALLABLES = {
    "a function": double,
    "a lambda": lambda x: x * 3 - 1,
    "a function of torch": torch.tanh,
    "a partial": functools.partial(torch.sum, dim=0),
    "a method": Scale(4).times,
    "a callable object": Scale(5),
    "a module": nn.ReLU(),
    "a class": str,
    "a tensor method": Tensor.size,
}
small = tensors((2, 3), SMALL)


@pytest.mark.parametrize("kind", CALLABLES)
@settings(max_examples=15)
@given(x=small, training=st.booleans())
def test_it_applies_any_callable(answer: Answer, kind: str, x: Tensor, training: bool) -> None:
    """Keep `func` in `__init__`, and return `func(x)` from `forward`, whatever `func` is and
    whatever it returns."""
    func = CALLABLES[kind]
    layer = _layer(answer, func).train(training)
    gave, expected = layer(x), func(x)  # type: ignore[operator]
    same = torch.equal(gave, expected) if _tensors(gave, expected) else gave == expected
    expect(
        same and type(gave) is type(expected),
        "Did you forget `return` in `forward`?" if gave is None else "",
        call=f"Lambda(func)(x), where func is {kind}",
        x=show(x),
        gave=show(gave),
        expected=show(expected),
    )


def test_the_function_is_called_once_for_each_call_and_never_before(answer: Answer) -> None:
    """Making the layer keeps the function. Calling the layer calls the function, once, with the
    input itself."""
    seen: list[object] = []
    thing, result = object(), object()

    def func(x: object) -> object:
        seen.append(x)
        return result

    layer = _layer(answer, func)
    expect(not seen, "The function was called when the layer was made.", gave=len(seen), expected=0)
    for calls in (1, 2):
        gave = layer(thing)
        expect(gave is result, "Return the very object that `func` returned.", gave=repr(gave))
        expect(len(seen) == calls, gave=f"{len(seen)} calls of func", expected=calls)
        expect(seen[-1] is thing, "The function must get the input itself.", gave=repr(seen[-1]))


def test_two_layers_keep_their_own_functions(answer: Answer) -> None:
    """What belongs to one instance is set on `self`, not on the class."""
    first, second = _layer(answer, lambda x: x + 1), _layer(answer, lambda x: x * 10)
    gave = (first(1), second(1))
    expect(gave == (2, 10), call="add_one(1), times_ten(1)", gave=gave, expected=(2, 10))


def test_it_adds_no_parameters_of_its_own(answer: Answer) -> None:
    """A function has nothing to learn: the layer has no parameters, and its `state_dict` is
    empty."""
    layer = _layer(answer, torch.tanh)
    gave = [name for name, _ in layer.named_parameters()] + list(layer.state_dict())
    expect(not gave, gave=gave, expected="no parameters and an empty state_dict")


@settings(max_examples=15)
@given(x=small)
def test_it_works_inside_a_sequential(answer: Answer, x: Tensor) -> None:
    """A `Sequential` takes modules only, and the gradient has to flow through the layer."""
    net = nn.Sequential(_layer(answer, lambda x: x * x), nn.Tanh(), _layer(answer, torch.exp))
    call = answer.guarded(net, "net")
    says = "exp(tanh(x * x))"
    expect_same(call, lambda x: (x * x).tanh().exp(), says=says, x=x)
    expect_same_gradient(call, lambda x: (x * x).tanh().exp(), says=says, x=x)


@given(x=parts_of_images())
def test_preprocess_gives_images_their_shape(answer: Answer, x: Tensor) -> None:
    """One image of one channel for each row, 28 × 28, read row by row."""
    expect_same(
        answer.preprocess, lambda x: x.reshape(-1, 1, 28, 28), says="x.view(-1, 1, 28, 28)", x=x
    )


@settings(max_examples=15)
@given(x=parts_of_images(repeated=True), learned=st.booleans())
def test_preprocess_shares_the_memory_of_its_input(
    answer: Answer, x: Tensor, learned: bool
) -> None:
    """A view costs nothing: `view` shows the same memory in another shape, and what is written
    into one is seen in the other. That holds for a part of a larger batch too, such as
    `x[::2]`, where `.contiguous()` and `.flatten()` copy."""
    gave = answer.preprocess(x.requires_grad_(learned))
    expect_shared_memory(x, gave, "y = preprocess(x)")


@settings(max_examples=15)
@given(x=parts_of_images())
def test_the_gradient_flows_through_preprocess(answer: Answer, x: Tensor) -> None:
    """Autograd records a view like any other operation."""
    expect_same_gradient(
        answer.preprocess, lambda x: x.reshape(-1, 1, 28, 28), says="x.view(-1, 1, 28, 28)", x=x
    )


def _layer(answer: Answer, func: Any) -> Any:
    layer = answer.Lambda(func)
    expect(
        isinstance(layer, nn.Module),
        "Lambda must be an nn.Module.",
        gave=type(layer),
        expected="an nn.Module",
    )
    return layer


def _tensors(*values: object) -> bool:
    return all(isinstance(value, Tensor) for value in values)


hints = """
When must the function be called: when the layer is made, or each time the layer is called? So
what is left for `__init__` to do?

In `__init__`, keep the function on `self`, without calling it. `forward` calls it and returns
its result. For the images, `view` is the method that copies nothing, and -1 means as many as
there are.

`__init__`: `super().__init__()`, then `self.func = func`. `forward`: `return self.func(x)`.
`preprocess`: `return x.view(-1, 1, 28, 28)`.
"""

afterwards = """
The reference stores the function as an ordinary attribute. It is neither a
parameter nor a module, so `Lambda(f).state_dict()` is empty.

For this reshape torch has a module, `Unflatten`:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/flatten.py

Try: `pickle.dumps(Lambda(preprocess))`, and then
`pickle.dumps(Lambda(lambda x: x))`. Why does only one of them work?
"""
