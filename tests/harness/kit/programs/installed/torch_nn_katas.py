"""Lets a kata's file be run as a program: ``python katas/k12_training_loop.py``.

``pip install -e .`` puts this folder on Python's path. The folder holds this module alone, so
that no general name such as ``tests`` becomes importable in the environment.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

INSTALLED = Path(__file__).resolve().parents[5]


def run(kata: str, given: Callable[..., Any]) -> None:
    """Run the program of a kata with the function or class ``given``, and exit.

    The code is that of the clone in which the file lies, or of the installed one if the file
    lies elsewhere. ``python -i`` loads the file only, to call the function by hand.
    """
    if sys.flags.interactive:
        return
    path = Path(sys.modules["__main__"].__file__ or "").resolve()
    around = path.parent.parent
    root = around if (around / "tests/harness/kit/programs").is_dir() else INSTALLED
    sys.path.insert(1, str(root))
    from tests.harness.kit.programs.start import start

    sys.exit(start(kata, given, path, sys.argv[1:]))
