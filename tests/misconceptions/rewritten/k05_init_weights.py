"""Wrong answers to k05, written in another way."""

import torch
from torch import nn


class NotALeaf:
    """A Parameter is drawn by `torch.normal` and multiplied afterwards."""

    def init_weights(n_in, n_out):
        drawn = nn.Parameter(torch.normal(0.0, 1.0, size=(n_in, n_out)))
        bias = torch.zeros(n_out)
        bias.requires_grad = True
        return drawn * n_in**-0.5, bias


class NotScaled:
    """Both tensors are made empty, made to require grad, and filled by nn.init."""

    def _empty(*size):
        return torch.empty(size, requires_grad=True)

    def init_weights(n_in, n_out):
        weights, bias = NotScaled._empty(n_in, n_out), NotScaled._empty(n_out)
        return nn.init.normal_(weights), nn.init.zeros_(bias)


class Positive:
    """Filled in place between zero and the bound, without a product."""

    def init_weights(n_in, n_out):
        weights = torch.empty((n_in, n_out)).uniform_(0, n_in**-0.5)
        bias = torch.full((n_out,), 0.0)
        for tensor in (weights, bias):
            tensor.requires_grad_(True)
        return weights, bias


class Transposed:
    """A module's shape in mind: `normal_` with the deviation as its argument."""

    def init_weights(n_in, n_out):
        shapes = {"weight": (n_out, n_in), "bias": (n_out,)}
        made = {name: torch.zeros(shape) for name, shape in shapes.items()}
        made["weight"].normal_(mean=0, std=(1 / n_in) ** 0.5)
        weight, bias = (tensor.requires_grad_() for tensor in made.values())
        return weight, bias
