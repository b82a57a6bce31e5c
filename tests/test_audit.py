"""What an answer may not reach is refused, explained, and reported though it is swallowed."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog, limits
from tests.harness.checker.sandbox import audit, isolation
from tests.harness.checker.sandbox.audit import READS_SOLUTION, AuditHook
from tests.harness.checker.sandbox.processes import call_in_fork
from tests.harness.kit.expect import Kind

pytestmark = pytest.mark.skipif(not isolation.POSSIBLE, reason="there is no fork here")

lists_processes = pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc")

WRITES = "The answer writes where answers or tests lie."
SIGNALS = "The answer sends a signal to a process that it has not started."
STARTS = "The answer has started more than"
ASKS = "The answer asks for the host"
# What was raised, and how the first refusal begins.
ALLOWED = ["", ""]
SILENT = ["PermissionError", ""]  # nothing is reported: libraries try it, and go on without

Action = Callable[[], object]


class Course:
    """A small repository, and an answer in a folder beside it."""

    def __init__(self, root: Path) -> None:
        for folder in ("katas", "solutions", "tests/alternatives", ".git", "answers", "elsewhere"):
            (root / folder).mkdir(parents=True)
        for path in ("katas/k08_nll.py", "solutions/k08_nll.py", "tests/alternatives/k08_nll.py"):
            (root / path).write_text("TEXT = 1\n", encoding="utf-8")
        self.root = root
        self.solution = root / "solutions/k08_nll.py"
        self.elsewhere = root / "elsewhere"
        self.answer = root / "answers/k08_nll.py"
        self.answer.write_text("TEXT = 1\n", encoding="utf-8")

    def tried(
        self,
        action: Action,
        *,
        may_read_solutions: bool = False,
        network: bool = False,
        answer: Path | None = None,
    ) -> list[str]:
        """Try something under the hook, in a fork: a hook cannot be removed."""

        def under_the_hook() -> list[str]:
            hook = AuditHook(
                answer or self.answer, may_read_solutions=may_read_solutions, network=network
            )
            hook.install()
            raised = ""
            try:
                action()
            except Exception as error:
                raised = type(error).__name__
            refusal = hook.refusal()
            assert refusal is None or refusal.kind is Kind.REFUSED
            return [raised, refusal.why if refusal else ""]

        result: list[str] = call_in_fork(under_the_hook, 10)
        return result


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Let the catalog mean a small repository."""
    course = Course(tmp_path / "course")
    for name in ("katas", "solutions", "tests"):
        monkeypatch.setattr(catalog, name.upper(), course.root / name)
    monkeypatch.setattr(catalog, "ALTERNATIVES", course.root / "tests/alternatives")
    monkeypatch.setattr(catalog, "ROOT", course.root)
    return course


def is_refused(result: list[str], why: str) -> bool:
    return result[0] == "Refused" and result[1].startswith(why)


# Reading.


@pytest.mark.parametrize("folder", ["solutions", "tests/alternatives"])
def test_a_reference_answer_is_not_read(folder: str, course: Course) -> None:
    path = course.root / folder / "k08_nll.py"
    assert is_refused(course.tried(path.read_text), READS_SOLUTION)
    assert is_refused(course.tried(lambda: os.open(path, os.O_RDONLY)), READS_SOLUTION)
    assert is_refused(course.tried(lambda: os.open(os.fsencode(path), 0)), READS_SOLUTION)


def test_a_reference_answer_is_known_by_what_it_is(course: Course) -> None:
    """By a link, by another name of the same file, by a path relative to another folder."""
    link, name = course.elsewhere / "link.txt", course.elsewhere / "name.txt"
    link.symlink_to(course.solution)
    os.link(course.solution, name)
    for path in (link, name, course.elsewhere / "../solutions/../solutions/k08_nll.py"):
        assert is_refused(course.tried(path.read_text), READS_SOLUTION)

    def from_within() -> str:
        os.chdir(course.solution.parent)
        return Path("k08_nll.py").read_text(encoding="utf-8")

    assert is_refused(course.tried(from_within), READS_SOLUTION)


def test_a_program_that_reads_a_reference_answer_is_not_started(course: Course) -> None:
    for command in ("cat solutions/k08_nll.py", "python -m solutions.k08_nll"):
        assert is_refused(course.tried(lambda c=command: os.system(c)), READS_SOLUTION)  # type: ignore[misc]
        run = [*command.split()]
        assert is_refused(course.tried(lambda r=run: subprocess.run(r)), READS_SOLUTION)  # type: ignore[misc]


