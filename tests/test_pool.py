"""The parent's side of the sandbox: the queue, a group's reports, and how children end."""

import mmap
import os
import select
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.harness import catalog, limits
from tests.harness.checker.collection import Kata
from tests.harness.checker.explain import Ending, Reason
from tests.harness.checker.items import SelfRunningItem
from tests.harness.checker.sandbox import group as group_module
from tests.harness.checker.sandbox import handle as handle_module
from tests.harness.checker.sandbox import isolation, pool, processes
from tests.harness.checker.sandbox.group import Group, TestQueue
from tests.harness.checker.sandbox.handle import ChildHandle
from tests.harness.checker.sandbox.messages import Begin, Broken, End, Preliminary, encode
from tests.harness.checker.sandbox.pool import Pool
from tests.harness.checker.verdict import of_report
from tests.harness.kit.expect import Kind
from tests.harness.kit.progress import RETURNED

pytestmark = pytest.mark.skipif(not isolation.POSSIBLE, reason="there is no fork here")

GARBAGE = [b"nonsense\n", b"5\n", b'{"type": "Begin", "test": "a", "seconds": "x"}\n']


# The queue.


def test_a_queue_yields_each_number_once() -> None:
    queue = TestQueue(300)
    one, other = queue.take(), queue.take()
    taken = [next(one), next(other), next(one), *other]
    assert taken == list(range(300))
    assert list(one) == []
    queue.close()


def test_a_drained_queue_is_empty() -> None:
    queue = TestQueue(5000)
    assert next(queue.take()) == 0
    queue.drain()
    assert list(queue.take()) == []
    queue.close()


def test_children_share_a_queue() -> None:
    queue = TestQueue(50)
    mine: list[int] = []
    theirs = processes.call_in_fork(lambda: [next(queue.take()) for _ in range(20)], 5)
    mine = list(queue.take())
    assert sorted(theirs + mine) == list(range(50))
    assert len(theirs) == 20
    queue.close()


# One child, as its parent knows it.


@contextmanager
def child(function: Callable[[socket.socket], None], **options: Any) -> Iterator[ChildHandle]:
    """Fork a process that calls a function on its end of the socket, and then exits."""
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryFile() as stack:
        pid = processes.fork()
        if pid == 0:
            try:
                os.setsid()
                ours.close()
                function(theirs)
            finally:
                os._exit(0)
        theirs.close()
        handle = ChildHandle(pid, ours, stack, **options)
        try:
            yield handle
        finally:
            handle.end()


def heard(handle: ChildHandle, seconds: float = 10) -> list[Any]:
    """Listen to a child until it has ended; return its messages."""
    received: list[Any] = []
    deadline = time.monotonic() + seconds
    while handle.ending is None and time.monotonic() < deadline:
        received += handle.listen(ready=True)
        time.sleep(0.001)
    return received


def ending_of(function: Callable[[socket.socket], None], **options: Any) -> Ending:
    with child(function, **options) as handle:
        pid = handle.pid
        heard(handle)
    with pytest.raises(OSError, match=r"."):
        os.kill(pid, 0)  # there is no such process any more
    assert handle.ending is not None
    return handle.ending


def test_a_child_that_has_run_out_of_tests_ends_regularly() -> None:
    with child(lambda connection: connection.sendall(encode(Begin("a", 5)))) as handle:
        assert heard(handle) == [Begin("a", 5)]
    assert handle.ending == Ending(Reason.EXIT, "0")
    assert handle.ending.is_regular
    assert handle.current_test == "a"


def test_what_a_child_sends_before_it_exits_arrives() -> None:
    """Much of it, and however it is cut into pieces."""
    sent = [End(f"t{i}", [{"text": "x" * 5000}]) for i in range(100)]

    def send(connection: socket.socket) -> None:
        text = b"".join(map(encode, sent))
        for start in range(0, len(text), 7777):
            connection.sendall(text[start : start + 7777])

    with child(send) as handle:
        assert heard(handle) == sent


def test_the_exit_code_is_noted() -> None:
    assert ending_of(lambda _: os._exit(5)) == Ending(Reason.EXIT, "5")


def test_the_signal_is_noted() -> None:
    ending = ending_of(lambda _: os.kill(os.getpid(), signal.SIGKILL))
    assert ending == Ending(Reason.EXIT, "-9")


def test_a_test_that_takes_too_long_is_ended() -> None:
    def hang(connection: socket.socket) -> None:
        connection.sendall(encode(Begin("a", 0.2)))
        time.sleep(60)

    assert ending_of(hang) == Ending(Reason.TIMEOUT, "0.2")


