"""Wrong answers to k03."""

import matplotlib.pyplot as plt
import numpy as np


class InColours:
    """Without a colormap, matplotlib paints numbers in its own: violet to yellow.

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
    """Nothing is returned: the call gives `None`.

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
    """Lines and columns have changed places: `.T` or `order="F"` does that.

    The 28 numbers of a line stand one behind the other: `x.reshape(28, 28)`, with nothing added.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28).T, cmap="gray")


class UpsideDown:
    """The first line is drawn at the bottom, usually because `origin="lower"` or `invert_yaxis()`
    turns the axis round.

    `imshow` has it on top by itself: leave the axis alone.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28), cmap="gray", origin="lower")


class TurnedOver:
    """The array is flipped or rotated: its last line begins at the top left.

    Draw `x.reshape(28, 28)` as it is, with the first line first.
    """

    def show_digit(x):
        return plt.imshow(np.flipud(x.reshape(28, 28)), cmap="gray")


class ThreeDimensions:
    """The image has three colour channels, shape (28, 28, 3), and so no colormap is used.

    Give `imshow` a grey picture as (28, 28), with `cmap="gray"`.
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

    `imshow` scales by itself to find the colours: give it the numbers of `x` as they are.
    """

    def show_digit(x):
        return plt.imshow(x.reshape(28, 28) / x.max(), cmap="gray")


class OwnFigure:
    """A figure is made for every digit, and the axes that were current stay empty.

    Draw on these: `plt.imshow` does, without `plt.figure()` or `plt.subplots()` before it.
    """

    def show_digit(x):
        plt.figure()
        return plt.imshow(x.reshape(28, 28), cmap="gray")


class OwnAxes:
    """The digit is drawn on axes of its own, and not on those that were current.

    Draw with `plt.imshow` or `plt.gca().imshow`, and make no axes or figure.
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
