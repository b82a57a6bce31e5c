"""Private names of other libraries: each is there, does its work, and stands in one module.

A test that fails here after an upgrade names what to mend in `pytest_internals.py` or
`hypothesis_internals.py`; those of torch and Python are in `test_kit_internals.py`. What only
saves time may be gone: the last part removes each such name, and checks an answer.
"""

import ast
import contextlib
import functools
import importlib.metadata
import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import hypothesis
import pytest
from _pytest.capture import CaptureManager
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.internal import reflection
from hypothesis.internal.conjecture import engine, providers

from tests.harness import catalog, limits
from tests.harness.checker import hypothesis_internals, pytest_internals
from tests.harness.checker.collection import Kata
from tests.harness.checker.pytest_internals import TerminalWriter
from tests.harness.checker.sandbox import isolation, tampering
from tests.harness.checker.sandbox.processes import call_in_fork
from tests.harness.selftest.command import environment, run_pytest, write_answers

HARNESS = catalog.TESTS / "harness"
needs_fork = pytest.mark.skipif(not isolation.POSSIBLE, reason="there is no fork here")

INNER = """
import pytest

CALLS = []

@pytest.fixture(scope="module")
def shared():
    CALLS.append("set up")
    yield 1
    CALLS.append("torn down")

def test_plain():
    CALLS.append("plain")

def test_with_folder(tmp_path):
    CALLS.append(tmp_path.is_dir())

def test_with_shared(shared):
    CALLS.append(shared)

def test_wrong():
    raise KeyError("wrong")
"""


# Pytest.


class Inner:
    """A file of tests, in this session."""

    def __init__(self, session: pytest.Session, folder: Path) -> None:
        path = folder / "test_inner_of_internals.py"
        path.write_text(INNER, encoding="utf-8")
        self.module = pytest.Module.from_parent(session, path=path)
        self.items = {i.name: i for i in self.module.collect() if isinstance(i, pytest.Function)}
        self.calls: list[object] = self.module.obj.CALLS


@pytest.fixture
def inner(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inner]:
    """Collect a file of tests; one of them asks for `tmp_path`, so no test here may."""
    yield Inner(request.session, tmp_path_factory.mktemp("inner"))
    del sys.modules["test_inner_of_internals"]


@contextlib.contextmanager
def nothing_set_up(session: pytest.Session) -> Iterator[None]:
    """Let nothing be set up while the block runs, not even the test that runs it."""
    state = session._setupstate
    session._setupstate = type(state)()
    try:
        yield
    finally:
        session._setupstate = state


