"""Small trainings: a model, its loss, an optimiser and data, and a reference to compare with."""

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor, nn, optim

from tests.harness.kit.compare import expect_close, expect_unchanged
from tests.harness.kit.expect import Row, WrongAnswer
from tests.harness.kit.models import SMALL_MODELS, fill
from tests.harness.kit.show import show, show_pair
from tests.harness.kit.strategies import batch_sizes, dtypes, normal, seeds

Batches = list[tuple[Tensor, Tensor]]

# Runs a test twice: on a model in training mode and on one in evaluation mode.
each_mode = pytest.mark.parametrize("training", [True, False], ids=["training", "evaluating"])

_OPTIMISERS: dict[str, Callable[[Iterable[Tensor]], optim.Optimizer]] = {
    "SGD": lambda parameters: optim.SGD(parameters, lr=0.1),
    "SGD with momentum": lambda parameters: optim.SGD(parameters, lr=0.05, momentum=0.9),
    "Adagrad": lambda parameters: optim.Adagrad(parameters, lr=0.1),
    # With a large eps: g / (|g| + eps) would magnify the rounding of a small gradient.
    "Adam": lambda parameters: optim.Adam(parameters, lr=0.05, eps=1e-2),
}
_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cross_entropy": F.cross_entropy,
    "mse_loss": F.mse_loss,
}


