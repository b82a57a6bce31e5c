"""Part 1 · Data
k01 · Download a file once

Training begins with data, and data begins with a download. The tutorial fetches MNIST
(pictures of handwritten digits, 16 MB) from the web. Do it once: if the file is there
already, no request is sent.

    path.exists()             is it there?
    path.parent.mkdir(…)      make the folder, and the folders above it
    requests.get(url)         ask the server; `.content` is the body, as bytes
    path.write_bytes(…)       save it

Part 1 is a warm-up of four short katas. Some katas have a second level, *mastery*: what
production code must do, and the tutorial's code does not. Nothing asks for it until you
type `--mastery`. In k01 and k02 it is hard: leave it for later. Here it is about what
goes wrong on the web: an error page is not the file, half a file is not the file, and a
server may never answer.

Read: https://requests.readthedocs.io/en/latest/user/quickstart/
      https://docs.python.org/3/library/pathlib.html
Tutorial: "MNIST data setup"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#mnist-data-setup
"""

from pathlib import Path

import requests


def download(url: str, path: Path) -> Path:
    """Save what `url` serves at `path`, unless `path` is there already; return `path`.

    Missing folders are made. Mastery: raises if the server answers with an error (4xx,
    5xx), cuts the connection, or sends nothing for 10 seconds; then no file is left behind.

    >>> import functools, http.server, tempfile, threading
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "digits").write_bytes(b"7 2 1")
    ...     files = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    ...     server = http.server.HTTPServer(("127.0.0.1", 0), files)  # on this machine
    ...     threading.Thread(target=server.handle_request, daemon=True).start()  # answers once
    ...     url, path = f"http://127.0.0.1:{server.server_port}/digits", Path(folder, "new", "copy")
    ...     download(url, path).read_bytes()
    ...     server.server_close()
    ...     download(url, path) == path  # the server is gone, but the file is there
    b'7 2 1'
    True
    """
    raise NotImplementedError  # TODO: look, fetch, save, return
