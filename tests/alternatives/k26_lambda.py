"""Right answers to k26, written differently."""

from torch import nn


class Tutorial:
    """The tutorial's own lines."""

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.func = func

        def forward(self, x):
            return self.func(x)

    def preprocess(x):
        return x.view(-1, 1, 28, 28)


class ForwardReplaced:
    """The function takes the place of the method."""

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            object.__setattr__(self, "forward", func)

    def preprocess(x):
        return x.reshape(x.shape[0], 1, 28, 28)


class AnyArguments:
    """With a tuple around the function, and any number of arguments."""

    class Lambda(nn.Module):
        def __init__(self, func, *rest):
            nn.Module.__init__(self)
            self._held = (func,)

        def forward(self, *args, **kwargs):
            (func,) = self._held
            return func(*args, **kwargs)

    def preprocess(x):
        return x.unflatten(1, (1, 28, 28))


class Closure:
    """The function is kept by a closure."""

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.call = lambda x: func(x)

        def forward(self, x):
            return self.call(x)

    def preprocess(x):
        row, column = x.stride()
        return x.as_strided((len(x), 1, 28, 28), (row, 784 * column, 28 * column, column))


class Pieces:
    """The lines of a picture are split off, and the channel is put in front."""

    class Lambda(nn.Module):
        def __init__(self, func):
            super().__init__()
            self.__dict__["forward"] = func

    def preprocess(x):
        return x.unfold(1, 28, 28)[:, None]
