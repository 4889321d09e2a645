"""The connections and their addresses, merged with what each export says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from tracker.domain.connection import Connection, ConnectionId, Profile, Provenance
from tracker.domain.marks import MarkKind
from tracker.domain.message import AddrSpec
from tracker.sanitizer import storable
from tracker.storage import _meta
from tracker.storage._messages import clean
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
from tracker.storage._values import Merged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection as Database

_TOLD = ("name", "company", "position", "profile_url", "connected_on")


@dataclass(frozen=True, slots=True)
class _Known:
    """A stored connection: what the last export told, and its addresses by provenance."""

    number: int
    told: tuple[Any, ...]
    removed: bool
    imported: tuple[str, ...]
    own: frozenset[str]


def everyone(db: Database, *, removed: bool) -> list[Connection]:
    """The connections by id; those who were removed only if asked for."""
    addresses: dict[int, list[AddrSpec]] = {}
    ordered = select(connection_address).order_by(connection_address.c.place, connection_address.c.addr)
    for row in db.execute(ordered):
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
            removed=row.removed or row.id in hidden,
        )
        for row in db.execute(chosen)
        if removed or row.id not in hidden
    ]


def merge(db: Database, profiles: Iterable[Profile], *, complete: bool) -> Merged:
    """Bring the connections in line with an export; see `Store.merge_profiles`."""
    told = {storable(profile.key): profile for profile in profiles}
    known = _known(db)
    fresh = [profile for key, profile in told.items() if key not in known]
    numbers = _insert(db, fresh)
    changed = {key: known[key] for key, profile in told.items() if key in known and _differs(profile, known[key])}
    _update(db, [(row.number, told[key]) for key, row in changed.items()])
    gone = [row for key, row in known.items() if complete and key not in told and not row.removed]
    for piece in pieces(row.number for row in gone):
        db.execute(update(connection).where(connection.c.id.in_(piece)).values(removed=True))
    moved = {addr for profile in fresh for addr in _addresses(profile)}
    moved |= {addr for key, row in changed.items() for addr in set(_addresses(told[key])) ^ set(row.imported)}
    _mark(db, [*numbers, *(row.number for row in (*changed.values(), *gone))], moved)
    return Merged(
        new=len(fresh),
        changed=len(changed),
        unchanged=len(told) - len(fresh) - len(changed),
        gone=tuple(row.told[0] for row in gone),
    )


def _known(db: Database) -> dict[str, _Known]:
    imported: dict[int, list[str]] = {}
    own: dict[int, set[str]] = {}
    for row in db.execute(select(connection_address).order_by(connection_address.c.place)):
        if row.provenance == Provenance.IMPORTED:
            imported.setdefault(row.connection_id, []).append(row.addr)
        else:
            own.setdefault(row.connection_id, set()).add(row.addr)
    return {
        row.key: _Known(
            number=row.id,
            told=tuple(row._mapping[name] for name in _TOLD),  # noqa: SLF001 -- SQLAlchemy's documented way by name
            removed=row.removed,
            imported=tuple(imported.get(row.id, ())),
            own=frozenset(own.get(row.id, ())),
        )
        for row in db.execute(select(connection).order_by(connection.c.id))
    }


def _addresses(profile: Profile) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(clean, profile.addresses)))


def _values(profile: Profile) -> dict[str, Any]:
    return {
        "name": storable(profile.name),
        "company": storable(profile.company),
        "position": storable(profile.position),
        "profile_url": None if profile.profile_url is None else storable(profile.profile_url),
        "connected_on": profile.connected_on,
    }


def _differs(profile: Profile, known: _Known) -> bool:
    """Whether the export tells something new. An address that the user accepted too is not told again."""
    told = tuple(addr for addr in _addresses(profile) if addr not in known.own)
    return known.removed or told != known.imported or tuple(_values(profile).values()) != known.told


def _insert(db: Database, fresh: Sequence[Profile]) -> list[int]:
    if not fresh:
        return []
    rows = [{"key": storable(profile.key), "removed": False, **_values(profile)} for profile in fresh]
    inserted = insert(connection).returning(connection.c.id, sort_by_parameter_order=True)
    numbers = list(db.scalars(inserted, rows))
    _tell_addresses(db, zip(numbers, fresh, strict=True))
    return numbers


def _update(db: Database, changed: Sequence[tuple[int, Profile]]) -> None:
    if not changed:
        return
    rows = [{"number": number, "removed": False, **_values(profile)} for number, profile in changed]
    db.execute(update(connection).where(connection.c.id == bindparam("number")), rows)
    for piece in pieces(number for number, _ in changed):
        of_them = connection_address.c.connection_id.in_(piece)
        db.execute(delete(connection_address).where(of_them, connection_address.c.provenance == Provenance.IMPORTED))
    _tell_addresses(db, changed)


def _tell_addresses(db: Database, people: Iterable[tuple[int, Profile]]) -> None:
    rows = [
        {"connection_id": number, "addr": addr, "provenance": Provenance.IMPORTED.value, "place": place}
        for number, profile in people
        for place, addr in enumerate(_addresses(profile))
    ]
    insert_new(db, connection_address, rows)


def _mark(db: Database, numbers: Collection[int], moved: Collection[str]) -> None:
    """Mark people as dirty, and the messages of addresses that changed hands: other people's asks stand there too."""
    if _meta.get(db, _meta.FINGERPRINT) is None:
        return
    insert_new(db, dirty_connection, [{"connection_id": number} for number in numbers])
    for piece in pieces(moved):
        theirs = select(participant.c.message_id).join(mailbox, mailbox.c.id == participant.c.mailbox_id)
        found = db.scalars(theirs.where(mailbox.c.addr.in_(piece)).distinct())
        insert_new(db, dirty_message, [{"message_id": number} for number in found])
