"""The people of the user's network, and which address belongs to whom."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType, cast

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from tracker.domain.message import AddrSpec

ConnectionId = NewType("ConnectionId", int)


def folded(text: str) -> str:
    """A name as it is compared with what somebody types: without case, accents (NFKD; UAX 15) and surplus blanks."""
    letters = (sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join((text if text.isascii() else "".join(letters)).casefold().split())


def only(person: ConnectionId) -> range:
    """The range of ids that holds this one."""
    return range(person, person + 1)


class Provenance(StrEnum):
    """How an address came to belong to a connection."""

    IMPORTED = "imported"
    ACCEPTED = "accepted"
    BOOK = "address_book"
    PROFILE = "profile"


PROFILE_DOMAIN = "in.linkedin.invalid"
"""The domain (RFC 2606, 2) of addresses that stand for a LinkedIn profile: where LinkedIn messages come from."""


def profile_addr(slug: str) -> AddrSpec:
    """The address that stands for the profile with this slug, in its one spelling."""
    return cast("AddrSpec", f"{slug.casefold()}@{PROFILE_DOMAIN}")


def is_profile(addr: AddrSpec) -> bool:
    """Whether an address stands for a LinkedIn profile, so that no mail can ever go there."""
    return addr.endswith(f"@{PROFILE_DOMAIN}")


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who asked whom to connect, and when (aware UTC; None if the export does not say)."""

    by_me: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A connection as an export describes it; `key` tells that two exports mean one person.

    `invitation` is None where the export says nothing of it.
    """

    key: str
    name: str
    company: str = ""
    position: str = ""
    profile_url: str | None = None
    connected_on: date | None = None
    addresses: tuple[AddrSpec, ...] = ()
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """A person in the network.

    profile  the address that stands for their LinkedIn profile; None without one
    removed  gone from the latest export, or removed by the user
    """

    id: ConnectionId
    name: str
    company: str = ""
    position: str = ""
    profile_url: str | None = None
    connected_on: date | None = None
    addresses: tuple[AddrSpec, ...] = ()
    profile: AddrSpec | None = None
    invitation: Invitation | None = None
    removed: bool = False

    @property
    def places(self) -> tuple[AddrSpec, ...]:
        """Where what is theirs comes from: their addresses, and their profile."""
        return self.addresses if self.profile is None else (*self.addresses, self.profile)


@dataclass(frozen=True, slots=True)
class AddressBook:
    """Whose address is it? The user's configured ones first, then the connections', then the user's learned ones.

    An address that two connections share belongs to both.
    """

    mine: frozenset[AddrSpec]
    learned: frozenset[AddrSpec]
    connections: dict[ConnectionId, Connection]
    lists: frozenset[AddrSpec] = frozenset()
    """Addresses of mailing lists: what is posted to one asks nobody."""
    _owners: dict[AddrSpec, tuple[ConnectionId, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        connections: Iterable[Connection],
        *,
        mine: Iterable[AddrSpec],
        learned: Iterable[AddrSpec] = (),
        lists: Iterable[AddrSpec] = (),
    ) -> AddressBook:
        """The book of these people and of the user's own addresses."""
        people = {connection.id: connection for connection in connections}
        owners: dict[AddrSpec, tuple[ConnectionId, ...]] = {}
        for connection in people.values():
            for addr in dict.fromkeys(connection.places):
                owners[addr] = (*owners.get(addr, ()), connection.id)
        return cls(frozenset(mine), frozenset(learned), people, frozenset(lists), owners)

    @property
    def own(self) -> frozenset[AddrSpec]:
        """Every address that is the user's."""
        return frozenset(addr for addr in self.mine | self.learned if self.is_mine(addr))

    def owners(self, addr: AddrSpec) -> tuple[ConnectionId, ...]:
        """The connections that `addr` belongs to; none for the user's own."""
        return () if addr in self.mine else self._owners.get(addr, ())

    def is_mine(self, addr: AddrSpec) -> bool:
        """Whether `addr` is the user's own."""
        return addr in self.mine or (addr in self.learned and addr not in self._owners)
