"""Right answers to k24, written differently."""

import torch
import torch.nn.functional as F
from torch import nn


class Tutorial:
    """The tutorial's own lines."""

    class Mnist_CNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 16, kernel_size=3, stride=2, padding=1)
            self.conv2 = nn.Conv2d(16, 16, kernel_size=3, stride=2, padding=1)
            self.conv3 = nn.Conv2d(16, 10, kernel_size=3, stride=2, padding=1)

        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            xb = F.relu(self.conv1(xb))
            xb = F.relu(self.conv2(xb))
            xb = F.relu(self.conv3(xb))
            xb = F.avg_pool2d(xb, 4)
            return xb.view(-1, xb.size(1))


class Backwards:
    """Registered in another order; the mean by hand."""

    class Mnist_CNN(nn.Module):
        def __init__(self):
            super().__init__()
            for i, (a, b) in {3: (16, 10), 2: (16, 16), 1: (1, 16)}.items():
                setattr(self, f"conv{i}", nn.Conv2d(a, b, 3, 2, 1))

        def forward(self, xb):
            out = xb.reshape(len(xb), 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                out = conv(out).clamp(min=0)
            return out.mean(dim=(-1, -2))


class Modules:
    """With modules for the steps without parameters, too."""

    class Mnist_CNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.LazyConv2d(16, 3, stride=2, padding=1)
            self.conv1 = nn.Conv2d(1, 16, (3, 3), (2, 2), (1, 1))
            self.conv2 = nn.Conv2d(16, 16, (3, 3), (2, 2), (1, 1))
            self.conv3 = nn.Conv2d(16, 10, (3, 3), (2, 2), (1, 1))
            self.act = nn.ReLU()
            self.pool = nn.AdaptiveAvgPool2d(1)
            self.flatten = nn.Flatten()

        def forward(self, xb):
            xb = torch.unflatten(xb.flatten(1), 1, (1, 28, 28))
            xb = self.act(self.conv3(self.act(self.conv2(self.act(self.conv1(xb))))))
            return self.flatten(self.pool(xb))


class Unfolded:
    """Each convolution as what it is: patches times filters."""

    class Mnist_CNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 16, kernel_size=3, stride=2, padding=1)
            self.conv2 = nn.Conv2d(16, 16, kernel_size=3, stride=2, padding=1)
            self.conv3 = nn.Conv2d(16, 10, kernel_size=3, stride=2, padding=1)

        def forward(self, xb):
            xb = xb.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                patches = F.unfold(xb, 3, stride=2, padding=1)
                out = conv.weight.flatten(1) @ patches + conv.bias[:, None]
                xb = torch.maximum(out, out.new_zeros(())).unflatten(
                    2, (-1, (xb.shape[3] + 1) // 2)
                )
            return xb.flatten(2).mean(2)
