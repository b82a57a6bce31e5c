"""What an answer to k01 must do."""

import contextlib
import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.kit import Answer, expect, expect_raises
from tests.harness.kit.http_server import Server

NETWORK = True  # an answer may reach the server on loopback
PATIENCE = 12  # seconds for which the silent server is silent

BODIES = {
    "text": b"hello",
    "bytes that are not text": bytes(range(256)) * 3 + b"\r\n\n\x00\xff",
    "white space at its ends": b" \n padded \n\n",
    "a gzip file": gzip.compress(b"the file is the compressed one"),
    "nothing at all": b"",
    "several megabytes": bytes(range(251)) * 20_000,
}


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that has a small file."""
    with Server(b"some \x80 data").running() as server:
        yield server


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_file_holds_exactly_what_the_server_sent(
    answer: Answer, server: Server, tmp_path: Path, body: bytes
) -> None:
    """The body of a response is bytes: `response.content`, written in binary mode."""
    server.body = body
    path = tmp_path / "data.bin"
    answer.download(server.url, path)
    _expect_file(path, f"download(url, {path.name!r})")
    saved = path.read_bytes()
    expect(
        saved == body,
        call=f"download(url, {path.name!r})",
        gave=f"a file of {len(saved)} bytes: {saved[:20]!r}",
        expected=f"a file of {len(body)} bytes: {body[:20]!r}",
    )


def test_every_address_is_fetched_to_its_own_path(
    answer: Answer, server: Server, tmp_path: Path
) -> None:
    """What was downloaded before says nothing about another file."""
    answer.download(server.url, tmp_path / "first")
    server.body = b"another"
    answer.download(server.url, tmp_path / "second")
    for name, body in (("first", b"some \x80 data"), ("second", b"another")):
        saved = (tmp_path / name).read_bytes()
        expect(
            saved == body,
            call=f"download(url, {name!r})",
            gave=repr(saved),
            expected=repr(body),
        )


def test_missing_folders_are_made(answer: Answer, server: Server, tmp_path: Path) -> None:
    """A file can only be written into a folder that exists: make it, and those above it."""
    path = tmp_path / "data" / "mnist" / "data.bin"
    answer.download(server.url, path)
    _expect_file(path, "download(url, 'data/mnist/data.bin')")


def test_folders_that_exist_are_fine(answer: Answer, server: Server, tmp_path: Path) -> None:
    """`mkdir` raises if the folder is there already, unless you pass `exist_ok=True`."""
    (tmp_path / "neighbour").write_text("untouched", encoding="utf-8")
    path = tmp_path / "data.bin"
    answer.download(server.url, path)
    names = sorted(entry.name for entry in tmp_path.iterdir())
    expect(
        names == ["data.bin", "neighbour"],
        "The file belongs in the folder, and nothing else.",
        gave=str(names),
        expected="['data.bin', 'neighbour']",
    )
    expect(
        (tmp_path / "neighbour").read_text(encoding="utf-8") == "untouched",
        "Another file was changed.",
    )


def test_a_relative_path_is_taken_from_the_current_directory(
    answer: Answer, server: Server, tmp_path: Path
) -> None:
    """`Path("data/x")` means a file below the directory in which the program runs."""
    with contextlib.chdir(tmp_path):
        answer.download(server.url, Path("data/data.bin"))
    expect((tmp_path / "data/data.bin").is_file(), "No file was saved at the relative path.")


@pytest.mark.parametrize("there", [False, True], ids=["fetched", "there already"])
def test_the_path_is_returned(answer: Answer, server: Server, tmp_path: Path, there: bool) -> None:
    """Return `path` in both cases, new file or old: the caller goes on with it."""
    path = tmp_path / "data.bin"
    if there:
        path.write_bytes(b"old")
    gave = answer.download(server.url, path)
    expect(
        isinstance(gave, Path) and gave == path,
        "Did you forget `return path`?" if gave is None else "Return `path` itself.",
        call="download(url, path)",
        gave=f"…/{gave.name}" if isinstance(gave, Path) else f"a {type(gave).__name__}",
        expected=f"…/{path.name}, which is `path`",
    )


@pytest.mark.parametrize("content", [b"the old content", b""], ids=["full", "empty"])
def test_a_file_that_is_there_is_not_fetched_again(
    answer: Answer, server: Server, tmp_path: Path, content: bytes
) -> None:
    """Look whether `path` exists *before* asking the server; then leave the file alone."""
    path = tmp_path / "data.bin"
    path.write_bytes(content)
    before = path.stat().st_mtime_ns
    answer.download(server.url, path)
    expect(
        path.read_bytes() == content and path.stat().st_mtime_ns == before,
        "The file was there already, and was written again. Leave it alone.",
    )
    expect(
        server.requests == 0,
        gave=f"{server.requests} request(s), though the file is there",
        expected="no request",
    )


def test_the_second_call_sends_no_request(answer: Answer, server: Server, tmp_path: Path) -> None:
    """The second call finds the file, and need not ask."""
    path = tmp_path / "data.bin"
    answer.download(server.url, path)
    first = server.requests
    answer.download(server.url, path)
    expect(server.requests == first, gave="a request at the second call", expected="none")


def test_a_file_that_was_removed_is_fetched_again(
    answer: Answer, server: Server, tmp_path: Path
) -> None:
    """Ask at every call whether the file is there: it may have been removed."""
    path = tmp_path / "data.bin"
    answer.download(server.url, path)
    path.unlink()
    answer.download(server.url, path)
    expect(path.is_file(), "The file was removed, and the second call did not bring it back.")


@pytest.mark.mastery
@pytest.mark.parametrize("status", [404, 403, 500, 503])
def test_an_error_page_is_not_the_file(
    answer: Answer, server: Server, tmp_path: Path, status: int
) -> None:
    """A response can say that something is wrong: `response.raise_for_status()`."""
    server.status = status
    _fails_cleanly(answer, server, tmp_path, f"answers with the error {status}")


@pytest.mark.mastery
def test_half_a_file_is_not_the_file(answer: Answer, server: Server, tmp_path: Path) -> None:
    """A connection can be cut. If less arrives than was announced, that is an error."""
    server.body = bytes(100_000)
    server.cut = True
    _fails_cleanly(answer, server, tmp_path, "cuts the connection in the middle of the body")


@pytest.mark.mastery
@pytest.mark.time_limit(40)
def test_it_gives_up_on_a_silent_server(answer: Answer, server: Server, tmp_path: Path) -> None:
    """Without `timeout=`, requests waits for a silent server for ever. Pass 10 seconds at most."""
    if isinstance(getattr(answer.namespace(), "TIMEOUT", None), int | float):
        answer.namespace().TIMEOUT = 0.3
    server.silent = PATIENCE
    start = time.monotonic()
    _fails_cleanly(answer, server, tmp_path, "accepts the connection and sends nothing")
    expect(
        time.monotonic() - start < PATIENCE - 0.5,
        gave=f"still waiting after {PATIENCE} seconds, when the server hung up",
        expected="an exception after 10 seconds at most",
    )


def _expect_file(path: Path, call: str) -> None:
    why = "A folder was made at `path` itself: make `path.parent`, the folder of the file."
    expect(path.is_file(), why if path.is_dir() else "No file was saved at `path`.", call=call)


def _fails_cleanly(answer: Answer, server: Server, folder: Path, what: str) -> None:
    """Refuse an answer that does not raise, or leaves a file behind."""
    path = folder / "data.bin"
    expect_raises(
        lambda: answer.download(server.url, path),
        f"The server {what}. The caller must hear of it: raise, or let requests raise.",
        shown=lambda gave: "None" if gave is None else "the path, as if all were well",
    )
    left = sorted(entry.name for entry in folder.iterdir())
    expect(
        not left,
        f"The server {what}; the call raised, but left a file behind. The next call may take it "
        "for the real one.",
        gave=f"left behind: {left}",
        expected="an empty folder",
    )
    server.status, server.cut = 200, False
    if server.silent:
        return  # its patience is the test's time; the others show that a second call works
    answer.download(server.url, path)
    expect(path.read_bytes() == server.body, "The server works again, but a second call fails.")


hints = """
Follow the two ways through the function: the file is there, or it is not. Which of them needs
the web, and what do both return at the end?

