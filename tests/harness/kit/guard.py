"""Running an answer so that it can neither change the world unnoticed nor end the check.

Every call from a test into an answer passes through here. Torch is looked at
only if something has imported it: a kata without tensors should not pay for it.
"""

import contextlib
import hashlib
import inspect
import linecache
import opcode
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from tests.harness import catalog
from tests.harness.kit.expect import Kind, Row, ToDo, WrongAnswer
from tests.harness.kit.results import expect_genuine
from tests.harness.kit.show import cut

if TYPE_CHECKING:
    from tests.harness.kit.shortcuts import Shortcuts

__tracebackhide__ = True  # pytest's tracebacks end in the test


class Guard:
    """Watches over the calls into one answer."""

    def __init__(self, path: Path, shortcuts: "Shortcuts | None" = None) -> None:
        self.path = path
        self.shortcuts = shortcuts
        self.observer: Callable[[str, Any, list[Any]], None] | None = None
        self._generator_states: dict[bytes, bytes] = {}

    @contextlib.contextmanager
    def watching(self, what: str) -> Iterator[None]:
        """Run the block as the answer's; refuse what no answer may do."""
        before = _World()
        drawn_from = _stirred_generator()
        try:
            with self.shortcuts.refused(self) if self.shortcuts else contextlib.nullcontext():
                yield
        except (NotImplementedError, ModuleNotFoundError) as error:
            unbegun = self.unbegun(error)
            if unbegun:
                waits_for = "" if unbegun == self.path.stem else unbegun
                raise ToDo(str(error), waits_for) from None
            raise
        except Exception as error:
            if ends_a_test(error):
                raise self.ended(what, error) from None
            raise
        except (ToDo, GeneratorExit):
            raise
        except BaseException as error:
            raise self.ended(what, error) from None
        finally:
            changed = before.restore()
        if changed:
            raise WrongAnswer(
                f"{what} left {changed} changed, and whatever runs next would find it so. "
                "A setting of the whole program is not an answer's to change, or not without "
                "putting it back.",
                kind=Kind.SETTING,
            )
        self._refuse_seeds(what, drawn_from)

    def unbegun(self, error: NotImplementedError | ModuleNotFoundError) -> str:
        """Name the kata that is not begun, if that is what ``error`` means.

        It is the answer's own if its own code raised, not what it calls, and
        another if the answer imports it from the file beside its own.
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
        """Whether an exception came out of the answer, or of what it has made."""
        files = (Path(entry.tb_frame.f_code.co_filename) for entry in _traceback(error))
        return any(file.parent == self.path.parent or file.name == "<string>" for file in files)

    def line_running(self) -> list[Row]:
        """Return the answer's line that is running, in whichever thread, to be shown."""
        for top in (sys._getframe(), *sys._current_frames().values()):
            frame: FrameType | None = top
            while frame is not None and frame.f_code.co_filename != str(self.path):
                frame = frame.f_back
            if frame is not None:
                return code_rows(self.path, frame.f_lineno)
        return []

    def ended(self, what: str, error: BaseException) -> WrongAnswer:
        """Tell of an exception that ends more than the call it was raised in."""
        line = next(
            (
                entry.tb_lineno
                for entry in reversed(list(_traceback(error)))
                if entry.tb_frame.f_code.co_filename == str(self.path)
            ),
            0,
        )
        rows = code_rows(self.path, line) if line else []
        return WrongAnswer(
            f"{what} raised {type(error).__name__}, which ends a program or a test from within. "
            "An answer returns its result, or raises an exception that says what is wrong.",
            rows=rows,
            kind=Kind.RAISED,
        )

    def _refuse_seeds(self, what: str, before: bytes) -> None:
        """Refuse a generator that two calls found in different states and left in the same."""
        after = _generator_state()
        if self._generator_states.setdefault(after, before) != before:
            raise WrongAnswer(
                f"{what} seeds torch's random generator: two calls leave it in the same state. "
                "A seed is the caller's to set; one set inside makes every draw after it the same.",
                kind=Kind.SETTING,
            )


