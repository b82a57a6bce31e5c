"""Checks right answers with their tests in several orders: each alone, reversed, shuffled.

`main` runs pytest on the reference answers and on those of `tests/alternatives`, in each order.
As a plugin (`-p tests.harness.selftest.orders`), this module gives pytest the option `--order`.
"""

import argparse
import random
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.harness import catalog
from tests.harness.checker.sandbox.group import Group
from tests.harness.checker.sandbox.pool import CORES
from tests.harness.selftest import sample_answers
from tests.harness.selftest.command import run_pytest, write_answers

ALONE, REVERSED = "alone", "reversed"
RUN_SECONDS = 1800.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--order`."""
    parser.addoption(
        "--order", metavar="ORDER", help="alone (a process for each test), reversed, or a seed"
    )


def pytest_configure(config: pytest.Config) -> None:
    """With `--order=alone`, make each test a group, which runs in a process of its own."""
    if config.getoption("order") == ALONE:
        Group.name_of = staticmethod(lambda item: item.nodeid)  # type: ignore[method-assign]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests into the order that is asked for."""
    order = config.getoption("order")
    if order == REVERSED:
        items.reverse()
    elif order != ALONE:
        random.Random(order).shuffle(items)


def main() -> None:
    """Run the command; exit with 1 if a right answer is refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stems", metavar="STEM", nargs="*", help="a kata (default: all)")
    parser.add_argument("--seeds", type=int, default=5, help="how many random orders")
    arguments = parser.parse_args()
    orders = [ALONE, REVERSED, *map(str, range(1, arguments.seeds + 1))]
    with tempfile.TemporaryDirectory() as folder:
        runs = list(_runs(Path(folder), arguments.stems or catalog.stems(), orders))
        with ThreadPoolExecutor(CORES) as threads:
            failures = sum(not passed for passed in threads.map(lambda run: _run(*run), runs))
    print(f"{len(runs)} runs, {failures} failures")
    raise SystemExit(bool(failures))


def _runs(
    root: Path, stems: Sequence[str], orders: Sequence[str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield an order and the other arguments for each run of pytest.

    For tests alone, a run has one kata only: then nothing is imported but what that kata needs.
    """
    for folder, level, written in _folders(root, stems):
        for order in orders:
            for group in [[stem] for stem in written] if order == ALONE else [written]:
                paths = [f"katas/{stem}.py" for stem in group]
                yield order, [*paths, f"--answers={folder}", *level]


def _folders(root: Path, stems: Sequence[str]) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield folders of right answers, each with the flags and the katas to check.

    The first has the reference answers, the next has the first alternative to each, and so on.
    """
    everything = {stem: sample_answers.right(stem) for stem in catalog.stems()}
    yield write_answers(root / "reference", **everything), ["--mastery"], list(stems)
    for mastery in (True, False):
        others = {stem: sample_answers.alternatives(stem, mastery=mastery) for stem in stems}
        for number in range(max(map(len, others.values()))):
            own = {stem: texts[number] for stem, texts in others.items() if number < len(texts)}
            name = f"{'mastered' if mastery else 'solved'}{number + 1}"
            folder = write_answers(root / name, **{**everything, **own})
            yield folder, ["--mastery"] if mastery else [], list(own)


def _run(order: str, arguments: Sequence[str]) -> bool:
    """Run pytest; print what it did, and all that it printed unless every answer is right."""
    plugin = "tests.harness.selftest.orders"
    jobs = "--jobs=1"  # as many runs as there are cores go on at a time
    run = run_pytest("-p", plugin, f"--order={order}", jobs, *arguments, seconds=RUN_SECONDS)
    passed = run.code == 0
    stems = [Path(path).stem for path in arguments if path.endswith(".py")]
    what = stems[0] if len(stems) == 1 else f"{len(stems)} katas"
    answers = next(Path(a.partition("=")[2]).name for a in arguments if "--answers" in a)
    print(f"{'passed' if passed else 'FAILED'}  {answers:12}{order:10}{what}", flush=True)
    if not passed:
        print(run.text, flush=True)
    return passed


if __name__ == "__main__":
    main()
