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
    """In- and outputs have changed places.

    `nn.Linear(784, 10)`: inputs first.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(10, 784)

        def forward(self, xb):
            return xb @ self.lin.weight + self.lin.bias[:10]


class NoBias:
    """The layer has no bias.

    It has one unless told otherwise.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(784, 10, bias=False)


class Normalised:
    """The result is normalised.

    Bare logits: the loss does the rest.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return torch.log_softmax(self.lin(xb), dim=1)


class Activated:
    """A ReLU cuts negative logits off.

    Logits are any numbers.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return torch.relu(self.lin(xb))


class AnotherName:
    """The layer has another name.

    `self.lin`.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(784, 10)

        def forward(self, xb):
            return self.linear(xb)


class TwoLayers:
    """There is a second layer.

    One is all.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            self.out = nn.Linear(10, 10)

        def forward(self, xb):
            return self.out(self.lin(xb))


class InAList:
    """A layer in a Python list is not registered, and nobody finds its parameters.

    Assign it to an attribute.
    """

    class Mnist_Logistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(784, 10)]

        def forward(self, xb):
            return self.layers[0](xb)


class MadeInForward:
    """A new layer is made at every call, and nothing can be learned.

    In `__init__`.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return nn.Linear(784, 10).to(xb.dtype)(xb)


class OldParameters:
    """The parameters of k14 are there still.

    The layer has its own.
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

    The layer draws its own.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            with torch.no_grad():
                self.lin.weight.fill_(0.01)


class Detached:
    """The layer's data are used, and its parameters will not learn.

    `self.lin(xb)`.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return xb @ self.lin.weight.data.t() + self.lin.bias.data


class BiasForgotten:
    """The bias is there, and not used.

    `self.lin(xb)` adds it.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return xb @ self.lin.weight.t()


class InFloat:
    """The images become float32, and a float64 model does not take them.

    Leave the dtype alone.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return nn.functional.linear(xb.float(), self.lin.weight.float(), self.lin.bias.float())


class Frozen:
    """The weight does not require grad.

    A layer's parameters do by themselves.
    """

    class Mnist_Logistic(_Own):
        def __init__(self):
            super().__init__()
            self.lin.weight.requires_grad_(False)


class Remembered:
    """The result for the same input is remembered, though the weights have changed.

    Compute anew at each call.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            if getattr(self, "_input", None) is not xb:
                self._input, self._output = xb, self.lin(xb)
            return self._output


class Dropped:
    """In training mode a tenth of the input is dropped.

    The layer alone.
    """

    class Mnist_Logistic(_Own):
        def forward(self, xb):
            return self.lin(nn.functional.dropout(xb, 0.1, self.training))
