"""Wrong answers to k27."""

import torch
from torch import nn

from solutions.k27_sequential import Lambda, preprocess


def conv(channels_in, channels_out, **how):
    """Make a convolution as most answers here have it."""
    return nn.Conv2d(
        channels_in, channels_out, **{"kernel_size": 3, "stride": 2, "padding": 1} | how
    )


class NoPreprocessing:
    """Flat images cannot be convolved.

    A first layer gives them their shape: `Lambda(preprocess)`.
    """

    def get_model():
        return nn.Sequential(
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip


class FlatImagesOnly:
    """Images that have their shape already are refused.

    `view(-1, 1, 28, 28)` takes both.
    """

    def get_model():
        return nn.Sequential(
            nn.Unflatten(1, (1, 28, 28)),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip


class NotFlattened:
    """The result has shape (N, 10, 1, 1).

    A last layer makes it (N, 10): `nn.Flatten()`.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AvgPool2d(4),
        )  # fmt: skip


class LastReluForgotten:
    """There is no ReLU behind the third convolution.

    The network of k24 has one.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10),
            nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip


class NoNonlinearity:
    """Without a ReLU between them, three convolutions are one.

    `nn.ReLU()` behind each.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), conv(16, 16), conv(16, 10), nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip


class MaximumForAverage:
    """The largest value is taken over the last 4 × 4, and not the mean.

    `nn.AvgPool2d`.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.MaxPool2d(4), nn.Flatten(),
        )  # fmt: skip


class PoolTooSmall:
    """A pool of 2 leaves 2 × 2 values of each channel, and 40 numbers.

    `nn.AvgPool2d(4)` leaves one.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AvgPool2d(2), nn.Flatten(),
        )  # fmt: skip


class NoPadding:
    """Without padding the image shrinks faster.

    `padding=1`.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16, padding=0), nn.ReLU(), conv(16, 16, padding=0), nn.ReLU(),
            conv(16, 10, padding=0), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )  # fmt: skip


class WithoutBias:
    """The convolutions have no bias.

    Leave `bias` as it is by default.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16, bias=False), nn.ReLU(), conv(16, 16, bias=False), nn.ReLU(),
            conv(16, 10, bias=False), nn.ReLU(), nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip


class OneLayerTwice:
    """The second convolution stands in the row twice.

    Each `nn.Conv2d(…)` makes a layer of its own.
    """

    def get_model():
        middle = conv(16, 16)
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), middle, nn.ReLU(), middle, nn.ReLU(),
            nn.AvgPool2d(4), nn.Flatten(), Lambda(lambda x: x[:, :10]),
        )  # fmt: skip


class OneModelForAll:
    """Every call gives the same model.

    Make the layers inside the function.
    """

    model = nn.Sequential(
        Lambda(preprocess),
        conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
        nn.AvgPool2d(4), nn.Flatten(),
    )  # fmt: skip

    def get_model():
        return OneModelForAll.model


class LayersShared:
    """A new row is made each time, of the same layers.

    Make the layers inside the function.
    """

    layers = [
        Lambda(preprocess),
        conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
        nn.AvgPool2d(4), nn.Flatten(),
    ]  # fmt: skip

    def get_model():
        return nn.Sequential(*LayersShared.layers)


class AList:
    """A list of layers is not a model.

    `nn.Sequential(*layers)`.
    """

    def get_model():
        return [conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU()]


class NoReturn:
    """The model is made, and not returned.

    `return` it.
    """

    def get_model():
        nn.Sequential(Lambda(preprocess), conv(1, 16), nn.ReLU())


class LinearHead:
    """A linear layer was added, which the network of k24 has not.

    The average over 4 × 4 gives the ten numbers.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AvgPool2d(4), nn.Flatten(), nn.Linear(10, 10),
        )  # fmt: skip


class Detached:
    """One of the layers takes its input out of the graph, and what comes before never learns.

    No `.detach()` inside a model.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), Lambda(torch.Tensor.detach), conv(16, 16), nn.ReLU(),
            conv(16, 10), nn.ReLU(), nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip
