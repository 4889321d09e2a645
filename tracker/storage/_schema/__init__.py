"""The tables: facts as they were read, people, and what is derived from both and can be dropped at any time.

Tables with a row or more for every message carry no foreign keys to it: checking them costs more than storing the row,
and messages are written in one place.
"""

from __future__ import annotations

from tracker.storage._schema._base import metadata
from tracker.storage._schema._derived import ask, dirty_connection, dirty_message, heard, received
from tracker.storage._schema._mail import (
    account,
    delivery_report,
    draft,
    folder,
    latch,
    location,
    mailbox,
    mailing_list,
    message,
    meta,
    named_id,
    own_address,
    participant,
    sender,
    unread,
)
from tracker.storage._schema._people import connection, connection_address, forgotten, link_decision, mark, proposal

__all__ = [
    "HEAD",
    "account",
    "ask",
    "connection",
    "connection_address",
    "delivery_report",
    "dirty_connection",
    "dirty_message",
    "draft",
    "folder",
    "forgotten",
    "heard",
    "latch",
    "link_decision",
    "location",
    "mailbox",
    "mailing_list",
    "mark",
    "message",
    "meta",
    "metadata",
    "named_id",
    "own_address",
    "participant",
    "proposal",
    "received",
    "sender",
    "unread",
]

HEAD = "0008"
"""The revision of this schema, known here so that a start needs no migration machinery. A test compares the two."""
