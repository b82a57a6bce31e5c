"""What an answer to k22 must do."""

import contextlib
import io
import re
from dataclasses import dataclass
from typing import Any, NoReturn

import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from tests.harness.kit import Answer, Row, WrongAnswer, expect
from tests.harness.kit.training import (
    Loader,
    Probe,
    TrainingSetup,
    each_mode,
    expect_loss,
    expect_same_state,
    step,
    training_setups,
)
from tests.harness.kit.worked_examples import OneWeight

epoch_counts = st.integers(1, 3)


@dataclass
class TrainingRun:
    """A setup, with batches to validate on and a number of epochs."""

    setup: TrainingSetup
    valid_sizes: list[int]
    epochs: int

    def __repr__(self) -> str:
        """Name what it takes to build the same by hand."""
        return f"{self.setup}; validation batches of {self.valid_sizes}"

    def loaders(self) -> tuple[Loader, Loader]:
        """Return the data to train with and to validate on."""
        train = Loader(lambda turn: self.setup.batches(shift=2 * turn))
        return train, Loader(lambda turn: self.setup.batches(self.valid_sizes, shift=2 * turn + 1))

    def rows(self) -> list[Row]:
        """Show the call."""
        call = f"fit({self.epochs}, model, loss_func, opt, train_dl, valid_dl)"
        return [Row.call(call), Row.fact("with", str(self))]


