"""What is shown once a kata is solved: a comparison, a link, a question; pictures of the parts."""

import ast
import io
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tests.harness import catalog
from tests.harness.checker.output import parts
from tests.harness.checker.output.features import Features
from tests.harness.checker.output.writer import COLUMNS, Writer
from tests.harness.checker.pytest_internals import TerminalWriter
from tests.harness.checker.verdict import State
from tests.harness.selftest.command import run_pytest

every_kata = pytest.mark.parametrize("stem", catalog.stems())
KATA = "k01_download"  # it needs no torch, and so is quick
PATH = f"katas/{KATA}.py"
PART = [stem for stem in catalog.stems() if catalog.card(stem).part.startswith("Part 1 ")]
LINK = re.compile(r"https?://\S+")
SOURCE = re.compile(r"https://github\.com/pytorch/pytorch/blob/v([\d.]+)/(\S+)")
NAME = re.compile(r"`(?:torch\.)?(?:class )?(\w+)`")
PICTURE_LINES = 12


def written(write: object, encoding: str = "utf-8", *, words: bool = False) -> list[str]:
    """Return the lines that are written to a terminal of 80 columns."""
    text = io.StringIO()
    terminal = TerminalWriter(text)
    terminal.hasmarkup, terminal.fullwidth = False, COLUMNS
    assert callable(write)
    write(Writer(terminal, Features(encoding, words=words)))
    return text.getvalue().splitlines()


def after(stem: str) -> str:
    """Return what is shown once a kata is solved."""
    return "\n".join(written(lambda writer: writer.afterwards(catalog.afterwards(stem))))


# The texts.


@every_kata
def test_there_are_six_lines_at_most_each_with_its_purpose(stem: str) -> None:
    """The comparison, the link and the question have a paragraph each."""
    comparison, link, question = catalog.afterwards(stem)
    assert "reference" in comparison
    assert link.split()[-1] == LINK.search(link)[0]  # type: ignore[index]
    assert question.startswith("Try: ")
    assert "?" in question
    lines = after(stem).splitlines()
    assert len(lines) <= 6
    assert max(map(len, lines)) <= COLUMNS
    assert LINK.search(link)[0] in lines  # type: ignore[index]
    assert [line for line in lines if line.count("`") % 2] == []


@every_kata
def test_the_link_leads_to_torch(stem: str) -> None:
    link = LINK.findall(catalog.afterwards(stem)[1])[0]
    ours = ("https://github.com/pytorch/", "https://docs.pytorch.org/")
    assert link.startswith(ours)


@every_kata
def test_the_source_that_a_link_leads_to_has_what_is_named(stem: str) -> None:
    """The installed torch has the same Python files, if it is of the release that is linked."""
    text = catalog.afterwards(stem)[1]
    source = SOURCE.search(text)
    tested = (catalog.ROOT / ".ci" / "tested.txt").read_text(encoding="utf-8")
    if source is None:
        pytest.skip("this is a page of its documentation")
    assert f"torch=={source[1]}\n" in tested
    if torch.__version__.partition("+")[0] != source[1] or not source[2].endswith(".py"):
        pytest.skip("the file is not installed")
    file = Path(torch.__file__).parents[1] / source[2]
    assert file.is_file()
    code = file.read_text(encoding="utf-8")
    assert [name for name in NAME.findall(text) if name not in code] == []


