"""The README's picture of `--watch` is what the screen shows."""

import xml.etree.ElementTree as ElementTree

import pytest

from tests.harness import catalog
from tests.harness.checker.sandbox import isolation
from tests.harness.selftest import dev_extra

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)
if dev_extra.is_missing():
    pytest.skip(dev_extra.REASON, allow_module_level=True)

from tests.harness.selftest import picture

SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_is_what_the_screen_shows() -> None:
    """If it is not: `python -m tests.harness.selftest.picture`."""
    assert picture.PICTURE.read_text(encoding="utf-8") == picture.picture()


def test_the_picture_has_a_title_and_a_description() -> None:
    svg = ElementTree.parse(picture.PICTURE).getroot()
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "title desc"
    title, desc = (svg.find(f"{SVG}{name}") for name in ("title", "desc"))
    assert title is not None
    assert desc is not None
    assert title.get("id") == "title"
    assert desc.get("id") == "desc"
    assert picture.VERDICT in "".join(desc.itertext())


def test_the_readme_begins_with_the_picture() -> None:
    beginning = (catalog.ROOT / "README.md").read_text(encoding="utf-8").partition("```")[0]
    assert f"]({picture.PICTURE.relative_to(catalog.ROOT).as_posix()})" in beginning


@pytest.mark.parametrize("which", [0, 1], ids=["light", "dark"])
def test_every_colour_is_readable_on_its_background(which: int) -> None:
    """By the contrast of 4.5 that WCAG asks for."""
    background = _luminance(picture.BACKGROUND[which])
    for name, colours in picture.COLOURS.items():
        low, high = sorted((background, _luminance(colours[which])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, name


def _luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