class Guarded:
    """An answer's function, class or module, called under its guard."""

    def __init__(self, guard: Guard, name: str, target: Callable[..., Any]) -> None:
        self.guard = guard
        self.name = name
        self.target = target

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the target; refuse at once where its signature does not fit."""
        self._check_signature(args, kwargs)
        with self.guard.watching(f"`{self.name}`"):
            gave = self.target(*args, **kwargs)
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
        return gave

    def _check_signature(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            signature = inspect.signature(self.target)
        except (TypeError, ValueError):  # a builtin that does not tell
            return
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            raise WrongAnswer(
                f"The kata calls `{self.name}` with {_arguments(args, kwargs)}, and yours is "
                f"`{self.name}{signature}`: {error}. The stub has the signature that is asked for.",
                kind=Kind.SIGNATURE,
            ) from None


class _World:
    """The settings of the process that an answer must leave as they are."""

    def __init__(self) -> None:
        self.directory = os.getcwd()
        self.streams = sys.stdout, sys.stderr
        torch = sys.modules.get("torch")
        if torch is not None:
            self.dtype = torch.get_default_dtype()
            self.grad = torch.is_grad_enabled()
            self.threads = torch.get_num_threads()
            self.deterministic = torch.are_deterministic_algorithms_enabled()
            self.inference = torch.is_inference_mode_enabled()
            self.modes = torch._C._len_torch_function_stack()
        matplotlib = sys.modules.get("matplotlib")
        # Past their own access, which takes milliseconds.
        self.rc = list(dict.values(matplotlib.rcParams)) if matplotlib is not None else None

    def restore(self) -> str:
        """Put back what has changed; name it."""
        changed = []
        torch = sys.modules.get("torch")
        if torch is not None and hasattr(self, "dtype"):
            if torch.get_default_dtype() != self.dtype:
                torch.set_default_dtype(self.dtype)
                changed.append("the default dtype")
            if torch.is_grad_enabled() != self.grad:
                torch.set_grad_enabled(self.grad)
                changed.append("grad mode (whether autograd records)")
            if torch.get_num_threads() != self.threads:
                torch.set_num_threads(self.threads)
                changed.append("the number of threads")
            if torch.are_deterministic_algorithms_enabled() != self.deterministic:
                torch.use_deterministic_algorithms(self.deterministic)
                changed.append("the choice of deterministic algorithms")
            if torch.is_inference_mode_enabled() != self.inference:
                torch.inference_mode(self.inference).__enter__()
                changed.append("inference mode")
            if torch._C._len_torch_function_stack() != self.modes:
                device = torch.get_default_device()
                torch.set_default_device(None)
                if device.type != "cpu" or torch._C._len_torch_function_stack() != self.modes:
                    changed.append("the default device (or another of torch's modes)")
                while torch._C._len_torch_function_stack() > self.modes:
                    torch._C._pop_torch_function_stack()
        if (sys.stdout, sys.stderr) != self.streams:
            _replaced_streams.extend((sys.stdout, sys.stderr))
            sys.stdout, sys.stderr = self.streams
            changed.append("`sys.stdout` or `sys.stderr`")
        try:
            directory = os.getcwd()
        except OSError:
            directory = ""
        if directory != self.directory:
            os.chdir(self.directory)
            changed.append("the current directory")
        if self.rc is not None:
            matplotlib = sys.modules["matplotlib"]
            if list(dict.values(matplotlib.rcParams)) != self.rc:
                before = dict(zip(dict.keys(matplotlib.rcParams), self.rc, strict=True))
                differing = {k for k, v in dict.items(matplotlib.rcParams) if v != before[k]}
                dict.update(matplotlib.rcParams, before)
                # No window is opened here anyway, whatever the backend.
                if not differing <= {"backend", "backend_fallback"}:
                    changed.append("matplotlib's settings")
        return " and ".join(changed)


_replaced_streams: list[Any] = []  # one that goes closes the file that it writes to


def _stirred_generator() -> bytes:
    """Move torch's generator on, so that no two calls find it in the same state."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.rand(1)
    return _generator_state()


def _generator_state() -> bytes:
    torch = sys.modules.get("torch")
    if torch is None:
        return b""
    return hashlib.blake2b(torch.get_rng_state().numpy(), digest_size=16).digest()


def code_rows(path: Path, line: int) -> list[Row]:
    """Show a line of an answer: ``line 12    return …``."""
    return [Row("code", "", f"line {line}    {cut(linecache.getline(str(path), line).strip())}")]


def ends_a_test(error: BaseException) -> bool:
    """Whether pytest or Hypothesis take an exception for a word to themselves."""
    said_by = type(error).__module__.startswith(("_pytest", "hypothesis", "unittest"))
    return said_by or not isinstance(error, Exception)


def raised_by(error: BaseException) -> Path | None:
    """Return the file in which a `raise` raised an exception; one may come from C as well."""
    *_, entry = _traceback(error)
    code = entry.tb_frame.f_code
    by_raise = code.co_code[entry.tb_lasti] == opcode.opmap["RAISE_VARARGS"]
    return Path(code.co_filename) if by_raise else None


def _traceback(error: BaseException) -> Iterator[Any]:
    entry = error.__traceback__
    while entry is not None:
        yield entry
        entry = entry.tb_next


def _arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    if not args and not kwargs:
        return "no arguments"
    parts = [f"{len(args)} argument{'s' * (len(args) > 1)}"] if args else []
    parts += [f"`{name}=`" for name in kwargs]
    return " and ".join(parts)
