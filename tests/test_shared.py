"""A shared result is computed once, by whichever process asks first."""

import os
import time
from pathlib import Path

import pytest

from tests.harness.checker.sandbox.shared import SharedResult

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
PROCESSES = 6


def test_of_several_processes_one_computes(tmp_path: Path) -> None:
    shared = SharedResult()
    pids = []
    for number in range(PROCESSES):
        pid = os.fork()
        if pid == 0:

            def compute(number: int = number) -> str:
                (tmp_path / f"computed {number}").touch()
                time.sleep(0.2)  # the others wait for it
                return f"by {number}"

            (tmp_path / f"got {number}").write_text(shared.get(compute, 20), encoding="utf-8")
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)
    computed = [path.name.split()[1] for path in tmp_path.glob("computed *")]
    got = {path.read_text(encoding="utf-8") for path in tmp_path.glob("got *")}
    assert len(computed) == 1
    assert got == {f"by {computed[0]}"}
    assert len(list(tmp_path.glob("got *"))) == PROCESSES


def test_what_is_computed_may_be_none() -> None:
    shared, calls = SharedResult(), []
    for _ in range(2):
        assert shared.get(lambda: calls.append(1), 1) is None
    assert calls == [1]
    shared.close()


def test_one_that_is_never_computed_is_given_up() -> None:
    shared = SharedResult()
    assert shared.get(lambda: shared.get(lambda: "within", 0.05), 1) is None
    shared.close()
