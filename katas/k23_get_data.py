"""Part 3 · The same with torch.nn
k23 · Loaders for training and validation

The `fit` of k22 takes two loaders, and every training run needs the same two:

    to train       batches of bs, the rows in a new random order each epoch, so that the
                   model does not see the same batches in the same order every time
    to validate    batches of 2·bs, in order: the mean loss is the same in any order, and
                   without gradients no intermediate results are kept, which leaves
                   memory for twice the rows

One function makes both: the first of the three lines of k30.

Read: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
Tutorial: "Create fit() and get_data()"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#create-fit-and-get-data
"""

import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset


def get_data(train_ds: Dataset, valid_ds: Dataset, bs: int) -> tuple[DataLoader, DataLoader]:
    """Return a shuffled loader of batches of bs, and an ordered one of batches of 2·bs.

    Each pass has every sample exactly once.

    >>> train_ds, valid_ds = (TensorDataset(torch.zeros(n, 784), torch.arange(n)) for n in (5, 7))
    >>> train_dl, valid_dl = get_data(train_ds, valid_ds, 2)
    >>> [len(yb) for xb, yb in train_dl], [yb.tolist() for xb, yb in valid_dl]
    ([2, 2, 1], [[0, 1, 2, 3], [4, 5, 6]])
    """
    raise NotImplementedError  # TODO: one loader that shuffles, and one that does not
