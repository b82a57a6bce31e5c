"""Mutation tests: ``pytest solutions/`` changes the reference answers and runs the katas' tests.

A mutant is a reference answer with one small change by mutmut's operators (another number, a
comparison turned round, an argument left out, ``=`` for ``+=``) or without one statement. The
tests must refuse it, unless ``MUTANTS`` in the kata's right answers lists it with the reason
why it is right.
"""

import ast
import functools
import importlib
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog, limits
from tests.harness.checker.diagnosis.rerun import KataRunner
from tests.harness.checker.items import SelfRunningItem
from tests.harness.checker.sandbox.processes import call_in_fork
from tests.harness.kit.answer import Answer
from tests.harness.kit.loading import load_source

KILLED, RIGHT, SURVIVED = "killed", "right as well", "survived"


class Mutants(pytest.File):
    """The mutants of one reference answer."""

    def collect(self) -> Iterator["Mutant"]:
        """Yield an item for each of them."""
        importlib.import_module(f"tests.katas.test_{self.path.stem}")
        source = self.path.read_text(encoding="utf-8")
        seen: Counter[str] = Counter()
        given = _given((catalog.KATAS / self.path.name).read_text(encoding="utf-8"), source)
        for mutated in dict.fromkeys(_mutants(source)):
            line, name = _changed(source, mutated)
            if line in given:
                continue
            seen[name] += 1
            name += f" #{seen[name]}" * (seen[name] > 1)
            yield Mutant.from_parent(self, name=name, source=mutated)


class Mutant(SelfRunningItem):
    """A test item: all tests of the kata run on one mutant."""

    def __init__(self, *, source: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the reference answer's file, and which change it is."""
        return self.path, None, self.name

    def runtest(self) -> None:
        """Fail if the mutant passes every test, and is not listed as a right answer."""
        begun = time.monotonic()
        failed = call_in_fork(self._fails, limits.MUTANT_SECONDS)
        endless = time.monotonic() - begun >= limits.MUTANT_SECONDS
        assert failed is not None or endless, "the check came to no verdict"
        listed = any(part in self.name for part in _listed(self.path.stem))
        outcome = KILLED if failed != "" else RIGHT if listed else SURVIVED
        self.user_properties.append(("mutant", outcome))
        assert outcome != SURVIVED, "a mutant passes every test"

    def _fails(self) -> str:
        """Return the first test that refuses the mutant, or an empty string."""
        stem = self.path.stem
        load = functools.partial(load_source, source=self.source.encode())
        for examples in (6, 50):
            for mastery in (False, True):
                runner = KataRunner(self.parent, stem, self.path, mastery=mastery)
                answer = functools.partial(Answer.to, stem, self.path, load)
                for failure in runner.failures(answer, examples):
                    return failure.test
        return ""


def _mutants(source: str) -> Iterator[str]:
    """Yield every mutant of a module's text that differs from it."""
    import libcst as cst
    from mutmut.mutation.file_mutation import create_mutations, deep_replace

    module, mutations, *_ = create_mutations("", source)
    for mutation in mutations:
        mutated = deep_replace(module, mutation.original_node, mutation.mutated_node)
        if isinstance(mutated, cst.Module) and mutated.code != source:
            yield mutated.code
    for statement in _statements(module):
        without = cst.SimpleStatementLine([cst.Pass()])
        mutated = deep_replace(module, statement, without)
        if isinstance(mutated, cst.Module):
            yield mutated.code


def _statements(module: Any) -> Iterator[Any]:
    """Yield the statements inside functions, but for their docstrings."""
    import libcst.matchers as m

    functions: Any = m.findall(module, m.FunctionDef())
    for function in functions:
        for line in m.findall(function.body, m.SimpleStatementLine()):
            if not m.matches(line, m.SimpleStatementLine([m.Expr(m.SimpleString())])):
                yield line


def _changed(source: str, mutated: str) -> tuple[int, str]:
    """Return the first line that differs, counted from 1, and what has become of it."""
    before, after = source.splitlines(), mutated.splitlines()
    start = next(i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
    end = 0
    while before[-1 - end] == after[-1 - end] and end < min(len(before), len(after)) - start - 1:
        end += 1
    old, new = (" ".join(" ".join(t[start : len(t) - end]).split()) for t in (before, after))
    return start + 1, f"{old}  →  {new}"


def _given(stub: str, source: str) -> set[int]:
    """Return the lines of the definitions that are complete in the stub: they are not mutated."""
    there = {ast.dump(node) for node in ast.parse(stub).body}
    same = [node for node in ast.parse(source).body if ast.dump(node) in there]
    return {line for node in same for line in range(node.lineno, (node.end_lineno or 0) + 1)}


@functools.cache
def _listed(stem: str) -> dict[str, str]:
    """Return the kata's ``MUTANTS``: part of the name of a right mutant, and why it is right."""
    if not (catalog.ALTERNATIVES / f"{stem}.py").is_file():
        return {}
    return getattr(importlib.import_module(f"tests.alternatives.{stem}"), "MUTANTS", {})


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a reference answer as its mutants."""
    if file_path.parent == catalog.SOLUTIONS and file_path.stem in catalog.stems():
        return Mutants.from_parent(parent, path=file_path)
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many mutants of each kata were refused, are right or survived."""
    counts: dict[str, Counter[str]] = {}
    for report in [r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind)]:
        outcome = dict(report.user_properties).get("mutant")
        if outcome:
            counts.setdefault(Path(report.fspath).stem, Counter())[str(outcome)] += 1
    if not counts:
        return
    counts["all"] = sum(counts.values(), Counter())
    terminalreporter.section("mutants")
    row = "{:<24}{:>8}{:>8}{:>15}{:>10}".format
    terminalreporter.line(row("", "mutants", KILLED, RIGHT, SURVIVED))
    for stem, count in counts.items():
        numbers = (count[outcome] for outcome in (KILLED, RIGHT, SURVIVED))
        terminalreporter.line(row(stem, count.total(), *numbers))
