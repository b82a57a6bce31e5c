"""Wrong answers to k29, written in another way."""

import functools

import torch


class CudaOnly:
    """The names of what is there are listed, and the last one taken."""

    def get_device():
        names = ["cpu"]
        if torch.cuda.is_available():
            names.append("cuda")
        return torch.device(names[-1])


class BuiltFor:
    """A `match` on what torch names."""

    def get_device():
        match torch.accelerator.current_accelerator():
            case None:
                return torch.device("cpu")
            case found:
                return found


class NotAssigned:
    """A loop over both tensors, which binds its own variable anew."""

    def to_device(x, y, device):
        for tensor in (x, y):
            tensor = tensor.to(device)
        return x, y


def _send(tensor, device):
    """Fill an empty tensor on the device."""
    return torch.empty_like(tensor, device=device, requires_grad=False).copy_(tensor)


class Copied:
    """Empty tensors are made on the device, and filled."""

    def to_device(x, y, device):
        return tuple(_send(tensor, device) for tensor in (x, y))


class AskedOnce:
    """What was found is kept in a cache."""

    @functools.cache
    def get_device():
        return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
