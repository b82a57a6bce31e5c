"""A wrong answer is explained by the misconception that it behaves like, if there is one."""

import importlib
import json
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.harness import catalog
from tests.harness.checker import hypothesis_internals, pytest_internals
from tests.harness.checker.diagnosis.diagnose import Diagnosis
from tests.harness.checker.diagnosis.gallery import KnownAnswer, known_answers
from tests.harness.checker.diagnosis.observe import (
    Call,
    Trace,
    same_text,
    same_value,
    snapshot,
)
from tests.harness.checker.diagnosis.rerun import Inputs, KataRunner, limited_examples
from tests.harness.checker.sandbox import isolation
from tests.harness.checker.sandbox.processes import call_in_fork
from tests.harness.kit.expect import Kind
from tests.harness.selftest.command import run_pytest, write_answers

pytestmark = pytest.mark.skipif(not isolation.POSSIBLE, reason="there is no fork here")

# The name of a misconception, and an answer that has it, as a learner might write it.
ANSWERS = {
    "k08_nll": (
        "SumForMean",
        "def nll(input, target):\n    total = 0.0\n    for row, t in zip(input, target):\n"
        "        total = total - row[t]\n    return total",
    ),
    "k10_minibatches": (
        "LastDropped",
        "def minibatches(x, y, bs):\n    i = 0\n    while i + bs <= len(x):\n"
        "        yield x[i:i + bs], y[i:i + bs]\n        i += bs",
    ),
    "k11_sgd_step": (
        "NotCleared",
        "def sgd_step(parameters, lr):\n    for p in parameters:\n        p.data -= lr * p.grad",
    ),
    "k12_training_loop": (
        "NotCleared",
        "import torch\nimport torch.nn.functional as F\n"
        "def fit(x, y, weights, bias, lr=0.5, epochs=2, bs=64):\n"
        "    for epoch in range(epochs):\n        for i in range((len(x) - 1) // bs + 1):\n"
        "            xb, yb = x[i*bs:i*bs+bs], y[i*bs:i*bs+bs]\n"
        "            F.cross_entropy(xb @ weights + bias, yb).backward()\n"
        "            with torch.no_grad():\n                weights -= weights.grad * lr\n"
        "                bias -= bias.grad * lr\n",
    ),
    "k16_linear": (
        "Normalised",
        "from torch import nn\nclass Mnist_Logistic(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.lin = nn.Linear(784, 10)\n"
        "        self.out = nn.LogSoftmax(dim=1)\n"
        "    def forward(self, xb):\n        return self.out(self.lin(xb))",
    ),
    "k23_get_data": (
        "SameSize",
        "from torch.utils.data import DataLoader\ndef get_data(train_ds, valid_ds, bs):\n"
        "    return (DataLoader(train_ds, batch_size=bs, shuffle=True),\n"
        "            DataLoader(valid_ds, batch_size=bs))",
    ),
}


LAW = "test_the_loss_of_a_batch_is_the_mean_over_its_rows"
OTHER_LAW = "test_the_gradient_reaches_the_picked_entries"


