"""Wrong answers to k29."""

import copy

import torch


class ItsName:
    """The name of a device is returned, not a device.

    Make a device of it: `torch.device(name)`.
    """

    def get_device():
        found = torch.accelerator.is_available()
        return torch.accelerator.current_accelerator().type if found else "cpu"


class CudaOnly:
    """Apple's accelerator is not found, usually because only CUDA is asked for.

    Ask `torch.accelerator`, which knows of all kinds.
    """

    def get_device():
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class MpsOnly:
    """CUDA is not found, usually because only Apple's accelerator is asked for.

    Ask `torch.accelerator`, which knows of all kinds.
    """

    def get_device():
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class AlwaysCpu:
    """The CPU is returned, whatever the machine has when the function is called.

    Ask `torch.accelerator.is_available()` inside the function, and return the CPU only if it says
    no.
    """

    def get_device():
        return torch.device("cpu")


class BuiltFor:
    """The accelerator that torch was built for is returned, even if the machine does not have one.

    Ask `torch.accelerator.is_available()` first.
    """

    def get_device():
        return torch.accelerator.current_accelerator() or torch.device("cpu")


class ParenthesesForgotten:
    """`is_available` lacks its parentheses: the function is not called, and as an object it always
    counts as true.

    Write `torch.accelerator.is_available()`.
    """

    def get_device():
        if torch.accelerator.is_available:  # type: ignore[truthy-function]
            return torch.accelerator.current_accelerator()
        return torch.device("cpu")


class NothingWithout:
    """Without an accelerator, None is returned.

    Return the CPU then: `torch.device("cpu")`.
    """

    def get_device():
        if torch.accelerator.is_available():
            return torch.accelerator.current_accelerator()
        return None


class CudaForAll:
    """CUDA is returned even where the accelerator is a different one, such as Apple's.

    Ask whether there is one, `torch.accelerator.is_available()`, with its parentheses; then ask
    which, `torch.accelerator.current_accelerator()`.
    """

    def get_device():
        return torch.device("cuda" if torch.accelerator.is_available() else "cpu")


class TurnedRound:
    """The CPU is returned where there is an accelerator, and CUDA where there is none.

    Swap the two branches of the `if`.
    """

    def get_device():
        if torch.cuda.is_available() or torch.backends.mps.is_available():
            return torch.device("cpu")
        return torch.device("cuda")


_asked: list[torch.device] = []


class AskedOnce:
    """The machine is asked once, and that first answer is returned from then on.

    Ask inside the function, at every call, and keep nothing.
    """

    def get_device():
        _asked.append(
            torch.accelerator.current_accelerator()
            if torch.accelerator.is_available()
            else torch.device("cpu")
        )
        return _asked[0]


class NotAssigned:
    """Neither tensor is moved: a tensor's `.to(device)` changes nothing in place.

    Return the tensors that it returns: `return x.to(device), y.to(device)`.
    """

    def to_device(x, y, device):
        x.to(device)
        y.to(device)
        return x, y


class ImagesOnly:
    """The labels stay where they are.

    Move them as well: `y.to(device)`.
    """

    def to_device(x, y, device):
        return x.to(device), y


class LabelsOnly:
    """The images stay where they are.

    Move them as well: `x.to(device)`.
    """

    def to_device(x, y, device):
        return x, y.to(device)


class WhenImagesMove:
    """The labels stay where they are if the images are on the device already.

    Call `.to(device)` on each, without asking: it does nothing to a tensor that is there already.
    """

    def to_device(x, y, device):
        return (x, y) if x.device == device else (x.to(device), y.to(device))


class Copied:
    """What is on the device already is copied.

    Write `.to(device)` alone, which returns such a tensor as it is.
    """

    def to_device(x, y, device):
        return x.to(device, copy=True), y.to(device, copy=True)


class DeepCopied:
    """The labels are copied even if they are on the device already.

    Write `y.to(device)` alone, which then returns them as they are.
    """

    def to_device(x, y, device):
        return x.to(device), copy.deepcopy(y).to(device)


class Floats:
    """The images become float32 on their way.

    Change only the device: `x.to(device)`, without a dtype.
    """

    def to_device(x, y, device):
        return x.to(device, torch.float32), y.to(device)


class LabelsLong:
    """The labels become int64.

    Change only the device: `y.to(device)`.
    """

    def to_device(x, y, device):
        return x.to(device), y.to(device).long()


class LabelsFirst:
    """The labels are returned first.

    Return the images first, and then the labels.
    """

    def to_device(x, y, device):
        return y.to(device), x.to(device)


class OwnChoice:
    """The tensors go to a device that the function itself chooses, not to the one that was passed.

    Use the argument, `device`.
    """

    def to_device(x, y, device):
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        return x.to(device), y.to(device)


class Contiguous:
    """Images that are not contiguous are copied into a new layout.

    Write `x.to(device)` alone, which leaves the layout as it is.
    """

    def to_device(x, y, device):
        return x.to(device).contiguous(), y.to(device)
