"""Wrong answers to k34."""

import torch
import torch.nn.functional as F
from torch import nn


def pair(size):
    """Make a pair of an int."""
    return size if isinstance(size, tuple) else (size, size)


def check(x, weight, padding):
    """Refuse what does not fit."""
    if x.shape[1] != weight.shape[1]:
        raise ValueError("the channels do not match")
    for size, kernel, rim in zip(x.shape[2:], weight.shape[2:], pair(padding)):
        if size + 2 * rim < kernel:
            raise ValueError("the kernel is larger than the image")


def padded(x, padding):
    """Put zeros round the images."""
    rows, columns = pair(padding)
    return F.pad(x, (columns, columns, rows, rows))


def windows(x, weight, stride):
    """Return all windows, (N, C, H', W', kH, kW)."""
    rows, columns = pair(stride)
    return x.unfold(2, weight.shape[2], rows).unfold(3, weight.shape[3], columns)


def products(found, weight, bias):
    """Multiply each window with each kernel."""
    y = torch.einsum("ncijab,ocab->noij", found, weight)
    return y if bias is None else y + bias[:, None, None]


def right(x, weight, bias=None, stride=1, padding=0):
    """Return what a right answer does."""
    check(x, weight, padding)
    return products(windows(padded(x, padding), weight, stride), weight, bias)


class Flipped:
    """The kernel is turned round, as mathematicians do.

    Lay it on as it is: the first weight meets the first number of the window.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight.flip(2, 3), bias, stride, padding)


class StrideInRowsOnly:
    """The stride counts for the rows only, and the columns go one by one.

    Take steps in both directions.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        rows, columns = pair(stride)
        return right(x, weight, bias, (rows, 1 if isinstance(stride, int) else columns), padding)


class StrideFromTheEnd:
    """What the stride leaves over is left out at the beginning, not at the end.

    Begin in the first row and the first column.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        y = right(x, weight, bias, 1, padding)
        rows, columns = pair(stride)
        first, start = (y.shape[2] - 1) % rows, (y.shape[3] - 1) % columns
        return y[:, :, first::rows, start::columns]


class StrideIgnored:
    """The stride has no effect.

    Take a window at every `stride`-th row and column only.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight, bias, 1, padding)


class StrideOfTheKernel:
    """The windows lie side by side, as if the stride were the size of the kernel.

    Take a window every `stride` rows and columns: they may overlap.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight, bias, tuple(weight.shape[2:]), padding)


class PaddingIgnored:
    """The padding has no effect.

    Put zeros round the image first: `F.pad(x, (p, p, p, p))`.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight, bias, stride)


class PaddedOnOneSide:
    """The zeros are put above and to the left only.

    Put as many on the other side: `F.pad(x, (p, p, p, p))`.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        check(x, weight, padding)
        rows, columns = pair(padding)
        wide = F.pad(x, (2 * columns, 0, 2 * rows, 0))
        return right(wide, weight, bias, stride)


class PaddedWithTheEdge:
    """The padding repeats the edge of the image.

    Pad with zeros, which is what `F.pad` does by default.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        check(x, weight, padding)
        rows, columns = pair(padding)
        wide = F.pad(x, (columns, columns, rows, rows), mode="replicate")
        return right(wide, weight, bias, stride)


class PaddedOutOfTheGraph:
    """The image is copied into zeros where autograd records nothing, so that with a padding x gets
    no gradient.

    Pad with `F.pad`, which autograd records.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        with torch.set_grad_enabled(padding in (0, (0, 0)) and torch.is_grad_enabled()):
            wide = padded(x, padding)
        return right(wide, weight, bias, stride)


class OneTooFew:
    """The last row and the last column of the result are missing.

    Add one: ⌊(H + 2 · padding − kH) / stride⌋ + 1.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        y = right(x, weight, bias, stride, padding)
        return y[:, :, : max(1, y.shape[2] - 1), : max(1, y.shape[3] - 1)]


class RestFilledUp:
    """What the stride leaves over is filled up with zeros, and gives one more row or column.

    Round down: ⌊(H + 2 · padding − kH) / stride⌋ + 1.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        check(x, weight, padding)
        wide = padded(x, padding)
        below, right_of = (
            -(size - kernel) % step
            for size, kernel, step in zip(wide.shape[2:], weight.shape[2:], pair(stride))
        )
        return right(F.pad(wide, (0, right_of, 0, below)), weight, bias, stride)


class KernelTransposed:
    """Rows and columns of the kernel are swapped, which shows in kernels that are not symmetric.

    Lay it on as it is: `weight[o, c, a, b]` meets row a, column b of the window.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        check(x, weight, padding)
        if weight.shape[2] == weight.shape[3]:
            weight = weight.transpose(2, 3)
        return right(x, weight, bias, stride, padding)


class ChannelsLastInTheRow:
    """Windows and kernels are laid out as rows in two different orders, C·kH·kW and kH·kW·C.

    Use the same order for both: `F.unfold` has the channels first, as `weight` has.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        check(x, weight, padding)
        kernel = weight.permute(0, 2, 3, 1).reshape(weight.shape)
        return right(x, kernel, bias, stride, padding)


class SquareOnly:
    """The kernel is treated as a square.

    Use both sizes of the kernel, kH for the rows and kW for the columns.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        check(x, weight, padding)
        size = weight.shape[2]
        square = F.pad(weight, (0, size - weight.shape[3]))
        return right(x, square, bias, stride, padding)


