"""Part 4 · Convolutions
k24 · A convolutional network

The linear layer of k16 sees 784 numbers and does not know which are neighbours. A
convolution slides one small filter over the image and so looks for the same
thing everywhere. Three of them, each with stride 2, halve the image again and again,
and the mean over what is left makes ten numbers:

    (N, 1, 28, 28)  conv1, relu →  (N, 16, 14, 14)
                    conv2, relu →  (N, 16, 7, 7)
                    conv3, relu →  (N, 10, 4, 4)
                    average pool 4 →  (N, 10, 1, 1)  →  (N, 10)

Images come flat, (N, 784), and get their shape back first.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
      https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html
Tutorial: "Switch to CNN"
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Mnist_CNN(nn.Module):
    """Three convolutions and an average: 1 → 16 → 16 → 10 channels.

    Layers: `conv1`, `conv2` and `conv3`, each with kernel 3, stride 2 and padding 1.

    >>> Mnist_CNN()(torch.zeros(5, 784)).shape
    torch.Size([5, 10])
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, kernel_size=3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(16, 16, kernel_size=3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(16, 10, kernel_size=3, stride=2, padding=1)

    def forward(self, xb: Tensor) -> Tensor:
        """Return (N, 10) for a batch of images, (N, 784) or (N, 1, 28, 28)."""
        xb = xb.view(-1, 1, 28, 28)
        xb = F.relu(self.conv1(xb))
        xb = F.relu(self.conv2(xb))
        # As the tutorial has it. A ReLU on the last layer is unusual: it keeps logits
        # from falling below zero, and a class that sinks there learns no more.
        xb = F.relu(self.conv3(xb))
        return F.avg_pool2d(xb, 4).flatten(1)
