"""Right answers to k46, written differently."""

import torch
import torch.nn.functional as F
from torch import nn

from solutions import k42_module
from solutions.k22_fit import fit
from solutions.k34_conv2d import conv2d
from solutions.k36_cross_entropy_loss import cross_entropy
from solutions.k37_sgd import SGD
from solutions.k40_loader import DataLoader
from solutions.k42_module import Module


class _Layer(Module):
    """With numbers from `rand`, the bias first."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        n = in_channels * kernel_size * kernel_size
        self.options = {"stride": stride, "padding": padding}
        self.bias = nn.Parameter((2 * torch.rand(out_channels) - 1) * n**-0.5)
        flat = (2 * torch.rand(out_channels, n) - 1) / n**0.5
        self.weight = nn.Parameter(
            flat.reshape(out_channels, in_channels, kernel_size, kernel_size)
        )

    def forward(self, x):
        return conv2d(x, self.weight, bias=self.bias, **self.options)


class _Net(Module):
    """With its layers made in a loop, the last one first."""

    def __init__(self):
        super().__init__()
        for i, channels in ((3, (16, 10)), (1, (1, 16)), (2, (16, 16))):
            setattr(self, f"conv{i}", _Layer(*channels, kernel_size=3, stride=2, padding=1))

    def forward(self, xb):
        xb = F.relu(self.conv1(xb.reshape(len(xb), 1, 28, 28)))
        return self.conv3(torch.relu(self.conv2(xb))).flatten(2).mean(2)


class Loop:
    """The loop is written out, with the gradients cleared first."""

    Conv2d = _Layer
    Mnist_CNN = _Net

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = _Net()
        opt = SGD(list(model.parameters()), lr=lr, momentum=0.9)
        loader = DataLoader(train_ds, bs, True)
        for epoch in range(epochs):
            model.train()
            for xb, yb in loader:
                opt.zero_grad()
                cross_entropy(model(xb), yb).backward()
                opt.step()
            model.eval()
            total = 0.0
            with torch.no_grad():
                for xb, yb in DataLoader(valid_ds, 100):
                    total += cross_entropy(model(xb), yb).item() * len(yb)
            print(epoch, total / len(valid_ds))
        return model


class EpochByEpoch:
    """One call of `fit` for each epoch, with one optimiser; what it prints is numbered anew."""

    Conv2d = _Layer
    Mnist_CNN = _Net

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        import contextlib
        import io

        model = _Net()
        opt = SGD([{"params": [p]} for p in model.parameters()], lr, 0.9)
        loaders = DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds)
        for epoch in range(epochs):
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                fit(1, model, cross_entropy, opt, *loaders)
            print(epoch, printed.getvalue().split()[1])
        return model


class LossByHand:
    """Everything by its name; the loss by hand, and the network in evaluation in the end."""

    Conv2d = _Layer

    class Mnist_CNN(k42_module.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.conv3 = (
                _Layer(c, o, 3, 2, 1) for c, o in ((1, 16), (16, 16), (16, 10))
            )

        def forward(self, xb):
            for conv in (self.conv1, self.conv2):
                xb = conv(xb.unflatten(1, (1, 28, 28)) if xb.dim() == 2 else xb)
                xb = xb.where(xb > 0, 0)
            return torch.einsum("nchw->nc", self.conv3(xb)) / 16

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        def loss_func(logits, target):
            return -F.log_softmax(logits, 1).gather(1, target[:, None]).mean()

        fit(
            model=(model := LossByHand.Mnist_CNN()),
            opt=SGD(params=model.parameters(), lr=lr, momentum=0.9),
            epochs=epochs,
            loss_func=loss_func,
            train_dl=DataLoader(dataset=train_ds, batch_size=bs, shuffle=True),
            valid_dl=DataLoader(dataset=valid_ds, batch_size=bs),
        )
        return model.eval()


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "DataLoader(valid_ds, ))": "How many rows a validation batch has is free.",
    "DataLoader(valid_ds, 3 * bs)": "How many rows a validation batch has is free.",
}
