"""Right answers to k38, written differently."""

import math
from collections import defaultdict

import torch


class PlainlyWritten:
    """As the formula has it, with one group and no checks."""

    mastery = False

    class AdamW:
        def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
            group = {"params": list(params), "lr": lr, "betas": betas, "eps": eps}
            self.param_groups = [{**group, "weight_decay": weight_decay}]
            self.t, self.m, self.v = defaultdict(int), {}, {}
            self.options = lr, *betas, eps, weight_decay

        def step(self):
            lr, b1, b2, eps, weight_decay = self.options
            for p in self.param_groups[0]["params"]:
                if p.grad is None:
                    continue
                g = p.grad
                self.t[p] += 1
                self.m[p] = b1 * self.m.get(p, torch.zeros_like(g)) + (1 - b1) * g
                self.v[p] = b2 * self.v.get(p, torch.zeros_like(g)) + (1 - b2) * g * g
                m_hat = self.m[p] / (1 - b1 ** self.t[p])
                v_hat = self.v[p] / (1 - b2 ** self.t[p])
                p.data = p.data - lr * weight_decay * p.data
                p.data = p.data - lr * m_hat / (torch.sqrt(v_hat) + eps)

        def zero_grad(self):
            for p in self.param_groups[0]["params"]:
                p.grad = None


class _Groups:
    """What the others have in common: groups and all checks."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        entries = list(params)
        if entries and not isinstance(entries[0], dict):
            entries = [{"params": entries}]
        self.param_groups = []
        for entry in entries:
            group = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay} | entry
            members = group["params"]
            group["params"] = [members] if torch.is_tensor(members) else [*members]
            wrong = [name for name in ("lr", "eps", "weight_decay") if group[name] < 0]
            if wrong or not all(0 <= beta < 1 for beta in group["betas"]):
                raise ValueError("an option is out of range")
            self.param_groups.append(group)
        counts = [len(group["params"]) for group in self.param_groups]
        if not counts or 0 in counts:
            raise ValueError("there are no parameters")
        self.each = {p: group for group in self.param_groups for p in group["params"]}
        if len(self.each) != sum(counts):
            raise ValueError("a parameter comes twice")
        self.state = {}

    def zero_grad(self):
        for p in self.each:
            if p.grad is not None:
                p.grad.zero_()


class InPlace:
    """Two tensors for each parameter, which are changed in place; one fused expression."""

    class AdamW(_Groups):
        @torch.no_grad()
        def step(self):
            for p, group in self.each.items():
                if p.grad is None:
                    continue
                b1, b2 = group["betas"]
                state = self.state.setdefault(p, [0, torch.zeros_like(p), torch.zeros_like(p)])
                state[0] += 1
                t, m, v = state
                m.lerp_(p.grad, 1 - b1)
                v.mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                root = (v.sqrt() / math.sqrt(1 - b2**t)).add_(group["eps"])
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.addcdiv_(m, root, value=-group["lr"] / (1 - b1**t))


class History:
    """The sums of all shares, with the powers of the betas kept instead of t."""

    class AdamW(_Groups):
        def step(self):
            for p, group in self.each.items():
                if p.grad is not None:
                    self.update(p.detach(), p.grad.detach(), group, self.state.setdefault(p, {}))

        def update(self, p, g, group, state):
            lr, (b1, b2) = group["lr"], group["betas"]
            for name, value, beta in (("m", g, b1), ("v", g.square(), b2)):
                mean, power = state.get(name, (torch.zeros_like(g), 1.0))
                state[name] = beta * mean + (1 - beta) * value, power * beta
            m_hat, v_hat = (mean / (1 - power) for mean, power in (state["m"], state["v"]))
            p.sub_(lr * group["weight_decay"] * p)
            p.sub_(lr * m_hat / (v_hat.sqrt() + group["eps"]))


class Foreach:
    """All parameters of one group, dtype and t at once."""

    class AdamW(_Groups):
        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                alike = defaultdict(list)
                for p in group["params"]:
                    if p.grad is not None:
                        zeros = (torch.zeros_like(p), torch.zeros_like(p))
                        t, m, v = self.state.get(p, (0, *zeros))
                        self.state[p] = t + 1, m, v
                        alike[p.dtype, t + 1].append((p, p.grad, m, v))
                for (_, t), rows in alike.items():
                    self.update(t, *map(list, zip(*rows)), group)

        def update(self, t, params, grads, ms, vs, group):
            b1, b2 = group["betas"]
            torch._foreach_mul_(params, 1 - group["lr"] * group["weight_decay"])
            torch._foreach_mul_(ms, b1)
            torch._foreach_add_(ms, grads, alpha=1 - b1)
            torch._foreach_mul_(vs, b2)
            torch._foreach_addcmul_(vs, grads, grads, value=1 - b2)
            roots = torch._foreach_sqrt(torch._foreach_div(vs, 1 - b2**t))
            torch._foreach_add_(roots, group["eps"])
            torch._foreach_addcdiv_(params, ms, roots, value=-group["lr"] / (1 - b1**t))


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "raise ValueError(": "The text of an exception is free.",
}
