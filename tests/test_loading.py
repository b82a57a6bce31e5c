"""A file is read and run as it is, or the explanation says why not."""

import linecache
import os
import sys
from pathlib import Path

import pytest

from tests.harness import limits
from tests.harness.kit import Answer, Kind, ToDo, WrongAnswer
from tests.harness.kit.loading import load_file, load_source, read_file


def wrong(path: Path) -> WrongAnswer:
    """Load a file that cannot be; return the explanation."""
    with pytest.raises(WrongAnswer) as caught:
        load_file(path)
    return caught.value


def test_a_file_that_is_not_there_is_to_do(tmp_path: Path) -> None:
    with pytest.raises(ToDo):
        load_file(tmp_path / "k08_nll.py")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_what_is_not_a_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "link.py").symlink_to(tmp_path / "nothing")
    (tmp_path / "long.py").write_bytes(b"#" * (limits.ANSWER_BYTES + 1))
    os.mkfifo(tmp_path / "pipe.py")
    for name, why in (
        ("folder", "it is no file"),
        ("link", "a link to a file that is not there"),
        ("long", "1.0 MB long"),
        ("pipe", "it is no file"),
    ):
        error = wrong(tmp_path / f"{name}.py")
        assert why in error.why
        assert error.kind is Kind.UNREADABLE


@pytest.mark.parametrize(
    ("source", "why", "rows"),
    [
        (b"x = (1,\n", "'(' was never closed", ["line 1    x = (1,", " " * 14 + "^"]),
        (b"if x:\n    def f(:\n", "Invalid syntax", ["line 2    def f(:", " " * 16 + "^"]),
        (b"x = '\0'", "save it in UTF-8", []),
        (b"x = '\xe9'", "save it in UTF-8", []),
        (
            b"# coding: latin-1\nx = '\xe9",
            "Unterminated string",
            ["line 2    x = '", " " * 14 + "^"],
        ),
        (b"x = " + b"(" * 300, "Too many nested parentheses", ["line 1    x = (((("]),
        pytest.param(b"-" * 100_000 + b"1", "nested too deeply", [], id="deep"),
        (b" \n", "The file is empty", []),
    ],
)
def test_what_is_not_python_is_explained(
    tmp_path: Path, source: bytes, why: str, rows: list[str]
) -> None:
    path = tmp_path / "k08_nll.py"
    path.write_bytes(source)
    error = wrong(path)
    assert why in error.why
    assert error.kind is (Kind.SYNTAX if source.strip() else Kind.MISSING)
    for row, text in zip(error.rows, rows, strict=True):
        assert row.text.startswith(text)


def test_an_encoding_that_the_file_declares_is_used(tmp_path: Path) -> None:
    module = load_source(tmp_path / "k08_nll.py", b"# coding: latin-1\nx = '\xe9'")
    assert module.x == "é"


def test_a_second_save_within_a_second_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "k08_nll.py"
    for number in (1, 2):
        path.write_text(f"x = {number}", encoding="utf-8")
        os.utime(path, (0, 0))
        assert load_file(path).x == number
    assert [entry.name for entry in tmp_path.iterdir()] == ["k08_nll.py"]


def test_lines_are_shown_as_they_were_run(tmp_path: Path) -> None:
    path = tmp_path / "k08_nll.py"
    path.write_text("def f():\n    return 1\n", encoding="utf-8")
    source = read_file(path)
    path.write_text("something else", encoding="utf-8")
    assert load_source(path, source).f() == 1
    assert linecache.getline(str(path), 2).strip() == "return 1"


def test_a_kata_is_imported_from_the_folder_of_the_answer(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "k22_fit.py").write_text(f"fit = {name!r}", encoding="utf-8")
        (tmp_path / name / "k30_three_lines.py").write_text(
            "from k22_fit import fit", encoding="utf-8"
        )
    for name in ("one", "other", "one"):
        assert load_file(tmp_path / name / "k30_three_lines.py").fit == name


def test_an_answer_is_loaded_once_and_fails_each_time(tmp_path: Path) -> None:
    loads = []

    def load(path: Path) -> None:
        loads.append(path)
        raise ValueError("broken")

    answer = Answer(tmp_path / "k08_nll.py", load)
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            answer.nll(1, 2)
    assert len(loads) == 1


def test_a_name_that_is_missing_or_cannot_be_called_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "k08_nll.py"
    path.write_text("def nl(input, target):\n    return 0\nloss = 3\n", encoding="utf-8")
    answer = Answer(path, load_file)
    for name, why in (
        ("nll", "defines no `nll`, but there is `nl`"),
        ("other", "defines no `other`. The name"),
        ("loss", "a value of type int and cannot be called"),
    ):
        with pytest.raises(WrongAnswer, match=why) as caught:
            getattr(answer, name)
        assert caught.value.kind is Kind.MISSING
    assert answer.nl(1, target=2) == 0