def test_other_files_are_read(course: Course) -> None:
    for path in (course.root / "katas/k08_nll.py", course.answer, Path(__file__)):
        assert course.tried(path.read_text) == ALLOWED
    assert course.tried(lambda: Path("/no/such/file").exists()) == ALLOWED
    assert course.tried(lambda: Path("/no/such/file").read_text(encoding="utf-8")) == [
        "FileNotFoundError",
        "",
    ]


def test_reference_answers_are_read_where_they_may(course: Course) -> None:
    assert course.tried(course.solution.read_text, may_read_solutions=True) == ALLOWED
    assert course.tried(course.solution.read_text, answer=course.solution) == ALLOWED
    assert course.tried(lambda: os.close(os.open(os.devnull, os.O_RDONLY))) == ALLOWED


def test_reading_can_be_allowed_later(course: Course) -> None:
    def read_twice() -> list[str]:
        hook = AuditHook(course.answer, may_read_solutions=False, network=False)
        hook.install()
        try:
            course.solution.read_text(encoding="utf-8")
        except PermissionError:
            hook.allow_solutions()
        return [course.solution.read_text(encoding="utf-8")]

    assert call_in_fork(read_twice, 10) == ["TEXT = 1\n"]


# Writing.


@pytest.mark.parametrize("folder", ["katas", "solutions", "tests/alternatives", ".git", "answers"])
def test_nothing_is_written_where_answers_and_tests_lie(folder: str, course: Course) -> None:
    path, old = course.root / folder / "new.txt", course.root / folder / "old.txt"
    old.touch()
    below = path.with_suffix("")
    writes: list[Action] = [
        lambda: path.write_text("x", encoding="utf-8"),
        lambda: old.open("a"),
        lambda: os.open(path, os.O_CREAT),
        lambda: os.open(old, os.O_TRUNC),
        below.mkdir,
        lambda: path.symlink_to("/etc"),
        lambda: os.rename(course.elsewhere, below),
        lambda: os.replace(old, course.elsewhere / "old.txt"),
        lambda: os.link(course.answer, path),
        old.unlink,
        lambda: old.chmod(0o777),
        lambda: os.truncate(old, 0),
    ]
    for write in writes:
        assert is_refused(course.tried(write, may_read_solutions=True), WRITES)
    assert old.exists()
    assert not os.path.lexists(path)
    assert not below.exists()


@lists_processes
def test_nor_by_a_link_nor_relative_to_an_open_folder(course: Course) -> None:
    (course.elsewhere / "folder").symlink_to(course.root / "katas")
    (course.elsewhere / "file").symlink_to(course.root / "katas/k08_nll.py")
    folder = os.open(course.root / "katas", os.O_RDONLY)
    writes: list[Action] = [
        lambda: (course.elsewhere / "folder/new.txt").touch(),
        lambda: (course.elsewhere / "folder/k08_nll.py").unlink(),
        lambda: (course.elsewhere / "file").write_text("x", encoding="utf-8"),
        lambda: os.remove("k08_nll.py", dir_fd=folder),
        lambda: os.mkdir("new", dir_fd=folder),
        lambda: os.rename(course.answer, "k08_nll.py", dst_dir_fd=folder),
    ]
    for write in writes:
        assert is_refused(course.tried(write), WRITES)
    os.close(folder)
    assert (course.root / "katas/k08_nll.py").read_text(encoding="utf-8") == "TEXT = 1\n"


def test_folders_above_are_not_taken_away(course: Course) -> None:
    for folder in (course.answer.parent, course.root):
        assert is_refused(course.tried(lambda f=folder: f.rename("/tmp/x")), WRITES)  # type: ignore[misc]
        assert is_refused(course.tried(folder.rmdir), WRITES)


def test_files_elsewhere_are_written(course: Course) -> None:
    path, below = course.elsewhere / "file.txt", course.elsewhere / "folder"
    link = course.elsewhere / "link"
    link.symlink_to(course.root / "katas")

    def write() -> None:
        below.mkdir()
        path.write_text("x", encoding="utf-8")
        path.chmod(0o600)
        os.truncate(path, 0)
        path.rename(below / "file.txt")
        link.unlink()  # the link, and not what it leads to
        (below / "file.txt").unlink()
        below.rmdir()

    assert course.tried(write) == ALLOWED
    assert (course.root / "katas/k08_nll.py").exists()


def test_a_cache_of_bytecode_is_left_out_silently(course: Course) -> None:
    folder = course.root / "katas/__pycache__"
    assert course.tried(folder.mkdir) == SILENT
    assert course.tried(lambda: (folder / "x.pyc").write_bytes(b"")) == SILENT


# Processes.


