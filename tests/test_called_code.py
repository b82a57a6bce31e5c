"""Code of torch that an answer may not call is seen, by whatever way it is called."""

import contextlib
import copy
import functools
import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.autograd import forward_ad
from torch.autograd.functional import jacobian
from torch.nn.grad import conv2d_input
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, Dataset, TensorDataset, default_collate

from tests.harness.kit.called_code import AUTOGRAD, CalledCode
from tests.harness.kit.expect import WrongAnswer
from tests.harness.kit.guard import Guard, Guarded
from tests.harness.kit.shortcuts import Shortcuts
from tests.katas import (
    test_k31_linear_layer,
    test_k32_dropout,
    test_k33_batch_norm,
    test_k34_conv2d,
)

HERE = Path(__file__)
Run = Callable[[], Any]

weight = nn.Parameter(torch.ones(2))
pair = ((torch.ones(2),), (torch.ones(2),))
data = TensorDataset(torch.ones(3, 1))


def refuse(code: CalledCode, run: Run, **how: Any) -> None:
    """Run something as if it were an answer, with this code as a shortcut."""
    shortcuts = Shortcuts(instead="Write it yourself.", code=code, **how)
    Guarded(Guard(HERE, shortcuts), "answer", run)()


class OwnLinear(nn.Linear):
    """Has nothing of its own."""


class OwnOptimiser(optim.Optimizer):
    """Uses the groups of the base class only."""

    def __init__(self) -> None:
        super().__init__([weight], {})


def caught() -> None:
    """Go on after a refusal."""
    with contextlib.suppress(WrongAnswer):
        nn.Linear(1, 1)


