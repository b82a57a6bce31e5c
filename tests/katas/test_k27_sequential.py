"""What an answer to k27 must do."""

from hypothesis import given, settings
from torch import Tensor, nn

from tests.harness.kit import Answer, expect, forgot_return
from tests.harness.kit.models import (
    convolutions,
    expect_cnn,
    expect_cnn_gradient,
    expect_new_parts,
    images,
)
from tests.harness.kit.strategies import seeds


def test_it_is_a_sequential(answer: Answer) -> None:
    """`nn.Sequential(layer, layer, …)` is enough: no class, no `forward`."""
    gave = answer.get_model()
    expect(
        isinstance(gave, nn.Sequential),
        forgot_return(gave),
        gave=type(gave).__name__,
        expected="Sequential",
    )


def test_each_call_gives_a_new_model(answer: Answer) -> None:
    """Make the layers inside the function, so that two models have nothing in common."""
    first, second = answer.get_model(), answer.get_model()
    expect(first is not second, "Two calls of get_model() return the same model.")
    expect_new_parts(first, second, "get_model()")


def test_its_parameters_are_those_of_three_convolutions(answer: Answer) -> None:
    """Three `nn.Conv2d` in a row: 1 → 16, 16 → 16 and 16 → 10 channels, each with a kernel of
    3 × 3 and a bias. The other layers have nothing to learn."""
    gave = [tuple(p.shape) for p in answer.get_model().parameters()]
    due = [tuple(p.shape) for p in convolutions(0)]
    expect(gave == due, gave=gave, expected=due)


@settings(max_examples=15)
@given(xb=images(), seed=seeds)
def test_it_computes_the_network(answer: Answer, xb: Tensor, seed: int) -> None:
    """Images get their shape; each convolution has stride 2 and padding 1, and a ReLU follows,
    after the third as well; then the average over 4 × 4, and a result of shape (N, 10)."""
    expect_cnn(answer, answer.get_model(), xb, seed)


@settings(max_examples=15)
@given(xb=images(sizes=(1, 2)), seed=seeds)
def test_the_gradient_reaches_all_three_layers(answer: Answer, xb: Tensor, seed: int) -> None:
    """Every layer learns: no step on the way may leave autograd."""
    expect_cnn_gradient(answer, answer.get_model(), xb, seed)


hints = """
Read the `forward` of k24 in the order in which things happen to a batch, reshapes included:
each of them is one layer of the row. There are nine.

The row begins with `Lambda(preprocess)`. After each of the three convolutions, the last one
too, comes an `nn.ReLU()`. The pool leaves two axes of length 1, and `nn.Flatten()` after it
makes the result (N, 10).

`return nn.Sequential(Lambda(preprocess), nn.Conv2d(1, 16, kernel_size=3, stride=2, padding=1),
nn.ReLU(), …, nn.AvgPool2d(4), nn.Flatten())`. In place of the dots: convolution and ReLU twice
more, with channels `16, 16` and `16, 10`.
"""

afterwards = """
The reference ends in `nn.Flatten()`, the tutorial in a second Lambda. A Flatten
can be pickled, and its name says what it does.

The whole of `forward` is three lines: `Sequential` in
https://github.com/pytorch/pytorch/blob/v2.13.0/torch/nn/modules/container.py

Try: `get_model()[:3](torch.zeros(1, 784)).shape`. What is a slice of a
Sequential?
"""
