"""The options of the programs that train on all of MNIST: k30 and k46."""

import argparse
from collections.abc import Sequence

import torch

URL = "https://github.com/pytorch/tutorials/raw/main/_static/mnist.pkl.gz"
EPOCHS, MORE_EPOCHS, FEW = 2, 5, 30_000


def parser(description: str) -> argparse.ArgumentParser:
    """Return a parser that knows the options of both; Ctrl-C is added to the description."""
    parser = argparse.ArgumentParser(
        description=f"{description} Ctrl-C ends the training early.",
        formatter_class=argparse.MetavarTypeHelpFormatter,
    )
    add = parser.add_argument
    default = f"default: {EPOCHS}, or {MORE_EPOCHS} with fewer than {FEW:,} digits"
    add("--epochs", type=int, help=f"passes over the training data ({default})")
    add("--bs", type=int, default=64, help="rows in a batch (default: 64)")
    add("--lr", type=float, default=0.1, help="learning rate (default: 0.1)")
    add("--seed", type=int, help="seed of torch's generator (default: another each time)")
    add("--url", type=str, default=URL, help="where MNIST is fetched from, once")
    return parser


def parse(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments, and choose a seed if none is given; exit if one makes no sense."""
    options = parser.parse_args(arguments)
    for name in ("epochs", "bs"):
        value = getattr(options, name)
        if value is not None and value < 1:
            parser.error(f"argument --{name}: {value} is less than 1")
    if options.seed is None:
        options.seed = torch.seed() % 10_000
    return options


def epochs(options: argparse.Namespace, rows: int) -> int:
    """Return how many epochs were asked for, or else more of them where there are few rows."""
    asked: int | None = options.epochs
    return asked or (MORE_EPOCHS if rows < FEW else EPOCHS)
