"""When an account is to be read next: decided by what the database knows of its passes, then counted down.

The decision takes the clock of the day, for no other outlives a restart. What is left of the wait runs on one that
nobody can set.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tracker.service.standing import due_at, is_locked_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from tracker.storage import AccountState


def seconds_left(state: AccountState | None, every: timedelta, *, now: datetime, started_at: datetime) -> float:
    """Seconds until the next pass; 0 at once, infinity for an account that rests. The daemon began at `started_at`.

    A locked-out account gets one more login from each daemon: whoever starts it again has looked at the password.
    """
    if state is None or state.begun_at is None or _is_cut(state, started_at):
        return 0.0
    if is_locked_out(state) and state.failed_at is not None and state.failed_at >= started_at:
        return math.inf
    if max(state.begun_at, state.failed_at or state.begun_at) > now:
        return 0.0  # the clock was set back, and would otherwise have to come up to it first
    due = due_at(state, every)
    return 0.0 if due is None else max(0.0, (due - now).total_seconds())


UNKEPT = 10.0
"""Seconds until the next try after a failure that the database could not keep, and by which it can decide nothing."""


class Hold:
    """A wait of which only this process knows, as the database cannot be written. Safe to ask from several threads."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._until = 0.0
        self._reason = ""

    def begin(self, reason: str) -> bool:
        """Wait for `UNKEPT` seconds; whether the reason is another one than that of the last wait."""
        is_news = reason != self._reason
        self._reason, self._until = reason, self._elapsed() + UNKEPT
        return is_news

    def end(self) -> None:
        """The database can be written again: the same reason would be news."""
        self._reason = ""

    def left(self) -> float:
        """Seconds, at least 0."""
        return max(0.0, self._until - self._elapsed())


class Countdown:
    """What is left of a wait, on a clock that only runs. Safe to ask from several threads."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._told: tuple[object, float] | None = None

    def left(self, about: object, decide: Callable[[], float]) -> float:
        """Seconds, at least 0, of the wait that `decide` gave when it was first asked for all that it is `about`."""
        told = self._told
        if told is None or told[0] != about:
            told = self._told = (about, self._elapsed() + decide())
        return max(0.0, told[1] - self._elapsed())


def _is_cut(state: AccountState, started_at: datetime) -> bool:
    """Whether a process before this one began the last pass and did not live to tell how it ended."""
    if state.begun_at is None or state.begun_at >= started_at or state.begun_at == state.synced_at:
        return False
    return state.failed_at is None or state.failed_at < state.begun_at
