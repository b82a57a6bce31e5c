"""What an answer to k20 must do."""

from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from tests.harness.kit import Answer, Row, WrongAnswer, expect, forgot_return, refuse, show
from tests.harness.kit.tensors import copy_of
from tests.harness.kit.training import (
    Batches,
    Probe,
    TrainingRun,
    each_mode,
    expect_loss,
    expect_same_state,
    training_runs,
)
from tests.harness.kit.worked_examples import one_weight

CALL = "validate(model, loss_func, valid_dl)"


@st.composite
def even_runs(draw: st.DrawFn) -> TrainingRun:
    """Runs whose batches are all of one size."""
    run = draw(training_runs())
    run.setup.sizes = [run.setup.sizes[0]] * len(run.setup.sizes)
    return run


class Deep(nn.Module):
    """Holds a model, and a dropout far inside."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.parts = nn.ModuleDict({"model": model, "drop": nn.Sequential(nn.Dropout())})

    def forward(self, xb: Tensor) -> Tensor:
        """Apply the model, then drop."""
        return self.parts["drop"](self.parts["model"](xb))


def probed(run: TrainingRun) -> Probe:
    """Return a model in training mode; its batch norm, if any, has seen a batch."""
    probe = Probe(Deep(run.setup.model()))
    probe(run.setup.batches(shift=5)[0][0])
    probe.seen.clear()
    return probe


@settings(max_examples=15)
@given(run=even_runs(), loader=st.booleans(), training=st.booleans())
@example(run=one_weight(2, 2), loader=False, training=True)
def test_it_is_the_mean_of_the_batch_losses(
    answer: Answer, run: TrainingRun, loader: bool, training: bool
) -> None:
    """Sum the losses of all batches of `valid_dl` and divide by their number. In evaluation
    mode dropout drops nothing, and batch norm uses the averages that it has kept: the same
    model has the same loss, however often you ask."""
    model = probed(run).train(training)
    expected = _loss(run, model)
    for _ in range(2):
        valid_dl: Any = run.setup.batches()
        if loader:
            valid_dl = DataLoader(TensorDataset(*run.data()), batch_size=run.setup.sizes[0])
        gave = _number(run, answer.validate(model, run.setup.loss_func, valid_dl))
        expect_loss(gave, expected, run.setup.dtype, rows=run.rows(CALL))


@pytest.mark.parametrize("depth", [0, 1, 2])
@settings(max_examples=20)
@given(run=even_runs())
def test_every_batch_is_seen_once_in_evaluation_mode_without_a_graph(
    answer: Answer, run: TrainingRun, depth: int
) -> None:
    """`model.eval()` reaches every layer inside; under `torch.no_grad()` autograd records
    nothing, which saves memory."""
    probe = probed(run)
    model: nn.Module = probe
    for _ in range(depth):
        model = nn.Sequential(model)
    answer.validate(model, run.setup.loss_func, run.setup.batches())
    due = [(False, False, size) for size in run.setup.sizes]
    for training, recording, _ in probe.seen:
        expect(
            (training, recording) == (False, False),
            call=CALL,
            gave=f"the model was called in {'training' if training else 'evaluation'} mode, "
            f"autograd {'on' if recording else 'off'}",
            expected="evaluation mode, autograd off",
        )
    seen, right = [rows for *_, rows in probe.seen], [rows for *_, rows in due]
    expect(seen == right, call=CALL, gave=f"the model saw batches of {seen} rows", expected=right)


@settings(max_examples=15)
@given(run=even_runs(), graph=st.booleans())
def test_nothing_is_left_behind(answer: Answer, run: TrainingRun, graph: bool) -> None:
    """Looking is not learning: no `backward`, no step, no parameter or statistic changed."""
    model = probed(run)
    before = copy_of(model)
    wanted = [p.requires_grad for p in model.parameters()]
    with torch.set_grad_enabled(graph):
        answer.validate(model, run.setup.loss_func, run.setup.batches())
    expect_same_state(model, before, rows=run.rows(CALL))
    for name, p in model.named_parameters():
        expect(p.grad is None, call=CALL, gave=f"{name}.grad is a tensor", expected="None")
    same = [p.requires_grad for p in model.parameters()] == wanted
    expect(same, "`requires_grad` of a parameter was changed: the next training run would skip it.")


@pytest.mark.mastery
@given(run=training_runs())
def test_a_short_batch_counts_for_less(answer: Answer, run: TrainingRun) -> None:
    """The mean is over the *samples*: weight each batch's loss by its number of rows, and
    divide by the number of all rows."""
    model = probed(run)
    expected = _loss(run, model)
    valid_dl = run.setup.batches()
    gave = _number(run, answer.validate(model, run.setup.loss_func, valid_dl))
    expect_loss(gave, expected, run.setup.dtype, rows=run.rows(CALL))


# Which of the modules inside a model are in another mode than the model itself.
others = st.sets(st.integers(1, 5), max_size=2)


@pytest.mark.mastery
@each_mode
@settings(max_examples=15)
@given(run=training_runs(), others=others)
def test_every_module_is_put_back_into_its_own_mode(
    answer: Answer, run: TrainingRun, training: bool, others: set[int]
) -> None:
    """Remember the `training` of each of `model.modules()` before `model.eval()`, and
    restore it afterwards: a frozen layer may be in evaluation mode while the others train."""
    model = probed(run).train(training)
    before = _mix_modes(model, others)
    answer.validate(model, run.setup.loss_func, run.setup.batches())
    _expect_modes(model, before)


class Broken(Exception):
    """What the loss raises in the next test."""


@pytest.mark.mastery
@each_mode
@settings(max_examples=10)
@given(run=training_runs(), others=others, good=st.integers(0, 3))
def test_the_modes_are_restored_even_if_the_loss_raises(
    answer: Answer, run: TrainingRun, training: bool, others: set[int], good: int
) -> None:
    """What has to happen in any case belongs in a `finally`. Let the exception itself reach the
    caller."""
    calls: list[int] = []

    def loss_func(input: Tensor, target: Tensor) -> Tensor:
        calls.append(1)
        if len(calls) > min(good, len(run.setup.sizes) - 1):
            raise Broken
        return run.setup.loss_func(input, target)

    model = probed(run).train(training)
    before = _mix_modes(model, others)
    try:
        answer.validate(model, loss_func, run.setup.batches())
    except Broken:
        _expect_modes(model, before)
    else:
        refuse("The loss raised an exception, and the caller did not hear of it.", call=CALL)


def _loss(run: TrainingRun, model: nn.Module) -> float:
    """Compute the mean loss over all samples, on a copy of the model."""
    reference = copy_of(model).eval()
    batches: Batches = run.setup.batches()
    with torch.no_grad():
        total = sum(run.setup.loss_func(reference(xb), yb).item() * len(xb) for xb, yb in batches)
    if isinstance(model, Probe):
        model.seen.clear()  # which the copy shares
    return total / sum(run.setup.sizes)


def _number(run: TrainingRun, gave: Any) -> float:
    """Take the number out of a float or a scalar tensor; refuse what is neither."""
    if isinstance(gave, Tensor):
        if gave.requires_grad:
            raise WrongAnswer(
                "The result requires grad, and keeps in memory all that it was computed from.",
                rows=[*run.rows(CALL), Row.gave(f"{show(gave)}, which requires grad")],
            )
        if gave.dim() == 0:
            return gave.item()
    elif isinstance(gave, float):
        return gave
    facts = Row.gave(show(gave)), Row.expected("a float, or a scalar tensor")
    raise WrongAnswer(
        forgot_return(gave, "Return one number, the mean loss."), rows=[*run.rows(CALL), *facts]
    )


def _mix_modes(model: nn.Module, others: set[int]) -> dict[str, bool]:
    """Put some modules inside into the other mode; return the mode of each module by name."""
    for i, module in enumerate(model.modules()):
        if i in others:
            module.training = not model.training
    return _modes(model)


def _modes(model: nn.Module) -> dict[str, bool]:
    return {name: module.training for name, module in model.named_modules()}


def _expect_modes(model: nn.Module, before: dict[str, bool]) -> None:
    modes = {True: "training mode", False: "evaluation mode"}
    after = _modes(model)
    wrong = [name for name in before if after[name] != before[name]]
    for name in wrong:
        what = f"`{name}` inside" if name else "the model"
        more = f", and {len(wrong) - 1} more changed" if len(wrong) > 1 else ""
        refuse(
            call=f"{CALL}, {what} in {modes[before[name]]}",
            gave=f"{modes[after[name]]} afterwards{more}",
            expected=modes[before[name]],
        )


hints = """
Ask twice for the loss of a model with dropout inside, on the same data: you must get the same
number twice. What must you switch before the first batch, and which lines of the training loop
must not be here at all?

