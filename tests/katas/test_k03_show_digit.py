"""What an answer to k03 must do."""

from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import AxesImage
from numpy import ndarray

from tests.harness.kit import Answer, expect, refuse


@pytest.fixture(autouse=True)
def no_figures() -> Iterator[None]:
    """Begin and end without a figure."""
    plt.close("all")
    yield
    plt.close("all")


@st.composite
def flat_images(draw: st.DrawFn) -> ndarray:
    """Flat images of any dtype and layout, some of which cannot be written to."""
    x = np.random.default_rng(draw(st.integers(0, 99))).random(784)
    x = (255 * x).astype(np.uint8) if draw(st.booleans()) else x.astype(np.float32)
    layout = draw(st.sampled_from(["contiguous", "strided", "a row", "read-only"]))
    if layout == "strided":
        return np.repeat(x, 2)[::2]
    if layout == "a row":
        return np.stack([1 - x, x, 1 - x])[1]
    x.flags.writeable = layout != "read-only"
    return x


@given(x=flat_images())
@settings(max_examples=20)
def test_the_image_is_28_rows_of_28_pixels(answer: Answer, x: ndarray) -> None:
    """`x.reshape(28, 28)`: the first 28 numbers are the first row. Return what `imshow`
    returns; leave `x` as it is."""
    plt.close("all")
    before = x.copy()
    image = _image(answer, x)
    array = np.asarray(image.get_array())
    expect(array.shape == (28, 28), gave=f"an image of shape {array.shape}", expected=(28, 28))
    wrong = np.argwhere(array != before.reshape(28, 28))
    for i, j in wrong[:1]:
        refuse(
            call="show_digit(x), its array",
            gave=f"[{i}, {j}] = {array[i, j]:.5g}",
            expected=f"{before[28 * i + j]:.5g}    x[28 * {i} + {j}]",
        )
    same = x.shape == before.shape and np.array_equal(x, before)
    expect(same, "`x` was modified. It is the caller's: `x.reshape(…)` gives another array.")


def test_the_picture_is_drawn_upright_and_in_grey(answer: Answer) -> None:
    """The first row is at the top, the first number on the left; the smallest number is black,
    the largest white: `imshow(…, cmap="gray")`, and nothing turned or mirrored."""
    figure = plt.figure(figsize=(2.8, 2.8), dpi=100)
    figure.add_axes((0, 0, 1, 1))
    rows, columns = np.mgrid[:28, :28]
    x = (3 * rows + columns) / 108  # from 0 at the top left to 1 at the bottom right
    image = _image(answer, x.ravel())
    seen = _pixels(figure, image)
    for where, i, j in (("top left", 1, 1), ("top right", 1, 26), ("bottom left", 26, 1)):
        expect(
            np.ptp(seen[i, j]) < 0.02,
            call="show_digit(x)",
            gave=f"{where}: red, green, blue = {seen[i, j].round(2).tolist()}",
            expected=f"{[round(float(x[i, j]), 2)] * 3}, a grey",
        )
        expect(
            abs(seen[i, j, 0] - x[i, j]) < 0.05,
            call="show_digit(x), where x is dark at the top and light at the bottom",
            gave=f"{where}: {seen[i, j, 0]:.2f} (0 is black, 1 is white)",
            expected=f"{x[i, j]:.2f}",
        )
    expect(np.abs(seen - x[..., None]).max() < 0.1, "A pixel is not as light as its number.")


def test_the_colormap_is_gray(answer: Answer) -> None:
    """`cmap="gray"` goes from black to white; `Greys`, `binary` and `gray_r` go the other way."""
    colours = _image(answer, np.linspace(0, 1, 784)).get_cmap()(np.linspace(0, 1, 5))[:, :3]
    due = np.linspace(0, 1, 5)
    same = np.allclose(colours, due[:, None], atol=0.01)
    expect(same, call="show_digit(x), its colormap", gave=colours.round(2).tolist(), expected=due)


@pytest.mark.parametrize("current", [0, 1])
def test_it_draws_on_the_axes_that_were_current(answer: Answer, current: int) -> None:
    """`plt.imshow` draws on `plt.gca()`. `plt.figure()` and `plt.subplots()` make others."""
    _, axes = plt.subplots(1, 2)
    plt.sca(axes[current])
    image = _image(answer, np.linspace(0, 1, 784))
    drawn = [len(each.images) for each in axes]
    due = [int(i == current) for i in (0, 1)]
    expect(image.axes is axes[current], "The image is not on the current axes.")
    expect(drawn == due, call="images on two axes", gave=drawn, expected=due)
    count = len(plt.get_fignums())
    expect(count == 1, "A figure of its own was made.", gave=f"{count} figures", expected=1)
    expect(plt.gca() is axes[current], "Other axes are current afterwards.")


def test_every_call_draws_its_own_image(answer: Answer) -> None:
    """A second digit, on other axes, does not change the first."""
    first, second = np.linspace(0, 1, 784), np.linspace(1, 0, 784)
    _, axes = plt.subplots(1, 2)
    images = []
    for each, x in zip(axes, (first, second), strict=True):
        plt.sca(each)
        images.append(_image(answer, x))
    for name, image, x in zip(("first", "second"), images, (first, second), strict=True):
        same = np.array_equal(np.asarray(image.get_array()).ravel(), x)
        expect(same and image.axes is not None, f"The {name} image is not that of its digit.")


def test_a_figure_is_made_where_there_is_none(answer: Answer) -> None:
    """`plt.imshow` makes a figure and axes if there are none."""
    image = _image(answer, np.linspace(0, 1, 784))
    expect(image.axes is plt.gca(), "The image is not on pyplot's axes.")


def _image(answer: Answer, x: ndarray) -> AxesImage:
    image = answer.show_digit(x)
    expect(
        isinstance(image, AxesImage),
        "Did you forget `return`? `imshow` returns it." if image is None else "",
        call="show_digit(x)",
        gave=type(image).__name__,
        expected="an AxesImage, which `imshow` returns",
    )
    return image


def _pixels(figure: Any, image: AxesImage) -> ndarray:
    """Return the colours (28, 28, 3), between 0 and 1, of the middle of each pixel as drawn."""
    figure.canvas.draw()
    canvas = np.asarray(figure.canvas.buffer_rgba())[..., :3] / 255
    box = image.get_window_extent()
    middle = (np.arange(28) + 0.5) / 28
    rows = (canvas.shape[0] - box.ymax + middle * (box.ymax - box.ymin)).astype(int)
    columns = (box.xmin + middle * (box.xmax - box.xmin)).astype(int)
    return canvas[rows.clip(0, 279)[:, None], columns.clip(0, 279)]


hints = """
Try it small: six numbers as 2 rows of 3. Which of the six begins the second row? Then ask what
the caller wants back.

`x.reshape(rows, columns)` arranges a flat array in rows. `plt.imshow` draws such an array on the
current axes, and returns the drawing. It paints from violet to yellow, unless you name another
colormap.

`return plt.imshow(x.reshape(28, 28), cmap="gray")`: `reshape` leaves `x` as it is, and `imshow`
puts the first row at the top. Make no figure, and do not scale or turn anything.
"""

afterwards = """
The reference is one line: `imshow` draws on the current axes, and scales any
range of numbers from black to white by itself.

Torch shows many at a time in TensorBoard, with `add_images`:
https://docs.pytorch.org/docs/stable/tensorboard.html

Try: `plt.imshow(x[:25].reshape(5, 5, 28, 28).swapaxes(1, 2).reshape(140, 140))`
for the images `x` of k02. What do you see without the `swapaxes`, and why?
"""
