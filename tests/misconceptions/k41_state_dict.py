"""Wrong answers to k41."""

import copy

import torch
from torch import nn


def _all(model):
    """Return the model's tensors under all their names."""
    tensors = dict(model.named_parameters(remove_duplicate=False))
    return {**tensors, **dict(model.named_buffers(remove_duplicate=False))}


def _check(own, state):
    found = {id(own[name]) for name in state}
    for name, tensor in own.items():
        if id(tensor) not in found:
            raise KeyError(name)
        if name in state and state[name].shape != tensor.shape:
            raise ValueError(name)


def _part_of(model, name):
    """Return the module that has a tensor, and the tensor's name there."""
    path, _, last = name.rpartition(".")
    return model.get_submodule(path), last


class NoBuffers:
    """The buffers are missing, so that a batch norm evaluates with other statistics afterwards.

    Go through `named_buffers()` as well, in both functions.
    """

    def snapshot(model):
        return {name: p.detach().clone() for name, p in model.named_parameters()}

    def restore(model, state):
        own = dict(model.named_parameters(remove_duplicate=False))
        with torch.no_grad():
            for name in own.keys() & state.keys():
                own[name].copy_(state[name])


class BuffersNotRestored:
    """`restore` writes the parameters only, though the buffers are in the state.

    Write into the tensors of `named_buffers()` as well.
    """

    def restore(model, state):
        own = _all(model)
        _check(own, state)
        with torch.no_grad():
            for name, value in state.items():
                if isinstance(own[name], nn.Parameter):
                    own[name].copy_(value)


class FloatsOnly:
    """Buffers that are not floating, such as the count of a batch norm, are missing.

    Copy every tensor, whatever its dtype.
    """

    def snapshot(model):
        own = _all(model).items()
        return {name: t.detach().clone() for name, t in own if t.is_floating_point()}

    def restore(model, state):
        own = _all(model)
        with torch.no_grad():
            for name, value in state.items():
                own[name].copy_(value)


class Aliased:
    """The snapshot shares its numbers with the model, so that in the end it holds those of the last
    epoch, and not of the best. `detach` makes no copy, and neither does `cpu` on the CPU.

    Make a copy: `tensor.detach().clone()`.
    """

    def snapshot(model):
        return {name: tensor.detach() for name, tensor in _all(model).items()}


class BuffersAliased:
    """The parameters are copied, but the buffers of the snapshot are the model's own.

    Clone both.
    """

    def snapshot(model):
        own = _all(model).items()
        return {n: t.detach().clone() if isinstance(t, nn.Parameter) else t for n, t in own}


class StillInTheGraph:
    """The entries require grad: `clone` alone copies in the graph.

    Call `detach()` first.
    """

    def snapshot(model):
        return {name: tensor.clone() for name, tensor in _all(model).items()}


class SinglePrecision:
    """Every floating entry becomes float32, by way of numbers or `.float()`.

    Clone the tensor, which keeps its dtype.
    """

    def snapshot(model):
        own = _all(model).items()
        return {n: t.detach().clone().float() if t.is_floating_point() else t.clone()
                for n, t in own}  # fmt: skip


class NamesWithoutPath:
    """The names lack the path to the part of the model, so that `0.weight` and `1.weight` are one.

    Use the names of `named_parameters()` and `named_buffers()` of the whole model.
    """

    def snapshot(model):
        return {name.rpartition(".")[2]: t.detach().clone() for name, t in _all(model).items()}


class ByNumber:
    """The names are numbers.

    Use the names that the model gives: `for name, p in model.named_parameters()`.
    """

    def snapshot(model):
        return {str(i): t.detach().clone() for i, t in enumerate(_all(model).values())}


class Rebound:
    """`restore` puts new Parameters into the model. The optimiser goes on to train the old ones.

    Write into the tensors that are there: `p.copy_(value)`, under `torch.no_grad()`.
    """

    def restore(model, state):
        own = _all(model)
        _check(own, state)
        new = {}
        for name, value in state.items():
            tensor = own[name]
            if isinstance(tensor, nn.Parameter):
                made = nn.Parameter(
                    value.detach().to(tensor.dtype, copy=True), tensor.requires_grad
                )
                made.grad = tensor.grad
                value = new.setdefault(id(tensor), made)
            else:
                value = new.setdefault(id(tensor), value.to(tensor.dtype, copy=True))
            for place, each in own.items():
                if each is tensor:
                    setattr(*_part_of(model, place), value)


class StateShared:
    """The model gets the state's own tensors, so that later training changes the state.

    Copy the numbers: `p.copy_(value)`, not `p.data = value`.
    """

    def restore(model, state):
        own = _all(model)
        _check(own, state)
        for name, value in state.items():
            own[name].data = value.detach().to(own[name].dtype)


class NotWritten:
    """`restore` changes nothing: `p = value` in a loop only gives the variable another value.

    Write into the tensor: `p.copy_(value)`.
    """

    def restore(model, state):
        own = _all(model)
        _check(own, state)
        for name, p in own.items():
            p = state.get(name)  # noqa: F841


class Thawed:
    """Every parameter requires grad afterwards, even one that was frozen.

    Leave `requires_grad` alone, and write under `torch.no_grad()`.
    """

    def restore(model, state):
        own = _all(model)
        _check(own, state)
        for name, value in state.items():
            tensor = own[name]
            tensor.requires_grad_(False).copy_(value)
            if isinstance(tensor, nn.Parameter):
                tensor.requires_grad_()


