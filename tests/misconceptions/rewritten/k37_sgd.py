"""Wrong answers to k37, each written in another way."""

import torch
from torch import Tensor


class _Groups:
    """What both have in common: groups, all checks, and clearing."""

    def __init__(self, params, lr, momentum=0.0, weight_decay=0.0, nesterov=False):
        entries = list(params)
        if not entries or isinstance(entries[0], Tensor):
            entries = [{"params": entries}]
        self.param_groups = []
        for entry in entries:
            group = {
                "lr": lr,
                "momentum": momentum,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
            }
            group |= entry
            members = group["params"]
            group["params"] = [members] if isinstance(members, Tensor) else list(members)
            if not group["params"] or min(group[n] for n in ("lr", "momentum", "weight_decay")) < 0:
                raise ValueError("no parameters, or a negative option")
            if group["nesterov"] and group["momentum"] == 0:
                raise ValueError("nesterov needs momentum")
            self.param_groups.append(group)
        everything = [p for group in self.param_groups for p in group["params"]]
        if len(everything) != len({id(p) for p in everything}):
            raise ValueError("twice")
        self.state = {}

    def zero_grad(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.grad = torch.zeros_like(p.grad)


class DecayAfterwards:
    """The velocity is made of bare gradients; the step subtracts lr · weight_decay · p as well."""

    class SGD(_Groups):
        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                lr, mu, wd = group["lr"], group["momentum"], group["weight_decay"]
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    step = p.grad
                    if mu:
                        v = self.state.setdefault(id(p), torch.zeros_like(p))
                        v.mul_(mu).add_(p.grad)
                        step = p.grad + mu * v if group["nesterov"] else v
                    p.copy_(p - lr * wd * p - lr * step)


class RateInVelocity:
    """What is kept is the last step, with lr in it."""

    class SGD(_Groups):
        def step(self):
            for group in self.param_groups:
                mu = group["momentum"]
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    push = group["lr"] * (p.grad + group["weight_decay"] * p.detach())
                    moved = push
                    if mu != 0:
                        moved = mu * self.state[p] + push if p in self.state else push
                        self.state[p] = moved
                        if group["nesterov"]:
                            moved = mu * moved + push
                    p.data.sub_(moved)
