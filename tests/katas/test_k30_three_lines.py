"""What an answer to k30 must do."""

import contextlib
import copy
import io
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.utils.data import TensorDataset

from tests.harness.kit import Answer, Row, digits, expect, expect_type, refuse
from tests.harness.kit.compare import expect_close
from tests.harness.kit.strategies import batch_sizes, normal

# Of 300 right trainings with 300 seeds, 288 were right on 85 % or more of the digits, mostly
# on 97 %. The other twelve ended with logits dead after the tutorial's last ReLU, at 53 % or
# less, through no fault of the answer. So up to six are tried; that all six end like this happens
# once in 10⁸ times. Networks that were untrained, or trained for one step, or on noise, were never
# right on more than 54 %, in 300 of 300.
CHOSEN = (0, 4)
GOOD = 0.85


@cache
def zeros_and_fours() -> tuple[TensorDataset, TensorDataset]:
    """Return 1000 built-in digits to learn from and some 200 to be tested on."""
    x, y = map(torch.tensor, digits.draw(6_000, seed=5))
    rows = torch.isin(y, torch.tensor(CHOSEN))
    x, y = x[rows][:1200], y[rows][:1200]
    return TensorDataset(x[:1000], y[:1000]), TensorDataset(x[1000:], y[1000:])


def noise(n: int = 60) -> TensorDataset:
    """Return a data set from which nothing can be learned."""
    return TensorDataset(normal(n, 784, seed=1), torch.arange(n) % 10)


@pytest.mark.time_limit(60)
def test_it_learns_to_tell_digits_apart(answer: Answer) -> None:
    """`get_data(train_ds, valid_ds, bs)`, a `Mnist_CNN()` with `get_optimizer(model, lr)`, and
    `fit(epochs, model, F.cross_entropy, opt, train_dl, valid_dl)`; then return the model that
    was trained. `fit`, `get_data`, `Mnist_CNN` and `get_optimizer` are your own: are k22 to k25
    solved?"""
    _train(answer, noise(5), noise(5), bs=5, lr=0.05, epochs=1)  # before the digits are drawn
    train_ds, test_ds = zeros_and_fours()
    best = 0.0
    for _ in range(6):
        model = _train(answer, train_ds, noise(), bs=50, lr=0.05, epochs=5)
        best = max(best, _accuracy(model, test_ds))
        if best >= GOOD:
            return
    refuse(
        call="train(train_ds, valid_ds, bs=50, lr=0.05, epochs=5), on built-in digits",
        gave=f"right on {best:.0%} of the digits that it has not seen",
        expected=f"{GOOD:.0%} or more, of zeros and fours",
    )


@pytest.mark.parametrize(("n", "bs", "epochs"), [(23, 10, 2), (20, 10, 1), (5, 7, 3)])
def test_the_model_sees_every_training_row_in_every_epoch(
    answer: Answer, n: int, bs: int, epochs: int
) -> None:
    """The model that is returned is the one that went through `fit`: in training mode it has
    seen each row of `train_ds` once in each of `epochs` epochs, in batches of `bs`, and no row
    of `valid_ds`. (`fit` and `get_data` are your own: are k22 and k23 solved?)"""
    number = torch.arange(1.0, n + 1)
    train_ds = TensorDataset(number[:, None].repeat(1, 784) / n, torch.arange(n) % 10)
    with _Witness() as seen:
        model = _train(answer, train_ds, noise(), bs=bs, epochs=epochs)
    batches = seen.batches(model)
    sizes = sorted(len(xb) for xb in batches)
    due = sorted(batch_sizes(n, bs) * epochs)
    call = f"train(train_ds, valid_ds, bs={bs}, epochs={epochs}), {n} training rows"
    expect(sizes == due, call=call, gave=f"the model saw batches of {sizes}", expected=due)
    rows = sorted(round(value * n) for xb in batches for value in xb.flatten(1)[:, 0].tolist())
    once = sorted(list(range(1, n + 1)) * epochs)
    expect(rows == once, call=call, gave=f"rows {rows}", expected=once)


def test_the_defaults_are_two_epochs_of_batches_of_64(answer: Answer) -> None:
    """`bs=64, lr=0.1, epochs=2`, as in the stub."""
    with _Witness() as seen:
        model = _train(answer, noise(70), noise())
    sizes = [len(xb) for xb in seen.batches(model)]
    due = [64, 6, 64, 6]
    call = "train(train_ds, valid_ds), 70 training rows"
    expect(sizes == due, call=call, gave=f"batches of {sizes}", expected=due)


