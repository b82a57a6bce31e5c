"""Wrong answers to k45."""

import itertools
import math


class _Value:
    """A right answer, from which each wrong one differs in some methods."""

    numbers = itertools.count()

    def __init__(self, data, sources=()):
        self.data, self.grad, self.sources = data, 0.0, sources
        self.number = next(_Value.numbers)

    def lift(self, other):
        return other if isinstance(other, _Value) else type(self)(other)

    def made(self, data, *sources):
        return type(self)(data, sources)

    def __add__(self, other):
        other = self.lift(other)
        return self.made(self.data + other.data, (self, 1.0), (other, 1.0))

    def __radd__(self, other):
        return self.lift(other) + self

    def __mul__(self, other):
        other = self.lift(other)
        return self.made(self.data * other.data, (self, other.data), (other, self.data))

    def __rmul__(self, other):
        return self.lift(other) * self

    def __neg__(self):
        return self.made(-self.data, (self, -1.0))

    def __sub__(self, other):
        other = self.lift(other)
        return self.made(self.data - other.data, (self, 1.0), (other, -1.0))

    def __rsub__(self, other):
        return self.lift(other) - self

    def __truediv__(self, other):
        other = self.lift(other)
        slope = -self.data / other.data**2
        return self.made(self.data / other.data, (self, 1 / other.data), (other, slope))

    def __rtruediv__(self, other):
        return self.lift(other) / self

    def __pow__(self, n):
        return self.made(self.data**n, (self, n * self.data ** (n - 1)))

    def exp(self):
        result = math.exp(self.data)
        return self.made(result, (self, result))

    def log(self):
        return self.made(math.log(self.data), (self, 1 / self.data))

    def relu(self):
        return self.made(max(self.data, 0.0), (self, float(self.data > 0)))

    def order(self):
        """Return all that it depends on, each before what it was made from."""
        found, waiting = {self.number: self}, [self]
        while waiting:
            for source, _ in waiting.pop().sources:
                if source.number not in found:
                    found[source.number] = source
                    waiting.append(source)
        return [found[number] for number in sorted(found, reverse=True)]

    def backward(self):
        gradients = {value.number: 0.0 for value in self.order()}
        gradients[self.number] = 1.0
        for value in self.order():
            value.grad += gradients[value.number]
            for source, slope in value.sources:
                gradients[source.number] += slope * gradients[value.number]


class Overwritten:
    """A gradient replaces the one that was there, so that of several uses only one counts.

    Add to the gradient: `+=`, not `=`.
    """

    class Value(_Value):
        def backward(self):
            self.grad = 1.0
            for value in self.order():
                for source, slope in value.sources:
                    source.grad = slope * value.grad


class NoOrder:
    """A value passes its gradient on before all of it is there, because the values are gone
    through in the order in which they are met.

    Go through them in topological order: each after everything that was made from it.
    """

    class Value(_Value):
        def order(self):
            met = [self]
            for value in met:
                met += [source for source, _ in value.sources if source not in met]
            return met


class PathByPath:
    """Every path through the graph is followed by itself, and after sixty doublings there are 2⁶⁰.

    Let each value wait until its gradient is complete, and pass it on once.
    """

    class Value(_Value):
        def backward(self):
            waiting = [(self, 1.0)]
            while waiting:
                value, grad = waiting.pop()
                value.grad += grad
                waiting += [(source, slope * grad) for source, slope in value.sources]


class SeedForgotten:
    """All gradients are zero, because that of the result itself is never set to 1.

    Begin with 1.0 as the gradient of the value whose `backward` is called.
    """

    class Value(_Value):
        def backward(self):
            for value in self.order():
                for source, slope in value.sources:
                    source.grad += slope * value.grad


class SeedOfTheData:
    """The first gradient is the value of the result, and not 1.

    Begin with 1.0: the result grows with itself at a slope of 1.
    """

    class Value(_Value):
        def backward(self):
            gradients = {value.number: 0.0 for value in self.order()}
            gradients[self.number] = self.data
            for value in self.order():
                value.grad += gradients[value.number]
                for source, slope in value.sources:
                    gradients[source.number] += slope * gradients[value.number]


