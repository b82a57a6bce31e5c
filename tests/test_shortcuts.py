"""The ready-made function is refused under every name; what is not listed is not."""

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim

from tests.harness.guard import Guard, Guarded
from tests.harness.wrong import WrongAnswer
from tests.katas import test_k06_log_softmax, test_k08_nll, test_k11_sgd_step, test_k14_module

X = torch.randn(3, 4)
TARGET = torch.tensor([0, 1, 3])
HERE = Path(__file__)


def guarded(tests: Any, function: Callable[..., Any]) -> Guarded:
    """Guard a function as if it were the answer to a kata that this file held."""
    return Guarded(Guard(HERE, tests.shortcuts), "answer", function)


LOG_SOFTMAX: dict[str, Callable[[Tensor], Any]] = {
    "F.log_softmax": lambda x: F.log_softmax(x, -1),
    "torch.log_softmax": lambda x: torch.log_softmax(x, -1),
    "torch.special.log_softmax": lambda x: torch.special.log_softmax(x, -1),
    "tensor method": lambda x: x.log_softmax(-1),
    "softmax": lambda x: x.softmax(-1).log(),
    "module": lambda x: nn.LogSoftmax(-1)(x),
    "softmin": lambda x: nn.Softmin(-1)(-x).log(),
    "aten": lambda x: torch.ops.aten.log_softmax.int(x, -1),
    "kernel": lambda x: torch.ops.aten._log_softmax(x, -1, False),
    "partial": functools.partial(F.log_softmax, dim=-1),
    "vmap": lambda x: torch.vmap(lambda row: row.log_softmax(0))(x),
    "func.grad": lambda x: torch.func.grad(lambda y: y.log_softmax(-1).sum())(x),
    "cross_entropy": lambda x: -F.cross_entropy(x, TARGET, reduction="none"),
    "thread": lambda x: ThreadPoolExecutor(1).submit(F.log_softmax, x, -1).result(),
    "autocast": lambda x: torch.autocast("cpu")(F.log_softmax)(x, -1),
    "attention": lambda x: F.scaled_dot_product_attention(x, x, x),
}

NLL: dict[str, Callable[[Tensor, Tensor], Any]] = {
    "F.nll_loss": F.nll_loss,
    "module": nn.NLLLoss(),
    "sum": lambda x, t: F.nll_loss(x, t, reduction="sum") / len(t),
    "F.cross_entropy": F.cross_entropy,
    "cross-entropy module": nn.CrossEntropyLoss(),
    "aten": lambda x, t: torch.ops.aten.nll_loss(x, t),
    "kernel": lambda x, t: torch.ops.aten.nll_loss_forward(x, t, None, 1, -100)[0],
    "torch._C": lambda x, t: torch._C._nn.nll_loss_nd(x, t),
    "partial": functools.partial(F.nll_loss, reduction="mean"),
    "vmap": lambda x, t: torch.vmap(F.nll_loss)(x, t).mean(),
}


@pytest.mark.parametrize("name", LOG_SOFTMAX)
def test_log_softmax_is_refused(name: str) -> None:
    with pytest.raises(WrongAnswer, match="ready-made"):
        guarded(test_k06_log_softmax, LOG_SOFTMAX[name])(X)


@pytest.mark.parametrize("name", NLL)
def test_nll_loss_is_refused(name: str) -> None:
    with pytest.raises(WrongAnswer, match="ready-made"):
        guarded(test_k08_nll, NLL[name])(X.log_softmax(-1), TARGET)


@pytest.mark.parametrize("kind", [optim.SGD, optim.Adam, optim.Rprop])
def test_optimisers_are_refused(kind: Any) -> None:
    def answer(parameters: list[Tensor], lr: float) -> None:
        kind(parameters, lr=lr).step()

    p = torch.ones(2, requires_grad=True)
    p.grad = torch.ones(2)
    with pytest.raises(WrongAnswer, match=rf"`optim\.{kind.__name__}`"):
        guarded(test_k11_sgd_step, answer)([p], 0.1)


def test_a_linear_layer_is_refused_even_if_it_is_hidden() -> None:
    hidden = [nn.Linear(4, 2)]
    with pytest.raises(WrongAnswer, match=r"`nn\.Linear`"):
        guarded(test_k14_module, lambda x: hidden[0](x))(X)


def test_the_refusal_names_the_call_and_the_line() -> None:
    with pytest.raises(WrongAnswer) as caught:
        guarded(test_k06_log_softmax, LOG_SOFTMAX["F.log_softmax"])(X)
    assert "`F.log_softmax`" in caught.value.why
    assert caught.value.rows[0].text.endswith('"F.log_softmax": lambda x: F.log_softmax(x, -1),')


def test_a_refusal_that_is_swallowed_comes_back() -> None:
    def answer(x: Tensor) -> Tensor:
        try:
            return F.log_softmax(x, -1)
        except AssertionError:
            return x

    with pytest.raises(WrongAnswer, match="ready-made"):
        guarded(test_k06_log_softmax, answer)(X)


def test_what_is_not_listed_is_allowed() -> None:
    allowed: list[Callable[[Tensor], Tensor]] = [
        lambda x: x - torch.logsumexp(x, -1, keepdim=True),
        lambda x: F.linear(x, x),
        lambda x: F.binary_cross_entropy_with_logits(x, x.sigmoid()),
        lambda x: F.softplus(x),
        lambda x: torch.vmap(torch.logsumexp, in_dims=(0, None))(x, 0),
    ]
    for function in allowed:
        guarded(test_k06_log_softmax, function)(X)
        guarded(test_k08_nll, function)(X)


def test_outside_the_guard_nothing_is_refused() -> None:
    with pytest.raises(WrongAnswer):
        guarded(test_k08_nll, F.nll_loss)(X, TARGET)
    F.nll_loss(X, TARGET)
    ThreadPoolExecutor(1).submit(F.nll_loss, X, TARGET).result()
    p = torch.ones(2, requires_grad=True)
    p.grad = torch.ones(2)
    optim.SGD([p], lr=0.1).step()
