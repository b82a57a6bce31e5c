"""Forks return what they compute; what they leave running is killed; limits hold."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.harness import limits
from tests.harness.checker.sandbox import isolation, processes
from tests.harness.checker.sandbox.processes import call_in_fork

pytestmark = pytest.mark.skipif(not isolation.POSSIBLE, reason="there is no fork here")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can do this")

SOON = 10  # seconds, on a busy machine

# Starts a process in a session of its own, and leaves it.
LEAVE = """
import subprocess
own = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, start_new_session=True)
print(own.pid)
"""


def is_running(pid: int) -> bool:
    """Whether there is such a process that is not only waiting to be taken note of."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with contextlib.suppress(OSError):
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return True


def ends(pid: int) -> bool:
    """Whether a process ends soon."""
    deadline = time.monotonic() + SOON
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.001)
    return not is_running(pid)


# Calling in a fork.


@pytest.mark.parametrize(
    "value", [1, None, pytest.param("x" * 200_000, id="long"), {"a": [1, "ü", None]}]
)
def test_a_fork_returns_what_its_function_does(value: object) -> None:
    assert call_in_fork(lambda: value, SOON) == value


def test_a_fork_changes_nothing_here() -> None:
    found = [1]
    assert call_in_fork(lambda: found.append(2) or found, SOON) == [1, 2]  # type: ignore[func-returns-value]
    assert found == [1]


def test_a_function_that_fails_returns_nothing() -> None:
    assert call_in_fork(lambda: 1 / 0, SOON) is None
    assert call_in_fork(lambda: object(), SOON) is None  # JSON cannot hold it
    assert call_in_fork(sys.exit, SOON) is None
    assert call_in_fork(lambda: os._exit(3), SOON) is None
    assert call_in_fork(lambda: os.kill(os.getpid(), signal.SIGKILL), SOON) is None


def test_a_function_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    def hang() -> None:
        (tmp_path / "pid").write_text(str(os.getpid()), encoding="utf-8")
        time.sleep(60)

    begun = time.monotonic()
    assert call_in_fork(hang, 0.1) is None
    assert time.monotonic() - begun < SOON
    assert not is_running(int((tmp_path / "pid").read_text(encoding="utf-8")))


def test_what_a_function_prints_is_not_its_result(capfd: pytest.CaptureFixture[str]) -> None:
    def chat() -> int:
        os.write(1, b"one")
        os.write(2, b"two")
        return 5

    assert call_in_fork(chat, SOON) == 5
    assert capfd.readouterr() == ("", "")


# Ending processes.


def test_an_exit_status_is_taken_once() -> None:
    pid = processes.fork()
    if pid == 0:
        os._exit(5)
    assert pid in processes._forked
    assert ends(pid)
    status = processes.exit_status(pid)
    assert status is not None
    assert os.waitstatus_to_exitcode(status) == 5
    assert pid not in processes._forked
    processes.kill(pid)  # it is gone, and that is no error


def test_a_process_that_runs_has_no_exit_status() -> None:
    pid = processes.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    assert processes.exit_status(pid) is None
    processes.kill(pid)
    assert not is_running(pid)
    assert pid not in processes._forked


def test_a_fork_knows_no_children_of_its_parent() -> None:
    pid = processes.fork()
    if pid == 0:
        os._exit(len(processes._forked))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    processes._forked.discard(pid)


@on_linux
def test_a_fork_dies_with_its_parent(tmp_path: Path) -> None:
    def fork_and_exit() -> int:
        ready, set_up = os.pipe()
        pid = processes.fork()
        if pid == 0:
            processes.die_with_parent()
            os.write(set_up, b"x")
            time.sleep(60)
            os._exit(0)
        os.read(ready, 1)
        return pid

    assert ends(call_in_fork(fork_and_exit, SOON))


@on_linux
def test_orphans_are_adopted_and_killed() -> None:
    """Those that a child leaves, and not what this process has started itself."""

    def adopt_and_kill() -> list[bool]:
        own = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        processes.adopt_orphans()
        forked = processes.fork()
        if forked == 0:
            time.sleep(60)
            os._exit(0)
        done = subprocess.run([sys.executable, "-c", LEAVE], stdout=subprocess.PIPE, check=True)
        orphan = int(done.stdout)
        before = is_running(orphan)
        processes.kill_orphans()
        found = [before, is_running(orphan), is_running(forked), is_running(own.pid)]
        own.kill()
        processes.kill(forked)
        return found

    assert call_in_fork(adopt_and_kill, SOON) == [True, False, True, True]


@on_linux
def test_children_are_listed() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as own:
        assert own.pid in processes._children()
        own.communicate(b"\n")
    assert own.pid not in processes._children()


# Limits.


@on_linux
def test_memory_is_limited_beyond_what_is_there() -> None:
    def take(much: int) -> str:
        processes.limit_resources(memory=100 * limits.MB)
        try:
            return f"took {len(bytearray(much * limits.MB))}"
        except MemoryError:
            return "refused"

    assert call_in_fork(lambda: take(50), SOON) == f"took {50 * limits.MB}"
    assert call_in_fork(lambda: take(150), SOON) == "refused"


def test_the_size_of_a_file_is_limited(tmp_path: Path) -> None:
    def write(size: int) -> str:
        processes.limit_resources(file=1000)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            (tmp_path / "file").write_bytes(b"x" * size)
        except OSError as error:
            return type(error).__name__
        return "written"

    assert call_in_fork(lambda: write(1000), SOON) == "written"
    assert call_in_fork(lambda: write(1001), SOON) == "OSError"


def test_no_core_is_written_and_limits_are_set_once() -> None:
    import resource  # Windows has none

    def limit_twice() -> list[list[int]]:
        processes.limit_resources(file=1000)
        processes.limit_resources(file=5000)  # refused, unless by right of root, and no error
        both = resource.RLIMIT_CORE, resource.RLIMIT_FSIZE
        return [list(resource.getrlimit(which)) for which in both]

    core, (size, _) = call_in_fork(limit_twice, SOON)
    assert core == [0, 0]
    assert size in (1000, 5000)


@pytest.mark.parametrize(
    ("files", "size", "full"), [(3, 0, False), (4, 0, True), (1, 60_000, False), (1, 90_000, True)]
)
def test_a_folder_is_full_of_files_or_of_bytes(
    files: int, size: int, full: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FOLDER_FILES", 4)
    monkeypatch.setattr(limits, "FOLDER_BYTES", 75_000)
    below = tmp_path / "below"
    below.mkdir()  # counts as well
    for number in range(files):
        (below / str(number)).write_bytes(b"x" * size)
    assert processes.is_full(str(tmp_path)) is full


def test_a_folder_that_is_not_there_is_not_full() -> None:
    assert not processes.is_full("")
    assert not processes.is_full("/no/such/folder")
