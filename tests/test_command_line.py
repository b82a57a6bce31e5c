"""Commands and flags do what the README says."""

import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.selftest.command import Run, run_pytest, write_answers

# Its checks are quick: it needs no torch.
KATA = "k01_download"
WRONG = "def download(url, path):\n    return path\n"
# It solves the kata, and does not master it.
HALF = """
import requests

def download(url, path):
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(requests.get(url).content)
    return path
"""
# A kata that does not exist: its stub and its tests.
STUB = '''"""Part 5 · Under the hood
k47 · Twice

Read: https://docs.python.org/3/
Source: https://docs.python.org/3/
"""


def twice(x: float) -> float:
    """Return twice `x`.

    >>> twice(2)
    4
    """
    raise NotImplementedError  # TODO: double it
'''
TESTS = '''"""What an answer to k47 must do."""

from hypothesis import given
from hypothesis import strategies as st

from tests.harness.kit.answer import Answer
from tests.harness.kit.expect import expect


@given(x=st.integers())
def test_it_is_the_sum_of_two(answer: Answer, x: int) -> None:
    """Add `x` to itself."""
    gave = answer.twice(x)
    expect(gave == x + x, call=f"twice({x})", gave=gave, expected=x + x)


afterwards = """
The reference multiplies by two.

Read: https://docs.pytorch.org/docs/stable/torch.html

Try: what is twice infinity?
"""

hints = """
What is twice a number?

`x + x` is.
"""
'''


@pytest.fixture(scope="module")
def fresh() -> Run:
    """A check of the stubs, as in a fresh clone."""
    return run_pytest("katas/")


def test_a_fresh_clone_has_everything_to_do(fresh: Run) -> None:
    count = len(catalog.stems())
    assert fresh.code == 1
    assert fresh.text.count("○") == fresh.text.count("to do") == count
    assert f"0 of {count} solved" in fresh.text
    assert "Next: katas/k01_download.py" in fresh.text
    assert "Traceback" not in fresh.text
    assert "✗" not in fresh.text


def test_the_parts_are_shown_in_order(fresh: Run) -> None:
    parts = re.findall(r"^Part (\d+) · ", fresh.text, re.M)
    assert parts == sorted(set(parts))


def test_the_solutions_are_mastered() -> None:
    run = run_pytest(f"katas/{KATA}.py", "--solutions")
    assert run.code == 0, run.text
    assert "mastered" in run.text


def test_answers_come_from_any_folder(tmp_path: Path) -> None:
    answers = write_answers(tmp_path / "alice", **{KATA: HALF})
    run = run_pytest(f"katas/{KATA}.py", "--answers", answers)
    assert run.code == 0, run.text
    assert "1 of 1 solved" in run.text


def test_mastery_is_asked_for_by_its_flag(tmp_path: Path) -> None:
    answers = write_answers(tmp_path, **{KATA: HALF})
    run = run_pytest(f"katas/{KATA}.py", "--answers", answers, "--mastery", "-k", "not silent")
    assert run.code == 1
    assert "an error page is not the file" in run.text


def test_a_missing_answer_is_one_not_begun(tmp_path: Path) -> None:
    run = run_pytest(f"katas/{KATA}.py", "katas/k02_unpickle.py", "--answers", tmp_path)
    assert run.code == 1
    assert "0 of 2 solved" in run.text
    assert "✗" not in run.text


