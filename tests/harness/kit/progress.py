"""Counts the calls of an answer that return: a slow answer differs from an endless one."""

import time


class Returned:
    """How many calls of an answer have returned in this process, and when the last did."""

    FIELDS = 2  # the number, and the monotonic time

    def __init__(self) -> None:
        # In a list, since this object is not to change: it would count as replaced.
        self._memory: list[list[float] | memoryview[float]] = [[0.0] * self.FIELDS]

    def share(self, memory: "memoryview[float]") -> None:
        """Count in this memory from now on, which another process can read."""
        self._memory[0] = memory

    def note(self) -> None:
        """Count a call that has returned."""
        memory = self._memory[0]
        memory[0] += 1
        memory[1] = time.monotonic()


RETURNED = Returned()
