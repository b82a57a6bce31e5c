"""Wrong answers to k26."""

import torch
from torch import nn


class CalledAtOnce:
    """The function is called when the layer is made.

    Keep it: `self.func = func`, without brackets.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.result = func(torch.zeros(2, 3))

        def forward(self, x):
            return self.result


class NoReturn:
    """The function is called, and its result is dropped.

    `return self.func(x)`.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func

        def forward(self, x):
            self.func(x)


class FunctionReturned:
    """The function itself is returned.

    Call it: `self.func(x)`.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func

        def forward(self, x):
            return self.func


class KeptOnTheClass:
    """The function is kept on the class, and so the last layer's is everybody's.

    Set it on `self`.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            type(self).func = staticmethod(func)

        def forward(self, x):
            return self.func(x)


class SuperForgotten:
    """`nn.Module.__init__` was never called, and the module has no inside.

    `super().__init__()` first.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            self.__dict__["func"] = func

        def forward(self, x):
            return self.func(x)


class NotAModule:
    """A class that can be called is not yet a module.

    Inherit from `nn.Module`.
    """

    class Lambda:
        def __init__(self, func):
            self.func = func

        def __call__(self, x):
            return self.func(x)


class OwnParameter:
    """The layer has a parameter of its own.

    A function has nothing to learn.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, x):
            return self.func(x)


class OutOfTheGraph:
    """The result is taken out of the graph.

    Return it as it is.
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
    """The first result is returned for ever after.

    Call the function each time.
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
    """Not everything that can be called has a `__name__`.

    Call it; ask nothing else of it.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func, self.name = func, func.__name__

        def forward(self, x):
            return self.func(x)


class TrainingOnly:
    """In evaluation mode the function is left out.

    Nothing here depends on the mode.
    """

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func

        def forward(self, x):
            return self.func(x) if self.training else x


class Copied:
    """The images are copied.

    `view` shares the memory; `clone`, `torch.tensor` and `repeat` do not.
    """

    def preprocess(x):
        return x.clone().view(-1, 1, 28, 28)


class ChannelForgotten:
    """The axis of the channels is missing.

    (N, 1, 28, 28).
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
    """The batch was taken for one image.

    -1 stands for however many images there are.
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
    """The grey values were changed.

    Only the shape is to change.
    """

    def preprocess(x):
        return (x / 255).view(-1, 1, 28, 28)


class ReshapedInPlace:
    """The caller's own tensor gets another shape.

    A view is a new tensor over the same memory.
    """

    def preprocess(x):
        return x.detach().resize_(len(x), 1, 28, 28)


class ChangesItsInput:
    """The caller's tensor is reshaped.

    `view` gives a new tensor and leaves the old one as it is.
    """

    def preprocess(x):
        x.data = x.data.view(-1, 1, 28, 28)
        return x
