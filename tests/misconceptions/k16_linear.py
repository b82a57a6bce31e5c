"""Wrong answers to k16."""

import torch
from torch import nn


class _Own(nn.Module):
    """A classifier with its layer, for answers that differ in one place."""

    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(784, 10)

    def forward(self, xb):
        return self.lin(xb)


class TurnedRound:
    """The layer's inputs and outputs are swapped.

    Write `nn.Linear(784, 10)`: inputs first.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(10, 784)

        def forward(self, xb):
            return xb @ self.lin.weight + self.lin.bias[:10]


class NoBias:
    """The layer has no bias.

    Leave it in: `nn.Linear` makes one unless told `bias=False`.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(784, 10, bias=False)


class Normalised:
    """The model returns log-probabilities.

    Return bare logits, without a log-softmax: the loss normalises.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return torch.log_softmax(self.lin(xb), dim=1)


class Activated:
    """Negative logits become zero, as a ReLU makes them.

    Return the layer's result as it is: logits may be negative.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return torch.relu(self.lin(xb))


class AnotherName:
    """The layer has a name other than `lin`.

    Assign it to `self.lin`.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(784, 10)

        def forward(self, xb):
            return self.linear(xb)


class TwoLayers:
    """The model has a second layer.

    Make one only: `self.lin` gives the ten logits.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            self.out = nn.Linear(10, 10)

        def forward(self, xb):
            return self.out(self.lin(xb))


class InAList:
    """The module has no parameters: a layer in a Python list or a dictionary, or made in `forward`,
    is not registered.

    Assign it to an attribute in `__init__`: `self.lin`.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(784, 10)]

        def forward(self, xb):
            return self.layers[0](xb)


class OwnWeights:
    """`forward` computes with a tensor of its own, so that the parameters of `self.lin` never
    learn.

    Call the layer, which has the weights: `self.lin(xb)`.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            self.own = torch.randn(10, 784) / 28

        def forward(self, xb):
            return nn.functional.linear(xb, self.own.to(xb.dtype))


class MadeInForward:
    """A new layer is made at every call, and nothing can be learned.

    Make it once, in `__init__`, and call that one in `forward`.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return nn.Linear(784, 10).to(xb.dtype)(xb)


class OldParameters:
    """The model still has a parameter `weights` of its own, beside those of the layer.

    Remove it: the layer has its own.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            self.weights = nn.Parameter(torch.zeros(784, 10))


_shared = nn.Linear(784, 10)


class SharedLayer:
    """All instances have the same layer.

    Make it in `__init__`.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = _shared

        def forward(self, xb):
            return self.lin(xb)


class Alike:
    """Every instance begins with the same weights.

    Leave them as `nn.Linear` draws them: no `fill_`, no `nn.init`, no seed.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            with torch.no_grad():
                self.lin.weight.fill_(0.01)


class Detached:
    """No gradient reaches the layer's parameters, usually because of `.data`, `.detach()` or
    `no_grad`.

    Call the layer itself: `self.lin(xb)`.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return xb @ self.lin.weight.data.t() + self.lin.bias.data


class BiasForgotten:
    """The layer's bias exists, but it is never added.

    Return `self.lin(xb)`, which adds it.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return xb @ self.lin.weight.t()


class InFloat:
    """The logits are float32 even if model and images are float64.

    Leave the dtypes alone: no `.float()`.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return nn.functional.linear(xb.float(), self.lin.weight.float(), self.lin.bias.float())


class Frozen:
    """The weight does not require grad.

    Leave `requires_grad` alone: a layer's parameters require grad from the start.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            self.lin.weight.requires_grad_(False)


class Remembered:
    """The result for the same input is remembered, though the weights may have changed.

    Apply the layer at each call, and keep no result.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            if getattr(self, "_input", None) is not xb:
                self._input, self._output = xb, self.lin(xb)
            return self._output


class Dropped:
    """In training mode some of the input is dropped.

    Apply the layer alone, without dropout.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return self.lin(nn.functional.dropout(xb, 0.1, self.training))
