"""When an account is to be read next, decided from what the database knows of its last passes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tracker.service.standing import due_at, is_locked_out

if TYPE_CHECKING:
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


def _is_cut(state: AccountState, started_at: datetime) -> bool:
    """Whether a process before this one began the last pass and did not live to tell how it ended."""
    if state.begun_at is None or state.begun_at >= started_at or state.begun_at == state.synced_at:
        return False
    return state.failed_at is None or state.failed_at < state.begun_at
