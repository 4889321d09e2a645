"""Retention: what is older than the configuration keeps is deleted, in small transactions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.service.standing import coverage_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tracker.config import Config
    from tracker.storage import Store

CHORE = "retention"
"""The name under which the store remembers when old messages were last looked for."""


EVERY = timedelta(hours=24)
"""So often old messages are looked for."""

_LONGEST_WAIT = timedelta(days=30)
"""So long messages stay for the sake of accounts that cannot be read at the moment."""


def keep_recent_daily(store: Store, config: Config, now: datetime) -> int:
    """The same as `keep_recent`, unless it was done within the last day; how many messages were deleted."""
    if config.database.keep is None:
        return 0
    last = store.chore_ran_at(CHORE)
    if last is not None and timedelta(0) <= now - last < EVERY:
        return 0
    return keep_recent(store, config, now) or 0


def keep_recent(
    store: Store, config: Config, now: datetime, is_stopped: Callable[[], bool] = lambda: False
) -> int | None:
    """Delete the messages that are older than is kept; how many, None if it was told to stop on the way."""
    keep = config.database.keep
    if keep is None:
        return 0
    store.keep_from(_read_to(store, config, now) - keep)
    deleted, after = 0, 0
    while not is_stopped():
        page = store.drop_older(after)
        deleted += page.deleted
        if page.last is None:
            if deleted:
                store.drop_unnamed()
            store.note_chore(CHORE, now)
            return deleted
        after = page.last
    return None


def _read_to(store: Store, config: Config, now: datetime) -> datetime:
    """The moment from which the age of messages is counted back: verdicts are told for it, with all of their window.

    Otherwise, were an account not read for a while, the answers at the beginning of the window would go first.
    """
    as_of = coverage_of(store, config).as_of
    return now if as_of is None else min(now, max(as_of, now - _LONGEST_WAIT))
