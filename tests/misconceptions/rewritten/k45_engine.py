"""Wrong answers to k45, each written in another way."""

import math


def _value_of(x, kind):
    return x if isinstance(x, kind) else kind(x)


class _Micrograd:
    """With closures and a recursion, in the style of micrograd."""

    def __init__(self, data, children=()):
        self.data = data
        self.grad = 0
        self.children = children
        self.pass_on = lambda: None

    def result(self, data, children, pass_on):
        out = type(self)(data, children)
        out.pass_on = lambda: pass_on(out.grad)
        return out

    def __add__(self, other):
        other = _value_of(other, type(self))

        def pass_on(grad):
            self.grad += grad
            other.grad += grad

        return self.result(self.data + other.data, (self, other), pass_on)

    def __mul__(self, other):
        other = _value_of(other, type(self))

        def pass_on(grad):
            self.grad += other.data * grad
            other.grad += self.data * grad

        return self.result(self.data * other.data, (self, other), pass_on)

    def __pow__(self, n):
        def pass_on(grad):
            self.grad += n * self.data ** (n - 1) * grad

        return self.result(self.data**n, (self,), pass_on)

    def exp(self):
        power = math.exp(self.data)

        def pass_on(grad):
            self.grad += power * grad

        return self.result(power, (self,), pass_on)

    def log(self):
        def pass_on(grad):
            self.grad += grad / self.data

        return self.result(math.log(self.data), (self,), pass_on)

    def relu(self):
        def pass_on(grad):
            self.grad += (self.data > 0) * grad

        return self.result(self.data if self.data > 0 else 0.0, (self,), pass_on)

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return self**-1 * other

    def topological(self):
        """Return all values, children first."""
        order, seen = [], set()

        def build(value):
            if value in seen:
                return
            seen.add(value)
            for child in value.children:
                build(child)
            order.append(value)

        build(self)
        return order

    def backward(self):
        self.grad = 1
        for value in reversed(self.topological()):
            value.pass_on()


class WrongSide:
    """In the style of micrograd, with the reflected methods borrowed from the others."""

    class Value(_Micrograd):
        def __rsub__(self, other):
            return self.__sub__(other)

        def __rtruediv__(self, other):
            return self.__truediv__(other)


class SeedForgotten:
    """In the style of micrograd."""

    class Value(_Micrograd):
        def backward(self):
            for value in self.topological()[::-1]:
                value.pass_on()