class Double(torch.autograd.Function):
    """Has a backward of its own."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """Return twice x."""
        return 2 * x


LINEAR = CalledCode(nn.Linear)
STATE = CalledCode(nn.Module.state_dict, nn.Module.load_state_dict)
OPTIM = CalledCode(files=("optim",))
LOADER = CalledCode(files=("utils/data",), allowed=(Dataset, TensorDataset))
MODULE = CalledCode(files=("nn/modules",))
ENABLE_GRAD = CalledCode(torch.enable_grad)

REFUSED: dict[str, tuple[CalledCode, Run, str]] = {
    "a class": (LINEAR, lambda: nn.Linear(2, 3), "nn.Linear"),
    "a subclass": (LINEAR, lambda: OwnLinear(2, 3), "nn.Linear"),
    "made for its numbers": (LINEAR, lambda: nn.Linear(2, 3).weight.detach(), "nn.Linear"),
    "a partial": (LINEAR, functools.partial(nn.Linear, 2, 3), "nn.Linear"),
    "in spite of except": (LINEAR, caught, "nn.Linear"),
    "a method": (STATE, lambda: nn.ReLU().state_dict(), "nn.Module.state_dict"),
    "a method of a copy": (STATE, lambda: copy.deepcopy(nn.ReLU()).state_dict(), "state_dict"),
    "a borrowed method": (STATE, lambda: nn.Module.load_state_dict(nn.ReLU(), {}), "load_state"),
    "an optimiser": (OPTIM, lambda: optim.SGD([weight], lr=1.0), "torch.optim"),
    "a scheduler": (OPTIM, lambda: LambdaLR(optim.SGD([weight]), lambda n: 1.0), "torch.optim"),
    "a base class": (OPTIM, OwnOptimiser, "torch.optim"),
    "a loader": (LOADER, lambda: list(DataLoader(data)), "torch.utils.data"),
    "a function": (LOADER, lambda: default_collate([1, 2]), "default_collate"),
    "a module": (MODULE, lambda: nn.Module(), "nn.Module"),
    "a list of modules": (MODULE, lambda: nn.ModuleList(), "nn.ModuleList"),
    "a context": (ENABLE_GRAD, lambda: torch.enable_grad().__enter__(), "torch.enable_grad"),
    "backward": (AUTOGRAD, lambda: weight.sum().backward(), "torch.Tensor.backward"),
    "of several": (AUTOGRAD, lambda: torch.autograd.backward([weight.sum()]), "autograd.backward"),
    "grad": (AUTOGRAD, lambda: torch.autograd.grad(weight.sum(), weight), "torch.autograd.grad"),
    "a jacobian": (AUTOGRAD, lambda: jacobian(torch.sin, torch.ones(2)), "functional.jacobian"),
    "func.grad": (AUTOGRAD, lambda: torch.func.grad(torch.sin)(torch.ones(())), "torch.func.grad"),
    "func.vjp": (AUTOGRAD, lambda: torch.func.vjp(torch.sin, torch.ones(2)), "torch.func.vjp"),
    "func.jvp": (AUTOGRAD, lambda: torch.func.jvp(torch.sin, *pair), "torch.func.jvp"),
    "a dual number": (AUTOGRAD, lambda: forward_ad.dual_level().__enter__(), "forward_ad"),
}

ALLOWED: dict[str, tuple[CalledCode, Run]] = {
    "another class": (LINEAR, lambda: nn.Conv2d(1, 1, 1)),
    "another method": (STATE, lambda: dict(nn.Linear(1, 1).named_parameters())),
    "a parameter": (MODULE, lambda: nn.Parameter(torch.ones(2))),
    "a data set": (LOADER, lambda: TensorDataset(torch.ones(2))[0]),
    "a data set's length": (LOADER, lambda: len(data)),
    "no_grad": (AUTOGRAD, torch.no_grad()(lambda: weight + 1)),
    "a graph that is dropped": (AUTOGRAD, lambda: (2 * weight).detach()),
    "a Function": (AUTOGRAD, lambda: Double.apply(weight)),
    "vmap": (AUTOGRAD, lambda: torch.vmap(torch.sin)(torch.ones(2))),
}


MADE = OwnLinear(2, 3)
X, KERNELS = torch.ones(2, 3, 4, 5), torch.ones(2, 3, 1, 1)
aten: Any = torch.ops.aten

# Of the katas about layers: by what, and what the refusal names.
LAYERS: list[tuple[Any, Run, str]] = [
    (test_k31_linear_layer, lambda: nn.Linear(2, 3).weight.detach(), "nn.Linear"),
    (test_k31_linear_layer, lambda: nn.LazyLinear(3), "nn.L"),
    (test_k31_linear_layer, lambda: OwnLinear.reset_parameters(MADE), "nn.Linear"),
    (test_k31_linear_layer, lambda: nn.utils.skip_init(nn.Linear, 2, 3), "nn.Linear"),
    (test_k31_linear_layer, lambda: nn.Bilinear(2, 3, 4), "nn.Bilinear"),
    (test_k31_linear_layer, lambda: F.bilinear(X, X, torch.ones(1, 5, 5)), "bilinear"),
    (test_k31_linear_layer, lambda: nn.Conv1d(1, 1, 1), "nn.Conv1d"),
    (test_k31_linear_layer, lambda: torch.conv2d(X, KERNELS), "conv2d"),
    (test_k32_dropout, lambda: F.dropout(X), "dropout"),
    (test_k32_dropout, lambda: torch.feature_dropout(X, 0.5, True), "dropout"),
    (test_k32_dropout, lambda: F.alpha_dropout(X), "dropout"),
    (test_k32_dropout, lambda: nn.Dropout2d(), "Dropout"),
    (test_k32_dropout, lambda: nn.FeatureAlphaDropout(), "Dropout"),
    (test_k32_dropout, lambda: aten.native_dropout(X, 0.5, True), "native_dropout"),
    (test_k33_batch_norm, lambda: F.batch_norm(X, None, None, training=True), "batch_norm"),
    (test_k33_batch_norm, lambda: nn.BatchNorm2d(3), "Norm"),
    (test_k33_batch_norm, lambda: nn.SyncBatchNorm(3), "Norm"),
    (test_k33_batch_norm, lambda: nn.LazyBatchNorm2d(), "Norm"),
    (test_k33_batch_norm, lambda: nn.InstanceNorm2d(3), "Norm"),
    (test_k33_batch_norm, lambda: nn.RMSNorm(5), "Norm"),
    (test_k33_batch_norm, lambda: F.group_norm(X, 3), "group_norm"),
    (test_k33_batch_norm, lambda: F.layer_norm(X, (5,)), "layer_norm"),
    (test_k33_batch_norm, lambda: F.rms_norm(X, (5,)), "rms_norm"),
    (test_k33_batch_norm, lambda: F.instance_norm(X), "instance_norm"),
    (test_k33_batch_norm, lambda: aten.native_layer_norm(X, [5], None, None, 0.1), "layer_norm"),
    (test_k34_conv2d, lambda: F.conv2d(X, KERNELS), "conv2d"),
    (test_k34_conv2d, lambda: torch.conv3d(X[:, :, None], KERNELS[:, :, None]), "conv3d"),
    (test_k34_conv2d, lambda: F.conv_transpose2d(X, KERNELS.transpose(0, 1)), "conv_transpose"),
    (test_k34_conv2d, lambda: torch.conv_tbc(X[0], torch.ones(1, 5, 2), torch.ones(2)), "conv_tbc"),
    (test_k34_conv2d, lambda: aten._convolution(
        X, KERNELS, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, False, False, False, False
    ), "convolution"),
    (test_k34_conv2d, lambda: nn.Conv2d(3, 2, 1)(X), "Conv"),
    (test_k34_conv2d, lambda: nn.LazyConv2d(2, 1), "Conv"),
    (test_k34_conv2d, lambda: conv2d_input(X.shape, KERNELS, X[:, :2]), "conv2d_input"),
]  # fmt: skip

FREE: list[tuple[Any, Run]] = [
    (test_k31_linear_layer, lambda: F.linear(X, torch.ones(2, 5), torch.ones(2))),
    (test_k31_linear_layer, lambda: nn.init.kaiming_uniform_(torch.ones(2, 5), a=math.sqrt(5))),
    (test_k31_linear_layer, lambda: torch.einsum("nchw,vw->nchv", X, torch.ones(2, 5))),
    (test_k32_dropout, lambda: torch.bernoulli(X / 2) * torch.rand_like(X).ge(0.5)),
    (
        test_k33_batch_norm,
        lambda: F.normalize(X) + X.norm() + torch.var_mean(X, (0, 2, 3))[0].sum(),
    ),
    (test_k34_conv2d, lambda: F.unfold(F.pad(X, (1, 1, 1, 1)), 2)),
    (test_k34_conv2d, lambda: F.linear(X.unfold(2, 2, 1), torch.ones(2, 2))),
]


@pytest.mark.parametrize(("tests", "run", "name"), LAYERS)
def test_a_layer_is_refused_by_its_kata(tests: Any, run: Run, name: str) -> None:
    with pytest.raises(WrongAnswer, match=f"`[^`]*{name}[^`]*` does the whole work"):
        Guarded(Guard(HERE, tests.shortcuts), "answer", run)()


@pytest.mark.parametrize(("tests", "run"), FREE)
def test_what_a_layer_is_made_of_is_allowed(tests: Any, run: Run) -> None:
    Guarded(Guard(HERE, tests.shortcuts), "answer", run)()


@pytest.mark.parametrize("way", REFUSED)
def test_it_is_refused_and_named(way: str) -> None:
    code, run, name = REFUSED[way]
    with pytest.raises(WrongAnswer, match=name):
        refuse(code, run)


@pytest.mark.parametrize("way", ALLOWED)
def test_what_is_not_listed_is_allowed(way: str) -> None:
    code, run = ALLOWED[way]
    refuse(code, run)


@pytest.mark.parametrize("alias", [nn.Linear, OwnLinear, functools.partial(nn.Linear, bias=False)])
def test_an_alias_is_refused_where_no_line_of_the_answer_runs(alias: Run, tmp_path: Path) -> None:
    shortcuts = Shortcuts(instead="", code=LINEAR)
    answer = Guarded(Guard(tmp_path / "k31_linear_layer.py", shortcuts), "Linear", alias)
    with pytest.raises(WrongAnswer, match=r"nn\.Linear"):
        answer(2, 3)


def test_a_loader_is_refused_that_is_torchs_but_for_how_it_is_made(tmp_path: Path) -> None:
    class Loader(DataLoader[Any]):
        def __init__(self, dataset: Any) -> None:
            vars(self).update(dataset=dataset, batch_size=1)

    shortcuts = Shortcuts(instead="", code=LOADER)
    loader = Guarded(Guard(tmp_path / "k40_loader.py", shortcuts), "DataLoader", Loader)(data)
    with pytest.raises(WrongAnswer, match=r"torch\.utils\.data"):
        iter(loader)


class OwnModule:
    """Is no module of torch's, but for one method."""

    train = nn.Module.train


