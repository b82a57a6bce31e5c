"""Part 5 · Under the hood
k31 · A linear layer, from within

What is torch.nn really? Parts 1 to 4 replaced bare tensors by torch.nn, piece by piece.
Part 5 takes the pieces apart and builds each one again. The first is `nn.Linear`, which
k16 took on trust:

    y = x · weightᵀ + bias

    weight (out_features, in_features)    bias (out_features,)    x (…, in_features)

The weights of k05 and k14 had a column for each output. Here each output has a *row*,
hence the transpose. x may be one row of inputs, or a batch of them, or have any number
of axes before the last one. `matmul` (also written `@`) takes them all.

How do they begin? In `nn.Linear` the weights *and* the bias are uniform: each number
between −1/√in_features and 1/√in_features is as likely as any other. Torch's source says
so in a riddle, `kaiming_uniform_(self.weight, a=math.sqrt(5))`. Work it out: the bound is
√(6 / ((1 + a²) · in_features)), and with a² = 5 that is 1/√in_features.

A layer that is followed by batch norm (k33), which adds a bias of its own, needs none.
With `bias=False` there is no such parameter. The attribute is still there, and is None.

Mastery is what a layer in real use needs. A large model is made on the device where it
will run, and in the dtype that it will have. `device` and `dtype` say which, and None
means torch's default. (On the device `"meta"` a tensor has a shape and no numbers, and
takes no memory.) And `print(model)` shows what each layer's method `extra_repr` returns:
here, as in torch, `in_features=3, out_features=2, bias=True`.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
      https://docs.pytorch.org/docs/stable/notes/modules.html
Source: https://github.com/pytorch/pytorch/blob/main/torch/nn/modules/linear.py
"""

import math
from typing import Any

import torch
from torch import Tensor, nn


class Linear(nn.Module):
    """A linear layer with the parameters of `nn.Linear`, so that state dicts fit both ways.

    Not with nn.Linear, nn.Bilinear or a convolution, not even for the numbers that they
    begin with. `F.linear`, `matmul` and `nn.init` are allowed.
    Mastery: `device`, `dtype`, and a `repr` like torch's.

    >>> layer = Linear(3, 2)
    >>> layer.load_state_dict(
    ...     {"weight": torch.tensor([[1.0, 2, 3], [4, 5, 6]]), "bias": torch.tensor([0.5, 0])}
    ... )
    <All keys matched successfully>
    >>> layer(torch.tensor([1.0, 0, -1])).tolist()
    [-1.5, -2.0]
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        device: Any = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        bound = 1 / math.sqrt(in_features)

        def drawn(*shape: int) -> nn.Parameter:
            numbers = torch.empty(shape, device=device, dtype=dtype)
            return nn.Parameter(numbers.uniform_(-bound, bound))

        self.weight = drawn(out_features, in_features)
        self.bias = drawn(out_features) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """Return x · weightᵀ + bias, of shape (…, out_features) for x (…, in_features)."""
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias

    def extra_repr(self) -> str:
        """Say what `repr` shows between the parentheses."""
        has_bias = self.bias is not None
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={has_bias}"
