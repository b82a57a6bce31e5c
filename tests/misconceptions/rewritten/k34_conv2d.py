"""Wrong answers to k34, written in another way."""

import torch
import torch.nn.functional as F


def _columns(x, kernel, stride, padding):
    """Windows as columns, by torch's unfold, and the number of rows of the result."""
    size = kernel.shape[2:]
    rows = (x.shape[2] + 2 * padding - size[0]) // stride + 1
    return F.unfold(x, size, stride=stride, padding=padding), rows


class Flipped:
    """Windows as columns, each turned round."""

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        columns, rows = _columns(x, weight, stride, padding)
        _, c, kh, kw = weight.shape
        turned = columns.unflatten(1, (c, kh * kw)).flip(2).flatten(1, 2)
        y = torch.matmul(weight.flatten(1), turned).unflatten(2, (rows, -1))
        return y if bias is None else y + bias.reshape(1, -1, 1, 1)


class BiasForgotten:
    """Windows as columns, and no bias."""

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        columns, rows = _columns(x, weight, stride, padding)
        return (weight.reshape(len(weight), -1) @ columns).unflatten(2, (rows, -1))
