"""Files for programs: the one that `--report` asks for, and pytest's own for JUnit."""

import json
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.checker.sandbox import isolation
from tests.harness.checker.sanitize import sanitize
from tests.harness.limits import TEXT_CHARACTERS
from tests.harness.selftest.command import Run, run_pytest, write_answers

NASTY = r"a\0b\x1b[31mred\ud800 ]]> <&> \ufffe\uffff\x85\u2028\r\n"
ANSWERS = {
    "k01_download": f"def download(url, path):\n    print({'x' * 1000!r} * 1000 + {NASTY!r})\n"
    f"    raise ValueError({NASTY!r} + 'x' * 1_000_000)".replace(r"\\", "\\"),
    "k02_unpickle": "x = '" + "é" * 2 * TEXT_CHARACTERS,
    "k08_nll": "def nll(input, target):\n    return -input[range(len(target)), target].sum()",
}
ASKED = [*ANSWERS, "k09_accuracy"]
TEST = "katas/k01_download.py::test_missing_folders_are_made"

# A report as it is written, but for what differs between two checks. It has an answer that ends
# Python, an error, a kata to do, one test of a kata, a solved kata, and a misconception.
GOLDEN = Path(__file__).with_name("golden_report.json")
GOLDEN_ANSWERS = {
    "k01_download": "import os\n\nos._exit(3)\n",
    "k02_unpickle": "def unpickle(path\n    pass\n",
    "k16_linear": "from torch import nn\n\nclass Mnist_Logistic(nn.Module):\n"
    "    def __init__(self):\n        super().__init__()\n"
    "        self.lin = nn.Linear(784, 10, bias=False)\n\n"
    "    def forward(self, xb):\n        return self.lin(xb)\n",
    **{
        stem: (catalog.SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")
        for stem in ("k08_nll", "k09_accuracy")
    },
}
GOLDEN_TESTS = (
    "k01_download.py::test_missing_folders_are_made",
    "k01_download.py::test_folders_that_exist_are_fine",
    "k02_unpickle.py::test_every_byte_is_kept",
    "k04_to_tensors.py::test_the_tensors_own_their_memory",
    "k08_nll.py::test_the_order_of_the_rows_does_not_matter",
    "k09_accuracy.py",
    "k16_linear.py::test_one_linear_layer_is_all_it_is_made_of",
)
VARYING = re.compile(r'("seconds": )[\d.]+|("(?:version|digest|python|torch)": )"[^"]*"')


def _read(file: Path) -> dict[str, Any]:
    """Read a report as UTF-8 and JSON, without any repair."""
    report: dict[str, Any] = json.loads(file.read_bytes().decode("utf-8"))
    return report


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answers that are wrong, cannot be read, or are not there."""
    return write_answers(tmp_path_factory.mktemp("answers"), **ANSWERS)


@pytest.fixture(scope="module")
def files(folder: Path) -> tuple[Path, Path]:
    """The JSON and the JUnit report on these answers, in folders that the check makes."""
    files = folder / "new" / "report.json", folder / "newer" / "report.xml"
    katas = [f"katas/{stem}.py" for stem in ASKED]
    run = run_pytest(
        *katas, "--answers", folder, "--report", files[0], f"--junitxml={files[1]}",
        "-o", "junit_logging=all",
    )  # fmt: skip
    assert run.code == 1, run.text
    return files


@pytest.fixture(scope="module")
def report(files: tuple[Path, Path]) -> dict[str, Any]:
    """The JSON report on these answers."""
    return _read(files[0])


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, dict[str, Any]]:
    """A check of an answer that is right, and the report on it."""
    file = tmp_path_factory.mktemp("solved") / "report.json"
    run = run_pytest("katas/k01_download.py", "--solutions", "--report", file)
    return run, _read(file)


@pytest.mark.skipif(not isolation.POSSIBLE, reason="there is no fork here")
def test_the_whole_report_is_as_it_was(tmp_path: Path) -> None:
    """To renew the golden report, delete it and run this test. It writes it, and fails once."""
    answers = write_answers(tmp_path / "answers", **GOLDEN_ANSWERS)
    file = tmp_path / "report.json"
    run_pytest(*(f"katas/{test}" for test in GOLDEN_TESTS), "--answers", answers, "--report", file)
    text = VARYING.sub(r'\1\2"…"', file.read_text(encoding="utf-8").replace(f"{tmp_path}/", ""))
    if not GOLDEN.exists():
        GOLDEN.write_text(text, encoding="utf-8")
        pytest.fail(f"{GOLDEN.name} was not there. It is written now: is it as it should be?")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_each_kata_has_its_state(report: dict[str, Any]) -> None:
    assert (report["version"], report["status"]) == (3, "fail")
    assert "message" not in report
    assert [kata["kata"] for kata in report["katas"]] == ASKED
    assert [kata["task_id"] for kata in report["katas"]] == [1, 2, 8, 9]
    assert [kata["state"] for kata in report["katas"]] == ["wrong"] * 3 + ["to do"]
    states = {"to do": 1, "wrong": 3, "solved": 0, "mastered": 0, "partly": 0}
    assert report["totals"] == {"katas": 4, **states}


def test_a_kata_is_described(report: dict[str, Any], folder: Path) -> None:
    nll = report["katas"][2]
    assert nll["title"] == "The negative log-likelihood"
    assert nll["file"] == f"{folder}/k08_nll.py"
    assert nll["misconception"] == "SumForMean"
    assert 0 < nll["seconds"] == round(nll["seconds"], 3) < 60
    failed = [t["name"] for t in report["tests"] if t["task_id"] == 8 and t["status"] != "pass"]
    assert nll["failed"] == failed
    assert "katas/k08_nll.py::test_the_loss_of_a_batch_is_the_mean_over_its_rows" in failed
    assert report["katas"][3]["misconception"] is None


def test_each_test_has_a_name_and_an_explanation(report: dict[str, Any]) -> None:
    tests = report["tests"]
    assert len({test["name"] for test in tests}) == len(tests)
    assert [test["task_id"] for test in tests] == sorted(test["task_id"] for test in tests)
    assert all(("message" in test) == (test["status"] != "pass") for test in tests)
    known = [test for test in tests if "misconception" in test]
    assert {test["misconception"] for test in known} == {"SumForMean"}
    assert "That is the sum over the batch." in known[0]["message"]
    assert "expected    () float32" in known[0]["message"]


def test_what_cannot_be_run_is_an_error_and_what_is_to_do_a_failure(report: dict[str, Any]) -> None:
    statuses = {
        number: {test["status"] for test in report["tests"] if test["task_id"] == number}
        for number in (1, 2, 9)
    }
    assert statuses == {1: {"fail"}, 2: {"error"}, 9: {"fail"}}
    assert report["tests"][-1]["message"].startswith("To do: ")


def test_whatever_is_raised_can_be_read(report: dict[str, Any]) -> None:
    shown = r"raised      ValueError: a\x00b\x1b[31mred\ud800 ]]> <&>"
    assert shown in report["tests"][0]["message"]


def test_a_long_message_is_cut(report: dict[str, Any]) -> None:
    message = next(test["message"] for test in report["tests"] if test["task_id"] == 2)
    assert "éé…" in message
    assert len(message) < 1000
    assert sanitize("é" * TEXT_CHARACTERS) == "é" * TEXT_CHARACTERS
    assert sanitize(["é" * TEXT_CHARACTERS * 2]) == ["é" * (TEXT_CHARACTERS - 1) + "…"]


def test_nothing_is_left_beside_it(report: dict[str, Any], files: tuple[Path, Path]) -> None:
    assert list(files[0].parent.iterdir()) == [files[0]]


def test_junit_has_the_same_whatever_was_printed_or_raised(
    report: dict[str, Any], files: tuple[Path, Path]
) -> None:
    suite = ET.parse(files[1]).getroot()[0]
    properties = [{p.get("name"): p.get("value") for p in case.iter("property")} for case in suite]
    assert len(properties) == len(report["tests"])
    assert properties[0]["verdict"] == "wrong"
    assert r"a\x00b\x1b[31mred\ud800 ]]> <&> \ufffe\uffff" in (properties[0]["explanation"] or "")
    assert "SumForMean" in {each.get("misconception") for each in properties}
    assert {each["verdict"] for each in properties} == {"wrong", "to do", "passed"}


def test_what_is_solved_passes(solved: tuple[Run, dict[str, Any]]) -> None:
    run, report = solved
    assert (run.code, report["status"]) == (0, "pass")
    assert report["totals"]["mastered"] == 1
    assert report["katas"][0]["failed"] == []
    assert {test["status"] for test in report["tests"]} == {"pass"}


def test_the_judge_is_named(report: dict[str, Any], solved: tuple[Run, dict[str, Any]]) -> None:
    """The digest is the same for every answer. Torch is not imported only to name its version."""
    assert re.fullmatch(r"[0-9a-f]{12}", report["judge"]["digest"])
    assert report["judge"].pop("torch")
    assert report["judge"] == solved[1]["judge"]
    assert set(report["judge"]) == {"version", "digest", "python"}


def test_one_test_of_a_kata_does_not_pass(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    assert run_pytest(TEST, "--solutions", "--report", file).code == 0
    report = _read(file)
    assert report["status"] == "fail"
    assert report["katas"][0]["state"] == "partly"
    assert [test["name"] for test in report["tests"]] == [TEST]


def test_x_leaves_out_what_was_not_run(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    katas = ["katas/k01_download.py", "katas/k02_unpickle.py"]
    run_pytest(*katas, "--answers", folder, "--report", file, "-x")
    report = _read(file)
    assert report["totals"]["katas"] == report["totals"]["wrong"] == len(report["tests"]) == 1


@pytest.mark.skipif(not isolation.POSSIBLE, reason="there is no fork here")
def test_an_answer_that_ends_python_ends_no_report(tmp_path: Path) -> None:
    answers = write_answers(tmp_path, k01_download="import os\nos._exit(3)")
    file = tmp_path / "report.json"
    run_pytest("katas/k01_download.py", "--answers", answers, "--report", file)
    first, *others = _read(file)["tests"]
    assert "ended Python with exit code 3" in first["message"]
    assert {test["status"] for test in (first, *others)} == {"error"}


@pytest.mark.parametrize(
    ("args", "code"),
    [(["katas/k99_none.py"], 4), (["katas/k01_download.py", "-k", "nosuchtest"], 5)],
)
def test_where_nothing_was_judged_it_says_so(tmp_path: Path, args: list[str], code: int) -> None:
    file = tmp_path / "report.json"
    assert run_pytest(*args, "--report", file).code == code
    report = _read(file)
    assert report["status"] == "error"
    assert report["message"] == f"No test of a kata was run; the exit code is {code}."
    assert report["tests"] == report["katas"] == []


def test_tests_that_do_not_load_are_told(tmp_path: Path) -> None:
    for name in ("tests", "katas"):
        shutil.copytree(catalog.ROOT / name, tmp_path / name)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(catalog.ROOT / name, tmp_path)
    broken = tmp_path / "tests" / "katas" / "test_k01_download.py"
    broken.write_text("import nosuchmodule", encoding="utf-8")
    run_pytest("katas/k01_download.py", "--report", "report.json", cwd=tmp_path)
    assert "No module named 'nosuchmodule'" in _read(tmp_path / "report.json")["message"]


@pytest.mark.parametrize(
    ("name", "more", "message"),
    [
        (".", [], "that is not a file"),
        ("file/report.json", [], "it cannot be written: "),
        ("/dev/null", [], "that is not a file"),
        ("report.json", ["--watch"], "--report is about one check, and --watch makes many"),
    ],
)
def test_a_bad_value_gets_one_clear_line(
    tmp_path: Path, name: str, more: list[str], message: str
) -> None:
    (tmp_path / "file").touch()
    run = run_pytest("katas/k01_download.py", "--report", tmp_path / name, *more)
    assert run.code == 4
    assert len(run.text.split("\n")) <= 4
    assert message in run.text
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_earlier_report_does_not_outlive_the_start_of_a_check(tmp_path: Path) -> None:
    """If a check is killed, nobody takes the earlier report for its own."""
    file, seen = tmp_path / "report.json", tmp_path / "seen"
    file.write_text("earlier", encoding="utf-8")
    code = f"import os\nopen({str(seen)!r}, 'w').write(str(os.listdir({str(tmp_path)!r})))"
    answers = write_answers(tmp_path / "answers", k01_download=code)
    run_pytest(TEST, "--answers", answers, "--report", file)
    assert file.name not in seen.read_text(encoding="utf-8")
    assert file.exists()
