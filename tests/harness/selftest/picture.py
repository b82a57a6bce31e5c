"""Draws the README's picture of `--watch`: ``python -m tests.harness.selftest.picture``.

`pytest katas/ --watch` runs in a pseudo-terminal, on a copy of the repository in which k01 to
k07 are solved and k08 is wrong. What the emulated terminal shows is written as an SVG.
"""

import argparse
import itertools
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.harness import catalog
from tests.harness.selftest.pty import Terminal

PICTURE = catalog.ROOT / ".github" / "watch.svg"
COMMAND = "pytest katas/ --watch"
WRONG = "k08_nll"
RIGHT, MISTAKE = ".mean()", ".sum()"
VERDICT = "That is the sum over the batch."
SIZE = COLUMNS, LINES = 80, 24
SECONDS = 180.0  # to check all katas: the machine may be busy
# In pixels.
WIDTH_OF_A_LETTER, HEIGHT_OF_A_LINE, FONT = 8.4, 19, 14
MARGIN, BAR = 16, 34  # around the text; the window's bar above it
# In light and in dark, by pyte's names; each is readable on its background.
COLOURS = {
    "default": ("#1f2328", "#e6edf3"),
    "red": ("#b3261e", "#ff7b72"),
    "green": ("#1a7f37", "#3fb950"),
    "brown": ("#7d5700", "#d29922"),  # yellow
    "cyan": ("#0a6575", "#39c5cf"),
}
BACKGROUND, BAR_COLOUR, FRAME = ("#ffffff", "#161b22"), ("#eaeef2", "#21262d"), "#8c959f"
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the picture, or compare it with what the screen shows now."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.harness.selftest.picture", description=__doc__
    )
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    options = parser.parse_args(arguments)
    shown = catalog.shown(PICTURE)
    if not options.check:
        PICTURE.write_text(picture(), encoding="utf-8", newline="\n")
    elif PICTURE.read_text(encoding="utf-8") != picture():
        sys.exit(f"{shown} is not what the screen shows: python -m tests.harness.selftest.picture")
    print(f"{shown} shows the screen.")


def picture() -> str:
    """Run the command, and draw its screen."""
    with tempfile.TemporaryDirectory() as folder:
        clone = _clone(Path(folder) / "katas")
        with Terminal("katas/", "--watch", cwd=clone, size=SIZE) as terminal:
            terminal.wait(lambda s: VERDICT in s and "· checking" not in s, SECONDS)
            return _svg(terminal)


def _clone(folder: Path) -> Path:
    """Copy the repository; solve what comes before the kata, and that one wrongly."""
    left_out = shutil.ignore_patterns(".*", "__pycache__", "data")
    shutil.copytree(catalog.ROOT, folder, ignore=left_out)
    for stem in itertools.takewhile(lambda stem: stem <= WRONG, catalog.stems()):
        answer = (catalog.SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")
        if stem == WRONG:
            assert RIGHT in answer
            answer = answer.replace(RIGHT, MISTAKE)
        (folder / "katas" / f"{stem}.py").write_text(answer, encoding="utf-8")
    return folder


def _svg(terminal: Terminal) -> str:
    text = terminal.screen
    width = round(COLUMNS * WIDTH_OF_A_LETTER + 2 * MARGIN)
    height = BAR + 2 * MARGIN + (text.count("\n") + 1) * HEIGHT_OF_A_LINE
    size = f'width="{width}" height="{height}"'
    frame = f'x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"'
    bar = f"M0.5 {BAR}V8.5a8 8 0 0 1 8-8H{width - 8.5}a8 8 0 0 1 8 8V{BAR}z"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size} '
        'xml:space="preserve" role="img" aria-labelledby="title desc">',
        f'<title id="title">A terminal with {COMMAND} in it</title>',
        f'<desc id="desc">{escape(_description(text))}</desc>',
        f"<style>\n{_styles()}\n</style>",
        f'<rect class="window" {frame}/>',
        f'<path class="bar" d="{bar}"/>',
        *(
            f'<circle cx="{18 + 18 * i}" cy="{BAR / 2:g}" r="5.5" fill="{FRAME}"/>'
            for i in (0, 1, 2)
        ),
        f'<text class="default" x="{width / 2:g}" y="{BAR / 2 + 5:g}" text-anchor="middle">'
        f"{COMMAND}</text>",
    ]
    for number in range(text.count("\n") + 1):
        lines += _line(terminal.emulator.buffer[number], BAR + MARGIN + number * HEIGHT_OF_A_LINE)
    return "\n".join([*lines, "</svg>", ""])


def _line(cells: Any, top: int) -> Iterator[str]:
    """Yield a line of the screen: one element for each piece of one style."""
    style = [(cells[x].fg, bool(cells[x].bold)) for x in range(COLUMNS)]
    for (colour, bold), columns in itertools.groupby(range(COLUMNS), style.__getitem__):
        first, *_ = place = list(columns)
        piece = "".join(cells[x].data for x in place)
        text = piece.strip()
        if not text:
            continue
        first += len(piece) - len(piece.lstrip())
        classes = f"{colour if colour in COLOURS else 'default'}{' bold' * bold}"
        yield (
            f'<text class="{classes}" x="{MARGIN + first * WIDTH_OF_A_LETTER:g}" y="{top + FONT}" '
            f'textLength="{len(text) * WIDTH_OF_A_LETTER:g}" lengthAdjust="spacingAndGlyphs">'
            f"{escape(text)}</text>"
        )


def _description(text: str) -> str:
    """Return what the screen says, for those who do not see it."""
    return " ".join(part for part in text.split() if not set(part) <= set("█░✓✗○"))


def _styles() -> str:
    """Write the colours, in light and in dark."""
    common = [
        f"text {{ font: {FONT}px {FONTS}; white-space: pre }}",
        ".bold { font-weight: bold }",
        f".window {{ stroke: {FRAME} }}",
    ]
    light, dark = (_colours(which) for which in (0, 1))
    return "\n".join([*common, *light, "@media (prefers-color-scheme: dark) {", *dark, "}"])


def _colours(which: int) -> list[str]:
    fills = {name: pair[which] for name, pair in COLOURS.items()}
    fills |= {"window": BACKGROUND[which], "bar": BAR_COLOUR[which]}
    return [f".{name} {{ fill: {colour} }}" for name, colour in fills.items()]


if __name__ == "__main__":
    main()
