"""What is derived from facts and people and can be dropped at any time, and what must be derived again."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, PrimaryKeyConstraint, String, Table, Text

from tracker.storage._schema._base import metadata
from tracker.storage._types import Int64, UtcDateTime

ask = Table(
    "ask",
    metadata,
    Column("connection_id", Integer, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("identity", String, nullable=False),
    Column("is_brief", Boolean, nullable=False),
    # Of those that are, the moments of a brief; of others they are never looked at.
    Column("answered_at", UtcDateTime),
    Column("person_at", UtcDateTime),
    Column("human_at", UtcDateTime),
    Column("uncertain_at", UtcDateTime),
    Column("channel", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("reply_to", Text, nullable=False),
    Column("last_word", Boolean, nullable=False),
    Column("is_group", Boolean, nullable=False),
    Column("by_other_at", UtcDateTime),
    Column("away_at", UtcDateTime),
    Column("delayed_at", UtcDateTime),
    Column("undeliverable_at", UtcDateTime),
    Column("orphaned_at", UtcDateTime),
    Column("sent", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    PrimaryKeyConstraint("connection_id", "asked_at", "identity"),
    sqlite_with_rowid=False,
)

heard = Table(
    "heard",
    metadata,
    Column("connection_id", Integer, primary_key=True, autoincrement=False),
    Column("times", Text, nullable=False),
)

# On which days (since 1970, UTC) an inbound message named an address of the user's.
received = Table(
    "received",
    metadata,
    Column("addr", String, nullable=False),
    Column("day", Integer, nullable=False),
    PrimaryKeyConstraint("addr", "day"),
    sqlite_with_rowid=False,
)

dirty_message = Table("dirty_message", metadata, Column("message_id", Int64, primary_key=True, autoincrement=False))

dirty_connection = Table(
    "dirty_connection", metadata, Column("connection_id", Integer, primary_key=True, autoincrement=False)
)
