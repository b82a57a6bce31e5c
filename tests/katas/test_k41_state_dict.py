"""What an answer to k41 must do."""

import copy
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn, optim

from tests.harness.kit import Answer, Row, WrongAnswer, expect, expect_raises, show, show_pair
from tests.harness.kit.called_code import CalledCode
from tests.harness.kit.expect import expect_type
from tests.harness.kit.shortcuts import Shortcuts
from tests.harness.kit.strategies import normal, seeds

shortcuts = Shortcuts(
    instead="Go through `named_parameters()` and `named_buffers()`, and copy the numbers yourself.",
    code=CalledCode(
        nn.Module.state_dict,
        nn.Module.load_state_dict,
        nn.Module._save_to_state_dict,
        nn.Module._load_from_state_dict,
    ),
)

ERRORS = (KeyError, ValueError, RuntimeError)


class AllKinds(nn.Module):
    """Has parameters without an axis, in a list and in half precision, and buffers of all kinds."""

    calls: Tensor
    mask: Tensor
    offset: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(()))
        self.shifts = nn.ParameterList([torch.zeros(1), torch.zeros(1, 3, dtype=torch.float16)])
        self.register_buffer("offset", torch.zeros(3, dtype=torch.float64))
        self.register_buffer("mask", torch.tensor([True, False, True]))
        self.register_buffer("calls", torch.tensor(0))
        self.register_buffer("nothing", None)
        self.register_parameter("none", None)

    def forward(self, x: Tensor) -> Tensor:
        """Compute with all of them."""
        self.calls.add_(1)
        y = self.gain * x + self.shifts[0] + self.shifts[1].to(x.dtype)
        return y.where(self.mask, y + self.offset.to(x.dtype) + self.calls)


class Tied(nn.Module):
    """Has a parameter and a buffer under two names each."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.second = nn.Linear(3, 3, bias=False)
        self.second.weight = self.first.weight
        self.norm = nn.BatchNorm1d(3)
        self.other = nn.BatchNorm1d(3)
        self.other.running_mean = self.norm.running_mean

    def forward(self, x: Tensor) -> Any:
        """Apply the weight twice."""
        return self.other(self.second(self.norm(self.first(x))))


def _frozen() -> nn.Module:
    layer = nn.Linear(3, 3)
    layer.weight.requires_grad_(False)
    return layer


PARTS: dict[str, Callable[[], nn.Module]] = {
    "Linear": lambda: nn.Linear(3, 3),
    "BatchNorm1d": lambda: nn.BatchNorm1d(3),
    "AllKinds": AllKinds,
    "Tied": Tied,
    "frozen Linear": _frozen,
    "LayerNorm": lambda: nn.LayerNorm(3),
    "Linear without bias": lambda: nn.Linear(3, 3, bias=False),
    "BatchNorm1d without weight": lambda: nn.BatchNorm1d(3, affine=False),
    "Sequential(Linear)": lambda: nn.Sequential(nn.Tanh(), nn.Sequential(nn.Linear(3, 3))),
}
NOT_SHARED = [name for name in PARTS if name != "Tied"]


@dataclass
class Made:
    """A model of several parts; each call of a method makes an equal one."""

    parts: list[str]
    twice: bool
    seed: int

    def __repr__(self) -> str:
        """Name the parts."""
        again = ", and the first again" if self.twice else ""
        return f"model: Sequential of {', '.join(self.parts)}{again}"

    def model(self, seed: int = 0) -> nn.Sequential:
        """Return the model, in training mode; another seed gives other numbers."""
        parts = [PARTS[part]() for part in self.parts]
        model = nn.Sequential(*parts, *parts[: self.twice])
        disturb(model, self.seed + 7 * seed)
        return model

    def x(self, turn: int) -> Tensor:
        """Return a batch."""
        return normal(4, 3, seed=self.seed + turn)


@st.composite
def made_models(draw: st.DrawFn, names: list[str] = list(PARTS)) -> Made:  # noqa: B006
    """Models of one or two parts; the first part may be there twice."""
    parts = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2))
    return Made(parts, names is not NOT_SHARED and draw(st.booleans()), draw(seeds))


def first_each_part(**others: Any) -> Callable[[Any], Any]:
    """Try a test on each kind of part by itself, before others; ``others`` are more arguments."""
    without = others.pop("without", "")
    names = [name for name in list(PARTS)[:5] if name != without]
    examples = [example(made=Made([name], False, 0), **others) for name in reversed(names)]
    return lambda test: functools.reduce(lambda inner, each: each(inner), examples, test)


def tensors_of(model: nn.Module) -> dict[str, Tensor]:
    """Return a model's own parameters and buffers, each under all its names."""
    tensors: dict[str, Tensor] = dict(model.named_parameters(remove_duplicate=False))
    return {**tensors, **dict(model.named_buffers(remove_duplicate=False))}


