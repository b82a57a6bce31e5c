"""k03 as a program: shows in the terminal what `show_digit` has drawn."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.image import AxesImage

from tests.harness.kit.programs import characters, data
from tests.harness.kit.programs.start import see, trial


def main(show_digit: Callable[..., Any], path: Path, _: Sequence[str]) -> int:
    """Draw the first digit with the learner's function, and print the drawing."""
    plt.switch_backend("agg")  # no window is opened
    with trial():
        show_digit(np.zeros(784))
    plt.close("all")
    digits, _valid, name = data.without_network()
    image, label = digits[0]
    drawn = show_digit(image.numpy())
    if not isinstance(drawn, AxesImage):
        print(f"`show_digit` has not returned the drawing that `plt.imshow` makes.\n{see(path)}")
        return 1
    print(f"What your `show_digit` drew: the first of the {name}, labelled {int(label)}.\n")
    bright = drawn.to_rgba(np.asarray(drawn.get_array()))[..., :3].mean(-1)  # in its colormap
    lines = characters.draw(bright[:: -1 if drawn.origin == "lower" else 1], 0, 1)
    print("\n".join(line.rstrip() for line in lines))
    return 0
