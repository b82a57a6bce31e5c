"""Wrong answers to k42."""

from torch import nn


class _Plain:
    """A base class that is right, with registries as torch has them."""

    def __init__(self):
        vars(self).update(_parameters={}, _modules={}, training=True)

    def __setattr__(self, name, value):
        kind = self.kind_of(value)
        if kind and kind not in vars(self):
            raise AttributeError("super().__init__() first")
        for registry in ("_parameters", "_modules"):
            if registry != kind:
                vars(self).get(registry, {}).pop(name, None)
        if kind:
            vars(self).pop(name, None)
            vars(self)[kind][name] = value
        else:
            vars(self)[name] = value

    def kind_of(self, value):
        if isinstance(value, nn.Parameter):
            return "_parameters"
        return "_modules" if isinstance(value, _Plain) else None

    def __getattr__(self, name):
        for registry in ("_parameters", "_modules"):
            if name in vars(self).get(registry, {}):
                return vars(self)[registry][name]
        raise AttributeError(name)

    def __delattr__(self, name):
        for registry in ("_parameters", "_modules"):
            if name in vars(self).get(registry, {}):
                del vars(self)[registry][name]
                return
        object.__delattr__(self, name)

    def __call__(self, *args, **kwargs):
        return self.forward(*args, **kwargs)

    def tree(self, prefix="", seen=None):
        seen = set() if seen is None else seen
        if id(self) not in seen:
            seen.add(id(self))
            yield prefix, self
            for name, module in self._modules.items():
                yield from module.tree(f"{prefix}{name}.", seen)

    def named_parameters(self):
        seen = set()
        for prefix, module in self.tree():
            for name, parameter in module._parameters.items():
                if id(parameter) not in seen:
                    seen.add(id(parameter))
                    yield prefix + name, parameter

    def parameters(self):
        return [parameter for _, parameter in self.named_parameters()]

    def modules(self):
        return [module for _, module in self.tree()]

    def train(self, mode=True):
        for module in self.modules():
            module.training = mode
        return self

    def eval(self):
        return self.train(False)

    def zero_grad(self):
        for parameter in self.parameters():
            parameter.grad = None


class OwnOnly:
    """Only a module's own parameters are listed, not those of the modules in it.

    Let the method call itself for each module in it, and add what it gives.
    """

    class Module(_Plain):
        def named_parameters(self):
            return list(self._parameters.items())


class OneLevelOnly:
    """The parameters of modules within modules within modules are missing: the walk ends after one
    level.

    Let the method call itself for each module inside.
    """

    class Module(_Plain):
        def tree(self, prefix="", seen=None):
            yield prefix, self
            inside = {id(module): (name, module) for name, module in self._modules.items()}
            for name, module in inside.values():
                yield f"{name}.", module


class SharedByTheClass:
    """All modules have the same parameters, because the registries are made once, on the class.

    Make them in `__init__`, one pair for each `self`.
    """

    class Module(_Plain):
        registries: dict[str, dict] = {"_parameters": {}, "_modules": {}}

        def __init__(self):
            vars(self).update(SharedByTheClass.Module.registries, training=True)


class ListedTwice:
    """A parameter that is in two places is listed twice, and an optimiser would take two steps with
    it.

    Keep the `id` of each parameter that was given, and skip it the next time.
    """

    class Module(_Plain):
        def named_parameters(self):
            for prefix, module in self.tree():
                for name, parameter in module._parameters.items():
                    yield prefix + name, parameter


class ModulesTwice:
    """`modules()` gives a module twice if it is in two places.

    Keep the `id` of each module that was given, and skip it the next time.
    """

    class Module(_Plain):
        def modules(self):
            return [self, *(m for inner in self._modules.values() for m in inner.modules())]


class ByTheirMemory:
    """Two parameters that share their memory are taken for one.

    Tell them apart by `id(parameter)`: a shared parameter is one object in two places.
    """

    class Module(_Plain):
        def named_parameters(self):
            seen = set()
            for name, parameter in super().named_parameters():
                if parameter.data_ptr() not in seen:
                    seen.add(parameter.data_ptr())
                    yield name, parameter


class NamesCollide:
    """The names have no prefix, so that the weights of two layers have the same name.

    Put the name of the module inside and a dot before each.
    """

    class Module(_Plain):
        def named_parameters(self):
            return [(name.rpartition(".")[2], p) for name, p in super().named_parameters()]


