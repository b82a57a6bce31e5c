"""Part 3 · The same with torch.nn
k17 · An optimiser

Half of the loop of k15 is the step: it updates every parameter by hand, under `no_grad`,
and clears the gradients. An *optimiser* is told once which parameters are its own, and
then

    opt.step()         updates every one of them by its own rule
    opt.zero_grad()    clears their gradients

so that the loop need not know how a step is made. `optim.SGD` makes the step of k11;
with another optimiser the same loop makes another.

Most code that you will see clears first: `zero_grad`, `backward`, `step`. Both orders
are right. All that matters is that the gradients are clear when `backward` begins.

Read: https://docs.pytorch.org/docs/stable/optim.html
      https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
Tutorial: "Refactor using torch.optim"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#refactor-using-torch-optim
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn, optim


class Mnist_Logistic(nn.Module):
    """A linear classifier of 28 × 28 digits (k16)."""

    def __init__(self) -> None:
        super().__init__()
        self.lin = nn.Linear(784, 10)

    def forward(self, xb: Tensor) -> Tensor:
        """Return the logits (N, 10) of a batch of flat images (N, 784)."""
        return self.lin(xb)


def get_model(lr: float = 0.5) -> tuple[nn.Module, optim.Optimizer]:
    """Return a new model, and plain SGD (no momentum) for its parameters.

    >>> model, opt = get_model(lr=0.25)
    >>> opt.param_groups[0]["lr"], len(opt.param_groups[0]["params"])
    (0.25, 2)
    """
    model = Mnist_Logistic()
    return model, optim.SGD(model.parameters(), lr=lr)


def fit(
    model: nn.Module,
    opt: optim.Optimizer,
    loss_func: Callable[[Tensor, Tensor], Tensor],
    x: Tensor,
    y: Tensor,
    epochs: int = 2,
    bs: int = 64,
) -> None:
    """Train a module in place: one step of `opt` for each minibatch of x and y, in order.

    x: (n, …). y: (n, …). `opt` may be any optimiser that steps by `opt.step()`: SGD, Adam, …

    >>> model = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.constant_(model.weight, 2.0)
    >>> opt = optim.SGD(model.parameters(), lr=0.25)
    >>> fit(model, opt, nn.functional.mse_loss, torch.ones(4, 1), torch.zeros(4, 1))
    >>> model.weight.item()
    0.5
    """
    for _ in range(epochs):
        for start in range(0, len(x), bs):
            xb, yb = x[start : start + bs], y[start : start + bs]
            loss = loss_func(model(xb), yb)
            loss.backward()
            opt.step()
            opt.zero_grad()
