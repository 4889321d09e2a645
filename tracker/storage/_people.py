"""The connections and their addresses as they are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.connection import Connection, ConnectionId, Invitation, is_profile
from tracker.domain.marks import MarkKind
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
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection as Database

    from tracker.domain.message import AddrSpec


def everyone(db: Database, *, removed: bool, owning: Collection[AddrSpec] | None = None) -> list[Connection]:
    """The connections by id; those who were removed only if asked for; only those `owning` any of these addresses."""
    if owning is None:
        return _read(db, removed=removed, among=None)
    owners = select(connection_address.c.connection_id)
    numbers = {number for piece in pieces(owning) for number in db.scalars(owners.where(_ADDR.in_(piece)))}
    found = (_read(db, removed=removed, among=piece) for piece in pieces(sorted(numbers)))
    return [person for some in found for person in some]


_ADDR = connection_address.c.addr
_OWNER = connection_address.c.connection_id


def _read(db: Database, *, removed: bool, among: Sequence[int] | None) -> list[Connection]:
    addresses, profiles = _places(db, among)
    hidden = set(db.scalars(select(mark.c.connection_id).where(mark.c.kind == MarkKind.REMOVED.value)))
    chosen = select(*(connection.c[name] for name in _COLUMNS)).order_by(connection.c.id)
    if among is not None:
        chosen = chosen.where(connection.c.id.in_(among))
    if not removed:
        chosen = chosen.where(connection.c.removed.is_(False))
    found = db.execute(chosen).all()
    return [
        Connection(
            ConnectionId(number),
            name,
            company,
            position,
            profile_url,
            connected_on,
            addresses=tuple(addresses.get(number, ())),
            profile=profiles.get(number),
            invitation=None if by_me is None else Invitation(by_me, invited_at),
            removed=is_removed or number in hidden,
        )
        for number, name, company, position, profile_url, connected_on, is_removed, by_me, invited_at in found
        if removed or number not in hidden
    ]


_COLUMNS = (
    "id", "name", "company", "position", "profile_url", "connected_on", "removed", "invited_by_me", "invited_at",
)  # fmt: skip


def _places(db: Database, among: Sequence[int] | None) -> tuple[dict[int, list[AddrSpec]], dict[int, AddrSpec]]:
    """By connection: the addresses in their order, and the one that stands for the profile."""
    ordered = select(_OWNER, _ADDR).order_by(connection_address.c.place, _ADDR)
    if among is not None:
        ordered = ordered.where(_OWNER.in_(among))
    addresses: dict[int, list[AddrSpec]] = {}
    profiles: dict[int, AddrSpec] = {}
    for person, addr in db.execute(ordered):
        if is_profile(addr):
            profiles[person] = addr
        else:
            addresses.setdefault(person, []).append(addr)
    return addresses, profiles


def touch(db: Database, numbers: Collection[int], moved: Collection[str]) -> None:
    """Mark people as dirty, and the messages of addresses that changed hands: other people's asks stand there too."""
    if _meta.get(db, _meta.FINGERPRINT) is None:
        return
    insert_new(db, dirty_connection, [{"connection_id": number} for number in numbers])
    for piece in pieces(moved):
        theirs = select(participant.c.message_id).join(mailbox, mailbox.c.id == participant.c.mailbox_id)
        found = db.scalars(theirs.where(mailbox.c.addr.in_(piece)).distinct())
        insert_new(db, dirty_message, [{"message_id": number} for number in found])
