"""Calls into an answer: checks the signature, the result and the settings of the process.

Every call from a test into an answer passes through ``Guarded`` and ``Guard.watching``.
Torch is looked at only if something else has imported it: a kata without tensors must
not wait for it.
"""

import contextlib
import hashlib
import inspect
import linecache
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from tests.harness import catalog
from tests.harness.kit import settings
from tests.harness.kit.calls import note_call
from tests.harness.kit.expect import Kind, LeftDebugger, Row, ToDo, WrongAnswer
from tests.harness.kit.passes import Passes
from tests.harness.kit.progress import RETURNED
from tests.harness.kit.results import expect_genuine
from tests.harness.kit.settings import Setting
from tests.harness.kit.show import cut

if TYPE_CHECKING:
    from tests.harness.kit.refused_imports import RefusedImports
    from tests.harness.kit.shortcuts import Shortcuts

__tracebackhide__ = True  # pytest's tracebacks end in the test

# Called with a function's name, what it gave, and its arguments.
Observer = Callable[[str, Any, list[Any]], None]

# Why an answer must change no setting: after a call of it, and between two steps of a loop.
AFTER_A_CALL = (
    "changed, and whatever runs next would find it so. A setting of the whole program is not an "
    "answer's to change, or not without putting it back."
)
IN_A_LOOP = (
    "changed in the caller's loop, which runs between two steps. Change a setting within a step "
    "only: a `with` around a `yield` holds until the next step."
)


class Guard:
    """Rejects what no answer may do while one answer runs."""

    def __init__(self, path: Path, shortcuts: "Shortcuts | RefusedImports | None" = None) -> None:
        self.path = path
        self.shortcuts = shortcuts
        self.observer: Observer | None = None
        self.passes = Passes(self._stepping)
        self._rng_states: dict[bytes, bytes] = {}  # after a call: the state before it

    @contextlib.contextmanager
    def watching(self, what: str) -> Iterator[None]:
        """Run the block as part of the answer; ``what`` names it in an explanation."""
        rng_state = _advance_rng()
        with self._running(what, settings.guarded(), AFTER_A_CALL):
            yield
        self._refuse_seeds(what, rng_state)

    @contextlib.contextmanager
    def _stepping(self, name: str, iterator: Any) -> Iterator[None]:
        """Run a step of what the function ``name`` gave, and advance no random generator.

        If it is a step of a generator, an explanation begins with the line of its `yield`.
        """
        what = f"Going through what `{name}` gives"
        try:
            with self._running(what, settings.guarded_in_passes(), IN_A_LOOP):
                yield
        except WrongAnswer as error:
            frame = iterator.gi_frame if inspect.isgenerator(iterator) else None
            if frame is None or error.kind is not Kind.SETTING:
                raise
            if frame.f_code.co_filename == str(self.path):
                error.begin_with(code_rows(self.path, frame.f_lineno))
            raise

    @contextlib.contextmanager
    def until_the_end(self) -> Iterator[None]:
        """Run a test on one input; reject settings that have changed when it ends.

        Something that a call has left behind may change them later: a module, a hook, a
        generator that is closed because nobody needs it any more.
        """
        put_back = settings.remember(settings.guarded())
        try:
            yield
        finally:
            changed = put_back()
        _refuse_changes("Something in the answer", changed, AFTER_A_CALL)

    @contextlib.contextmanager
    def _running(self, what: str, guarded: Sequence[Setting], why: str) -> Iterator[None]:
        """Run the block as part of the answer; ``why`` says why it must change no setting."""
        put_back = settings.remember(guarded)
        try:
            with self.shortcuts.refused(self) if self.shortcuts else contextlib.nullcontext():
                yield
        except (NotImplementedError, ModuleNotFoundError) as error:
            stem = self.unfinished_kata(error)
            if stem:
                raise ToDo(str(error), "" if stem == self.path.stem else stem) from None
            raise
        except Exception as error:
            if ends_a_test(error):
                raise self.ended(what, error) from None
            raise
        except (ToDo, LeftDebugger, GeneratorExit):
            raise
        except BaseException as error:
            raise self.ended(what, error) from None
        finally:
            changed = put_back()
        _refuse_changes(what, changed, why)

    def unfinished_kata(self, error: NotImplementedError | ModuleNotFoundError) -> str:
        """Return the stem of the kata that is still to do, if ``error`` means that, or "".

        It is the answer's own kata if the answer itself raised, and another one if
        the file of that kata, beside the answer's, raised or is missing.
        """
        if isinstance(error, ModuleNotFoundError):
            return error.name if error.name in catalog.stems() else ""
        raised_in = raised_by(error)
        if raised_in is None:
            return ""
        if raised_in == self.path:
            return self.path.stem
        beside = raised_in.parent == self.path.parent and raised_in.stem in catalog.stems()
        return raised_in.stem if beside else ""

    def raised(self, error: BaseException) -> bool:
        """Whether an exception passed through the answer's code, or code that it compiled."""
        frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
        files = (Path(frame.f_code.co_filename) for frame in frames)
        return any(file.parent == self.path.parent or file.name == "<string>" for file in files)

    def line_running(self) -> list[Row]:
        """Return the row of the answer's line that is being run, in this thread or another."""
        for top in (sys._getframe(), *sys._current_frames().values()):
            frame: FrameType | None = top
            while frame is not None and frame.f_code.co_filename != str(self.path):
                frame = frame.f_back
            if frame is not None:
                return code_rows(self.path, frame.f_lineno)
        return []

    def ended(self, what: str, error: BaseException) -> WrongAnswer:
        """Explain an exception by which the answer would end a test or the whole program."""
        lines = lines_in(self.path, error)
        return WrongAnswer(
            f"{what} raised {type(error).__name__}, which ends a program or a test from within. "
            "An answer returns its result, or raises an exception that says what is wrong.",
            rows=code_rows(self.path, lines[-1]) if lines else [],
            kind=Kind.RAISED,
        )

    def _refuse_seeds(self, what: str, before: bytes) -> None:
        """Reject a call that left the generator as another call did that began differently."""
        if self._rng_states.setdefault(_rng_state(), before) != before:
            raise WrongAnswer(
                f"{what} seeds torch's random generator: two calls leave it in the same state. "
                "A seed is the caller's to set; one set inside makes every draw after it the same.",
                kind=Kind.SETTING,
            )


