"""Right answers to k27, written differently."""

from collections import OrderedDict

import torch
from torch import nn

from solutions.k27_sequential import Lambda, preprocess


class Tutorial:
    """The tutorial's own lines."""

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            nn.Conv2d(1, 16, kernel_size=3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 16, kernel_size=3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 10, kernel_size=3, stride=2, padding=1),
            nn.ReLU(),
            nn.AvgPool2d(4),
            Lambda(lambda x: x.view(x.size(0), -1)),
        )


class Named:
    """Every layer has a name."""

    def get_model():
        model = nn.Sequential(OrderedDict(image=nn.Flatten(), shape=nn.Unflatten(1, (1, 28, 28))))
        for i, (a, b) in enumerate([(1, 16), (16, 16), (16, 10)], 1):
            model.add_module(f"conv{i}", nn.Conv2d(a, b, 3, 2, 1))
            model.add_module(f"relu{i}", nn.ReLU(inplace=True))
        model.add_module("mean", nn.AdaptiveAvgPool2d(1))
        model.add_module("flat", nn.Flatten())
        return model


class Nested:
    """Blocks within the row."""

    def get_model():
        def block(a, b):
            return nn.Sequential(nn.Conv2d(a, b, 3, stride=2, padding=1), nn.ReLU())

        blocks = [block(1, 16), block(16, 16), block(16, 10)]
        return nn.Sequential(Lambda(preprocess), *blocks, Lambda(lambda x: x.mean((2, 3))))


class Subclass:
    """A class of its own, with functions for activations."""

    def get_model():
        class CNN(nn.Sequential):
            def __init__(self):
                conv = {"kernel_size": 3, "stride": 2, "padding": 1}
                super().__init__()
                self.append(Lambda(lambda x: x.reshape(-1, 1, 28, 28)))
                self.append(nn.Conv2d(1, 16, **conv)).append(Lambda(torch.relu))
                self.append(nn.Conv2d(16, 16, **conv)).append(Lambda(torch.relu))
                self.append(nn.Conv2d(16, 10, **conv)).append(Lambda(torch.relu))
                self.append(nn.AvgPool2d(4)).append(nn.Flatten(1))

        return CNN()
