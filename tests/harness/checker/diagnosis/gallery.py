"""Galleries: wrong answers that people give to a kata, and right ones written differently."""

import functools
import importlib
import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any

from tests.harness import catalog
from tests.harness.kit.answer import Answer
from tests.harness.kit.loading import load_file


class KnownAnswer:
    """One answer of a gallery: a class whose attributes are the answer's public names."""

    def __init__(self, stem: str, body: type, *, right: bool) -> None:
        self.stem = stem
        self.body = body
        self.name = body.__name__
        self.path = Path(inspect.getfile(body))
        self.right = right
        self.mastery = bool(getattr(body, "mastery", right))  # the level of its tests
        self.raises = bool(getattr(body, "raises", False))  # it fails by exceptions only

    @property
    def sentence(self) -> str:
        """What was misunderstood, and what to do about it."""
        return " ".join((inspect.getdoc(self.body) or "").split())

    def answer(self) -> Answer:
        """Return the answer, as if it had a file of its own; this is an `AnswerFactory`."""
        return Answer.to(self.stem, self.path, lambda _: self._namespace())

    def _namespace(self) -> SimpleNamespace:
        """Run the gallery's file again: an answer keeps nothing from one loading to the next."""
        reference = load_file(catalog.SOLUTIONS / f"{self.stem}.py")
        gallery: dict[str, Any] = {"__name__": self.body.__module__}
        exec(_compiled(self.path), gallery)
        body = gallery[self.name]
        own = {name: getattr(body, name) for name in vars(body) if not name.startswith("__")}
        return SimpleNamespace(**{**vars(reference), **own})


@functools.cache
def known_answers(path: Path) -> Sequence[KnownAnswer]:
    """Return an answer for each plain class that a gallery's file itself defines."""
    return list(_known_answers(path)) if path.is_file() else []


def _known_answers(path: Path) -> Iterator[KnownAnswer]:
    folder = ".".join(path.parent.relative_to(catalog.ROOT).parts)
    module = importlib.import_module(f"{folder}.{path.stem}")
    for name, value in vars(module).items():
        own = inspect.isclass(value) and value.__module__ == module.__name__
        if own and value.__bases__ == (object,) and not name.startswith("_"):
            yield KnownAnswer(path.stem, value, right=path.parent == catalog.ALTERNATIVES)


@functools.cache
def _compiled(path: Path) -> CodeType:
    return compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
