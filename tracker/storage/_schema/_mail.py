"""Facts: where mail was read, and the messages as they were read."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from tracker.storage._schema._base import metadata
from tracker.storage._types import Int64, UtcDateTime

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("begun_at", UtcDateTime),
    Column("synced_at", UtcDateTime),
    Column("failed_at", UtcDateTime),
    Column("error", Text),
    Column("failures", Integer, nullable=False),
    Column("refused_logins", Integer, nullable=False),
    Column("retry_at", UtcDateTime),
    Column("newest_at", UtcDateTime),
)

# Extensions of a server that misbehaved and are left alone for a while.
latch = Table(
    "latch",
    metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("extension", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("account_id", "extension"),
)

# `messages` counts the locations, which would take a second to count when there are a million.
folder = Table(
    "folder",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("next_uid", BigInteger, nullable=False),
    Column("is_begun_only", Boolean, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("read_at", UtcDateTime),
    Column("since", Date),
    Column("audited_at", UtcDateTime),
    Column("modseq", BigInteger),
    Index(None, "account_id", "name", unique=True),
)

location = Table(
    "location",
    metadata,
    Column("folder_id", ForeignKey("folder.id", ondelete="CASCADE"), nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("message_id", Int64, nullable=False),
    PrimaryKeyConstraint("folder_id", "uid"),
    sqlite_with_rowid=False,
)

unread = Table(
    "unread",
    metadata,
    Column("folder_id", ForeignKey("folder.id", ondelete="CASCADE"), nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
    Column("tries", Integer, nullable=False, server_default="1"),
    PrimaryKeyConstraint("folder_id", "uid"),
    sqlite_with_rowid=False,
)

# No facts until they are sent.
draft = Table(
    "draft",
    metadata,
    Column("folder_id", ForeignKey("folder.id", ondelete="CASCADE"), nullable=False),
    Column("uid", BigInteger, nullable=False),
    PrimaryKeyConstraint("folder_id", "uid"),
    sqlite_with_rowid=False,
)

# A display name with its addr-spec, once, however many messages bear it. `digest` stands for both: names can be longer
# than an index entry may be.
mailbox = Table(
    "mailbox",
    metadata,
    Column("id", Int64, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("addr", String, nullable=False, index=True),
    Column("name", Text, nullable=False),
)

# Lists of msg-ids are separated by line ends; `mailboxes` holds ids of `mailbox` (see `_messages`). What few messages
# have is NULL in all others.
message = Table(
    "message",
    metadata,
    Column("id", Int64, primary_key=True, autoincrement=False),
    Column("identity", LargeBinary, nullable=False, unique=True),
    Column("author_id", BigInteger),
    Column("dated_at", UtcDateTime),
    Column("received_at", UtcDateTime),
    Column("roles", Integer, nullable=False),
    Column("msg_id", Text),
    Column("aliases", Text, nullable=False),
    Column("in_reply_to", Text),
    Column("msg_ids", Text, nullable=False),
    Column("mailboxes", Text, nullable=False),
    Column("signals", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("thread_keys", Text),
    Column("thread_index", LargeBinary),
    Column("relayed_at", UtcDateTime),
    Column("deliveries", Text),
    Column("returned", Text),
)

# The author and every recipient of every message.
participant = Table(
    "participant",
    metadata,
    Column("mailbox_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("mailbox_id", "message_id"),
    sqlite_with_rowid=False,
)

# Every msg-id that a message has or names, and every id of its thread, as a 64-bit digest. Two ids with one digest only
# widen a search.
named_id = Table(
    "named_id",
    metadata,
    Column("digest", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("digest", "message_id"),
    sqlite_with_rowid=False,
)

# When each came in (`Message.arrived_at`), so that those are found that may be about a given message.
delivery_report = Table(
    "delivery_report",
    metadata,
    Column("message_id", Int64, primary_key=True, autoincrement=False),
    Column("arrived_at", BigInteger, index=True),
)

# Addresses to which mailing lists are posted (List-Post, RFC 2369).
mailing_list = Table("mailing_list", metadata, Column("addr", String, primary_key=True))

# How many messages in Sent folders each addr-spec is the author of: those of the user.
sender = Table(
    "sender", metadata, Column("addr", String, primary_key=True), Column("messages", Integer, nullable=False)
)

# Addresses that LinkedIn says are the user's.
own_address = Table("own_address", metadata, Column("addr", String, primary_key=True))
