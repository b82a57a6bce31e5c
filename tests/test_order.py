"""A test gives the same verdict alone, and in any order among the others.

`python -m tests.harness.selftest.orders` proves it for all katas; here is a sample.
"""

import re
from pathlib import Path

import pytest

from tests.harness.selftest import sample_answers
from tests.harness.selftest.command import run_pytest, write_answers

# Katas whose answers draw random numbers, and one that does not.
KATAS = ["katas/k05_init_weights.py", "katas/k08_nll.py", "katas/k14_module.py"]
PLUGIN = ("-p", "tests.harness.selftest.orders")
# It is right until a second test calls it in the same process.
ONE_TEST_ONLY = """

import os
right, called_by = nll, set()

def nll(input, target):
    called_by.add(os.environ["PYTEST_CURRENT_TEST"])
    return right(input, target) * len(called_by)
"""


@pytest.mark.parametrize("order", ["alone", "reversed", "7"])
def test_the_order_plays_no_part(order: str) -> None:
    run = run_pytest(*PLUGIN, f"--order={order}", *KATAS, "--solutions")
    assert run.code == 0, run.text
    assert "3 of 3 solved, 3 mastered" in run.text, run.text


def test_alone_means_in_a_process_of_its_own(tmp_path: Path) -> None:
    write_answers(tmp_path, k08_nll=sample_answers.right("k08_nll") + ONE_TEST_ONLY)
    check = (KATAS[1], f"--answers={tmp_path}")
    assert run_pytest(*check).code == 1
    alone = run_pytest(*PLUGIN, "--order=alone", *check)
    assert alone.code == 0, alone.text


def test_the_tests_run_in_the_order_that_is_asked_for() -> None:
    orders = [
        re.findall(
            r"::(\w+)",
            run_pytest(*PLUGIN, f"--order={order}", "katas/k01_download.py", "--co", "-q").text,
        )
        for order in ("alone", "reversed", "7")
    ]
    file_order, reversed_order, shuffled = orders
    assert file_order
    assert reversed_order == file_order[::-1]
    assert sorted(shuffled) == sorted(file_order)
    assert shuffled not in (file_order, reversed_order)


@pytest.mark.parametrize("kata", [KATAS[0], KATAS[2]])
def test_a_test_that_seeds_the_generator_passes_alone(kata: str) -> None:
    run = run_pytest(kata, "-k", "seed", "--solutions")
    assert run.code == 0, run.text
    assert re.search(r"[1-9] of \d+ tests pass", run.text)
