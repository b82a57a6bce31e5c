"""Katas run as programs: what they print, how they end, and what makes them find the code."""

import io
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn

from solutions.k03_show_digit import show_digit
from solutions.k12_training_loop import fit as fit_tensors
from solutions.k22_fit import fit
from solutions.k24_cnn import Mnist_CNN
from tests.harness import catalog
from tests.harness.kit import digits
from tests.harness.kit.loading import load_file
from tests.harness.kit.programs import characters, data
from tests.harness.kit.programs.start import INTERRUPTED, start

PROGRAMS = {
    "k03_show_digit": "show_digit",
    "k12_training_loop": "fit",
    "k22_fit": "fit",
    "k24_cnn": "Mnist_CNN",
    "k30_three_lines": "train",
    "k46_from_scratch": "train",
}
BLOCK = """

if __name__ == "__main__":
    from torch_nn_katas import run  # not found? Install it: pip install -c .ci/tested.txt -e .

    run("{}", {})
"""
INSTALLED = catalog.TESTS / "harness" / "kit" / "programs" / "installed"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(INSTALLED), "PYTHONIOENCODING": "utf-8"}
BEFORE = r"before +\d\.\d\d +\d+\.\d%    a guess: .*\n"
AFTER = r"after +(\d\.\d\d) +(\d+)\.\d%\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let data be looked for in a temporary folder; what is built in is small."""
    few = digits.digits(600, 100)
    monkeypatch.setattr(data, "FOLDER", tmp_path / "data")
    monkeypatch.setattr(digits, "digits", lambda *_: few)
    return tmp_path / "data"


def run(stem: str, given: Any) -> int:
    """Run the program of a kata."""
    return start(stem.partition("_")[0], given, catalog.KATAS / f"{stem}.py", [])


@pytest.mark.parametrize("folder_name", ["katas", "solutions"])
def test_the_files_of_six_katas_are_programs(folder_name: str) -> None:
    for path in (catalog.ROOT / folder_name).glob("k*.py"):
        text = path.read_text(encoding="utf-8")
        block = BLOCK.format(path.stem[:3], PROGRAMS.get(path.stem, ""))
        assert text.endswith(block) == (path.stem in PROGRAMS), path
        assert ("__main__" in text) == (path.stem in PROGRAMS), path


