"""Wrong answers to k24."""

import torch
import torch.nn.functional as F
from torch import nn


class Layers(nn.Module):
    """Three convolutions, as most answers here have them."""

    padding = 1
    stride = 2

    def __init__(self):
        super().__init__()
        how = {"kernel_size": 3, "stride": self.stride, "padding": self.padding}
        self.conv1 = nn.Conv2d(1, 16, **how)
        self.conv2 = nn.Conv2d(16, 16, **how)
        self.conv3 = nn.Conv2d(16, 10, **how)


class LastReluForgotten:
    """There is no ReLU behind the third convolution.

    The tutorial's network has one behind each of the three.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            xb = F.relu(self.conv1(xb))
            xb = F.relu(self.conv2(xb))
            return F.avg_pool2d(self.conv3(xb), 4).flatten(1)


class NoNonlinearity:
    """Without a ReLU between them, three convolutions are one.

    `F.relu` behind each.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = self.conv3(self.conv2(self.conv1(xb.view(-1, 1, 28, 28))))
            return F.avg_pool2d(xb, 4).flatten(1)


class MaximumForAverage:
    """The largest value is taken over the last 4 × 4, and not the mean.

    `F.avg_pool2d`.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.max_pool2d(xb, 4).flatten(1)


class NoPadding:
    """Without padding the image shrinks faster, and its edge counts less.

    `padding=1`.
    """

    class Mnist_CNN(Layers):
        padding = 0

        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return xb.mean((2, 3))


class NoStride:
    """Without a stride the image keeps its size.

    `stride=2`.
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

    `.flatten(1)`, or `.view(-1, xb.size(1))`, makes it (N, 10).
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4)


class Squeezed:
    """`squeeze()` removes the batch axis too when there is one image.

    Name the axes that are to go, or flatten from axis 1 on.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).squeeze()


class BatchSizeFixed:
    """The images get their shape back only if there are two of them.

    -1 stands for however many there are.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.reshape(-1, 1, 28, 28)[:2]
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).flatten(1)


class OneLayerTwice:
    """The second convolution is used twice, and the third never.

    One layer for each step.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = F.relu(self.conv1(xb.view(-1, 1, 28, 28)))
            xb = F.relu(self.conv2(xb))
            xb = F.relu(self.conv2(xb))[:, :10] + 0 * self.conv3.weight.sum()
            return F.avg_pool2d(xb, 4).flatten(1)


class ChannelsWrong:
    """The first convolution gives 10 channels, and the last takes 10.

    1 → 16 → 16 → 10.
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
    """A plain list hides the layers from the module.

    Assign each to an attribute: `self.conv1 = …`.
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
    """The layers belong to the class, and all its instances train the same ones.

    Make them in `__init__`.
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
    """The first layer's result is taken out of the graph, and the layer never learns.

    No `torch.no_grad()` and no `.detach()` inside a model.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            with torch.no_grad():
                xb = F.relu(self.conv1(xb.view(-1, 1, 28, 28)))
            xb = F.relu(self.conv3(F.relu(self.conv2(xb))))
            return F.avg_pool2d(xb, 4).flatten(1)


class Normalised:
    """The result is normalised; the loss does that.

    No softmax in the model.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).flatten(1).log_softmax(-1)


class ImagesTransposed:
    """Rows and columns of the images are swapped.

    `view(-1, 1, 28, 28)` reads line by line, as the images are stored.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = xb.reshape(-1, 1, 28, 28).transpose(2, 3)
            for conv in (self.conv1, self.conv2, self.conv3):
                xb = F.relu(conv(xb))
            return F.avg_pool2d(xb, 4).flatten(1)


class Remembered:
    """The result for an earlier batch is returned for another of the same shape.

    Compute it at each call.
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
    """In evaluation mode the last ReLU is left out.

    Nothing in this network depends on the mode.
    """

    class Mnist_CNN(Layers):
        def forward(self, xb):
            xb = F.relu(self.conv2(F.relu(self.conv1(xb.view(-1, 1, 28, 28)))))
            xb = F.relu(self.conv3(xb)) if self.training else self.conv3(xb)
            return F.avg_pool2d(xb, 4).flatten(1)
