"""Connections merged with what each export says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sqlalchemy import bindparam, delete, insert, select, update

from tracker.domain.connection import Profile, Provenance, profile_addr
from tracker.sanitizer import storable
from tracker.storage._forgetting import Forgotten
from tracker.storage._messages import clean
from tracker.storage._people import touch
from tracker.storage._rows import insert_new, pieces
from tracker.storage._schema import connection, connection_address, link_decision
from tracker.storage._values import Merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection as Database

_TOLD = ("name", "company", "position", "profile_url", "connected_on")
_FROM_EXPORT = (Provenance.IMPORTED.value, Provenance.PROFILE.value)

CONTACT = "contact "
"""How the keys of people begin who stand in an address book alone."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A stored connection: what the last export told, and its addresses by provenance.

    `own` are those that no export takes away, and those that the user rejected, which none brings back.
    """

    number: int
    told: tuple[Any, ...]
    removed: bool
    imported: tuple[str, ...]
    own: frozenset[str]
    invitation: tuple[Any, ...]


def merge(db: Database, profiles: Iterable[Profile], *, complete: bool) -> Merged:
    """Bring the connections in line with an export; see `Store.merge_profiles`."""
    is_forgotten = Forgotten(db)
    told = {storable(profile.key): profile for profile in profiles if not is_forgotten.profile(profile)}
    known = _known(db)
    _adopt(db, told, known)
    fresh = [profile for key, profile in told.items() if key not in known]
    numbers = _insert(db, fresh)
    changed = {key: known[key] for key, profile in told.items() if key in known and _differs(profile, known[key])}
    _update(db, [(row, told[key]) for key, row in changed.items()])
    gone = [
        row
        for key, row in known.items()
        if complete and key not in told and not row.removed and not key.startswith(CONTACT)
    ]
    for piece in pieces(row.number for row in gone):
        db.execute(update(connection).where(connection.c.id.in_(piece)).values(removed=True))
    moved = {addr for profile in fresh for addr in _places(profile)}
    moved |= {addr for key, row in changed.items() for addr in set(_places(told[key])) ^ set(row.imported)}
    touch(db, [*numbers, *(row.number for row in (*changed.values(), *gone))], moved)
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
        if row.provenance in _FROM_EXPORT:
            imported.setdefault(row.connection_id, []).append(row.addr)
        else:
            own.setdefault(row.connection_id, set()).add(row.addr)
    for row in db.execute(select(link_decision).where(link_decision.c.accepted.is_(False))):
        own.setdefault(row.connection_id, set()).add(row.addr)
    return {
        row.key: _Known(
            number=row.id,
            told=tuple(row._mapping[name] for name in _TOLD),  # noqa: SLF001 -- SQLAlchemy's documented way by name
            removed=row.removed,
            imported=tuple(imported.get(row.id, ())),
            own=frozenset(own.get(row.id, ())),
            invitation=(row.invited_by_me, row.invited_at),
        )
        for row in db.execute(select(connection).order_by(connection.c.id))
    }


def _adopt(db: Database, told: Mapping[str, Profile], known: dict[str, _Known]) -> None:
    """People of an address book who turn out to be in the network, by an address, go on under its key."""
    contacts = {
        addr: key for key, row in known.items() if key.startswith(CONTACT) for addr in (*row.imported, *row.own)
    }
    for key, profile in told.items():
        owner = next((contacts[addr] for addr in _places(profile) if contacts.get(addr) in known), None)
        if owner is not None and key not in known:
            known[key] = known.pop(owner)
            db.execute(update(connection).where(connection.c.id == known[key].number).values(key=key))


def _places(profile: Profile) -> tuple[str, ...]:
    """The addresses that an export tells, its profile's among them."""
    return tuple(dict.fromkeys((*map(clean, profile.addresses), *_profile(profile))))


def _profile(profile: Profile) -> tuple[str, ...]:
    _, is_profile, slug = (profile.profile_url or "").partition("/in/")
    return (clean(profile_addr(unquote(slug).lower())),) if is_profile else ()


def _values(profile: Profile) -> dict[str, Any]:
    return {
        "name": storable(profile.name),
        "company": storable(profile.company),
        "position": storable(profile.position),
        "profile_url": None if profile.profile_url is None else storable(profile.profile_url),
        "connected_on": profile.connected_on,
    }


def _invitation(profile: Profile) -> dict[str, Any]:
    """What the export says of who invited whom; nothing if it says nothing, so that what is known stays."""
    if profile.invitation is None:
        return {}
    return {"invited_by_me": profile.invitation.by_me, "invited_at": profile.invitation.at}


def _differs(profile: Profile, known: _Known) -> bool:
    """Whether the export tells something new. An address that the user accepted too is not told again."""
    told = tuple(addr for addr in _places(profile) if addr not in known.own)
    invited = tuple(_invitation(profile).values())
    return (
        known.removed
        or told != known.imported
        or tuple(_values(profile).values()) != known.told
        or (bool(invited) and invited != known.invitation)
    )


def _insert(db: Database, fresh: Sequence[Profile]) -> list[int]:
    if not fresh:
        return []
    unsaid = {"invited_by_me": None, "invited_at": None}
    rows = [
        {"key": storable(profile.key), "removed": False, **_values(profile), **unsaid, **_invitation(profile)}
        for profile in fresh
    ]
    inserted = insert(connection).returning(connection.c.id, sort_by_parameter_order=True)
    numbers = list(db.scalars(inserted, rows))
    _tell_addresses(db, [(number, profile, frozenset()) for number, profile in zip(numbers, fresh, strict=True)])
    return numbers


def _update(db: Database, changed: Sequence[tuple[_Known, Profile]]) -> None:
    if not changed:
        return
    rows = [{"number": row.number, "removed": False, **_values(profile)} for row, profile in changed]
    db.execute(update(connection).where(connection.c.id == bindparam("number")), rows)
    for row, profile in changed:
        if profile.invitation is not None:
            db.execute(update(connection).where(connection.c.id == row.number).values(**_invitation(profile)))
    for piece in pieces(row.number for row, _ in changed):
        of_them = connection_address.c.connection_id.in_(piece)
        db.execute(delete(connection_address).where(of_them, connection_address.c.provenance.in_(_FROM_EXPORT)))
    _tell_addresses(db, [(row.number, profile, row.own) for row, profile in changed])


def _tell_addresses(db: Database, people: Iterable[tuple[int, Profile, frozenset[str]]]) -> None:
    rows = [
        {
            "connection_id": number,
            "addr": addr,
            "provenance": (Provenance.PROFILE if addr in _profile(profile) else Provenance.IMPORTED).value,
            "place": place,
        }
        for number, profile, own in people
        for place, addr in enumerate(_places(profile))
        if addr not in own
    ]
    insert_new(db, connection_address, rows)