class OnlyTheLastPrefix:
    """Only the last module's name stands before the dot, not the whole path.

    Hand the prefix down, and add to it at each level.
    """

    class Module(_Plain):
        def named_parameters(self):
            return [(".".join(name.split(".")[-2:]), p) for name, p in super().named_parameters()]


class UnderscoresForDots:
    """The parts of a name are joined by an underscore.

    Join them by a dot, as in `first.weight`.
    """

    class Module(_Plain):
        def named_parameters(self):
            return [(name.replace(".", "_"), p) for name, p in super().named_parameters()]


class InsideFirst:
    """The parameters of the modules inside come before the module's own.

    Give the module's own first, and then those of each module inside.
    """

    class Module(_Plain):
        def named_parameters(self):
            seen = set()

            def of(module, prefix):
                for name, inner in module._modules.items():
                    yield from of(inner, f"{prefix}{name}.")
                for name, parameter in module._parameters.items():
                    if id(parameter) not in seen:
                        seen.add(id(parameter))
                        yield prefix + name, parameter

            return list(of(self, ""))


class AsAssigned:
    """Parameters and modules come mixed, in the order of assignment.

    Give the module's own parameters first, whenever they were assigned.
    """

    class Module(_Plain):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if self.kind_of(value):
                vars(self).setdefault("_order", {})[name] = None

        def named_parameters(self):
            seen = set()

            def of(module, prefix):
                for name in vars(module).get("_order", {}):
                    value = getattr(module, name, None)
                    if isinstance(value, nn.Parameter) and id(value) not in seen:
                        seen.add(id(value))
                        yield prefix + name, value
                    elif isinstance(value, _Plain) and id(value) not in seen:
                        seen.add(id(value))
                        yield from of(value, f"{prefix}{name}.")

            return list(of(self, ""))

        def __delattr__(self, name):
            super().__delattr__(name)
            vars(self).get("_order", {}).pop(name, None)


class Sorted:
    """The parameters are sorted by name, not in the order of assignment.

    Leave them as they are: a dict keeps the order in which its keys came.
    """

    class Module(_Plain):
        def named_parameters(self):
            return sorted(super().named_parameters(), key=lambda pair: pair[0])


class Lingering:
    """A parameter or module that was set to None, or deleted, is still in the registry.

    Take its name out of the registries as well.
    """

    class Module(_Plain):
        def __setattr__(self, name, value):
            if value is None and (name in self._parameters or name in self._modules):
                vars(self)[name] = None
                return
            vars(self).pop(name, None)
            super().__setattr__(name, value)

        def __delattr__(self, name):
            if name in vars(self):
                object.__delattr__(self, name)
            elif name in self._parameters or name in self._modules:
                vars(self)["_gone"] = {*vars(self).get("_gone", ()), name}
            else:
                raise AttributeError(name)

        def __getattr__(self, name):
            if name in vars(self).get("_gone", ()):
                raise AttributeError(name)
            return super().__getattr__(name)


class FirstStays:
    """A parameter that is replaced stays in the registry, and the new one is not listed.

    Overwrite the old one, whether the name was there before or not.
    """

    class Module(_Plain):
        def __setattr__(self, name, value):
            kind = self.kind_of(value)
            if kind and name in vars(self).get(kind, {}):
                vars(self)[name] = value
            else:
                vars(self).pop(name, None)
                super().__setattr__(name, value)


class ListsToo:
    """Parameters in lists are listed, too, which nn.Module does not do.

    Look only at the attributes themselves: for lists there is `nn.ParameterList`.
    """

    class Module(_Plain):
        def named_parameters(self):
            yield from super().named_parameters()
            for name, value in vars(self).items():
                for i, part in enumerate(value if isinstance(value, list) else ()):
                    if isinstance(part, nn.Parameter):
                        yield f"{name}.{i}", part


class TensorsToo:
    """Every tensor counts as a parameter.

    Count only those that are an `nn.Parameter`.
    """

    class Module(_Plain):
        def kind_of(self, value):
            return "_parameters" if hasattr(value, "requires_grad") else super().kind_of(value)


class UnknownIsNone:
    """A name that is not there gives None instead of an error, so that `hasattr` is always true.

    Raise AttributeError at the end of `__getattr__`.
    """

    class Module(_Plain):
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return {**vars(self).get("_parameters", {}), **vars(self).get("_modules", {})}.get(name)


class UnknownIsKeyError:
    """A name that is not there raises KeyError, which `hasattr` and `getattr` do not expect.

    Raise AttributeError.
    """

    class Module(_Plain):
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return {**vars(self)["_parameters"], **vars(self)["_modules"]}[name]


