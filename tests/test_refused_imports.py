"""Packages that a kata does without are refused, in whichever way they are imported."""

import sys
from pathlib import Path

import pytest

from tests.harness.kit.answer import Answer
from tests.harness.kit.expect import Kind, WrongAnswer
from tests.harness.kit.refused_imports import RefusedImports

REFUSED = {
    "the statement": "import torch",
    "from a module of it": "from numpy.linalg import norm",
    "another name": "import torch as t",
    "the function": "__import__('numpy')",
    "importlib": "import importlib\nimportlib.import_module('torch.nn')",
    "importlib's function": "from importlib import import_module\nimport_module('numpy')",
    "in spite of except": "try:\n    import torch\nexcept Exception:\n    pass",
}
ALLOWED = {
    "math": "import math",
    "a name that begins alike": "import numbers",
    "importlib": "import importlib\nimportlib.import_module('math')",
    "a module of the standard library": "from statistics import mean",
}


def answer(path: Path, text: str) -> Answer:
    """Return an answer that runs this text when it is loaded, and again when it is called."""
    body = text.replace("\n", "\n    ")
    path.write_text(f"def value():\n    {body}\n", encoding="utf-8")
    found = Answer.to("k45_engine", path)
    assert isinstance(found.guard.shortcuts, RefusedImports)
    return found


@pytest.mark.parametrize("way", REFUSED)
def test_it_is_refused_while_the_answer_is_called(way: str, tmp_path: Path) -> None:
    with pytest.raises(WrongAnswer, match=r"without `(torch|numpy)") as caught:
        answer(tmp_path / "k45_engine.py", REFUSED[way]).value()
    assert caught.value.kind is Kind.SHORTCUT
    assert caught.value.rows[0].text.startswith("line ")


@pytest.mark.parametrize("way", REFUSED)
def test_it_is_refused_while_the_answer_is_loaded(way: str, tmp_path: Path) -> None:
    path = tmp_path / "k45_engine.py"
    path.write_text(REFUSED[way], encoding="utf-8")
    with pytest.raises(WrongAnswer, match=r"without `(torch|numpy)"):
        Answer.to("k45_engine", path).namespace()


@pytest.mark.parametrize("way", ALLOWED)
def test_what_is_not_listed_is_allowed(way: str, tmp_path: Path) -> None:
    answer(tmp_path / "k45_engine.py", ALLOWED[way]).value()


def test_what_others_import_is_not_the_answers(tmp_path: Path) -> None:
    beside = tmp_path / "needs_numpy.py"
    beside.write_text("import numpy\n", encoding="utf-8")
    try:
        answer(tmp_path / "k45_engine.py", "import needs_numpy").value()
    finally:
        sys.modules.pop("needs_numpy", None)


def test_afterwards_importing_is_as_it_was(tmp_path: Path) -> None:
    before = __builtins__["__import__"]  # type: ignore[index]
    with pytest.raises(WrongAnswer):
        answer(tmp_path / "k45_engine.py", "import torch").value()
    assert __builtins__["__import__"] is before  # type: ignore[index]
