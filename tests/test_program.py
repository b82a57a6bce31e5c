"""k30 run as a program: what it fetches, trains, prints and draws."""

import itertools
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn
from tqdm import tqdm

from tests.harness import catalog
from tests.harness.kit import digits, program
from tests.harness.kit.http_server import Server
from tests.harness.kit.loading import load_file

SOLUTION = catalog.SOLUTIONS / "k30_three_lines.py"
SOON = ["--epochs", "1", "--bs", "50", "--seed", "1"]
PNG = b"\x89PNG"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let everything be saved in a temporary folder; what is built in is small."""
    few = digits.digits(200, 100)
    monkeypatch.setattr(program, "DATA", tmp_path / "data")
    monkeypatch.setattr(digits, "digits", lambda *_: few)
    return tmp_path / "data"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that has a small file in MNIST's form."""
    digits.write(tmp_path / "served", *(digits.draw(n, seed=n) for n in (300, 100, 10)))
    with Server((tmp_path / "served").read_bytes()).running() as server:
        yield server


def train(*args: object, **settings: object) -> nn.Module:
    """Train as the reference answer does."""
    return load_file(SOLUTION).train(*args, **settings)


def test_it_downloads_trains_evaluates_and_draws(
    server: Server, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for fetched in (f"Fetching {server.url}\n", ""):
        assert program.main(train, ["--url", server.url, *SOON]) == 0
        out = capsys.readouterr().out
        assert out.startswith(fetched)
        assert re.fullmatch(
            r"Training on 300 digits, validating on 100 \(--seed 1\)\n"
            r"epoch 1   validation loss \d\.\d{4}   accuracy \d+\.\d%\n"
            r"Right on \d+\.\d% of the validation digits, wrong on \d+ of them\.\n"
            r"(?:No image was taken for .*\n)?"
            r"The loss, and some of the wrong ones: \S+three_lines\.png\n",
            out.removeprefix(fetched),
        ), out
        picture = data / "three_lines.png"
        assert picture.read_bytes().startswith(PNG)
        picture.unlink()
    assert server.requests == 1
    assert [path.name for path in (data / "mnist").iterdir()] == ["data.bin"]


@pytest.mark.parametrize("trouble", ["status", "cut", "no file of MNIST", "no server"])
def test_what_is_wrong_with_the_download_is_told_in_a_line(
    server: Server, data: Path, capsys: pytest.CaptureFixture[str], trouble: str
) -> None:
    url, why = server.url, ""
    if trouble == "status":
        server.status, why = 503, "the server answered 503 Service Unavailable"
    elif trouble == "cut":
        server.cut, why = True, "the download broke off"
    elif trouble == "no server":
        url, why = "http://127.0.0.1:9/mnist.pkl.gz", "no connection to the server"
    else:
        server.body, why = b"something else", r"\S+ cannot be read \(\w+\)"
    assert program.main(train, ["--url", url, *SOON]) == 0
    _, reason, start, *_ = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        f"MNIST is not to be had: {why}. Going on with the built-in digits.", reason
    )
    assert start.startswith("Training on 200 digits")
    assert (data / "three_lines.png").exists()
    assert not list((data / "mnist").glob("*"))  # the next run finds no half of a file


def test_a_broken_file_that_was_there_is_left_there(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "mnist").mkdir(parents=True)
    (data / "mnist" / "mnist.pkl.gz").write_bytes(b"\x1f\x8bbroken")
    assert program.main(train, SOON) == 0
    told = capsys.readouterr().out
    assert re.search(r"cannot be read \(\w+\), delete it to fetch it again\. Going on", told), told
    assert (data / "mnist" / "mnist.pkl.gz").exists()


def test_the_same_seed_trains_the_same_network(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for _ in range(2):
        program.main(train, ["--url", "http://127.0.0.1:9/x", *SOON])
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]


