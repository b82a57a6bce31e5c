"""The digits that the programs train on: MNIST if its file is there, else the built-in digits."""

from pathlib import Path
from urllib.parse import urlsplit

import requests
import torch
from torch.utils.data import TensorDataset

from solutions.k02_unpickle import load_mnist
from tests.harness import catalog
from tests.harness.kit import digits
from tests.harness.kit.programs.parts import DOWNLOAD, UNPICKLE, Parts

FOLDER = catalog.ROOT / "data"
FILE = "mnist.pkl.gz"
FEW, MORE = (4_000, 1_000), (12_000, 2_000)  # built-in digits: to train with, to validate on


def file(name: str = FILE) -> Path:
    """Return where MNIST is kept, once `k30_three_lines.py` has fetched it."""
    return FOLDER / "mnist" / name


def without_network() -> tuple[TensorDataset, TensorDataset, str]:
    """Return digits to train with, digits to validate on, and what they are called."""
    name = "digits of MNIST"
    try:
        train, valid = load_mnist(file())
    except Exception as error:  # a broken file may raise any
        if file().exists():
            print(f"{catalog.shown(file())} cannot be read ({type(error).__name__}).")
        name = "built-in digits"
        train, valid = digits.digits(*FEW)
    return as_dataset(train), as_dataset(valid), name


def fetched(url: str, answers: Parts) -> tuple[TensorDataset, TensorDataset]:
    """Return MNIST, fetched and read by k01 and k02; or say why not, and return built-in digits."""
    path = file(Path(urlsplit(url).path).name or FILE)
    there = path.exists()
    download = answers.get(DOWNLOAD).download
    load_mnist = answers.get(UNPICKLE).load_mnist
    if not there:
        print(f"Fetching {url}", flush=True)
    try:
        train, valid = load_mnist(download(url, path))
        return as_dataset(train), as_dataset(valid)
    except requests.HTTPError as error:
        answer = error.response
        status = f"{answer.status_code} {answer.reason}" if answer is not None else "with an error"
        why = f"the server answered {status}"
    except requests.Timeout:
        why = "the server is silent"
    except requests.exceptions.ChunkedEncodingError:
        why = "the download broke off"
    except requests.RequestException:
        why = "no connection to the server"
    except Exception as error:  # a broken file may raise any
        why = f"{catalog.shown(path)} cannot be read ({type(error).__name__})"
        why += ", delete it to fetch it again" if there else ""
        if not there:
            path.unlink(missing_ok=True)
    print(f"MNIST could not be fetched: {why}. Going on with the built-in digits.")
    train, valid = digits.digits(*MORE)
    return as_dataset(train), as_dataset(valid)


def as_dataset(split: digits.Split) -> TensorDataset:
    """Return images and labels as a data set."""
    return TensorDataset(*map(torch.tensor, split))
