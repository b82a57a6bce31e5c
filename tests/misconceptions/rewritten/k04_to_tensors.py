"""Wrong answers to k04, written in another way."""

import torch


class SharedMemory:
    """A generator that wraps one array after another."""

    def to_tensors(*arrays):
        for array in arrays:
            yield torch.as_tensor(array, device="cpu")


class CapitalT:
    """An empty tensor is asked, again and again, for a new one of its own kind."""

    def to_tensors(*arrays):
        blank = torch.empty(0)
        return (blank.new(array) for array in arrays)


class BoundsAsTensors:
    """Both bounds at once, by `aminmax`, in one tuple with the sizes."""

    def describe(x, y):
        bounds = torch.aminmax(y)
        return len(x), x[0].numel(), bounds.min, bounds.max


class LabelsFromZero:
    """The labels are counted in a set, and the last one of a range is taken."""

    def describe(x, y):
        labels = range(len(set(y.tolist())))
        return x.size(0), x.size(1), labels[0], labels[-1]
