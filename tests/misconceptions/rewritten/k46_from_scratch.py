"""Wrong answers to k46, each written in another way."""

import torch
from torch import nn

from solutions.k34_conv2d import conv2d
from solutions.k36_cross_entropy_loss import cross_entropy
from solutions.k37_sgd import SGD
from solutions.k40_loader import DataLoader
from solutions.k42_module import Module


def _steps(model, opt, loader):
    for xb, yb in loader:
        opt.zero_grad()
        cross_entropy(model(xb), yb).backward()
        opt.step()


class _Net(Module):
    def __init__(self):
        super().__init__()
        for i, (c, o) in enumerate(((1, 16), (16, 16), (16, 10))):
            part = Module()
            part.weight = nn.Parameter((2 * torch.rand(o, c, 3, 3) - 1) / (9 * c) ** 0.5)
            part.bias = nn.Parameter((2 * torch.rand(o) - 1) / (9 * c) ** 0.5)
            setattr(self, f"conv{i + 1}", part)

    def forward(self, xb):
        xb = xb.reshape(-1, 1, 28, 28)
        for part in (self.conv1, self.conv2, self.conv3):
            xb = conv2d(xb.clamp(min=0) if xb.size(1) > 1 else xb, part.weight, part.bias, 2, 1)
        return xb.flatten(2).mean(-1)


@torch.no_grad()
def _loss(model, ds):
    return sum(cross_entropy(model(x[None]), y[None]).item() for x, y in ds) / len(ds)


class MomentumLost:
    """A loop by hand, and an optimiser with the default."""

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = _Net()
        opt = SGD([*model.parameters()], lr=lr)
        for epoch in range(epochs):
            _steps(model, opt, DataLoader(train_ds, batch_size=bs, shuffle=True))
            print(epoch, _loss(model, valid_ds))
        return model


class ThirdRelu:
    """The logits are clamped."""

    class Mnist_CNN(_Net):
        def forward(self, xb):
            xb = xb.reshape(-1, 1, 28, 28)
            for part in (self.conv1, self.conv2, self.conv3):
                xb = conv2d(xb, part.weight, part.bias, 2, 1).clamp(min=0)
            return xb.flatten(2).mean(-1)

    def train(train_ds, valid_ds, bs=64, lr=0.1, epochs=2):
        model = ThirdRelu.Mnist_CNN()
        opt = SGD([*model.parameters()], lr=lr, momentum=0.9)
        for epoch in range(epochs):
            _steps(model, opt, DataLoader(train_ds, batch_size=bs, shuffle=True))
            print(epoch, _loss(model, valid_ds))
        return model
