"""Right answers to k32, written differently."""

import torch
from torch import nn


class TheFormula:
    """The formula, and nothing of mastery."""

    mastery = False

    class Dropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if self.training:
                mask = (torch.rand(x.shape) >= self.p).to(x.dtype)
                return x * mask / (1 - self.p)
            return x


class Bernoulli:
    """A mask of zeros and of 1/(1 − p), as torch makes it."""

    class Dropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            if p != p or p < 0 or p > 1:
                raise ValueError("p has to be a probability")
            self.stays = 1 - p

        def forward(self, x):
            if not self.training:
                return x
            noise = torch.empty_like(x, requires_grad=False).bernoulli_(self.stays)
            if self.stays:
                noise.div_(self.stays)
            return x * noise


class Filled:
    """Zeros are filled in where a number is below p; the scale comes first."""

    class Dropout(nn.Module):
        def __init__(self, p=0.5):
            nn.Module.__init__(self)
            if not (p >= 0 and p <= 1):
                raise ValueError(f"{p=}")
            self.register_module("parts", None)
            self.rate = float(p)

        def forward(self, input):
            if self.training is False or self.rate == 0.0:
                return input + 0
            if self.rate == 1.0:
                return input * 0.0
            missing = torch.rand(input.shape, dtype=torch.float64) < self.rate
            return (input / (1 - self.rate)).masked_fill(missing, 0)


class OwnFunction:
    """A Function with a backward of its own, and an index of what stays."""

    class _Drop(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, mask):
            ctx.save_for_backward(mask)
            return x * mask

        @staticmethod
        def backward(ctx, grad):
            (mask,) = ctx.saved_tensors
            return grad * mask, None

    class Dropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            if p not in (0, 1) and not 0 < p < 1:
                raise ValueError(p)
            self.p = p

        def forward(self, x):
            if self.training:
                chance = torch.full(x.shape, 1.0 - self.p, dtype=x.dtype)
                scale = 1 / (1 - self.p) if self.p != 1 else 0
                return OwnFunction._Drop.apply(x, torch.bernoulli(chance) * scale)
            return x.clone()


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "ValueError(None)": "The text of the exception is free.",
    "rand_like(x) > self.p": "A number that equals p is drawn once in 10⁷ times at most.",
}
