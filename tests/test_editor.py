"""An editor's test pane gets one result for each test, with the whole explanation in it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog
from tests.harness.selftest.command import run_pytest, write_answers

# Does what VS Code's plugin did at microsoft/vscode-python 03f6e24: it hooks the same functions,
# and writes each result to a file (there, a named pipe) from every process that it is loaded in.
PLUGIN = """
import json
import pytest

seen = set()


def _post(node, outcome, message):
    if node not in seen:
        seen.add(node)
        with open({file!r}, "a") as file:
            file.write(json.dumps([node, outcome, message]) + "\\n")


def pytest_exception_interact(node, call, report):
    failure = call.excinfo is not None and call.excinfo.typename == "AssertionError"
    _post(node.nodeid, "failure" if failure else "error", report.longreprtext)


@pytest.hookimpl(hookwrapper=True, trylast=True)
def pytest_report_teststatus(report, config):
    if report.when == "call":
        _post(report.nodeid, "success" if report.passed else "failure", report.longreprtext)
    yield
"""
SUM = "def nll(input, target):\n    return -input[range(len(target)), target].sum()\n"


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What arrives of a check of a wrong answer, a right one and one to do."""
    folder = tmp_path_factory.mktemp("editor")
    file = folder / "results"
    (folder / "editor_pane.py").write_text(PLUGIN.format(file=str(file)), encoding="utf-8")
    right = "def accuracy(out, yb):\n    return (out.argmax(dim=1) == yb).double().mean().float()\n"
    answers = write_answers(folder / "answers", k08_nll=SUM, k09_accuracy=right)
    katas = [f"katas/{stem}.py" for stem in ("k08_nll", "k09_accuracy", "k10_minibatches")]
    run_pytest("-p", "editor_pane", *katas, f"--answers={answers}", PYTHONPATH=str(folder))
    return [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]


def test_each_test_arrives_once(posted: list[Any]) -> None:
    nodes = [node for node, _, _ in posted]
    assert len(nodes) == len(set(nodes)) > 15
    assert {outcome for _, outcome, _ in posted} == {"success", "failure"}


def test_the_message_is_the_whole_explanation(posted: list[Any]) -> None:
    messages = {node.partition("::")[2]: message for node, _, message in posted}
    message = messages["test_the_loss_of_a_batch_is_the_mean_over_its_rows"]
    assert "nll(input, target)" in message
    assert "expected    () float32" in message
    assert "That is the sum over the batch." in message


def test_what_is_to_do_says_so(posted: list[Any]) -> None:
    messages = [message for node, _, message in posted if "k10" in node]
    assert messages
    assert all(message.startswith("To do: ") for message in messages)


# What the repository brings for editors.


