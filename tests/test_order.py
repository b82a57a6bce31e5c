"""A test gives the same verdict alone, and in any order among the others."""

import re
from pathlib import Path

import pytest

from tests.harness.selftest.command import run_pytest

# Katas whose answers draw random numbers, and one that does not.
KATAS = ["katas/k05_init_weights.py", "katas/k08_nll.py", "katas/k14_module.py"]
PLUGIN = """
import random
import pytest

@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.reverse()
    seed = {seed}
    if seed:
        random.Random(seed).shuffle(items)
"""


@pytest.mark.parametrize("seed", [0, 1], ids=["reversed", "shuffled"])
def test_the_order_plays_no_part(seed: int, tmp_path: Path) -> None:
    (tmp_path / "another_order.py").write_text(PLUGIN.format(seed=seed))
    path = str(tmp_path)
    run = run_pytest("-p", "another_order", *KATAS, "--solutions", PYTHONPATH=path)
    assert "3 of 3 solved, 3 mastered" in run.text, run.text


@pytest.mark.parametrize("kata", [KATAS[0], KATAS[2]])
def test_a_test_that_seeds_the_generator_passes_alone(kata: str) -> None:
    run = run_pytest(kata, "-k", "seed", "--solutions")
    assert run.code == 0, run.text
    assert re.search(r"1 of \d+ tests pass", run.text)
