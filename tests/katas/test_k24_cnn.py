"""What an answer to k24 must do."""

from typing import Any

from hypothesis import given, settings
from torch import Tensor, nn

from tests.harness.kit import Answer, expect, refuse
from tests.harness.kit.models import (
    convolutions,
    expect_cnn,
    expect_cnn_gradient,
    expect_new_parts,
    images,
)
from tests.harness.kit.strategies import seeds

NAMES = [f"conv{i}.{part}" for i in (1, 2, 3) for part in ("weight", "bias")]


def test_its_parameters_are_those_of_three_convolutions(answer: Answer) -> None:
    """Three `nn.Conv2d`, made in `__init__` under the names `conv1`, `conv2` and `conv3`:
    1 → 16, 16 → 16 and 16 → 10 channels, each with a kernel of 3 × 3."""
    found = {name: tuple(p.shape) for name, p in _model(answer).named_parameters()}
    due = dict(zip(NAMES, (tuple(p.shape) for p in convolutions(0)), strict=True))
    differing = {name for name in found.keys() | due.keys() if found.get(name) != due.get(name)}
    for name in sorted(differing):
        refuse(
            gave=f"{name}  {found.get(name, 'is missing')}",
            expected=f"{name}  {due.get(name, 'should not be there')}",
        )


@settings(max_examples=15)
@given(xb=images(), seed=seeds)
def test_it_computes_the_network(answer: Answer, xb: Tensor, seed: int) -> None:
    """Each convolution has stride 2 and padding 1, and a ReLU follows, after the third as well;
    then the average over the 4 × 4 that are left, and a result of shape (N, 10)."""
    expect_cnn(answer, _model(answer), xb, seed, names=NAMES)


@settings(max_examples=15)
@given(xb=images(sizes=(1, 2)), seed=seeds)
def test_the_gradient_reaches_all_three_layers(answer: Answer, xb: Tensor, seed: int) -> None:
    """Every layer learns: no step on the way may leave autograd."""
    expect_cnn_gradient(answer, _model(answer), xb, seed, names=NAMES)


def test_two_instances_share_nothing(answer: Answer) -> None:
    """Layers are made in `__init__`, new ones for each instance."""
    expect_new_parts(_model(answer), _model(answer), "Mnist_CNN()")


def _model(answer: Answer) -> Any:
    model = answer.Mnist_CNN()
    expect(isinstance(model, nn.Module), "Mnist_CNN must be an nn.Module.", gave=type(model))
    return model


hints = """
Go through the table of shapes arrow by arrow: which of the steps have weights to learn, and
which only compute? Make those with weights once, before the first image.

Keep three `nn.Conv2d` on `self`; their first two arguments are the channels in and the channels
out. `forward` begins with a `view`, in which -1 means the number of images. `F.avg_pool2d`
leaves two axes of length 1, which must go at the end.

In `__init__`, after `super().__init__()`: `self.conv1 = nn.Conv2d(1, 16, kernel_size=3,
stride=2, padding=1)`. `self.conv2` and `self.conv3` are the same, but with channels `16, 16`
and `16, 10`.

In `forward`: `xb = xb.view(-1, 1, 28, 28)`, then `xb = F.relu(self.conv1(xb))`, the same with
`conv2` and with `conv3`, and at the end `return F.avg_pool2d(xb, 4).flatten(1)`, which keeps
the axis of the batch.
"""

afterwards = """
The reference ends in `flatten(1)`, which keeps the axis of the batch.
`squeeze()` would remove that one too, if the batch is a single image.

What a layer does with its kernels is one call, in `_conv_forward`:
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/conv.py

Try: count the parameters of the three convolutions, and those of the linear
layer of k16. Which network is larger?
"""