@dataclass
class TrainingSetup:
    """A model, its loss, an optimiser and batches; every call of a method makes equal copies."""

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
        """Return the model."""
        model = SMALL_MODELS[self.kind](self.inputs, self.classes)
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
        """Return batches of these sizes; another ``shift`` gives another data set."""
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
def training_setups(draw: st.DrawFn) -> TrainingSetup:
    """Setups of every kind; the last batch may be shorter than the others."""
    kind = draw(st.sampled_from(list(SMALL_MODELS)))
    least = 2 if kind == "batch-norm" else 1  # one row has no variance
    size = draw(st.integers(least, 5))
    count = draw(st.integers(1, 4))
    last = draw(st.integers(least, size))
    return TrainingSetup(
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
class TrainingRun:
    """A setup whose batches are slices of one data set, with a number of epochs."""

    setup: TrainingSetup
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

    @contextlib.contextmanager
    def unchanged_data(self, call: str) -> Iterator[tuple[Tensor, Tensor]]:
        """Provide the data to the block; reject an answer that modifies it there."""
        x, y = self.data()
        yield x, y
        before = dict(zip("xy", self.data(), strict=True))
        expect_unchanged({"x": x, "y": y}, before, rows=self.rows(call))

    def train(self, model: nn.Module, opt: optim.Optimizer) -> None:
        """Train as the reference does: one step for each batch of each epoch."""
        for _ in range(self.epochs):
            for xb, yb in self.setup.batches():
                step(model, self.setup.loss_func, opt, xb, yb)

    def rows(self, call: str) -> list[Row]:
        """Return the rows of a call, with the numbers of this run for ``=epochs`` and ``=bs``."""
        call = call.replace("=epochs", f"={self.epochs}").replace("=bs", f"={self.bs}")
        return [Row.call(call), Row.fact("with", str(self))]


@st.composite
def training_runs(
    draw: st.DrawFn,
    epochs: st.SearchStrategy[int] = st.integers(1, 3),  # noqa: B008
) -> TrainingRun:
    """Runs of every kind; the batch size may be larger than the data set."""
    setup = draw(training_setups())
    larger = draw(st.integers(0, 2)) if len(setup.sizes) == 1 else 0
    return TrainingRun(setup, setup.sizes[0] + larger, draw(epochs))


def run_by_defaults(
    n: int, seed: int, *, optimiser: str = "SGD with momentum", loss: str = "mse_loss"
) -> TrainingRun:
    """Return a run with the defaults of the stubs: two epochs over ``n`` rows, batches of 64."""
    sizes = batch_sizes(n, 64)
    setup = TrainingSetup("linear", optimiser, loss, seed, torch.float64, sizes, 5, 3)
    return TrainingRun(setup, bs=64, epochs=2)


def step(model: nn.Module, loss_func: Any, opt: optim.Optimizer, xb: Tensor, yb: Tensor) -> float:
    """Take one step of an optimiser; return the loss before it."""
    loss = loss_func(model(xb), yb)
    loss.backward()
    opt.step()
    opt.zero_grad()
    return float(loss.item())


def expect_same_training(
    run: TrainingRun,
    fit: Callable[[nn.Module, optim.Optimizer], object],
    call: str,
    *,
    times: int = 1,
    optimiser: Callable[[nn.Module], optim.Optimizer] | None = None,
) -> None:
    """Reject a ``fit`` after which the model is in another state than after ``run.train``."""
    optimiser = optimiser or run.setup.opt
    ours, theirs = run.setup.model(), run.setup.model()
    opt, reference = optimiser(ours), optimiser(theirs)
    for _ in range(times):
        fit(ours, opt)
        run.train(theirs, reference)
    expect_same_state(ours, theirs, rows=run.rows(call), before=run.setup.model)


def expect_same_state(
    gave: nn.Module,
    expected: nn.Module,
    why: str = "",
    rows: Sequence[Row] = (),
    before: Callable[[], nn.Module] | None = None,
) -> None:
    """Reject a model whose parameters or buffers differ from the expected model's.

    ``before`` makes the model as it was at first, which is shown beside.
    """
    theirs = expected.state_dict()
    for name, value in gave.state_dict().items():
        if value.dtype != theirs[name].dtype:
            facts = Row.gave(show(value)), Row.expected(show(theirs[name]))
            raise WrongAnswer(f"`{name}` has a different dtype from before.", rows=[*rows, *facts])
        first = None if before is None else functools.partial(_tensor_of, before, name)
        expect_trained(name, value, theirs[name], first, why, rows)


def _tensor_of(make: Callable[[], nn.Module], name: str) -> Tensor:
    tensor: Tensor = make().state_dict()[name]
    return tensor


def expect_trained(
    name: str,
    gave: Tensor,
    expected: Tensor,
    before: Callable[[], Tensor] | None,
    why: str = "",
    rows: Sequence[Row] = (),
) -> None:
    """Reject a parameter or buffer that differs from the expected one after a training.

    ``before`` returns it as it was at first; it is called only if there is something to show.
    """
    try:
        terms = 100 if gave.is_floating_point() else 0
        expect_close(gave, expected, why=why, scale=10.0, terms=terms)
    except WrongAnswer as error:
        shown = [Row.fact(f"{name}, afterwards")]
        if before is not None:
            first = before().detach()
            shown.append(Row.fact("before", show(first)))
            if torch.equal(gave.detach().double(), first.double()):
                unchanged = f"`{name}` is as it was before: the training has not changed it."
                error.why = error.why or unchanged
        error.begin_with([*rows, *shown])
        raise


def expect_number(gave: Any, kind: type, what: str, rows: Sequence[Row] = ()) -> None:
    """Reject what is not a plain Python number of type ``kind``."""
    if not isinstance(gave, kind) or isinstance(gave, bool):
        hint = "`.item()` takes the number out of a tensor." if isinstance(gave, Tensor) else ""
        raise WrongAnswer(
            f"{what} is a {type(gave).__name__}, not a Python {kind.__name__}. {hint}".strip(),
            rows=[*rows, Row.gave(show(gave)), Row.expected(f"a Python {kind.__name__}")],
        )


def expect_loss(
    gave: float, expected: float, dtype: torch.dtype, why: str = "", rows: Sequence[Row] = ()
) -> None:
    """Reject a loss that is not the expected one in full precision."""
    bound = 64 * torch.finfo(dtype).eps * max(1.0, abs(expected))
    if not abs(gave - expected) <= bound:
        mine, theirs = show_pair(gave, expected)
        raise WrongAnswer(why, rows=[*rows, Row.gave(mine), Row.expected(theirs)])


@dataclass
class Loader:
    """An iterable of batches, without length or data set; each pass has other batches."""

    batches: Callable[[int], Batches]
    passes: int = 0

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Begin another pass."""
        self.passes += 1
        return iter(self.batches(self.passes))


class _Log(list[tuple[bool, bool, int]]):
    """A list that stays the same one when the model that writes it is copied."""

    def __deepcopy__(self, memo: Any) -> "_Log":
        return self


class Probe(nn.Module):
    """Wraps a model; notes the mode, the grad mode and the number of rows of each call."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.seen = _Log()

    def forward(self, xb: Tensor) -> Any:
        """Call the model."""
        self.seen.append((self.training, torch.is_grad_enabled(), len(xb)))
        return self.model(xb)
