"""Part 1 · Data
k01 · Download a file once

Training begins with data, and data begins with a download. The tutorial fetches
MNIST (handwritten digits, 16 MB) from the web. Do it once: if the file is there
already, no request is sent.

    path.exists()             is it there?
    path.parent.mkdir(…)      make the folder, and the folders above it
    requests.get(url)         ask the server; `.content` is the body, as bytes
    path.write_bytes(…)       save it

What goes wrong on the web is part of the matter (mastery): an error page is not
the file, half a file is not the file, and a server may never answer.

Read: https://requests.readthedocs.io/en/latest/user/quickstart/
      https://docs.python.org/3/library/pathlib.html
Tutorial: "MNIST data setup"
"""

from pathlib import Path

import requests

TIMEOUT = 5  # seconds without a byte after which the server counts as gone


def download(url: str, path: Path) -> Path:
    """Save what `url` serves at `path`, unless `path` is there already; return `path`.

    Missing folders are made. Mastery: raises if the server answers with an error
    (4xx, 5xx), cuts the connection or falls silent; then nothing is left behind.

    >>> download("https://no.such.server/file", Path(__file__)) == Path(__file__)
    True
    """
    if not path.exists():
        # The tutorial's plain `requests.get(url).content` would save an error
        # page as well, and wait for ever on a server that falls silent.
        response = requests.get(url, timeout=TIMEOUT)
        response.raise_for_status()
        path.parent.mkdir(parents=True, exist_ok=True)
        # Renaming is atomic: whoever finds the file finds all of it.
        part = path.with_name(path.name + ".part")
        part.write_bytes(response.content)
        part.replace(path)
    return path
