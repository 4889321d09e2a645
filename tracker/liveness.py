"""Signs of life: whoever is at something long says now and then that it goes on, and whoever watches the thread hears.

What waits or works far below knows nothing of a watchdog, and a watchdog cannot know what each call may take. So a sign
is given where something came to an end: bytes from a server, a statement, a piece of a wait.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PIECE = 5.0
"""Seconds of a long wait between two signs."""


class _Here(threading.local):
    """What is called in this thread; nothing in a thread that nobody watches."""

    hear: Callable[[], object] = int


_here = _Here()


def watch(hear: Callable[[], object]) -> None:
    """From now on `hear` is called for each sign of life of the calling thread; it must be quick and never raise."""
    _here.hear = hear


def alive() -> None:
    """Say that this thread goes on."""
    _here.hear()


def wait_alive(wait: Callable[[float], object], seconds: float) -> bool:
    """Call `wait` with a few seconds each until it gives something true or `seconds` are over; whether it did."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        alive()
        if wait(min(left, PIECE)):
            return True
    return False
