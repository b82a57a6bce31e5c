"""Where an update has made a solved kata wrong, the report says that the tests have changed."""

import json
import shutil
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.checker.output import solved_before
from tests.harness.checker.output.solved_before import SOLVED
from tests.harness.checker.output.writer import TESTS_CHANGED
from tests.harness.selftest.command import run_pytest
from tests.harness.selftest.sample_answers import right

STEM = "k01_download"  # it needs no torch, and so is quick
LAW = "test_the_second_call_sends_no_request"
NEW_LAW = '''

def test_there_is_another_function(answer: Answer) -> None:
    """Define `fetch`."""
    expect(hasattr(answer.namespace(), "fetch"), "There is no `fetch`.")
'''


class Clone:
    """A copy of the repository, with an answer to one kata."""

    def __init__(self, path: Path) -> None:
        left_out = shutil.ignore_patterns(".*", "__pycache__", "data")
        shutil.copytree(catalog.ROOT, path, ignore=left_out)
        self.path = path
        self.answer = path / "katas" / f"{STEM}.py"
        self.tests = path / "tests" / "katas" / f"test_{STEM}.py"
        self.cached = path / ".pytest_cache" / "v" / SOLVED
        self.answer.write_text(right(STEM), encoding="utf-8")

    def check(self, *arguments: str, cache: str = "cacheprovider", code: int = 0) -> str:
        """Check the answer; return what is printed, as one line."""
        run = run_pytest("-p", cache, f"katas/{STEM}.py", *arguments, cwd=self.path)
        assert run.code == code, run.text
        return " ".join(run.text.split())

    def update(self) -> None:
        """Add a law to the tests, which the answer does not keep."""
        with self.tests.open("a", encoding="utf-8") as file:
            file.write(NEW_LAW)

    def change_answer(self) -> None:
        """Change the answer's text, and nothing that it does."""
        with self.answer.open("a", encoding="utf-8") as file:
            file.write("# another line\n")


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """Return a copy of the repository with a right answer."""
    return Clone(tmp_path / "clone")


def test_the_tests_have_changed_and_the_answer_has_not(clone: Clone) -> None:
    clone.check()
    assert list(json.loads(clone.cached.read_text(encoding="utf-8"))) == [STEM]
    clone.update()
    for _ in range(2):
        text = clone.check(code=1)
        assert f"There is no `fetch`. {TESTS_CHANGED}" in text
    clone.change_answer()
    assert TESTS_CHANGED not in clone.check(code=1)


def test_an_answer_that_was_never_solved_was_not_solved_before(clone: Clone) -> None:
    clone.check("-k", LAW)  # solves only a part of it
    clone.check(f"--answers={catalog.SOLUTIONS}")  # is somebody else
    clone.check("--solutions")
    clone.check(cache="no:cacheprovider")
    assert not clone.cached.exists()
    clone.update()
    assert TESTS_CHANGED not in clone.check(code=1)


def test_nothing_is_said_while_the_tests_are_the_same(clone: Clone) -> None:
    clone.update()
    clone.answer.write_text(right(STEM) + "\n\nfetch = download\n", encoding="utf-8")
    clone.check()
    clone.answer.write_text(right(STEM), encoding="utf-8")
    assert TESTS_CHANGED not in clone.check(code=1)


@pytest.mark.parametrize(
    "content",
    ["garbage", "[1]", "3", f'{{"{STEM}": "x"}}', f'{{"{STEM}": {{"answer": 1, "tests": null}}}}'],
)
def test_a_broken_cache_counts_as_none(clone: Clone, content: str) -> None:
    clone.cached.parent.mkdir(parents=True)
    clone.cached.write_text(content, encoding="utf-8")
    clone.update()
    assert TESTS_CHANGED not in clone.check(code=1)


def test_without_a_cache_nothing_is_remembered(clone: Clone) -> None:
    clone.check()
    clone.update()
    assert TESTS_CHANGED not in clone.check(cache="no:cacheprovider", code=1)


def test_an_answer_has_changed_when_one_that_it_imports_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "KATAS", tmp_path)
    (tmp_path / "k30_three_lines.py").write_text("from k22_fit import fit\n", encoding="utf-8")
    (tmp_path / "k22_fit.py").write_text("import k21_loss_batch\n", encoding="utf-8")
    loss_batch = tmp_path / "k21_loss_batch.py"
    loss_batch.write_text("import k30_three_lines\n", encoding="utf-8")
    digests = [solved_before._digest_of_answer("k30_three_lines")]
    loss_batch.write_text("import k22_fit\n", encoding="utf-8")
    digests.append(solved_before._digest_of_answer("k30_three_lines"))
    loss_batch.unlink()
    digests.append(solved_before._digest_of_answer("k30_three_lines"))
    assert len(set(digests)) == 3
