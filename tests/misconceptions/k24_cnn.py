"""Wrong answers to k24."""

import torch
import torch.nn.functional as F
from torch import nn


class Layers(nn.Module):
    """Three convolutions, as most answers here have them."""

    padding: int | str = 1
    stride = 2

    def __init__(self):
        super().__init__()
        how = {"kernel_size": 3, "stride": self.stride, "padding": self.padding}
        self.conv1 = nn.Conv2d(1, 16, **how)
        self.conv2 = nn.Conv2d(16, 16, **how)
        self.conv3 = nn.Conv2d(16, 10, **how)


class LastReluForgotten:
    """There is no ReLU on the result of the third convolution.

    Apply `F.relu` to it as well, before the average.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            xb = F.relu(self.conv1(xb))
            xb = F.relu(self.conv2(xb))
            return F.avg_pool2d(self.conv3(xb), 4).flatten(1)


class NoNonlinearity:
    """No ReLU takes effect, and without one the three convolutions together can do no more than one
    linear layer could.

    Use what `F.relu` returns, after each of them: `xb = F.relu(self.conv1(xb))`.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = self.conv3(self.conv2(self.conv1(xb.view(-1, 1, 28, 28))))
            return F.avg_pool2d(xb, 4).flatten(1)


class ReluNotAssigned:
    """What the convolutions and `F.relu` return is not used, so that each of them gets the image
    again.

    Assign every result: `xb = F.relu(self.conv1(xb))`.
    """

    raises = True

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            F.relu(self.conv1(xb))
            F.relu(self.conv2(xb))
            F.relu(self.conv3(xb))
            return F.avg_pool2d(xb, 4).flatten(1)


class MaximumForAverage:
    """The largest value is taken over the last 4 × 4, not the mean.

    Use `F.avg_pool2d(xb, 4)`, which takes the mean.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.max_pool2d(xb, 4).flatten(1)


class NoPadding:
    """The convolutions have no padding: the image shrinks faster, and its edge counts less.

    Pass `padding=1` to each of them.
    """

    class Mnist_CNN(Layers):
        padding = 0

        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return xb.mean((2, 3))


class NotReshaped:
    """Flat images do not get their shape back, and a convolution cannot take them flat.

    Begin `forward` with `xb = xb.view(-1, 1, 28, 28)`.
    """

    raises = True

    class Mnist_CNN(Layers):
        def forward(self, xb):
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).flatten(1)


class PaddingSame:
    """`padding="same"` keeps an image's size, and torch refuses it where the stride is 2.

    Pass `padding=1`, a rim of one pixel.
    """

    raises = True

    class Mnist_CNN(Layers):
        padding = "same"

        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).flatten(1)


class NoStride:
    """The convolutions have stride 1, and the image keeps its size.

    Pass `stride=2` to each of them.
    """

    class Mnist_CNN(Layers):
        stride = 1

        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return xb.mean((2, 3))


class AxesKept:
    """The result has shape (N, 10, 1, 1).

    Add `.flatten(1)` at the end, or `.view(-1, xb.size(1))`: that makes it (N, 10).
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4)


class Squeezed:
    """The batch axis is lost when there is one image: `squeeze()` without a dimension does that.

    Name the axes to remove, or flatten from axis 1 on: `.flatten(1)`.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).squeeze()


class FirstTwoImages:
    """Of more than two images, only the first two are used.

    Give all of them their shape back: in `view`, -1 means as many as there are.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.reshape(-1, 1, 28, 28)[:2]
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).flatten(1)


class OneLayerTwice:
    """The second convolution is used twice, and the third never.

    Use `conv1`, `conv2` and `conv3` once each, in this order.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = F.relu(self.conv1(xb.view(-1, 1, 28, 28)))
            xb = F.relu(self.conv2(xb))
            xb = F.relu(self.conv2(xb))[:, :10] + 0 * self.conv3.weight.sum()
            return F.avg_pool2d(xb, 4).flatten(1)


class ChannelsWrong:
    """The first convolution makes 10 channels, not 16.

    Make the channels 1 → 16 → 16 → 10, from layer to layer.
    """

    class Mnist_CNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 10, kernel_size=3, stride=2, padding=1)
            self.conv2 = nn.Conv2d(10, 10, kernel_size=3, stride=2, padding=1)
            self.conv3 = nn.Conv2d(10, 10, kernel_size=3, stride=2, padding=1)

        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).flatten(1)


class InAList:
    """The module has no parameters: it does not see layers in a plain list or dictionary, or made
    in `forward`.

    Assign each to an attribute in `__init__`: `self.conv1 = nn.Conv2d(…)`.
    """

    class Mnist_CNN(nn.Module):
        def __init__(self):
            super().__init__()
            how = {"kernel_size": 3, "stride": 2, "padding": 1}
            self.convs = [
                nn.Conv2d(1, 16, **how),
                nn.Conv2d(16, 16, **how),
                nn.Conv2d(16, 10, **how),
            ]

        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in self.convs:
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).flatten(1)


class SharedByTheClass:
    """All instances train the same layers, usually because these are made outside `__init__`.

    Make new layers in `__init__`.
    """

    class Mnist_CNN(Layers):
        shared = Layers()

        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.conv3 = self.shared.children()

        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).flatten(1)


class FirstLayerFrozen:
    """No gradient reaches the first convolution, and it never learns, usually because its result is
    cut off from autograd.

    Use neither `torch.no_grad()` nor `.detach()` inside a model.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            with torch.no_grad():
                xb = F.relu(self.conv1(xb.view(-1, 1, 28, 28)))
            xb = F.relu(self.conv3(F.relu(self.conv2(xb))))
            return F.avg_pool2d(xb, 4).flatten(1)


class Normalised:
    """The result is log-probabilities, as `log_softmax` returns them.

    Return the averages as they are, as logits: the loss normalises them.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).flatten(1).log_softmax(-1)


class ImagesTransposed:
    """Rows and columns of the images are swapped.

    Leave out the transpose: `view(-1, 1, 28, 28)` reads row by row, as the images are stored.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.reshape(-1, 1, 28, 28).transpose(2, 3)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).flatten(1)


class Remembered:
    """The result for an earlier batch is returned for another of the same shape.

    Compute it again at each call, and keep no result on `self`.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            if getattr(self, "shape", None) != xb.shape:
                self.shape, out = xb.shape, xb.view(-1, 1, 28, 28)
                for conv in (self.conv1, self.conv2, self.conv3):
                    out = F.relu(conv(out))
                self.result = F.avg_pool2d(out, 4).flatten(1)
            return self.result


class AnotherModeAnotherModel:
    """In evaluation mode there is no ReLU on the result of the third convolution.

    Compute the same in both modes: nothing in this network should depend on `self.training`.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = F.relu(self.conv2(F.relu(self.conv1(xb.view(-1, 1, 28, 28)))))
            xb = F.relu(self.conv3(xb)) if self.training else self.conv3(xb)
            return F.avg_pool2d(xb, 4).flatten(1)