def disturb(model: nn.Module, seed: int) -> None:
    """Write other numbers into all of a model's tensors."""
    with torch.no_grad():
        for i, tensor in enumerate({id(t): t for t in tensors_of(model).values()}.values()):
            if tensor.is_floating_point():
                tensor.copy_(0.2 + 0.3 * normal(*tensor.shape, seed=seed + i).abs())
            elif tensor.dtype == torch.bool:
                tensor.logical_not_()
            else:
                tensor += 1 + seed % 5


def train(model: nn.Module, opt: optim.Optimizer, made: Made, turns: range) -> None:
    """Take some steps of an optimiser."""
    for turn in turns:
        opt.zero_grad()
        model(made.x(turn)).tanh().mean().backward()
        opt.step()


@settings(max_examples=15)
@given(made=made_models())
@first_each_part()
def test_a_snapshot_has_all_parameters_and_buffers(answer: Answer, made: Made) -> None:
    """Every parameter and every buffer, under the names that `named_parameters()` and
    `named_buffers()` give them, in its own dtype. No entry requires grad, and the model stays as
    it was."""
    model = made.model()
    before, call = copy.deepcopy(model), f"snapshot(model), {made}"
    gave = _snapshot(answer, model, call)
    _expect_names(gave, model, call)
    own = tensors_of(model)
    for name, value in gave.items():
        _expect_equal(value, own[name], name, call)
        expect(not value.requires_grad, f"`{name}` requires grad: detach it.", call=call)
    _expect_state(model, tensors_of(before), f"the model, after {call}")
    for name, tensor in own.items():
        was = tensors_of(before)[name].requires_grad
        expect(tensor.requires_grad == was, f"`{name}.requires_grad` was changed.", call=call)


@settings(max_examples=10)
@given(made=made_models(), seed=seeds)
@first_each_part(seed=1)
def test_later_training_changes_nothing_in_a_snapshot(
    answer: Answer, made: Made, seed: int
) -> None:
    """An optimiser and a batch norm write into the model's tensors, so a snapshot is a copy: clone
    each tensor. (`detach` and `cpu` make none.) Two snapshots share nothing, either."""
    model = made.model()
    state = _snapshot(answer, model, "snapshot(model)")
    before = {name: value.clone() for name, value in state.items()}
    disturb(model, made.seed + seed + 100)
    later = _snapshot(answer, model, "snapshot(model)")
    kept = {name: value.clone() for name, value in later.items()}
    call = f"best = snapshot(model), and then some training; {made}"
    for name, value in state.items():
        _expect_equal(value, before[name], f"best[{name!r}]", call)
        value.zero_()
    _expect_state(model, kept, "the model, after something was written into a snapshot of it")
    for name, value in later.items():
        _expect_equal(value, kept[name], name, "two snapshots, and something written into one")


@settings(max_examples=10)
@given(made=made_models(), seed=seeds, training=st.booleans())
@first_each_part(seed=1, training=True)
def test_a_restored_model_computes_what_it_did(
    answer: Answer, made: Made, seed: int, training: bool
) -> None:
    """All numbers are those of the snapshot, buffers too, and so is what the model computes, in
    either mode. What is not a number stays: which parameters are frozen, `.grad`, the mode of each
    part, and which tensors are shared."""
    model = made.model().train(training)
    x, before = made.x(0), copy.deepcopy(model)
    state = _snapshot(answer, model, "snapshot(model)")
    model[0].train()
    model(x).sum().backward() if _trains(model) else None
    disturb(model, made.seed + seed + 100)
    model[0].eval()
    parameters = dict(model.named_parameters(remove_duplicate=False))
    facts = _facts(model)
    _restore(answer, model, state)
    call = f"restore(model, state), a snapshot of before; {made}"
    _expect_state(model, tensors_of(before), call)
    _expect_same_parameters(model, parameters, call)
    for what, value in _facts(model).items():
        same = value is facts[what] or (not isinstance(value, Tensor) and value == facts[what])
        expect(same, call=f"{call}; {what}", gave=show(value), expected=show(facts[what]))
    for training in (False, True):
        mine, due = (each.train(training)(x).detach() for each in (model, before))
        what = f"model(xb), in {'training' if training else 'evaluation'} mode"
        _expect_equal(mine, due, what, call)


