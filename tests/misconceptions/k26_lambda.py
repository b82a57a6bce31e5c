"""Wrong answers to k26."""

import torch
from torch import nn


class CalledAtOnce:
    """The function is called when the layer is made, and `forward` returns the result of
    that call.

    In `__init__` keep the function itself, `self.func = func`; call it in `forward`.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.result = func(torch.zeros(2, 3))

        def forward(self, x):
            return self.result


class CalledWithoutInput:
    """The function is called when the layer is made, and without an input.

    Keep the function itself, without parentheses: `self.func = func`.
    """

    raises = True

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func()

        def forward(self, x):
            return self.func(x)


class NoReturn:
    """`forward` returns None, usually because `return` is missing.

    Write `return self.func(x)`.
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

    Assign it to the instance: `self.func = func`.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            type(self).func = staticmethod(func)

        def forward(self, x):
            return self.func(x)


class SuperForgotten:
    """`nn.Module.__init__` was never called, and without it a module cannot register anything or be
    called.

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

    Derive it from `nn.Module`, and put what a call does in `forward`.
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
    """The result is cut off from autograd, as by `.detach()`, and no gradient gets through.

    Return what the function returns, as it is.
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

    Return what the function returns, as it is.
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
    """The layer reads the function's `__name__`, which not everything that can be called has.

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

    Apply the function in both modes: nothing should depend on `self.training`.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func

        def forward(self, x):
            return self.func(x) if self.training else x


class Copied:
    """The images are copied.

    Use `x.view(…)`, which shares their memory; `clone`, `stack`, `repeat` and the like do not.
    """

    def preprocess(x):
        return x.clone().view(-1, 1, 28, 28)


class CopiedIfStrided:
    """The images are copied if they are a part of a larger batch, such as every other row, as by
    `.contiguous()` or `flatten`.

    Use `x.view(-1, 1, 28, 28)` alone: it splits the last axis, which needs no copy.
    """

    def preprocess(x):
        return x.contiguous().view(-1, 1, 28, 28)


class ChannelForgotten:
    """The channel axis is missing.

    Make the shape (N, 1, 28, 28), with one channel.
    """

    def preprocess(x):
        return x.view(-1, 28, 28)


class ChannelLast:
    """The channel axis is last.

    Make it the second, where torch expects it: (N, 1, 28, 28).
    """

    def preprocess(x):
        return x.view(-1, 28, 28, 1)


class OneImage:
    """Only the first image of the batch is returned.

    Write `x.view(-1, 1, 28, 28)`, where -1 means as many images as there are.
    """

    def preprocess(x):
        return x[:1].view(1, 1, 28, 28)


class Transposed:
    """Rows and columns of the images are swapped.

    Leave out the transpose: images are stored row by row, and `view` reads them that way.
    """

    def preprocess(x):
        return x.view(-1, 1, 28, 28).transpose(2, 3)


class Scaled:
    """The grey values are changed.

    Change only the shape: `x.view(…)`, and no arithmetic.
    """

    def preprocess(x):
        return (x / 255).view(-1, 1, 28, 28)


class ImagesOutOfTheGraph:
    """The result is cut off from autograd, as by `.detach()` or `.data`, and no gradient gets
    through.

    Use `x.view(…)` alone: it shares the memory, and autograd records it.
    """

    def preprocess(x):
        return x.detach().resize_(len(x), 1, 28, 28)


class ChangesItsInput:
    """The caller's own tensor is reshaped.

    Return `x.view(…)`: a new tensor over the same memory, which leaves the old one as it is.
    """

    def preprocess(x):
        x.data = x.data.view(-1, 1, 28, 28)
        return x
