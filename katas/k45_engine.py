"""Part 5 · Under the hood
k45 · An autograd engine

How did `loss.backward()` know what to do, in k12? Each operation had noted what its result
was made from, and how to pass a gradient on: one node of a graph (k44). `backward` went
through the nodes in reverse order (k43). That is the whole engine, and here you build it,
for single numbers. In torch there are tensors in their place.

    a, b = Value(2.0), Value(3.0)
    c = a * b            c.data is 6.0. Made from a, with slope 3.0, and b, with slope 2.0
    d = c + a            d.data is 8.0. Made from c and a, with slope 1.0 each
    d.backward()         a.grad is 4.0: by way of c 1.0 · 3.0, and 1.0 directly

The *slope* says how fast the result grows with what it was made from. The result's
gradient times the slope is added to the gradient of what it was made from:

    a + b    1 and 1       a ** n    n · aⁿ⁻¹      a.exp()     the result
    a * b    b and a       a / b     1/b and −a/b²     a.log()     1/a
    a − b    1 and −1      −a        −1                a.relu()    1 if a > 0, else 0

*Added*, since a value that is used twice changes the result in two ways. And a value
passes its gradient on only when that is complete: after everything that was made from it
has passed on its own. So put the values into an order in which each comes after all that it
was made from, and go through it backwards. Such an order is called *topological*; the order
in which the values were made is one. Going along every path instead would give the same
sums, but after `y = y + y`, sixty times, there are 2⁶⁰ paths.

The first gradient is that of the result itself: 1.

Mastery: a chain of 10,000 operations, where a function that calls itself for each ends in
a RecursionError. And a second `backward()` adds the same derivatives once more, as torch's
does with `retain_graph=True`: what the first one has left in *computed* values must not be
passed on again.

Read: https://docs.pytorch.org/docs/stable/notes/autograd.html#how-autograd-encodes-the-history
      https://github.com/karpathy/micrograd
Source: https://github.com/pytorch/pytorch/blob/main/torch/csrc/autograd/engine.cpp
"""

import itertools
import math
from collections import defaultdict


class Value:
    """A number that knows what it was computed from. Without torch and numpy.

    data: a Python float. grad: 0.0 at first. Operands are Values or plain numbers, on
    either side; exponents are plain numbers.

    >>> a, b = Value(2.0), Value(3.0)
    >>> d = a * b + a
    >>> d.backward()
    >>> d.data, a.grad, b.grad
    (8.0, 4.0, 2.0)
    """

    def __init__(self, data: float) -> None:
        raise NotImplementedError  # TODO: data, grad, and what it was made from

    def __add__(self, other: "Value | float") -> "Value":
        raise NotImplementedError  # TODO: a Value that knows what it was made from

    __radd__ = __add__  # 2 + v calls v.__radd__(2), since a number knows no Values

    def __mul__(self, other: "Value | float") -> "Value":
        raise NotImplementedError  # TODO: a Value that knows what it was made from

    __rmul__ = __mul__

    def __neg__(self) -> "Value":
        raise NotImplementedError  # TODO: one source

    def __sub__(self, other: "Value | float") -> "Value":
        raise NotImplementedError  # TODO: two sources

    def __rsub__(self, other: float) -> "Value":
        """Return other − self, where other is a plain number."""
        raise NotImplementedError  # TODO: this is not self − other

    def __truediv__(self, other: "Value | float") -> "Value":
        raise NotImplementedError  # TODO: two sources

    def __rtruediv__(self, other: float) -> "Value":
        raise NotImplementedError  # TODO: this is not self / other

    def __pow__(self, exponent: float) -> "Value":
        raise NotImplementedError  # TODO: one source

    def exp(self) -> "Value":
        """Return e to the power of self."""
        raise NotImplementedError  # TODO: one source

    def log(self) -> "Value":
        """Return the natural logarithm of self."""
        raise NotImplementedError  # TODO: one source

    def relu(self) -> "Value":
        """Return self where it is positive, and 0 elsewhere."""
        raise NotImplementedError  # TODO: one source

    def backward(self) -> None:
        """Add the derivative of self to the `grad` of every Value that self depends on."""
        raise NotImplementedError  # TODO: in reverse order, add to each gradient, then pass it on
