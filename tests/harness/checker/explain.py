"""Explains why an answer is wrong: words for exceptions, and for how its process ended."""

import errno
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from tests.harness import limits
from tests.harness.checker.hypothesis_internals import is_flaky
from tests.harness.kit.calls import rows_of_call
from tests.harness.kit.expect import Kind, Row, WrongAnswer, label_width
from tests.harness.kit.guard import code_rows, lines_in
from tests.harness.kit.show import TEMPORARY, cut

LONGEST_LINE = 200  # characters of a line of an exception's message
MORE_TIME = 6  # times the limit, which is suggested to somebody whose answer is slow
CRASHES = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL")

Applies = Callable[[BaseException, str], bool]  # to an exception and its text


def _says(*parts: str) -> Applies:
    return lambda _, text: any(part in text for part in parts)


def _is(kind: type[BaseException], *parts: str) -> Applies:
    return lambda error, text: isinstance(error, kind) and all(part in text for part in parts)


def _is_full(error: BaseException, _: str) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.EFBIG, errno.ENOSPC)


def _needs_input(error: BaseException, text: str) -> bool:
    return isinstance(error, EOFError) or "reading from stdin while output is captured" in text


def _is_out_of_memory(error: BaseException, text: str) -> bool:
    return isinstance(error, MemoryError) or "can't allocate memory" in text


# What common exceptions mean: the first row that applies is shown.
ADVICE: tuple[tuple[Applies, str], ...] = (
    (
        _says("Trying to backward through the graph a second time"),
        "`backward` uses up the record of the computation. Compute the loss anew, from a new call "
        "of the model, before each `backward`.",
    ),
    (
        _says("'NoneType' object has no attribute 'zero_'", "for *: 'float' and 'NoneType'"),
        "The `.grad` of this tensor is None: `backward` has not reached it. "
        "`weights = weights - …` makes another tensor, which has none. Write `weights -= …`, under "
        "`torch.no_grad()`.",
    ),
    (
        _says("leaf Variable that requires grad is being used in an in-place"),
        "Autograd would have to record this change of a parameter. An update is not part "
        "of the model: make it under `with torch.no_grad():`.",
    ),
    (
        _is(AttributeError, "has no attribute", "Module"),
        "Is the attribute set in `__init__`, under this name?",
    ),
    (
        _needs_input,
        "Nobody is there to type something in: an answer gets all it needs as arguments.",
    ),
    (
        _is_out_of_memory,
        "It takes more memory than there is for it. Does something grow with every call?",
    ),
    (
        _says("assigned grad expected to be a Tensor or None", "assigned grad has data of"),
        "`.grad` holds a tensor of the same shape, or None. `p.grad = None` clears it, and so "
        "does `p.grad.zero_()`.",
    ),
    (
        _says(
            "'method' object is not iterable",
            "can only optimize Tensors",
            "Mnist_Logistic' object is not iterable",
        ),
        "A loop over parameters, and an optimiser too, takes `model.parameters()`: not the "
        "model itself, and not the method without its parentheses.",
    ),
    (
        _is(UnicodeDecodeError, "'utf-8' codec"),
        "Bytes were read as text, and they are not text. A pickle, for one, is read in binary "
        'mode, `"rb"`, and not in text mode, `"rt"`.',
    ),
    (
        _says("is not a Module subclass"),
        "`nn.Sequential` takes modules. A class is not a module yet: `nn.ReLU()`, with "
        "parentheses, makes one. A plain function is not a module either: wrap it in one "
        "that calls it.",
    ),
    (
        _says("Expected 3D (unbatched) or 4D (batched) input to conv2d"),
        "A convolution takes a batch of images with their channels, (N, 1, 28, 28) here: "
        "`xb.view(-1, 1, 28, 28)`. The -1 stands for as many as there are.",
    ),
    (
        _says("iter() returned non-iterator"),
        "`__iter__` returns an iterator, and a list is not one. With `yield` in it, it is.",
    ),
    (_is_full, "It writes more than there is room for. How much does it need to write?"),
    (_says("before Module.__init__() call"), "Begin `__init__` with `super().__init__()`."),
    (
        _is(NotImplementedError, "forward"),
        "The module has no method `forward`; is its name misspelt, or its indentation?",
    ),
)


def explain(error: BaseException | None, path: Path, law: str) -> WrongAnswer:
    """Explain the exception that ended a test of the answer in ``path``.

    ``law`` is the docstring of the test: it explains where nothing more precise does.
    """
    if isinstance(error, WrongAnswer):
        return WrongAnswer(error.why or law, rows=error.rows, kind=error.kind)
    if error is None or isinstance(error, pytest.skip.Exception):
        return WrongAnswer("The test was skipped, which is not for an answer to do.")
    if is_flaky(error):
        return _explain_flaky(error, path)
    return _raised_in_answer(error, path, law) or _raised_in_test(error, law)


