"""Bounds of time on calls that have none themselves: looking up a name may take half a minute where nobody answers."""

from __future__ import annotations

import threading
import time
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")


def within(seconds: float, deed: Callable[[], T]) -> T:
    """What `deed` gives or raises. Raises `TimeoutError` if that takes longer; it is then left to itself."""
    return next(side_by_side(seconds, [deed]))()


def side_by_side(seconds: float, deeds: Sequence[Callable[[], T]]) -> Iterator[Callable[[], T]]:
    """Begin all `deeds` at once; for each in their order a call that gives or raises what it did.

    All of them together have `seconds`; what is not done by then raises `TimeoutError`.
    """
    deadline = time.monotonic() + seconds
    begun = [_begun(deed) for deed in deeds]
    for ending in begun:
        yield partial(_ended, ending, deadline)


def _begun(deed: Callable[[], T]) -> SimpleQueue[tuple[T | None, BaseException | None]]:
    ending: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            ending.put((deed(), None))
        except BaseException as error:  # noqa: BLE001 # it is raised again in the thread that waits for it
            ending.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    return ending


def _ended(ending: SimpleQueue[tuple[T | None, BaseException | None]], deadline: float) -> T:
    try:
        value, error = ending.get(timeout=max(0.001, deadline - time.monotonic()))
    except Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value] # without an error it is what the deed gave
