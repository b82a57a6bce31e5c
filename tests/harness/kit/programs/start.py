"""Runs the program of a kata, and says in a line why it ended early."""

import contextlib
import importlib
import io
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.harness import catalog
from tests.harness.kit.expect import ToDo, WrongAnswer

INTERRUPTED = 130  # the exit code of a program that was ended by Ctrl-C


def start(kata: str, given: Callable[..., Any], path: Path, arguments: Sequence[str]) -> int:
    """Run the program of ``kata`` with what the file ``path`` defines; return its exit code."""
    try:
        program = importlib.import_module(f"tests.harness.kit.programs.{kata}")
        code: int = program.main(given, path, arguments)
        return code
    except KeyboardInterrupt:
        print("\nStopped.")
        return INTERRUPTED
    except NotImplementedError as error:
        name = _raised_in(error).name
        if Path(name).stem not in catalog.stems():
            return _explained(error, path)
        rest = ". Solve it, then run it" if name == path.name else ": this program is made of it"
        print(f"{name} is still to do{rest}.")
        return 1
    except (ToDo, WrongAnswer) as error:  # a file that is not there, or not Python
        print(error)
        return 1
    except Exception as error:
        return _explained(error, path)


@contextlib.contextmanager
def trial() -> Iterator[None]:
    """Print nothing in the block, which only finds out whether an answer is still to do."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def see(path: Path) -> str:
    """Return the sentence that says how to learn what is wrong with the answer in a file."""
    command = f"pytest {catalog.shown(catalog.KATAS / path.name)}"
    if path.parent != catalog.KATAS:
        command += f" --answers={catalog.shown(path.parent)}"
    return f"To see why on a small example: {command}"


def _explained(error: Exception, path: Path) -> int:
    """Print a learner's exception, from the learner's own files on; return the exit code."""
    frame = error.__traceback__
    while frame is not None and _file(frame).parent != path.parent:
        frame = frame.tb_next
    if frame is None:
        raise error
    traceback.print_exception(type(error), error, frame)
    print(see(path))
    return 1


def _raised_in(error: BaseException) -> Path:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return _file(frame) if frame is not None else Path()


def _file(frame: TracebackType) -> Path:
    return Path(frame.tb_frame.f_code.co_filename).resolve()
