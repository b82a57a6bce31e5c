"""`breakpoint()` in an answer under `--pdb`: stops once for each test, and can be left."""

import contextlib
import functools
import pdb
import sys
from collections.abc import Callable, Generator, Iterator
from typing import Any, NoReturn

import pytest

from tests.harness.kit.expect import LeftDebugger

LEAVING_COMMANDS = ("do_q", "do_quit", "do_exit", "do_EOF")


class Debugger:
    """The pytest plugin for a check in which somebody looks inside.

    Hypothesis calls a test many times, and calls it again after it has failed. The debugger stops
    in the first call only. To leave the debugger ends the check.
    """

    def __init__(self) -> None:
        self._in_test = False
        self._left = False

    def pytest_enter_pdb(self, pdb: Any) -> None:
        """Let the debugger be left by an exception that neither answers nor Hypothesis catch."""
        if self._in_test:  # and not after a failure
            for name in LEAVING_COMMANDS:
                setattr(pdb, name, functools.partial(self._leave, pdb))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        """Run a test; end the check if somebody has left the debugger in it."""
        self._in_test = True
        try:
            with breakpoints_in_first_call(getattr(item, "obj", None)):
                return (yield)
        except LeftDebugger:
            pass
        finally:
            self._in_test = False
            if self._left:
                pytest.exit("You left the debugger")

    def _leave(self, debugger: Any, _: str) -> NoReturn:
        self._left = True
        debugger.set_quit()
        raise LeftDebugger


@contextlib.contextmanager
def breakpoints_in_first_call(test: Any) -> Iterator[None]:
    """Let `breakpoint()` and `pdb.set_trace()` do nothing but in the first call of a test."""
    handle = getattr(test, "hypothesis", None)
    if handle is None:
        yield
        return
    called = False
    inner: Callable[..., None] = handle.inner_test

    @functools.wraps(inner)
    def calling(*args: Any, **kwargs: Any) -> None:
        nonlocal called
        if called:
            patch.setattr(sys, "breakpointhook", _do_nothing)
            patch.setattr(pdb, "set_trace", _do_nothing)
        called = True
        inner(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handle, "inner_test", calling)
        yield


def _do_nothing(*_: Any, **__: Any) -> None:
    pass
