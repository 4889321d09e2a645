"""Signs of life of one thread, and how long it may go without any, by what it is at."""

from __future__ import annotations

import time


class Signs:
    """What a thread gave; `begin` and `move` are called in it, `silence` in whichever watches."""

    def __init__(self, bound: float) -> None:
        self._moved_at = time.monotonic()
        self._bound = bound

    def begin(self, bound: float) -> None:
        """From now on a sign is given within so many seconds."""
        self.move()
        self._bound = bound

    def move(self) -> None:
        """Give one."""
        self._moved_at = time.monotonic()

    def silence(self, *, is_alive: bool) -> float:
        """Seconds since the last one, if that is more than the thread may take, or it has ended; else 0."""
        silence = time.monotonic() - self._moved_at
        return silence if silence > self._bound or not is_alive else 0.0