Ask `path.exists()` first, and send the request only if the answer is no. The body is bytes, so
use `write_bytes`, not text; `mkdir` needs `parents=True` to make the folders above too, and
`exist_ok=True` to accept a folder that is there.

Under `if not path.exists():` write `body = requests.get(url).content`, then
`path.parent.mkdir(parents=True, exist_ok=True)` and `path.write_bytes(body)`. After the `if`,
no longer indented under it, `return path`.
"""

mastery_hints = """
Try `requests.get` on an error page, on a connection that is cut halfway, and on a server that
never answers. Which of the three raises on its own, and which needs your help?

The cut connection raises on its own. Call `response.raise_for_status()` for the error page, and
pass `timeout=5` for the silent server. Where is the file by then? Nothing is left behind if you
open it only after the whole body has come.

Call `response = requests.get(url, timeout=5)` and `response.raise_for_status()`, and only then
`path.write_bytes(response.content)`. Safer still: write to `path.with_name(path.name + ".part")`,
and rename that with `replace(path)`.
"""

afterwards = """
The reference saves under a second name, `….part`, and renames the file at the
end. So whoever finds the file finds all of it.

Torch downloads like this too. Look for `download_url_to_file` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/hub.py

Try: run `python -m http.server`, and ask it for a file that is not there. What
does your `download` save, and what is in it?
"""
