"""What k30 trains: the learner's `train`, or a Sequential in three lines of the program's own."""

from collections.abc import Callable
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from solutions.k28_wrapped_dataloader import WrappedDataLoader
from tests.harness.kit.programs.parts import ACCELERATOR, SEQUENTIAL, WRAPPED, Parts

Train = Callable[..., nn.Module]


class Training(Protocol):
    """A training, and how a batch of flat images is prepared for its network."""

    device: torch.device

    @property
    def train(self) -> Train:
        """Return the function that trains on two data sets, as `train` in k30 does."""

    def prepare(self, xb: Tensor, yb: Tensor) -> tuple[Tensor, Tensor]:
        """Return the batch as the network takes it, on `device`."""


class ThreeLines:
    """The learner's `train` of k30. It knows of no device: only the judging is done there."""

    def __init__(self, train: Train, parts: Parts) -> None:
        accelerator = parts.get(ACCELERATOR)
        parts.imported_by(train)
        self.device, self._to_device = accelerator.get_device(), accelerator.to_device
        self.train = train

    def prepare(self, xb: Tensor, yb: Tensor) -> tuple[Tensor, Tensor]:
        """Move the batch to the device."""
        moved: tuple[Tensor, Tensor] = self._to_device(xb, yb, self.device)
        return moved

    def __str__(self) -> str:
        """Say nothing: `train` is what k30 is about."""
        return ""


class Sequential:
    """The network of k28 and its wrapped loader or, if that does not work, the network of k27."""

    def __init__(self, parts: Parts) -> None:
        accelerator = parts.get(ACCELERATOR)
        self.device, self._to_device = accelerator.get_device(), accelerator.to_device
        self._wraps = parts.works(WRAPPED)
        self._network = parts.own(WRAPPED if self._wraps else SEQUENTIAL)
        self._loader = self._network.WrappedDataLoader if self._wraps else WrappedDataLoader
        self._get_data = parts.own("k23_get_data").get_data
        self._get_optimizer = parts.own("k25_momentum").get_optimizer
        self._fit = parts.own("k22_fit").fit

    def train(self, train_ds: Any, valid_ds: Any, bs: int, lr: float, epochs: int) -> nn.Module:
        """Return a Sequential trained on `train_ds`: data, model, fit."""
        dls = [self._loader(dl, self.prepare) for dl in self._get_data(train_ds, valid_ds, bs)]
        model: nn.Module = self._network.get_model().to(self.device)
        self._fit(epochs, model, F.cross_entropy, self._get_optimizer(model, lr), *dls)
        return model

    def prepare(self, xb: Tensor, yb: Tensor) -> tuple[Tensor, Tensor]:
        """Give the images the shape that k28 asks for, and move the batch to the device."""
        batch = self._network.preprocess(xb, yb) if self._wraps else (xb, yb)
        moved: tuple[Tensor, Tensor] = self._to_device(*batch, self.device)
        return moved

    def __str__(self) -> str:
        """Say which network it is, and where it is computed."""
        which = "k28" if self._wraps else "k27, since k28 is not solved"
        return f"On the {self.device.type}: the Sequential of {which}.\n"
