"""Part 1 · Data
k03 · Look at a digit

Look at data before you learn from it. In the arrays of k02 an image is flat: 784
numbers, its 28 rows of pixels one after another. Give it its shape back,

    image[i, j] = x[28 · i + j]

and draw it in grey, first row at the top: `plt.imshow` draws an array of rows on the
current axes. A caller who wants a grid of digits has chosen them (`plt.sca`).

When it is solved, `python katas/k03_show_digit.py` shows in the terminal what you drew.

Read: https://matplotlib.org/stable/api/_as_gen/matplotlib.pyplot.imshow.html
      https://numpy.org/doc/stable/reference/generated/numpy.reshape.html
Tutorial: "MNIST data setup"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#mnist-data-setup
"""

import matplotlib.pyplot as plt
from matplotlib.image import AxesImage
from numpy import ndarray


def show_digit(x: ndarray) -> AxesImage:
    """Draw a flat image (784,) as 28 × 28 pixels on the current axes; return the drawing.

    The colormap is `gray`: the smallest number is black, the largest white.

    >>> import numpy as np
    >>> show_digit(np.zeros(784)).get_array().shape
    (28, 28)
    """
    return plt.imshow(x.reshape(28, 28), cmap="gray")


if __name__ == "__main__":
    from torch_nn_katas import run  # not found? Install it: pip install -c .ci/tested.txt -e .

    run("k03", show_digit)
