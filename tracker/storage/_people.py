"""The connections and their addresses as they are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.connection import Connection, ConnectionId, Invitation, is_profile
from tracker.domain.marks import MarkKind
from tracker.domain.message import AddrSpec
from tracker.storage import _meta
from tracker.storage._rows import insert_new, pieces
from tracker.storage._schema import (
    connection,
    connection_address,
    dirty_connection,
    dirty_message,
    mailbox,
    mark,
    participant,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection as Database


def everyone(db: Database, *, removed: bool) -> list[Connection]:
    """The connections by id; those who were removed only if asked for."""
    addresses: dict[int, list[AddrSpec]] = {}
    profiles: dict[int, AddrSpec] = {}
    ordered = select(connection_address).order_by(connection_address.c.place, connection_address.c.addr)
    for row in db.execute(ordered):
        if is_profile(AddrSpec(row.addr)):
            profiles[row.connection_id] = AddrSpec(row.addr)
        else:
            addresses.setdefault(row.connection_id, []).append(AddrSpec(row.addr))
    hidden = set(db.scalars(select(mark.c.connection_id).where(mark.c.kind == MarkKind.REMOVED.value)))
    chosen = select(connection).order_by(connection.c.id)
    if not removed:
        chosen = chosen.where(connection.c.removed.is_(False))
    return [
        Connection(
            id=ConnectionId(row.id),
            name=row.name,
            company=row.company,
            position=row.position,
            profile_url=row.profile_url,
            connected_on=row.connected_on,
            addresses=tuple(addresses.get(row.id, ())),
            profile=profiles.get(row.id),
            invitation=None if row.invited_by_me is None else Invitation(row.invited_by_me, row.invited_at),
            removed=row.removed or row.id in hidden,
        )
        for row in db.execute(chosen)
        if removed or row.id not in hidden
    ]


def touch(db: Database, numbers: Collection[int], moved: Collection[str]) -> None:
    """Mark people as dirty, and the messages of addresses that changed hands: other people's asks stand there too."""
    if _meta.get(db, _meta.FINGERPRINT) is None:
        return
    insert_new(db, dirty_connection, [{"connection_id": number} for number in numbers])
    for piece in pieces(moved):
        theirs = select(participant.c.message_id).join(mailbox, mailbox.c.id == participant.c.mailbox_id)
        found = db.scalars(theirs.where(mailbox.c.addr.in_(piece)).distinct())
        insert_new(db, dirty_message, [{"message_id": number} for number in found])
