"""One kata's answer as its tests see it: looks names up in the file, and guards the calls."""

import difflib
import importlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tests.harness.kit.expect import Kind, WrongAnswer
from tests.harness.kit.guard import Guard, Guarded, rng_kept
from tests.harness.kit.loading import load_file

if TYPE_CHECKING:
    from tests.harness.kit.refused_imports import RefusedImports
    from tests.harness.kit.shortcuts import Shortcuts


class Answer:
    """One kata's answer: a test calls its functions as ``answer.nll(input, target)``.

    The file is loaded when a test first asks for a name in it. A file that does not
    load, or lacks the name, fails that test with an explanation.
    """

    def __init__(
        self,
        path: Path,
        load: Callable[[Path], Any],
        shortcuts: "Shortcuts | RefusedImports | None" = None,
    ) -> None:
        self.path = path
        self.guard = Guard(path, shortcuts)
        self._load = load
        self._loaded: Any = None
        self._failure: BaseException | None = None
        self._raised_at: TracebackType | None = None

    @classmethod
    def to(cls, stem: str, path: Path, load: Callable[[Path], Any] | None = None) -> "Answer":
        """Make the answer to a kata; `shortcuts` in the kata's tests says what it must not call."""
        tests = importlib.import_module(f"tests.katas.test_{stem}")
        return cls(path, load or load_file, getattr(tests, "shortcuts", None))

    def __repr__(self) -> str:
        """Name the file, where Hypothesis shows what a test was called with."""
        return f"the answer in {self.path.name}"

    def namespace(self) -> Any:
        """Return the answer's module. It is loaded once; a failure is raised at every call."""
        if self._failure is None and self._loaded is None:
            try:
                with rng_kept(), self.guard.watching("Importing the file"):
                    self._loaded = self._load(self.path)
            except BaseException as failure:
                self._failure, self._raised_at = failure, failure.__traceback__
        if self._failure is not None:
            # Raising it again, and Hypothesis, add to the notes and to the traceback.
            vars(self._failure).pop("__notes__", None)
            raise self._failure.with_traceback(self._raised_at)
        return self._loaded

    def __getattr__(self, name: str) -> Guarded:
        """Return the function or class of this name, guarded."""
        if name.startswith(("_", "hypothesis")) or name.endswith("_example"):
            # Hypothesis asks for these to see whether this is a test class.
            raise AttributeError(name)
        found = getattr(self.namespace(), name, None)
        if found is None:
            raise WrongAnswer(self._missing(name), kind=Kind.MISSING)
        if not callable(found):
            raise WrongAnswer(
                f"`{name}` is there, but it is a value of type {type(found).__name__} and "
                "cannot be called. The stub has the definition that is asked for.",
                kind=Kind.MISSING,
            )
        return Guarded(self.guard, name, found)

    def guarded(self, target: Callable[..., Any], name: str) -> Guarded:
        """Return something that the answer made, such as a model, to be called under the guard."""
        return Guarded(self.guard, name, target)

    def _missing(self, name: str) -> str:
        own = [
            other
            for other, value in vars(self.namespace()).items()
            if getattr(value, "__module__", None) == getattr(self.namespace(), "__name__", None)
        ]
        close = difflib.get_close_matches(name.lower(), [o.lower() for o in own], 1, 0.6)
        found = next((other for other in own if close and other.lower() == close[0]), None)
        instead = f", but there is `{found}`. Is that it, misspelt?" if found else "."
        return f"The file defines no `{name}`{instead} The name has to be the stub's."