def test_vs_code_checks_the_katas() -> None:
    found = json.loads((catalog.ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    assert found["python.testing.pytestEnabled"] is True
    assert found["python.testing.pytestArgs"] == ["katas"]


def test_the_container_is_made_by_the_commands_of_the_readme() -> None:
    path = catalog.ROOT / ".devcontainer" / "devcontainer.json"
    readme = (catalog.ROOT / "README.md").read_text(encoding="utf-8")
    commands = json.loads(path.read_text(encoding="utf-8"))["postCreateCommand"].split(" && ")
    assert len(commands) == 2
    assert [command for command in commands if command not in readme] == []


# Where an editor shows a test, and its failure.

PLACES = """
import json


def _write(*values):
    with open({file!r}, "a") as file:
        file.write(json.dumps(values) + "\\n")


def pytest_itemcollected(item):
    _write("item", item.nodeid, str(item.path), *item.location)


def pytest_runtest_logreport(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    if report.failed:
        _write("failure", report.nodeid, crash.path, crash.lineno, crash.message)
"""
RAISES = (
    "def preprocess(x):\n    y = x\n    return y.no_such_attribute\n\n\n"
    "class Lambda:\n    def __init__(self, func):\n        pass\n"
)


NAN = "def {}(*arguments):\n    return float('nan')\n"
# Answers, and the line of each at which the failure of its first test is shown.
FAILURES: dict[str, tuple[str, int]] = {
    "k06_log_softmax": ("import torch\n\n" + NAN.format("log_softmax"), 3),
    "k07_linear_model": ("import torch\n\ndef model(xb, weights, bias):\n    return (xb\n", 4),
    "k08_nll": ("import torch\nimport no_such_module_anywhere\n", 2),
    "k09_accuracy": ("", 1),
    "k10_minibatches": ("# \N{LATIN SMALL LETTER E WITH ACUTE}\n" + NAN.format("minibatches"), 2),
    "k13_cross_entropy": ("def model(xb, weights, bias):\n    while True: pass\n", 2),
    "k26_lambda": (RAISES, 6),
}
MISSING = "k27_sequential"
LAMBDA, PREPROCESS = (
    "test_it_applies_any_callable[a lambda]", "test_preprocess_gives_images_their_shape",
)  # fmt: skip


@dataclass
class Places:
    """What a plugin hears of the place of each test, and of each failure."""

    items: dict[str, list[Any]]
    failures: dict[str, list[Any]]

    def first_failure(self, stem: str) -> list[Any]:
        """Return the place of a kata's first failure."""
        return next(place for node, place in self.failures.items() if stem in node)


def _places(folder: Path, *args: str | Path) -> Places:
    file = folder / "places"
    file.unlink(missing_ok=True)
    (folder / "editor_places.py").write_text(PLACES.format(file=str(file)), encoding="utf-8")
    run_pytest("-p", "editor_places", *args, PYTHONPATH=str(folder))
    found = Places({}, {})
    for kind, node, *place in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        (found.items if kind == "item" else found.failures).setdefault(node, place)
    return found


def _line(path: Path, beginning: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines, 1) if line.startswith(beginning))


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wrong answers, in another folder than that of the stubs."""
    folder = tmp_path_factory.mktemp("places") / "answers"
    folder.mkdir()
    for stem, (text, _) in FAILURES.items():
        (folder / f"{stem}.py").write_text(text, encoding="latin-1")
    return folder


@pytest.fixture(scope="module")
def places(answers: Path) -> Places:
    katas = [f"katas/{stem}.py" for stem in (*FAILURES, MISSING)]
    return _places(answers.parent, *katas, f"--answers={answers}", "--time-limit=1")


def test_a_test_is_shown_at_the_definition_in_the_stub(places: Places, tmp_path: Path) -> None:
    """The item's path is the stub's, and so the line has to be too, whoever's answers they are."""
    stub = catalog.KATAS / "k26_lambda.py"
    reference = _places(tmp_path, "katas/k26_lambda.py", "--collect-only", "--solutions")
    for name, definition in ((LAMBDA, "class Lambda"), (PREPROCESS, "def preprocess")):
        for found in (places, reference):
            path, shown, line, _ = found.items[f"katas/k26_lambda.py::{name}"]
            assert path == str(stub)
            assert catalog.ROOT / shown == stub
            assert line + 1 == _line(stub, definition)


def test_a_test_of_the_tests_file_is_shown_there(tmp_path: Path) -> None:
    name = "test_the_loss_of_a_batch_is_the_mean_over_its_rows"
    node = f"tests/katas/test_k08_nll.py::{name}"
    _, shown, line, _ = _places(tmp_path, node, "--collect-only").items[node]
    file = catalog.KATA_TESTS / "test_k08_nll.py"
    assert catalog.ROOT / shown == file
    assert line < _line(file, f"def {name}") < line + 5  # that of its first decorator


@pytest.mark.parametrize("stem", FAILURES)
def test_a_failure_is_at_a_line_of_the_answer(stem: str, answers: Path, places: Places) -> None:
    """At the line that raised or ran, else at the definition; whatever the file holds."""
    path, line, message = places.first_failure(stem)
    assert (path, line) == (str(answers / f"{stem}.py"), FAILURES[stem][1])
    assert message


def test_what_is_to_do_has_a_line_even_without_a_file(answers: Path, places: Places) -> None:
    path = str(answers / f"{MISSING}.py")
    assert places.first_failure(MISSING) == [path, 1, f"To do: answers/{MISSING}.py"]


@pytest.mark.parametrize("flag", ["", "-v"])
def test_a_failure_is_at_the_line_that_raised_with_tracebacks_too(
    flag: str, answers: Path, places: Places
) -> None:
    if flag:
        args = ["katas/k26_lambda.py", f"--answers={answers}", flag]
        places = _places(answers.parent, *args)
    failures = places.failures
    path = str(answers / "k26_lambda.py")
    assert failures[f"katas/k26_lambda.py::{PREPROCESS}"][:2] == [path, 3]
    assert failures[f"katas/k26_lambda.py::{LAMBDA}"][:2] == [path, 6]
