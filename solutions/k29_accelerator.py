"""Part 4 · Convolutions
k29 · The accelerator

So far everything was computed on the CPU. An accelerator (a GPU by NVIDIA or AMD, under
the name `cuda`; Apple's, `mps`; and others) does it many times faster, if there is one.
Ask when the program runs, not when it is written:

    torch.accelerator.is_available()           is there one?
    torch.accelerator.current_accelerator()    which? None if torch knows of none

A model and its batches have to be on the same device. `model.to(device)` moves a model
where it stands; a tensor's `.to(device)` gives the moved tensor, or the tensor itself
if it is there already.

Read: https://docs.pytorch.org/docs/stable/accelerator.html
      https://docs.pytorch.org/docs/stable/generated/torch.Tensor.to.html
Tutorial: "Using your Accelerator"
"""

import torch
from torch import Tensor


def get_device() -> torch.device:
    """Return the accelerator if there is one that can be used now, else the CPU.

    >>> get_device().type in ("cpu", "cuda", "mps", "xpu")
    True
    """
    accelerator = torch.accelerator.current_accelerator()
    # torch may be built for an accelerator that this machine does not have.
    if accelerator is None or not torch.accelerator.is_available():
        return torch.device("cpu")
    return accelerator


def to_device(x: Tensor, y: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return both tensors on `device`; what is there already is not copied.

    >>> x, y = to_device(torch.zeros(2, 784), torch.zeros(2), torch.device("meta"))
    >>> x.device, y.device
    (device(type='meta'), device(type='meta'))
    """
    return x.to(device), y.to(device)
