"""Wrong answers to k31, written in another way."""

import torch
from torch import nn


class BiasOfZeros:
    """Filled by torch's initialisers, multiplied by einsum; no bias is an empty place."""

    class Linear(nn.Module):
        def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
            super().__init__()
            self.weight = nn.Parameter(torch.empty(out_features, in_features))
            nn.init.kaiming_uniform_(self.weight, a=5**0.5)
            self.register_parameter("bias", None)
            if bias:
                self.bias = nn.Parameter(self.weight.detach().new_zeros(out_features))

        def forward(self, x):
            y = torch.einsum("...i,oi->...o", x, self.weight)
            return y if self.bias is None else y + self.bias


class WeightsDetached:
    """The bias comes first, and the product is made under `no_grad`."""

    class Linear(nn.Module):
        def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
            super().__init__()
            b = 1 / in_features**0.5
            self.bias = None
            if bias:
                self.bias = nn.Parameter(torch.rand(out_features) * 2 * b - b)
            self.weight = nn.Parameter(torch.rand(out_features, in_features) * 2 * b - b)

        def forward(self, x):
            turned = self.weight.detach().clone().T
            product = torch.matmul(x, turned)
            return product if self.bias is None else torch.add(product, self.bias)
