"""k30 run as a program: what it fetches, trains, prints and draws."""

import itertools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn
from tqdm import tqdm

from tests.harness import catalog
from tests.harness.kit import digits
from tests.harness.kit.http_server import Server
from tests.harness.kit.loading import load_file
from tests.harness.kit.programs import data as program_data
from tests.harness.kit.programs import k30, picture
from tests.harness.kit.programs.before_after import explain_dead_classes
from tests.harness.kit.programs.recorder import Recorder
from tests.harness.kit.programs.start import INTERRUPTED, start

SOLUTION = catalog.SOLUTIONS / "k30_three_lines.py"
SOON = ["--epochs", "1", "--bs", "50", "--seed", "1"]
PNG = b"\x89PNG"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let everything be saved in a temporary folder; what is built in is small."""
    few = digits.digits(200, 100)
    monkeypatch.setattr(program_data, "FOLDER", tmp_path / "data")
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
    lent = "All parts are the reference answers.\n"
    for fetched in (f"Fetching {server.url}\n{lent}", lent):
        assert k30.main(train, SOLUTION, ["--url", server.url, *SOON]) == 0
        out = capsys.readouterr().out
        assert out.startswith(fetched)
        assert re.fullmatch(
            r"Training on 300 digits, validating on 100 \(--seed 1\)\n"
            r"epoch 1   validation loss \d\.\d{4}   accuracy \d+\.\d%\n"
            r"Right on \d+\.\d% of the validation digits, wrong on \d+ of them\.\n"
            r"(?:No image was taken for [\s\S]*seed\.\n)?"
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
    assert k30.main(train, SOLUTION, ["--url", url, *SOON]) == 0
    _, reason, _, training, *_ = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        f"MNIST could not be fetched: {why}. Going on with the built-in digits.", reason
    )
    assert training.startswith("Training on 200 digits")
    assert (data / "three_lines.png").exists()
    assert not list((data / "mnist").glob("*"))  # the next run finds no half of a file


def test_a_broken_file_that_was_there_is_left_there(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "mnist").mkdir(parents=True)
    (data / "mnist" / "mnist.pkl.gz").write_bytes(b"\x1f\x8bbroken")
    assert k30.main(train, SOLUTION, SOON) == 0
    told = capsys.readouterr().out
    assert re.search(r"cannot be read \(\w+\), delete it to fetch it again\. Going on", told), told
    assert (data / "mnist" / "mnist.pkl.gz").exists()


def test_the_same_seed_trains_the_same_network(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for _ in range(2):
        k30.main(train, SOLUTION, ["--url", "http://127.0.0.1:9/x", *SOON])
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

    code = k30.main(interrupted, SOLUTION, ["--url", "http://127.0.0.1:9/x", *SOON])
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

    k30.main(talking, SOLUTION, ["--url", "http://127.0.0.1:9/x", *SOON])
    lines = capsys.readouterr().out.splitlines()[4:7]
    assert (lines[0], lines[2]) == ("here 1", "there")
    assert re.fullmatch(r"epoch 1   validation loss \d\.\d{4}   accuracy \d+\.\d%", lines[1])


def test_a_batch_without_rows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        k30.main(train, SOLUTION, ["--bs", "0"])
    assert "argument --bs: 0 is less than 1" in capsys.readouterr().err


def test_no_wrong_digit_is_no_trouble(tmp_path: Path) -> None:
    ds = torch.utils.data.TensorDataset(torch.zeros(3, 784), torch.arange(3))
    seen = Recorder(tqdm(disable=True))
    seen.losses = [1.0]
    picture.draw(tmp_path / "a.png", seen, ds, torch.arange(3), torch.arange(0))
    assert (tmp_path / "a.png").read_bytes().startswith(PNG)


def test_a_digit_that_is_never_guessed_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    labels = torch.arange(10)
    explain_dead_classes(labels, labels)
    assert capsys.readouterr().out == ""
    explain_dead_classes(labels.clamp(max=7), labels)
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

    assert k30.main(untrained, SOLUTION, ["--url", "http://127.0.0.1:9/x"]) == 0
    assert passed == [epochs]


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
    assert k30.main(train, SOLUTION, ["--url", server.url, *SOON]) == INTERRUPTED
    out = capsys.readouterr().out
    assert "Stopped after 2 of 6 steps." in out
    assert "of the validation digits, wrong on" in out


STEMS = (
    "k01_download", "k02_unpickle", "k22_fit", "k23_get_data", "k24_cnn", "k25_momentum",
    "k27_sequential", "k28_wrapped_dataloader", "k29_accelerator", "k30_three_lines",
)  # fmt: skip


@pytest.fixture
def alice(tmp_path: Path) -> Path:
    """A folder with all the answers that the program is made of."""
    folder = tmp_path / "alice"
    folder.mkdir()
    for stem in STEMS:
        shutil.copy(catalog.SOLUTIONS / f"{stem}.py", folder)
    return folder


def own(folder: Path, *options: str) -> int:
    """Run the program of the answer to k30 in a folder, without a network."""
    path = folder / "k30_three_lines.py"
    train = load_file(path).train
    return start("k30", train, path, ["--url", "http://127.0.0.1:9/x", *SOON, *options])


def to_do(folder: Path, stem: str) -> None:
    """Put the stub in the place of an answer."""
    shutil.copy(catalog.KATAS / f"{stem}.py", folder)


def test_the_parts_are_the_learners_own(alice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for stem in ("k01_download", "k29_accelerator"):
        text = (alice / f"{stem}.py").read_text(encoding="utf-8")
        (alice / f"{stem}.py").write_text(f"{text}\nprint('{stem} is loaded')\n", encoding="utf-8")
    assert own(alice) == 0
    out = capsys.readouterr().out
    assert "k01_download is loaded" in out
    assert "k29_accelerator is loaded" in out
    assert "\nYour own parts: k01, k02, k22, k23, k24, k25, k29.\nTraining on 200" in out


def test_a_part_that_does_not_work_is_lent(alice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to_do(alice, "k01_download")
    (alice / "k02_unpickle.py").write_text("def load_mnist(path):\n    return path\n")
    (alice / "k29_accelerator.py").unlink()
    assert own(alice) == 0
    out = capsys.readouterr().out
    assert "\nYour own parts: k22, k23, k24, k25.\n" in out
    assert "\nFrom solutions/, since yours is not right yet: k02.\n" in out
    assert "\nFrom solutions/, since yours is still to do: k01, k29.\n" in out
    assert "Right on " in out


@pytest.mark.parametrize("stem", ["k22_fit", "k23_get_data", "k24_cnn"])
def test_what_the_training_is_made_of_has_to_be_done(
    alice: Path, capsys: pytest.CaptureFixture[str], stem: str
) -> None:
    to_do(alice, stem)
    assert own(alice) == 1
    assert capsys.readouterr().out == f"{stem}.py is still to do: this program is made of it.\n"


def test_a_sequential_is_trained_in_three_lines(
    alice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to_do(alice, "k24_cnn")  # it is not used
    to_do(alice, "k30_three_lines")
    assert own(alice, "--model=sequential") == 0
    out = capsys.readouterr().out
    assert "Your own parts: k01, k02, k22, k23, k25, k28, k29.\n" in out
    assert re.search(r"\nOn the \w+: the Sequential of k28\.\nTraining on 200", out)
    to_do(alice, "k28_wrapped_dataloader")
    assert own(alice, "--model=sequential") == 0
    out = capsys.readouterr().out
    assert "Your own parts: k01, k02, k22, k23, k25, k27, k29.\n" in out
    assert ": the Sequential of k27, since k28 is not solved.\nTraining on 200" in out
    to_do(alice, "k27_sequential")
    assert own(alice, "--model=sequential") == 1
    out = capsys.readouterr().out
    assert out == "k27_sequential.py is still to do: this program is made of it.\n"


def test_a_part_that_cannot_be_loaded_is_named(
    alice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alice / "k23_get_data.py").write_text("def get_data(:\n")
    path = alice / "k30_three_lines.py"
    assert start("k30", nn.Linear, path, ["--model=sequential"]) == 1
    out = capsys.readouterr().out
    assert re.fullmatch(r"\S+k23_get_data\.py: Python cannot read the file\..*\n", out), out
    (alice / "k23_get_data.py").unlink()
    assert start("k30", nn.Linear, path, ["--model=sequential"]) == 1
    out = capsys.readouterr().out
    assert re.fullmatch(r"\S+k23_get_data\.py is not there\n", out), out
