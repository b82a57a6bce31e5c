"""Part 5 · Under the hood
k34 · A convolution

In k24 `nn.Conv2d` moved a small kernel over the image. Here is what it does at each
place: it takes the *window* of the image that lies under the kernel, multiplies the two
entry by entry, over all the channels, and adds up.

    y[n, o, i, j] = bias[o] + Σ over c, a, b of
                        weight[o, c, a, b] · x[n, c, i · stride + a, j · stride + b]

    x (N, C, H, W)    weight (O, C, kH, kW)    bias (O,)    y (N, O, H', W')

x is padded first: `padding` rows of zeros above and below, and as many columns on either
side. With the padded sizes,

    H' = ⌊(H − kH) / stride⌋ + 1        W' = ⌊(W − kW) / stride⌋ + 1

What is left over at the end, too little for another step, is not used.

(A mathematician's convolution turns the kernel round. This one does not, and is properly
called a cross-correlation. The kernel is learned, so it makes no difference.)

How do you write it without six loops? The sum is a matrix product. Lay out each window as
a row of C·kH·kW numbers, and each kernel as a column. Or loop over the few places (a, b)
in the *kernel*: for each, the part of x that it meets is a slice with steps,
`x[:, :, a::stride, b::stride]`, cut to H' × W'. `F.pad`, `Tensor.unfold`, `F.unfold` and
`einsum` are allowed.

Mastery: `stride` and `padding` may be pairs (rows, columns). A kernel that is larger than
the padded image is refused, and so are channels that do not match: broadcasting would
spread one channel over all. And a loop over every number is too slow for 64 images of 16
channels.

Torch's own can also spread the kernel (`dilation`) and divide the channels into `groups`.
`nn.Conv2d` can pad with other numbers than zeros. For speed torch has a dozen ways to
compute the same, and chooses one by the sizes and the hardware; *im2col*, the windows laid
out, is the oldest.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
      https://docs.pytorch.org/docs/stable/generated/torch.Tensor.unfold.html
Source: https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/Convolution.cpp
"""

import torch
import torch.nn.functional as F
from torch import Tensor

Size = int | tuple[int, int]


def conv2d(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Size = 1, padding: Size = 0
) -> Tensor:
    """Return the convolution of the images x (N, C, H, W) with the kernels `weight`.

    Not with a function or module of torch whose name has `conv` in it.
    Mastery: pairs; what does not fit raises ValueError or RuntimeError; not too slow.

    >>> x = torch.arange(9.0).reshape(1, 1, 3, 3)
    >>> conv2d(x, torch.tensor([[[[1.0, 2.0], [0.0, 0.0]]]]))
    tensor([[[[ 2.,  5.],
              [11., 14.]]]])
    """
    raise NotImplementedError  # TODO: pad, take the windows, multiply and sum
