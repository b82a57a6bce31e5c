"""Part 5 · Under the hood
k38 · AdamW

In k37 all numbers of a network step at one rate, and a number with large gradients takes
large steps. *Adam* gives each number a step of its own size. For each parameter it keeps
two running means: m of the gradients, v of their squares. m says where to go. √v says how
large the gradients usually are, and m is divided by it:

    p ← p − lr · weight_decay · p
    m ← β₁ · m + (1 − β₁) · g
    v ← β₂ · v + (1 − β₂) · g²
    p ← p − lr · m̂ / (√v̂ + eps)           m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)

Why the hats? m and v begin at zero, and at first are much too small: after one step,
m = (1 − β₁) · g. The division puts that right. Here t counts the steps of *this* parameter,
from 1; a step in which it has no gradient does not count. In the first step m̂ is g and √v̂
is |g|, so p moves by lr, up or down, however large the gradient. The small eps, outside the
root, is for a gradient of zero: without it the step would be 0 / 0.

The W, for weight decay, is the first line. In k37 the decay was a part of the gradient.
Here it would be divided by √v̂ like the rest, and large weights with large gradients would
hardly decay. AdamW takes it from the parameter itself, before the step.

`param_groups` is as in k37, with `lr`, `betas`, `eps` and `weight_decay`.

Torch's own also takes `amsgrad` and `maximize`, and can do a whole step at once (`fused`).

Read: https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
      https://arxiv.org/abs/1711.05101 (where the W comes from)
Source: https://github.com/pytorch/pytorch/blob/main/torch/optim/adam.py
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor


def _group(options: dict[str, Any]) -> dict[str, Any]:
    """Return a group of these options, with its parameters in a list; refuse wrong ones."""
    params = options["params"]
    params = [params] if isinstance(params, Tensor) else list(params)
    if not params:
        raise ValueError("there are no parameters")
    for name in ("lr", "eps", "weight_decay"):
        if options[name] < 0:
            raise ValueError(f"{name} is negative: {options[name]}")
    if not all(0 <= beta < 1 for beta in options["betas"]):
        raise ValueError(f"betas are at least 0 and below 1, unlike {options['betas']}")
    return {**options, "params": params}


class AdamW:
    """Adam with weight decay of its own, on `params`, which may be any iterable.

    Parameters change in place. One whose `.grad` is None stays as it is, and so do its m, v
    and t. Not with anything of torch.optim, and not with its `Optimizer` as a base class.
    Mastery: groups as in k37, with all that is refused there, and options of their own; a
    changed `lr` takes effect. ValueError for a negative lr, eps or weight_decay, for a beta
    outside 0 ≤ β < 1, and for no parameters.

    >>> p = torch.tensor([1.0, 1.0, 1.0], requires_grad=True)
    >>> opt = AdamW([p], lr=0.1, weight_decay=0.0)
    >>> p.grad = torch.tensor([100.0, -0.01, 0.0])
    >>> opt.step()
    >>> p  # lr each, whatever the gradient
    tensor([0.9000, 1.1000, 1.0000], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        given = list(params)
        if not (given and isinstance(given[0], dict)):
            given = [{"params": given}]
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        self.param_groups = [_group(defaults | options) for options in given]
        self._state: dict[Tensor, tuple[int, Any, Any]] = {}
        everything = [p for group in self.param_groups for p in group["params"]]
        if len(set(everything)) < len(everything):
            raise ValueError("a parameter comes twice")

    @torch.no_grad()
    def step(self) -> None:
        """Take one step with every parameter that has a gradient."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self._update(p, p.grad, group)

    def _update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        lr, (b1, b2) = group["lr"], group["betas"]
        t, m, v = self._state.get(p, (0, 0.0, 0.0))
        t += 1
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        self._state[p] = t, m, v
        p *= 1 - lr * group["weight_decay"]
        p -= lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + group["eps"])

    def zero_grad(self) -> None:
        """Make every gradient None (or zero)."""
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None
