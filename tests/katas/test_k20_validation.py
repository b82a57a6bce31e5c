"""What an answer to k20 must do."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from tests.harness.kit.answer import Answer
from tests.harness.kit.compare import twin
from tests.harness.kit.expect import Row, WrongAnswer, expect
from tests.harness.kit.show import show
from tests.harness.kit.training import (
    MODES,
    Batches,
    Lesson,
    Probe,
    expect_loss,
    expect_same_state,
    lessons,
)

CALL = "validate(model, loss_func, valid_dl)"


@st.composite
def even_lessons(draw: st.DrawFn) -> Lesson:
    """Lessons whose batches are all of one size."""
    lesson = draw(lessons())
    lesson.setup.sizes = [lesson.setup.sizes[0]] * len(lesson.setup.sizes)
    return lesson


class Deep(nn.Module):
    """Holds a model, and a dropout far inside."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.parts = nn.ModuleDict({"model": model, "drop": nn.Sequential(nn.Dropout())})

    def forward(self, xb: Tensor) -> Tensor:
        """Apply the model, then drop."""
        return self.parts["drop"](self.parts["model"](xb))


def probed(lesson: Lesson) -> Probe:
    """Return a model in training mode; batch norm, if it has one, has seen a batch."""
    probe = Probe(Deep(lesson.setup.model()))
    probe(lesson.setup.batches(shift=5)[0][0])
    probe.seen.clear()
    return probe


@settings(max_examples=15)
@given(lesson=even_lessons(), loader=st.booleans(), training=st.booleans())
def test_it_is_the_mean_of_the_batch_losses(
    answer: Answer, lesson: Lesson, loader: bool, training: bool
) -> None:
    """Sum the losses of all batches of `valid_dl` and divide by their number. In evaluation
    mode dropout drops nothing, and batch norm uses what it has learned: the same model has
    the same loss, however often it is asked."""
    model = probed(lesson).train(training)
    expected = _loss(lesson, model)
    for _ in range(2):
        valid_dl: Any = lesson.setup.batches()
        if loader:
            valid_dl = DataLoader(TensorDataset(*lesson.data()), batch_size=lesson.setup.sizes[0])
        gave = _number(lesson, answer.validate(model, lesson.setup.loss_func, valid_dl))
        expect_loss(gave, expected, lesson.setup.dtype, rows=lesson.rows(CALL))


@pytest.mark.parametrize("depth", [0, 1, 2])
@settings(max_examples=20)
@given(lesson=even_lessons())
def test_every_batch_is_seen_once_in_evaluation_mode_without_a_graph(
    answer: Answer, lesson: Lesson, depth: int
) -> None:
    """`model.eval()` reaches every layer inside; under `torch.no_grad()` autograd records
    nothing, and the memory for it is saved."""
    probe = probed(lesson)
    model: nn.Module = probe
    for _ in range(depth):
        model = nn.Sequential(model)
    answer.validate(model, lesson.setup.loss_func, lesson.setup.batches())
    due = [(False, False, size) for size in lesson.setup.sizes]
    for training, recording, _ in probe.seen:
        expect(
            (training, recording) == (False, False),
            call=CALL,
            gave=f"the model was called in {'training' if training else 'evaluation'} mode, "
            f"autograd {'on' if recording else 'off'}",
            expected="evaluation mode, autograd off",
        )
    seen, right = [rows for *_, rows in probe.seen], [rows for *_, rows in due]
    expect(seen == right, call=CALL, gave=f"batches of {seen} rows seen", expected=right)


@settings(max_examples=15)
@given(lesson=even_lessons(), graph=st.booleans())
def test_nothing_is_left_behind(answer: Answer, lesson: Lesson, graph: bool) -> None:
    """Looking is not learning: no `backward`, no step, no parameter or statistic changed."""
    model = probed(lesson)
    before = twin(model)
    wanted = [p.requires_grad for p in model.parameters()]
    with torch.set_grad_enabled(graph):
        answer.validate(model, lesson.setup.loss_func, lesson.setup.batches())
    expect_same_state(model, before, rows=lesson.rows(CALL))
    for name, p in model.named_parameters():
        expect(p.grad is None, call=CALL, gave=f"{name}.grad is a tensor", expected="None")
    same = [p.requires_grad for p in model.parameters()] == wanted
    expect(same, "`requires_grad` of a parameter was changed: the next training would skip it.")


