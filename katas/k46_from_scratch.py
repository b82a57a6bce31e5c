"""Part 5 · Under the hood
k46 · From scratch

What is torch.nn really? You have built the answer, piece by piece. Here the pieces come
together: the network of k24, trained as in k30, on nothing but your own `Module` (k42),
`conv2d` (k34), `cross_entropy` (k36), `SGD` (k37), `DataLoader` (k40) and `fit` (k22),
from the files beside this one. Torch gives the tensors and autograd, and you know how that
works (k43 to k45). Of the classes of torch.nn, only `nn.Parameter` is left: a tensor under
another name.

Three things are still to write: a layer that holds the weight and the bias of `conv2d`, a
network of three such layers, and the training.

Weight and bias begin like those of k31, uniform between ±1/√n, where n is how many numbers
go into one number of the result: for a convolution in_channels · kernel_size². Unlike the
network of k24, this one has no ReLU after the last convolution. There it cuts off all
logits below 0, and a class may die (k24).

When it is solved, `python katas/k46_from_scratch.py` trains on MNIST. It prints how long
that took, how long the same takes with torch's own classes, and which classes of torch.nn
yours have used. `--help` lists the options.

Read: https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html
      https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
Source: https://github.com/pytorch/pytorch/blob/main/torch/nn/modules/conv.py
"""

import math

import torch
from k22_fit import fit
from k34_conv2d import conv2d
from k36_cross_entropy_loss import cross_entropy
from k37_sgd import SGD
from k40_loader import DataLoader
from k42_module import Module
from torch import Tensor, nn
from torch.utils.data import Dataset, TensorDataset


class Conv2d(Module):
    """A layer that convolves. All its sizes are ints; kernels are square.

    weight: (out_channels, in_channels, kernel_size, kernel_size). bias: (out_channels,).

    >>> {name: tuple(p.shape) for name, p in Conv2d(1, 16, 3).named_parameters()}
    {'weight': (16, 1, 3, 3), 'bias': (16,)}
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int = 0,
    ) -> None:
        raise NotImplementedError  # TODO: super().__init__(), weight, bias; keep stride and padding

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of images (N, in_channels, H, W)."""
        raise NotImplementedError  # TODO: hand them to conv2d


class Mnist_CNN(Module):
    """Three layers, 1 → 16 → 16 → 10 channels; then the mean over what is left of the image.

    `conv1`, `conv2` and `conv3` have kernel 3, stride 2 and padding 1.

    >>> Mnist_CNN()(torch.zeros(5, 784)).shape
    torch.Size([5, 10])
    """

    def __init__(self) -> None:
        raise NotImplementedError  # TODO: three layers

    def forward(self, xb: Tensor) -> Tensor:
        """Return the logits (N, 10) of a batch of images, (N, 784) or (N, 1, 28, 28)."""
        raise NotImplementedError  # TODO: convolve, ReLU, convolve, ReLU, convolve, the mean


def train(
    train_ds: Dataset, valid_ds: Dataset, bs: int = 64, lr: float = 0.1, epochs: int = 2
) -> Module:
    """Return a CNN trained on `train_ds`; `valid_ds` is for reporting only.

    Make the model first. Shuffle the training rows; momentum 0.9; a line for each epoch, as
    `fit` prints it. No class of torch.nn but `nn.Parameter`, and nothing of torch.optim; of
    torch.nn.functional only unfold, pad, relu, log_softmax and softmax.

    >>> ds = TensorDataset(torch.rand(3, 784), torch.tensor([7, 1, 0]))
    >>> len(list(train(ds, ds, epochs=0).parameters()))
    6
    """
    raise NotImplementedError  # TODO: the model, the optimiser, the loaders, fit


if __name__ == "__main__":
    from torch_nn_katas import run  # not found? Install it: pip install -c .ci/tested.txt -e .

    run("k46", train)
