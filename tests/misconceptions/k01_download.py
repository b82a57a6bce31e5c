"""Wrong answers to k01."""

import contextlib
import gzip
import shutil

import requests


class NotReturned:
    """The path is not returned: the call returns `None`.

    Write `return path` at the end, for a new file and for one that was there already.
    """

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url).content)


class ReturnedOnlyWhenFetched:
    """When the file is there already, the function returns nothing (`None`).

    Write `return path` after the `if`, so that it is reached in both cases.
    """

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url).content)
            return path


class NeverFetched:
    """Nothing is downloaded, even if no file is there, usually because `path.exists` has no
    parentheses: then it is a method, and a method counts as true.

    Call it: `path.exists()`.
    """

    def download(url, path):
        if not path.exists:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url).content)
        return path


class FetchedEveryTime:
    """The file is fetched and written again although it is there already.

    Ask `path.exists()` first, and send the request only if the answer is no.
    """

    def download(url, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(requests.get(url, timeout=2).content)
        return path


class AskedBeforeLooking:
    """A request is sent even if the file is there already, usually because it comes before the
    check.

    Send it only after `path.exists()` has said no.
    """

    def download(url, path):
        content = requests.get(url, timeout=2).content
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return path


class SavedAsText:
    """The body is decoded into text on its way to the file, usually by `response.text`, and bytes
    that are not valid text do not survive that.

    Save `response.content`, the bytes, in binary mode.
    """

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(requests.get(url, timeout=2).text)
        return path


class NoFolderMade:
    """No folder is made, and a file cannot be written into a folder that is missing.

    Call `path.parent.mkdir(parents=True, exist_ok=True)` before you write the file.
    """

    raises = True

    def download(url, path):
        if not path.exists():
            path.write_bytes(requests.get(url, timeout=2).content)
        return path


class OneFolderOnly:
    """Only the folder of the file itself is made, which fails if the folder above it is missing
    too.

    Pass `parents=True`: `path.parent.mkdir(parents=True, exist_ok=True)` makes all of them.
    """

    raises = True

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(requests.get(url, timeout=2).content)
        return path


class FolderAtPath:
    """A folder is made at `path` itself, and then no file can be written there.

    Make the folder of the file: `path.parent.mkdir(parents=True, exist_ok=True)`.
    """

    raises = True

    def download(url, path):
        if not path.exists():
            path.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url, timeout=2).content)
        return path


class FolderMustBeMissing:
    """Making a folder raises if it is there already, as `mkdir` and `os.makedirs` do.

    Pass `exist_ok=True`.
    """

    raises = True

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True)
            path.write_bytes(requests.get(url, timeout=2).content)
        return path


class FirstPieceOnly:
    """Only the beginning of a long body is saved, usually because one piece of a streamed response
    is written.

    Write every piece of `iter_content`, in a loop, or save `response.content`, which is all of it.
    """

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            pieces = requests.get(url, stream=True, timeout=2).iter_content(1 << 16)
            path.write_bytes(next(pieces, b""))
        return path


class EmptyCountsAsMissing:
    """An empty file is taken for one that is not there.

    Ask `path.exists()`, not for the size or the content: an empty file exists too.
    """

    def download(url, path):
        if not path.exists() or not path.read_bytes():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url, timeout=2).content)
        return path


class Remembered:
    """A file that was fetched once is not fetched again after it was removed: earlier calls are
    remembered, usually in a global variable or by `@cache`.

    Ask `path.exists()` at every call.
    """

    fetched: set = set()

    def download(url, path):
        if (url, path) not in Remembered.fetched and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url, timeout=2).content)
        Remembered.fetched.add((url, path))
        return path


class Unpacked:
    """A compressed file is unpacked on its way to the disk.

    Save the bytes as they come; unpacking is the next kata.
    """

    def download(url, path):
        if not path.exists():
            content = requests.get(url, timeout=2).content
            if content.startswith(b"\x1f\x8b"):
                content = gzip.decompress(content)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return path


class ErrorPageSaved:
    """An error status (4xx, 5xx) does not raise: `requests.get` returns such a response like any
    other, and its body is an error page, not the file.

    Call `response.raise_for_status()` before writing.
    """

    mastery = True

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url, timeout=2).content)
        return path


class WaitsForEver:
    """The function waits for ever, or for more than 10 seconds, for a server that has gone silent,
    usually because `timeout=` is missing or too large.

    Pass a few seconds to `requests.get`: `timeout=5`.
    """

    mastery = True

    def download(url, path):
        if not path.exists():
            response = requests.get(url)
            response.raise_for_status()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(response.content)
        return path


class HalfAFileLeft:
    """When the connection is cut, an unfinished file stays at `path`, usually because it is opened
    before the whole body has come.

    Read all of `response.content` first; or write under another name, and rename the file when it
    is complete.
    """

    mastery = True

    def download(url, path):
        if not path.exists():
            with requests.get(url, stream=True, timeout=2) as response:
                response.raise_for_status()
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    for piece in response.iter_content(1 << 12):
                        file.write(piece)
        return path


class PartLeftBehind:
    """When the download breaks off, the unfinished file stays in the folder under its temporary
    name.

    Remove it in a `finally:`, with `unlink(missing_ok=True)`, or in an `except:` that raises again.
    """

    mastery = True

    def download(url, path):
        if not path.exists():
            with requests.get(url, stream=True, timeout=2) as response:
                response.raise_for_status()
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_suffix(".part")
                with part.open("wb") as file:
                    for piece in response.iter_content(1 << 12):
                        file.write(piece)
                part.rename(path)
        return path


class TruncationUnnoticed:
    """When the connection is cut in the middle of the body, the function returns as if everything
    had arrived, usually because the length is not compared with the announced one.

    Use `response.content` or `iter_content`, which compare and raise; let the exception through.
    """

    mastery = True

    def download(url, path):
        if not path.exists():
            response = requests.get(url, stream=True, timeout=2)
            response.raise_for_status()
            response.raw.enforce_content_length = False
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                shutil.copyfileobj(response.raw, file)
        return path


class ErrorSwallowed:
    """After an error status or a cut connection the function returns as if all were well, usually
    because the exception is caught.

    Call `response.raise_for_status()` and let exceptions through: the caller must hear that there
    is no file.
    """

    mastery = True

    def download(url, path):
        with contextlib.suppress(requests.RequestException):
            if not path.exists():
                response = requests.get(url, timeout=2)
                response.raise_for_status()
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(response.content)
        return path