@pytest.fixture(scope="module")
def first_failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Check all of them; return the properties in JUnit's file of each kata's first failure."""
    folder = tmp_path_factory.mktemp("answers")
    write_answers(folder, **{stem: code for stem, (_, code) in ANSWERS.items()})
    paths = [f"katas/{stem}.py" for stem in ANSWERS]
    run_pytest(*paths, "--answers", folder, f"--junitxml={folder / 'junit.xml'}")
    found: dict[str, dict[str, str]] = {}
    for case in ET.parse(folder / "junit.xml").iter("testcase"):
        properties = {p.get("name", ""): p.get("value", "") for p in case.iter("property")}
        if properties.get("verdict") == "wrong":
            stem = (case.get("classname") or "").rpartition(".")[2]
            found.setdefault(stem, properties)
    return found


@pytest.mark.parametrize("stem", ANSWERS)
def test_an_answer_is_told_what_it_behaves_like(
    stem: str, first_failures: dict[str, dict[str, str]]
) -> None:
    name = ANSWERS[stem][0]
    assert first_failures[stem]["misconception"] == name
    assert first_failures[stem]["explanation"].endswith(_known(stem, name).sentence)


def test_what_is_like_nothing_known_is_told_nothing(tmp_path: Path) -> None:
    code = "def nll(input, target):\n    return input.mean() * 3 + target.sum()"
    run = run_pytest("katas/k08_nll.py", "--answers", write_answers(tmp_path, k08_nll=code))
    assert "Each row contributes minus the log-probability at its own target" in run.text


def test_two_mistakes_are_not_taken_for_one(tmp_path: Path) -> None:
    code = "def nll(input, target):\n    return input[range(len(target)), target].sum()"
    run = run_pytest("katas/k08_nll.py", "--answers", write_answers(tmp_path, k08_nll=code))
    assert "That is the sum over the batch" not in run.text
    assert "The sign is missing" not in run.text


def test_a_diagnosis_that_hangs_is_given_up(tmp_path: Path) -> None:
    """The check loads the answer first. The diagnosis loads it again, which never ends."""
    code = (
        f"from pathlib import Path\nmark = Path({str(tmp_path / 'mark')!r})\n"
        "while mark.exists():\n    pass\nmark.touch()\n"
        "def nll(input, target):\n    return -input[range(len(target)), target].sum()"
    )
    answers = write_answers(tmp_path / "answers", k08_nll=code)
    run = run_pytest("katas/k08_nll.py", "--answers", answers, seconds=300)
    assert "Each row contributes minus the log-probability at its own target" in run.text
    assert "0 of 1 solved" in run.text


def test_a_fork_returns_what_its_function_does() -> None:
    assert call_in_fork(lambda: {"a": [1, "x" * 200_000]}, 5) == {"a": [1, "x" * 200_000]}
    assert call_in_fork(lambda: 1 / 0, 5) is None
    begun = time.monotonic()
    assert call_in_fork(lambda: time.sleep(30), 0.2) is None
    assert time.monotonic() - begun < 5


def test_a_diagnosis_crosses_the_border_of_a_process() -> None:
    diagnosis = Diagnosis("SumForMean", "That is the sum.", ("test_a", "test_b"))
    assert Diagnosis.from_json(call_in_fork(diagnosis.to_json, 5)) == diagnosis


def test_the_failures_and_traces_of_any_answer_can_be_had(request: pytest.FixtureRequest) -> None:
    wrong = _known("k08_nll", "SumForMean").answer

    def run() -> list[object]:
        pytest_internals.tear_down(request.session)
        runner = KataRunner(request.session, "k08_nll", catalog.KATAS, mastery=False)
        runner.begin_with(OTHER_LAW)
        failures = list(runner.failures(wrong, 6, seed=1))
        failing = next(failure.input for failure in failures if failure.test == LAW)
        traces = runner.traces(wrong, Inputs(LAW, 4, failing))
        assert traces is runner.traces(wrong, Inputs(LAW, 4, failing))
        return [
            [(failure.test, failure.kind) for failure in failures],
            "Traceback (most recent call last)" in failures[0].text,
            len(traces),
            traces[0].failed,
            [call.name for call in traces[0].calls],
        ]

    failed, has_traceback, count, fails, calls = call_in_fork(run, 60)
    assert failed[0] == [OTHER_LAW, Kind.WRONG]
    assert [LAW, Kind.WRONG] in failed
    assert has_traceback
    assert (count, fails, calls) == (5, True, ["nll"])


def test_a_test_has_its_own_settings_again_after_a_run() -> None:
    test: Any = getattr(importlib.import_module("tests.katas.test_k08_nll"), LAW)
    before = hypothesis_internals.settings_of(test)
    with limited_examples(test, 3):
        assert hypothesis_internals.settings_of(test).max_examples == 3
    assert hypothesis_internals.settings_of(test) == before


def test_failures_are_alike_in_messages_and_calls_and_exceptions_in_their_type() -> None:
    one = Trace([Call("nll", 0.5, [])], (Kind.WRONG, "The sign is missing", "gave 0.5"))
    assert one.is_like(Trace([Call("nll", 0.5000001, [])], (*one.failure[:2], "gave 0.50000")))
    assert not one.is_like(Trace([Call("nll", 0.6, [])], one.failure))
    assert not one.is_like(Trace(one.calls, (Kind.WRONG, "That is the sum", "gave 0.5")))
    assert not one.is_like(Trace(one.calls))
    raised = Trace([], (Kind.RAISED, "IndexError", "index 3 is out of bounds"))
    assert raised.is_like(Trace(one.calls, (Kind.RAISED, "IndexError", "index 5 is too large")))
    assert not raised.is_like(Trace([], (Kind.RAISED, "ValueError", "index 3 is out of bounds")))
    assert not raised.is_like(one)
    assert Trace(one.calls).is_like(Trace())


def test_values_are_alike_up_to_rounding_and_no_further() -> None:
    def alike(one: object, other: object) -> bool:
        return same_value(snapshot(one), snapshot(other))

    x = torch.randn(5, 3)
    assert alike(x, x * (1 + 1e-6))
    assert alike([x, 1.0], (x, 1.0 + 1e-7))
    assert alike(torch.tensor([1.0, float("nan")]), torch.tensor([1.0, float("nan")]))
    assert alike(torch.tensor(0.5), 0.5)
    assert alike(np.arange(3), np.arange(3))
    assert not alike(x, x * 1.01)
    assert not alike(x, x.double())
    assert not alike(x, x[None])
    assert not alike(x, x.clone().requires_grad_())
    assert not alike(np.arange(3), np.arange(3.0))
    assert not alike([x], [x, x])
    assert not alike(0.5, 1)


def test_texts_are_alike_up_to_rounding_and_no_further() -> None:
    assert same_text("gave 1.3863", "gave 1.3864")
    assert same_text("gave [0.0, 2.5]", "gave [1e-09, 2.5]")
    assert same_text("gave [[1.25, 3.5, …, 0.12…", "gave [[1.25, 3.5000001, …, 0.1…")
    assert not same_text("gave 1.3863", "gave 1.5")
    assert not same_text("gave 1.3863", "expected 1.3863")
    assert not same_text("batches of [2, 2]", "batches of [2]")


def test_no_two_misconceptions_of_a_kata_share_a_name_or_a_sentence() -> None:
    for stem in catalog.stems():
        known = known_answers(catalog.MISCONCEPTIONS / f"{stem}.py")
        assert len({e.name for e in known}) == len(known)
        sentences = [(e.sentence, e.mastery) for e in known if not e.name.startswith("ReadyMade")]
        assert len(set(sentences)) == len(sentences), json.dumps(sorted(sentences), indent=1)


def _known(stem: str, name: str) -> KnownAnswer:
    known = known_answers(catalog.MISCONCEPTIONS / f"{stem}.py")
    return next(answer for answer in known if answer.name == name)