class ModeOfOne:
    """The mode is set on the module itself, not on those inside.

    Set it on all of `self.modules()`.
    """

    class Module(_Plain):
        def train(self, mode=True):
            self.training = mode
            return self


class EvalWakesTheOthers:
    """The modules inside are always put into training mode: `mode` is not passed on to them.

    Pass it on: `module.train(mode)`.
    """

    class Module(_Plain):
        def train(self, mode=True):
            for module in self.modules():
                module.training = True
            self.training = mode
            return self


class NotReturned:
    """`train` and `eval` return nothing.

    Return the module: `return self`.
    """

    class Module(_Plain):
        def train(self, mode=True):
            super().train(mode)


class EvaluatesAtFirst:
    """A new module is in evaluation mode.

    Set `self.training = True` in `__init__`.
    """

    class Module(_Plain):
        def __init__(self):
            super().__init__()
            self.training = False


class OwnGradientsOnly:
    """The gradients of the modules inside are not cleared.

    Go through `self.parameters()`, which has them all.
    """

    class Module(_Plain):
        def zero_grad(self):
            for parameter in self._parameters.values():
                parameter.grad = None


class OneArgument:
    """A call passes on one argument only.

    Take and pass on all: `def __call__(self, *args, **kwargs)`.
    """

    class Module(_Plain):
        def __call__(self, *args, **kwargs):
            return self.forward(*args[:1])


class ResultLost:
    """A call returns nothing.

    Return what `forward` returns.
    """

    class Module(_Plain):
        def __call__(self, *args, **kwargs):
            self.forward(*args, **kwargs)


class Remembered:
    """The list of parameters is kept after the first call. A change inside a module is not seen.

    Walk through the tree at each call.
    """

    class Module(_Plain):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            vars(self).pop("_listed", None)

        def __delattr__(self, name):
            super().__delattr__(name)
            vars(self).pop("_listed", None)

        def named_parameters(self):
            if "_listed" not in vars(self):
                vars(self)["_listed"] = list(super().named_parameters())
            return vars(self)["_listed"]


class ReadyMade:
    """That is torch's own class; this kata is about building it."""

    class Module(nn.Module):
        pass


class ReadyMadeInside:
    """Inside, torch's own module keeps the parameters; this kata is about building it."""

    class Module(_Plain):
        def __init__(self):
            super().__init__()
            vars(self)["_inner"] = nn.Module()


class Borrowed:
    """One of the methods is torch's own; this kata is about building it."""

    class Module(_Plain):
        def children(self):
            return self._modules.values()

        train = nn.Module.train


class NothingRefused:
    """What is assigned before `super().__init__()` is lost without a word.

    Raise AttributeError if a parameter or module comes before it.
    """

    mastery = True

    class Module(_Plain):
        def __setattr__(self, name, value):
            kind = self.kind_of(value)
            if kind and kind not in vars(self):
                vars(self)[name] = value
            else:
                super().__setattr__(name, value)


class EverythingRefused:
    """A plain value before `super().__init__()` raises, too.

    Refuse parameters and modules only.
    """

    mastery = True

    class Module(_Plain):
        def __setattr__(self, name, value):
            if "_modules" not in vars(self):
                raise AttributeError("super().__init__() first")
            super().__setattr__(name, value)


class BeginsEmpty:
    """A plain value that was assigned before `super().__init__()` is gone after it.

    Add to `vars(self)` in `__init__`, and do not empty it.
    """

    mastery = True

    class Module(_Plain):
        def __init__(self):
            vars(self).clear()
            super().__init__()


class EndlessGetattr:
    """`__getattr__` reads a registry by `self._parameters`. A copy has none yet when it is asked
    for its attributes, and so `__getattr__` calls itself without end.

    Look into `vars(self)`, which is always there.
    """

    mastery = True
    raises = True

    class Module(_Plain):
        def __getattr__(self, name):
            if name in self._parameters:
                return self._parameters[name]
            return super().__getattr__(name)

        def __setattr__(self, name, value):
            if self.kind_of(value) and "_parameters" not in vars(self):
                raise AttributeError("super().__init__() first")
            super().__setattr__(name, value)


class ShallowCopy:
    """A deep copy shares its parameters with the original.

    Leave copying to Python, without a `__deepcopy__` or `__reduce__` of your own.
    """

    mastery = True

    class Module(_Plain):
        def __deepcopy__(self, memo):
            twin = type(self).__new__(type(self))
            vars(twin).update(vars(self))
            return twin
