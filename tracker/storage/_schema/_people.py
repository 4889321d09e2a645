"""People, their addresses, and the user's word about both."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from tracker.storage._schema._base import metadata
from tracker.storage._types import UtcDateTime

connection = Table(
    "connection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("position", Text, nullable=False),
    Column("profile_url", Text),
    Column("connected_on", Date),
    Column("removed", Boolean, nullable=False),
    Column("invited_by_me", Boolean),
    Column("invited_at", UtcDateTime),
    sqlite_autoincrement=True,
)

connection_address = Table(
    "connection_address",
    metadata,
    Column("connection_id", ForeignKey("connection.id", ondelete="CASCADE"), nullable=False),
    Column("addr", String, nullable=False, index=True),
    Column("provenance", String, nullable=False),
    Column("place", Integer, nullable=False),
    PrimaryKeyConstraint("connection_id", "addr"),
)

# What the user decided about an address that may be somebody's. A rejected one is never proposed nor imported again.
link_decision = Table(
    "link_decision",
    metadata,
    Column("connection_id", ForeignKey("connection.id", ondelete="CASCADE"), nullable=False),
    Column("addr", String, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("connection_id", "addr"),
)

# Addresses that an address book gives to somebody of the same name.
proposal = Table(
    "proposal",
    metadata,
    Column("connection_id", ForeignKey("connection.id", ondelete="CASCADE"), nullable=False),
    Column("addr", String, nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("connection_id", "addr"),
)

# Who was erased: salted digests of keys and addresses, so that no import and no pass brings them back.
forgotten = Table("forgotten", metadata, Column("digest", LargeBinary, primary_key=True))

mark = Table(
    "mark",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("connection_id", ForeignKey("connection.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
    Column("message_id", Text),
    Column("heard_at", UtcDateTime),
)
