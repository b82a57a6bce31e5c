"""Part 5 · Under the hood
k33 · Batch normalisation

Each layer learns from what the layer before gives it, and that changes with every step.
*Batch norm* holds it still: in each channel of x (N, C, H, W) the N·H·W numbers get mean
0 and deviation 1. Then they are scaled and shifted, by what the layer learns:

    y = (x − mean) / √(var + eps) · weight + bias

mean, var, weight and bias are (C,), a number for each channel. `weight` begins as ones and
`bias` as zeros. eps is one small number, *inside* the root, for a channel that is constant:
there the variance is 0.

Where do mean and variance come from? That depends on the mode (k20, k32):

    training      from the batch; and the layer remembers them:
                  running ← (1 − momentum) · running + momentum · batch
    evaluation    from the running ones, which stay as they are. One image
                  must not depend on which others are in its batch.

Two traps. The momentum is the share of the *new* value, 0.1, not of the old one as in
k25. And there are two variances: the batch is normalised by the *biased* one (the mean
of the squared differences, divided by n = N·H·W), while `running_var` takes the
*unbiased* one, divided by n − 1: that is the better estimate for other images.

The running numbers are neither parameters, since no gradient changes them, nor plain
attributes, since they are a part of what was learned. They are *buffers*:
`self.register_buffer("running_mean", …)`. `state_dict()` saves them, and `.to()` moves
them. There are three: `running_mean` (C,), zeros at first; `running_var` (C,), ones; and
`num_batches_tracked`, int64 and of shape (), which counts the batches. The graph must not
reach back to earlier batches through them: update them under `torch.no_grad()`. But in
training the mean and the variance that *normalise* are functions of x, and the gradient
flows through them as well.

Mastery: large numbers that differ little, such as 10,000 ± 1. E[x²] − E[x]², the mean of
the squares minus the square of the mean, loses all its digits there. And an x that does
not fit is refused before anything is remembered.

Torch's own can do without weight and bias, and without the running numbers, and with
momentum=None the running numbers are the plain average of all batches.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
      https://docs.pytorch.org/docs/stable/generated/torch.var_mean.html
Source: https://github.com/pytorch/pytorch/blob/main/torch/nn/modules/batchnorm.py
"""

import torch
from torch import Tensor, nn


class BatchNorm2d(nn.Module):
    """Normalise each channel, with the parameters and buffers of `nn.BatchNorm2d`.

    Not with a function or module of torch whose name has batch, instance, group, layer or rms
    norm in it. `mean`, `var` and `var_mean` are allowed.
    Mastery: a large mean; ValueError or RuntimeError for an x that is not (N, C, H, W), or has
    one value per channel while training.

    >>> layer = BatchNorm2d(1)
    >>> layer(torch.tensor([[[[1.0, 3.0]]]])).flatten().round(decimals=3).tolist()
    [-1.0, 1.0]
    >>> layer.running_mean, layer.running_var, layer.num_batches_tracked
    (tensor([0.2000]), tensor([1.1000]), tensor(1))
    """

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        """Return y, of the shape of x (N, C, H, W); in training, update the running statistics."""
        n = x.numel() // self.num_features
        if x.dim() != 4 or x.shape[1] != self.num_features or (self.training and n == 1):
            raise ValueError(f"x has shape {tuple(x.shape)}")
        mean, var = self.running_mean, self.running_var
        if self.training:
            var, mean = torch.var_mean(x, (0, 2, 3), correction=0)
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var * n / (n - 1), self.momentum)
                self.num_batches_tracked += 1
        scale = self.weight / (var + self.eps).sqrt()
        return (x - mean[:, None, None]) * scale[:, None, None] + self.bias[:, None, None]
