"""Part 4 · Convolutions
k30 · Three lines

What took k05 to k12 is three lines now, and all their parts are yours: the data (k23), a
model with an optimiser (k24, k25), and `fit` (k22). They are imported from the files
beside this one.

    train_dl, valid_dl = get_data(…)
    model, opt = …
    fit(…)

The loss is torch's cross-entropy, since the model returns logits. Then run this file,

    python katas/k30_three_lines.py

and it trains on MNIST, prints loss and accuracy after each epoch, and draws the digits
that the model got wrong. It downloads with your k01, and unpickles with your k02. With
`--model=sequential` it trains the network of k28 instead, on the device of k29, in three
lines of its own. `--help` lists the options.

Read: https://docs.pytorch.org/tutorials/beginner/basics/optimization_tutorial.html
      https://karpathy.github.io/2019/04/25/recipe/
Tutorial: "Create fit() and get_data()"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#create-fit-and-get-data
"""

import torch
import torch.nn.functional as F
from k22_fit import fit
from k23_get_data import get_data
from k24_cnn import Mnist_CNN
from k25_momentum import get_optimizer
from torch import nn
from torch.utils.data import Dataset, TensorDataset


def train(
    train_ds: Dataset, valid_ds: Dataset, bs: int = 64, lr: float = 0.1, epochs: int = 2
) -> nn.Module:
    """Return a CNN trained on `train_ds`; `valid_ds` is for reporting only.

    Both hold rows (image, label): flat images (784,) and labels 0 … 9.

    >>> ds = TensorDataset(torch.rand(3, 784), torch.tensor([7, 1, 0]))
    >>> train(ds, ds, epochs=0)(torch.rand(2, 784)).shape
    torch.Size([2, 10])
    """
    train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
    model = Mnist_CNN()
    fit(epochs, model, F.cross_entropy, get_optimizer(model, lr), train_dl, valid_dl)
    return model


if __name__ == "__main__":
    from torch_nn_katas import run  # not found? Install it: pip install -c .ci/tested.txt -e .

    run("k30", train)
