"""A look at a database that changes nothing: whether it is there, sound, and of this program's schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from tracker.storage._engine import Database, parse_url, place_of
from tracker.storage._migrating import VERSION_TABLE, known_revisions
from tracker.storage._schema import HEAD

if TYPE_CHECKING:
    from pathlib import Path

BUSY = 5.0
"""Seconds to wait for another process that writes."""


@dataclass(frozen=True, slots=True)
class DatabaseLook:
    """A database as it is.

    place     its file; None for one on a server
    exists    whether anything was ever stored; the rest says nothing if not
    schema    its version; None if it has none
    head      the version that this program writes
    is_newer  whether its version is one that this program does not know
    trouble   the first fault in its structure, empty if there is none
    """

    place: Path | None
    exists: bool
    schema: str | None = None
    head: str = HEAD
    is_newer: bool = False
    trouble: str = ""


def look_at(url: str) -> DatabaseLook:
    """Look at the database at `url`. Raises `DatabaseUnreachable`, `ConfigError`."""
    place = place_of(url)
    if place is not None and (not place.exists() or place.stat().st_size == 0):
        return DatabaseLook(place, exists=False)
    database = Database(parse_url(url), busy=BUSY)
    try:
        with database.reading() as db:
            is_versioned = inspect(db).has_table(VERSION_TABLE)
            schema = db.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) if is_versioned else None  # noqa: S608 -- a constant
            trouble = str(db.scalar(text("PRAGMA quick_check(1)"))) if place is not None else "ok"
    finally:
        database.close()
    return DatabaseLook(
        place,
        exists=schema is not None,
        schema=schema,
        is_newer=schema is not None and schema != HEAD and schema not in known_revisions(),
        trouble="" if trouble == "ok" else trouble,
    )
