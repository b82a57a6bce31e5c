"""Wrong answers to k29."""

import copy

import torch


class ItsName:
    """The name of a device is no device.

    `torch.device(name)`.
    """

    def get_device():
        return "cuda" if torch.cuda.is_available() else "cpu"


class CudaOnly:
    """Apple's accelerator is not looked for.

    `torch.accelerator` knows of all kinds.
    """

    def get_device():
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class MpsOnly:
    """Only Apple's accelerator is looked for.

    `torch.accelerator` knows of all kinds.
    """

    def get_device():
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class AlwaysCpu:
    """It is the CPU, whatever the machine has.

    Ask whether torch sees an accelerator, and give the CPU only if it does not.
    """

    def get_device():
        return torch.device("cpu")


class BuiltFor:
    """That torch was built for an accelerator does not mean that the machine has one.

    `torch.accelerator.is_available()`.
    """

    def get_device():
        return torch.accelerator.current_accelerator() or torch.device("cpu")


class NothingWithout:
    """Without an accelerator there is no result.

    The CPU.
    """

    def get_device():
        if torch.accelerator.is_available():
            return torch.accelerator.current_accelerator()
        return None


class CudaForAll:
    """Every accelerator is taken for CUDA.

    Ask which: `current_accelerator()`.
    """

    def get_device():
        return torch.device("cuda" if torch.accelerator.is_available() else "cpu")


class TurnedRound:
    """The accelerator is used where there is none.

    Mind the order of `if` and `else`.
    """

    def get_device():
        if torch.cuda.is_available() or torch.backends.mps.is_available():
            return torch.device("cpu")
        return torch.device("cuda")


_asked: list[torch.device] = []


class AskedOnce:
    """The machine is looked at once, and what was found then is given ever after.

    Ask inside the function, at every call.
    """

    def get_device():
        _asked.append(
            torch.accelerator.current_accelerator()
            if torch.accelerator.is_available()
            else torch.device("cpu")
        )
        return _asked[0]


class NotAssigned:
    """A tensor's `.to` moves nothing in place.

    Return what it returns.
    """

    def to_device(x, y, device):
        x.to(device)
        y.to(device)
        return x, y


class ImagesOnly:
    """The labels stay where they are.

    Both.
    """

    def to_device(x, y, device):
        return x.to(device), y


class LabelsOnly:
    """The images stay where they are.

    Both.
    """

    def to_device(x, y, device):
        return x, y.to(device)


class WhenImagesMove:
    """The labels are moved only if the images are elsewhere.

    Each by itself.
    """

    def to_device(x, y, device):
        return (x, y) if x.device == device else (x.to(device), y.to(device))


class Copied:
    """What is on the device already is copied.

    `.to(device)` gives it as it is.
    """

    def to_device(x, y, device):
        return x.to(device, copy=True), y.to(device, copy=True)


class DeepCopied:
    """A copy of the labels is returned.

    `.to(device)` is enough.
    """

    def to_device(x, y, device):
        return x.to(device), copy.deepcopy(y).to(device)


class Floats:
    """Everything becomes float32 on its way.

    Only the device changes.
    """

    def to_device(x, y, device):
        return x.to(device, torch.float32), y.to(device)


class LabelsLong:
    """The labels become int64.

    Only the device changes.
    """

    def to_device(x, y, device):
        return x.to(device), y.to(device).long()


class Exchanged:
    """The labels come first.

    `return x, y`.
    """

    def to_device(x, y, device):
        return y.to(device), x.to(device)


class OwnChoice:
    """The tensors go to the device that the function finds, not to the one it was given.

    Use `device`.
    """

    def to_device(x, y, device):
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        return x.to(device), y.to(device)


class Contiguous:
    """The images are laid out anew, and so copied.

    `.to(device)` leaves the layout.
    """

    def to_device(x, y, device):
        return x.to(device).contiguous(), y.to(device)