@settings(max_examples=10)
@given(made=made_models(), steps=st.integers(1, 2), kind=st.sampled_from(["SGD", "Adam"]))
@first_each_part(steps=1, kind="SGD")
def test_an_optimiser_goes_on_with_a_restored_model(
    answer: Answer, made: Made, steps: int, kind: str
) -> None:
    """It holds the tensors themselves: write the numbers into them, with `copy_`. After
    `model.weight = nn.Parameter(…)` it would train a tensor that is not in the model any more."""
    ours, theirs = made.model(), made.model()
    if not _trains(ours):
        return
    makers: dict[str, Any] = {
        "SGD": lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
        "Adam": lambda p: optim.Adam(p, lr=0.05, eps=1e-3),
    }
    opt, reference = (makers[kind](model.parameters()) for model in (ours, theirs))
    for model, each in ((ours, opt), (theirs, reference)):
        train(model, each, made, range(steps))
    state, best = _snapshot(answer, ours, "snapshot(model)"), copy.deepcopy(theirs.state_dict())
    for model, each in ((ours, opt), (theirs, reference)):
        train(model, each, made, range(9, 9 + steps))
    _restore(answer, ours, state)
    theirs.load_state_dict(best)
    for model, each in ((ours, opt), (theirs, reference)):
        train(model, each, made, range(20, 20 + steps))
    call = f"restore(model, state), and then {steps} more steps of {kind}; {made}"
    _expect_state(ours, tensors_of(theirs), call, tolerance=1e-4)


@settings(max_examples=10)
@given(made=made_models(), seed=seeds)
@first_each_part(seed=1)
def test_later_training_changes_nothing_in_a_state(answer: Answer, made: Made, seed: int) -> None:
    """One may go back to the same state twice. So the model gets the numbers, and not the tensors
    that hold them: `p.data = value` would share them."""
    model = made.model()
    state = _snapshot(answer, model, "snapshot(model)")
    before = {name: value.clone() for name, value in state.items()}
    _restore(answer, model, state)
    disturb(model, made.seed + seed + 100)
    call = f"restore(model, state), and then some training; {made}"
    expect(list(state) == list(before), "The dict itself was changed.", call=call)
    for name, value in state.items():
        _expect_equal(value, before[name], f"state[{name!r}]", call)
    _restore(answer, model, state)
    _expect_state(model, before, f"{call}; and restore(model, state) again")


@settings(max_examples=25)
@given(made=made_models(), data=st.data(), live=st.booleans())
def test_a_state_dict_of_torchs_is_restored(
    answer: Answer, made: Made, data: st.DataObject, live: bool
) -> None:
    """It comes from another model of the same kind, which may still be training. A shared
    tensor is in it under all its names: `remove_duplicate=False` makes these known. Go by the
    names; the order of a dict means nothing."""
    model, other = made.model(), made.model(seed=1)
    due = {name: tensor.detach().clone() for name, tensor in tensors_of(other).items()}
    state = other.state_dict() if live else copy.deepcopy(other.state_dict())
    names = data.draw(st.permutations(list(state)))
    parameters = dict(model.named_parameters(remove_duplicate=False))
    _restore(answer, model, {name: state[name] for name in names})
    call = f"restore(model, other.state_dict()), in another order; {made}"
    _expect_state(model, due, call)
    _expect_state(other, due, f"the other model, after {call}")
    _expect_same_parameters(model, parameters, call)
    disturb(model, made.seed + 3)
    _expect_state(other, due, f"the other model, after {call} and some training")


@settings(max_examples=10)
@given(made=made_models(NOT_SHARED))
@first_each_part(without="Tied")
def test_torchs_load_state_dict_takes_a_snapshot(answer: Answer, made: Made) -> None:
    """The names are torch's own, so a snapshot is what torch calls a state dict."""
    model, other = made.model(), made.model(seed=1)
    call = f"other.load_state_dict(snapshot(model)), {made}"
    state = _snapshot(answer, model, call)
    try:
        other.load_state_dict(state)
    except RuntimeError as error:
        line = str(error).splitlines()[-1].strip()
        raise WrongAnswer(rows=[Row.call(call), Row.gave(line), Row.expected("no error")]) from None
    _expect_state(other, tensors_of(model), call)


