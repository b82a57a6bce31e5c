"""Right answers to k29, written differently."""

import torch


class Tutorial:
    """The tutorial's own question, with a device in place of its name."""

    def get_device():
        return torch.device(
            torch.accelerator.current_accelerator().type
            if torch.accelerator.is_available()
            else "cpu"
        )

    def to_device(x, y, device):
        return x.to(device), y.to(device)


class AsOneUsedTo:
    """One kind after the other."""

    def get_device():
        if torch.cuda.is_available():
            return torch.device("cuda", 0)
        if torch.backends.mps.is_available():
            return torch.device("mps")
        return torch.device("cpu")

    def to_device(x, y, device):
        return tuple(tensor.to(device=device, non_blocking=True) for tensor in (x, y))


class Counted:
    """As many as there are, and the tensors only if they are elsewhere."""

    def get_device():
        if torch.accelerator.device_count() == 0:
            return torch.device("cpu")
        return torch.accelerator.current_accelerator()

    def to_device(x, y, device):
        moved = []
        for tensor in (x, y):
            moved.append(tensor if tensor.device == device else tensor.to(device))
        return moved


class ByItsName:
    """By a table of names."""

    def get_device():
        there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
        return torch.device(next((name for name in there if there[name]), "cpu"))

    def to_device(x, y, device):
        return x.type(x.dtype).to(str(device)), y.to(str(device))
