"""Wrong answers to k14."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def forward(self, xb):
    """Compute the logits, as most answers here do."""
    return xb @ self.weights + self.bias


class PlainTensors:
    """A plain tensor is not registered, even if it requires grad.

    Wrap it in `nn.Parameter`.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = (torch.randn(784, 10) / 28).requires_grad_()
            self.bias = torch.zeros(10, requires_grad=True)

        forward = forward


class BiasNotRegistered:
    """`bias` is a plain tensor, which is not registered.

    Wrap it in `nn.Parameter`, like the weights.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / 28)
            self.bias = torch.zeros(10, requires_grad=True)

        forward = forward


class NotRegisteredNorLeaf:
    """The weights are a plain tensor, which is not registered. One that is computed from a tensor
    that requires grad is not a leaf either.

    Wrap the computed tensor in `nn.Parameter`: that is registered, and a leaf.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = torch.randn(784, 10, requires_grad=True) / 28
            self.bias = torch.zeros(10, requires_grad=True)

        forward = forward


class Buffers:
    """A buffer is saved and moved with the module, but not learned.

    Wrap each tensor in `nn.Parameter` instead.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("weights", (torch.randn(784, 10) / 28).requires_grad_())
            self.register_buffer("bias", torch.zeros(10, requires_grad=True))

        forward = forward


class Frozen:
    """A parameter does not require grad, so that training would leave it as it is.

    Leave `requires_grad` alone: an `nn.Parameter` requires grad from the start.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / 28).requires_grad_(False)
            self.bias = nn.Parameter(torch.zeros(10))

        forward = forward


class DividedAfterwards:
    """`weights` is not registered: a computation with a parameter, such as dividing it, gives a
    plain tensor.

    Do the arithmetic inside: `nn.Parameter(torch.randn(784, 10) / math.sqrt(784))`.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10)) / math.sqrt(784)
            self.bias = nn.Parameter(torch.zeros(10))

        forward = forward


class SharedByTheClass:
    """All instances have the same parameters, usually because these are made once, in the class or
    outside it.

    Make them in `__init__`, and assign them to `self`.
    """

    class Mnist_Logistic(nn.Module):
        w = nn.Parameter(torch.randn(784, 10) / 28)
        b = nn.Parameter(torch.zeros(10))

        def __init__(self):
            super().__init__()
            self.weights, self.bias = self.w, self.b

        forward = forward


class NotScaled:
    """The weights have standard deviation 1, and so the logits become far too large.

    Divide the weights by √784.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10))
            self.bias = nn.Parameter(torch.zeros(10))

        forward = forward


class RootForgotten:
    """The weights have standard deviation 1/784, not 1/√784.

    Divide by √784: variances add up, and the sum of 784 terms of variance 1/784 has variance 1.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / 784)
            self.bias = nn.Parameter(torch.zeros(10))

        forward = forward


class ScaledByOutputs:
    """The deviation follows the 10 outputs, not the 784 inputs that are summed.

    Divide by √784.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / math.sqrt(10))
            self.bias = nn.Parameter(torch.zeros(10))

        forward = forward


class Uniform:
    """The deviation is right, but the distribution is uniform.

    Draw with `torch.randn`, which is normal; `torch.rand` is uniform.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter((torch.rand(784, 10) - 0.5) * math.sqrt(12) / 28)
            self.bias = nn.Parameter(torch.zeros(10))

        forward = forward


class PositiveOnly:
    """All weights are positive, usually because `torch.rand` draws between 0 and 1. Since pixels
    are never negative either, no logit is.

    Draw with `torch.randn`, from a normal distribution with mean zero.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.rand(784, 10) / 28)
            self.bias = nn.Parameter(torch.zeros(10))

        forward = forward


class RandomBias:
    """The bias is drawn at random too, and so some classes are preferred from the beginning.

    Begin with a bias of zeros.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / 28)
            self.bias = nn.Parameter(torch.randn(10))

        forward = forward


class BiasForgotten:
    """The bias exists, but `forward` never adds it.

    Return `xb @ self.weights + self.bias`.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / 28)
            self.bias = nn.Parameter(torch.zeros(10))

        def forward(self, xb):
            return xb @ self.weights


class Normalised:
    """The model returns log-probabilities, not logits.

    Leave the log-softmax out of the model: the loss normalises.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / 28)
            self.bias = nn.Parameter(torch.zeros(10))

        def forward(self, xb):
            return F.log_softmax(xb @ self.weights + self.bias, -1)


class Detached:
    """No gradient reaches the weights, usually because `.data` or `.detach()` gives their numbers
    without autograd.

    Use the parameter itself: `self.weights`.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / 28)
            self.bias = nn.Parameter(torch.zeros(10))

        def forward(self, xb):
            return xb @ self.weights.data + self.bias


class Transposed:
    """The weights have the shape that `nn.Linear` gives its own.

    Make them (784, 10): then `xb @ weights` needs no transpose.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(10, 784) / 28)
            self.bias = nn.Parameter(torch.zeros(10))

        def forward(self, xb):
            return xb @ self.weights.T + self.bias


class OtherNames:
    """The parameters have names other than `weights` and `bias`.

    Name the attributes `weights` and `bias`: a `state_dict` is saved and loaded by these names.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.randn(784, 10) / 28)
            self.b = nn.Parameter(torch.zeros(10))

        def forward(self, xb):
            return xb @ self.w + self.b


class Seeded:
    """A seed inside makes every model begin with the same weights.

    Leave out `manual_seed`: the caller sets seeds.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.weights = nn.Parameter(torch.randn(784, 10) / 28)
            self.bias = nn.Parameter(torch.zeros(10))

        forward = forward


class GeneratorPutBack:
    """The generator is put back to where it was, and the next model draws the same weights.

    Draw, and leave the generator where the draw has left it.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            state = torch.get_rng_state()
            self.weights = nn.Parameter(torch.randn(784, 10) / 28)
            self.bias = nn.Parameter(torch.zeros(10))
            torch.set_rng_state(state)

        forward = forward


class ComputesWithACopy:
    """The parameter `weights` is not the tensor that `forward` computes with: that is a copy made
    in `__init__`, which stays as it was when the parameter is trained.

    Compute with `self.weights` itself.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / 28)
            self.bias = nn.Parameter(torch.zeros(10))
            self.copy = self.weights.detach().clone()

        def forward(self, xb):
            return xb @ self.copy + self.bias


class Remembered:
    """The logits of an earlier batch are returned for another of the same length.

    Compute them from `xb` at each call, and keep none of them.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / 28)
            self.bias = nn.Parameter(torch.zeros(10))
            self.seen = {}

        def forward(self, xb):
            return self.seen.setdefault(len(xb), xb @ self.weights + self.bias)


class LinearInside:
    """An `nn.Linear` holds the parameters and does the work of this kata.

    Make two parameters yourself, and multiply and add in `forward`.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(784, 10)
            nn.init.normal_(self.lin.weight, std=1 / 28)
            nn.init.zeros_(self.lin.bias)

        weights = property(lambda self: self.lin.weight.T)
        bias = property(lambda self: self.lin.bias)

        def forward(self, xb):
            return self.lin(xb)


class LinearHidden:
    """A layer hidden in a list does the work of this kata.

    Multiply and add in `forward` yourself.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.randn(784, 10) / 28)
            self.bias = nn.Parameter(torch.zeros(10))
            self.layers = [nn.Linear(784, 10)]

        def forward(self, xb):
            lin = self.layers[0]
            del lin.weight, lin.bias
            lin.weight, lin.bias = self.weights.T, self.bias
            return lin(xb)
