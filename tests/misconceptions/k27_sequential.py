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
    """Flat images do not get their shape back, and a convolution cannot take them flat.

    Begin with a layer that does it: `Lambda(preprocess)`.
    """

    raises = True

    def get_model():
        return nn.Sequential(
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip


class FlatImagesOnly:
    """Images that have the shape (N, 1, 28, 28) already are refused, as by `nn.Unflatten`.

    Begin with `Lambda(preprocess)`: `view(-1, 1, 28, 28)` takes both.
    """

    raises = True

    def get_model():
        return nn.Sequential(
            nn.Unflatten(1, (1, 28, 28)),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip


class NotFlattened:
    """The result has shape (N, 10, 1, 1).

    Add a last layer that makes it (N, 10): `nn.Flatten()`.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AvgPool2d(4),
        )  # fmt: skip


class LastReluForgotten:
    """There is no ReLU after the third convolution.

    Put an `nn.ReLU()` between it and the pool.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10),
            nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip


class LastReluAfterThePool:
    """The last ReLU comes after the average pool, which has negative numbers in its mean.

    Put it right after the third convolution, before the pool.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10),
            nn.AvgPool2d(4), nn.ReLU(), nn.Flatten(),
        )  # fmt: skip


class NoNonlinearity:
    """There is no ReLU between the convolutions, and without one the three together can do no more
    than one linear layer could.

    Put an `nn.ReLU()` after each.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), conv(16, 16), conv(16, 10), nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip


class MaximumForAverage:
    """The largest value is taken over the last 4 × 4, not the mean.

    Use `nn.AvgPool2d(4)`, which takes the mean.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.MaxPool2d(4), nn.Flatten(),
        )  # fmt: skip


class PoolTooSmall:
    """The pool leaves 2 × 2 values of each channel, and so 40 numbers for an image.

    Use `nn.AvgPool2d(4)`, which leaves one of each.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AvgPool2d(2), nn.Flatten(),
        )  # fmt: skip


class NoPadding:
    """The convolutions have no padding, and the image shrinks faster.

    Pass `padding=1` to each of them.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16, padding=0), nn.ReLU(), conv(16, 16, padding=0), nn.ReLU(),
            conv(16, 10, padding=0), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )  # fmt: skip


class WithoutBias:
    """The convolutions have no bias.

    Leave out `bias=False`.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16, bias=False), nn.ReLU(), conv(16, 16, bias=False), nn.ReLU(),
            conv(16, 10, bias=False), nn.ReLU(), nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip


class OneLayerTwice:
    """There are parameters for two convolutions only: the third is missing, or one layer is in the
    row twice.

    Make three, each with its own call of `nn.Conv2d`.
    """

    def get_model():
        middle = conv(16, 16)
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), middle, nn.ReLU(), middle, nn.ReLU(),
            nn.AvgPool2d(4), nn.Flatten(), Lambda(lambda x: x[:, :10]),
        )  # fmt: skip


class MiddleLayerTwice:
    """There are four convolutions: the middle one is applied twice.

    Make three, each with its own call of `nn.Conv2d`, and put each into the row once.
    """

    def get_model():
        middle = conv(16, 16)
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), middle, nn.ReLU(), middle, nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )  # fmt: skip


class OneModelForAll:
    """Every call returns the same model.

    Make the model and its layers inside the function, and keep neither.
    """

    model = nn.Sequential(
        Lambda(preprocess),
        conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
        nn.AvgPool2d(4), nn.Flatten(),
    )  # fmt: skip

    def get_model():
        return OneModelForAll.model


class LayersShared:
    """Each call returns another `nn.Sequential` of the same layers, and training one trains them
    all.

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
    """The layers are returned in a list, which is not a model.

    Make a model of it: `nn.Sequential(*layers)`.
    """

    def get_model():
        return [conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU()]


class NoReturn:
    """`get_model` returns None.

    Return the model: `return nn.Sequential(…)`.
    """

    def get_model():
        nn.Sequential(Lambda(preprocess), conv(1, 16), nn.ReLU())


class LinearHead:
    """There is a linear layer after the convolutions.

    Leave it out: the averages over 4 × 4 are the ten numbers.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AvgPool2d(4), nn.Flatten(), nn.Linear(10, 10),
        )  # fmt: skip


class Detached:
    """No gradient reaches the first convolution, and it never learns, usually because a layer after
    it detaches its input.

    Use neither `.detach()` nor `torch.no_grad()` inside a model.
    """

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), Lambda(torch.Tensor.detach), conv(16, 16), nn.ReLU(),
            conv(16, 10), nn.ReLU(), nn.AvgPool2d(4), nn.Flatten(),
        )  # fmt: skip


class InFloat64:
    """The model's parameters are float64, and images are float32.

    Leave out `.double()`: a caller who needs float64 converts the model.
    """

    raises = True

    def get_model():
        return nn.Sequential(
            Lambda(preprocess),
            conv(1, 16), nn.ReLU(), conv(16, 16), nn.ReLU(), conv(16, 10), nn.ReLU(),
            nn.AvgPool2d(4), nn.Flatten(),
        ).double()  # fmt: skip
