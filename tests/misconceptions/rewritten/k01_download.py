"""Wrong answers to k01, written in another way."""

import os
from urllib.error import HTTPError
from urllib.request import urlopen

import requests


def _is_missing(path):
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    return False


class ReturnedOnlyWhenFetched:
    """An early, empty `return` and functions of `os` instead of a nested `if`."""

    def download(url, path):
        if os.path.exists(path):
            return
        os.makedirs(path.parent, exist_ok=True)
        with requests.Session() as session:
            body = session.get(url).content
        with open(path, "wb") as file:
            file.write(body)
        return path


class SavedAsText:
    """The bytes are decoded by hand, and printed into a file opened as text."""

    def download(url, path):
        if _is_missing(path):
            os.makedirs(path.parent, exist_ok=True)
            response = requests.request("GET", url, timeout=2)
            charset = response.encoding or response.apparent_encoding or "utf-8"
            page = response.content.decode(charset, errors="replace")
            with open(path, "w", encoding="utf-8") as file:
                print(page, end="", file=file)
        return path


class ErrorPageSaved:
    """With urllib, whose exception for an error status is read like any response."""

    mastery = True

    def _body(url):
        try:
            answer = urlopen(url, timeout=2)
        except HTTPError as page:
            if page.code < 400 and "Location" in page.headers:
                raise
            answer = page
        with answer:
            return answer.read()

    def download(url, path):
        if path.exists():
            return path
        for folder in [*reversed(path.parent.parents), path.parent]:
            folder.mkdir(exist_ok=True)
        body = ErrorPageSaved._body(url)
        with path.open("wb") as file:
            file.write(body)
        return path


class HalfAFileLeft:
    """The pieces go to `writelines`, and the error status is compared by hand."""

    mastery = True

    def _save(response, path):
        os.makedirs(path.parent, exist_ok=True)
        with open(path, "wb") as file:
            file.writelines(response.iter_content(4096))

    def download(url, path):
        if _is_missing(path):
            session = requests.Session()
            response = session.get(url, stream=True, timeout=2)
            try:
                if 400 <= response.status_code < 600:
                    raise RuntimeError(f"{url}: {response.status_code}")
                HalfAFileLeft._save(response, path)
            finally:
                response.close()
                session.close()
        return path
