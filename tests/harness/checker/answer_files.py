"""Finds one person's answers in a folder, under the names that learning platforms give files.

A file with another name than its stub is copied under the stub's name, so that answers can import
each other. What cannot be used safely is not used, and a remark says so.
"""

import contextlib
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.checker.sanitize import sanitize

# What a platform writes before the name of the file that was handed in.
PLATFORMS = (
    r"(?P<person>.+?_(?:LATE_)?\d+)_\d+_",  # Canvas: name, user, submission
    r"(?P<person>.+?)_\d+_assignsubmission_file_",  # Moodle
    r"(?P<person>.+?)_attempt_[\d-]+_",  # Blackboard: course or test, user, time
)
UPLOAD = r"(?P<name>.+?)(?:-(?P<upload>\d+))?\.py"  # Canvas numbers a file that comes again
NEVER_ANSWERS = {"solutions", "tests", "data"}  # in a clone of this repository
DEPTH = 3  # folders within folders
NAMED_FOLDERS = 3


@dataclass
class AnswerFolder:
    """A folder of answers, each under its stub's name, and remarks on the files in it."""

    path: Path
    source: Path  # the person's own folder; another one if files had to be copied
    originals: dict[str, Path] = field(default_factory=dict)  # by kata, if its name is another
    remarks: list[str] = field(default_factory=list)
    remarked: set[Path] = field(default_factory=set)  # the files that they are about

    @classmethod
    def of_repository(cls, folder: Path) -> "AnswerFolder":
        """Return one of the repository's own folders, whose files have the right names."""
        return cls(folder, folder)

    def original(self, stem: str) -> Path:
        """Return the file of a kata's answer, as the person knows it."""
        return self.originals.get(stem, self.source / f"{stem}.py")

    def remark(self, path: Path, text: str) -> None:
        """Say something about a file or a folder."""
        self.remarks.append(f"{catalog.shown(path)} {text}")
        self.remarked.add(path)


@dataclass(frozen=True)
class _Upload:
    """A file that a platform has named."""

    path: Path
    person: str
    name: str  # of the file that was handed in, without its suffix
    number: int


def find_answers(folder: Path, copies: Path) -> AnswerFolder:
    """Find the answers of one person in a folder, or in the only subfolder that has some.

    ``copies`` is where files go that need another name. Answers of several people raise
    a UsageError.
    """
    inner = _folder_with_answers(folder)
    uploads = list(_uploads(inner))
    people = sorted({upload.person for upload in uploads})
    if len(people) > 1:
        raise _several(folder, "answers of several people", people)
    answers = AnswerFolder(inner, inner)
    if inner != folder:
        answers.remark(inner, "is where the answers were found.")
    used = list(_latest(uploads, answers))
    _remark_on_packed_answers(answers)
    if used:
        _copy(used, answers, copies)
    return answers


def _folder_with_answers(folder: Path) -> Path:
    level = [folder]
    for _ in range(DEPTH + 1):
        found = [inner for inner in level if _has_answers(inner)]
        if len(found) > 1:
            names = [inner.relative_to(folder).as_posix() for inner in found]
            raise _several(folder, "several folders of answers", names)
        if found:
            return found[0]
        level = [inner for outer in level for inner in _subfolders(outer)]
    return folder


def _has_answers(folder: Path) -> bool:
    names = {path.name for path in _entries(folder)}
    exact = any(f"{stem}.py" in names for stem in catalog.stems())
    return exact or any(_uploads(folder))


def _several(folder: Path, what: str, names: Sequence[str]) -> pytest.UsageError:
    more = len(names) - NAMED_FOLDERS
    listed = ", ".join(names[:NAMED_FOLDERS]) + f" and {more} more" * (more > 0)
    return pytest.UsageError(
        sanitize(f"{catalog.shown(folder)} has {what} ({listed}); give those of one")
    )


def _entries(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))
    return []


def _subfolders(folder: Path) -> list[Path]:
    return [
        path
        for path in _entries(folder)
        if path.is_dir() and not path.is_symlink() and path.name not in NEVER_ANSWERS
    ]


def _uploads(folder: Path) -> Iterator[_Upload]:
    """Yield the files of answers that a platform has named."""
    stems = set(catalog.stems())
    for path in _entries(folder):
        upload = _upload(path)
        if upload is not None and upload.name in stems and path.is_file():
            yield upload


def _upload(path: Path) -> _Upload | None:
    for before in (*PLATFORMS, "(?P<person>)"):
        match = re.fullmatch(before + UPLOAD, path.name)
        if match and (match["person"] or match["upload"]):
            return _Upload(path, match["person"], match["name"], int(match["upload"] or 0))
    return None


def _latest(uploads: Sequence[_Upload], answers: AnswerFolder) -> Iterator[_Upload]:
    """Yield the upload of each kata that is used: the last one; remark on the others."""
    for stem in sorted({upload.name for upload in uploads}):
        own = sorted((u for u in uploads if u.name == stem), key=lambda upload: upload.number)
        exact = answers.source / f"{stem}.py"
        if exact.is_file() and own[-1].person:
            last = exact
        else:
            last = own[-1].path
            answers.remarked.add(last)
            yield own[-1]
        for path in [exact] * exact.is_file() + [upload.path for upload in own]:
            if path != last:
                answers.remark(path, f"was not checked, and {last.name} was.")


def _copy(used: Sequence[_Upload], answers: AnswerFolder, copies: Path) -> None:
    """Copy the answers, and the Python files beside them, into a folder under their own names."""
    python = [p for p in _entries(answers.source) if p.suffix == ".py" and p.is_file()]
    answers.originals = {upload.name: upload.path for upload in used}
    # Where several files have one name, the last of these dictionaries decides.
    files = {upload.name: upload.path for upload in map(_upload, python) if upload}
    files |= {path.stem: path for path in python if not _upload(path)} | answers.originals
    for name, path in files.items():
        shutil.copyfile(path, copies / f"{name}.py")
    answers.path = copies


def _remark_on_packed_answers(answers: AnswerFolder) -> None:
    """Remark on each file that may hold answers and is not a Python file."""
    for path in _entries(answers.source):
        if path.suffix == ".zip":
            answers.remark(path, "was not checked: unpack it first.")
        elif path.suffix == ".ipynb":
            answers.remark(path, "was not checked: save its code in a file with the stub's name.")
