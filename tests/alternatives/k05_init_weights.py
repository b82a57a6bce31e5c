"""Right answers to k05, written differently."""

import math

import torch
from torch import nn


class Tutorial:
    """The tutorial's own lines."""

    def init_weights(n_in, n_out):
        weights = torch.randn(n_in, n_out) / math.sqrt(n_in)
        weights.requires_grad_()
        bias = torch.zeros(n_out, requires_grad=True)
        return weights, bias


class InPlace:
    """Drawn with its deviation, into memory that is there."""

    def init_weights(n_in, n_out):
        weights = torch.empty(n_in, n_out, requires_grad=True)
        nn.init.normal_(weights, std=n_in**-0.5)
        return weights, torch.zeros([n_out]).requires_grad_(True)


class Parameters:
    """nn.Parameter is a tensor that requires grad."""

    def init_weights(n_in, n_out):
        draw = torch.normal(0.0, 1 / math.sqrt(n_in), size=(n_out, n_in)).T
        return nn.Parameter(draw), nn.Parameter(draw.new_zeros(n_out))


class BoxMuller:
    """Normal numbers, made of uniform ones."""

    def init_weights(n_in, n_out):
        u, v = torch.rand(2, n_in, n_out, dtype=torch.float64)
        normal = (-2 * torch.log1p(-u)).sqrt() * torch.cos(2 * math.pi * v)
        weights = (normal / n_in**0.5).float()
        weights.requires_grad = True
        return [weights, torch.full((n_out,), 0.0, requires_grad=True)]
