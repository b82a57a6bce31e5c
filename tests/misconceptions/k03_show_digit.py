"""Wrong answers to k03."""

import matplotlib.pyplot as plt
import numpy as np


class InColours:
    """The digit is drawn in matplotlib's own colours, violet to yellow, as without a colormap.

    Pass `cmap="gray"` to `imshow`.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28))


class Inverted:
    """The colormap goes from white to black, as `gray_r` and `binary` do: the digit becomes black
    on white.

    Pass `cmap="gray"`: the smallest number is black.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28), cmap="gray_r")


class Greys:
    """The colormap goes from white to black, as `Greys` does in spite of its name.

    Pass `cmap="gray"`: the smallest number is black.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28), cmap="Greys")


class NotReturned:
    """Nothing is returned: the call returns `None`.

    Return what `imshow` returns.
    """

    def show_digit(x):
        plt.imshow(x.reshape(28, 28), cmap="gray")


class AxesReturned:
    """The axes are returned, not the drawing on them.

    Return what `imshow` returns.
    """

    def show_digit(x):
        plt.imshow(x.reshape(28, 28), cmap="gray")
        return plt.gca()


class Transposed:
    """Rows and columns are swapped, usually by `.T` or `order="F"`.

    Draw `x.reshape(28, 28)`, with nothing added: the 28 numbers of a row of pixels come one after
    another.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28).T, cmap="gray")


class UpsideDown:
    """The first row is drawn at the bottom, usually because `origin="lower"` or `invert_yaxis()`
    turns the axis round.

    Leave the axis alone: `imshow` puts the first row at the top.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28), cmap="gray", origin="lower")


class TurnedOver:
    """The array is flipped or rotated: its last row is at the top.

    Draw `x.reshape(28, 28)` as it is, with the first row first.
    """

    def show_digit(x):
        return plt.imshow(np.flipud(x.reshape(28, 28)), cmap="gray")


class ThreeDimensions:
    """The image has three colour channels, shape (28, 28, 3), and so no colormap is used.

    Pass `imshow` an array of shape (28, 28), and `cmap="gray"`.
    """

    def show_digit(x):
        return plt.imshow(np.repeat(x.reshape(28, 28, 1), 3, axis=2) * 1.0)


class ReshapedInPlace:
    """The caller's array has another shape afterwards.

    Use `x.reshape(28, 28)`, which returns another array and leaves `x` as it is.
    """

    def show_digit(x):
        x.shape = (28, 28)
        return plt.imshow(x, cmap="gray")


class Scaled:
    """The numbers are scaled before they are drawn.

    Pass the numbers of `x` as they are: `imshow` scales them to colours itself.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28) / x.max(), cmap="gray")


class OwnFigure:
    """A figure is made for every digit, and the axes that were current stay empty.

    Draw on the current axes, as `plt.imshow` does: leave out `plt.figure()` and `plt.subplots()`.
    """

    def show_digit(x):
        plt.figure()
        return plt.imshow(x.reshape(28, 28), cmap="gray")


class OwnAxes:
    """The digit is drawn on axes of its own, not on those that were current.

    Draw with `plt.imshow` or `plt.gca().imshow`, and make no axes or figure.
    """

    def show_digit(x):
        axes = plt.gcf().add_axes((0.1, 0.1, 0.8, 0.8))
        return axes.imshow(x.reshape(28, 28), cmap="gray")


class FirstAxes:
    """The digit is always drawn on the figure's first axes.

    Draw on the current axes, which `plt.gca()` returns.
    """

    def show_digit(x):
        plt.gca()
        return plt.gcf().axes[0].imshow(x.reshape(28, 28), cmap="gray")


class GreyForAll:
    """`plt.gray()` makes `gray` the colormap of every later picture too.

    Set it for this picture only: pass `cmap="gray"`.
    """

    def show_digit(x):
        plt.gray()
        return plt.imshow(x.reshape(28, 28))
