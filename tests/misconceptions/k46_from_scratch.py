"""Wrong answers to k46."""

import math

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader as TorchsLoader

from solutions.k22_fit import fit
from solutions.k34_conv2d import conv2d
from solutions.k36_cross_entropy_loss import cross_entropy
from solutions.k37_sgd import SGD
from solutions.k40_loader import DataLoader
from solutions.k42_module import Module


class _Conv2d(Module):
    """A right layer, from which some wrong ones differ in a method."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        shape = out_channels, in_channels, kernel_size, kernel_size
        bound = 1 / math.sqrt(in_channels * kernel_size**2)
        self.weight = nn.Parameter(torch.empty(shape).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(out_channels).uniform_(-bound, bound))
        self.stride, self.padding = stride, padding

    def forward(self, x):
        return conv2d(x, self.weight, self.bias, self.stride, self.padding)


class _Network(Module):
    """A right network, likewise."""

    layer = _Conv2d

    def __init__(self):
        super().__init__()
        self.conv1 = self.layer(1, 16, 3, 2, 1)
        self.conv2 = self.layer(16, 16, 3, 2, 1)
        self.conv3 = self.layer(16, 10, 3, 2, 1)

    def forward(self, xb):
        xb = self.conv1(xb.reshape(-1, 1, 28, 28)).relu()
        return self.conv3(self.conv2(xb).relu()).mean((2, 3))


def _train(train_ds, valid_ds, bs, lr, epochs, momentum=0.9, loss=cross_entropy, network=_Network):
    model = network()
    opt = SGD(model.parameters(), lr, momentum)
    train_dl = DataLoader(train_ds, bs, shuffle=True)
    fit(epochs, model, loss, opt, train_dl, DataLoader(valid_ds, 2 * bs))
    return model


class NotRegistered:
    """The layers are in a list, and so their parameters are not among those of the network.

    Assign each layer to an attribute of its own: `self.conv1 = …`.
    """

    class Mnist_CNN(Module):
        def __init__(self):
            super().__init__()
            self.layers = [_Conv2d(1, 16, 3, 2, 1), _Conv2d(16, 16, 3, 2, 1)]
            self.layers += [_Conv2d(16, 10, 3, 2, 1)]

        def forward(self, xb):
            xb = xb.reshape(-1, 1, 28, 28)
            for layer in self.layers[:2]:
                xb = layer(xb).relu()
            return self.layers[2](xb).mean((2, 3))


class WithoutParameter:
    """Weight and bias are plain tensors, and so the layer has no parameters.

    Wrap each in `nn.Parameter` before it is assigned.
    """

    class Conv2d(_Conv2d):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            weight, bias = self.weight, self.bias
            del self.weight, self.bias
            self.weight, self.bias = weight.detach(), bias.detach()


class MomentumLost:
    """The optimiser has no momentum.

    Pass `momentum=0.9` to `SGD`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        return _train(train_ds, valid_ds, bs, lr, epochs, momentum=0.0)


class RateLost:
    """The learning rate is 0.1, whatever is asked for.

    Pass `lr` on to `SGD`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        return _train(train_ds, valid_ds, bs, 0.1, epochs)


class SizeLost:
    """The training batches have 64 rows, whatever is asked for.

    Pass `bs` on to the `DataLoader`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        return _train(train_ds, valid_ds, 64, lr, epochs)


class EpochsLost:
    """There are two epochs, whatever is asked for.

    Pass `epochs` on to `fit`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        return _train(train_ds, valid_ds, bs, lr, 2)


class AnotherDefault:
    """Without the argument `lr` the learning rate is not 0.1.

    Keep the default of the stub: `lr=0.1`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.05, epochs=2):
        return _train(train_ds, valid_ds, bs, lr, epochs)


class ThirdRelu:
    """There is a ReLU after the last convolution too, as in k24, which cuts off negative logits.

    Leave it out: logits may have any sign.
    """

    class Mnist_CNN(_Network):
        def forward(self, xb):
            xb = self.conv1(xb.reshape(-1, 1, 28, 28)).relu()
            return self.conv3(self.conv2(xb).relu()).relu().mean((2, 3))

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        return _train(train_ds, valid_ds, bs, lr, epochs, network=ThirdRelu.Mnist_CNN)


class NoRelu:
    """There is no ReLU between the convolutions, so that all three can do no more than one
    linear layer.

    Call `.relu()` on the results of the first two.
    """

    class Mnist_CNN(_Network):
        def forward(self, xb):
            xb = self.conv1(xb.reshape(-1, 1, 28, 28))
            return self.conv3(self.conv2(xb)).mean((2, 3))