def _missing(model: nn.Module, state: dict[str, Tensor], name: str) -> None:
    own = tensors_of(model)
    for other in [other for other in state if own[other] is own[name]]:
        del state[other]


def _unexpected(model: nn.Module, state: dict[str, Tensor], name: str) -> None:
    state[f"{name}_"] = state[name].clone()


def _longer(model: nn.Module, state: dict[str, Tensor], name: str) -> None:
    state[name] = torch.cat([state[name].reshape(-1), state[name].reshape(-1)])


def _spread(model: nn.Module, state: dict[str, Tensor], name: str) -> None:
    """Give it a shape that would broadcast to the right one."""
    value = state[name]
    state[name] = value.reshape(-1)[0] if value.dim() else value[None]


def _turned(model: nn.Module, state: dict[str, Tensor], name: str) -> None:
    """Give it another shape with as many entries."""
    state[name] = state[name][..., None]


MISFITS: dict[str, Callable[..., None]] = {
    "is missing": _missing, "has another name as well": _unexpected, "is longer": _longer,
    "would broadcast": _spread, "has one more axis": _turned,
}  # fmt: skip


@pytest.mark.mastery
@pytest.mark.parametrize("what", MISFITS)
@settings(max_examples=8)
@given(made=made_models(), data=st.data())
def test_a_state_that_does_not_fit_changes_nothing(
    answer: Answer, what: str, made: Made, data: st.DataObject
) -> None:
    """A name too few or too many, or a tensor of another shape: raise, and do so before anything is
    written. A model that is half restored is of no use. (`copy_` spreads a single number over a
    whole tensor and does not complain.)"""
    model, other = made.model(), made.model(seed=1)
    state = copy.deepcopy(dict(other.state_dict()))
    name = data.draw(st.sampled_from(sorted(state)))
    MISFITS[what](model, state, name)
    state = {name: state[name] for name in data.draw(st.permutations(list(state)))}
    before = {key: tensor.detach().clone() for key, tensor in tensors_of(model).items()}
    parameters = dict(model.named_parameters(remove_duplicate=False))
    call = f"restore(model, state), where {name!r} {what}; {made}"
    expect_raises(lambda: _restore(answer, model, state), types=ERRORS, rows=[Row.call(call)])
    _expect_state(model, before, call, why="It raises, but has changed the model before.")
    _expect_same_parameters(model, parameters, call)


@pytest.mark.mastery
@settings(max_examples=12)
@given(made=made_models(["Tied", "Linear"]), data=st.data())
def test_one_name_of_a_shared_tensor_is_enough(
    answer: Answer, made: Made, data: st.DataObject
) -> None:
    """Some tools keep only one of the names of a shared tensor, and not always the first. It is
    missing only if none of its names is there."""
    model, other = made.model(), made.model(seed=1)
    names: dict[int, list[str]] = {}
    own, state = tensors_of(model), copy.deepcopy(other.state_dict())
    for name in state:
        names.setdefault(id(own[name]), []).append(name)
    chosen = [data.draw(st.sampled_from(each)) for each in names.values()]
    _restore(answer, model, {name: state[name] for name in chosen})
    _expect_state(model, tensors_of(other), f"restore(model, state), with {chosen}; {made}")


@pytest.mark.mastery
@settings(max_examples=12)
@given(made=made_models(), to=st.sampled_from([torch.float64, torch.float16, torch.float32]))
def test_another_dtype_is_converted(answer: Answer, made: Made, to: torch.dtype) -> None:
    """A state that was saved in another precision is restored in the model's own: `copy_`
    converts."""
    model, other = made.model(), made.model(seed=1)
    state = {
        name: value.to(to) if value.is_floating_point() else value.to(torch.int32)
        for name, value in other.state_dict().items()
    }
    due = {name: state[name].to(tensor.dtype) for name, tensor in tensors_of(model).items()}
    parameters = dict(model.named_parameters(remove_duplicate=False))
    _restore(answer, model, state)
    call = f"restore(model, state), a state of {show(to)}; {made}"
    _expect_state(model, due, call)
    _expect_same_parameters(model, parameters, call)


