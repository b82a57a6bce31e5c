"""The solutions together: download, load, train, with the validation loss falling."""

import gzip
import pickle
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

from solutions.k01_download import download
from solutions.k22_fit import fit
from solutions.k24_cnn import Mnist_CNN
from tests.harness.kit import digits
from tests.harness.kit.http_server import Server


def test_from_the_download_to_a_trained_cnn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digits.write(tmp_path / "served.pkl.gz", *digits.digits())
    with Server((tmp_path / "served.pkl.gz").read_bytes()).running() as server:
        path = download(server.url, tmp_path / "data" / "digits.pkl.gz")
    with gzip.open(path) as file:
        train, valid = pickle.load(file, encoding="latin-1")
    train_ds, valid_ds = (TensorDataset(*map(torch.tensor, part)) for part in (train, valid))
    torch.manual_seed(2)
    model = Mnist_CNN()
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    train_dl = DataLoader(train_ds, batch_size=64, shuffle=True)
    fit(8, model, F.cross_entropy, opt, train_dl, DataLoader(valid_ds, batch_size=128))
    losses = [float(line.split()[1]) for line in capsys.readouterr().out.splitlines()]
    assert len(losses) == 8
    assert losses[-1] < 0.5 * losses[0]
