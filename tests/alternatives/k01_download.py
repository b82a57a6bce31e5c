"""Right answers to k01, written differently."""

import os
import tempfile
import urllib.request

import requests


class Tutorial:
    """The tutorial's own lines."""

    mastery = False

    def download(url, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            content = requests.get(url).content
            path.open("wb").write(content)
        return path


class Urllib:
    """With the standard library, read whole and written under another name first."""

    def download(url, path):
        if path.exists():
            return path
        with urllib.request.urlopen(url, timeout=2) as response:
            body = response.read()
        os.makedirs(path.parent, exist_ok=True)
        part = path.parent / (path.name + ".part")
        part.write_bytes(body)
        os.replace(part, path)
        return path


class Streamed:
    """Piece by piece into a temporary file elsewhere, which is copied when it is complete."""

    def download(url, path):
        if not path.exists():
            with tempfile.TemporaryFile() as file:
                with requests.get(url, stream=True, timeout=2) as response:
                    response.raise_for_status()
                    for piece in response.iter_content(1 << 14):
                        file.write(piece)
                file.seek(0)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.read())
        return path


class CleanedUp:
    """Straight into the file, which is removed if anything goes wrong."""

    def download(url, path):
        if path.exists():
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with requests.Session() as session, session.get(url, stream=True, timeout=2) as got:
                if got.status_code != 200:
                    raise OSError(f"{url}: {got.status_code}")
                with open(path, "wb") as file:
                    for piece in got.iter_content(None):
                        file.write(piece)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "TIMEOUT = 6": "Any time-out up to some ten seconds will do.",
    "XX.partXX": "What the file is called while it is incomplete is free.",
    '".PART"': "What the file is called while it is incomplete is free.",
}