def test_a_test_in_which_calls_return_is_slow() -> None:
    memory = memoryview(mmap.mmap(-1, 16)).cast("d")

    def be_slow(connection: socket.socket) -> None:
        RETURNED.share(memory)
        RETURNED.note()  # before the test
        connection.sendall(encode(Begin("a", 0.4)))
        while True:
            time.sleep(0.05)
            RETURNED.note()

    def hang_in_the_second_call(connection: socket.socket) -> None:
        connection.sendall(encode(Begin("a", 0.4)))
        RETURNED.share(memory)
        RETURNED.note()
        time.sleep(60)

    ending = ending_of(be_slow, returned=memory)
    assert ending == Ending(Reason.TIMEOUT, "0.4", ending.calls)
    assert 2 <= ending.calls <= 9
    assert ending_of(hang_in_the_second_call, returned=memory).calls == 0


def test_silence_between_tests_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BETWEEN_TESTS_SECONDS", 0.2)

    def be_silent(connection: socket.socket) -> None:
        connection.sendall(encode(Begin("a", 60)) + encode(End("a", [])))
        time.sleep(60)

    assert ending_of(be_silent) == Ending(Reason.TIMEOUT, "0.2")


def test_a_full_folder_ends_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FOLDER_FILES", 3)

    def write(_: socket.socket) -> None:
        for number in range(5):
            (tmp_path / str(number)).touch()
        time.sleep(60)

    monkeypatch.setattr(limits, "DISK_CHECK_SECONDS", 0.01)
    assert ending_of(write, temp_dir=str(tmp_path)) == Ending(Reason.DISK)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_bad_message_ends_the_child(garbage: bytes) -> None:
    def send(connection: socket.socket) -> None:
        connection.sendall(encode(Begin("a", 60)) + garbage + encode(End("a", [])))
        time.sleep(60)

    with child(send) as handle:
        assert heard(handle) == [Begin("a", 60)]
    assert handle.ending == Ending(Reason.BAD_MESSAGE)


def test_a_child_that_cannot_go_on_says_why() -> None:
    def send(connection: socket.socket) -> None:
        connection.sendall(encode(Broken("it changed `os.read`")))
        time.sleep(60)

    assert ending_of(send) == Ending(Reason.BROKEN, "it changed `os.read`")


def test_a_child_that_closes_its_socket_and_goes_on_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handle_module, "EXIT_SECONDS", 0.05)

    def close(connection: socket.socket) -> None:
        connection.close()
        time.sleep(60)

    assert ending_of(close) == Ending(Reason.CLOSED)


def test_the_first_ending_is_kept() -> None:
    with child(lambda _: time.sleep(60)) as handle:
        handle.end(Ending(Reason.DISK))
        handle.end(Ending(Reason.CLOSED))
    assert handle.ending == Ending(Reason.DISK)


def test_ending_a_child_ends_its_session() -> None:
    """What it has started ends too."""
    readable, writable = os.pipe()

    def start_another(connection: socket.socket) -> None:
        os.close(readable)
        if os.fork() == 0:
            time.sleep(60)
        connection.sendall(encode(Begin("a", 60)))
        time.sleep(60)

    with child(start_another) as handle:
        os.close(writable)
        while not handle.current_test:
            handle.listen(ready=True)
        handle.end()
    assert select.select([readable], [], [], 10)[0]  # nobody holds the other end any more
    os.close(readable)


def test_the_line_that_ran_is_read_from_the_stack(tmp_path: Path) -> None:
    path = tmp_path / "k08_nll.py"
    path.write_text("def nll():\n    while True:\n        pass\n", encoding="utf-8")
    with child(lambda _: None) as handle:
        handle._stack.write(f'  File "/x.py", line 3\n  File "{path}", line 2 in nll\n'.encode())
        (row,) = handle.last_line(path)
        assert row.text == "line 2    while True:"
        assert handle.last_line(tmp_path / "k09_accuracy.py") == []


# A group: what is known of its tests.


class FakeChild:
    """A child that sends what it is told to."""

    def __init__(self, *messages: Any, test: str = "", ending: Ending | None = None) -> None:
        self.messages = list(messages)
        self.current_test = test
        self.ending = ending
        self.socket: Any = object()

    def listen(self, *, ready: bool) -> list[Any]:
        """Return the messages once."""
        messages, self.messages = self.messages, []
        for message in messages:
            if isinstance(message, Begin | End):
                self.current_test = message.test if isinstance(message, Begin) else ""
        return messages if ready else []

    def end(self, ending: Ending | None = None) -> None:
        """Note the ending."""
        self.ending = self.ending or ending

    forget = end

    def last_line(self, _: Path) -> list[Any]:
        """There is no stack."""
        return []


