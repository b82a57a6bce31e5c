"""Right answers to k31, written differently."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class TheFormula:
    """The formula, and nothing of mastery."""

    mastery = False

    class Linear(nn.Module):
        def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
            super().__init__()
            bound = 1 / math.sqrt(in_features)
            self.weight = nn.Parameter(torch.rand(out_features, in_features) * 2 * bound - bound)
            self.bias = nn.Parameter(torch.rand(out_features) * 2 * bound - bound) if bias else None

        def forward(self, x):
            y = torch.matmul(x, self.weight.t())
            if self.bias is not None:
                y = y + self.bias
            return y


class AsTorchWritesIt:
    """Empty parameters, filled by torch's initialisers with the riddle."""

    class Linear(nn.Module):
        def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
            super().__init__()
            kind = {"device": device, "dtype": dtype}
            self.in_features, self.out_features = in_features, out_features
            self.weight = nn.Parameter(torch.empty((out_features, in_features), **kind))
            if bias:
                self.bias = nn.Parameter(torch.empty(out_features, **kind))
            else:
                self.register_parameter("bias", None)
            self.reset_parameters()

        def reset_parameters(self):
            nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
            if self.bias is not None:
                fan_in, _ = nn.init._calculate_fan_in_and_fan_out(self.weight)
                nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

        def forward(self, input):
            return F.linear(input, self.weight, self.bias)

        def extra_repr(self):
            bias = self.bias is not None
            return f"in_features={self.in_features}, out_features={self.out_features}, bias={bias}"


class Einsum:
    """Drawn between 0 and 1 and spread; multiplied by einsum; the whole text written by hand."""

    class Linear(nn.Module):
        def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
            nn.Module.__init__(self)

            def draw(*shape):
                return (
                    (torch.rand(*shape, device=device, dtype=dtype) - 0.5) * 2 * in_features**-0.5
                )

            self.register_parameter("bias", nn.Parameter(draw(out_features)) if bias else None)
            self.register_parameter("weight", nn.Parameter(draw(out_features, in_features)))

        def forward(self, inputs):
            y = torch.einsum("...i,oi->...o", inputs, self.weight)
            return y if self.bias is None else self.bias + y

        def __repr__(self):
            n_out, n_in = self.weight.shape
            bias = self.bias is not None
            return f"Linear(in_features={n_in}, out_features={n_out}, bias={bias})"


class OneColumnMore:
    """The bias is a last column of what is drawn, and the input is a sum of weighted columns."""

    class Linear(nn.Module):
        def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
            super().__init__()
            drawn = torch.zeros(out_features, in_features + 1, device=device, dtype=dtype)
            drawn.uniform_(-1, 1).div_(math.sqrt(in_features))
            self.weight = nn.Parameter(drawn[:, :-1].clone())
            self.bias = nn.Parameter(drawn[:, -1].clone()) if bias else None
            self.sizes = {"in_features": in_features, "out_features": out_features, "bias": bias}

        def forward(self, x):
            y = (x.unsqueeze(-2) * self.weight).sum(-1)
            return y if self.bias is None else y + self.bias

        def extra_repr(self):
            return ", ".join(f"{name}={value}" for name, value in self.sizes.items())