def test_what_was_trained_when_it_is_interrupted_is_shown(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(train_ds: object, *args: object, **settings: object) -> nn.Module:
        model = train(train_ds, *args, **settings)
        if settings["lr"]:  # the program looks first whether anything is to do
            raise KeyboardInterrupt
        return model

    code = program.main(interrupted, ["--url", "http://127.0.0.1:9/x", *SOON])
    out = capsys.readouterr().out
    assert code == 130
    assert "\nStopped after 4 of 4 steps.\nRight on " in out
    assert (data / "three_lines.png").exists()


def test_what_the_answer_prints_is_printed_and_the_accuracy_added_to_each_epoch(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def talking(train_ds: object, *args: object, **settings: object) -> nn.Module:
        print("here", 1)
        model = train(train_ds, *args, **settings)
        print("there", end="")
        print()
        return model

    program.main(talking, ["--url", "http://127.0.0.1:9/x", *SOON])
    lines = capsys.readouterr().out.splitlines()[3:6]
    assert (lines[0], lines[2]) == ("here 1", "there")
    assert re.fullmatch(r"epoch 1   validation loss \d\.\d{4}   accuracy \d+\.\d%", lines[1])


def test_a_batch_without_rows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program.main(train, ["--bs", "0"])
    assert "argument --bs: 0 is less than 1" in capsys.readouterr().err


def test_no_wrong_digit_is_no_trouble(tmp_path: Path) -> None:
    ds = torch.utils.data.TensorDataset(torch.zeros(3, 784), torch.arange(3))
    seen = program.Recorder(tqdm(disable=True))
    seen.losses = [1.0]
    program._draw(tmp_path / "a.png", seen, ds, torch.arange(3), torch.arange(0))
    assert (tmp_path / "a.png").read_bytes().startswith(PNG)


def test_a_digit_that_is_never_guessed_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    labels = torch.arange(10)
    program._explain_dead_classes(labels, labels)
    assert capsys.readouterr().out == ""
    program._explain_dead_classes(labels.clamp(max=7), labels)
    out = capsys.readouterr().out
    assert out.startswith("No image was taken for 8 or 9. The ReLU after the last convolution")


@pytest.mark.parametrize(("rows", "epochs"), [(200, 5), (30_000, 2)])
def test_few_digits_are_trained_on_for_longer(
    rows: int, epochs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = torch.zeros(rows, 784).numpy(), torch.zeros(rows, dtype=torch.int64).numpy()
    monkeypatch.setattr(digits, "digits", lambda *_: (data, digits.draw(10, 1)))
    passed = []

    def untrained(*_: object, epochs: int, lr: float, **__: object) -> nn.Module:
        if lr:
            passed.append(epochs)
        return nn.Linear(784, 10)

    assert program.main(untrained, ["--url", "http://127.0.0.1:9/x"]) == 0
    assert passed == [epochs]


def test_a_stub_says_that_it_is_to_do_before_anything_is_downloaded() -> None:
    done = subprocess.run(
        [sys.executable, catalog.KATAS / "k30_three_lines.py"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "k30_three_lines.py is still to do: this program is made of it.\n"


def test_ctrl_c_may_come_while_a_layer_runs(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is what was trained, and not the layer that ran last."""
    forward, calls = nn.Conv2d.forward, itertools.count()

    def interrupted(layer: nn.Conv2d, xb: torch.Tensor) -> torch.Tensor:
        second_layer = xb.shape == (50, 16, 14, 14)
        if second_layer and next(calls) == 2:  # of the third step
            raise KeyboardInterrupt
        return forward(layer, xb)

    monkeypatch.setattr(nn.Conv2d, "forward", interrupted)
    assert program.main(train, ["--url", server.url, *SOON]) == program.INTERRUPTED
    out = capsys.readouterr().out
    assert "Stopped after 2 of 6 steps." in out
    assert "of the validation digits, wrong on" in out


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is no signal there")
def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    """The real thing, in a copy, since it saves beside the code."""
    for name in ("tests", "solutions"):
        shutil.copytree(catalog.ROOT / name, tmp_path / name)
    command = [sys.executable, "-u", str(tmp_path / "solutions" / "k30_three_lines.py")]
    running = subprocess.Popen(
        [*command, "--epochs", "500", "--url", "http://127.0.0.1:9/x"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
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
    assert (tmp_path / "data" / "three_lines.png").read_bytes().startswith(PNG)