class Alone(SelfRunningItem):
    """An item that is a group of its own."""

    def runtest(self) -> None:
        """Do nothing."""


@pytest.fixture
def items(request: pytest.FixtureRequest) -> list[pytest.Item]:
    """The tests of k01, which are not run."""
    path = catalog.KATA_TESTS / "test_k01_download.py"
    kata = Kata.from_parent(request.session, path=path, stem="k01_download")
    return [item for item in kata.collect() if isinstance(item, pytest.Item)]


def group_of(items: list[pytest.Item], *children: FakeChild, kata: bool = True) -> Group:
    group = Group(items, items[0].getparent(Kata) if kata else None)
    group.children = list(children)  # type: ignore[arg-type]
    return group


def listen(group: Group, config: pytest.Config) -> None:
    group.listen(config, [child.socket for child in group.children])


def why(group: Group, item: pytest.Item) -> str:
    (message,) = {v.message for v in map(of_report, group.reports(item)) if v is not None}
    return message


def test_a_group_is_named_by_its_file(items: list[pytest.Item]) -> None:
    names = {Group.name_of(item) for item in items}
    assert names == {"tests/katas/test_k01_download.py"}
    alone = Alone.from_parent(items[0].session, name="x")
    assert Group.name_of(alone) == alone.nodeid


def test_items_are_sorted_by_group(items: list[pytest.Item]) -> None:
    alone = Alone.from_parent(items[0].session, name="x")
    groups = isolation.groups_of([items[0], alone, items[1]])
    assert [group.items for group in groups.values()] == [items[:2], [alone]]
    assert [group.kata is not None for group in groups.values()] == [True, False]


def test_reports_are_kept_by_test(items: list[pytest.Item], pytestconfig: pytest.Config) -> None:
    one, other = items[0], items[1]
    first = FakeChild(Begin(one.nodeid, 1), Preliminary(one.nodeid, []), End(one.nodeid, []))
    group = group_of([one, other], first)
    listen(group, pytestconfig)
    assert group.has_ended(one)
    assert not group.has_ended(other)
    assert (group.started, group.done, group.over) == (1, False, False)
    first.messages = [End(other.nodeid, [])]
    listen(group, pytestconfig)
    assert group.done


def test_reports_that_are_none_end_the_child(
    items: list[pytest.Item], pytestconfig: pytest.Config
) -> None:
    first = FakeChild(End(items[0].nodeid, [{}]))
    group = group_of(items, first)
    listen(group, pytestconfig)
    assert first.ending == Ending(Reason.BAD_MESSAGE)
    assert not group.has_ended(items[0])
    assert why(group, items[0]) == "The answer ended the check before it was done."


def test_a_test_that_goes_on_counts_once(
    items: list[pytest.Item], pytestconfig: pytest.Config
) -> None:
    """It begins again, with more time, when its diagnosis begins."""
    test = items[0].nodeid
    group = group_of(items, FakeChild(Begin(test, 1)))
    listen(group, pytestconfig)
    group.children[0].messages = [Begin(test, 9)]  # type: ignore[attr-defined]
    listen(group, pytestconfig)
    assert group.started == 1


def test_what_is_left_is_what_one_more_child_could_take(items: list[pytest.Item]) -> None:
    group = group_of(items[:4], FakeChild())
    assert group.left == 4
    group.started = 2
    assert group.left == 2
    group.started = 3
    assert group.left == 0  # for one test alone it is not worth a fork
    group.started = 0
    group.children[0].ending = Ending(Reason.EXIT, "0")
    assert group.left == 0
    assert group.over


