"""Wrong answers to k05."""

import math
from functools import cache

import numpy as np
import torch


def _pair(weights, n_out):
    return weights.requires_grad_(), torch.zeros(n_out, requires_grad=True)


class NotALeaf:
    """The weights are computed from a tensor that requires grad already, and so they are not a
    leaf: no gradient will be kept for them.

    Compute first, then call `requires_grad_()`.
    """

    def init_weights(n_in, n_out):
        weights = torch.randn(n_in, n_out, requires_grad=True) / math.sqrt(n_in)
        return weights, torch.zeros(n_out, requires_grad=True)


class NotScaled:
    """The weights have standard deviation 1, and so the outputs are √n_in times too large:
    28 times for MNIST.

    Divide the weights by √n_in.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out), n_out)


class DividedByN:
    """The weights have standard deviation 1/n_in, which is far too small.

    Divide by the root, `math.sqrt(n_in)`: a sum of n_in independent terms with mean 0 grows
    like √n_in.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) / n_in, n_out)


class Multiplied:
    """The weights are multiplied by √n_in, and so have a standard deviation of √n_in.

    Divide them by √n_in: an output is a sum over the inputs, and grows with their number.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) * math.sqrt(n_in), n_out)


class ByOutputs:
    """The weights are scaled by the number of outputs.

    Divide by √n_in: an output is a sum over the inputs.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) / math.sqrt(n_out), n_out)


class Xavier:
    """The weights are scaled by √(2/(n_in + n_out)), Xavier Glorot's way, which takes both sizes
    into account.

    Divide a standard normal draw by √n_in: here only the inputs count.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) * math.sqrt(2 / (n_in + n_out)), n_out)


class Kaiming:
    """The weights are scaled by √(2/n_in), Kaiming He's way, for layers before a ReLU (k24).

    Divide a standard normal draw by √n_in: no ReLU follows here.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) * math.sqrt(2 / n_in), n_out)


class For784:
    """The weights have standard deviation 1/28 whatever n_in is, which is right for 784 inputs
    only.

    Divide by `math.sqrt(n_in)`.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) / 28, n_out)


class AllZero:
    """All weights are zero.

    Draw them with `torch.randn`, and divide by √n_in: in a network of several layers, weights that
    begin equal stay equal.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.zeros(n_in, n_out), n_out)


class Uniform:
    """The standard deviation is right, but the distribution is uniform.

    Draw from a normal distribution: `torch.randn`, not `torch.rand`.
    """

    def init_weights(n_in, n_out):
        uniform = (torch.rand(n_in, n_out) * 2 - 1) * math.sqrt(3 / n_in)
        return _pair(uniform, n_out)


class Positive:
    """No weight is negative, usually because they are drawn between 0 and 1, by `torch.rand`.

    Draw with `torch.randn`, which is normal with mean zero.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.rand(n_in, n_out) / math.sqrt(n_in), n_out)


class CutOff:
    """The weights come from a normal distribution that is cut off at two standard deviations, as
    `nn.init.trunc_normal_` does.

    Draw with `torch.randn`, which cuts nothing off.
    """

    def init_weights(n_in, n_out):
        weights = torch.nn.init.trunc_normal_(torch.empty(n_in, n_out), a=-2, b=2)
        return _pair(weights / math.sqrt(n_in) / 0.8796, n_out)


class OneRow:
    """All inputs get the same weights.

    Draw every weight on its own: `torch.randn(n_in, n_out)`.
    """

    def init_weights(n_in, n_out):
        row = torch.randn(1, n_out) / math.sqrt(n_in)
        return _pair(row.repeat(n_in, 1), n_out)


class Transposed:
    """The weights have shape (n_out, n_in), as in `nn.Linear`.

    Draw them as (n_in, n_out): a row for each input.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_out, n_in) / math.sqrt(n_in), n_out)


class BiasPerInput:
    """There is a bias for every input.

    Make one for each output: shape (n_out,).
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) / math.sqrt(n_in), n_in)


class BiasDrawn:
    """The bias begins at random.

    Begin with `torch.zeros`, so that no class is preferred.
    """

    def init_weights(n_in, n_out):
        weights = torch.randn(n_in, n_out) / math.sqrt(n_in)
        return weights.requires_grad_(), torch.randn(n_out, requires_grad=True)


class BiasFixed:
    """The bias does not require grad, so `backward` will compute nothing for it.

    Make it with `torch.zeros(n_out, requires_grad=True)`.
    """

    def init_weights(n_in, n_out):
        weights = torch.randn(n_in, n_out) / math.sqrt(n_in)
        return weights.requires_grad_(), torch.zeros(n_out)


class Forgotten:
    """The weights do not require grad, so `backward` will compute nothing for them.

    Call `weights.requires_grad_()` last.
    """

    def init_weights(n_in, n_out):
        weights = torch.randn(n_in, n_out) / math.sqrt(n_in)
        return weights, torch.zeros(n_out, requires_grad=True)


class NeitherRequiresGrad:
    """Neither the weights nor the bias require grad, so `backward` will compute nothing for them.

    Call `requires_grad_()` on both, last.
    """

    def init_weights(n_in, n_out):
        return torch.randn(n_in, n_out) / math.sqrt(n_in), torch.zeros(n_out)


class Seeded:
    """The function seeds the generator, and so draws the same weights at every call.

    Leave out the seed: setting one is up to the caller.
    """

    def init_weights(n_in, n_out):
        torch.manual_seed(0)
        return _pair(torch.randn(n_in, n_out) / math.sqrt(n_in), n_out)


class OwnGenerator:
    """The weights come from a generator of their own, which starts from the same seed at every
    call.

    Draw from torch's generator: leave out `generator=`.
    """

    def init_weights(n_in, n_out):
        generator = torch.Generator().manual_seed(1)
        return _pair(torch.randn(n_in, n_out, generator=generator) / math.sqrt(n_in), n_out)


class FromNumpy:
    """The weights do not come from torch's generator but from another, usually numpy's, on which
    `torch.manual_seed` has no effect.

    Draw with `torch.randn`.
    """

    def init_weights(n_in, n_out):
        weights = torch.tensor(np.random.randn(n_in, n_out) / math.sqrt(n_in), dtype=torch.float32)
        return _pair(weights, n_out)


class Double:
    """The weights are float64, usually because they come from numpy or from `.double()`.

    Keep torch's default, float32, as the images are.
    """

    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out).double() / math.sqrt(n_in), n_out)


class TheSameAgain:
    """Two calls with equal sizes return the very same tensors.

    Draw at every call, without `@cache`.
    """

    @cache
    def init_weights(n_in, n_out):
        return _pair(torch.randn(n_in, n_out) / math.sqrt(n_in), n_out)


class Standardised:
    """A single weight becomes NaN, usually because the draw is divided by its own standard
    deviation, which one number does not have.

    Divide by √n_in only: the distribution has this deviation, and a draw from it need not.
    """

    def init_weights(n_in, n_out):
        weights = torch.randn(n_in, n_out)
        weights = (weights - weights.mean()) / weights.std() / math.sqrt(n_in)
        return _pair(weights, n_out)
