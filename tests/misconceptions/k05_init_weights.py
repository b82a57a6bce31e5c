"""Wrong answers to k05."""

import math
from functools import cache

import numpy as np
import torch


def _pair(weights, n_out):
    return weights.requires_grad_(), torch.zeros(n_out, requires_grad=True)


class NoLeaf:
    """The weights require grad before they are divided, and the quotient is no leaf.

    First compute, then `requires_grad_()`.
    """

    def init_weights(n_in, n_out):
        weights = torch.randn(n_in, n_out, requires_grad=True) / math.sqrt(n_in)
        return weights, torch.zeros(n_out, requires_grad=True)


class NotScaled:
    """The weights have deviation one, and the outputs √n_in.

    Divide by √n_in.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out), n_out)


class DividedByN:
    """The weights are divided by n_in: far too small.

    A sum of n terms of size one has size √n: divide by the root.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) / n_in, n_out)


class ByOutputs:
    """The weights are scaled by the number of outputs.

    An output is a sum over the inputs: √n_in.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) / math.sqrt(n_out), n_out)


class Xavier:
    """This is Xavier Glorot's scaling, which takes both sizes into account.

    Here it is 1/√n_in.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) * math.sqrt(2 / (n_in + n_out)), n_out)


class Kaiming:
    """This is Kaiming He's scaling, for layers before a ReLU.

    Here it is 1/√n_in.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) * math.sqrt(2 / n_in), n_out)


class For784:
    """The scaling is right for 784 inputs only.

    `math.sqrt(n_in)`.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) / 28, n_out)


class Uniform:
    """A uniform distribution has the right spread here, and the wrong shape.

    `torch.randn` is normal; `torch.rand` is uniform.
    """

    def init_weights(n_in, n_out):
        uniform = (torch.rand(n_in, n_out) * 2 - 1) * math.sqrt(3 / n_in)
        return _pair(uniform, n_out)


class Positive:
    """`torch.rand` gives no negative numbers.

    `torch.randn` has mean zero.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.rand(n_in, n_out) / math.sqrt(n_in), n_out)


class CutOff:
    """A normal distribution, cut off at two deviations.

    `torch.randn` cuts nothing off.
    """

    def init_weights(n_in, n_out):
        weights = torch.nn.init.trunc_normal_(torch.empty(n_in, n_out), a=-2, b=2)
        return _pair(weights / math.sqrt(n_in) / 0.8796, n_out)


class OneRow:
    """All inputs get the same weights.

    Draw every weight by itself.
    """

    def init_weights(n_in, n_out):
        row = torch.randn(1, n_out) / math.sqrt(n_in)
        return _pair(row.repeat(n_in, 1), n_out)


class Transposed:
    """The weights are laid out as nn.Linear has them.

    (n_in, n_out): a row for each input.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_out, n_in) / math.sqrt(n_in), n_out)


class BiasPerInput:
    """There is a bias for every input.

    One for each output.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) / math.sqrt(n_in), n_in)


class BiasDrawn:
    """The bias begins at random.

    Zeros: no class is preferred.
    """

    def init_weights(n_in, n_out):
        weights = torch.randn(n_in, n_out) / math.sqrt(n_in)
        return weights.requires_grad_(), torch.randn(n_out, requires_grad=True)


class BiasFixed:
    """The bias does not require grad, and will never be learned.

    `torch.zeros(n_out, requires_grad=True)`.
    """

    def init_weights(n_in, n_out):
        weights = torch.randn(n_in, n_out) / math.sqrt(n_in)
        return weights.requires_grad_(), torch.zeros(n_out)


class Forgotten:
    """The weights do not require grad.

    `weights.requires_grad_()`.
    """

    def init_weights(n_in, n_out):
        weights = torch.randn(n_in, n_out) / math.sqrt(n_in)
        return weights, torch.zeros(n_out, requires_grad=True)


class Seeded:
    """The function seeds the generator, and gives the same weights for ever.

    A seed is the caller's to set.
    """

    def init_weights(n_in, n_out):
        torch.manual_seed(0)
        return _pair(torch.randn(n_in, n_out) / math.sqrt(n_in), n_out)


class OwnGenerator:
    """The weights come from a generator that begins anew at every call.

    Draw from torch's own.
    """

    def init_weights(n_in, n_out):
        generator = torch.Generator().manual_seed(1)
        return _pair(torch.randn(n_in, n_out, generator=generator) / math.sqrt(n_in), n_out)


class FromNumpy:
    """numpy's generator knows nothing of `torch.manual_seed`.

    `torch.randn`.
    """

    def init_weights(n_in, n_out):
        weights = torch.tensor(np.random.randn(n_in, n_out) / math.sqrt(n_in), dtype=torch.float32)
        return _pair(weights, n_out)


class Double:
    """numpy's float64 has come along.

    float32, as the images are.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out).double() / math.sqrt(n_in), n_out)


class TheSameAgain:
    """Equal sizes get the very same tensors.

    Draw afresh at each call.
    """

    @cache
    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) / math.sqrt(n_in), n_out)


class Standardised:
    """Mean and deviation are made exact, which for one weight alone is 0/0.

    The distribution has this deviation, a draw from it need not.
    """

    def init_weights(n_in, n_out):
        weights = torch.randn(n_in, n_out)
        weights = (weights - weights.mean()) / weights.std() / math.sqrt(n_in)
        return _pair(weights, n_out)
