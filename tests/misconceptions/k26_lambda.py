"""Wrong answers to k26."""

import torch
from torch import nn


class CalledAtOnce:
    """The function is called when the layer is made, and `forward` returns what it gave then.

    In `__init__` keep the function itself, `self.func = func`; call it in `forward`.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.result = func(torch.zeros(2, 3))

        def forward(self, x):
            return self.result


class NoReturn:
    """`forward` returns None, usually because the function's result is dropped.

    `return self.func(x)`.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func

        def forward(self, x):
            self.func(x)


class FunctionReturned:
    """`forward` returns the function itself.

    Call it on the input: `self.func(x)`.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func

        def forward(self, x):
            return self.func


class KeptOnTheClass:
    """Every layer applies the function of the last one made, usually because it is kept on the
    class.

    Set it on the instance: `self.func = func`.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            type(self).func = staticmethod(func)

        def forward(self, x):
            return self.func(x)


class SuperForgotten:
    """`nn.Module.__init__` was never called, and without it a module does not work.

    Begin `__init__` with `super().__init__()`.
    """

    raises = True

    class Lambda(nn.Module):
        def __init__(self, func):
            self.__dict__["func"] = func

        def forward(self, x):
            return self.func(x)


class NotAModule:
    """`Lambda` is not an `nn.Module`, and `nn.Sequential` takes nothing else.

    Inherit from `nn.Module`, and write what a call does into `forward`.
    """

    class Lambda:
        def __init__(self, func):
            self.func = func

        def __call__(self, x):
            return self.func(x)


class OwnParameter:
    """The layer has a parameter of its own, though a function has nothing to learn.

    Keep the function, and nothing else.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, x):
            return self.func(x)


class OutOfTheGraph:
    """The result is taken out of the graph, as by `.detach()`, and no gradient gets through.

    Return what the function gives, as it is.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func

        def forward(self, x):
            y = self.func(x)
            return y.detach() if isinstance(y, torch.Tensor) else y


class TensorMade:
    """The result is made into a tensor, whatever it was.

    Return what the function gives.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func

        def forward(self, x):
            return torch.as_tensor(self.func(x))


class Remembered:
    """The result of the first call is returned at every later one.

    Call the function each time, and keep no result.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func
            self.memory = None

        def forward(self, x):
            if self.memory is None:
                self.memory = self.func(x)
            return self.memory


class NameExpected:
    """The function is asked for its `__name__`, which not everything that can be called has.

    Keep it and call it; ask nothing else of it.
    """

    raises = True

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func, self.name = func, func.__name__

        def forward(self, x):
            return self.func(x)


class TrainingOnly:
    """In evaluation mode the function is left out, and the input returned.

    Apply it in either mode: nothing depends on `self.training`.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func

        def forward(self, x):
            return self.func(x) if self.training else x


class Copied:
    """The images are copied.

    `x.view(…)` shares their memory; `clone`, `stack`, `repeat` and the like do not.
    """

    def preprocess(x):
        return x.clone().view(-1, 1, 28, 28)


class CopiedIfStrided:
    """The images are copied if they are a part of a larger batch, such as every other row, as by
    `.contiguous()` or `flatten`.

    `x.view(-1, 1, 28, 28)` alone needs no copy there: it divides the last axis, and no more.
    """

    def preprocess(x):
        return x.contiguous().view(-1, 1, 28, 28)


class ChannelForgotten:
    """The axis of the channels is missing.

    The shape is to be (N, 1, 28, 28), with one channel.
    """

    def preprocess(x):
        return x.view(-1, 28, 28)


class ChannelLast:
    """The channels stand last.

    Torch has them second: (N, 1, 28, 28).
    """

    def preprocess(x):
        return x.view(-1, 28, 28, 1)


class OneImage:
    """Only the first image of the batch is returned.

    In `view`, -1 stands for however many images there are.
    """

    def preprocess(x):
        return x[:1].view(1, 1, 28, 28)


class Transposed:
    """Rows and columns of the images are swapped.

    Images are stored line by line, and `view` reads them so.
    """

    def preprocess(x):
        return x.view(-1, 1, 28, 28).transpose(2, 3)


class Scaled:
    """The grey values are changed.

    Only the shape is to change: `x.view(…)` and no arithmetic.
    """

    def preprocess(x):
        return (x / 255).view(-1, 1, 28, 28)


class ImagesOutOfTheGraph:
    """The result is taken out of the graph, as by `.detach()` or `.data`, and no gradient gets
    through.

    `x.view(…)` alone shares the memory, and is part of the graph.
    """

    def preprocess(x):
        return x.detach().resize_(len(x), 1, 28, 28)


class ChangesItsInput:
    """The caller's own tensor is reshaped.

    `x.view(…)` gives a new tensor over the same memory, and leaves the old one as it is.
    """

    def preprocess(x):
        x.data = x.data.view(-1, 1, 28, 28)
        return x