def test_runtestprotocol_runs_an_item_and_logs_nothing(
    inner: Inner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it no test of a kata runs."""
    logged: list[object] = []
    plugins = inner.module.config.pluginmanager
    listener = SimpleNamespace(pytest_runtest_logreport=lambda report: logged.append(report))
    with nothing_set_up(inner.module.session):
        plugins.register(listener)
        try:
            one, other = inner.items["test_with_shared"], inner.items["test_wrong"]
            reports = pytest_internals.run_protocol(one, other)
            reports += pytest_internals.run_protocol(other, None)
        finally:
            plugins.unregister(listener)
    assert [(report.when, report.outcome) for report in reports] == [
        ("setup", "passed"), ("call", "passed"), ("teardown", "passed"),
        ("setup", "passed"), ("call", "failed"), ("teardown", "passed"),
    ]  # fmt: skip
    assert inner.calls == ["set up", 1, "torn down"]
    assert logged == []


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("test_plain", ["plain"]),
        ("test_with_folder", [True]),
        ("test_with_shared", ["set up", 1, "torn down"]),
    ],
)
def test_setupstate_initrequest_and_tmppath_result_key_run_an_item_without_reports(
    name: str, calls: list[object], inner: Inner
) -> None:
    """Without them no misconception is named. A test runs more than once."""
    with nothing_set_up(inner.module.session):
        for _ in range(2):
            pytest_internals.run_without_reports(inner.items[name])
            assert not inner.module.session._setupstate.stack
    assert inner.calls == calls * 2


def test_what_a_test_raises_without_reports_is_raised(inner: Inner) -> None:
    with nothing_set_up(inner.module.session):
        with pytest.raises(KeyError, match="wrong"):
            pytest_internals.run_without_reports(inner.items["test_wrong"])
        assert not inner.module.session._setupstate.stack


def test_teardown_exact_tears_down_what_is_set_up(inner: Inner) -> None:
    """Without it the diagnosis cannot run tests in a process that has run some."""
    item = inner.items["test_with_shared"]
    with nothing_set_up(inner.module.session):
        pytest_internals.run_protocol(item, inner.items["test_plain"])
        assert inner.calls == ["set up", 1]
        pytest_internals.tear_down(item.session)
    assert inner.calls == ["set up", 1, "torn down"]


def test_fixtureinfo_says_which_fixtures_are_shared(inner: Inner) -> None:
    """Without it, children would make a file's fixtures again; that is all."""
    shared = {name: pytest_internals.has_module_fixtures(i) for name, i in inner.items.items()}
    assert [name for name, found in shared.items() if found] == ["test_with_shared"]
    unknown: Any = SimpleNamespace()
    assert not pytest_internals.has_module_fixtures(unknown)


def test_tmp_path_factory_has_one_folder_for_all(pytestconfig: pytest.Config) -> None:
    """Without it each child would make a folder of its own, and `--watch` leave them."""
    pytest_internals.make_base_temp(pytestconfig)
    folders = list(pytest_internals.folders_in_base_temp(pytestconfig))
    assert folders
    assert len({folder.parent for folder in folders}) == 1


def test_basetemp_is_emptied(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").touch()
    config: Any = SimpleNamespace(_tmp_path_factory=SimpleNamespace(_basetemp=tmp_path))
    pytest_internals.delete_base_temp_contents(config)
    assert list(tmp_path.iterdir()) == []
    config._tmp_path_factory._basetemp = None  # no test has asked for one
    pytest_internals.delete_base_temp_contents(config)


def test_a_small_letter_can_be_declared() -> None:
    """`addoption` refuses it; without `_addoption`, `-n` would not be explained."""
    parser = pytest.Parser(_ispytest=True)
    group = parser.getgroup("katas")
    with pytest.raises(ValueError, match="lowercase"):
        group.addoption("-n")
    pytest_internals.declare_numprocesses(group)
    pytest_internals.declare_numprocesses(group)  # as pytest-xdist has done before
    assert parser.parse_known_args(["-n", "2"]).numprocesses == "2"


def test_tw_is_what_a_reporter_writes_with(pytestconfig: pytest.Config) -> None:
    """Without it nothing can be printed in a style."""
    reporter = pytest_internals.reporter_of(pytestconfig)
    writer = pytest_internals.writer_of(reporter)
    assert isinstance(writer, TerminalWriter)
    assert writer.fullwidth > 0
    assert writer.hasmarkup in (True, False)


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_file_has_the_encoding_of_a_writer(encoding: str) -> None:
    """Without it the marks are in ASCII; that is all."""
    writer = TerminalWriter(io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert pytest_internals.encoding_of(writer) == encoding
    unknown: Any = SimpleNamespace()
    assert pytest_internals.encoding_of(unknown) == "ascii"


def test_verbose_tbstyle_and_reportchars_quieten_the_reporter(tmp_path: Path) -> None:
    """Otherwise pytest prints its letters, tracebacks and summary beside the explanation."""
    (tmp_path / "conftest.py").write_text(
        f"import sys\nsys.path.insert(0, {str(catalog.ROOT)!r})\n"
        "from tests.harness.checker import pytest_internals\n"
        "import pytest\n@pytest.hookimpl(trylast=True)\n"
        "def pytest_configure(config):\n    pytest_internals.quieten(config)\n",
        encoding="utf-8",
    )
    (tmp_path / "test_wrong.py").write_text("def test_one():\n    assert False\n", encoding="utf-8")
    style = "console_output_style=classic"
    run = run_pytest("-c", os.devnull, "--rootdir", tmp_path, tmp_path, "-o", style, cwd=tmp_path)
    assert (run.code, run.text.strip(" .F\n")) == (1, "")


@needs_fork
def test_the_capture_manager_captures_anew(tmp_path: Path) -> None:
    """Without it, what one child prints would be read by another."""

    def captured() -> list[str]:
        manager = CaptureManager("fd")
        plugins = SimpleNamespace(getplugin=lambda _: manager)
        config: Any = SimpleNamespace(pluginmanager=plugins)
        manager.start_global_capturing()
        os.write(1, b"before ")
        nowhere = os.open(tmp_path / "nowhere", os.O_RDWR | os.O_CREAT)
        pytest_internals.capture_anew(config, nowhere)
        os.write(1, b"suspended ")
        manager.resume_global_capture()
        os.write(1, b"captured ")
        out, _ = manager.read_global_capture()
        pytest_internals.suspend_capture(config)
        os.write(2, b"suspended again")
        return [out, (tmp_path / "nowhere").read_text(encoding="utf-8")]

    assert call_in_fork(captured, 10) == ["captured ", "suspended suspended again"]


def test_remove_plugin_silences_reporting() -> None:
    """Otherwise an editor hears of a result twice: from a child, and from the parent."""
    plugins = pytest.PytestPluginManager()
    heard: list[str] = []
    plugins.register(SimpleNamespace(
        pytest_runtest_logstart=lambda nodeid: heard.append(nodeid),
        pytest_runtest_setup=lambda item: heard.append(item),
    ))  # fmt: skip
    config: Any = SimpleNamespace(hook=plugins.hook)
    for _ in range(2):
        plugins.hook.pytest_runtest_logstart(nodeid="logged", location=())
        plugins.hook.pytest_runtest_setup(item="run")
        pytest_internals.silence_reporting(config)
    assert heard == ["logged", "run", "run"]


@pytest.mark.parametrize("longrepr", ["it failed", "traceback"])
def test_reprcrash_is_the_place_of_a_failure(longrepr: str, tmp_path: Path) -> None:
    """Without it, editors show a failure at the test. The text stays, and messages keep both."""
    report = pytest.TestReport("x", ("x", 0, "x"), {}, "failed", longrepr, "call")
    if longrepr == "traceback":
        with pytest.raises(KeyError) as raised:
            dict.fromkeys("x")["missing"]
        report.longrepr = raised.getrepr()
    text = report.longreprtext
    pytest_internals.set_place(report, tmp_path / "k08_nll.py", 7)
    back = pytest.TestReport._from_json(json.loads(json.dumps(report._to_json(), default=str)))
    for each in (report, back):
        crash: Any = each.longrepr.reprcrash  # type: ignore[union-attr]
        assert (crash.path, crash.lineno) == (str(tmp_path / "k08_nll.py"), 7)
        assert crash.message == ("it failed" if longrepr == "it failed" else "KeyError: 'missing'")
        assert each.longreprtext == text


def test_getobj_is_the_module_of_the_tests(request: pytest.FixtureRequest) -> None:
    """Without it, `katas/k08_nll.py` would be imported in place of its tests."""
    assert callable(pytest.Module._getobj)
    path = catalog.KATAS / "k01_download.py"
    kata = Kata.from_parent(request.session, path=path, stem="k01_download")
    assert kata.obj.__name__ == "tests.katas.test_k01_download"


# Hypothesis.

SMALL = settings(database=None, max_examples=20, derandomize=True, deadline=None)


def error_of(test: Callable[[], object]) -> AssertionError:
    """Return the assertion that a test raises."""
    with pytest.raises(AssertionError) as raised:
        test()
    return raised.value


def drawing(
    strategy: st.SearchStrategy[Any], fails: Callable[[Any], bool] = lambda _: False
) -> tuple[Any, list[Any]]:
    """Make a test that keeps what it draws, and fails on some of it."""
    drawn: list[Any] = []

    @SMALL
    @given(strategy)
    def test(value: Any) -> None:
        drawn.append(value)
        assert not fails(value)

    return test, drawn


def test_the_note_on_reproducing_is_read() -> None:
    """Otherwise the diagnosis does not see the input on which the answer failed."""
    test, drawn = drawing(st.integers(0, 1000), lambda n: n >= 77)
    hypothesis_internals.set_settings(test, settings(SMALL, print_blob=True))
    notes = "\n".join(error_of(test).__notes__)
    match = hypothesis_internals.REPRODUCE_NOTE.search(notes)
    assert match is not None
    rest = notes.replace(match[0], "").strip()
    assert rest.startswith(("Failing test case: test(", "Falsifying example: test("))
    drawn.clear()
    hypothesis.reproduce_failure(hypothesis.__version__, ast.literal_eval(match[1]))(test)
    error_of(test)
    assert set(drawn) == {77}


def test_a_reproduced_failure_is_forgotten() -> None:
    """Otherwise a test that has run on one input never runs on others."""
    test, drawn = drawing(st.integers(0, 1000))
    hypothesis.reproduce_failure(hypothesis.__version__, b"AA==")(test)
    hypothesis_internals.forget_reproduced_failure(test)
    test()
    assert len(drawn) == SMALL.max_examples


def test_the_settings_of_a_test_are_read_and_replaced() -> None:
    """Otherwise the diagnosis runs each test on as many inputs as the check, and takes long."""
    test, drawn = drawing(st.integers())
    assert hypothesis_internals.settings_of(test).max_examples == SMALL.max_examples
    hypothesis_internals.set_settings(test, settings(SMALL, max_examples=3))
    assert hypothesis_internals.settings_of(test).max_examples == 3
    test()
    assert len(drawn) == 3


def test_the_function_below_given_is_replaced() -> None:
    """Otherwise neither the guard nor the diagnosis gets between a test and its inputs."""
    test, drawn = drawing(st.integers(0, 3))
    assert hypothesis.is_hypothesis_test(test)
    inner, seen = test.hypothesis.inner_test, []
    assert inner.__name__ == "test"

    @functools.wraps(inner)
    def instead(value: int) -> None:
        seen.append(value)

    test.hypothesis.inner_test = instead
    test()
    assert seen
    assert drawn == []


def test_the_pytest_plugin_of_hypothesis_is_known_by_its_module() -> None:
    """Otherwise children unregister it, as other people's plugins."""
    (point,) = importlib.metadata.entry_points(group="pytest11", name="hypothesispytest")
    assert point.value == hypothesis_internals.PLUGIN


def test_flaky_is_known_by_the_name_of_its_class() -> None:
    """Otherwise an answer that differs from call to call is told that it raised "Flaky"."""
    calls: list[int] = []
    test, _ = drawing(st.integers(), lambda n: not calls and not calls.append(n))  # type: ignore[func-returns-value]
    with pytest.raises(hypothesis.errors.Flaky) as raised:
        test()
    assert hypothesis_internals.is_flaky(raised.value)
    assert any(isinstance(first, AssertionError) for first in raised.value.exceptions)  # type: ignore[attr-defined]
    assert not hypothesis_internals.is_flaky(ValueError())


def test_the_variable_with_the_settings_in_force() -> None:
    """Without it an answer could change how many inputs a test draws."""
    variable = hypothesis_internals.default_profile()
    before = variable.value
    assert before is settings.default
    try:
        settings.load_profile("default")
        assert variable.value is settings.default is not before
    finally:
        variable.value = before
    assert settings.default is before


def test_the_database_key_is_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """That only saves time: it parses the text of the test."""
    computed: list[object] = []
    digest = reflection.function_digest
    monkeypatch.setattr(
        hypothesis.core,
        "function_digest",
        lambda test: computed.append(test) or digest(test),  # type: ignore[func-returns-value]
    )
    for skipped in (False, True):
        test, drawn = drawing(st.integers())
        hypothesis.seed(1)(test)  # as in collection.py; else it is made of the text, too
        if skipped:
            hypothesis_internals.skip_database_key(test)
        test()
        assert drawn
        assert bool(computed) is not skipped
        computed.clear()


def test_shrinking_is_limited(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Only saves time; but where it does, what Hypothesis prints then has to be known."""
    monkeypatch.setattr(engine, "MAX_SHRINKING_SECONDS", engine.MAX_SHRINKING_SECONDS)
    monkeypatch.setattr(engine, "time", engine.time)
    assert engine.MAX_SHRINKING_SECONDS == limits.SHRINKING_SECONDS
    for seconds, warned in ((60, False), (0, True)):
        hypothesis_internals.limit_shrinking(seconds)
        test, _ = drawing(st.lists(st.integers()), lambda numbers: sum(numbers) > 1000)
        error_of(test)
        out, _ = capfd.readouterr()
        assert (hypothesis_internals.SHRINKING_WARNING in out) is warned


def test_the_clock_of_shrinking_does_not_count_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    own: Any = engine.time
    monkeypatch.setattr(hypothesis_internals, "waiting_seconds", lambda _: 100.0)
    assert -101 < own.perf_counter() - time.perf_counter() < -99
    assert own.monotonic is time.monotonic


def test_no_failing_example_is_kept_for_a_patch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise Hypothesis writes `.hypothesis/patches` where libcst is installed."""
    item = SimpleNamespace(repr_failure=str)
    monkeypatch.setattr(hypothesis.core.current_pytest_item, "value", item)
    error_of(drawing(st.integers(), lambda n: n > 5)[0])
    assert set(vars(item)) > {"repr_failure"}
    for _ in range(2):
        hypothesis_internals.make_no_patch(item)
        assert set(vars(item)) == {"repr_failure"}


def test_no_constants_are_taken_from_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the inputs of a kata depend on the text of its answer."""
    assert len(providers._get_local_constants()) == 0
    constants = providers.Constants(bytes=providers.SortedSet([b"abc"]))
    found = []
    for taken in (False, True):
        if taken:
            monkeypatch.setattr(providers, "_get_local_constants", lambda: constants)
        test, drawn = drawing(st.binary(min_size=3, max_size=3))
        hypothesis_internals.set_settings(test, settings(SMALL, max_examples=200))
        providers.CONSTANTS_CACHE.cache.clear()
        test()
        found.append(b"abc" in drawn)
    providers.CONSTANTS_CACHE.cache.clear()
    assert found == [False, True]


# Names of modules, as texts.

MODULES = tampering.ALL_CALLABLES_OF | tampering.USED_NAMES_OF


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_that_is_recorded_exists(name: str) -> None:
    """A renamed one is silently not recorded."""
    importlib.import_module(name.partition(".")[0])
    with contextlib.suppress(ModuleNotFoundError):  # parts of `torch._C` cannot be imported so
        importlib.import_module(name)
    assert isinstance(sys.modules.get(name), ModuleType)


def test_what_begins_with_a_recorded_name_exists() -> None:
    pytest.importorskip("torch")
    for beginning in tampering.REFERENCE_MODULES:
        assert any(name.startswith(beginning) for name in sys.modules)
    for beginning in tampering.NOT_RECORDED:
        package = beginning.rstrip(".").replace(".", "/")
        assert (catalog.ROOT / package).is_dir()


# Private names stand in one module for each library.

INTERNALS = {f"{name}_internals.py" for name in ("hypothesis", "pytest", "python", "torch")}
PRIVATE_MODULE = re.compile(r"(?!tests\b|__future__).*\b_[a-z]|hypothesis\.internal")
# Not private in spite of their names.
DOCUMENTED = {"_exit", "_getframe", "_current_frames", "_replace", "_asdict", "_fields"}


def own_names(paths: list[Path]) -> set[str]:
    """Return the names with an underscore that files define themselves."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.update([node.attr] * (ast.unparse(node.value) in ("self", "cls")))
    return {name for name in found if name.startswith("_")}


def private_uses(path: Path, own: set[str]) -> Iterator[str]:
    """Yield where a file uses a name that is private to another library."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute):
            foreign = node.attr.startswith("_") and not node.attr.startswith("__")
            if foreign and node.attr not in own | DOCUMENTED:
                yield f"{path.name}, line {node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value] * node.value.startswith("_hypothesis")
        for name in names:
            if PRIVATE_MODULE.match(name):
                yield f"{path.name}, line {node.lineno}: {name}"  # type: ignore[attr-defined]


def test_no_other_module_uses_a_private_name() -> None:
    paths = [*HARNESS.rglob("*.py"), catalog.ROOT / "conftest.py"]
    own = own_names(paths)
    found = [use for path in paths if path.name not in INTERNALS for use in private_uses(path, own)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "import _pytest.runner",
        "from _pytest._io import TerminalWriter",
        "from hypothesis.internal.conjecture import engine",
        "from hypothesis import _settings",
        "import hypothesis._settings",
        "import _hypothesis_pytestplugin",
        "from torch.utils._python_dispatch import TorchDispatchMode",
        "def f(session):\n    session._setupstate.teardown_exact(None)",
        "def f(config):\n    return config._tmp_path_factory",
        "def f(test):\n    test._hypothesis_internal_use_settings = None",
        "def f(item):\n    vars(item).pop('_hypothesis_failing_examples', None)",
        "def f(reporter):\n    return reporter._tw",
    ],
)
def test_a_private_name_is_found(text: str, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(text, encoding="utf-8")
    assert len(list(private_uses(path, own_names([path])))) == 1


def test_own_names_may_be_used(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        "import os\nclass C:\n    def __init__(self):\n        self._x = 1\n    def _f(self): ...\n"
        "def g(c):\n    c._x += 1\n    c._f()\n    os._exit(c.__class__)\n",
        encoding="utf-8",
    )
    assert list(private_uses(path, own_names([path]))) == []


# Without what only saves time.

# What the machinery imports of Hypothesis lacks a name; Hypothesis itself still has it.
LACKING = """
import hypothesis.internal.conjecture as package
real = package.{module}

class View:
    def __getattr__(self, name):
        if name == {name!r}:
            raise AttributeError(name)
        return getattr(real, name)

    def __setattr__(self, name, value):
        setattr(real, name, value)

package.{module} = View()
"""
ENGINE, PROVIDERS = "MAX_SHRINKING_SECONDS", ("_get_local_constants", "_local_constants")
REMOVED = {
    ENGINE: LACKING.format(module="engine", name=ENGINE),
    **{name: LACKING.format(module="providers", name=name) for name in PROVIDERS},
    "the database key, the stand-in for torch._dynamo, and control of garbage collection": """
import gc
from tests.harness.checker import hypothesis_internals, startup
hypothesis_internals.skip_database_key = lambda test: None
startup.defer_dynamo = lambda: None
gc.disable = gc.freeze = lambda: None
""",
}

# For each removed name, two forks at a time: so torch is imported once.
CHECKS = """
import json, os, sys, torch, numpy, hypothesis, pytest
import hypothesis.internal.conjecture.engine, hypothesis.internal.conjecture.providers

def check(out, code, folder):
    pid = os.fork()
    if pid == 0:
        file = os.open(out, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, 1)
        os.dup2(file, 2)
        exec(code, {"__name__": "removed"})
        status = pytest.main(["katas/k08_nll.py", f"--answers={folder}", "-p", "no:cacheprovider"])
        sys.stdout.flush()
        os._exit(status)
    return pid

for pair in json.load(sys.stdin):
    for pid in [check(*order) for order in pair]:
        os.waitpid(pid, 0)
"""


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """Check a right and a wrong answer to k08 without each name; return what is printed."""
    folder = tmp_path_factory.mktemp("answers")
    right = (catalog.SOLUTIONS / "k08_nll.py").read_text(encoding="utf-8")
    wrong = right.replace(".mean()", ".sum()")
    assert wrong != right
    for name, text in {"right": right, "wrong": wrong}.items():
        write_answers(folder / name, k08_nll=text)
    out = tmp_path_factory.mktemp("out")
    orders = [
        [(f"{out}/{number} {answer}", code, f"{folder}/{answer}") for answer in ("right", "wrong")]
        for number, code in enumerate(REMOVED.values())
    ]
    subprocess.run(
        [sys.executable, "-c", CHECKS],
        cwd=catalog.ROOT,
        env=environment(),
        input=json.dumps(orders),
        text=True,
        check=True,
    )
    return {
        (removed, answer): (out / f"{number} {answer}").read_text("utf-8")
        for number, removed in enumerate(REMOVED)
        for answer in ("right", "wrong")
    }


@needs_fork
@pytest.mark.parametrize("removed", REMOVED)
def test_an_answer_gets_the_same_verdict_without(
    removed: str, texts: dict[tuple[str, str], str]
) -> None:
    right, wrong = texts[removed, "right"], texts[removed, "wrong"]
    assert "1 of 1 solved" in right
    assert "0 of 1 solved" in wrong
    assert "That is the sum over the batch." in wrong
    assert "Traceback" not in right + wrong


RECORDING = """
import importlib
for stem in {stems}:
    importlib.import_module(stem)
CONSTANTS = {constants}

def nll(input, target):
    with open({log!r}, "a") as file:
        file.write(repr((input.tolist(), target.tolist())) + chr(10))
    return -input[range(len(target)), target].mean()
"""


def test_the_inputs_of_a_kata_are_the_same_whatever_else_is_loaded(tmp_path: Path) -> None:
    """Alone, and beside all other katas and many constants."""
    answers = write_answers(tmp_path / "answers")
    for path in catalog.SOLUTIONS.glob("k*.py"):
        (answers / path.name).write_bytes(path.read_bytes())
    others = [stem for stem in catalog.stems() if stem != "k08_nll"]
    constants = [b"\xc8" * length for length in range(1, 31)]  # as long as what is drawn
    inputs = []
    for name, stems, numbers in (("alone", [], []), ("all", others, constants)):
        log = tmp_path / name
        text = RECORDING.format(stems=stems, constants=numbers, log=str(log))
        write_answers(answers, k08_nll=text)
        assert run_pytest("katas/k08_nll.py", "--answers", answers).code == 0
        inputs.append(sorted(log.read_text(encoding="utf-8").splitlines()))
    assert len(inputs[0]) > 50
    assert inputs[0] == inputs[1]