@pytest.mark.parametrize("lr", [0.25, 0.01, 0.0, None])
def test_a_step_goes_down_the_cross_entropy_at_the_rate_asked_for(
    answer: Answer, lr: float | None
) -> None:
    """Pass `lr` to the optimiser, and the optimiser and `F.cross_entropy` to `fit`: a step adds
    −lr times the gradient of this loss to the parameters, and lr is 0.1 unless given.
    (`fit` and `get_optimizer` are your own: are k22 and k25 solved?)"""
    rate = {} if lr is None else {"lr": lr}
    numbered = TensorDataset(normal(6, 784, seed=3), torch.arange(6))
    with _Witness() as seen:
        model = _train(answer, numbered, noise(), bs=10, epochs=1, **rate)
    before, xb = next((copied, xb) for module, copied, xb in seen.training() if module is model)
    rows = [int((numbered.tensors[0] == row).all(1).nonzero()) for row in xb.flatten(1)]
    F.cross_entropy(before(xb), torch.tensor(rows)).backward()
    due = 0.1 if lr is None else lr
    for (name, p), old in zip(model.named_parameters(), before.parameters(), strict=True):
        assert old.grad is not None
        shown = "" if lr is None else f", lr={lr}"
        call = Row.call(f"train(train_ds, valid_ds, bs=10, epochs=1{shown}), of 6 rows")
        expect_close(
            p,
            old.detach().double() - due * old.grad.double(),
            what=name,
            rows=[call],
            says="p - lr * p.grad",
            scale=1.0,
            terms=100,
        )


def test_zero_epochs_train_nothing(answer: Answer) -> None:
    """Pass `epochs` to `fit`: with `epochs=0`, the model is as it was made."""
    with _Witness() as seen:
        _train(answer, noise(), noise(), epochs=0)
    count = len(list(seen.training()))
    gave = f"{count} batches seen in training mode"
    expect(not count, call="train(train_ds, valid_ds, epochs=0)", gave=gave, expected="none")


def test_two_training_runs_start_differently(answer: Answer) -> None:
    """Each call makes a model of its own, which no later call changes."""
    train_ds = noise(20)
    first = _train(answer, train_ds, noise(), epochs=1)
    before = [p.detach().clone() for p in first.parameters()]
    second = _train(answer, train_ds, noise(), epochs=1)
    expect(first is not second, "Two calls of `train` return the same model.")
    for p, old, other in zip(first.parameters(), before, second.parameters(), strict=True):
        expect(torch.equal(p, old), "A second call went on training the model of the first.")
        expect(not torch.equal(p, other), "Two training runs returned the same parameters.")


class _Witness:
    """Notes every call of a network: which, in which mode, as it was then, and with what."""

    def __init__(self) -> None:
        self.calls: list[tuple[nn.Module, nn.Module, Tensor]] = []

    def __enter__(self) -> "_Witness":
        self._hook = register_module_forward_pre_hook(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        self._hook.remove()

    def training(self) -> Iterator[tuple[nn.Module, nn.Module, Tensor]]:
        """Yield the calls in training mode: the network, a copy from before, the batch."""
        return (call for call in self.calls if call[1].training)

    def batches(self, model: nn.Module) -> list[Tensor]:
        """Return the batches that a model has seen in training mode."""
        return [xb for module, _, xb in self.training() if module is model]

    def _called(self, module: nn.Module, args: Any) -> None:
        if args and isinstance(args[0], Tensor) and len(list(module.parameters())) > 2:
            self.calls.append((module, copy.deepcopy(module), args[0].detach().clone()))


def _train(
    answer: Answer, train_ds: TensorDataset, valid_ds: TensorDataset, **settings: Any
) -> Any:
    """Let the answer train, silently."""
    with contextlib.redirect_stdout(io.StringIO()):
        model = answer.train(train_ds, valid_ds, **settings)
    expect_type(
        model,
        nn.Module,
        "train(train_ds, valid_ds)",
        "an nn.Module",
        "Return the model that was trained.",
    )
    return model


def _accuracy(model: nn.Module, ds: TensorDataset) -> float:
    xb, yb = ds.tensors
    model.eval()
    with torch.no_grad():
        return (model(xb).argmax(1) == yb).double().mean().item()


hints = """
Look at the signature of `fit` in k22: it takes six things. Which of them does `train` get, and
which import makes each of the others?

Make the model inside `train`, and give it a name: the optimiser needs its parameters, `fit`
trains it, and it is what you return, since `fit` itself returns nothing. `bs` goes to
`get_data`, `lr` to `get_optimizer`, `epochs` to `fit`.

`train_dl, valid_dl = get_data(train_ds, valid_ds, bs)`, then `model = Mnist_CNN()`, then
`fit(epochs, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)`, and `return
model`.
"""

afterwards = """
The reference passes `F.cross_entropy` itself on. `fit` calls it, and never
learns which loss, which model or which data these are.

PyTorch's own MNIST program:
https://github.com/pytorch/examples/blob/main/mnist/main.py

Try: copy `katas/`, and leave out the third ReLU of k24 there. Run k30 in both
folders with `--seed=1` to `--seed=5`. How often is some digit never guessed?
"""
