"""Right answers to k45, written differently."""

import heapq
import itertools
import math
from collections import Counter, defaultdict

from tests.misconceptions.rewritten.k45_engine import _Micrograd


class Micrograd:
    """In the style of micrograd: with closures and a recursion."""

    mastery = False

    class Value(_Micrograd):
        pass


class CountedUses:
    """A value's turn comes when each of its uses has passed on its part."""

    class Value:
        def __init__(self, data):
            self.data, self.grad, self.edges = float(data), 0.0, []

        @staticmethod
        def of(data, *edges):
            made = CountedUses.Value(data)
            made.edges = edges
            return made

        @classmethod
        def lift(cls, x):
            return x if isinstance(x, cls) else cls(x)

        def __add__(self, other):
            other = self.lift(other)
            return self.of(self.data + other.data, (self, 1.0), (other, 1.0))

        def __mul__(self, other):
            other = self.lift(other)
            return self.of(self.data * other.data, (self, other.data), (other, self.data))

        def __truediv__(self, other):
            other = self.lift(other)
            ratio = self.data / other.data
            return self.of(ratio, (self, 1 / other.data), (other, -ratio / other.data))

        def __sub__(self, other):
            other = self.lift(other)
            return self.of(self.data - other.data, (self, 1.0), (other, -1.0))

        __radd__, __rmul__ = __add__, __mul__

        def __rsub__(self, other):
            return self.lift(other) - self

        def __rtruediv__(self, other):
            return self.lift(other) / self

        def __neg__(self):
            return 0 - self

        def __pow__(self, n):
            return self.of(self.data**n, (self, n and n * self.data ** (n - 1)))

        def exp(self):
            return self.of(y := math.exp(self.data), (self, y))

        def log(self):
            return self.of(math.log(self.data), (self, 1 / self.data))

        def relu(self):
            return self * (self.data > 0)

        def backward(self):
            uses, stack, seen = Counter(), [self], {id(self)}
            while stack:
                for source, _ in stack.pop().edges:
                    uses[id(source)] += 1
                    if id(source) not in seen:
                        seen.add(id(source))
                        stack.append(source)
            arrived, ready = defaultdict(float, {id(self): 1.0}), [self]
            while ready:
                value = ready.pop()
                grad = arrived.pop(id(value), 0.0)
                if not value.edges:
                    value.grad += grad
                for source, slope in value.edges:
                    arrived[id(source)] += slope * grad
                    uses[id(source)] -= 1
                    if not uses[id(source)]:
                        ready.append(source)


class Tape:
    """One list of all operations ever made, as a tape; `backward` runs it in reverse."""

    class Value:
        tape: list = []

        def __init__(self, data, *edges):
            self.data, self.grad, self.edges = float(data), 0.0, edges
            self.at = len(self.tape)
            self.tape.append(self if edges else None)

        def data_of(self, x):
            return x.data if isinstance(x, Tape.Value) else x

        def __add__(self, other):
            return Tape.Value(self.data + self.data_of(other), (self, 1.0), (other, 1.0))

        def __radd__(self, other):
            return self + other

        def __sub__(self, other):
            return Tape.Value(self.data - self.data_of(other), (self, 1.0), (other, -1.0))

        def __rsub__(self, other):
            return Tape.Value(other - self.data, (self, -1.0))

        def __mul__(self, other):
            factor = self.data_of(other)
            return Tape.Value(self.data * factor, (self, factor), (other, self.data))

        def __rmul__(self, other):
            return self * other

        def __truediv__(self, other):
            x, y = self.data, self.data_of(other)
            return Tape.Value(x / y, (self, 1 / y), (other, -x / (y * y)))

        def __rtruediv__(self, other):
            return Tape.Value(other / self.data, (self, -other / self.data / self.data))

        def __neg__(self):
            return Tape.Value(-self.data, (self, -1.0))

        def __pow__(self, n):
            slope = n * math.pow(self.data, n - 1) if n != 0 else 0.0
            return Tape.Value(math.pow(self.data, n), (self, slope))

        def exp(self):
            return Tape.Value(math.exp(self.data), (self, math.exp(self.data)))

        def log(self):
            return Tape.Value(math.log(self.data), (self, self.data**-1))

        def relu(self):
            if self.data < 0:
                return Tape.Value(0.0, (self, 0.0))
            return Tape.Value(self.data, (self, 1.0))

        def backward(self):
            grads = {self.at: 1.0}
            for value in reversed(self.tape[: self.at + 1]):
                grad = grads.pop(value.at, None) if value else None
                if grad is None:
                    continue
                for source, slope in value.edges:
                    if not isinstance(source, Tape.Value):
                        continue
                    if source.edges:
                        grads[source.at] = grads.get(source.at, 0.0) + slope * grad
                    else:
                        source.grad += slope * grad


_born = itertools.count()


class Queue:
    """Closures for the slopes, and a queue of what has a gradient, the youngest first."""

    class Value:
        __slots__ = ("back", "data", "grad", "number")

        def __init__(self, data, back=None):
            self.data, self.grad, self.back = data, 0.0, back
            self.number = -next(_born)

        def __lt__(self, other):
            return self.number < other.number

        def __add__(self, other):
            if isinstance(other, Queue.Value):
                return Queue.Value(self.data + other.data, lambda g: ((self, g), (other, g)))
            return Queue.Value(self.data + other, lambda g: ((self, g),))

        def __mul__(self, other):
            if isinstance(other, Queue.Value):
                parts = self.data, other.data
                return Queue.Value(
                    self.data * other.data,
                    lambda g: ((self, g * parts[1]), (other, g * parts[0])),
                )
            return Queue.Value(self.data * other, lambda g: ((self, g * other),))

        __radd__, __rmul__ = __add__, __mul__

        def __neg__(self):
            return -1 * self

        def __sub__(self, other):
            return self + (-1) * other

        def __rsub__(self, other):
            return (-self) + other

        def __truediv__(self, other):
            return self * (other**-1)

        def __rtruediv__(self, other):
            return other * self**-1

        def __pow__(self, n):
            x = self.data
            return Queue.Value(x**n, lambda g: ((self, g * n * x ** (n - 1)),))

        def exp(self):
            y = math.e**self.data if self.data == 0 else math.exp(self.data)
            return Queue.Value(y, lambda g: ((self, g * y),))

        def log(self):
            x = self.data
            return Queue.Value(math.log(x), lambda g: ((self, g / x),))

        def relu(self):
            on = self.data > 0
            return Queue.Value(self.data * on, lambda g: ((self, g * on),))

        def backward(self):
            waiting, grads = [self], {self.number: 1.0}
            while waiting:
                value = heapq.heappop(waiting)
                grad = grads.pop(value.number)
                if value.back is None:
                    value.grad += grad
                    continue
                for source, part in value.back(grad):
                    if source.number not in grads:
                        heapq.heappush(waiting, source)
                    grads[source.number] = grads.get(source.number, 0.0) + part


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS = {
    "self / -1": "Divided by −1 or multiplied by it: that is the same.",
    "self.data >= 0": "At ReLU's kink either is right; there it is not tested.",
}
