"""Watches a training from outside: the model, every loss, what is printed after each epoch."""

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook
from torch.overrides import TorchFunctionMode
from tqdm import tqdm


@contextlib.contextmanager
def recorded(steps: int) -> Iterator["Recorder"]:
    """Record the training in the block, under a progress bar; print what it prints above that."""
    with tqdm(total=steps, unit=" steps", leave=False, disable=None) as bar:
        seen = Recorder(bar)
        hook = register_module_forward_hook(seen.called)
        try:
            with contextlib.redirect_stdout(Lines(seen.printed)), seen:
                yield seen
        finally:
            hook.remove()


class Recorder(TorchFunctionMode):
    """Sees every call of `F.cross_entropy` while it is entered, and advances a progress bar.

    A loss that requires grad belongs to a step, any other to a validation.
    """

    def __init__(self, bar: "tqdm[Any]") -> None:
        super().__init__()
        self.model: nn.Module | None = None
        self._called: nn.Module | None = None
        self.losses: list[float] = []
        self.validations: list[tuple[int, float]] = []  # after so many steps, the loss
        self._right: list[Tensor] = []  # for each row of the last validation
        self._bar = bar
        self._stdout = sys.stdout

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        gave = func(*args, **(kwargs or {}))
        if func is F.cross_entropy:
            self.model = self._called
        if func is F.cross_entropy and gave.requires_grad:
            self.losses.append(gave.item())
            self._right.clear()
            self._bar.update()
            self._bar.set_postfix_str(f"loss {self.losses[-1]:.3f}", refresh=False)
        elif func is F.cross_entropy:
            self._right.append(args[0].argmax(1) == args[1])
        return gave

    def called(self, module: nn.Module, *_: Any) -> None:
        """Keep the last module with parameters that was called.

        The outermost returns last: when the loss is computed, that is the model. While the model
        is called, and Ctrl-C may interrupt it, it is one of its layers.
        """
        if next(module.parameters(), None) is not None:
            self._called = module

    def printed(self, line: str) -> None:
        """Print a line above the bar; to an epoch's number and loss, add the accuracy."""
        with contextlib.suppress(ValueError):
            epoch, loss = line.split()
            self.validations.append((len(self.losses), float(loss)))
            line = f"epoch {int(epoch) + 1}   validation loss {float(loss):.4f}"
            if self._right:
                line += f"   accuracy {torch.cat(self._right).double().mean():.1%}"
        self._bar.clear()
        print(line, file=self._stdout, flush=True)
        self._bar.refresh()


class Lines(io.TextIOBase):
    """A stream that passes on each line when it is complete."""

    def __init__(self, pass_on: Callable[[str], None]) -> None:
        self._pass_on = pass_on
        self._rest = ""

    def write(self, text: str) -> int:
        """Pass on the lines that this text completes."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._pass_on(line)
        return len(text)
