"""An editor's test pane gets one result for each test, with the whole explanation in it."""

import json
from pathlib import Path
from typing import Any

import pytest

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
    (folder / "editor_pane.py").write_text(PLUGIN.format(file=str(file)))
    right = "def accuracy(out, yb):\n    return (out.argmax(dim=1) == yb).double().mean().float()\n"
    answers = write_answers(folder / "answers", k08_nll=SUM, k09_accuracy=right)
    katas = [f"katas/{stem}.py" for stem in ("k08_nll", "k09_accuracy", "k10_minibatches")]
    run_pytest("-p", "editor_pane", *katas, f"--answers={answers}", PYTHONPATH=str(folder))
    return [json.loads(line) for line in Path(file).read_text().splitlines()]


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
