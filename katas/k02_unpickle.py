"""Part 1 · Data
k02 · Arrays from a pickle

What k01 saved is a pickle, Python's own format for objects, packed with gzip. It holds
three pairs (images, labels): one to train with, one to validate with (to see how the
network does on images that it did not learn from), and one for a final test, which is
not needed here.

    gzip.open(path)                          the file, unpacked as it is read
    pickle.load(file, encoding="latin-1")    the objects in it

A pickle is bytes, not text: do not open the file in text mode (`"rt"`).

The encoding is the point: Python 2 wrote the file, and its strings were bytes. Python 3
would read them as ASCII, and stop at the first byte above 127. Latin-1 has a character
for every one of the 256 byte values.

Mastery is for later. A pickle is a program: it may name any function, and loading calls
it. Mastery asks for a loader that knows what an array needs and refuses the rest, and
that notices a truncated file, even if only its last byte is missing. (The imports of
`io` and `Any` are there for it.)

Read: https://docs.python.org/3/library/pickle.html#restricting-globals
      https://docs.python.org/3/library/gzip.html
Tutorial: "MNIST data setup"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#mnist-data-setup
"""

import gzip
import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from numpy import ndarray


def load_mnist(path: Path) -> tuple[tuple[ndarray, ndarray], tuple[ndarray, ndarray]]:
    """Return `((x_train, y_train), (x_valid, y_valid))` from the gzipped pickle at `path`.

    Mastery: a pickle that names anything but `numpy.ndarray`, `numpy.dtype` and the
    `_reconstruct` of `numpy.core.multiarray` or `numpy._core.multiarray` raises
    pickle.UnpicklingError; a file that is not a whole gzip file raises.

    >>> import tempfile
    >>> pair = np.zeros((2, 784), dtype=np.float32), np.array([7, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "digits.pkl.gz")
    ...     _ = path.write_bytes(gzip.compress(pickle.dumps((pair, pair, pair), protocol=4)))
    ...     (x_train, y_train), (x_valid, y_valid) = load_mnist(path)
    >>> x_train.shape, y_valid
    ((2, 784), array([7, 1]))
    """
    raise NotImplementedError  # TODO: unpack, unpickle, return the first two pairs
