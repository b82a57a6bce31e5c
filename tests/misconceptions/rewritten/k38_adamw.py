"""Wrong answers to k38, each written in another way."""

import torch
from torch import Tensor


class _Groups:
    """What both have in common: groups, all checks, and clearing."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        entries = list(params)
        if not entries or isinstance(entries[0], Tensor):
            entries = [{"params": entries}]
        self.param_groups, self.t, self.m, self.v = [], {}, {}, {}
        for entry in entries:
            group = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay} | entry
            members = group["params"]
            group["params"] = [members] if isinstance(members, Tensor) else list(members)
            if not group["params"] or min(group[n] for n in ("lr", "eps", "weight_decay")) < 0:
                raise ValueError("no parameters, or a negative option")
            if min(group["betas"]) < 0 or max(group["betas"]) >= 1:
                raise ValueError("a beta is out of range")
            for p in group["params"]:
                if id(p) in self.t:
                    raise ValueError("twice")
                self.t[id(p)] = 0
                self.m[id(p)], self.v[id(p)] = torch.zeros_like(p.data), torch.zeros_like(p.data)
            self.param_groups.append(group)

    def zero_grad(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.grad = torch.zeros_like(p.grad)

    def moving(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.t[id(p)] += 1
                    b1, b2 = group["betas"]
                    m = self.m[id(p)].lerp_(p.grad, 1 - b1)
                    v = self.v[id(p)].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                    yield group, p, m, v, self.t[id(p)]


class NoCorrection:
    """Everything in place, and no t."""

    class AdamW(_Groups):
        @torch.no_grad()
        def step(self):
            for group, p, m, v, _ in self.moving():
                p.sub_(p * (group["lr"] * group["weight_decay"]))
                p.addcdiv_(m, v.sqrt().add_(group["eps"]), value=-group["lr"])


class DecayWithoutRate:
    """The decayed parameter is copied back."""

    class AdamW(_Groups):
        @torch.no_grad()
        def step(self):
            for group, p, m, v, t in self.moving():
                b1, b2 = group["betas"]
                p.copy_(p - group["weight_decay"] * p)
                root = (v / (1 - b2**t)) ** 0.5 + group["eps"]
                p.sub_(group["lr"] / (1 - b1**t) * m / root)