@pytest.mark.mastery
@given(lesson=lessons())
def test_a_short_batch_counts_for_less(answer: Answer, lesson: Lesson) -> None:
    """The mean is over the *samples*: weight each batch's loss with its number of rows, and
    divide by the number of all rows."""
    model = probed(lesson)
    expected = _loss(lesson, model)
    valid_dl = lesson.setup.batches()
    gave = _number(lesson, answer.validate(model, lesson.setup.loss_func, valid_dl))
    expect_loss(gave, expected, lesson.setup.dtype, rows=lesson.rows(CALL))


@pytest.mark.mastery
@MODES
@settings(max_examples=10)
@given(lesson=lessons())
def test_the_model_is_left_in_the_mode_in_which_it_came(
    answer: Answer, lesson: Lesson, training: bool
) -> None:
    """Remember `model.training` before `model.eval()`, and give it back to `model.train(…)`."""
    model = probed(lesson).train(training)
    answer.validate(model, lesson.setup.loss_func, lesson.setup.batches())
    _expect_mode(model, training)


class Broken(Exception):
    """What the loss raises in the next test."""


@pytest.mark.mastery
@MODES
@settings(max_examples=10)
@given(lesson=lessons(), good=st.integers(0, 3))
def test_the_mode_is_given_back_even_if_the_loss_raises(
    answer: Answer, lesson: Lesson, training: bool, good: int
) -> None:
    """What has to happen in any case belongs into a `finally`. The exception itself goes on to
    the caller."""
    calls: list[int] = []

    def loss_func(input: Tensor, target: Tensor) -> Tensor:
        calls.append(1)
        if len(calls) > min(good, len(lesson.setup.sizes) - 1):
            raise Broken
        return lesson.setup.loss_func(input, target)

    model = probed(lesson).train(training)
    try:
        answer.validate(model, loss_func, lesson.setup.batches())
    except Broken:
        _expect_mode(model, training)
    else:
        expect(False, "The loss raised, and the caller did not hear of it.", call=CALL)


def _loss(lesson: Lesson, model: nn.Module) -> float:
    """Compute the mean loss over all samples, on a copy of the model."""
    reference = twin(model).eval()
    batches: Batches = lesson.setup.batches()
    with torch.no_grad():
        total = sum(
            lesson.setup.loss_func(reference(xb), yb).item() * len(xb) for xb, yb in batches
        )
    if isinstance(model, Probe):
        model.seen.clear()  # which the copy shares
    return total / sum(lesson.setup.sizes)


def _number(lesson: Lesson, gave: Any) -> float:
    """Take the number out of a float or a scalar tensor; refuse what is neither."""
    if isinstance(gave, Tensor):
        if gave.requires_grad:
            raise WrongAnswer(
                "The result carries a graph, and keeps alive what it was computed from.",
                rows=[*lesson.rows(CALL), Row("gave", "gave", f"{show(gave)}, with a gradient")],
            )
        if gave.dim() == 0:
            return gave.item()
    elif isinstance(gave, float):
        return gave
    raise WrongAnswer(
        "Did you forget `return`?" if gave is None else "",
        rows=[
            *lesson.rows(CALL), Row("gave", "gave", show(gave)),
            Row("expected", "expected", "a float, or a scalar tensor"),
        ],
    )  # fmt: skip


def _expect_mode(model: nn.Module, training: bool) -> None:
    names = {True: "training", False: "evaluation"}
    expect(
        model.training == training,
        call=f"{CALL}, the model in {names[training]} mode",
        gave=f"{names[model.training]} mode afterwards",
        expected=f"{names[training]} mode",
    )


hints = """
Ask twice for the loss of a model with dropout inside, on the same data: both answers have to be
the same. What must be switched before the first batch, and which lines of the training loop
must not be here at all?

First `model.eval()`, then the loop over the batches under `with torch.no_grad():`, and the mean
after the loop. `.item()` makes a number of each batch's loss; add these up as you go, and
`return` only when all batches are in.

After `model.eval()`, begin with `total, count = 0.0, 0`. Under `with torch.no_grad():`, for
each batch, `total += loss_func(model(xb), yb).item() * len(xb)` and `count += len(xb)`. In the
end `return total / count`.
"""