def _explain_flaky(error: BaseException, path: Path) -> WrongAnswer:
    """Explain what Hypothesis could not reproduce; the first failure may say more."""
    for first in getattr(error, "exceptions", ()):
        if isinstance(first, WrongAnswer) and first.kind is not Kind.WRONG:
            return first
        if not isinstance(first, AssertionError):
            raised = _raised_in_answer(first, path, "")
            if raised is not None:
                return raised
    return WrongAnswer(
        "Called twice with the same arguments, the answer does not do the same. "
        "Does it keep something from one call to the next, or depend on chance?",
        kind=Kind.FLAKY,
    )


def _raised_in_answer(error: BaseException, path: Path, law: str) -> WrongAnswer | None:
    """Explain an exception that passed through the answer; show the answer's last line."""
    lines = lines_in(path, error)
    if not lines:
        return None
    call = rows_of_call(error)
    indent = " " * (label_width(call) + 4)
    code = [Row.code(indent + row.text, row.line) for row in code_rows(path, lines[-1])]
    rows = [*call, Row.gave(_message(error), label="raised"), *code]
    return WrongAnswer(_advice(error) or law, rows=rows, kind=Kind.RAISED)


def _raised_in_test(error: BaseException, law: str) -> WrongAnswer:
    """Explain an exception that the test itself raised, such as a bare `assert`."""
    if isinstance(error, AssertionError):
        message = str(error).split("\nassert ")[0].strip()
        if message and not message.startswith("assert "):
            return WrongAnswer(message)
        return WrongAnswer(law, rows=[Row.code(message.splitlines()[0])] if message else [])
    return WrongAnswer(law, rows=[Row.gave(_message(error), label="raised")], kind=Kind.RAISED)


def _advice(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # the answer's own exception may fail at that
        text = ""
    return next((advice for applies, advice in ADVICE if applies(error, text)), "")


def _message(error: BaseException) -> str:
    """Return the first two lines of an exception's message, without Hypothesis's notes."""
    text = TEMPORARY.sub("…/", "".join(traceback.format_exception_only(error)).strip())
    notes = {line for note in getattr(error, "__notes__", ()) for line in note.splitlines()}
    lines = [line for line in text.splitlines() if line not in notes]
    lines = [line.strip() for line in lines if line.strip()][:2]
    return "\n".join(cut(line, LONGEST_LINE) for line in lines)


class Reason(StrEnum):
    """Why a child process reports nothing more."""

    TIMEOUT = "timeout"  # detail: the limit in seconds
    BUSY = "busy"  # the same limit, on the wall clock and many times over
    DISK = "disk"
    EXIT = "exit"  # detail: the exit code, negative for a signal
    BROKEN = "broken"  # detail: what broke the run of the tests
    BAD_MESSAGE = "bad message"
    CLOSED = "closed"  # it closed its end of the socket and goes on


@dataclass(frozen=True)
class Ending:
    """How a child process ended, or why it was ended."""

    reason: Reason
    detail: str = ""
    calls: int = 0  # of the answer that have returned, if it is slow rather than endless

    @property
    def is_regular(self) -> bool:
        """Whether this is how a child ends that has run out of tests."""
        return self == Ending(Reason.EXIT, "0")

    def sentence(self, subject: str) -> str:
        """Say it; ``subject`` is what the process ran: "The answer" or "The test"."""
        if self.reason is Reason.TIMEOUT:
            return self._timeout_sentence(subject)
        if self.reason is Reason.BUSY:
            return (
                f"It did not come to an end within {self._busy_seconds} seconds, "
                f"{limits.BUSY_FACTOR} times its limit. Other programs took much of that time; "
                "close them, and check again."
            )
        if self.reason is Reason.DISK:
            size = limits.FOLDER_BYTES // limits.GB
            most = f"{size} GB, or {limits.FOLDER_FILES:,} files"
            return f"It filled its temporary folder: more than {most}."
        if self.reason is Reason.EXIT:
            return self._exit_sentence(subject)
        if self.reason is Reason.BROKEN:
            return f"{subject} ended the check from within: {self.detail}."
        return f"{subject} ended the check before it was done."

    def _timeout_sentence(self, subject: str) -> str:
        over = f"did not come to an end within {self.detail} seconds"
        if subject != "The answer":
            return f"{subject} {over}."
        flag = f"`--time-limit={MORE_TIME * float(self.detail):g}`"
        if self.calls:
            return (
                f"It is slow: the test {over}, in which {self.calls} calls of the answer returned. "
                "Does a loop do what one operation of torch can do for all elements? "
                f"{flag} gives each test more time."
            )
        return (
            f"It {over}. Is there a loop whose condition never changes? If it only takes long, "
            f"{flag} gives it more time."
        )

    @property
    def _busy_seconds(self) -> str:
        return f"{limits.BUSY_FACTOR * float(self.detail):g}"

    def _exit_sentence(self, subject: str) -> str:
        code = int(self.detail)
        if code >= 0:
            return f"{subject} ended Python with exit code {code}."
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"{subject} {'crashed' if name in CRASHES else 'killed'} Python ({name})."
