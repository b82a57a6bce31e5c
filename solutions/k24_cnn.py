"""Part 4 · Convolutions
k24 · A convolutional network

The linear layer of k16 sees 784 numbers and does not know which of them are neighbours.
A *convolution* does. It lays a small square of weights, the *kernel*, over every place of
the image, multiplies and sums, and so looks for the same pattern everywhere. The results
form an image again, called a *channel*. A layer has one kernel for each channel that
it makes, and each kernel reads all the channels that come in. With *stride* 2 the kernel
moves two pixels at a time; *padding* 1 puts a rim of zeros around the image. From n rows
(or columns) it makes

    ⌊(n + 2 · padding − kernel) / stride⌋ + 1        so 28 → 14 → 7 → 4

After each comes a *ReLU*, relu(x) = max(0, x). Without something that bends between them,
three convolutions could do no more than one linear layer. At the end, an average pool takes
the mean of each channel, and there are ten numbers:

    (N, 1, 28, 28)  conv1, relu →  (N, 16, 14, 14)
                    conv2, relu →  (N, 16, 7, 7)
                    conv3, relu →  (N, 10, 4, 4)
                    average pool 4 →  (N, 10, 1, 1)  →  (N, 10)

Images come flat, (N, 784), and get their shape back first. `view` gives a tensor another
shape. One of the numbers may be -1: it stands for whatever is left, here N.

The tutorial's third ReLU is unusual. It cuts off negative logits, and a class whose logit
is 0 for every image no longer gets a gradient: the class is *dead*, and is not guessed
again. That is not rare. If your network of k30 never guesses, say, a 9, this is why: train
again, or try it without that ReLU (but this kata's tests ask for it).

When it is solved, `python katas/k24_cnn.py` draws the 16 kernels of `conv1`, before and
after a little training.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
      https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html
Tutorial: "Switch to CNN"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#switch-to-cnn
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
        xb = F.relu(self.conv3(xb))
        return F.avg_pool2d(xb, 4).flatten(1)


if __name__ == "__main__":
    from torch_nn_katas import run  # not found? Install it: pip install -c .ci/tested.txt -e .

    run("k24", Mnist_CNN)
