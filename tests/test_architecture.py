"""The packages of the machinery import in one direction only, and stay small enough to read."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import catalog

HARNESS = "tests.harness"
MODULE_LINES, FUNCTION_LINES = 300, 40

# Who may import whom: a name imports from its own row's name and from rows above, never from
# another name of its row. A name stands for a module, or for a package with all in it.
PACKAGES = (("limits",), ("catalog",), ("kit",), ("checker",), ("selftest",))
CHECKER = (
    ("clock", "debugger", "items", "lines", "pytest_internals", "sanitize"),
    ("answer_files", "hypothesis_internals"),
    ("collection", "explain", "startup"),
    ("verdict",),
    ("diagnosis",),
    ("output", "sandbox"),
    ("watch",),
    ("plugin",),
)
IMPORTERS = {"import_module", "import_plugin", "importorskip", "__import__"}

LOADED = """
import sys, pytest
pytest.main([sys.argv[1], "--answers", sys.argv[2], "-q", "-p", "no:cacheprovider"])
sys.exit(sorted(name for name in sys.modules if name.startswith(tuple(sys.argv[3:]))))
"""


def modules(root: Path) -> dict[str, Path]:
    """Return the modules below ``tests/harness`` by their dotted names."""
    files = {path: path.relative_to(root).with_suffix("") for path in root.rglob("*.py")}
    return {".".join(p.parts).removesuffix(".__init__"): path for path, p in files.items()}


def imports(
    path: Path, name: str, known: dict[str, Path], *, annotations: bool = True
) -> Iterator[tuple[int, str]]:
    """Yield the lines and names of all modules that a file imports, wherever it does.

    Also in functions, by functions that take a name as a string, and for ``annotations`` only.
    """
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = node.body if annotations else [ast.Pass()]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level]
            parts = above if node.level else []
            source = ".".join([*parts, *filter(None, [node.module])])
            for alias in node.names:
                submodule = f"{source}.{alias.name}"
                yield node.lineno, submodule if submodule in known else source
        elif isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in IMPORTERS:
                yield from ((node.lineno, text) for text in _beginning(node.args[0]))


def _beginning(node: ast.expr) -> Iterator[str]:
    """Yield the text of a string, or what an f-string begins with."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield first.value.strip(".")


def violations(root: Path, prefix: str, layers: tuple[tuple[str, ...], ...]) -> list[str]:
    """List the imports below a package ``prefix`` that point to the right, or sideways."""
    level = {name: number for number, row in enumerate(layers) for name in row}
    known = modules(root)
    found = []
    for name, path in sorted(known.items()):
        if not name.startswith(f"{prefix}."):
            continue
        own = name.removeprefix(f"{prefix}.").partition(".")[0]
        if own not in level:
            found.append(f"{name} is not in the table")
            continue
        for line, target in imports(path, name, known):
            other = target.removeprefix(f"{prefix}.").partition(".")[0]
            if target == prefix or not target.startswith(f"{prefix}.") or other == own:
                continue
            if other not in level or level[other] >= level[own]:
                found.append(f"{name}, line {line}, imports {target}")
    return found


