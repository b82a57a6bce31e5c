"""Right answers to k34, written differently."""

import torch
import torch.nn.functional as F


class TheFormula:
    """The formula, window by window, and nothing of mastery."""

    mastery = False

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        x = F.pad(x, (padding, padding, padding, padding))
        n, _, h, w = x.shape
        o, _, kh, kw = weight.shape
        images = []
        for image in x:
            for kernel, i in ((weight[j], j) for j in range(o)):
                for top in range(0, h - kh + 1, stride):
                    for left in range(0, w - kw + 1, stride):
                        window = image[:, top : top + kh, left : left + kw]
                        total = (window * kernel).sum()
                        images.append(total if bias is None else total + bias[i])
        return torch.stack(images).reshape(n, o, (h - kh) // stride + 1, (w - kw) // stride + 1)


class Im2Col:
    """Windows as columns, from torch's unfold, and one matrix product."""

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        o, c, kh, kw = weight.shape
        (sh, sw), (ph, pw) = (s if isinstance(s, tuple) else (s, s) for s in (stride, padding))
        if c != x.size(1):
            raise RuntimeError(f"{c} channels are expected, and there are {x.size(1)}")
        columns = F.unfold(x, (kh, kw), padding=(ph, pw), stride=(sh, sw))
        y = weight.reshape(o, -1) @ columns
        if bias is not None:
            y = y + bias.unsqueeze(-1)
        return y.unflatten(2, ((x.size(2) + 2 * ph - kh) // sh + 1, -1))


class PlaceByPlace:
    """A loop over the kernel's places; each meets a slice of the image, with steps."""

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        try:
            (sh, sw), (ph, pw) = stride, padding
        except TypeError:
            sh, sw = (stride, stride) if isinstance(stride, int) else stride
            ph, pw = (padding, padding) if isinstance(padding, int) else padding
        x = torch.constant_pad_nd(x, (pw, pw, ph, ph), 0)
        (n, c, h, w), (o, d, kh, kw) = x.shape, weight.shape
        if c != d or h < kh or w < kw:
            raise ValueError("the kernel does not fit")
        rows, columns = 1 + (h - kh) // sh, 1 + (w - kw) // sw
        y = x.new_zeros(n, o, rows, columns)
        if bias is not None:
            y = y + bias.reshape(1, -1, 1, 1)
        for a in range(kh):
            for b in range(kw):
                part = x[:, :, a : a + sh * rows : sh, b : b + sw * columns : sw]
                part = part[:, :, :rows, :columns]
                y = y + torch.tensordot(part, weight[:, :, a, b], ([1], [1])).movedim(-1, 1)
        return y


class ResultByResult:
    """A loop over the result's places, all images and kernels at once."""

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        sh, sw = stride if isinstance(stride, (tuple, list)) else (stride,) * 2
        ph, pw = padding if isinstance(padding, (tuple, list)) else (padding,) * 2
        if x.shape[1] != weight.shape[1]:
            raise ValueError("the channels do not match")
        padded = x.new_zeros(*x.shape[:2], x.shape[2] + 2 * ph, x.shape[3] + 2 * pw)
        padded[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]] = x
        kh, kw = weight.shape[2:]
        tops = range(0, padded.shape[2] - kh + 1, sh)
        lefts = range(0, padded.shape[3] - kw + 1, sw)
        if not tops or not lefts:
            raise ValueError("the kernel is larger than the image")
        flat = weight.flatten(1).T
        y = [
            torch.stack(
                [padded[:, :, i : i + kh, j : j + kw].flatten(1) @ flat for j in lefts], dim=-1
            )
            for i in tops
        ]
        result = torch.stack(y, dim=2)
        return result if bias is None else result + bias[None, :, None, None]


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "raise ValueError(": "The text of the exception is free.",
    "NCIJAB": "The letters stand for themselves.",
}