# The command.


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the repository, in which nothing is solved."""
    for name in ("tests", "katas", "solutions"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(catalog.ROOT / name, tmp_path / name, ignore=ignored)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(catalog.ROOT / name, tmp_path)
    return tmp_path


def solve(clone: Path, stem: str) -> None:
    shutil.copy(catalog.SOLUTIONS / f"{stem}.py", clone / "katas")


def test_it_is_shown_of_the_only_kata_if_that_is_solved(clone: Path) -> None:
    assert "Try: " not in run_pytest(PATH, cwd=clone).text
    solve(clone, KATA)
    run = run_pytest(PATH, cwd=clone)
    assert run.text.rstrip().endswith(after(KATA))
    for arguments, mark in (
        ([PATH, "--solutions"], "★"), ([PATH, "--answers=katas"], "✓"),
        ([PATH, "-k", "folder"], "◐"), ([PATH, "katas/k02_unpickle.py"], "✓"),
    ):  # fmt: skip
        text = run_pytest(*arguments, cwd=clone).text
        assert f"  {mark} k01" in text
        assert "Try: " not in text


def test_it_is_not_shown_of_a_kata_that_is_not_mastered_but_was_to_be(clone: Path) -> None:
    answer = clone / PATH
    solve(clone, KATA)
    text = answer.read_text(encoding="utf-8")
    answer.write_text(text.replace("response.raise_for_status()", "pass"), encoding="utf-8")
    text = run_pytest(PATH, "--mastery", cwd=clone).text
    assert "solved, not mastered" in text
    assert "Try: " not in text


def test_the_kata_that_completes_its_part_shows_what_has_been_built(clone: Path) -> None:
    cached = ["-p", "cacheprovider", "-o", f"cache_dir={clone / 'cache'}"]
    picture = "\n".join(written(lambda writer: parts.write_picture(writer, "Part 1")))
    everything = [f"katas/{stem}.py" for stem in PART]
    for stem in PART:
        solve(clone, stem)
    assert picture not in run_pytest(*everything[:-1], *cached, cwd=clone).text
    assert picture in run_pytest(everything[-1], *cached, cwd=clone).text
    assert picture not in run_pytest(*everything, *cached, cwd=clone).text
    assert picture not in run_pytest(*everything, cwd=clone).text  # nobody knows what is new


class FakeCache:
    """Keeps one value."""

    def __init__(self, value: object) -> None:
        self.value = value

    def get(self, key: str, default: object) -> object:
        """Return the value."""
        return self.value

    def set(self, key: str, value: object) -> None:
        """Keep a value."""
        self.value = value


@pytest.mark.parametrize("value", [None, "k01", 3, {"k01": 1}, [["k01"], None, 2]])
def test_a_broken_cache_counts_as_none(value: object) -> None:
    cache = FakeCache(value)
    assert parts.SolvedKatas(cache).update([]) == ""
    assert cache.value == value


def results(state: State, *stems: str) -> list[Any]:
    """Return what came of some katas."""
    return [SimpleNamespace(card=catalog.card(stem), state=state) for stem in stems]


def test_a_part_is_complete_when_the_last_of_its_katas_is_solved() -> None:
    first, *others = PART
    cache = FakeCache([])
    assert parts.SolvedKatas(cache).update(results(State.SOLVED, *others)) == ""
    assert parts.SolvedKatas(cache).update(results(State.PARTLY, first)) == ""
    assert parts.SolvedKatas(cache).update(results(State.MASTERED, first)) == "Part 1"
    assert parts.SolvedKatas(cache).update(results(State.SOLVED, *PART)) == ""
    assert parts.SolvedKatas(cache).update(results(State.PARTLY, first)) == ""
    assert parts.SolvedKatas(cache).update(results(State.SOLVED, first)) == ""
    for state in (State.WRONG, State.TO_DO):
        assert parts.SolvedKatas(cache).update(results(state, first)) == ""
        assert parts.SolvedKatas(cache).update(results(State.SOLVED, first)) == "Part 1"
    assert cache.value == PART


def test_of_several_complete_parts_the_last_is_named_and_all_are_kept() -> None:
    cache = FakeCache([])
    everything = results(State.SOLVED, *catalog.stems())
    assert parts.SolvedKatas(cache).update(everything) == max(parts.PICTURES)
    assert cache.value == catalog.stems()
    alone = parts.SolvedKatas(None)
    assert alone.update(everything) == max(parts.PICTURES)
    assert alone.update(everything) == ""


# The pictures.


def test_every_part_has_a_picture() -> None:
    assert set(parts.PICTURES) == {
        catalog.card(stem).part.partition(" · ")[0] for stem in catalog.stems()
    }


@pytest.mark.parametrize("part", parts.PICTURES)
def test_a_picture_fits_the_screen(part: str) -> None:
    lines = written(lambda writer: parts.write_picture(writer, part))
    assert len(lines) <= PICTURE_LINES
    assert max(map(len, lines)) <= COLUMNS
    assert lines[0].startswith(f"  {part} is done.")
    assert "Lines of code that training takes: " in "\n".join(lines)
    plain = written(lambda writer: parts.write_picture(writer, part), "ascii")
    assert "?" not in "".join(plain)
    told = written(lambda writer: parts.write_picture(writer, part), words=True)
    assert "─" not in "".join(told)
    assert [told[0], told[-1]] == [lines[0], lines[-1]]


@pytest.mark.parametrize("stem", parts.TRAINING)
def test_training_takes_as_many_lines_as_the_picture_says(stem: str) -> None:
    name, count = parts.TRAINING[stem]
    tree = ast.parse((catalog.SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8"))
    function = next(
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name
    )
    lines: set[int] = set()
    for statement in function.body[1:]:
        if not isinstance(statement, ast.Return):
            nodes = (node for node in ast.walk(statement) if isinstance(node, ast.expr | ast.stmt))
            lines.update(node.lineno for node in nodes)
    assert ast.get_docstring(function)
    assert len(lines) == count