def _snapshot(answer: Answer, model: nn.Module, call: str) -> dict[str, Tensor]:
    gave = answer.snapshot(model)
    expect_type(gave, dict, call, "a dict of tensors by name")
    for name, value in gave.items():
        expect_type(value, Tensor, f"{call}[{name!r}]", "a tensor")
    state: dict[str, Tensor] = gave
    return state


def _restore(answer: Answer, model: nn.Module, state: Mapping[str, Tensor]) -> None:
    answer.restore(model, state)


def _trains(model: nn.Module) -> bool:
    return any(p.requires_grad for p in model.parameters())


def _facts(model: nn.Module) -> dict[str, Any]:
    """Return what `restore` has no business with."""
    facts: dict[str, Any] = {}
    for name, parameter in model.named_parameters():
        facts[f"{name}.requires_grad"] = parameter.requires_grad
        facts[f"{name}.grad"] = parameter.grad
    for name, part in model.named_modules():
        facts[f"{name or 'model'}.training"] = part.training
    return facts


def _expect_names(gave: Mapping[str, Tensor], model: nn.Module, call: str) -> None:
    own = tensors_of(model)
    for name in gave:
        expect(name in own, call=call, gave=f"a name {name!r}", expected=f"names of {[*own]}")
    found = {id(own[name]) for name in gave}
    for name, tensor in own.items():
        kind = "parameter" if isinstance(tensor, nn.Parameter) else "buffer"
        expect(
            id(tensor) in found,
            call=call,
            gave=f"{[*gave]}",
            expected=f"also {name!r}, a {kind}",
        )


def _expect_equal(
    gave: Tensor, due: Tensor, name: str, call: str, *, why: str = "", tolerance: float = 0.0
) -> None:
    gave, due = gave.detach(), due.detach()
    same = gave.shape == due.shape and gave.dtype == due.dtype
    if not (same and _is_near(gave, due, tolerance)):
        mine, other = show_pair(gave, due)
        rows = [Row.call(call), Row.fact(name), Row.gave(mine), Row.expected(other)]
        raise WrongAnswer(why, rows=rows)


def _is_near(gave: Tensor, due: Tensor, tolerance: float) -> bool:
    if not tolerance or not due.is_floating_point():
        return torch.equal(gave, due)
    # Half precision has a few digits only.
    tolerance = max(tolerance, 8 * torch.finfo(due.dtype).eps)
    return torch.allclose(gave.double(), due.double(), rtol=tolerance, atol=tolerance)


def _expect_state(
    model: nn.Module, due: Mapping[str, Tensor], call: str, *, why: str = "", tolerance: float = 0.0
) -> None:
    """Reject a model unless its tensors are these, under all their names."""
    own = tensors_of(model)
    for name, value in due.items():
        expect(name in own, f"The model has no `{name}` any more.", call=call)
        _expect_equal(own[name], value, name, call, why=why, tolerance=tolerance)


def _expect_same_parameters(
    model: nn.Module, parameters: Mapping[str, nn.Parameter], call: str
) -> None:
    for name, parameter in model.named_parameters(remove_duplicate=False):
        expect(
            parameter is parameters[name],
            f"`{name}` is a new tensor now. An optimiser that was made before holds the old one: "
            "write into it, with `copy_`.",
            call=call,
        )


hints = """
Print `dict(model.named_parameters())` and `dict(model.named_buffers())` of a small model with a
batch norm. Which of the entries does an optimiser write into, and which does the model itself?

`tensor.detach().clone()` is a copy that requires no grad; `detach` alone still shares the numbers.
To write the numbers of one tensor into another, use `copy_`, under `torch.no_grad()`.

`restore`: make a dict of all the model's tensors by name, parameters and buffers, with
`remove_duplicate=False` for both. Then, for each name and value of `state`,
`tensors[name].copy_(value)`.
"""

mastery_hints = """
What does `torch.zeros(3).copy_(torch.ones(1))` give, and what becomes of the first tensors of a
model if the last one raises?

Write two loops, one that checks and one that copies. Compare shapes with `!=`. `tensors[name]` of a
name that the model does not have raises KeyError by itself.

A tensor is missing if none of its names is in the state: collect `{id(tensors[name]) for name in
state}`, and look for each tensor's `id` in it.
"""

afterwards = """
The reference checks everything before it writes. Torch's own writes what fits,
and raises at the end.

Torch's own: `load_state_dict`, which calls `_load_from_state_dict`, in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/module.py

Try: `best = model.state_dict()`, and a step of an optimiser. What does it hold?
"""
