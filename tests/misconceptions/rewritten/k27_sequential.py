"""Wrong answers to k27, written in another way."""

from collections import OrderedDict
from functools import cache
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

_CHANNELS = (1, 16, 16, 10)


def _stages():
    """Yield the convolutions, each with its ReLU behind it."""
    for n_in, n_out in pairwise(_CHANNELS):
        yield nn.Conv2d(n_in, n_out, 3, stride=2, padding=1)
        yield nn.ReLU()


class _Mean(nn.Module):
    """The mean over both axes of the images: (N, C, H, W) to (N, C)."""

    def forward(self, x):
        return torch.mean(x, dim=(-2, -1))


class NoPreprocessing:
    """Named layers, and a mean for the pool and the flattening."""

    def get_model():
        layers = OrderedDict()
        for i, layer in enumerate(_stages()):
            kind = type(layer).__name__.lower()
            layers[f"{kind}{i // 2 + 1}"] = layer
        layers["mean"] = _Mean()
        return nn.Sequential(layers)


class NotFlattened:
    """The row is filled by `append`, and the pool adapts itself."""

    def get_model():
        model = nn.Sequential(nn.Flatten(), nn.Unflatten(1, (1, 28, 28)))
        for stage in _stages():
            model.append(stage)
        model.append(nn.AdaptiveAvgPool2d((1, 1)))
        return model


class _Net(nn.Sequential):
    """Three convolutions, with a function for what stands between them."""

    def __init__(self):
        super().__init__(*(nn.Conv2d(a, b, (3, 3), (2, 2), (1, 1)) for a, b in pairwise(_CHANNELS)))

    def forward(self, xb):
        first, second, last = self
        xb = xb.reshape(-1, 1, 28, 28)
        xb = last(F.relu(second(F.relu(first(xb)))))
        return F.avg_pool2d(xb, xb.shape[2:])[:, :, 0, 0]


class LastReluForgotten:
    """A subclass of `nn.Sequential` holds the convolutions, and its `forward` does the rest."""

    def get_model():
        return _Net()


@cache
def _network():
    """Make the network from its three parts."""
    head = (nn.Flatten(), nn.Unflatten(1, (1, 28, 28)))
    return nn.Sequential(*head, *_stages(), _Mean())


class OneModelForAll:
    """A function with a cache makes the model."""

    def get_model():
        return _network()
