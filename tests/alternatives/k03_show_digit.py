"""Right answers to k03, written differently."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np


class Tutorial:
    """The tutorial's own lines, `show` included."""

    def show_digit(x):
        image = plt.imshow(x.reshape((28, 28)), cmap="gray")
        plt.show()
        return image


class OnTheAxes:
    """By the axes' own method, with the colormap itself and the axis hidden."""

    def show_digit(x):
        axes = plt.gca()
        axes.set_axis_off()
        return axes.imshow(np.array(np.split(x, 28)), cmap=matplotlib.colormaps["gray"])


class TurnedTwice:
    """From below, on an axis that is turned round."""

    def show_digit(x):
        image = plt.imshow(x.reshape(28, -1), cmap="gray", origin="lower")
        plt.gca().invert_yaxis()
        return image


class WithinAContext:
    """The setting is changed for the moment only."""

    def show_digit(x):
        with plt.rc_context({"image.cmap": "gray", "image.interpolation": "nearest"}):
            return plt.imshow(np.asarray([x[i : i + 28] for i in range(0, 784, 28)]))
