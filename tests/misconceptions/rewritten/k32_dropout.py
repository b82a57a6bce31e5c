"""Wrong answers to k32, written in another way."""

import torch
from torch import nn


class ScaledInEvaluation:
    """One factor for both modes: a mask, or a number."""

    class Dropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.stays = 1.0 - p

        def forward(self, x):
            factor = self.stays
            if self.training:
                factor = torch.where(torch.rand_like(x) < 1 - self.stays, 0.0, 1.0)
            return torch.mul(x, factor).to(x.dtype)


class NeverDrops:
    """A layer that passes on a part of itself which is everything."""

    class Dropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.layers = nn.Sequential(nn.Identity())

        def forward(self, x):
            return self.layers(x)
