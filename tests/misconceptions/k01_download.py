"""Wrong answers to k01."""

import contextlib
import gzip
import shutil

import requests


class NotReturned:
    """The file is saved, but the path is not returned.

    `return path`, in either case.
    """

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url).content)


class ReturnedOnlyWhenFetched:
    """When the file is there already, the function ends without a result.

    `return path` in that branch too.
    """

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url).content)
            return path


class FetchedEveryTime:
    """Nothing looks whether the file is there already.

    Ask `path.exists()` before asking the server.
    """

    def download(url, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(requests.get(url, timeout=2).content)
        return path


class AskedBeforeLooking:
    """The request is sent before the look whether it is needed.

    Put the request inside the `if`.
    """

    def download(url, path):
        content = requests.get(url, timeout=2).content
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return path


class SavedAsText:
    """`response.text` decodes the body, and what is no text does not survive that.

    Write `response.content`, the bytes, in binary mode.
    """

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(requests.get(url, timeout=2).text)
        return path


class OneFolderOnly:
    """`mkdir()` makes one folder, and fails if that one's own folder is missing.

    `mkdir(parents=True, exist_ok=True)` makes them all.
    """

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(requests.get(url, timeout=2).content)
        return path


class FolderMustBeMissing:
    """`mkdir` raises if the folder is there already.

    Say `exist_ok=True`.
    """

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True)
            path.write_bytes(requests.get(url, timeout=2).content)
        return path


class FirstPieceOnly:
    """Only the first piece of a streamed body is written.

    Write every piece of `iter_content`, in a loop.
    """

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            pieces = requests.get(url, stream=True, timeout=2).iter_content(1 << 16)
            path.write_bytes(next(pieces, b""))
        return path


class EmptyCountsAsMissing:
    """An empty file is taken for one that is not there.

    `path.exists()` is the question; an empty file exists.
    """

    def download(url, path):
        if not path.exists() or not path.read_bytes():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url, timeout=2).content)
        return path


class Remembered:
    """Each address is fetched once in the life of the program, even if the file was removed.

    Look whether the file is there, at every call.
    """

    fetched: set = set()

    def download(url, path):
        if (url, path) not in Remembered.fetched and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url, timeout=2).content)
        Remembered.fetched.add((url, path))
        return path


class Unpacked:
    """A compressed file was unpacked on the way.

    Save the bytes as they come; unpacking is another step.
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
    """A response with an error status has a body too, and it was saved as the file.

    Call `response.raise_for_status()` before writing.
    """

    mastery = True

    def download(url, path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(requests.get(url, timeout=2).content)
        return path


class WaitsForEver:
    """Without a `timeout=`, a server that falls silent is waited for without end.

    Pass `timeout=` (seconds) to `requests.get`.
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
    """The body is streamed into the file itself, and if it breaks off, half a file stays.

    Write to another name first, and rename when all of it is there.
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
    """When the download breaks off, the unfinished part stays in the folder.

    Remove it in a `finally:` or `except:`.
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
    """Reading the raw connection until it ends does not notice that it ended too early.

    `response.content` compares with the length that was announced.
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
    """The exception is caught and the caller never hears of it.

    Let it through: who calls must know that there is no file.
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