class Guarded:
    """A function, class or module of the answer that is called under its guard."""

    def __init__(self, guard: Guard, name: str, target: Callable[..., Any]) -> None:
        self.guard = guard
        self.name = name
        self.target = target

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the target, if its signature takes these arguments; check what it gives."""
        self._check_signature(args, kwargs)
        with self.guard.watching(f"`{self.name}`"):
            try:
                gave = self.target(*args, **kwargs)
            except Exception as error:
                note_call(error, self.name, self.target, args, kwargs)
                raise
            if inspect.iscoroutine(gave):
                gave.close()
                raise WrongAnswer(
                    f"`{self.name}` gives a coroutine, which does nothing until it is awaited. "
                    "Write `def`, not `async def`.",
                    kind=Kind.SIGNATURE,
                )
            expect_genuine(gave, self.name)
        if self.guard.observer is not None:
            self.guard.observer(self.name, gave, [*args, *kwargs.values()])
        RETURNED.note()
        return self.guard.passes.watch(gave, self.name)

    def _check_signature(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            signature = inspect.signature(self.target)
        except (TypeError, ValueError):  # a builtin without a signature
            return
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            raise WrongAnswer(
                f"The kata calls `{self.name}` with {_arguments(args, kwargs)}, and yours is "
                f"`{self.name}{signature}`: {error}. The stub has the signature that is asked for.",
                kind=Kind.SIGNATURE,
            ) from None


def _refuse_changes(what: str, changed: Sequence[str], why: str) -> None:
    """Reject what has changed these settings, if there are any; ``why`` ends the sentence."""
    if changed:
        raise WrongAnswer(
            f"{what} left {' and '.join(changed)} {why}",
            kind=Kind.SETTING,
        )


def code_rows(path: Path, line: int) -> list[Row]:
    """Return the row that shows a line of a file: ``line 12    return …``."""
    text = cut(linecache.getline(str(path), line).strip())
    return [Row.code(f"line {line}    {text}", line)]


def lines_in(path: Path, error: BaseException) -> list[int]:
    """Return the lines of a file that an exception passed through, the innermost last."""
    entries = traceback.walk_tb(error.__traceback__)
    return [line for frame, line in entries if frame.f_code.co_filename == str(path)]


def ends_a_test(error: BaseException) -> bool:
    """Whether an exception is an instruction to pytest or Hypothesis, such as a skip."""
    library = type(error).__module__.startswith(("_pytest", "hypothesis", "unittest"))
    return library or not isinstance(error, Exception)


def raised_by(error: BaseException) -> Path | None:
    """Return the file whose `raise` statement raised an exception, or None if C code did."""
    # It imports pickle, which takes 3 ms that most checks do without.
    from tests.harness.kit import python_internals

    entry = error.__traceback__
    while entry is not None and entry.tb_next is not None:
        entry = entry.tb_next
    if entry is None or not python_internals.is_at_raise(entry):
        return None
    return Path(entry.tb_frame.f_code.co_filename)


@contextlib.contextmanager
def rng_kept() -> Iterator[None]:
    """Put torch's generator back after the block, which runs once, in whichever test is first.

    A test that seeds the generator and then calls the answer gets the same numbers alone and
    after other tests.
    """
    torch = sys.modules.get("torch")
    state = torch.get_rng_state() if torch is not None else None
    try:
        yield
    finally:
        if torch is not None:
            torch.set_rng_state(state)


def _advance_rng() -> bytes:
    """Draw one number from torch's generator; return its state, different before every call.

    Two calls that begin in different states and end in the same one have seeded it.
    """
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.rand(1, device="cpu")  # wherever the test has tensors made
    return _rng_state()


def _rng_state() -> bytes:
    torch = sys.modules.get("torch")
    if torch is None:
        return b""
    return hashlib.blake2b(torch.get_rng_state().numpy(), digest_size=16).digest()


def _arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    if not args and not kwargs:
        return "no arguments"
    described = [f"{len(args)} argument{'s' * (len(args) > 1)}"] if args else []
    described += [f"`{name}=`" for name in kwargs]
    return " and ".join(described)
