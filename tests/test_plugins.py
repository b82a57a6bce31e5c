"""With other people's plugins, a check has the same verdicts, each once, and prints the same."""

import html
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.harness.checker.sandbox import isolation
from tests.harness.selftest import dev_extra
from tests.harness.selftest.command import run_pytest, write_answers

if not isolation.POSSIBLE:
    pytest.skip("there is no fork here", allow_module_level=True)

# Wrong, with a misconception; right; one that never ends. And one is to do.
ANSWERS = {
    "k08_nll": "def nll(input, target):\n    return -input[range(len(target)), target].sum()\n",
    "k09_accuracy": (
        "def accuracy(out, yb):\n    return (out.argmax(dim=1) == yb).double().mean().float()\n"
    ),
    "k11_sgd_step": "def sgd_step(parameters, lr):\n    while True: pass\n",
}
KATAS = (*ANSWERS, "k10_minibatches")
States = dict[str, str]  # passed or failed, by node id


@dataclass
class Check:
    """What came of a check: what it printed, and its report."""

    code: int
    text: str
    tests: list[dict[str, Any]]
    katas: list[Any]
    explained: str

    def verdicts(self) -> set[tuple[Any, ...]]:
        """Return what no plugin may change."""
        tests = {(t["name"], t["status"], t.get("misconception")) for t in self.tests}
        return tests | {(kata["kata"], kata["state"]) for kata in self.katas}

    def states(self) -> States:
        """Return which tests passed."""
        return {t["name"]: "passed" if t["status"] == "pass" else "failed" for t in self.tests}


def _check(folder: Path, *flags: str, autoload: bool = False) -> Check:
    answers = write_answers(folder / "answers", **ANSWERS)
    args = [f"katas/{stem}.py" for stem in KATAS]
    args += [f"--answers={answers}", "--time-limit=1", f"--report={folder / 'report'}", *flags]
    disabled = "" if autoload else "1"  # pytest takes an empty value for none
    coverage = str(folder / "coverage")
    run = run_pytest(*args, PYTEST_DISABLE_PLUGIN_AUTOLOAD=disabled, COVERAGE_FILE=coverage)
    text = run.text.replace(str(folder), "")
    report = json.loads((folder / "report").read_text(encoding="utf-8"))
    explained = text[text.find("✗") :].rstrip()
    return Check(run.code, text, report["tests"], report["katas"], explained)


def _html_results(file: Path) -> list[tuple[str, str]]:
    blob = re.search(r'data-jsonblob="(.*?)"', file.read_text(encoding="utf-8"), re.DOTALL)
    assert blob is not None
    tests = json.loads(html.unescape(blob[1]))["tests"]
    return [(test, each["result"]) for test, all_of_it in tests.items() for each in all_of_it]


def _json_results(file: Path) -> list[tuple[str, str]]:
    tests = json.loads(file.read_text(encoding="utf-8"))["tests"]
    return [(test["nodeid"], test["outcome"]) for test in tests]


def _allure_results(folder: Path) -> list[tuple[str, str]]:
    found = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*-result.json")]
    nodes = [(each["fullName"].partition("#")[0].replace(".", "/"), each) for each in found]
    # "Broken" is its word for a test that ended in another exception than an assertion.
    status = {"passed": "passed", "failed": "failed", "broken": "failed"}
    return [(f"{path}.py::{each['name']}", status[each["status"]]) for path, each in nodes]


@dataclass
class Plugin:
    """A plugin, the flags that make it do something, and how to read the results it wrote."""

    package: str
    flags: tuple[str, ...]
    read: Callable[[Path], list[tuple[str, str]]] | None = None
    in_order: bool = True


PLUGINS = {
    "html": Plugin(
        "pytest_html",
        ("-ppytest_metadata.plugin", "-ppytest_html.plugin", "--html={}"),
        _html_results,
    ),
    "json-report": Plugin(
        "pytest_jsonreport",
        ("-ppytest_metadata.plugin", "-ppytest_jsonreport.plugin", "--json-report",
         "--json-report-file={}"),
        _json_results,
    ),
    "allure": Plugin(
        "allure_pytest", ("-pallure_pytest.plugin", "--alluredir={}"), _allure_results
    ),
    "sugar": Plugin("pytest_sugar", ("-ppytest_sugar", "--force-sugar")),
    "randomly": Plugin(
        "pytest_randomly", ("-ppytest_randomly", "--randomly-seed=3"), in_order=False
    ),
    "cov": Plugin("pytest_cov", ("-ppytest_cov.plugin", "--cov=katas")),
    "rerunfailures": Plugin("pytest_rerunfailures", ("-ppytest_rerunfailures", "--reruns=2")),
    "timeout": Plugin("pytest_timeout", ("-ppytest_timeout", "--timeout=0.3")),
    "timeout, by a thread": Plugin(
        "pytest_timeout", ("-ppytest_timeout", "--timeout=0.3", "--timeout-method=thread")
    ),
    "timeout, of the call": Plugin(
        "pytest_timeout", ("-ppytest_timeout", "--timeout=0.3", "-otimeout_func_only=true")
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """The check without any plugin."""
    check = _check(tmp_path_factory.mktemp("alone"))
    assert {kata["state"] for kata in check.katas} == {"wrong", "solved", "to do"}
    assert {test.get("misconception") for test in check.tests} == {"SumForMean", None}
    return check


@pytest.fixture(params=PLUGINS)
def plugin(request: pytest.FixtureRequest) -> Plugin:
    found = PLUGINS[request.param]
    dev_extra.skip_without_plugin(found.package)
    return found


def test_verdicts_and_text_are_the_same(plugin: Plugin, tmp_path: Path, request: Any) -> None:
    alone: Check = request.getfixturevalue("alone")  # only now: not where the plugin is missing
    written = tmp_path / "written"
    check = _check(tmp_path, *(flag.format(written) for flag in plugin.flags))
    assert "INTERNALERROR" not in check.text
    assert check.code == alone.code == 1
    assert check.verdicts() == alone.verdicts()
    assert len(check.tests) == len(alone.tests)
    if plugin.in_order:
        assert check.tests == alone.tests
        assert alone.explained in check.text
    if plugin.read is not None:
        results = plugin.read(written)
        assert {name: result.lower() for name, result in results} == alone.states()
        assert set(Counter(name for name, _ in results).values()) == {1}


@pytest.mark.parametrize("flag", ["-q", "-v"])
def test_all_plugins_that_are_installed_agree(flag: str, tmp_path: Path, request: Any) -> None:
    for each in PLUGINS.values():
        dev_extra.skip_without_plugin(each.package)
    alone: Check = request.getfixturevalue("alone")
    flags = [flag, "--force-sugar", "--reruns=1", "--timeout=0.3", "--cov=katas"]
    flags += [f"--html={tmp_path / 'html'}", f"--alluredir={tmp_path / 'allure'}"]
    check = _check(tmp_path, *flags, autoload=True)
    assert "INTERNALERROR" not in check.text
    assert check.code == 1
    assert check.verdicts() == alone.verdicts()
    for results in (_html_results(tmp_path / "html"), _allure_results(tmp_path / "allure")):
        assert sorted(name for name, _ in results) == sorted(alone.states())
