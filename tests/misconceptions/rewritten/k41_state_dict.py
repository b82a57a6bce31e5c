"""Wrong answers to k41, written in another way."""

import itertools

import torch


class HalfDone:
    """Module by module, and checked on the way."""

    mastery = True

    def restore(model, state):
        known = [
            (f"{path}.{key}".lstrip("."), tensor)
            for path, part in model.named_modules(remove_duplicate=False)
            for key, tensor in itertools.chain(part._parameters.items(), part._buffers.items())
            if tensor is not None
        ]
        own = dict(known)
        if not state.keys() <= own.keys():
            raise KeyError(state.keys() - own.keys())
        if {id(own[name]) for name in state} != {id(tensor) for tensor in own.values()}:
            raise KeyError("some are missing")
        for name in state:
            target, source = own[name].detach(), state[name].detach()
            if target.size() != source.size():
                raise RuntimeError(name)
            target.copy_(source)


class BuffersAliased:
    """Two loops, one of which forgets to copy."""

    def snapshot(model):
        state = {}
        for name, parameter in model.named_parameters(remove_duplicate=False):
            state[name] = torch.empty_like(parameter, requires_grad=False).copy_(parameter.data)
        for name, buffer in model.named_buffers(remove_duplicate=False):
            state[name] = buffer.detach()
        return state
