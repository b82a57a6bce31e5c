"""`--watch` where there is no `fork`: each save starts a pytest of its own."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
import watchfiles

from tests.harness import catalog
from tests.harness.checker.collection import ANSWERS


class WatchWithoutFork:
    """The pytest plugin that checks once, and then again what is saved."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Stay until Ctrl-C ends it."""
        folder = self.config.stash[ANSWERS]
        flags = [f"--answers={folder}"] if folder != catalog.KATAS else []
        flags += ["--mastery"] if self.config.option.mastery else []
        with contextlib.suppress(KeyboardInterrupt):
            for changes in watchfiles.watch(folder, recursive=False):
                for stem in sorted({Path(path).stem for _, path in changes} & set(catalog.stems())):
                    kata = catalog.KATAS / f"{stem}.py"
                    subprocess.run([sys.executable, "-m", "pytest", str(kata), *flags], check=False)
