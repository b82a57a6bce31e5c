"""Settings of the process are put back, and a change that matters is named."""

import io
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import pytest
import torch

from tests.harness.kit import settings

CHANGES: dict[str, Callable[[], object]] = {
    "autocast": lambda: torch.set_autocast_enabled("cpu", True),
    "the default dtype": lambda: torch.set_default_dtype(torch.float64),
    "grad mode (whether autograd records)": lambda: torch.set_grad_enabled(False),
    "the number of threads": lambda: torch.set_num_threads(torch.get_num_threads() + 1),
    "the choice of deterministic algorithms": lambda: torch.use_deterministic_algorithms(True),
    "the default device (or another of torch's modes)": lambda: torch.set_default_device("meta"),
    "`sys.stdout` or `sys.stderr`": lambda: setattr(sys, "stdout", io.StringIO()),
    "the current directory": lambda: os.chdir("/"),
    "matplotlib's colormap for all pictures (`image.cmap`)": lambda: mpl.rc("image", cmap="gray"),
    "matplotlib's settings": lambda: mpl.rc("lines", linewidth=17.0),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_named_and_put_back(name: str) -> None:
    values = [setting.read() for setting in settings.guarded()]
    put_back = settings.remember(settings.guarded())
    CHANGES[name]()
    assert put_back() == [name]
    assert [setting.read() for setting in settings.guarded()] == values
    assert put_back() == []


def test_inference_mode_is_named_and_put_back() -> None:
    put_back = settings.remember(settings.guarded())
    mode = torch.inference_mode()
    mode.__enter__()
    assert put_back() == ["grad mode (whether autograd records)", "inference mode"]
    assert not torch.is_inference_mode_enabled()
    del mode
    assert not torch.is_inference_mode_enabled()
    assert torch.is_grad_enabled()


def test_a_mode_that_was_left_is_removed() -> None:
    put_back = settings.remember(settings.guarded())
    torch.device("meta").__enter__()
    assert put_back() == ["the default device (or another of torch's modes)"]
    assert put_back() == []


def test_within_a_loop_a_new_seed_is_named_as_well() -> None:
    seed = torch.initial_seed()
    put_back = settings.remember(settings.guarded_in_passes())
    torch.rand(1)
    assert put_back() == []
    torch.manual_seed(seed + 1)
    assert put_back() == ["the seed of torch's random generator"]


def test_several_changes_are_all_named() -> None:
    put_back = settings.remember(settings.guarded())
    for change in CHANGES.values():
        change()
    assert put_back() == list(CHANGES)


def test_harmless_changes_are_put_back_and_not_named() -> None:
    backend = mpl.rcParams["backend"]
    put_back = settings.remember(settings.guarded())
    torch.set_default_device("cpu")
    mpl.rcParams["backend"] = "svg"
    assert put_back() == []
    assert mpl.rcParams["backend"] == backend


def test_a_directory_that_was_deleted_is_left(tmp_path: Path) -> None:
    put_back = settings.remember(settings.guarded())
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert put_back() == ["the current directory"]
    assert os.getcwd() != str(tmp_path / "gone")


def test_libraries_that_are_not_imported_have_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch")
    monkeypatch.delitem(sys.modules, "matplotlib")
    assert settings.guarded_in_passes() == settings.guarded()
    names = [setting.name for setting in settings.guarded()]
    assert names == ["`sys.stdout` or `sys.stderr`", "the current directory"]


def test_what_is_tolerated_is_put_back_as_well() -> None:
    before = [*sys.path], {**os.environ}, [*warnings.filters], sys.getrecursionlimit()
    put_back = settings.restore_tolerated()
    sys.path.clear()
    sys.path.append("new")
    os.environ["NEW"] = "1"
    del os.environ["PATH"]
    warnings.simplefilter("error")
    sys.setrecursionlimit(1234)
    put_back()
    assert sys.path == ["new", *before[0]]  # what was added stays
    assert ({**os.environ}, [*warnings.filters], sys.getrecursionlimit()) == before[1:]
    sys.path.remove("new")