def test_the_installation_adds_one_module_to_the_path() -> None:
    config = tomllib.loads((catalog.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (on_path,) = config["tool"]["hatch"]["build"]["targets"]["wheel"]["dev-mode-dirs"]
    assert catalog.ROOT / on_path == INSTALLED
    there = [path.name for path in INSTALLED.iterdir() if path.name != "__pycache__"]
    assert there == ["torch_nn_katas.py"]


@pytest.mark.parametrize("stem", PROGRAMS)
def test_a_stub_says_in_a_line_that_it_is_to_do(
    stem: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for beside in (catalog.KATAS, INSTALLED):
        monkeypatch.syspath_prepend(str(beside))
    monkeypatch.setattr(sys, "argv", [f"{stem}.py"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(catalog.KATAS / f"{stem}.py"), run_name="__main__")
    assert ended.value.code == 1
    told = capsys.readouterr().out
    assert told == f"{stem}.py is still to do. Solve it, then run it.\n"


def test_an_answer_in_another_folder_is_run_by_the_installed_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(catalog.SOLUTIONS / "k03_show_digit.py", tmp_path)
    monkeypatch.syspath_prepend(str(INSTALLED))
    monkeypatch.setattr(sys, "argv", ["k03_show_digit.py"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(tmp_path / "k03_show_digit.py"), run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("What your `show_digit` drew: ")


def test_python_i_loads_the_file_only() -> None:
    done = subprocess.run(
        [sys.executable, "-i", catalog.KATAS / "k12_training_loop.py"], input="print(fit)\n",
        capture_output=True, encoding="utf-8", check=False, env=ENVIRONMENT,
    )  # fmt: skip
    assert done.stdout.startswith("<function fit at")
    assert "Error" not in done.stderr


@pytest.mark.parametrize("stem", PROGRAMS)
def test_an_import_runs_no_program(stem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(catalog.SOLUTIONS))
    monkeypatch.setitem(sys.modules, "torch_nn_katas", None)  # its import would raise
    assert PROGRAMS[stem] in runpy.run_path(str(catalog.SOLUTIONS / f"{stem}.py"))


@pytest.mark.parametrize(
    ("stem", "function"), [("k12_training_loop", fit_tensors), ("k22_fit", fit)]
)
def test_loss_and_accuracy_before_and_after(
    stem: str, function: Any, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    assert run(stem, function) == 0
    out = capsys.readouterr().out
    assert "trains on 600 built-in digits" in out
    found = re.search(BEFORE + AFTER, out)
    assert found is not None, out
    assert float(found[1]) < 1
    assert int(found[2]) > 50
    path = folder / "mnist" / "mnist.pkl.gz"
    path.parent.mkdir(parents=True)
    digits.write(path, *(digits.draw(n, seed=n) for n in (300, 100, 10)))
    assert run(stem, function) == 0
    assert "trains on 300 digits of MNIST" in capsys.readouterr().out
    path.write_bytes(b"\x1f\x8bbroken")
    assert run(stem, function) == 0
    broken = r"\S+mnist\.pkl\.gz cannot be read \(\w+\)\.\nYour `fit` trains on 600 built-in"
    assert re.match(broken, capsys.readouterr().out)


@pytest.mark.parametrize("stem", ["k12_training_loop", "k22_fit"])
def test_a_training_that_changes_nothing_is_noticed(
    stem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(stem, lambda *_, **__: None) == 0
    assert capsys.readouterr().out.endswith(
        "\n\nThe training has not made it better.\n"
        f"To see why on a small example: pytest {catalog.shown(catalog.KATAS / stem)}.py\n"
    )


def test_the_digit_in_the_terminal_is_what_was_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("k03_show_digit", show_digit) == 0
    head, blank, *lines = capsys.readouterr().out.splitlines()
    image, label = (part[0] for part in digits.digits()[0])
    assert (
        head == f"What your `show_digit` drew: the first of the built-in digits, labelled {label}."
    )
    assert (blank, len(lines)) == ("", 28)
    assert max(map(len, lines)) <= 56
    drawn = np.array([list(line.ljust(56)[::2]) for line in lines])
    assert ((drawn == " ") == (image.reshape(28, 28) < 0.2)).mean() > 0.95
    assert ((drawn == "█") == (image.reshape(28, 28) > 0.8)).mean() > 0.95
    run("k03_show_digit", lambda x: plt.imshow(x.reshape(28, 28), cmap="gray", origin="lower"))
    assert capsys.readouterr().out.splitlines()[2:] == lines[::-1]


def test_a_drawing_that_is_not_returned_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("k03_show_digit", lambda x: None) == 1
    out = capsys.readouterr().out
    assert out.startswith("`show_digit` has not returned the drawing that `plt.imshow` makes.\n")


def test_a_terminal_without_blocks_gets_plain_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    ramp = np.array([[0, 1, 2, 3, 4]])
    assert characters.draw(ramp, 0, 4) == ["  ░░▒▒▓▓██"]
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp1252"))
    assert characters.draw(ramp, 0, 4) == ["  ..++##@@"]
    assert characters.draw(np.zeros((2, 2)), 0, 0) == ["    ", "    "]


def test_filters_are_shown_untrained_and_trained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("k24_cnn", Mnist_CNN) == 0
    out = capsys.readouterr().out
    untrained, trained = out.split("Trained a little, ")
    assert untrained.startswith("The 16 filters of your `conv1`, untrained: random numbers.\n\n")
    assert trained.startswith("3 passes over 600 built-in digits:\n\n")
    for part in (untrained, trained):
        assert len(re.findall(r"^[ |░▒▓█]*█[ |░▒▓█]*$", part, re.MULTILINE)) == 6
    assert re.search(BEFORE + AFTER, out)


def test_a_network_without_its_first_layer_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("k24_cnn", lambda: nn.Linear(784, 10)) == 1
    assert capsys.readouterr().out.startswith("The network has no convolution `conv1` that reads")


OFFLINE = ["--url", "http://127.0.0.1:9/x", "--epochs", "2", "--seed", "3"]


def test_the_last_kata_trains_once_more_with_torchs_classes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = catalog.SOLUTIONS / "k46_from_scratch.py"
    assert start("k46", load_file(path).train, path, OFFLINE) == 0
    out = capsys.readouterr().out
    assert "Training on 600 digits, validating on 100 (--seed 3)." in out
    yours, torchs = out.partition("\nYours:\n")[2].split("\nTorch's own classes:\n")
    numbers = r"validation loss \d\.\d{4}   accuracy \d+\.\d%   after \d+ s\n"
    for part in (yours, torchs):
        assert re.match(f"epoch 1   {numbers}epoch 2   {numbers}", part)
    end = r"\nYours took \d+ s, the same with torch's \d+ s\.\n"
    assert re.search(end + r"Classes of torch\.nn that yours used: none\.\n\Z", out)


def test_classes_of_torch_that_slip_in_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    def train(train_ds: Any, valid_ds: Any, epochs: int, **_: Any) -> Any:
        layer = nn.Linear(784, 10)
        for epoch in range(epochs):
            print(epoch, 2.3)
        return nn.Sequential(nn.Flatten(), layer, OwnRelu())

    path = catalog.SOLUTIONS / "k46_from_scratch.py"
    assert start("k46", train, path, OFFLINE) == 0
    out = capsys.readouterr().out
    assert "epoch 2   validation loss 2.3000   after 0 s\n" in out
    assert out.endswith("used: nn.Flatten, nn.Linear, nn.ReLU and nn.Sequential.\n")


class OwnRelu(nn.ReLU):
    """Is torch's."""


def test_an_exception_is_shown_from_the_learners_file_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "k12_training_loop.py"
    path.write_text("def fit(x, *_, **__):\n    return x @ x\n")
    assert start("k12", runpy.run_path(str(path))["fit"], path, []) == 1
    out, err = capsys.readouterr()
    assert err.startswith(f'Traceback (most recent call last):\n  File "{path}", line 2, in fit\n')
    assert str(catalog.TESTS) not in err
    assert out.endswith(f"pytest {catalog.shown(catalog.KATAS / path.name)} --answers={tmp_path}\n")


def test_an_exception_of_the_program_itself_is_raised() -> None:
    def not_in_the_learners_folder(*_: object, **__: object) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        run("k12_training_loop", not_in_the_learners_folder)


def test_ctrl_c_ends_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(x: torch.Tensor, *_: object, **__: object) -> None:
        if len(x) > 1:
            raise KeyboardInterrupt

    assert run("k12_training_loop", interrupted) == INTERRUPTED
    assert capsys.readouterr().out.endswith("\nStopped.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is no signal there")
def test_ctrl_c_ends_the_last_kata_cleanly(tmp_path: Path) -> None:
    """The real thing, in a copy: its code is run, not that of the clone that is installed."""
    for name in ("tests", "solutions"):
        shutil.copytree(catalog.ROOT / name, tmp_path / name)
    command = [sys.executable, "-u", str(tmp_path / "solutions" / "k30_three_lines.py")]
    running = subprocess.Popen(
        [*command, "--epochs", "500", "--url", "http://127.0.0.1:9/x"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=ENVIRONMENT,
    )  # fmt: skip
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("Training on"):
            break
    time.sleep(2)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (130, "")
    assert re.search(r"Stopped after [\d,]+ of [\d,]+ steps\.", out)
    assert (tmp_path / "data" / "three_lines.png").read_bytes().startswith(b"\x89PNG")
