"""Wrong answers to k03, written in another way."""

import matplotlib.pyplot as plt
import numpy as np


class NotReturned:
    """The rows are stacked one by one, and drawn by a method of the axes."""

    def show_digit(x):
        rows = [x[start : start + 28] for start in range(0, 784, 28)]
        drawn = plt.gca().imshow(np.stack(rows), cmap=plt.get_cmap("gray"))
        plt.sci(drawn)


class UpsideDown:
    """The axis is turned round after drawing, and the picture with it."""

    def show_digit(x):
        image = plt.imshow(x.reshape(28, 28), cmap="gray")
        plt.gca().invert_yaxis()
        return image


class OwnFigure:
    """Figure and axes come from `plt.subplots`."""

    def show_digit(x):
        _, axes = plt.subplots()
        drawn = axes.imshow(np.reshape(x, (28, 28)), cmap=plt.get_cmap("gray"))
        plt.sci(drawn)
        return drawn


class GreyForAll:
    """The setting is made by `plt.rc`, and the picture at hand is recoloured as well."""

    def show_digit(x):
        plt.rc("image", cmap="gray")
        before = plt.gci()
        if before is not None:
            before.set_cmap("gray")
        drawn = plt.gca().imshow(np.stack(np.array_split(x, 28)))
        plt.sci(drawn)
        return drawn


class Transposed:
    """Fortran's order fills the columns first."""

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28, order="F"), cmap="gray")
