"""The files of each kata are complete and agree; a check loads no more than it needs."""

import ast
import doctest
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.checker.diagnosis.gallery import known_answers
from tests.harness.kit.loading import load_file
from tests.harness.selftest.stubs import NEW_BODY, stub_of

every_kata = pytest.mark.parametrize("stem", catalog.stems())


@every_kata
def test_there_is_a_stub_and_a_solution(stem: str) -> None:
    for folder in (catalog.KATAS, catalog.SOLUTIONS):
        assert (folder / f"{stem}.py").is_file()


def test_the_thirty_of_the_tutorial_have_their_galleries() -> None:
    thirty = [stem for stem in catalog.stems() if catalog.card(stem).number <= "k30"]
    assert len(thirty) == 30
    for folder in (catalog.MISCONCEPTIONS, catalog.ALTERNATIVES):
        assert [stem for stem in thirty if not (folder / f"{stem}.py").is_file()] == []


def test_every_gallery_is_rich_enough() -> None:
    """Eight wrong answers at least for each kata, and three that are right at mastery."""
    wrong, right = (
        {stem: known_answers(folder / f"{stem}.py") for stem in catalog.stems()[:30]}
        for folder in (catalog.MISCONCEPTIONS, catalog.ALTERNATIVES)
    )
    assert [stem for stem, answers in wrong.items() if len(answers) < 8] == []
    mastered = {stem: sum(answer.mastery for answer in answers) for stem, answers in right.items()}
    assert [stem for stem, count in mastered.items() if count < 3] == []
    assert sum(map(len, wrong.values())) >= 250


def test_what_is_rewritten_is_in_its_gallery() -> None:
    for path in catalog.REWRITTEN.glob("k*.py"):
        known = {e.name: e.mastery for e in known_answers(catalog.MISCONCEPTIONS / path.name)}
        assert {e.name: e.mastery for e in known_answers(path)}.items() <= known.items()


def test_the_harness_itself_needs_no_torch() -> None:
    """A kata without tensors should not wait for it."""
    code = "import sys, tests.harness.checker.plugin; sys.exit('torch' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=catalog.ROOT, check=False).returncode == 0
    )


LOADED = """
import sys, pytest
pytest.main([sys.argv[1], "--answers=solutions", "-q", "-p", "no:cacheprovider"])
needless = sys.argv[2].split()
sys.exit([name for name in needless if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("stem", "needless"),
    [
        ("k01_download", "torch numpy matplotlib tests.harness.kit.python_internals"),
        ("k02_unpickle", "torch matplotlib requests tests.harness.kit.torch_internals"),
        ("k03_show_digit", "torch requests tests.harness.kit.python_internals"),
        ("k08_nll", "matplotlib requests"),
        ("k22_fit", "matplotlib requests"),
    ],
)
def test_a_check_loads_nothing_that_it_does_not_need(stem: str, needless: str) -> None:
    never = "watchfiles rich psutil pexpect pyte tests.harness.selftest"
    command = [sys.executable, "-c", LOADED, f"katas/{stem}.py", f"{needless} {never}"]
    done = subprocess.run(command, cwd=catalog.ROOT, check=False, capture_output=True, text=True)
    assert done.stderr.strip() == "[]"


STEP = """
import sys
from tests.harness.checker import startup
startup.defer_dynamo()
import torch
p = torch.ones(2, requires_grad=True)
opt = torch.optim.SGD([p], lr=0.5)
p.sum().backward()
opt.step()
opt.zero_grad()
assert p.tolist() == [0.5, 0.5]
assert isinstance(sys.modules["torch._dynamo"], startup.DeferredDynamo)
assert torch._dynamo.config.suppress_errors is False
assert not isinstance(sys.modules["torch._dynamo"], startup.DeferredDynamo)
opt.step()
"""


def test_an_optimiser_does_not_load_the_compiler_until_it_is_asked_for() -> None:
    command = [sys.executable, "-c", STEP]
    done = subprocess.run(command, cwd=catalog.ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@every_kata
def test_there_are_hints(stem: str) -> None:
    """At the end of the kata's tests; each is short enough for a screen that shows more."""
    hints = catalog.hints(stem)
    assert len(hints) >= 2
    assert max(map(len, hints)) <= 300


def test_no_file_is_left_without_tests() -> None:
    for folder in (catalog.KATAS, catalog.SOLUTIONS):
        assert sorted(path.stem for path in folder.glob("*.py")) == catalog.stems()


@every_kata
def test_stub_and_solution_say_the_same(stem: str) -> None:
    """Only the bodies that a learner writes differ, letter by letter.

    ``python -m tests.harness.selftest.new --stub`` with the kata's name makes it so.
    """
    stub, solution = (
        (folder / f"{stem}.py").read_text(encoding="utf-8")
        for folder in (catalog.KATAS, catalog.SOLUTIONS)
    )
    assert stub_of(solution, stub) == stub


@every_kata
def test_the_stub_alone_shows_where_to_write(stem: str) -> None:
    text = (catalog.KATAS / f"{stem}.py").read_text(encoding="utf-8")
    assert "raise NotImplementedError  # TODO: " in text
    assert NEW_BODY not in text
    name = f"{stem}.py"
    others = [catalog.SOLUTIONS / name, catalog.KATA_TESTS / f"test_{name}",
              catalog.MISCONCEPTIONS / name, catalog.ALTERNATIVES / name]  # fmt: skip
    texts = {path: path.read_text(encoding="utf-8") for path in others if path.is_file()}
    unfinished = [path for path, text in texts.items() if "TODO" in text]
    assert unfinished == []


@every_kata
def test_the_docstring_says_part_title_and_where_to_read(stem: str) -> None:
    card = catalog.card(stem)
    assert card.part.startswith("Part ")
    assert 0 < len(card.title) <= 50
    doc = ast.get_docstring(ast.parse((catalog.KATAS / f"{stem}.py").read_bytes())) or ""
    assert "\nRead: https://" in doc
    # The tutorial does not look inside torch.nn, so Part 5 names torch's own code instead.
    inside_torch = card.part.startswith("Part 5")
    assert ("\nSource: https://" if inside_torch else '\nTutorial: "') in doc


@every_kata
def test_the_worked_examples_are_true(stem: str) -> None:
    result = doctest.testmod(load_file(catalog.SOLUTIONS / f"{stem}.py"))
    assert result.attempted > 0
    assert result.failed == 0


def test_a_card_is_read_from_the_solution_where_the_stub_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "k08_nll.py").write_text("def nll(:", encoding="utf-8")
    monkeypatch.setattr(catalog, "KATAS", tmp_path)
    catalog.card.cache_clear()
    assert catalog.card("k08_nll").title == "The negative log-likelihood"
    assert catalog.card("k99_unknown").title == "unknown"
    catalog.card.cache_clear()
