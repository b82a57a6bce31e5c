"""`--watch` where there is no `fork`: starts a pytest for each answer that is saved."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
import watchfiles

from tests.harness import catalog
from tests.harness.checker.collection import ANSWERS


class WatchWithoutFork:
    """The pytest plugin that stays after an ordinary check."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Check what is saved, until Ctrl-C."""
        folder = self._config.stash[ANSWERS].path
        flags = [f"--answers={folder}"] if folder != catalog.KATAS else []
        flags += ["--mastery"] if self._config.option.mastery else []
        with contextlib.suppress(KeyboardInterrupt):
            for changes in watchfiles.watch(folder, recursive=False):
                saved = {Path(path).stem for _, path in changes}
                for stem in sorted(saved & set(catalog.stems())):
                    kata = catalog.KATAS / f"{stem}.py"
                    subprocess.run([sys.executable, "-m", "pytest", str(kata), *flags], check=False)
