"""Part 4 · Convolutions
k29 · The accelerator

So far everything has been computed on the CPU. An accelerator (a GPU by NVIDIA or AMD,
which torch calls `cuda`; Apple's, `mps`; and others) does large computations many times
faster. A network as small as ours hardly gains, and may even lose. Look for one when the
program runs, not when you write it:

    torch.accelerator.is_available()           is there one that can be used now?
    torch.accelerator.current_accelerator()    the one that torch was built for, or None
    torch.device("cpu")                        the CPU

Torch may have been built for an accelerator that the machine does not have.

A model and its batches have to be on the same device. `model.to(device)` moves a model's
parameters in place. A tensor's `.to(device)` returns the moved tensor, or the tensor
itself if it is there already. The example below uses the device `meta`, which is there on
every machine: its tensors have a shape and a dtype, but no numbers.

Read: https://docs.pytorch.org/docs/stable/accelerator.html
      https://docs.pytorch.org/docs/stable/generated/torch.Tensor.to.html
Tutorial: "Using your Accelerator"
      https://docs.pytorch.org/tutorials/beginner/nn_tutorial.html#using-your-accelerator
"""

import torch
from torch import Tensor


def get_device() -> torch.device:
    """Return the accelerator if there is one that can be used now, else the CPU.

    >>> get_device().type in ("cpu", "cuda", "mps", "xpu")
    True
    """
    # From torch 2.7 on, `current_accelerator(check_available=True)` asks both questions.
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
