"""A wrong answer is told which misconception it behaves like, however it is written."""

import json
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.harness import catalog
from tests.harness.checker.diagnosis.gallery import known_answers
from tests.harness.checker.diagnosis.observe import same_text, same_value, snapshot
from tests.harness.checker.sandbox import isolation
from tests.harness.checker.sandbox.processes import call_in_fork
from tests.harness.selftest.command import run_pytest, write_answers

pytestmark = pytest.mark.skipif(not isolation.POSSIBLE, reason="there is no fork here")

# As learners write them, and the misconception that is named.
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


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Check all of them; return what JUnit's file says of each kata's first failure."""
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
def test_an_answer_is_told_what_it_behaves_like(stem: str, told: dict[str, dict[str, str]]) -> None:
    name = ANSWERS[stem][0]
    assert told[stem]["misconception"] == name
    (known,) = [e for e in known_answers(catalog.MISCONCEPTIONS / f"{stem}.py") if e.name == name]
    assert told[stem]["explanation"].endswith(known.sentence)


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
    """The first loading is the check's, and the second the diagnosis's."""
    code = (
        f"from pathlib import Path\nmark = Path({str(tmp_path / 'mark')!r})\n"
        "while mark.exists():\n    pass\nmark.touch()\n"
        "def nll(input, target):\n    return -input[range(len(target)), target].sum()"
    )
    answers = write_answers(tmp_path / "answers", k08_nll=code)
    run = run_pytest("katas/k08_nll.py", "--answers", answers, seconds=60)
    assert "Each row contributes minus the log-probability at its own target" in run.text
    assert "0 of 1 solved" in run.text


def test_a_fork_returns_what_its_function_does() -> None:
    assert call_in_fork(lambda: {"a": [1, "x" * 200_000]}, 5) == {"a": [1, "x" * 200_000]}
    assert call_in_fork(lambda: 1 / 0, 5) is None
    begun = time.monotonic()
    assert call_in_fork(lambda: time.sleep(30), 0.2) is None
    assert time.monotonic() - begun < 5


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
        told = [(e.sentence, e.mastery) for e in known if not e.name.startswith("ReadyMade")]
        assert len(set(told)) == len(told), json.dumps(sorted(told), indent=1)