class OneChannel:
    """The channels are multiplied with the sum of the kernel's channels, instead of each with its
    own.

    Multiply channel by channel, and sum over c at the end.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        check(x, weight, padding)
        mixed = weight.sum(1, keepdim=True).expand_as(weight)
        return right(x, mixed, bias, stride, padding)


class MeanOverChannels:
    """The result is the mean over the channels.

    Sum over them.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight / x.shape[1], bias, stride, padding)


class BatchMixed:
    """Images and kernels are mixed up when the result is put together, which shows with two images
    or more.

    Make (N, O, H', W') by `transpose` or by the order in `einsum`, not by a reshape alone.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        y = right(x, weight, None, stride, padding)
        mixed = y.transpose(0, 1).reshape(y.shape)
        return mixed if bias is None else mixed + bias[:, None, None]


class FirstImageOnly:
    """Only the first image of the batch is convolved, and its result repeated.

    Keep the axis of the batch.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x[:1].expand_as(x), weight, bias, stride, padding)


class BiasAlongColumns:
    """The bias is added along the columns, where in most cases it does not even fit.

    Give it two more axes: `bias[:, None, None]` goes along the channels.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        y = right(x, weight, None, stride, padding)
        return y if bias is None else y + bias


class BiasForgotten:
    """The bias is not added.

    Add it, one number for each kernel: `bias[:, None, None]`.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight, None, stride, padding)


class BiasReshaped:
    """The caller's own bias has another shape afterwards.

    Index it, `bias[:, None, None]`, which makes a new tensor over the same memory.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        y = right(x, weight, bias, stride, padding)
        if bias is not None:
            bias.data = bias.data[:, None, None]
        return y


class AlwaysSingle:
    """The result is float32, whatever the input is, usually because it is collected in a tensor of
    torch's default dtype.

    Make that of the input's dtype: `x.new_zeros(…)`.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight, bias, stride, padding).float()


class SingleOnTheWay:
    """A float64 result has the digits of float32 only, usually because it is collected in a tensor
    of torch's default dtype and converted.

    Make that of the input's dtype: `x.new_zeros(…)`.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        kernel = weight.float()
        bias = bias if bias is None else bias.float()
        return right(x.float(), kernel, bias, stride, padding).to(x.dtype)


class ViewOfTheKernel:
    """The kernel is reshaped with `view`, which not every order in memory allows.

    Use `reshape` or `flatten`, which copy if they have to.
    """

    raises = True

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        check(x, weight, padding)
        found = windows(padded(x, padding), weight, stride).permute(0, 2, 3, 1, 4, 5).flatten(3)
        y = (found @ weight.view(len(weight), -1).T).permute(0, 3, 1, 2)
        return y if bias is None else y + bias[:, None, None]


class KernelDetached:
    """The kernels get no gradient, usually because `.data`, `.detach()` or `.item()` is what is
    multiplied.

    Use `weight` itself.
    """

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight.detach(), bias, stride, padding)


class Remembered:
    """Each call with the same sizes uses the kernels of the first one.

    Keep nothing from one call to the next.
    """

    KEPT: dict[object, torch.Tensor] = {}

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        key = tuple(weight.shape), weight.dtype
        kept = Remembered.KEPT.setdefault(key, weight.detach().clone())
        return right(x, kept + 0 * weight, bias, stride, padding)


class ReadyMade:
    """That is torch's own function; this kata is about writing it."""

    conv2d = staticmethod(F.conv2d)


class ReadyMadeKernel:
    """That is what torch's own function calls inside; this kata is about writing it."""

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        steps, rims = [*pair(stride)], [*pair(padding)]
        return torch.ops.aten.convolution(x, weight, bias, steps, rims, [1, 1], False, [0, 0], 1)


class ReadyMadeModule:
    """That is torch's own layer; this kata is about writing what it does."""

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        o, c, *size = weight.shape
        layer = nn.Conv2d(c, o, size, stride, padding)
        return torch.func.functional_call(layer, {"weight": weight, "bias": bias}, x)


class NoPairs:
    """`stride` and `padding` cannot be pairs.

    Make a pair of an int: `(stride, stride) if isinstance(stride, int) else stride`.
    """

    mastery = True
    raises = True

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        if isinstance(stride, tuple) or isinstance(padding, tuple):
            raise TypeError("ints are expected")
        return right(x, weight, bias, stride, padding)


class PairsTurned:
    """In pairs the columns come first.

    Take the rows first, then the columns.
    """

    mastery = True

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        check(x, weight, pair(padding)[::-1])
        return right(x, weight, bias, pair(stride)[::-1], pair(padding)[::-1])


class PaddingTurned:
    """A pair of paddings is put on the wrong sides, because `F.pad` begins at the last axis.

    Write `F.pad(x, (columns, columns, rows, rows))`.
    """

    mastery = True

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        check(x, weight, padding)
        wide = padded(x, pair(padding)[::-1])
        return right(wide, weight, bias, stride)


class OneChannelSpread:
    """An image or a kernel of one channel is spread over all.

    Raise ValueError if `weight.shape[1] != x.shape[1]`.
    """

    mastery = True

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        check(x[:, :1], weight[:, :1], padding)
        return products(windows(padded(x, padding), weight, stride), weight, bias)


class EmptyResult:
    """A kernel that is larger than the padded image gives a result without rows or columns.

    Raise ValueError if H' or W' is less than 1.
    """

    mastery = True

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        if x.shape[1] != weight.shape[1]:
            raise ValueError("the channels do not match")
        wide = padded(x, padding)
        steps = pair(stride)
        sizes = [
            max(0, (size - kernel) // step + 1)
            for size, kernel, step in zip(wide.shape[2:], weight.shape[2:], steps)
        ]
        if 0 in sizes:
            return x.new_zeros(len(x), len(weight), *sizes)
        return right(wide, weight, bias, stride)
