"""Part 1 · Data
k04 · From arrays to tensors

So far the data are numpy's arrays. From here on they are tensors, torch's arrays. These
can live on an accelerator such as a GPU, and keep track of gradients (k05).

    x_train, y_train = map(torch.tensor, (x_train, y_train))

`torch.tensor` copies: values, shape and dtype are the array's, the memory is its own.
(`torch.from_numpy` and `torch.as_tensor` share the memory, and a later change of the
array would change the tensor.)

Then look again: how many rows, how many numbers in each, which labels.

Read: https://docs.pytorch.org/docs/stable/generated/torch.tensor.html
Tutorial: "MNIST data setup"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#mnist-data-setup
"""

from collections.abc import Iterable

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor


def to_tensors(*arrays: ndarray) -> Iterable[Tensor]:
    """Return a tensor for each array, in order: its values, shape and dtype in new memory.

    >>> x, y = to_tensors(np.zeros((3, 2), dtype=np.float32), np.array([5, 0, 4]))
    >>> x.shape, x.dtype, y
    (torch.Size([3, 2]), torch.float32, tensor([5, 0, 4]))
    """
    raise NotImplementedError  # TODO: a tensor for each array


def describe(x: Tensor, y: Tensor) -> tuple[int, int, int, int]:
    """Return (n, c, smallest label, largest label) of a data set, as plain ints.

    x: (n, c). y: (n,) integer.

    >>> describe(torch.zeros(3, 2), torch.tensor([5, 0, 4]))
    (3, 2, 0, 5)
    """
    raise NotImplementedError  # TODO: two numbers from the shape, two from the labels