@st.composite
def training_runs(draw: st.DrawFn, epochs: st.SearchStrategy[int] = epoch_counts) -> TrainingRun:
    """Runs of every kind; the batches to validate on differ in size."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=3))
    return TrainingRun(draw(training_setups()), sizes, draw(epochs))


OF_THE_STUB = TrainingRun(OneWeight(2, 1), [2, 1], epochs=2)


@settings(max_examples=15)
@given(run=training_runs())
@example(run=OF_THE_STUB)
def test_the_model_learns_from_every_training_batch_of_every_epoch(
    answer: Answer, run: TrainingRun
) -> None:
    """One step for each batch of `train_dl`, in order, the last and shorter one included; each
    epoch begins a new pass over it, which may have other batches. Nothing is learned from
    `valid_dl`: there the model is in evaluation mode, and `loss_batch` gets no optimiser."""
    model, reference = run.setup.model(), run.setup.model()
    _fit(answer, run, model)
    _reference(run, reference)
    expect_same_state(model, reference, rows=run.rows())


@settings(max_examples=12)
@given(run=training_runs())
@example(run=OF_THE_STUB)
def test_each_epoch_prints_its_number_and_its_validation_loss(
    answer: Answer, run: TrainingRun
) -> None:
    """`print(epoch, val_loss)`: the epoch's number, from 0, and the loss as a plain number,
    neither rounded nor a tensor. It is the mean over the *samples*: weight each batch's
    loss by its number of rows."""
    printed = _fit(answer, run, run.setup.model())
    expected = _reference(run, run.setup.model())
    lines = printed.splitlines()
    if len(lines) != len(expected):
        _wrong_print(run, printed, expected, "Print one line for each epoch.")
    for epoch, (line, loss) in enumerate(zip(lines, expected, strict=True)):
        match = re.fullmatch(r"\s*(\d+)\s+(\S+)\s*", line)
        number = _number(match[2]) if match else None
        if match is None or number is None:
            _wrong_print(run, printed, expected, "")
        if int(match[1]) != epoch:
            _wrong_print(run, printed, expected, "Epochs are counted from 0.")
        expect_loss(number, loss, run.setup.dtype, rows=run.rows())


@each_mode
@settings(max_examples=10)
@given(run=training_runs(), depth=st.integers(0, 2))
def test_modes_and_autograd_are_right_in_each_phase(
    answer: Answer, run: TrainingRun, depth: int, training: bool
) -> None:
    """`model.train()` before the training batches of *each* epoch, `model.eval()` and
    `torch.no_grad()` for those of validation: batch norm and dropout look at the mode."""
    probe = Probe(run.setup.model())
    model: nn.Module = probe
    for _ in range(depth):
        model = nn.Sequential(model)
    _fit(answer, run, model.train(training))
    once = [(True, True, n) for n in run.setup.sizes]
    once += [(False, False, n) for n in run.valid_sizes]
    expected = once * run.epochs
    if probe.seen != expected:
        i = next(
            (i for i, (a, b) in enumerate(zip(probe.seen, expected, strict=False)) if a != b),
            min(len(probe.seen), len(expected)),
        )
        raise WrongAnswer(
            rows=[
                *run.rows(),
                Row.fact(f"call {i + 1} of the model"),
                Row.gave(_phase(probe.seen, i), label="was"),
                Row.expected(_phase(expected, i), label="expected"),
            ]
        )


@settings(max_examples=10)
@given(run=training_runs(), more=epoch_counts)
def test_a_second_call_goes_on_where_the_first_ended(
    answer: Answer, run: TrainingRun, more: int
) -> None:
    """What the first call leaves, such as a mode, must not disturb the second, and the epochs are
    counted from 0 again."""
    model, reference = run.setup.model(), run.setup.model()
    opt, theirs = run.setup.opt(model), run.setup.opt(reference)
    for epochs in (run.epochs, more):
        part = TrainingRun(run.setup, run.valid_sizes, epochs)
        printed = _fit(answer, part, model, opt)
        expected = _reference(part, reference, theirs)
        expect_same_state(model, reference, rows=part.rows())
        numbers = [line.split()[0] for line in printed.splitlines() if line.split()]
        if numbers != [str(epoch) for epoch in range(epochs)]:
            _wrong_print(part, printed, expected, "The epochs of a call are counted from 0.")


@settings(max_examples=8)
@given(run=training_runs(st.just(0)))
def test_zero_epochs_train_and_print_nothing(answer: Answer, run: TrainingRun) -> None:
    """With `epochs=0` the loop is not entered."""
    model = run.setup.model()
    printed = _fit(answer, run, model)
    expect(not printed, call=run.rows()[0].text, gave=repr(printed), expected="nothing printed")
    expect_same_state(model, run.setup.model(), rows=run.rows())


def _fit(answer: Answer, run: TrainingRun, model: nn.Module, opt: Any = None) -> str:
    """Let the answer train; return what it printed."""
    loaders = run.loaders()
    opt = run.setup.opt(model) if opt is None else opt
    with contextlib.redirect_stdout(io.StringIO()) as out:
        answer.fit(run.epochs, model, run.setup.loss_func, opt, *loaders)
    return out.getvalue()


def _reference(run: TrainingRun, model: nn.Module, opt: Any = None) -> list[float]:
    """Train; return the validation loss after each epoch."""
    opt = run.setup.opt(model) if opt is None else opt
    train_dl, valid_dl = run.loaders()
    losses = []
    for _ in range(run.epochs):
        model.train()
        for xb, yb in train_dl:
            step(model, run.setup.loss_func, opt, xb, yb)
        model.eval()
        with torch.no_grad():
            total = sum(run.setup.loss_func(model(xb), yb).item() * len(xb) for xb, yb in valid_dl)
        losses.append(total / sum(run.valid_sizes))
    return losses


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _wrong_print(run: TrainingRun, printed: str, expected: list[float], why: str) -> NoReturn:
    due = "\n".join(f"{epoch} {loss!r}" for epoch, loss in enumerate(expected))
    gave = "\n".join(printed.splitlines()[:5]) or "nothing"
    facts = [Row.gave(gave, label="printed"), Row.expected(due)]
    raise WrongAnswer(why, rows=[*run.rows(), *facts])


def _phase(seen: list[tuple[bool, bool, int]], i: int) -> str:
    if i >= len(seen):
        return "no further call"
    training, grad, rows = seen[i]
    return (
        f"{'training' if training else 'evaluation'} mode, autograd {'on' if grad else 'off'}, "
        f"{rows} row{'s' * (rows != 1)}"
    )


hints = """
An epoch loops over two loaders, and calls the same `loss_batch` for each batch of both. In
which three things do the two passes differ?

Set the mode before each of the two passes, in every epoch, since the other pass changed it.
Pass `opt` to `loss_batch` for the training batches only, and put the validation pass under
`torch.no_grad()`.

For each `epoch` in `range(epochs)`: `model.train()`, then `loss_batch(model, loss_func, xb, yb,
opt)` for every batch of `train_dl`, then `model.eval()`. For the mean over the samples,
`np.average` takes the lengths as its `weights`.

Under `torch.no_grad()`: `results = [loss_batch(model, loss_func, xb, yb) for xb, yb in
valid_dl]`. Then `losses, nums = zip(*results, strict=True)` and `print(epoch,
np.average(losses, weights=nums))`, still inside the loop over epochs.
"""

afterwards = """
The reference leaves the weighted mean to `np.average(losses, weights=nums)`.
The tutorial writes it out.

`torch.no_grad` in full:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/autograd/grad_mode.py

Try: print each epoch's mean training loss too. In the first epoch it is usually
the larger one. Why?
"""