class SumForMean:
    """The logits are the sums of what is left of the image, and not the means.

    Take the mean over the axes 2 and 3.
    """

    class Mnist_CNN(_Network):
        def forward(self, xb):
            xb = self.conv1(xb.reshape(-1, 1, 28, 28)).relu()
            return self.conv3(self.conv2(xb).relu()).sum((2, 3))


class LargestForMean:
    """The logits are the largest numbers of what is left of the image, and not the means.

    Take the mean over the axes 2 and 3.
    """

    class Mnist_CNN(_Network):
        def forward(self, xb):
            xb = self.conv1(xb.reshape(-1, 1, 28, 28)).relu()
            return self.conv3(self.conv2(xb).relu()).amax((2, 3))


class OtherBound:
    """The bound leaves out the size of the kernel: it is 1/√in_channels.

    Count all that the window sees: in_channels · kernel_size².
    """

    class Conv2d(_Conv2d):
        def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
            super().__init__(in_channels, out_channels, kernel_size, stride, padding)
            for p in self.parameters():
                p.data.uniform_(-(in_channels**-0.5), in_channels**-0.5)


class BoundOfTheOutputs:
    """The bound counts the channels that come out, and not those that go in.

    Count what goes into one number of the result: in_channels · kernel_size².
    """

    class Conv2d(_Conv2d):
        def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
            super().__init__(in_channels, out_channels, kernel_size, stride, padding)
            bound = (out_channels * kernel_size**2) ** -0.5
            for p in self.parameters():
                p.data.uniform_(-bound, bound)


class Normal:
    """Weight and bias are drawn from a normal distribution, with the bound as its deviation.

    Draw them uniformly between ±bound: `uniform_(-bound, bound)`.
    """

    class Conv2d(_Conv2d):
        def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
            super().__init__(in_channels, out_channels, kernel_size, stride, padding)
            for p in self.parameters():
                p.data.normal_(0, (in_channels * kernel_size**2) ** -0.5)


class BiasOfZeros:
    """The bias begins with zeros.

    Draw it like the weight, between the same bounds.
    """

    class Conv2d(_Conv2d):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.bias.data.zero_()


class StrideForgotten:
    """The layer moves its window by one, whatever stride it was made with.

    Keep `stride`, and hand it to `conv2d`.
    """

    class Conv2d(_Conv2d):
        def forward(self, x):
            return conv2d(x, self.weight, self.bias, 1, self.padding)


class PaddingForgotten:
    """The layer pads nothing, whatever it was made with.

    Keep `padding`, and hand it to `conv2d`.
    """

    class Conv2d(_Conv2d):
        def forward(self, x):
            return conv2d(x, self.weight, self.bias, self.stride)


class BiasForgotten:
    """The layer has a bias but does not add it.

    Hand it to `conv2d`.
    """

    class Conv2d(_Conv2d):
        def forward(self, x):
            return conv2d(x, self.weight, None, self.stride, self.padding)


class LearnsFromValidation:
    """The model learns from the validation rows, usually because the two loaders are swapped.

    Pass the loader of the training rows to `fit` before the other one.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        return _train(valid_ds, train_ds, bs, lr, epochs)


class LearnsFromBoth:
    """The model learns from the validation rows as well as from the training rows.

    Take steps on the training rows only: `valid_ds` is for reporting.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = _Network()
        opt = SGD(model.parameters(), lr, momentum=0.9)
        for epoch in range(epochs):
            for xb, yb in DataLoader(train_ds, bs, shuffle=True):
                opt.zero_grad()
                cross_entropy(model(xb), yb).backward()
                opt.step()
            total = 0.0
            for xb, yb in DataLoader(valid_ds, bs):
                opt.zero_grad()
                loss = cross_entropy(model(xb), yb)
                loss.backward()
                opt.step()
                total += loss.item() * len(xb)
            print(epoch, total / len(valid_ds))
        return model


class NotShuffled:
    """The rows come in the same order in every epoch.

    Pass `shuffle=True` to the loader of the training rows.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = _Network()
        opt = SGD(model.parameters(), lr, momentum=0.9)
        fit(epochs, model, cross_entropy, opt, DataLoader(train_ds, bs), DataLoader(valid_ds, bs))
        return model


class LastBatchLeftOut:
    """A last batch with fewer rows is left out, so that some rows are missing in each epoch.

    Leave out `drop_last`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = _Network()
        opt = SGD(model.parameters(), lr, momentum=0.9)
        train_dl = DataLoader(train_ds, bs, shuffle=True, drop_last=True)
        fit(epochs, model, cross_entropy, opt, train_dl, DataLoader(valid_ds, 2 * bs))
        return model