def test_tests_with_a_common_fixture_are_not_shared(
    items: list[pytest.Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a kata are: its fixture is the answer, which each child has to load anyway."""
    monkeypatch.setattr(group_module, "has_module_fixtures", lambda item: item is items[1])
    assert group_of(items[:3], FakeChild(), kata=False).left == 0
    assert group_of(items[2:], FakeChild(), kata=False).left == len(items) - 2
    assert group_of(items[:3], FakeChild()).left == 3


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (Ending(Reason.TIMEOUT, "2"), "It did not come to an end within 2 seconds."),
        (Ending(Reason.EXIT, "3"), "The answer ended Python with exit code 3."),
        (Ending(Reason.EXIT, "-11"), "The answer crashed Python (SIGSEGV)."),
    ],
)
def test_the_test_that_ran_is_told_how_its_child_ended(
    ending: Ending, said: str, items: list[pytest.Item]
) -> None:
    group = group_of(items, FakeChild(test=items[1].nodeid, ending=ending))
    assert why(group, items[0]).startswith("Not run: ")
    assert why(group, items[1]).startswith(said)
    assert why(group, items[2]).startswith("Not run: ")
    kinds = [of_report(group.reports(item)[1]) for item in items[:2]]
    assert [verdict and verdict.kind for verdict in kinds] == [Kind.NOT_RUN, Kind.ENDED]


def test_between_two_tests_the_ending_is_told_once(items: list[pytest.Item]) -> None:
    """By a child that has ended so, not by one that has run out of tests."""
    regular = FakeChild(ending=Ending(Reason.EXIT, "0"))
    group = group_of(items, regular, FakeChild(ending=Ending(Reason.EXIT, "7")))
    assert why(group, items[0]) == "The answer ended Python with exit code 7."
    assert why(group, items[1]).startswith("Not run: ")


def test_of_a_test_of_the_repository_no_answer_is_blamed(items: list[pytest.Item]) -> None:
    ending = Ending(Reason.BROKEN, "Exit: why")
    group = group_of(items, FakeChild(test=items[0].nodeid, ending=ending), kata=False)
    (_, report, _) = group.reports(items[0])
    assert report.longreprtext == "The test ended the check from within: Exit: why."


@pytest.mark.parametrize(("kata", "test", "cancelled"), [
    (True, "", True), (True, "t", True), (False, "t", True), (False, "", False),
])  # fmt: skip
def test_after_an_ending_the_rest_is_cancelled(
    kata: bool, test: str, cancelled: bool, items: list[pytest.Item], pytestconfig: pytest.Config
) -> None:
    """Except tests of the repository, of which each stands alone, if none was running."""
    first = FakeChild(test=test)
    group = group_of(items, first, kata=kata)
    group.queue = TestQueue(3)
    first.listen = lambda *, ready: first.end(Ending(Reason.EXIT, "1")) or []  # type: ignore[method-assign,func-returns-value]
    listen(group, pytestconfig)
    assert (list(group.queue.take()) == []) is cancelled
    group.end()


def test_a_group_leaves_no_folder(items: list[pytest.Item]) -> None:
    group = group_of(items)
    group.prepare()
    folder = Path(group.temp_dir)
    (folder / "file").touch()
    assert group.queue is not None
    group.end()
    assert not folder.exists()
    assert group.queue is None


# The pool.


class Forkless(Pool):
    """A pool that forks no children."""

    def _fork(self, group: Group) -> None:
        group.children.append(FakeChild())  # type: ignore[arg-type]


@pytest.fixture
def groups(items: list[pytest.Item]) -> list[Group]:
    """Groups of three, five and one test."""
    return [group_of(items[:count]) for count in (3, 5, 1)]


def pool_of(groups: list[Group], jobs: int, monkeypatch: pytest.MonkeyPatch) -> Forkless:
    config: Any = type("Config", (), {"option": type("Option", (), {"jobs": jobs})})
    monkeypatch.setattr(pool, "CORES", 8)
    forkless = Forkless(config)
    forkless.waiting = list(groups)
    return forkless


def test_as_many_groups_run_as_there_are_jobs(
    groups: list[Group], monkeypatch: pytest.MonkeyPatch
) -> None:
    forkless = pool_of(groups, 2, monkeypatch)
    forkless.fill_up()
    assert forkless.running == groups[:2]
    assert [len(group.children) for group in groups] == [1, 1, 0]
    groups[0].children[0].ending = Ending(Reason.EXIT, "0")
    forkless.fill_up()
    assert forkless.waiting == []
    forkless.end_all()


def test_when_none_waits_the_largest_group_gets_more_children(
    groups: list[Group], monkeypatch: pytest.MonkeyPatch
) -> None:
    forkless = pool_of(groups, 5, monkeypatch)
    forkless.fill_up()
    assert [len(group.children) for group in groups] == [1, 3, 1]
    forkless.end_all()
    assert forkless.running == []
    assert all(group.children == [] for group in groups)


def test_there_are_no_more_children_of_a_group_than_cores(
    groups: list[Group], monkeypatch: pytest.MonkeyPatch
) -> None:
    forkless = pool_of(groups[1:2], 5, monkeypatch)
    monkeypatch.setattr(pool, "CORES", 2)
    forkless.fill_up()
    assert len(groups[1].children) == 2
    forkless.end_all()


def test_a_group_that_is_asked_for_does_not_wait(
    groups: list[Group], monkeypatch: pytest.MonkeyPatch
) -> None:
    forkless = pool_of(groups, 1, monkeypatch)
    forkless.fill_up()
    forkless.start(groups[2])
    assert forkless.running == [groups[0], groups[2]]
    assert forkless.waiting == [groups[1]]
    forkless.end_all()
    assert forkless.waiting == []
