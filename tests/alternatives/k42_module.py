"""Right answers to k42, written differently."""

import itertools

from torch import nn


class Scanned:
    """Looks through the attributes, without any check."""

    mastery = False

    class Module:
        def __init__(self):
            self.training = True

        def modules(self):
            found = {id(self): self}
            for value in vars(self).values():
                if isinstance(value, Scanned.Module):
                    found |= {id(module): module for module in value.modules()}
            return set(found.values())

        def _all(self, prefix=""):
            for name, value in vars(self).items():
                if isinstance(value, nn.Parameter):
                    yield prefix + name, value
            for name, value in vars(self).items():
                if isinstance(value, Scanned.Module):
                    yield from value._all(f"{prefix}{name}.")

        def named_parameters(self):
            first = {}
            for name, value in self._all():
                first.setdefault(value, name)
            return [(name, value) for value, name in first.items()]

        def parameters(self):
            return tuple(value for _, value in self.named_parameters())

        def train(self, mode=True):
            for module in self.modules():
                module.training = mode
            return self

        def eval(self):
            return self.train(False)

        def zero_grad(self):
            for value in self.parameters():
                if value.grad is not None:
                    value.grad.zero_()

        def __call__(self, *args, **kwargs):
            return self.forward(*args, **kwargs)


class Registries:
    """As torch has it: two dicts, and three methods to get at them."""

    class Module:
        def __init__(self):
            d = self.__dict__
            d["_parameters"], d["_modules"] = {}, {}
            d["training"] = True

        def __setattr__(self, name, value):
            registries = [self.__dict__.get(key) for key in ("_parameters", "_modules")]
            for registry, kind in zip(registries, (nn.Parameter, Registries.Module)):
                if isinstance(value, kind):
                    if registry is None:
                        raise AttributeError(f"{name} comes before super().__init__()")
                    self.__dict__.pop(name, None)
                    registry[name] = value
                    return
                if registry and name in registry:
                    if value is None:
                        registry[name] = None
                        return
                    del registry[name]
            self.__dict__[name] = value

        def __getattr__(self, name):
            for key in ("_parameters", "_modules"):
                registry = self.__dict__.get(key, {})
                if name in registry:
                    return registry[name]
            raise AttributeError(f"no {name}")

        def __delattr__(self, name):
            for key in ("_parameters", "_modules"):
                if self.__dict__.get(key, {}).pop(name, self) is not self:
                    return
            super().__delattr__(name)

        def modules(self, seen=None):
            seen = {} if seen is None else seen
            if id(self) not in seen:
                seen[id(self)] = self
                for module in filter(None, self._modules.values()):
                    module.modules(seen)
            return iter(seen.values())

        def named_parameters(self, prefix="", seen=None):
            seen = set() if seen is None else seen
            for name, p in self._parameters.items():
                if p is not None and id(p) not in seen:
                    seen.add(id(p))
                    yield prefix + name, p
            for name, module in self._modules.items():
                if module is not None:
                    yield from module.named_parameters(prefix + name + ".", seen)

        def parameters(self):
            return (p for _, p in self.named_parameters())

        def train(self, mode=True):
            self.training = mode
            for module in filter(None, self._modules.values()):
                module.train(mode)
            return self

        def eval(self):
            return self.train(False)

        def zero_grad(self):
            for p in self.parameters():
                p.grad = None

        def __call__(self, *args, **kwargs):
            return self.forward(*args, **kwargs)


class OneDict:
    """One registry for both kinds, besides the attributes; `__new__` makes it."""

    class Module:
        training = True

        def __new__(cls, *args, **kwargs):
            self = super().__new__(cls)
            self.__dict__["_parts"] = None
            return self

        def __init__(self):
            self.__dict__["_parts"] = {}

        def __setattr__(self, name, value):
            if isinstance(value, (nn.Parameter, OneDict.Module)):
                if self._parts is None:
                    raise AttributeError(name)
                self._parts[name] = value
            elif self._parts is not None:
                self._parts.pop(name, None)
            super().__setattr__(name, value)

        def __delattr__(self, name):
            super().__delattr__(name)
            self._parts.pop(name, None)

        def _walk(self, path=()):
            yield path, self
            for name, part in self._parts.items():
                if isinstance(part, OneDict.Module):
                    yield from part._walk((*path, name))

        def named_parameters(self):
            found = {}
            for path, module in self._walk():
                for name, part in module._parts.items():
                    if isinstance(part, nn.Parameter):
                        found.setdefault(id(part), (".".join([*path, name]), part))
            return found.values()

        def parameters(self):
            return [part for _, part in self.named_parameters()]

        def modules(self):
            return list({id(module): module for _, module in self._walk()}.values())

        def train(self, mode=True):
            for module in self.modules():
                vars(module)["training"] = mode
            return self

        def eval(self):
            return self.train(mode=False)

        def zero_grad(self):
            for part in self.parameters():
                part.grad = None

        def __call__(self, *inputs, **options):
            return type(self).forward(self, *inputs, **options)


class Iterated:
    """Generators of pairs, put together by `itertools`."""

    class Module:
        def __init__(self):
            super().__setattr__("_begun", True)
            super().__setattr__("training", True)

        def __setattr__(self, name, value):
            begun = self.__dict__.get("_begun", False)
            if not begun and isinstance(value, (nn.Parameter, Iterated.Module)):
                raise AttributeError("too early")
            super().__setattr__(name, value)

        def _of(self, kind):
            return ((name, value) for name, value in vars(self).items() if isinstance(value, kind))

        def _every(self, prefix=""):
            inner = (
                module._every(f"{prefix}{name}.") for name, module in self._of(Iterated.Module)
            )
            return itertools.chain([(prefix, self)], *inner)

        def named_parameters(self):
            seen = []
            for prefix, module in self._every():
                for name, parameter in module._of(nn.Parameter):
                    if all(parameter is not other for other in seen):
                        seen.append(parameter)
                        yield f"{prefix}{name}", parameter

        def parameters(self):
            for _, parameter in self.named_parameters():
                yield parameter

        def modules(self):
            yield from {id(module): module for _, module in self._every()}.values()

        def train(self, mode=True):
            for module in self.modules():
                module.training = mode
            return self

        def eval(self):
            return self.train(False)

        def zero_grad(self):
            for parameter in self.parameters():
                parameter.grad = None

        def __call__(self, *args, **kwargs):
            return self.forward(*args, **kwargs)


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "AttributeError(None)": "What the exception says is free.",
    "self._tree(None, set())": "`modules` gives no names.",
    'self._tree("XXXX", set())': "`modules` gives no names.",
}
