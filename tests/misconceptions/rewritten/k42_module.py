"""Wrong answers to k42, written in another way."""

from torch.nn import Parameter


class _Scanned:
    """Looks through the attributes, without registries."""

    def __init__(self):
        self.training = self.ready = True

    def __setattr__(self, name, value):
        if isinstance(value, Parameter | _Scanned) and "ready" not in self.__dict__:
            raise AttributeError(name)
        object.__setattr__(self, name, value)

    def __call__(self, *args, **kwargs):
        return self.forward(*args, **kwargs)

    def inside(self):
        return [(n, v) for n, v in self.__dict__.items() if isinstance(v, _Scanned)]

    def named_parameters(self):
        found = {}
        todo = [("", self)]
        done = []
        while todo:
            prefix, module = todo.pop()
            if any(module is other for other in done):
                continue
            done.append(module)
            for name, value in module.__dict__.items():
                if isinstance(value, Parameter):
                    found.setdefault(id(value), (prefix + name, value))
            todo += [(f"{prefix}{name}.", inner) for name, inner in reversed(module.inside())]
        return list(found.values())

    def parameters(self):
        return (value for _, value in self.named_parameters())

    def modules(self):
        found = [self]
        for module in found:
            for _, inner in module.inside():
                if not any(inner is other for other in found):
                    found.append(inner)
        return found

    def train(self, mode=True):
        for module in self.modules():
            module.training = mode
        return self

    def eval(self):
        return self.train(mode=False)

    def zero_grad(self):
        for parameter in self.parameters():
            if parameter.grad is not None:
                parameter.grad.zero_()


class ModeOfOne:
    """By `setattr`."""

    class Module(_Scanned):
        def train(self, mode=True):
            setattr(self, "training", mode)
            return self


class NamesCollide:
    """The names come from a second walk."""

    class Module(_Scanned):
        def named_parameters(self):
            for name, parameter in super().named_parameters():
                yield name[name.rfind(".") + 1 :], parameter
