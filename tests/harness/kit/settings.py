"""Settings of the process that are put back after an answer has run, as a table.

Those of ``guarded`` are put back after every call, and a change is an error. Those of
``restore_tolerated`` are put back after every test: many programs set them at the top.
"""

import functools
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

# What must not be deleted: a stream would close its file, inference mode would end.
_kept: list[Any] = []


class Setting(NamedTuple):
    """How a setting is read and written, and its name in an explanation.

    ``write`` returns False if the change was harmless and is not to be reported.
    """

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]


def remember(settings: Sequence[Setting]) -> Callable[[], list[str]]:
    """Read the settings; return a function that puts the changed ones back and names them."""
    before = [(setting, setting.read()) for setting in settings]

    def put_back() -> list[str]:
        return [
            setting.name
            for setting, value in before
            if setting.read() != value and setting.write(value) is not False
        ]

    return put_back


def guarded() -> list[Setting]:
    """Return the settings that an answer must not change; torch's if torch is imported."""
    torch = _of_torch() if "torch" in sys.modules else []
    matplotlib = _of_matplotlib() if "matplotlib" in sys.modules else []
    return [*torch, *_OF_PYTHON, *matplotlib]


def guarded_in_passes() -> list[Setting]:
    """Return the settings that an answer must not change while its caller is in a loop."""
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return guarded()
    # Its state before is not known, and so it stays as it is.
    seed = Setting("the seed of torch's random generator", torch.initial_seed, lambda _: True)
    return [*guarded(), seed]


def restore_tolerated() -> Callable[[], list[str]]:
    """Read the settings that an answer may change; return a function that puts them back."""
    # The objects are kept: an answer may replace the names.
    environ: Any = os.environ
    filters: Any = warnings.filters

    def add_to_path(folders: list[str]) -> None:
        sys.path += [folder for folder in folders if folder not in sys.path]

    def set_environment(values: dict[str, str]) -> None:
        environ.clear()
        environ.update(values)

    def set_filters(values: list[Any]) -> None:
        filters[:] = values

    return remember(
        [
            Setting("sys.path", lambda: [*sys.path], add_to_path),
            Setting("os.environ", lambda: {**environ}, set_environment),
            Setting("warnings.filters", lambda: [*filters], set_filters),
            Setting("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
        ]
    )


def _directory() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was deleted
        return ""


def _set_streams(streams: tuple[Any, Any]) -> None:
    _kept.extend((sys.stdout, sys.stderr))
    sys.stdout, sys.stderr = streams


_OF_PYTHON = [
    Setting("`sys.stdout` or `sys.stderr`", lambda: (sys.stdout, sys.stderr), _set_streams),
    Setting("the current directory", _directory, os.chdir),
]


@functools.cache
def _of_torch() -> list[Setting]:
    import torch

    def set_inference_mode(on: bool) -> None:
        _kept.append(torch.inference_mode(on))
        _kept[-1].__enter__()

    return [
        Setting(
            "autocast",
            lambda: torch.is_autocast_enabled("cpu"),
            functools.partial(torch.set_autocast_enabled, "cpu"),
        ),
        Setting("the default dtype", torch.get_default_dtype, torch.set_default_dtype),
        Setting(
            "grad mode (whether autograd records)", torch.is_grad_enabled, torch.set_grad_enabled
        ),
        Setting("the number of threads", torch.get_num_threads, torch.set_num_threads),
        Setting(
            "the choice of deterministic algorithms",
            torch.are_deterministic_algorithms_enabled,
            torch.use_deterministic_algorithms,
        ),
        Setting("inference mode", torch.is_inference_mode_enabled, set_inference_mode),
        *_of_torch_modes(),
    ]


def _of_torch_modes() -> list[Setting]:
    import torch

    from tests.harness.kit import torch_internals

    stack = torch_internals.mode_stack()
    if stack is None:
        return []
    size, pop = stack

    def pop_modes(count: int) -> bool:
        """Remove the default device, then other modes; the device "cpu" is harmless."""
        device = torch.get_default_device()
        torch.set_default_device(None)
        others = size() != count
        while size() > count:
            pop()
        return device.type != "cpu" or others

    return [Setting("the default device (or another of torch's modes)", size, pop_modes)]


@functools.cache
def _of_matplotlib() -> list[Setting]:
    # Through `dict`: the access of rcParams itself takes milliseconds.
    parameters: Any = sys.modules["matplotlib"].rcParams

    def write(values: list[Any]) -> bool:
        before = dict(zip(dict.keys(parameters), values, strict=True))
        changed = {key for key, value in dict.items(parameters) if value != before[key]}
        dict.update(parameters, before)
        # Another backend is harmless: no window is opened here anyway.
        return not changed <= {"backend", "backend_fallback"}

    def colormap() -> Any:
        return dict.get(parameters, "image.cmap")

    def set_colormap(value: Any) -> None:
        dict.update(parameters, {"image.cmap": value})

    return [
        Setting("matplotlib's colormap for all pictures (`image.cmap`)", colormap, set_colormap),
        Setting("matplotlib's settings", lambda: list(dict.values(parameters)), write),
    ]
