"""Small models, data sets, losses and optimisers to train with."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor, nn, optim

from tests.harness.kit.compare import expect_close
from tests.harness.kit.expect import Row, WrongAnswer
from tests.harness.kit.models import fill
from tests.harness.kit.show import show, show_pair
from tests.harness.kit.strategies import dtypes, normal, seeds

Batches = list[tuple[Tensor, Tensor]]

# The mode in which a model comes.
MODES = pytest.mark.parametrize("training", [True, False], ids=["training", "evaluating"])


@dataclass
class Setup:
    """A model, its loss, an optimiser and data, of which equal copies can be made."""

    kind: str
    optimiser: str
    loss: str
    seed: int
    dtype: torch.dtype
    sizes: list[int]
    inputs: int = 3
    classes: int = 2

    def __repr__(self) -> str:
        """Name what it takes to build the same by hand."""
        return f"{self.parts}, batches of {self.sizes}"

    @property
    def parts(self) -> str:
        """Name the model, the optimiser and the loss."""
        return f"a {self.kind} model, {self.optimiser}, {self.loss}"

    def model(self) -> nn.Module:
        """Return the model; every call gives an equal one."""
        model = _MODELS[self.kind](self.inputs, self.classes)
        fill(model, self.seed)
        return model.to(self.dtype)

    def opt(self, model: nn.Module) -> optim.Optimizer:
        """Return an optimiser for a model."""
        return _OPTIMISERS[self.optimiser](model.parameters())

    @property
    def loss_func(self) -> Callable[[Tensor, Tensor], Tensor]:
        """The loss of a batch: its mean over the rows."""
        return _LOSSES[self.loss]

    def batches(self, sizes: Sequence[int] | None = None, *, shift: int = 1) -> Batches:
        """Return batches of these sizes; ``shift`` tells one data set from another."""
        return [
            self._batch(size, self.seed + 97 * shift + 31 * i)
            for i, size in enumerate(self.sizes if sizes is None else sizes)
        ]

    def _batch(self, size: int, seed: int) -> tuple[Tensor, Tensor]:
        xb = normal(size, self.inputs, seed=seed, dtype=self.dtype)
        if self.loss == "mse_loss":
            return xb, normal(size, self.classes, seed=seed + 1, dtype=self.dtype)
        return xb, (xb.sum(1) * 1.7).long().remainder(self.classes)


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    """Setups of every kind; the last batch may be shorter than the others."""
    kind = draw(st.sampled_from(list(_MODELS)))
    least = 2 if kind == "batch-norm" else 1  # one row has no variance to be normed by
    size = draw(st.integers(least, 5))
    count = draw(st.integers(1, 4))
    last = draw(st.integers(least, size))
    return Setup(
        kind=kind,
        optimiser=draw(st.sampled_from(list(_OPTIMISERS))),
        loss=draw(st.sampled_from(list(_LOSSES))),
        seed=draw(seeds),
        dtype=draw(dtypes),
        sizes=[size] * (count - 1) + [last],
        inputs=draw(st.integers(1, 4)),
        classes=draw(st.integers(1, 3)),
    )


@dataclass
class Lesson:
    """A setup whose batches are the slices of one data set, gone through some times."""

    setup: Setup
    bs: int
    epochs: int

    def __repr__(self) -> str:
        """Name what it takes to build the same by hand."""
        rows = sum(self.setup.sizes)
        shown = f"{rows} row{'s' * (rows > 1)} in batches of {self.setup.sizes}"
        return f"{self.setup.parts}, {shown}"

    def data(self) -> tuple[Tensor, Tensor]:
        """Return the whole data, x and y; every call gives equal ones."""
        xs, ys = zip(*self.setup.batches(), strict=True)
        return torch.cat(xs), torch.cat(ys)

    def rows(self, call: str) -> list[Row]:
        """Show a call."""
        call = call.replace("=epochs", f"={self.epochs}").replace("=bs", f"={self.bs}")
        return [Row("call", "", call), Row("note", "with", str(self))]


@st.composite
def lessons(
    draw: st.DrawFn,
    epochs: st.SearchStrategy[int] = st.integers(1, 3),  # noqa: B008
) -> Lesson:
    """Lessons of every kind; the batch size may be larger than the data set."""
    setup = draw(setups())
    larger = draw(st.integers(0, 2)) if len(setup.sizes) == 1 else 0
    return Lesson(setup, setup.sizes[0] + larger, draw(epochs))


def expect_same_training(
    lesson: Lesson,
    fit: Callable[[nn.Module, optim.Optimizer], object],
    call: str,
    *,
    times: int = 1,
    optimiser: Callable[[nn.Module], optim.Optimizer] | None = None,
) -> None:
    """Refuse a ``fit`` after which the model is not where a plain loop leads it."""
    optimiser = optimiser or lesson.setup.opt
    ours, theirs = lesson.setup.model(), lesson.setup.model()
    opt, reference = optimiser(ours), optimiser(theirs)
    for _ in range(times):
        fit(ours, opt)
        for _ in range(lesson.epochs):
            for xb, yb in lesson.setup.batches():
                step(theirs, lesson.setup.loss_func, reference, xb, yb)
    expect_same_state(ours, theirs, rows=lesson.rows(call))


@dataclass
class Loader:
    """Can be gone through again and again; no length and no data set is known of it."""

    batches: Callable[[int], Batches]
    passes: int = 0

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Begin another pass, with other batches than the last, as if they were shuffled."""
        self.passes += 1
        return iter(self.batches(self.passes))


