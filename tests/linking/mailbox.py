"""Small networks and mailboxes for one question at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.linking.worlds import NOW
from tracker.domain.connection import AddressBook, Connection, ConnectionId
from tracker.domain.linking import Candidate, Correspondent
from tracker.domain.message import AddrSpec
from tracker.linking import candidates

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

STRANGERS = tuple(
    Correspondent(AddrSpec(f"stranger{number}@elsewhere{number}.example"), (f"{given} {family}",), 3, 1, last_seen=NOW)
    for number, (given, family) in enumerate(
        (given, family)
        for given in ("Ada", "Grace", "Linus", "Edsger", "Barbara", "Donald", "Tony", "Radia")
        for family in ("Quill", "Farrow", "Nettle", "Oakes", "Pindar", "Roper", "Sedge", "Tansy")
    )
)
"""A mailbox is never empty: without others every name would be a common one."""


def connection(number: int, name: str, company: str = "", *addresses: str) -> Connection:
    """A connection of the network."""
    return Connection(ConnectionId(number), name, company, addresses=tuple(map(AddrSpec, addresses)))


def seen(addr: str, *names: str, received: int = 4, sent: int = 3, listed: int = 0, notified: int = 0) -> Correspondent:
    """An address of the mailbox; you wrote to each other unless something else is said."""
    return Correspondent(AddrSpec(addr), names, received, sent, listed, notified, NOW)


def found(
    network: Sequence[Connection],
    mailbox: Sequence[Correspondent],
    *,
    rejected: Collection[tuple[ConnectionId, AddrSpec]] = (),
    lists: Collection[str] = (),
) -> list[Candidate]:
    """The candidates for those of the network who have no address; many strangers write as well."""
    book = AddressBook.of(network, mine=[AddrSpec("me@home.example")], lists=map(AddrSpec, lists))
    people = [one for one in network if not one.addresses]
    return candidates(people, [*mailbox, *STRANGERS], known=book, rejected=rejected)


def only(name: str, company: str, *mailbox: Correspondent) -> Candidate:
    """The one candidate for the one person of a network."""
    (candidate,) = found([connection(1, name, company)], mailbox)
    return candidate
