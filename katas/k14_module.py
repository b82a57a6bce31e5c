"""Part 3 · The same with torch.nn
k14 · A module with parameters

So far `weights` and `bias` are passed from function to function, and each function has
to name them. An `nn.Module` is an object that holds tensors and computes with them. A
tensor that is wrapped in `nn.Parameter`, which makes it a leaf that requires grad, and
assigned to an attribute is *registered*: from then on `parameters()`, `state_dict()` and
`.to()` find it.

You write two methods. `__init__` makes the parameters. It calls `super().__init__()`
first: until then there is nothing to register them in. `forward` says what calling the
module computes; here, what the `model` of k13 did:

    model(xb) = xb @ weights + bias        (the logits; the loss normalises them)

Call `model(xb)`, not `model.forward(xb)`: the call runs `forward`, and with it whatever
other code has attached to the module.

The weights begin as in k05: normal, with standard deviation 1/√784.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
      https://docs.pytorch.org/docs/stable/notes/modules.html
Tutorial: "Refactor using nn.Module"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#refactor-using-nn-module
"""

import math

import torch
from torch import Tensor, nn


class Mnist_Logistic(nn.Module):
    """A linear classifier of 28 × 28 digits.

    Parameters: `weights` (784, 10), normal with standard deviation 1/√784, and `bias` (10,),
    zeros. Not with an nn.Linear inside: that is k16.

    >>> sorted(name for name, _ in Mnist_Logistic().named_parameters())
    ['bias', 'weights']
    """

    def __init__(self) -> None:
        raise NotImplementedError  # TODO: super().__init__(), then weights and bias

    def forward(self, xb: Tensor) -> Tensor:
        """Return the logits (N, 10) of a batch of flat images (N, 784)."""
        raise NotImplementedError  # TODO: multiply and add
