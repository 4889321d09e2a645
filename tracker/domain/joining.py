"""Whom of the network the people of an address book are: by profile, by address, or perhaps by name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.domain.connection import Connection, ConnectionId, Profile
    from tracker.domain.message import AddrSpec


@dataclass(frozen=True, slots=True)
class Joined:
    """What becomes of an address book.

    known      its people who are somebody of the network, without doubt
    proposed   its people who bear the name of somebody (or of several) in the network: the user decides
    strangers  all others
    """

    known: tuple[tuple[ConnectionId, Profile], ...] = ()
    proposed: tuple[tuple[ConnectionId, Profile], ...] = ()
    strangers: tuple[Profile, ...] = ()


def join(contacts: Sequence[Profile], people: Iterable[Connection]) -> Joined:
    """Find the people of an address book in the network. A name alone is no proof: namesakes are common."""
    by_profile: dict[str, ConnectionId] = {}
    by_addr: dict[AddrSpec, ConnectionId] = {}
    by_name: dict[str, list[ConnectionId]] = defaultdict(list)
    for person in people:
        if person.profile_url is not None:
            by_profile[person.profile_url] = person.id
        by_addr.update(dict.fromkeys(person.addresses, person.id))
        by_name[plain_name(person.name)].append(person.id)
    known, proposed, strangers = [], [], []
    for contact in contacts:
        owner = by_profile.get(contact.profile_url or "") or next(
            (by_addr[addr] for addr in contact.addresses if addr in by_addr), None
        )
        namesakes = by_name.get(plain_name(contact.name), ()) if contact.name else ()
        if owner is not None:
            known.append((owner, contact))
        elif namesakes and contact.addresses:
            proposed += [(namesake, contact) for namesake in namesakes]
        elif not namesakes:
            strangers.append(contact)
    return Joined(tuple(known), tuple(proposed), tuple(strangers))


def plain_name(name: str) -> str:
    """A name for comparing: "Doe, Jane" is "Jane Doe"."""
    last, comma, first = name.partition(",")
    return " ".join(f"{first} {last}".split() if comma else name.split()).casefold()
