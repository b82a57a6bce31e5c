"""Wrong answers to k33, written in another way."""

import torch
from torch import nn


class _Norm(nn.Module):
    """Channels last; written into the buffers through `.data`."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.full((num_features,), 1.0))
        self.bias = nn.Parameter(torch.full((num_features,), 0.0))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def of_the_batch(self, rows):
        mean = rows.sum(0) / len(rows)
        return mean, ((rows - mean) ** 2).sum(0) / len(rows)

    def forward(self, x):
        rows = x.permute(0, 2, 3, 1).reshape(-1, x.shape[1])
        mean, var = self.running_mean, self.running_var
        if self.training:
            mean, var = self.of_the_batch(rows)
            for old, new in (
                (self.running_mean, mean),
                (self.running_var, rows.var(0)),
            ):
                old.data.add_(self.part() * (new.detach() - old))
            self.num_batches_tracked.add_(1)
        y = (x.permute(0, 2, 3, 1) - mean) * torch.rsqrt(var + self.eps)
        return (self.weight * y + self.bias).permute(0, 3, 1, 2)

    def part(self):
        return self.momentum


class MomentumReversed:
    """A step of 1 − momentum from the old value towards the new one."""

    class BatchNorm2d(_Norm):
        def part(self):
            return 1 - self.momentum


class StatisticsDetached:
    """Computed under `no_grad`."""

    class BatchNorm2d(_Norm):
        @torch.no_grad()
        def of_the_batch(self, rows):
            return super().of_the_batch(rows)