def test_a_new_kata_is_three_files_and_a_missing_stub_hides_none(tmp_path: Path) -> None:
    for name in ("tests", "katas", "solutions"):
        shutil.copytree(catalog.ROOT / name, tmp_path / name)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(catalog.ROOT / name, tmp_path)
    kata = "k47_twice.py"
    (tmp_path / "katas" / kata).write_text(STUB, encoding="utf-8")
    solved = STUB.replace("raise NotImplementedError  # TODO: double it", "return 2 * x")
    (tmp_path / "solutions" / kata).write_text(solved, encoding="utf-8")
    (tmp_path / "tests" / "katas" / f"test_{kata}").write_text(TESTS, encoding="utf-8")
    (tmp_path / "katas" / f"{KATA}.py").unlink()

    run = run_pytest("katas/", cwd=tmp_path)
    assert f"0 of {len(catalog.stems()) + 1} solved" in run.text
    assert re.search(r"Part 5 · Under the hood(\n  ○ .*)+\n  ○ k47  Twice +to do\n", run.text)
    run = run_pytest(f"katas/{kata}", "--solutions", cwd=tmp_path)
    assert run.code == 0
    assert "★ k47  Twice" in run.text
    run = run_pytest("tests/test_repository.py", "-k", "k47", "--solutions", cwd=tmp_path)
    assert run.code == 0, run.text
    (tmp_path / "katas" / kata).write_text("def twice(x):\n    return x", encoding="utf-8")
    run = run_pytest(f"katas/{kata}", cwd=tmp_path)
    assert run.code == 1
    assert "✗ katas/k47_twice.py · it is the sum of two" in run.text
    assert "twice(1)" in run.text


@pytest.mark.parametrize("missing", [False, True], ids=["to do", "not there"])
def test_a_kata_made_of_others_says_which_is_to_do(tmp_path: Path, missing: bool) -> None:
    parts = ("k22_fit", "k23_get_data", "k24_cnn", "k25_momentum", "k30_three_lines")
    for stem in parts:
        shutil.copy(catalog.SOLUTIONS / f"{stem}.py", tmp_path)
    if missing:
        (tmp_path / "k23_get_data.py").unlink()
    else:
        shutil.copy(catalog.KATAS / "k23_get_data.py", tmp_path)
    run = run_pytest("katas/k30_three_lines.py", "--answers", tmp_path)
    assert run.code == 1
    assert re.search(r"○ k30  .* to do, after k23\n", run.text)
    assert "✗" not in run.text


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--answers", "no/such/folder"], "--answers no/such/folder: there is no such folder"),
        (["--answers", "katas", "--solutions"], "--solutions and --answers"),
    ],
)
def test_a_bad_value_gets_one_clear_line(args: list[str], message: str) -> None:
    run = run_pytest("katas/", *args)
    assert run.code == 4
    assert len(run.text.split("\n")) <= 4
    assert message in run.text


def test_the_flags_are_explained() -> None:
    text = run_pytest("--help").text
    for flag in (
        "--solutions",
        "--answers=DIR",
        "--mastery",
        "--report=FILE",
        "--time-limit=SECONDS",
    ):
        assert flag in text


def test_node_ids_begin_with_the_path_that_was_asked_for() -> None:
    for path in (f"katas/{KATA}.py", f"tests/katas/test_{KATA}.py"):
        lines = run_pytest(path, "--collect-only", "-q").text.splitlines()
        ids = [line for line in lines if "::" in line]
        assert ids
        assert all(line.startswith(f"{path}::") for line in ids)


def test_no_test_is_there_twice() -> None:
    for args in (["katas", "tests/katas"], ["--solutions"]):
        lines = run_pytest(*args, "--collect-only", "-q").text.splitlines()
        tests = [re.sub(r"^(katas/|tests/katas/test_)", "", line) for line in lines if "::" in line]
        assert len(tests) == len(set(tests)) > 0


def test_it_works_from_anywhere(tmp_path: Path) -> None:
    ran = [
        run_pytest(f"{KATA}.py", "--solutions", cwd=catalog.KATAS),
        run_pytest(catalog.KATAS / f"{KATA}.py", "--solutions", cwd=tmp_path),
        run_pytest(f"katas/{KATA}.py::test_missing_folders_are_made", "--solutions"),
        run_pytest("katas", "-k", "missing_folders", "--solutions"),
        run_pytest(f"tests/katas/test_{KATA}.py", "--solutions"),
    ]
    assert [run.code for run in ran] == [0] * len(ran), [run.text for run in ran]


def test_the_root_means_the_katas() -> None:
    run = run_pytest(".", "-k", "k01_download")
    assert run.code == 1
    assert "0 of 1 solved" in run.text
    assert "FAILED" not in run.text
    collected = [run_pytest(*args, "--collect-only", "-q").text for args in ([], ["."], ["katas"])]
    ids = [{line for line in text.splitlines() if "::" in line} for text in collected]
    assert ids[0] == ids[1] == ids[2] != set()


