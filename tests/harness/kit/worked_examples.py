"""The example by hand of several stubs, as an input of tests: one weight, trained towards 0."""

import torch
from torch import Tensor, nn, optim

from tests.harness.kit.training import TrainingRun, TrainingSetup

RATE = 0.25


class OneWeight(TrainingSetup):
    """A model of one weight, 2.0, whose loss is its square: a step with lr=0.25 halves it."""

    def __init__(self, *sizes: int) -> None:
        super().__init__("linear", "SGD", "mse_loss", 0, torch.float32, list(sizes), 1, 1)

    @property
    def parts(self) -> str:
        """Say what the model, the optimiser and the data are."""
        return f"one weight of 2.0, SGD with lr={RATE}, mse_loss, each x is 1 and each y is 0"

    def model(self) -> nn.Module:
        """Return the model."""
        model = nn.Linear(self.inputs, self.classes, bias=False)
        nn.init.constant_(model.weight, 2.0)
        return model

    def opt(self, model: nn.Module) -> optim.Optimizer:
        """Return an optimiser for a model."""
        return optim.SGD(model.parameters(), lr=RATE)

    def _batch(self, size: int, seed: int) -> tuple[Tensor, Tensor]:
        return torch.ones(size, 1), torch.zeros(size, 1)


def one_weight(*sizes: int) -> TrainingRun:
    """Return two epochs of that training, with batches of these sizes."""
    return TrainingRun(OneWeight(*sizes), bs=max(sizes), epochs=2)
