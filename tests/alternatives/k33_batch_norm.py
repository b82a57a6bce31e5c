"""Right answers to k33, written differently."""

import torch
from torch import nn


class TheFormula:
    """The formula, and nothing of mastery."""

    mastery = False

    class BatchNorm2d(nn.Module):
        def __init__(self, num_features, eps=1e-5, momentum=0.1):
            super().__init__()
            self.eps = eps
            self.momentum = momentum
            self.weight = nn.Parameter(torch.ones(num_features))
            self.bias = nn.Parameter(torch.zeros(num_features))
            self.register_buffer("running_mean", torch.zeros(num_features))
            self.register_buffer("running_var", torch.ones(num_features))
            self.register_buffer("num_batches_tracked", torch.tensor(0, dtype=torch.int64))

        def forward(self, x):
            if self.training:
                mean = x.mean(dim=(0, 2, 3))
                var = (x**2).mean(dim=(0, 2, 3)) - mean**2
                n = x.shape[0] * x.shape[2] * x.shape[3]
                m = self.momentum
                self.running_mean = (1 - m) * self.running_mean + m * mean.detach()
                self.running_var = (1 - m) * self.running_var + m * var.detach() * n / (n - 1)
                self.num_batches_tracked = self.num_batches_tracked + 1
            else:
                mean, var = self.running_mean, self.running_var
            y = (x - mean.view(1, -1, 1, 1)) / torch.sqrt(var.view(1, -1, 1, 1) + self.eps)
            return y * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)


class ChannelsLast:
    """The channels go to the last axis, where (C,) fits as it is; written into the buffers."""

    class BatchNorm2d(nn.Module):
        def __init__(self, num_features, eps=1e-5, momentum=0.1):
            super().__init__()
            self.settings = (num_features, eps, momentum)
            self.register_parameter("bias", nn.Parameter(torch.zeros(num_features)))
            self.register_parameter("weight", nn.Parameter(torch.ones(num_features)))
            self.register_buffer("num_batches_tracked", torch.zeros((), dtype=torch.long))
            self.register_buffer("running_var", torch.ones(num_features))
            self.register_buffer("running_mean", torch.zeros(num_features))

        def forward(self, x):
            features, eps, momentum = self.settings
            try:
                n, c, h, w = x.shape
            except ValueError:
                raise ValueError("four axes are expected") from None
            if c != features:
                raise RuntimeError(f"{features} channels are expected, and there are {c}")
            rows = x.movedim(1, -1)
            if not self.training:
                centred, var = rows - self.running_mean, self.running_var
            elif n * h * w > 1:
                flat = rows.reshape(-1, c)
                centred = rows - flat.mean(0)
                var = centred.square().flatten(0, 2).mean(0)
                self.running_mean.lerp_(flat.mean(0).detach(), momentum)
                self.running_var.lerp_(var.detach() * (n * h * w / (n * h * w - 1)), momentum)
                self.num_batches_tracked.add_(1)
            else:
                raise ValueError("one value has no variance")
            return (centred * (var + eps).rsqrt() * self.weight + self.bias).movedim(-1, 1)


class ChannelByChannel:
    """One channel at a time; the unbiased variance comes from torch, the biased one by hand."""

    class BatchNorm2d(nn.Module):
        def __init__(self, num_features, eps=1e-5, momentum=0.1):
            super().__init__()
            self.c, self.eps, self.momentum = num_features, eps, momentum
            for name, value in {"weight": 1.0, "bias": 0.0}.items():
                setattr(self, name, nn.Parameter(torch.full((num_features,), value)))
            for name, value in {"running_mean": 0.0, "running_var": 1.0}.items():
                self.register_buffer(name, torch.full((num_features,), value))
            self.register_buffer("num_batches_tracked", torch.tensor(0))

        def forward(self, x):
            if x.ndim != 4 or x.size(1) != self.c or (self.training and x[:, 0].numel() < 2):
                raise ValueError(f"cannot normalise {tuple(x.shape)}")
            done = [self.channel(i, x[:, i]) for i in range(self.c)]
            if self.training:
                self.num_batches_tracked += 1
            return torch.stack(done, dim=1)

        def channel(self, i, x):
            mean, var = self.running_mean[i], self.running_var[i]
            if self.training:
                mean = x.mean()
                var = ((x - mean) ** 2).sum() / x.numel()
                with torch.no_grad():
                    self.running_mean[i] += self.momentum * (mean - self.running_mean[i])
                    self.running_var[i] += self.momentum * (x.var() - self.running_var[i])
            return self.weight[i] * ((x - mean) / (var + self.eps) ** 0.5) + self.bias[i]


class InDouble:
    """Computed in float64, and returned in the input's dtype; the buffers are replaced."""

    class BatchNorm2d(nn.Module):
        def __init__(self, num_features, eps=1e-5, momentum=0.1):
            super().__init__()
            self.eps, self.momentum = eps, momentum
            self.weight = nn.Parameter(torch.ones(num_features))
            self.bias = nn.Parameter(torch.zeros(num_features))
            self.register_buffer("running_mean", torch.zeros_like(self.bias))
            self.register_buffer("running_var", torch.ones_like(self.bias))
            self.register_buffer("num_batches_tracked", torch.tensor(0))

        def forward(self, x):
            if x.dim() != 4:
                raise ValueError("x has to be (N, C, H, W)")
            if x.shape[1] != len(self.weight):
                raise ValueError("x has other channels")
            z = x.double().transpose(0, 1).flatten(1)
            mean, var = self.running_mean.double(), self.running_var.double()
            if self.training:
                if z.shape[1] == 1:
                    raise ValueError("x has one value per channel")
                var, mean = torch.var_mean(z, 1, correction=0)
                share = {"running_mean": mean, "running_var": z.var(1)}
                for name, value in share.items():
                    old = getattr(self, name)
                    new = old + self.momentum * (value.detach() - old)
                    setattr(self, name, new.to(old.dtype))
                self.num_batches_tracked = self.num_batches_tracked + 1
            z = (z - mean[:, None]) / (var + self.eps).sqrt()[:, None]
            z = z * self.weight[:, None] + self.bias[:, None]
            n, _, h, w = x.shape
            return z.unflatten(1, (n, h, w)).transpose(0, 1).to(x.dtype)


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "ValueError(None)": "The text of the exception is free.",
    "x.numel() / self.num_features": "n is whole, if x has that many channels.",
}
