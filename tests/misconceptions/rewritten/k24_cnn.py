"""Wrong answers to k24, written in another way."""

from collections import OrderedDict
from functools import partial, reduce

import torch
import torch.nn.functional as F
from torch import nn

_conv = partial(nn.Conv2d, kernel_size=3, stride=2, padding=1)
_channels = {"conv1": (1, 16), "conv2": (16, 16), "conv3": (16, 10)}


class LastReluForgotten:
    """The layers are set and called by name; `einsum` adds up what the pool would average."""

    class Mnist_CNN(nn.Module):
        def __init__(self):
            super().__init__()
            for name, (n_in, n_out) in _channels.items():
                setattr(self, name, _conv(n_in, n_out))

        def forward(self, xb):
            hidden = xb.view(xb.size(0), 1, 28, 28)
            for name in ("conv1", "conv2"):
                hidden = getattr(self, name)(hidden).relu()
            out = self.conv3(hidden)
            return torch.einsum("nchw->nc", out) / out[0, 0].numel()


class Squeezed:
    """The model is a `Sequential` with named layers, and its output is squeezed."""

    class Mnist_CNN(nn.Sequential):
        def __init__(self):
            layers = OrderedDict()
            for i, (name, (n_in, n_out)) in enumerate(_channels.items(), start=1):
                layers[name] = _conv(n_in, n_out)
                layers[f"relu{i}"] = nn.ReLU()
            layers["pool"] = nn.AdaptiveAvgPool2d(1)
            super().__init__(layers)

        def forward(self, xb):
            return torch.squeeze(super().forward(xb.view(len(xb), 1, 28, 28)))


class InAList:
    """The layers are the values of a dictionary, and `reduce` runs through them."""

    class Mnist_CNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = {name: _conv(*sizes) for name, sizes in _channels.items()}

        def forward(self, xb):
            images = xb.view(len(xb), 1, 28, 28)
            out = reduce(lambda x, conv: conv(x).relu(), self.layers.values(), images)
            return out.mean(dim=(-2, -1))


class Normalised:
    """The layers are the children in turn, and `logsumexp` is subtracted from the pool."""

    class Mnist_CNN(nn.Module):
        def __init__(self):
            super().__init__()
            for name, sizes in _channels.items():
                self.add_module(name, _conv(*sizes))

        def forward(self, xb):
            xb = xb.view(xb.shape[0], 1, 28, 28)
            for layer in self.children():
                xb = torch.relu(layer(xb))
            scores = F.adaptive_avg_pool2d(xb, 1)[..., 0, 0]
            return scores - torch.logsumexp(scores, dim=1, keepdim=True)
