"""The ready-made function is refused under every name; what is not listed is not."""

import functools
import importlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim

from tests.harness.kit import param_groups
from tests.harness.kit.expect import WrongAnswer
from tests.harness.kit.guard import Guard, Guarded
from tests.katas import (
    test_k06_log_softmax,
    test_k08_nll,
    test_k11_sgd_step,
    test_k14_module,
    test_k15_parameters,
    test_k25_momentum,
    test_k35_attention,
    test_k36_cross_entropy_loss,
    test_k37_sgd,
    test_k38_adamw,
)

X = torch.randn(3, 4)
TARGET = torch.tensor([0, 1, 3])
HERE = Path(__file__)


def guarded(tests: Any, function: Callable[..., Any]) -> Guarded:
    """Guard a function as if it were the answer to a kata that this file held."""
    return Guarded(Guard(HERE, tests.shortcuts), "answer", function)


aten: Any = torch.ops.aten
softmax_from_elsewhere = F.log_softmax
loss_from_elsewhere = F.nll_loss


class Own(torch.autograd.Function):
    """Hides a call where autograd does not look."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """Call it."""
        return torch.log_softmax(x, -1)


# Every way to a ready-made function, and the call that the refusal is to name.
WAYS_TO_LOG_SOFTMAX: dict[str, Callable[[Tensor], Any]] = {
    "torch.log_softmax": lambda x: torch.log_softmax(x, -1),
    "F.log_softmax": lambda x: F.log_softmax(x, -1),
    "torch.special.log_softmax": lambda x: torch.special.log_softmax(x, -1),
    "Tensor.log_softmax": lambda x: x.log_softmax(-1),
    "nn.LogSoftmax": lambda x: nn.LogSoftmax(-1)(x),
    "torch.ops.aten.log_softmax": lambda x: aten.log_softmax(x, -1),
    "torch.ops.aten.log_softmax.int": lambda x: aten.log_softmax.int(x, -1),
    "torch.ops.aten._log_softmax": lambda x: aten._log_softmax(x, -1, False),
    "torch.softmax": lambda x: torch.softmax(x, -1).log(),
    "F.softmax": lambda x: F.softmax(x, -1).log(),
    "torch.special.softmax": lambda x: torch.special.softmax(x, -1).log(),
    "Tensor.softmax": lambda x: x.softmax(-1).log(),
    "nn.Softmax": lambda x: nn.Softmax(-1)(x).log(),
    "torch.ops.aten.softmax": lambda x: aten.softmax(x, -1).log(),
    "torch.ops.aten._softmax": lambda x: aten._softmax(x, -1, False).log(),
    "F.softmin": lambda x: F.softmin(-x, -1).log(),
    "F.cross_entropy": lambda x: -F.cross_entropy(x, TARGET, reduction="none"),
    "nn.CrossEntropyLoss": lambda x: nn.CrossEntropyLoss(reduction="none")(x, TARGET),
    "torch.ops.aten.cross_entropy_loss": lambda x: aten.cross_entropy_loss(x, TARGET),
    "F.scaled_dot_product_attention": lambda x: F.scaled_dot_product_attention(x, x, x),
    "an alias": lambda x: softmax_from_elsewhere(x, -1),
    "getattr": lambda x: getattr(torch, "log_" + "softmax")(x, -1),
    "a partial": functools.partial(F.log_softmax, dim=-1),
    "an unbound method": lambda x: Tensor.log_softmax(x, -1),
    "inside a Sequential": lambda x: nn.Sequential(nn.Identity(), nn.LogSoftmax(-1))(x),
    "inside vmap": lambda x: torch.vmap(lambda row: row.log_softmax(0))(x),
    "aten inside vmap": lambda x: torch.vmap(lambda row: aten.log_softmax(row, 0))(x),
    "inside func.grad": lambda x: torch.func.grad(lambda y: y.log_softmax(-1).sum())(x),
    "inside func.jacrev": lambda x: torch.func.jacrev(lambda y: F.softmax(y, -1))(x),
    "inside func.jvp": lambda x: torch.func.jvp(lambda y: y.log_softmax(-1), (x,), (x,))[0],
    "inside func.functional_call": lambda x: torch.func.functional_call(nn.Softmax(-1), {}, x),
    "inside an autograd.Function": Own.apply,
    "in a thread": lambda x: ThreadPoolExecutor(1).submit(F.log_softmax, x, -1).result(),
    "under autocast": lambda x: torch.autocast("cpu")(F.log_softmax)(x, -1),
    "under inference_mode": lambda x: torch.inference_mode()(F.log_softmax)(x, -1),
}

WAYS_TO_NLL: dict[str, Callable[[Tensor, Tensor], Any]] = {
    "F.nll_loss": lambda x, t: F.nll_loss(x, t),
    "nn.NLLLoss": lambda x, t: nn.NLLLoss()(x, t),
    "torch.ops.aten.nll_loss": lambda x, t: aten.nll_loss(x, t),
    "torch.ops.aten.nll_loss_nd": lambda x, t: aten.nll_loss_nd(x, t),
    "torch.ops.aten.nll_loss_forward": lambda x, t: aten.nll_loss_forward(x, t, None, 1, -100),
    "torch._C._nn.nll_loss_nd": lambda x, t: torch._C._nn.nll_loss_nd(x, t),
    "F.nll_loss, summed": lambda x, t: F.nll_loss(x, t, reduction="sum") / len(t),
    "F.cross_entropy": lambda x, t: F.cross_entropy(x, t),
    "nn.CrossEntropyLoss": lambda x, t: nn.CrossEntropyLoss()(x, t),
    "torch.ops.aten.cross_entropy_loss": lambda x, t: aten.cross_entropy_loss(x, t),
    "torch._C._nn.cross_entropy_loss": lambda x, t: torch._C._nn.cross_entropy_loss(x, t),
    "an alias": lambda x, t: loss_from_elsewhere(x, t),
    "a partial": functools.partial(F.nll_loss, reduction="mean"),
    "inside vmap": lambda x, t: torch.vmap(F.nll_loss)(x, t).mean(),
    "inside func.grad": lambda x, t: torch.func.grad(F.nll_loss)(x, t),
    "inside func.vjp": lambda x, t: torch.func.vjp(lambda y: F.cross_entropy(y, t), x)[0],
}


class OwnSGD(optim.SGD):
    """An optimiser by inheritance."""


WAYS_TO_STEP: dict[str, Callable[[Tensor], Any]] = {
    "optim.SGD": lambda p: optim.SGD([p], lr=0.1).step(),
    "optim.Adam": lambda p: optim.Adam([p], lr=0.1).step(),
    "optim.Rprop": lambda p: optim.Rprop([p], lr=0.1).step(),
    "optim.OwnSGD": lambda p: OwnSGD([p], lr=0.1).step(),
    "an alias": lambda p: getattr(torch, "opt" + "im").SGD([p], lr=0.1).step(),
    "a partial": lambda p: functools.partial(optim.SGD, lr=0.1)([p]).step(),
    "optim.sgd.sgd": lambda p: importlib.import_module("torch.optim.sgd").sgd(
        [p], [p.grad], [None], weight_decay=0.0, momentum=0.0, lr=0.1, dampening=0.0,
        nesterov=False, maximize=False,
    ),
}  # fmt: skip


Q = torch.randn(2, 3, 4)
multi_head = nn.MultiheadAttention(4, 1, batch_first=True)

WAYS_TO_ATTENTION: dict[str, Callable[[Tensor], Any]] = {
    "F.scaled_dot_product_attention": lambda q: F.scaled_dot_product_attention(q, q, q),
    "torch.ops.aten._scaled_dot_product_attention_math": lambda q: (
        aten._scaled_dot_product_attention_math(q, q, q)
    ),
    "the function of C": lambda q: torch._C._nn.scaled_dot_product_attention(q, q, q),
    "nn.MultiheadAttention": lambda q: multi_head(q, q, q),
    "made for its numbers": lambda q: nn.MultiheadAttention(4, 1).in_proj_weight @ q.mT,
    "a layer of a transformer": lambda q: nn.TransformerEncoderLayer(4, 1, 4)(q),
    "flex_attention": lambda q: importlib.import_module(
        "torch.nn.attention.flex_attention"
    ).flex_attention(q[None], q[None], q[None]),
}


class OwnOptimizer(optim.Optimizer):
    """The groups of torch, with a step of its own."""


def fused_sgd(p: Tensor) -> None:
    options = {"lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "dampening": 0.0}
    flags = {"nesterov": False, "maximize": False, "is_first_step": True}
    aten._fused_sgd_([p], [p.grad], [], **options, **flags)


WAYS_TO_STEP_OF_PART_5 = WAYS_TO_STEP | {
    "optim.AdamW": lambda p: optim.AdamW([p]).step(),
    "a base class": lambda p: OwnOptimizer([p], {}),
    "a borrowed method": lambda p: optim.Optimizer.zero_grad(p),
    "torch.ops.aten._fused_sgd_": fused_sgd,
}

KERNEL = "torch.ops.aten._safe_softmax"  # which attention ends in


def expect_refusal(tests: Any, way: str, function: Callable[..., Any], *arguments: Any) -> None:
    with pytest.raises(WrongAnswer, match="ready-made") as caught:
        guarded(tests, function)(*arguments)
    assert caught.value.kind == "shortcut"
    named = caught.value.why.partition("`")[2].partition("`")[0]
    if re.fullmatch(r"(torch|F|Tensor|optim|torch\.special|torch\.ops\.aten)\.\w+", way):
        assert named in (way, way.replace("F.scaled_dot_product_attention", KERNEL))
    if not isinstance(function, functools.partial):
        assert caught.value.rows[0].text.startswith("line ")


@pytest.mark.parametrize("way", WAYS_TO_LOG_SOFTMAX)
def test_every_way_to_log_softmax_is_refused(way: str) -> None:
    expect_refusal(test_k06_log_softmax, way, WAYS_TO_LOG_SOFTMAX[way], X)


@pytest.mark.parametrize("way", WAYS_TO_NLL)
def test_every_way_to_the_loss_is_refused(way: str) -> None:
    expect_refusal(test_k08_nll, way, WAYS_TO_NLL[way], X.log_softmax(-1), TARGET)


@pytest.mark.parametrize("way", WAYS_TO_STEP)
@pytest.mark.parametrize("tests", [test_k11_sgd_step, test_k15_parameters, test_k25_momentum])
def test_every_way_to_an_optimiser_is_refused(tests: Any, way: str) -> None:
    p = torch.ones(2, requires_grad=True)
    p.grad = torch.ones(2)
    expect_refusal(tests, way, WAYS_TO_STEP[way], p)


@pytest.mark.parametrize("way", WAYS_TO_NLL)
def test_every_way_to_the_loss_with_options_is_refused(way: str) -> None:
    expect_refusal(test_k36_cross_entropy_loss, way, WAYS_TO_NLL[way], X.log_softmax(-1), TARGET)


@pytest.mark.parametrize("way", WAYS_TO_ATTENTION)
def test_every_way_to_attention_is_refused(way: str) -> None:
    with pytest.raises(WrongAnswer, match="ready-made"):
        guarded(test_k35_attention, WAYS_TO_ATTENTION[way])(Q)


@pytest.mark.parametrize("way", WAYS_TO_STEP_OF_PART_5)
@pytest.mark.parametrize("tests", [test_k37_sgd, test_k38_adamw])
def test_all_of_torch_optim_is_refused(tests: Any, way: str) -> None:
    p = torch.ones(2, requires_grad=True)
    p.grad = torch.ones(2)
    with pytest.raises(WrongAnswer, match="ready-made"), torch.no_grad():
        guarded(tests, WAYS_TO_STEP_OF_PART_5[way])(p)


def test_a_class_that_inherits_from_torch_optim_is_refused() -> None:
    with pytest.raises(WrongAnswer, match="inherits"):
        param_groups.made(OwnOptimizer([torch.ones(1, requires_grad=True)], {}))


def test_the_parts_of_part_5_are_allowed() -> None:
    p = torch.ones(2)
    guarded(test_k35_attention, lambda q: (q @ q.mT).softmax(-1) @ q)(Q)
    guarded(test_k36_cross_entropy_loss, lambda x: F.log_softmax(x, 1).logsumexp(1))(X)
    guarded(test_k37_sgd, lambda p: torch._foreach_add_([p], [p], alpha=-0.1))(p)


def test_a_linear_layer_is_refused_even_if_it_is_hidden() -> None:
    hidden = [nn.Linear(4, 2)]
    with pytest.raises(WrongAnswer, match=r"`nn\.Linear`"):
        guarded(test_k14_module, lambda x: hidden[0](x))(X)


@pytest.mark.parametrize("call", ["torch.log_softmax", "F.log_softmax", "Tensor.log_softmax"])
def test_the_refusal_names_the_call_and_the_line(call: str) -> None:
    with pytest.raises(WrongAnswer) as caught:
        guarded(test_k06_log_softmax, WAYS_TO_LOG_SOFTMAX[call])(X)
    assert f"`{call}`" in caught.value.why
    assert f'"{call}": lambda x: ' in caught.value.rows[0].text


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
