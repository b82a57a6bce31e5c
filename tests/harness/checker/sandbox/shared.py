"""A value that one of several child processes computes, and all of them use."""

import json
import os
import select
import time
from collections.abc import Callable
from typing import Any

CAPACITY = 1 << 16  # bytes that a pipe holds, and so the longest value
NOT_COMPUTED = b"\n"


class SharedResult:
    """A value in a pipe: who takes it out of there puts it, or what was computed, back."""

    def __init__(self) -> None:
        self._pipe, self._end = os.pipe()
        os.set_blocking(self._pipe, False)
        os.write(self._end, NOT_COMPUTED)

    def get(self, compute: Callable[[], Any], seconds: float) -> Any:
        """Return the value, which JSON must be able to hold; compute it if nobody has.

        While another process computes it, wait for some seconds; then it is None.
        """
        deadline = time.monotonic() + seconds
        line = self._take(deadline)
        if line == NOT_COMPUTED:
            line = json.dumps(compute()).encode()
        if line:
            os.write(self._end, line)
        return json.loads(line or b"null")

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._pipe)
        os.close(self._end)

    def _take(self, deadline: float) -> bytes:
        while select.select([self._pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            try:
                return os.read(self._pipe, CAPACITY)
            except BlockingIOError:  # another process was faster
                continue
        return b""