@pytest.mark.parametrize("kind", [nn.Module, OwnLinear, OwnModule])
def test_a_class_is_refused_that_has_a_method_from_elsewhere(kind: type) -> None:
    with pytest.raises(WrongAnswer, match=r"(Module|Linear)\."):
        Shortcuts(instead="", code=MODULE).refuse_members(kind)


def test_a_class_of_ones_own_is_not_refused() -> None:
    Shortcuts(instead="", code=MODULE).refuse_members(TensorDataset)
    Shortcuts(instead="").refuse_members(nn.Module)


def test_a_thread_is_watched() -> None:
    def in_thread() -> None:
        thread = threading.Thread(target=lambda: nn.Linear(1, 1))
        thread.start()
        thread.join()

    with pytest.raises(WrongAnswer, match=r"nn\.Linear"):
        refuse(LINEAR, in_thread)


def test_what_the_test_itself_calls_is_not_the_answers(tmp_path: Path) -> None:
    shortcuts = Shortcuts(instead="", code=LINEAR)
    with Guard(tmp_path / "k08_nll.py", shortcuts).watching("A test"):
        nn.Linear(1, 1)


@pytest.mark.parametrize("own_file_only", [True, False])
def test_a_file_beside_the_answer_is_judged_by_its_own_kata(
    own_file_only: bool, tmp_path: Path
) -> None:
    beside: dict[str, Any] = {"nn": nn}
    text = "def make():\n    return nn.Linear(1, 1)"
    exec(compile(text, str(tmp_path / "k34_conv2d.py"), "exec"), beside)
    text = "def answer():\n    return make()"
    exec(compile(text, str(tmp_path / "k46_from_scratch.py"), "exec"), beside)
    shortcuts = Shortcuts(instead="", code=LINEAR, own_file_only=own_file_only)
    guard = Guard(tmp_path / "k46_from_scratch.py", shortcuts)
    answer = Guarded(guard, "answer", beside["answer"])
    if own_file_only:
        answer()
        return
    with pytest.raises(WrongAnswer, match=r"nn\.Linear"):
        answer()