class GradientsCleared:
    """The gradients are gone afterwards, which nobody asked for.

    Leave `.grad` alone.
    """

    def restore(model, state):
        own = _all(model)
        _check(own, state)
        with torch.no_grad():
            for name, value in state.items():
                own[name].copy_(value)
                own[name].grad = None


class LeftEvaluating:
    """The model is in evaluation mode afterwards.

    Leave the mode alone: copying has no need of it.
    """

    def restore(model, state):
        own = _all(model)
        _check(own, state)
        model.eval()
        with torch.no_grad():
            for name, value in state.items():
                own[name].copy_(value)


class ByOrder:
    """Values go to the model's tensors in the order of the dict, whatever their names are.

    Look each tensor up by its name.
    """

    def restore(model, state):
        own = _all(model)
        _check(own, state)
        with torch.no_grad():
            for tensor, value in zip(own.values(), state.values(), strict=False):
                if tensor.shape == value.shape:
                    tensor.copy_(value)


class FirstNamesOnly:
    """A shared tensor is known under its first name only, and torch's state dicts, which have all
    its names, are refused.

    Ask for all names: `named_parameters(remove_duplicate=False)`, and the buffers in the same way.
    """

    raises = True

    def restore(model, state):
        own = {**dict(model.named_parameters()), **dict(model.named_buffers())}
        _check(own, state)
        with torch.no_grad():
            for name, value in state.items():
                own[name].copy_(value)


class StateEmptied:
    """The caller's dict has lost its entries afterwards, because they are taken out with `pop`.

    Read them with `state[name]`.
    """

    def restore(model, state):
        own = _all(model)
        _check(own, state)
        with torch.no_grad():
            for name in list(state):
                own[name].copy_(state.pop(name))


class ReadyMade:
    """That is torch's own `state_dict`, copied; this kata is about building it."""

    def snapshot(model):
        return copy.deepcopy(model.state_dict())


class ReadyMadeRestore:
    """That is torch's own `load_state_dict`; this kata is about building it."""

    def restore(model, state):
        model.load_state_dict(state)


class MissingIsFine:
    """A name that is missing in the state is not noticed, and its tensor stays as it was.

    Compare the names first, and raise KeyError.
    """

    mastery = True

    def restore(model, state):
        own = _all(model)
        _check({name: own[name] for name in state}, state)
        with torch.no_grad():
            for name, value in state.items():
                own[name].copy_(value)


class UnexpectedIsFine:
    """A name that the model does not have is skipped.

    Compare the names first, and raise KeyError.
    """

    mastery = True

    def restore(model, state):
        own = _all(model)
        known = {name: value for name, value in state.items() if name in own}
        _check(own, known)
        with torch.no_grad():
            for name, value in known.items():
                own[name].copy_(value)


class Broadcast:
    """A tensor of another shape is spread over the model's, since `copy_` broadcasts.

    Compare the shapes first, and raise ValueError.
    """

    mastery = True

    def restore(model, state):
        own = _all(model)
        _check(own, {name: own[name] for name in state})
        for name, value in state.items():
            torch.empty_like(own[name]).copy_(value)  # raises if it does not broadcast
        with torch.no_grad():
            for name, value in state.items():
                own[name].copy_(value)


class CountedOnly:
    """Only the number of entries is compared, and a tensor of another shape is reshaped.

    Compare the shapes themselves, and raise ValueError.
    """

    mastery = True

    def restore(model, state):
        own = _all(model)
        fitting = {name: value.reshape(own[name].shape) for name, value in state.items()}
        _check(own, fitting)
        with torch.no_grad():
            for name, value in fitting.items():
                own[name].copy_(value)


class HalfDone:
    """It raises, but some tensors have already been changed.

    Check all names and shapes first, and write in a second loop.
    """

    mastery = True

    def restore(model, state):
        own = _all(model)
        _check(own, {name: own[name] for name in state})
        with torch.no_grad():
            for name, value in state.items():
                if value.shape != own[name].shape:
                    raise ValueError(name)
                own[name].copy_(value)


class AllNamesWanted:
    """A shared tensor counts as missing unless all its names are there.

    Raise only if none of its names is there: go by `id(tensor)`.
    """

    mastery = True
    raises = True

    def restore(model, state):
        own = _all(model)
        shared = [[n for n in own if own[n] is t] for t in own.values()]
        firsts = {names[0] for names in shared}
        if not state.keys() >= firsts:
            raise KeyError(firsts - state.keys())
        _check(own, state)
        with torch.no_grad():
            for name, value in state.items():
                own[name].copy_(value)


class DtypeTaken:
    """The model's tensors get the state's dtype.

    Keep the model's own: `copy_` converts.
    """

    mastery = True

    def restore(model, state):
        own = _all(model)
        _check(own, state)
        for name, value in state.items():
            own[name].data = value.detach().clone()


class DtypeRefused:
    """Another dtype is refused.

    Convert it: `copy_` does so by itself.
    """

    mastery = True
    raises = True

    def restore(model, state):
        own = _all(model)
        _check(own, state)
        for name, value in state.items():
            if value.dtype != own[name].dtype:
                raise ValueError(name)
        with torch.no_grad():
            for name, value in state.items():
                own[name].copy_(value)
