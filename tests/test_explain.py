"""Exceptions, crashes and timeouts are explained in words that fit."""

import errno
import linecache
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.harness import limits
from tests.harness.checker.explain import ADVICE, CRASHES, LONGEST_LINE, Ending, Reason, explain
from tests.harness.checker.sandbox import isolation
from tests.harness.kit.expect import Kind, Row, WrongAnswer

LAW = "The loss is the mean over the rows."

Raise = Callable[[BaseException], BaseException]


def caught(call: Callable[[], object]) -> BaseException:
    """Return what a call raises."""
    try:
        call()
    except BaseException as error:
        return error
    raise AssertionError("it raised nothing")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the answer stands."""
    return tmp_path / "k08_nll.py"


@pytest.fixture
def raised_in_answer(path: Path) -> Raise:
    """Return a function that raises an exception in the answer, on its line 2."""
    text = "def nll(error):\n    raise error\n"
    names: dict[str, Any] = {}
    exec(compile(text, str(path), "exec"), names)
    linecache.cache[str(path)] = len(text), None, text.splitlines(keepends=True), str(path)

    return lambda error: caught(lambda: names["nll"](error))


def facts(found: WrongAnswer) -> list[tuple[str, str]]:
    return [(row.label, row.text.strip()) for row in found.rows]


# What an answer raises.


def test_an_exception_is_shown_with_its_line(path: Path, raised_in_answer: Raise) -> None:
    found = explain(raised_in_answer(IndexError("too many indices")), path, LAW)
    assert found.kind is Kind.RAISED
    assert found.why == LAW
    assert facts(found) == [
        ("raised", "IndexError: too many indices"),
        ("", "line 2    raise error"),
    ]


# For each row of ADVICE, exceptions that it is about, and words of what it says.
ADVISED: list[tuple[list[BaseException], str]] = [
    (
        [RuntimeError("Trying to backward through the graph a second time (or directly access")],
        "Compute the loss anew",
    ),
    (
        [
            AttributeError("'NoneType' object has no attribute 'zero_'"),
            TypeError("unsupported operand type(s) for *: 'float' and 'NoneType'"),
        ],
        "makes another tensor, which has none",
    ),
    (
        [
            RuntimeError(
                "a leaf Variable that requires grad is being used in an in-place operation."
            )
        ],
        "make it under `with torch.no_grad():`",
    ),
    (
        [AttributeError("'Mnist_CNN' object has no attribute 'conv1' (an nn.Module)")],
        "set in `__init__`, under this name",
    ),
    (
        [
            EOFError("EOF when reading a line"),
            OSError("pytest: reading from stdin while output is captured! Consider using `-s`."),
        ],
        "Nobody is there to type something in",
    ),
    (
        [
            MemoryError(),
            RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 GB"),
        ],
        "more memory than there is",
    ),
    (
        [
            TypeError("assigned grad expected to be a Tensor or None but got grad of type int"),
            RuntimeError("assigned grad has data of a different size"),
        ],
        "`p.grad = None` clears it",
    ),
    (
        [
            TypeError("'method' object is not iterable"),
            TypeError("'Mnist_Logistic' object is not iterable"),
            TypeError("optimizer can only optimize Tensors, but one of the params is Linear"),
        ],
        "takes `model.parameters()`",
    ),
    (
        [UnicodeDecodeError("utf-8", b"\x80", 0, 1, "invalid start byte")],
        "in binary mode",
    ),
    (
        [TypeError("torch.nn.modules.activation.ReLU is not a Module subclass")],
        "`nn.ReLU()`, with parentheses, makes one",
    ),
    (
        [
            RuntimeError(
                "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: "
                "[28, 28]"
            )
        ],
        "`xb.view(-1, 1, 28, 28)`",
    ),
    (
        [TypeError("iter() returned non-iterator of type 'list'")],
        "With `yield` in it, it is.",
    ),
    (
        [OSError(errno.EFBIG, "File too large"), OSError(errno.ENOSPC, "No space left on device")],
        "more than there is room for",
    ),
    (
        [AttributeError("cannot assign module before Module.__init__() call")],
        "Begin `__init__` with `super().__init__()`.",
    ),
    (
        [NotImplementedError('Module [Net] is missing the required "forward" function')],
        "no method `forward`",
    ),
]  # fmt: skip


def test_each_row_of_advice_is_tried() -> None:
    assert len(ADVISED) == len(ADVICE)
    for (errors, words), (applies, advice) in zip(ADVISED, ADVICE, strict=True):
        assert words in advice
        assert all(applies(error, str(error)) for error in errors)


@pytest.mark.parametrize(
    ("error", "words"), [(error, words) for errors, words in ADVISED for error in errors]
)
def test_a_common_exception_brings_advice(
    error: BaseException, words: str, path: Path, raised_in_answer: Raise
) -> None:
    found = explain(raised_in_answer(error), path, LAW)
    assert words in found.why
    assert found.kind is Kind.RAISED


@pytest.mark.parametrize(
    "error",
    [
        AttributeError("'Tensor' object has no attribute 'nll'"),
        OSError(errno.ENOENT, "No such file or directory"),
        NotImplementedError("later"),
        RuntimeError("shape mismatch"),
        ValueError(),
    ],
)
def test_another_exception_brings_the_law(
    error: BaseException, path: Path, raised_in_answer: Raise
) -> None:
    assert explain(raised_in_answer(error), path, LAW).why == LAW


def test_the_messages_of_torch_are_known() -> None:
    """The words in ADVICE are torch's own, and may change with a release."""
    torch = pytest.importorskip("torch")

    class Late(torch.nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            self.lin = torch.nn.Linear(1, 1)

    leaf = torch.ones(1, requires_grad=True)
    calls: dict[str, Callable[[], object]] = {
        "no_grad": lambda: leaf.add_(1),
        "super().__init__()": Late,
        "method `forward`": lambda: torch.nn.Module()(1),
        "set in `__init__`": lambda: torch.nn.Module().conv1,
    }
    for words, call in calls.items():
        error = caught(call)
        assert words in next(advice for applies, advice in ADVICE if applies(error, str(error)))


# What a test raises.


def test_a_tests_own_verdict_is_kept(path: Path) -> None:
    error = WrongAnswer("No.", rows=[Row("gave", "gave", "1")], kind=Kind.SIGNATURE)
    found = explain(error, path, LAW)
    assert (found.why, found.kind, facts(found)) == ("No.", Kind.SIGNATURE, [("gave", "1")])
    assert explain(WrongAnswer(), path, LAW).why == LAW


def test_a_bare_assertion_is_shown_as_it_stands(path: Path) -> None:
    found = explain(AssertionError("assert 1 == 2\n  where 1 = f()"), path, LAW)
    assert (found.why, facts(found)) == (LAW, [("", "assert 1 == 2")])
    assert facts(explain(AssertionError(), path, LAW)) == []


def test_the_message_of_an_assertion_explains(path: Path) -> None:
    """pytest writes the comparison below it."""
    found = explain(AssertionError("The sum is not 1.\nassert 2 == 1"), path, LAW)
    assert (found.why, facts(found)) == ("The sum is not 1.", [])


def test_another_exception_of_a_test_is_shown_without_a_line(path: Path) -> None:
    found = explain(ValueError("no"), path, LAW)
    assert (found.why, found.kind) == (LAW, Kind.RAISED)
    assert facts(found) == [("raised", "ValueError: no")]


@pytest.mark.parametrize("error", [None, pytest.skip.Exception("no time")])
def test_a_skipped_test_is_not_for_an_answer_to_do(error: BaseException | None, path: Path) -> None:
    assert "skipped" in explain(error, path, LAW).why


# How a message is cut.


def test_two_lines_of_a_message_are_shown(path: Path) -> None:
    error = RuntimeError("one\n\n  two  \nthree")
    assert facts(explain(error, path, LAW)) == [("raised", "RuntimeError: one\ntwo")]


def test_a_long_line_is_cut(path: Path) -> None:
    ((_, text),) = facts(explain(RuntimeError("x" * 500), path, LAW))
    assert text.startswith("RuntimeError: xxx")
    assert text.endswith("x…")
    assert len(text) == LONGEST_LINE
    ((_, text),) = facts(explain(RuntimeError("x" * 100), path, LAW))
    assert text.endswith("x")


def test_notes_of_hypothesis_are_left_out(path: Path) -> None:
    error = ValueError("no")
    error.add_note("Falsifying example: test_x(\n    n=0,\n)")
    assert facts(explain(error, path, LAW)) == [("raised", "ValueError: no")]


def test_temporary_folders_are_shortened(path: Path) -> None:
    error = FileNotFoundError("no /tmp/pytest-of-me/pytest-12/test_x0/data.bin")
    ((_, text),) = facts(explain(error, path, LAW))
    assert text == "FileNotFoundError: no …/data.bin"


def test_an_exception_that_cannot_be_shown_is_named(path: Path, raised_in_answer: Raise) -> None:
    class Unshowable(Exception):
        def __str__(self) -> str:
            raise ValueError

    found = explain(raised_in_answer(Unshowable()), path, LAW)
    assert found.why == LAW
    assert "Unshowable" in facts(found)[0][1]


# What Hypothesis cannot reproduce.


def flaky(*errors: BaseException | None) -> BaseException:
    """Let Hypothesis run a test that ends otherwise each time; return what it raises."""
    endings = list(errors)

    @hypothesis.settings(database=None, max_examples=5, phases=[hypothesis.Phase.generate])
    @hypothesis.given(st.just(0))
    def test(_: int) -> None:
        error = endings.pop(0) if endings else None
        if error is not None:
            raise error

    return caught(test)


def test_an_answer_that_differs_from_call_to_call_is_flaky(path: Path) -> None:
    found = explain(flaky(WrongAnswer("No.")), path, LAW)
    assert found.kind is Kind.FLAKY
    assert found.why.startswith("Called twice with the same arguments")


def test_a_first_failure_that_explains_itself_is_told_instead(
    path: Path, raised_in_answer: Raise
) -> None:
    setting = WrongAnswer("It left grad mode changed.", kind=Kind.SETTING)
    assert explain(flaky(setting), path, LAW).why == "It left grad mode changed."
    error = raised_in_answer(MemoryError())
    found = explain(flaky(error), path, LAW)
    assert found.kind is Kind.RAISED
    assert facts(found)[-1] == ("", "line 2    raise error")


# How a process ended.

ENDINGS = [
    (Ending(Reason.TIMEOUT, "2"), "It did not come to an end within 2 seconds. Is there a loop"),
    (Ending(Reason.TIMEOUT, "0.5"), "It did not come to an end within 0.5 seconds. "),
    (Ending(Reason.BUSY, "2"), "It did not come to an end within 20 seconds, 10 times its limit."),
    (Ending(Reason.DISK), "It filled its temporary folder: more than 1 GB, or 10,000 files."),
    (Ending(Reason.EXIT, "0"), "The answer ended Python with exit code 0."),
    (Ending(Reason.EXIT, "3"), "The answer ended Python with exit code 3."),
    (Ending(Reason.EXIT, "-9"), "The answer killed Python (SIGKILL)."),
    (Ending(Reason.EXIT, "-11"), "The answer crashed Python (SIGSEGV)."),
    (Ending(Reason.EXIT, "-99"), "The answer killed Python (signal 99)."),
    (Ending(Reason.BROKEN, "Exit: why"), "The answer ended the check from within: Exit: why."),
    (Ending(Reason.BAD_MESSAGE), "The answer ended the check before it was done."),
    (Ending(Reason.CLOSED), "The answer ended the check before it was done."),
]


@pytest.mark.parametrize(("ending", "beginning"), ENDINGS)
def test_an_ending_in_words(ending: Ending, beginning: str) -> None:
    if ending.detail.startswith("-") and not isolation.POSSIBLE:
        pytest.skip("there are no such signals here")
    assert ending.sentence("The answer").startswith(beginning)
    other = ending.sentence("The test")
    said = other.removeprefix("The test ").removeprefix("It ")
    assert said.split()[:4] == beginning.removeprefix("The answer ").removeprefix("It ").split()[:4]


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        (0, "within 10 seconds. Is there a loop whose condition never changes?"),
        (7, "within 10 seconds, in which 7 calls of the answer returned."),
    ],
)
def test_slow_is_told_from_endless(calls: int, said: str) -> None:
    sentence = Ending(Reason.TIMEOUT, "10", calls).sentence("The answer")
    assert said in sentence
    assert sentence.startswith("It is slow") == bool(calls)
    assert "`--time-limit=60` gives" in sentence


def test_a_test_of_the_repository_is_given_no_advice() -> None:
    sentence = Ending(Reason.TIMEOUT, "300").sentence("The test")
    assert sentence == "The test did not come to an end within 300 seconds."


def test_every_reason_is_tried() -> None:
    assert {ending.reason for ending, _ in ENDINGS} == set(Reason)


def test_the_limits_are_those_that_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FOLDER_BYTES", 3 * limits.GB)
    monkeypatch.setattr(limits, "FOLDER_FILES", 5)
    assert Ending(Reason.DISK).sentence("").endswith("more than 3 GB, or 5 files.")


@pytest.mark.skipif(not isolation.POSSIBLE, reason="there are no such signals here")
@pytest.mark.parametrize("name", CRASHES)
def test_a_crash_is_not_a_kill(name: str) -> None:
    ending = Ending(Reason.EXIT, str(-getattr(signal, name)))
    assert ending.sentence("The answer") == f"The answer crashed Python ({name})."


def test_only_one_ending_is_regular() -> None:
    assert Ending(Reason.EXIT, "0").is_regular
    assert not any(ending.is_regular for ending, _ in ENDINGS if ending.detail != "0")
