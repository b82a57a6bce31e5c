"""Right answers to k37, written differently."""

import torch
from torch import Tensor


class PlainlyWritten:
    """As the formula has it, with one group and no checks."""

    mastery = False

    class SGD:
        def __init__(self, params, lr, momentum=0.0, weight_decay=0.0, nesterov=False):
            self.param_groups = [
                {
                    "params": list(params),
                    "lr": lr,
                    "momentum": momentum,
                    "weight_decay": weight_decay,
                    "nesterov": nesterov,
                }
            ]
            self.v = {}

        def step(self):
            group = self.param_groups[0]
            for p in group["params"]:
                if p.grad is None:
                    continue
                g = p.grad + group["weight_decay"] * p.detach()
                if group["momentum"] == 0:
                    p.data = p.data - group["lr"] * g
                    continue
                if id(p) in self.v:
                    self.v[id(p)] = group["momentum"] * self.v[id(p)] + g
                else:
                    self.v[id(p)] = g
                v = self.v[id(p)]
                if group["nesterov"]:
                    v = g + group["momentum"] * v
                p.data = p.data - group["lr"] * v

        def zero_grad(self):
            for p in self.param_groups[0]["params"]:
                if p.grad is not None:
                    p.grad.zero_()


class Places:
    """A list of velocities beside each list of parameters; the gradients are zeroed in place."""

    class SGD:
        def __init__(self, params, lr, momentum=0.0, weight_decay=0.0, nesterov=False):
            params = list(params)
            if not params:
                raise ValueError("nothing to train")
            if any(isinstance(entry, Tensor) for entry in params):
                params = [{"params": params}]
            self.param_groups, self.velocities, seen = [], [], set()
            for entry in params:
                group = {
                    "lr": lr,
                    "momentum": momentum,
                    "weight_decay": weight_decay,
                    "nesterov": nesterov,
                }
                group.update(entry)
                members = group["params"]
                group["params"] = [members] if torch.is_tensor(members) else [*members]
                negative = [n for n in ("lr", "momentum", "weight_decay") if group[n] < 0]
                alone = group["nesterov"] and group["momentum"] == 0
                if negative or alone or len(group["params"]) == 0:
                    raise ValueError("an option is wrong, or there are no parameters")
                for p in group["params"]:
                    if id(p) in seen:
                        raise ValueError("a parameter comes twice")
                    seen.add(id(p))
                self.param_groups.append(group)
                self.velocities.append([torch.zeros_like(p.data) for p in group["params"]])

        def step(self):
            with torch.no_grad():
                for group, velocities in zip(self.param_groups, self.velocities):
                    mu, lr = group["momentum"], group["lr"]
                    for p, v in zip(group["params"], velocities):
                        if p.grad is None:
                            continue
                        g = p.grad.add(p, alpha=group["weight_decay"])
                        v.mul_(mu).add_(g)
                        p.sub_(lr * (g + mu * v if group["nesterov"] else v))

        def zero_grad(self):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        p.grad.zero_()


class Foreach:
    """All parameters of a group and a dtype at once."""

    class SGD:
        def __init__(self, params, lr, momentum=0.0, weight_decay=0.0, nesterov=False):
            self.defaults = {
                "lr": lr,
                "momentum": momentum,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
            }
            self.param_groups, self.state = [], {}
            for group in self.grouped(list(params)):
                self.add(group)
            if not self.param_groups:
                raise ValueError("no parameters")

        @staticmethod
        def grouped(entries):
            plain = [entry for entry in entries if not isinstance(entry, dict)]
            return [{"params": plain}] if plain else entries

        def add(self, group):
            params = group["params"]
            params = [params] if isinstance(params, Tensor) else list(params)
            group = {**self.defaults, **group, "params": params}
            known = [p for other in self.param_groups for p in other["params"]]
            if len({*known, *params}) < len(known) + len(params):
                raise ValueError("a parameter comes twice")
            if not params:
                raise ValueError("no parameters")
            for name in ("lr", "momentum", "weight_decay"):
                if not group[name] >= 0:
                    raise ValueError(name)
            if group["nesterov"] and not group["momentum"] > 0:
                raise ValueError("nesterov")
            self.param_groups.append(group)

        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for dtype in (torch.float32, torch.float64):
                    params = [p for p in group["params"] if p.grad is not None and p.dtype == dtype]
                    if params:
                        self.step_all(params, group)

        def step_all(self, params, group):
            grads = [p.grad for p in params]
            grads = torch._foreach_add(grads, params, alpha=group["weight_decay"])
            if group["momentum"]:
                vs = [self.state.setdefault(p, torch.zeros_like(p)) for p in params]
                torch._foreach_mul_(vs, group["momentum"])
                torch._foreach_add_(vs, grads)
                if group["nesterov"]:
                    torch._foreach_add_(grads, vs, alpha=group["momentum"])
                else:
                    grads = vs
            torch._foreach_add_(params, grads, alpha=-group["lr"])

        def zero_grad(self):
            for group in self.param_groups:
                for p in group["params"]:
                    p.grad = None


class Closures:
    """A function for each parameter, which keeps its velocity."""

    class SGD:
        def __init__(self, params, lr, momentum=0.0, weight_decay=0.0, nesterov=False):
            options = (("lr", lr), ("momentum", momentum), ("weight_decay", weight_decay))
            entries = [*params]
            if not entries or not isinstance(entries[0], dict):
                entries = [{"params": entries}]
            self.param_groups, self.steps = [], {}
            for entry in entries:
                group = dict(options, nesterov=nesterov) | entry
                params = group["params"]
                group["params"] = [params] if isinstance(params, Tensor) else list(params)
                if min(group[name] for name, _ in options) < 0 or not group["params"]:
                    raise ValueError("a negative option, or no parameters")
                if group["nesterov"] and group["momentum"] == 0:
                    raise ValueError("nesterov needs a momentum")
                for p in group["params"]:
                    if p in self.steps:
                        raise ValueError("a parameter comes twice")
                    self.steps[p] = self.stepper(p, group)
                self.param_groups.append(group)

        @staticmethod
        def stepper(p, group):
            velocity = None

            def step():
                nonlocal velocity
                g = p.grad.detach() + group["weight_decay"] * p.detach()
                if group["momentum"]:
                    old = torch.zeros_like(g) if velocity is None else velocity
                    velocity = torch.add(g, old, alpha=group["momentum"])
                    ahead = g + group["momentum"] * velocity
                    g = ahead if group["nesterov"] else velocity
                p.detach().sub_(g, alpha=group["lr"])

            return step

        def step(self):
            for p, take in self.steps.items():
                if p.grad is not None:
                    take()

        def zero_grad(self):
            for p in self.steps:
                p.grad = None


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "raise ValueError(": "The text of an exception is free.",
    "return g  →  pass": "Without momentum v = g, and a velocity that is kept does no harm.",
}