class WrongSide:
    """A plain number on the left is taken for the right operand: `2 - v` gives v − 2.

    Return `other - self` from `__rsub__`, and `other / self` from `__rtruediv__`.
    """

    class Value(_Value):
        def __rsub__(self, other):
            return self - other

        def __rtruediv__(self, other):
            return self / other


class NumberOnTheLeft:
    """A plain number on the left is not understood, because a method is missing.

    Define `__radd__`, `__rsub__`, `__rmul__` and `__rtruediv__` too: Python calls them where the
    left operand does not know how to compute with the right one.
    """

    class Value(_Value):
        def __radd__(self, other):
            return NotImplemented

        __rsub__ = __rmul__ = __rtruediv__ = __radd__


class NumberOnTheRight:
    """A plain number on the right is not understood, because it has no `.data`.

    Make a Value of it first, if it is not one.
    """

    raises = True

    class Value(_Value):
        def lift(self, other):
            return other


class PowerRule:
    """The slope of a ** n is not n · aⁿ⁻¹: the exponent is not lowered by 1.

    Multiply by n, and lower the exponent: the slope of a ** 2 is 2 · a.
    """

    class Value(_Value):
        def __pow__(self, n):
            return self.made(self.data**n, (self, n * self.data**n))


class ExponentForgotten:
    """The slope of a ** n is taken to be aⁿ⁻¹, without the factor n.

    Multiply by n: the slope of a ** 2 is 2 · a.
    """

    class Value(_Value):
        def __pow__(self, n):
            return self.made(self.data**n, (self, self.data ** (n - 1)))


class OwnFactor:
    """In a product, each factor gets itself as its slope.

    Take the *other* factor: how fast does a · b grow with a?
    """

    class Value(_Value):
        def __mul__(self, other):
            other = self.lift(other)
            return self.made(self.data * other.data, (self, self.data), (other, other.data))


class BothPlus:
    """In a difference, what is subtracted gets the slope 1.

    Make it −1: the difference falls when it grows.
    """

    class Value(_Value):
        def __sub__(self, other):
            other = self.lift(other)
            return self.made(self.data - other.data, (self, 1.0), (other, 1.0))


class QuotientRule:
    """The slope of a divisor is wrong: the square of it is missing.

    Divide by b twice: the slope is −a/b².
    """

    class Value(_Value):
        def __truediv__(self, other):
            other = self.lift(other)
            slope = -self.data / other.data
            return self.made(self.data / other.data, (self, 1 / other.data), (other, slope))


class DivisorHasNoSlope:
    """A divisor gets no gradient, as if it were a plain number.

    Note both operands: the slope of the divisor is −a/b².
    """

    class Value(_Value):
        def __truediv__(self, other):
            other = self.lift(other)
            return self.made(self.data / other.data, (self, 1 / other.data))


class SlopeOfExp:
    """The slope of exp is the number itself, not its exponential.

    Take the result: exp is its own slope.
    """

    class Value(_Value):
        def exp(self):
            return self.made(math.exp(self.data), (self, self.data))


class SlopeOfLog:
    """The slope of log is 1 divided by the result, and not by the number.

    Divide 1 by what the logarithm was taken of.
    """

    class Value(_Value):
        def log(self):
            result = math.log(self.data)
            return self.made(result, (self, 1 / (result or 1)))


class ReluAlwaysOn:
    """The gradient goes through a ReLU unchanged, also where the number was negative.

    Make the slope 0 there: the result does not depend on it.
    """

    class Value(_Value):
        def relu(self):
            return self.made(max(self.data, 0.0), (self, 1.0))


class OncePerValue:
    """What a value was made from is kept in a dict by value, so that one of the two parts of
    `a * a` is lost.

    Keep a list of pairs, which may have the same value twice.
    """

    class Value(_Value):
        def made(self, data, *sources):
            return type(self)(data, tuple(dict(sources).items()))