class _Log(list[tuple[bool, bool, int]]):
    """A list that stays the same one when the model that writes it is copied."""

    def __deepcopy__(self, memo: Any) -> "_Log":
        return self


class Probe(nn.Module):
    """Wraps a model, and notes in which modes it is called and on how many rows."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.seen = _Log()

    def forward(self, xb: Tensor) -> Tensor:
        """Call the model."""
        self.seen.append((self.training, torch.is_grad_enabled(), len(xb)))
        return self.model(xb)


def expect_same_state(
    gave: nn.Module, expected: nn.Module, why: str = "", rows: Sequence[Row] = ()
) -> None:
    """Refuse a model whose parameters or buffers are not the expected one's."""
    theirs = expected.state_dict()
    for name, value in gave.state_dict().items():
        if value.dtype != theirs[name].dtype:
            facts = (
                Row("gave", "gave", show(value)),
                Row("expected", "expected", show(theirs[name])),
            )
            raise WrongAnswer(f"`{name}` has another dtype than before.", rows=[*rows, *facts])
        expect_close(
            value, theirs[name], what=f"{name}, afterwards", why=why, rows=rows,
            scale=10.0, terms=100 if value.is_floating_point() else 0,
        )  # fmt: skip


def step(
    model: nn.Module, loss_func: Callable[..., Tensor], opt: optim.Optimizer, xb: Tensor, yb: Tensor
) -> float:
    """Take one step of an optimiser; return the loss before it."""
    loss = loss_func(model(xb), yb)
    loss.backward()
    opt.step()
    opt.zero_grad()
    return loss.item()


def expect_number(gave: Any, kind: type, what: str, rows: Sequence[Row] = ()) -> None:
    """Refuse what is not a plain Python number of one kind."""
    if not isinstance(gave, kind) or isinstance(gave, bool):
        hint = "`.item()` takes the number out of a tensor." if isinstance(gave, Tensor) else ""
        raise WrongAnswer(
            f"{what} is a {type(gave).__name__}; a Python {kind.__name__} is due. {hint}".strip(),
            rows=[*rows, Row("gave", "gave", show(gave))],
        )


def expect_loss(
    gave: float, expected: float, dtype: torch.dtype, why: str = "", rows: Sequence[Row] = ()
) -> None:
    """Refuse a loss that is not the expected one in full precision."""
    bound = 64 * torch.finfo(dtype).eps * max(1.0, abs(expected))
    if not abs(gave - expected) <= bound:
        mine, theirs = show_pair(gave, expected)
        facts = [Row("gave", "gave", mine), Row("expected", "expected", theirs)]
        raise WrongAnswer(why, rows=[*rows, *facts])


class _Gain(nn.Module):
    """Has a parameter without an axis, of a name of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(()))

    def forward(self, xb: Tensor) -> Tensor:
        return self.gain * xb


class _Residual(nn.Module):
    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.inner = nn.Linear(inputs, inputs)
        self.outer = nn.Sequential(nn.Linear(inputs, classes, bias=False), _Gain())
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, xb: Tensor) -> Tensor:
        return self.outer(xb + torch.tanh(self.inner(xb))) + self.bias


class _Tied(nn.Module):
    """Has one parameter under two names."""

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.first = nn.Linear(inputs, inputs, bias=False)
        self.second = nn.Linear(inputs, inputs)
        self.second.weight = self.first.weight
        self.outer = nn.Linear(inputs, classes)

    def forward(self, xb: Tensor) -> Tensor:
        return self.outer(torch.tanh(self.second(torch.tanh(self.first(xb)))))


class _Normed(nn.Module):
    """Batch norm, whose state tells how often and in which mode it was called."""

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(inputs)
        self.lin = nn.Linear(inputs, classes)

    def forward(self, xb: Tensor) -> Tensor:
        return self.lin(self.norm(xb))


_MODELS: dict[str, Callable[[int, int], nn.Module]] = {
    "linear": nn.Linear,
    "residual": _Residual,
    "tied": _Tied,
    "batch-norm": _Normed,
}
_OPTIMISERS: dict[str, Callable[[Iterable[Tensor]], optim.Optimizer]] = {
    "SGD": lambda parameters: optim.SGD(parameters, lr=0.1),
    "SGD with momentum": lambda parameters: optim.SGD(parameters, lr=0.05, momentum=0.9),
    "Adagrad": lambda parameters: optim.Adagrad(parameters, lr=0.1),
}
_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cross_entropy": F.cross_entropy,
    "mse_loss": F.mse_loss,
}