def test_one_test_of_a_kata_does_not_solve_it() -> None:
    run = run_pytest(f"katas/{KATA}.py::test_missing_folders_are_made", "--solutions")
    assert "0 of 1 solved" in run.text
    assert re.search(r"1 of \d+ tests pass", run.text)


def test_x_stops_at_the_first_failure(tmp_path: Path) -> None:
    answers = write_answers(tmp_path, **{KATA: WRONG, "k09_accuracy": "def accuracy(o, y): pass"})
    run = run_pytest("katas/", "--answers", answers, "-x")
    assert run.code == 1
    assert run.text.count("✗ ") == 2  # the explanation and the mark of one kata
    assert "k09" not in run.text


def test_lf_runs_what_failed(tmp_path: Path) -> None:
    answers = write_answers(tmp_path / "answers", **{KATA: WRONG})
    cache = ["-p", "cacheprovider", "-o", f"cache_dir={tmp_path / 'cache'}"]
    run_pytest(f"katas/{KATA}.py", "--answers", answers, *cache)
    write_answers(answers, **{KATA: HALF})
    run = run_pytest(f"katas/{KATA}.py", "--answers", answers, "--lf", *cache)
    assert run.code == 0, run.text
    assert re.search(r"\d+ of \d+ tests pass", run.text)


def test_v_shows_the_tests_and_the_tracebacks(tmp_path: Path) -> None:
    answers = write_answers(tmp_path, **{KATA: WRONG})
    run = run_pytest(f"katas/{KATA}.py", "--answers", answers, "-v")
    assert f"katas/{KATA}.py::test_missing_folders_are_made FAILED" in run.text
    assert "= FAILURES =" in run.text
    assert "harness/kit/expect.py" not in run.text


def test_q_says_little() -> None:
    run = run_pytest(f"katas/{KATA}.py", "-q")
    assert len(run.text.strip().splitlines()) == 2


@pytest.mark.parametrize("flag", [["-n", "2"], ["-n2"], ["-nauto"], ["--numprocesses=2"]])
def test_n_is_refused_in_one_sentence(flag: list[str]) -> None:
    run = run_pytest(f"katas/{KATA}.py", *flag)
    assert run.code == 4
    assert run.text == "ERROR: -n is not needed: katas are checked side by side (see --jobs)\n\n"


def test_junit_tells_the_verdict_and_the_explanation(tmp_path: Path) -> None:
    answers = write_answers(tmp_path / "a", **{KATA: "def download(url, path):\n    return 1"})
    file = tmp_path / "report.xml"
    run_pytest(f"katas/{KATA}.py", "--answers", answers, f"--junitxml={file}")
    suite = ET.parse(file).getroot()[0]
    assert int(suite.get("failures", 0)) > 0
    assert suite.get("errors") == "0"
    cases = {case.get("name"): case for case in suite}
    properties = {
        p.get("name"): p.get("value")
        for p in cases["test_the_path_is_returned[fetched]"].iter("property")
    }
    assert properties["verdict"] == "wrong"
    assert "Return `path` itself" in (properties["explanation"] or "")


def test_pdb_stops_where_the_answer_fails(tmp_path: Path) -> None:
    answers = write_answers(tmp_path, **{KATA: "def download(url, path):\n    return url.nope"})
    run = run_pytest(f"katas/{KATA}.py", "--answers", answers, "--pdb", "-x")
    assert f"{KATA}.py(2)download()" in run.text
    assert "(Pdb)" in run.text


def test_the_same_answer_gets_the_same_report(tmp_path: Path) -> None:
    wrong = "def accuracy(out, yb):\n    return (out.argmax(0)[: len(yb)] == yb[:1]).float().mean()"
    answers = write_answers(tmp_path, k09_accuracy=wrong)
    first, second = (run_pytest("katas/k09_accuracy.py", "--answers", answers) for _ in range(2))
    assert first == second
    assert first.code == 1