class SameNumberSameValue:
    """Two values with the same number are taken for one, usually because values are compared by
    `.data`.

    Tell values apart by what they are, with `id(value)`, or by a number that each gets.
    """

    class Value(_Value):
        def order(self):
            seen, kept = set(), []
            for value in super().order():
                if value.data not in seen:
                    seen.add(value.data)
                    kept.append(value)
            return kept

        def backward(self):
            order = self.order()
            gradients = dict.fromkeys((value.data for value in order), 0.0)
            gradients[self.data] = 1.0
            for value in order:
                value.grad += gradients[value.data]
                for source, slope in value.sources:
                    gradients[source.data] += slope * gradients[value.data]


class ClearedFirst:
    """`backward` sets the gradients to zero before it begins, and loses what was there.

    Add to what is there: to clear is for the caller to do.
    """

    class Value(_Value):
        def backward(self):
            for value in self.order():
                value.grad = 0.0
            super().backward()


class StepTaken:
    """`backward` changes the numbers: a step of gradient descent was made.

    Compute only the gradients, and leave the step to an optimiser.
    """

    class Value(_Value):
        def backward(self):
            super().backward()
            for value in self.order():
                if not value.sources:
                    value.data -= 0.1 * value.grad


class WholeNumbers:
    """The numbers lose what comes after the decimal point.

    Leave the numbers as they are: no `int`, `round` or `//`.
    """

    class Value(_Value):
        def __truediv__(self, other):
            other = self.lift(other)
            slope = -self.data / other.data**2
            return self.made(self.data // other.data, (self, 1 / other.data), (other, slope))


class NotReturned:
    """The operations return None.

    Return the new Value from each.
    """

    class Value(_Value):
        def made(self, data, *sources):
            type(self)(data, sources)


class InPlace:
    """An operation changes the Value on its left, which is then both operand and result.

    Return a new Value, and leave the operands as they are.
    """

    class Value(_Value):
        def __add__(self, other):
            other = self.lift(other)
            self.data, self.sources = self.data + other.data, ((other, 1.0),)
            return self


class FiniteDifferences:
    """A slope is the difference of two results, which has half of its digits at best.

    Take the slope from the table: it is exact.
    """

    class Value(_Value):
        def exp(self):
            slope = (math.exp(self.data + 1e-6) - math.exp(self.data - 1e-6)) / 2e-6
            return self.made(math.exp(self.data), (self, slope))


class ReadyMadeTorch:
    """That is torch's engine; this kata is about building one."""

    class Value(_Value):
        def exp(self):
            import torch

            result = float(torch.tensor(self.data, dtype=torch.float64).exp())
            return self.made(result, (self, result))


class ReadyMadeNumpy:
    """Numpy is not needed, nor allowed here: the numbers are Python's."""

    class Value(_Value):
        def log(self):
            numpy = __import__("numpy")
            return self.made(float(numpy.log(self.data)), (self, 1 / self.data))


class CallsItself:
    """A function calls itself for each operation, and ends in a RecursionError where the chain is
    long.

    Keep the values that wait in a list, and take one after the other.
    """

    mastery = True
    raises = True

    class Value(_Value):
        def order(self):
            seen, order = set(), []

            def visit(value):
                if value.number not in seen:
                    seen.add(value.number)
                    for source, _ in value.sources:
                        visit(source)
                    order.append(value)

            visit(self)
            return order[::-1]


class LeftInBetween:
    """A second `backward()` passes on again what the first has left in computed values.

    Keep the gradients on the way in a dict of the call, or clear those of computed values first.
    """

    mastery = True

    class Value(_Value):
        def backward(self):
            self.grad = 1.0
            for value in self.order():
                for source, slope in value.sources:
                    source.grad += slope * value.grad


class OnlyOnce:
    """A second `backward()` through the same values adds nothing, because they are marked as done,
    or have forgotten what they were made from.

    Leave no marks in the values: each call goes through the whole graph.
    """

    mastery = True

    class Value(_Value):
        def backward(self):
            super().backward()
            for value in self.order():
                value.sources = ()