First `model.eval()`, then the loop over the batches under `with torch.no_grad():`, and the mean
after the loop. `.item()` turns each batch's loss into a number; add these up as you go, and
`return` only after the last batch.

After `model.eval()`, begin with `total, count = 0.0, 0`. Under `with torch.no_grad():`, for each
batch, `total += loss_func(model(xb), yb).item()` and `count += 1`. At the end `return total /
count`.
"""

mastery_hints = """
If the last batch has one row and the others have 64, how much should its loss count? Which of
your lines is not reached if `loss_func` raises? Python has a keyword for lines that have to run
in any case.

Weight each loss by `len(xb)`, and divide by the number of all rows. `model.modules()` yields the
model and every module inside; each has a `training` of its own, which you can read before and
set after.

`total += loss_func(model(xb), yb).item() * len(xb)` and `count += len(xb)`. Begin with `modes =
[(module, module.training) for module in model.modules()]`. Put the rest into a `try:`, and in
its `finally:` write `for module, training in modes:` and `module.training = training`.
"""

afterwards = """
The reference notes the mode of every module, and puts each back.
`model.train()` at the end would also wake a layer that somebody had frozen.

`train` and `eval` are a few lines:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/module.py

Try: validate a model with an `nn.Dropout` twice. Then take `model.eval()` out
of your answer, and do it again. What is different?
"""
