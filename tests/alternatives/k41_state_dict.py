"""Right answers to k41, written differently."""

import copy
from itertools import chain

import torch


class TwoLoops:
    """A loop for the parameters and one for the buffers, without checks."""

    mastery = False

    def snapshot(model):
        state = {}
        for name, p in model.named_parameters():
            state[name] = p.data.clone()
        for name, b in model.named_buffers():
            state[name] = b.clone()
        return state

    def restore(model, state):
        for name, p in model.named_parameters(remove_duplicate=False):
            if name in state:
                p.data[...] = state[name]
        for name, b in model.named_buffers(remove_duplicate=False):
            if name in state:
                b[...] = state[name]


class OfACopy:
    """The tensors of a deep copy; `data` and the buffers are replaced by copies."""

    def snapshot(model):
        twin = copy.deepcopy(model).requires_grad_(False)
        return {**dict(twin.named_parameters()), **dict(twin.named_buffers())}

    def restore(model, state):
        parts = dict(model.named_modules(remove_duplicate=False))
        places = {}
        for path, part in parts.items():
            for kind in ("_parameters", "_buffers"):
                for key, tensor in getattr(part, kind).items():
                    if tensor is not None:
                        places[f"{path}.{key}" if path else key] = (part, kind, key)
        tensors = {name: getattr(*place[::2]) for name, place in places.items()}
        by_id = {}
        for name, tensor in tensors.items():
            by_id.setdefault(id(tensor), []).append(name)
        if not state.keys() <= tensors.keys():
            raise RuntimeError("unexpected")
        if not all(state.keys() & set(names) for names in by_id.values()):
            raise RuntimeError("missing")
        if any(state[name].shape != tensors[name].shape for name in state):
            raise RuntimeError("shape")
        for names in by_id.values():
            value = state[next(name for name in names if name in state)]
            made = value.detach().clone().to(tensors[names[0]].dtype)
            for name in names:
                part, kind, key = places[name]
                if kind == "_parameters":
                    part._parameters[key].data = made
                else:
                    part._buffers[key] = made


class CopiesFirst:
    """Everything is converted before anything is written; each tensor is found by `getattr`."""

    @torch.inference_mode(False)
    @torch.no_grad()
    def snapshot(model):
        named = chain(model.named_parameters(), model.named_buffers())
        return {name: torch.clone(tensor.detach()) for name, tensor in named}

    @torch.no_grad()
    def restore(model, state):
        plan, seen = [], set()
        for name, value in state.items():
            *path, last = name.split(".")
            part = model
            for step in path:
                part = part._modules.get(step)
                if part is None:
                    raise KeyError(name)
            if last in part._parameters:
                tensor = part._parameters[last]
            elif last in part._buffers:
                tensor = part._buffers[last]
            else:
                raise KeyError(name)
            if tensor is None or list(value.shape) != list(tensor.shape):
                raise ValueError(f"{name}: {tuple(value.shape)}")
            plan.append((tensor, value.to(tensor.dtype)))
            seen.add(id(tensor))
        for tensor in chain(model.parameters(), model.buffers()):
            if id(tensor) not in seen:
                raise KeyError("a tensor is missing")
        for tensor, value in plan:
            tensor.copy_(value)


class IntoEmptyOnes:
    """Into empty tensors; in `restore`, the names of a tensor are collected under the tensor."""

    def snapshot(model):
        state = {}
        with torch.no_grad():
            for name, tensor in (*model.named_parameters(), *model.named_buffers()):
                state[name] = tensor.new_empty(tensor.shape)
                state[name].copy_(tensor)
        return state

    def restore(model, state):
        own = dict(model.named_parameters(remove_duplicate=False))
        own.update(model.named_buffers(remove_duplicate=False))
        groups = {}
        for name, tensor in own.items():
            groups.setdefault(tensor, set()).add(name)
        if any(not names & set(state) for names in groups.values()) or set(state) - set(own):
            raise KeyError("names")
        wrong = [name for name in state if state[name].size() != own[name].size()]
        if wrong:
            raise ValueError(wrong)
        for name in state:
            own[name].detach()[...] = state[name]


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "raise KeyError(None)": "What the exception says is free.",
    "raise ValueError(None)": "What the exception says is free.",
    "remove_duplicate=None": "None is false, too.",
}