def test_no_signal_is_sent_to_others(course: Course) -> None:
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as other:
        signals: list[Action] = [
            lambda: os.kill(other.pid, signal.SIGKILL),
            lambda: os.killpg(other.pid, signal.SIGTERM),
            lambda: os.kill(-other.pid, signal.SIGTERM),
            lambda: sys.audit("os.kill", -1, signal.SIGCONT),  # to everybody
        ]
        for send in signals:
            assert is_refused(course.tried(send), SIGNALS)
        assert course.tried(lambda: os.kill(other.pid, 0)) == ALLOWED  # asks whether it is there
        assert other.poll() is None
        other.communicate(b"\n")


def test_signals_are_sent_to_what_it_has_started(course: Course) -> None:
    def start_and_kill() -> None:
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as own:
            own.kill()

    assert course.tried(start_and_kill) == ALLOWED
    assert course.tried(lambda: os.kill(999_999_999, signal.SIGTERM)) == ["ProcessLookupError", ""]


@lists_processes
def test_processes_are_counted(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> None:
        if os.fork() == 0:
            os._exit(0)

    assert course.tried(fork) == ALLOWED
    monkeypatch.setattr(limits, "PROCESSES", 0)
    starts: list[Action] = [fork, lambda: os.system("true"), lambda: subprocess.run(["true"])]
    for start in starts:
        assert is_refused(course.tried(start), STARTS)


@lists_processes
def test_the_processes_of_this_session_are_counted() -> None:
    before = audit._processes()
    assert before >= 1
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as own:
        assert audit._processes() == before + 1
        own.communicate(b"\n")


# The network.

OTHERS: dict[str, Action] = {
    "connect": lambda: socket.socket().connect(("192.0.2.1", 80)),
    "bind": lambda: socket.socket().bind(("192.0.2.1", 0)),
    "sendto": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 80)),
    "getaddrinfo": lambda: socket.getaddrinfo("example.invalid", 80),
    "getaddrinfo in bytes": lambda: socket.getaddrinfo(b"example.invalid", 80),
    "gethostbyname": lambda: socket.gethostbyname("example.invalid"),
}


@pytest.mark.parametrize("how", OTHERS)
def test_no_other_host_is_reached(how: str, course: Course) -> None:
    without, with_network = (course.tried(OTHERS[how], network=on) for on in (False, True))
    assert is_refused(without, ASKS)
    assert without[1].endswith("This kata needs no network, and gets none.")
    assert is_refused(with_network, ASKS)
    assert with_network[1].endswith("the tests serve what is there.")
    assert ("192.0.2.1" in without[1]) or ("example.invalid" in without[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_reached_where_a_kata_needs_it(host: str, course: Course) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def connect() -> None:
            socket.create_connection((host, port), timeout=5).close()

        assert course.tried(connect, network=True) == ALLOWED
        assert course.tried(connect) == SILENT  # importing `requests` tries this too


def test_sockets_within_a_process_are_free(course: Course) -> None:
    assert course.tried(socket.socketpair) == ALLOWED
    path = str(course.elsewhere / "socket")
    assert course.tried(lambda: socket.socket(socket.AF_UNIX).bind(path)) == ALLOWED


# What is reported.


def test_what_is_swallowed_is_reported_all_the_same(course: Course) -> None:
    assert course.tried(lambda: suppressed(course.solution.read_text)) == ["", READS_SOLUTION]


def test_what_a_thread_does_is_reported(course: Course) -> None:
    def in_thread() -> None:
        thread = threading.Thread(target=lambda: suppressed(course.solution.read_text))
        thread.start()
        thread.join()

    assert course.tried(in_thread) == ["", READS_SOLUTION]


def suppressed(action: Action) -> None:
    with contextlib.suppress(PermissionError):
        action()


def test_the_first_refusal_is_reported_and_each_once(course: Course) -> None:
    def refusals() -> list[Any]:
        hook = AuditHook(course.answer, may_read_solutions=False, network=False)
        hook.install()
        before = hook.refusal()
        suppressed(course.solution.read_text)
        suppressed(lambda: course.answer.write_text("", encoding="utf-8"))
        return [r.why if r else None for r in (before, hook.refusal(), hook.refusal())]

    assert call_in_fork(refusals, 10) == [None, READS_SOLUTION, None]


def test_the_line_of_the_answer_is_shown(course: Course) -> None:
    text = f"def nll():\n    x = 1\n    return open({str(course.solution)!r})\n"
    course.answer.write_text(text, encoding="utf-8")

    def rows() -> list[str]:
        hook = AuditHook(course.answer, may_read_solutions=False, network=False)
        names: dict[str, Any] = {}
        exec(compile(text, str(course.answer), "exec"), names)
        hook.install()
        suppressed(names["nll"])
        refusal = hook.refusal()
        assert refusal is not None
        return [row.text for row in refusal.rows]

    (row,) = call_in_fork(rows, 10)
    assert row.startswith("line 3    return open(")
