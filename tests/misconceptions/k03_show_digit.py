"""Wrong answers to k03."""

import matplotlib.pyplot as plt
import numpy as np


class InColours:
    """Without a colormap, matplotlib paints numbers in its own: violet to yellow.

    `cmap="gray"`.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28))


class Inverted:
    """`gray_r` goes the other way: the digit becomes black on white.

    `cmap="gray"`: the smallest number is black.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28), cmap="gray_r")


class Greys:
    """`Greys` goes from white to black, in spite of its name.

    `cmap="gray"`.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28), cmap="Greys")


class NotReturned:
    """The digit is drawn, and the drawing not returned.

    Return what `imshow` returns.
    """

    def show_digit(x):
        plt.imshow(x.reshape(28, 28), cmap="gray")


class Axes:
    """The axes are returned, not the drawing on them.

    Return what `imshow` returns.
    """

    def show_digit(x):
        plt.imshow(x.reshape(28, 28), cmap="gray")
        return plt.gca()


class Transposed:
    """Lines and columns have changed places.

    The 28 numbers of a line stand one behind the other: `reshape(28, 28)`, as it is.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28).T, cmap="gray")


class UpsideDown:
    """The first line is at the bottom.

    `imshow` has it on top by itself; leave `origin` alone.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28), cmap="gray", origin="lower")


class TurnedOver:
    """The array is turned over, so that its lines are in reverse.

    Leave them in order.
    """

    def show_digit(x):
        return plt.imshow(np.flipud(x.reshape(28, 28)), cmap="gray")


class ThreeDimensions:
    """The image has a channel too many.

    `imshow` takes a grey picture as (28, 28).
    """

    def show_digit(x):
        return plt.imshow(np.repeat(x.reshape(28, 28, 1), 3, axis=2) * 1.0)


class ReshapedInPlace:
    """The caller's array got another shape.

    `x.reshape(28, 28)` gives another array, and leaves `x` as it is.
    """

    def show_digit(x):
        x.shape = (28, 28)
        return plt.imshow(x, cmap="gray")


class Scaled:
    """The numbers are scaled before they are drawn.

    `imshow` does that for the colours; the image's array is `x`.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28) / x.max(), cmap="gray")


class OwnFigure:
    """A figure is made for every digit, and a grid stays empty.

    Draw on the axes that are current.
    """

    def show_digit(x):
        plt.figure()
        return plt.imshow(x.reshape(28, 28), cmap="gray")


class OwnAxes:
    """Axes are added to the figure, over those that are there.

    Draw on the axes that are current: `plt.imshow`, or `plt.gca().imshow`.
    """

    def show_digit(x):
        axes = plt.gcf().add_axes((0.1, 0.1, 0.8, 0.8))
        return axes.imshow(x.reshape(28, 28), cmap="gray")


class FirstAxes:
    """The digit is always drawn on the figure's first axes.

    `plt.gca()` gives the current ones.
    """

    def show_digit(x):
        plt.gca()
        return plt.gcf().axes[0].imshow(x.reshape(28, 28), cmap="gray")


class GreyForAll:
    """`plt.gray()` makes grey the colormap of every later picture.

    Say it for this picture: `cmap="gray"`.
    """

    def show_digit(x):
        plt.gray()
        return plt.imshow(x.reshape(28, 28))
