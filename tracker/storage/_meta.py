"""Single values about the whole database, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from tracker.storage._schema import meta

if TYPE_CHECKING:
    from sqlalchemy import Connection

FINGERPRINT = "fingerprint"
"""What the stored asks were computed with; absent if nothing is paired yet."""

SALT = "salt"
"""What the digests of people who were erased are salted with."""

MINE = "mine"
"""A digest of the user's addresses for which `received` was computed."""

STALE_DAYS = "stale_days"
"""Present if a stored message came in on another day than `received` says."""

MESSAGES = "messages"
"""How many different messages are stored; counting a million takes too long for a report."""

KEPT_FROM = "kept_from"
"""The moment before which no message is stored, ISO 8601; absent if every message is."""

WHOLE_FROM = "whole_from"
"""The latest that `KEPT_FROM` ever was, ISO 8601: what is older may be gone, whatever is kept since."""

CHORE = "chore "
"""Before the name of a chore of the daemon: when its last successful run began, ISO 8601."""


def get(db: Connection, key: str) -> str | None:
    """The value called `key`; None if there is none."""
    value: str | None = db.scalar(select(meta.c.value).where(meta.c.key == key))
    return value


def put(db: Connection, key: str, value: str) -> None:
    """Set the value called `key`."""
    if not db.execute(update(meta).where(meta.c.key == key).values(value=value)).rowcount:
        db.execute(insert(meta).values(key=key, value=value))


def drop(db: Connection, *keys: str) -> None:
    """Remove these values."""
    db.execute(delete(meta).where(meta.c.key.in_(keys)))