class NeverCleared:
    """The gradients of all steps so far are added up, because nothing clears them.

    Call `opt.zero_grad()` in each step, or let `fit` do it.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = _Network()
        opt = SGD(model.parameters(), lr, momentum=0.9)
        for epoch in range(epochs):
            for xb, yb in DataLoader(train_ds, bs, shuffle=True):
                cross_entropy(model(xb), yb).backward()
                opt.step()
            with torch.no_grad():
                losses = [
                    cross_entropy(model(xb), yb).item() * len(xb)
                    for xb, yb in DataLoader(valid_ds, bs)
                ]
            print(epoch, sum(losses) / len(valid_ds))
        return model


class MeanOfTheMeans:
    """The validation loss is the mean over the batches, and a short last batch counts as much as
    the others.

    Weight each batch by its number of rows, as `fit` does.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = _Network()
        opt = SGD(model.parameters(), lr, momentum=0.9)
        for epoch in range(epochs):
            for xb, yb in DataLoader(train_ds, bs, shuffle=True):
                opt.zero_grad()
                cross_entropy(model(xb), yb).backward()
                opt.step()
            with torch.no_grad():
                losses = [
                    cross_entropy(model(xb), yb).item() for xb, yb in DataLoader(valid_ds, 64)
                ]
            print(epoch, sum(losses) / len(losses))
        return model


class Untrained:
    """The model that is returned has not been trained.

    Return the one that `fit` was given.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = _Network()
        state = torch.get_rng_state()
        _train(train_ds, valid_ds, bs, lr, epochs)
        torch.set_rng_state(state)
        return model


class NotReturned:
    """`train` returns None.

    Return the model that was trained: `return model`.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        _train(train_ds, valid_ds, bs, lr, epochs)


_model = _Network()


class GoesOn:
    """Every call returns the same model, and a second call goes on training it.

    Make a new one in each call: `Mnist_CNN()` inside the function.
    """

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        return _train(train_ds, valid_ds, bs, lr, epochs, network=lambda: _model)


class TorchsLoss:
    """That is torch's own cross-entropy; this kata is about using yours."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        def loss_func(input, target):
            return F.cross_entropy(input, target)

        return _train(train_ds, valid_ds, bs, lr, epochs, loss=loss_func)


class TorchsModule:
    """That is torch's `nn.Module`; this kata is about using yours."""

    class Mnist_CNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 16, 3, 2, 1)
            self.conv2 = nn.Conv2d(16, 16, 3, 2, 1)
            self.conv3 = nn.Conv2d(16, 10, 3, 2, 1)

        def forward(self, xb):
            xb = self.conv1(xb.reshape(-1, 1, 28, 28)).relu()
            return self.conv3(self.conv2(xb).relu()).mean((2, 3))


class TorchsRelu:
    """That is a module of torch's; the kata does without. A ReLU is `x.relu()`."""

    class Mnist_CNN(_Network):
        def forward(self, xb):
            relu = nn.ReLU()
            xb = relu(self.conv1(xb.reshape(-1, 1, 28, 28)))
            return self.conv3(relu(self.conv2(xb))).mean((2, 3))


class TorchsConvolution:
    """That is torch's own convolution; this kata is about using yours."""

    class Conv2d(_Conv2d):
        def forward(self, x):
            return torch.conv2d(x, self.weight, self.bias, self.stride, self.padding)


class TorchsPooling:
    """That is torch's own pooling, which is not needed: take the mean over the axes 2 and 3."""

    class Mnist_CNN(_Network):
        def forward(self, xb):
            xb = self.conv1(xb.reshape(-1, 1, 28, 28)).relu()
            return F.avg_pool2d(self.conv3(self.conv2(xb).relu()), 4).flatten(1)


class TorchsInit:
    """That is torch's own initialisation; the kata does without. `uniform_` of a tensor does it."""

    class Conv2d(_Conv2d):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))


class TorchsOptimiser:
    """That is torch's own optimiser; this kata is about using yours."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = _Network()
        opt = optim.SGD(model.parameters(), lr, momentum=0.9)
        train_dl = DataLoader(train_ds, bs, shuffle=True)
        fit(epochs, model, cross_entropy, opt, train_dl, DataLoader(valid_ds, 2 * bs))
        return model


class TorchsDataLoader:
    """That is torch's own loader; this kata is about using yours."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = _Network()
        opt = SGD(model.parameters(), lr, momentum=0.9)
        train_dl = TorchsLoader(train_ds, bs, shuffle=True)
        fit(epochs, model, cross_entropy, opt, train_dl, TorchsLoader(valid_ds, 2 * bs))
        return model
