"""Which changes of files `--watch` notices, and what it reads from the files."""

import os
import select
import time
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from tests.harness import catalog
from tests.harness.checker.watch import files
from tests.harness.kit.expect import ToDo


def changed(watcher: files.FileWatcher, seconds: float = 20) -> set[Path]:
    """Return the files of the next change; none if there is no change within some seconds."""
    ready, _, _ = select.select([watcher.pipe], [], [], seconds)
    return set(watcher.changed()) if ready else set()


def test_python_files_in_the_folder_are_noticed_and_others_are_not(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    answer = tmp_path / "k08_nll.py"
    with files.FileWatcher(tmp_path) as watcher:
        for _ in range(200):  # until the threads have begun
            answer.write_text("x = 1\n", encoding="utf-8")
            if changed(watcher, 0.1):
                break
        while changed(watcher, 0.3):
            pass
        (tmp_path / "notes.txt").write_text("x = 1\n", encoding="utf-8")
        (tmp_path / "below" / "k09_accuracy.py").write_text("x = 1\n", encoding="utf-8")
        assert changed(watcher, 0.5) == set()
        answer.write_text("x = 2\n", encoding="utf-8")
        assert changed(watcher) == {answer}


def test_without_a_way_to_be_told_the_files_are_polled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = watchfiles.watch
    polled = []

    def only_polling(*paths: Path, force_polling: bool, **kwargs: Any) -> object:
        if not force_polling:
            raise OSError("OS file watch limit reached")
        polled.append(paths)
        return watch(*paths, force_polling=True, **kwargs)

    monkeypatch.setattr(watchfiles, "watch", only_polling)
    with files.FileWatcher(tmp_path):
        deadline = time.monotonic() + 20
        while len(polled) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert set(polled) == {(tmp_path,), (catalog.TESTS,)}


def test_a_file_is_named_once_however_often_it_changes(tmp_path: Path) -> None:
    watcher = files.FileWatcher(tmp_path)
    for name in ("b.py", "a.py", "b.py"):
        watcher._paths.put(str(tmp_path / name))
        os.write(watcher._wake, b".")
    assert watcher.changed() == [tmp_path / "b.py", tmp_path / "a.py"]
    watcher.close()


@pytest.mark.parametrize(
    ("source", "complete"),
    [
        (b"x = 1\n", True),
        (b"'''\nthe begin", False),
        (b"def f(:\n", False),
        (b"", False),
        (b"\0", False),
        (ToDo("it is not there"), False),
        (b"'\\d'\n", True),  # which only warns
    ],
)
def test_a_text_is_complete_if_it_is_python(source: bytes | ToDo, complete: bool) -> None:
    assert files.is_complete(source) is complete


def test_files_that_import_one_another_are_known(tmp_path: Path) -> None:
    for name, text in {
        "shared": "import math\n", "direct": "from shared import f\n", "other": "import torch\n",
        "second": "def f():\n    import direct\n", "circle": "import second, circle\n",
        "broken": "import shared\ndef f(:\n",
    }.items():  # fmt: skip
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert files.importers(tmp_path, "shared") == {"direct", "second", "circle"}
    assert files.importers(tmp_path, "circle") == set()
    assert files.importers(tmp_path, "other") == set()