def too_long(root: Path) -> list[str]:
    """List modules and functions with too many lines."""
    found = []
    for path in sorted(root.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > MODULE_LINES:
            found.append(f"{path.relative_to(root)}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    found.append(f"{path.relative_to(root)}: {node.name} has {lines} lines")
    return found


def test_a_package_imports_only_from_its_left() -> None:
    assert violations(catalog.ROOT, HARNESS, PACKAGES) == []


def test_within_the_checker_imports_go_one_way_too() -> None:
    assert violations(catalog.ROOT, f"{HARNESS}.checker", CHECKER) == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    known = modules(catalog.ROOT)
    graph = {}
    for name, path in known.items():
        if name.startswith(f"{HARNESS}."):
            targets = {target for _, target in imports(path, name, known, annotations=False)}
            graph[name] = targets.intersection(known) - {name}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError


def test_no_module_and_no_function_is_long() -> None:
    assert too_long(catalog.TESTS / "harness") == []


@pytest.mark.parametrize("folder", ["tests/katas", "tests/misconceptions", "tests/alternatives"])
def test_what_belongs_to_a_kata_imports_nothing_right_of_the_kit(folder: str) -> None:
    known = modules(catalog.ROOT)
    beyond = (f"{HARNESS}.checker", f"{HARNESS}.selftest")
    found = [
        f"{name}, line {line}, imports {target}"
        for name, path in known.items()
        if name.startswith(f"{folder.replace('/', '.')}.")
        for line, target in imports(path, name, known)
        if target.startswith(beyond)
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["katas", "solutions"])
def test_an_answer_imports_nothing_right_of_the_kit(folder: str) -> None:
    for path in (catalog.ROOT / folder).glob("*.py"):
        names = {target for _, target in imports(path, path.stem, {}) if HARNESS in target}
        assert all(name.startswith(f"{HARNESS}.kit") or name == HARNESS for name in names), path


@pytest.mark.parametrize(
    ("kata", "beginnings"),
    [
        ("katas/k08_nll.py", [f"{HARNESS}.selftest", f"{HARNESS}.checker.watch"]),
        ("katas/k01_download.py", [f"{HARNESS}.selftest", "torch.nn", "numpy"]),
    ],
)
def test_a_learners_check_loads_nothing_of_selftest(
    kata: str, beginnings: list[str], tmp_path: Path
) -> None:
    """Not by ``--answers`` on a path outside the repository, as learners and instructors have."""
    name = kata.rpartition("/")[2]
    (tmp_path / name).write_bytes((catalog.SOLUTIONS / name).read_bytes())
    command = [sys.executable, "-c", LOADED, kata, str(tmp_path), *beginnings]
    done = subprocess.run(command, cwd=catalog.ROOT, check=False, capture_output=True, text=True)
    assert "1 of 1 solved" in done.stdout
    assert done.stderr.strip() == "[]"


# The tests above can fail: imports in the wrong direction, planted in a small tree.

PLANTED = {
    "a plain import": "import tests.harness.selftest.pty",
    "a module of a package": "from tests.harness.selftest import pty",
    "a name of a module": "from tests.harness.selftest.pty import Terminal",
    "in a function": "def f():\n    from tests.harness.selftest.pty import Terminal",
    "for annotations": (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from tests.harness.selftest.pty import Terminal"
    ),
    "by a string": "import importlib\nimportlib.import_module('tests.harness.selftest.pty')",
    "by a part of a string": "def f(x, g):\n    g.import_plugin(f'tests.harness.selftest.{x}')",
    "a relative import": "from ..selftest.pty import Terminal",
    "a relative import of a package": "from .. import selftest",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small tree of the same packages; no import points to the right."""
    texts = {
        "__init__": "",
        "limits": "",
        "catalog": "from tests.harness import limits",
        "kit/__init__": "",
        "kit/expect": "import json\nfrom tests.harness import catalog",
        "kit/guard": "from .expect import Row",
        "checker/__init__": "",
        "checker/items": "from tests.harness.kit.guard import Guard",
        "checker/sanitize": "",
        "checker/verdict": "from tests.harness.checker import items",
        "checker/output/__init__": "",
        "checker/output/writer": "from tests.harness.checker.verdict import Verdict",
        "checker/watch/__init__": "",
        "checker/watch/session": "from tests.harness.checker.output.writer import Writer",
        "selftest/__init__": "",
        "selftest/pty": "from tests.harness.checker.watch import session",
    }
    for name, text in texts.items():
        path = tmp_path / "tests" / "harness" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
    return tmp_path


def test_what_is_imported_for_annotations_can_be_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        f"import json\n{PLANTED['for annotations']}\nelse:\n    import re\n", encoding="utf-8"
    )
    found = {target for _, target in imports(path, "module", {}, annotations=False)}
    assert found == {"json", "re", "typing"}


def test_a_tree_in_order_has_no_violation(tree: Path) -> None:
    assert violations(tree, HARNESS, PACKAGES) == []
    assert violations(tree, f"{HARNESS}.checker", CHECKER) == []
    assert too_long(tree) == []


@pytest.mark.parametrize("how", PLANTED)
def test_an_import_from_the_right_is_found(how: str, tree: Path) -> None:
    (tree / "tests/harness/kit/guard.py").write_text(PLANTED[how], encoding="utf-8")
    (found,) = violations(tree, HARNESS, PACKAGES)
    assert found.startswith("tests.harness.kit.guard, line ")
    assert "imports tests.harness.selftest" in found


@pytest.mark.parametrize(
    ("module", "target"),
    [
        ("output/writer", "watch.session"),  # upwards
        ("verdict", "output.writer"),
        ("sanitize", "items"),  # sideways
        ("verdict", "unknown"),  # a module that does not stand in the table
    ],
)
def test_within_the_checker_an_import_the_wrong_way_is_found(
    module: str, target: str, tree: Path
) -> None:
    text = f"import tests.harness.checker.{target}"
    (tree / f"tests/harness/checker/{module}.py").write_text(text, encoding="utf-8")
    name = module.replace("/", ".")
    assert violations(tree, f"{HARNESS}.checker", CHECKER) == [
        f"tests.harness.checker.{name}, line 1, imports tests.harness.checker.{target}"
    ]


def test_a_module_that_is_not_in_the_table_is_found(tree: Path) -> None:
    (tree / "tests/harness/checker/more.py").touch()
    found = violations(tree, f"{HARNESS}.checker", CHECKER)
    assert found == ["tests.harness.checker.more is not in the table"]


def test_a_long_module_and_a_long_function_are_found(tree: Path) -> None:
    path = tree / "tests/harness/limits.py"
    path.write_text("def f():\n" + "    x = 1\n" * (FUNCTION_LINES - 1), encoding="utf-8")
    assert too_long(tree) == []
    path.write_text(
        "class C:\n    def f(s):\n" + "        x = 1\n" * MODULE_LINES, encoding="utf-8"
    )
    assert [text.partition(": ")[2] for text in too_long(tree)] == ["302 lines", "f has 301 lines"]
