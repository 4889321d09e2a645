"""Every pair of a person and an address that is worth a confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.linking._blocks import Blocks
from tracker.linking._domains import Companies
from tracker.linking._evidence import Finding, compare, is_plausible
from tracker.linking._people import Census, Person, Seen, read_correspondent, read_person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tracker.domain.connection import AddressBook, Connection
    from tracker.domain.linking import Correspondent


@dataclass(frozen=True, slots=True)
class Pair:
    """A person, an address, and what comparing them found."""

    person: Person
    seen: Seen
    finding: Finding


def pairs(
    people: Iterable[Connection], correspondents: Sequence[Correspondent], *, book: AddressBook
) -> Iterator[Pair]:
    """The plausible pairs of `people`, and of everybody else in the book who is a rival for an address of theirs.

    Correspondents whose address belongs to a connection, to the user or to LinkedIn are left out.
    """
    everybody = {**book.connections, **{one.id: one for one in people}}
    persons = [read_person(everybody[identity]) for identity in sorted(everybody)]
    free = {one.addr: one for one in correspondents if not book.owners(one.addr) and not book.is_mine(one.addr)}
    seen = [read_correspondent(free[addr], is_list=addr in book.lists) for addr in sorted(free)]
    companies, census = Companies(everybody.values()), Census(persons, seen)
    seen = [one for one in seen if not one.is_notifier]
    blocks = Blocks(seen)
    for person in persons:
        for place in blocks.near(person, companies.domains(person.connection.company)):
            finding = compare(person, seen[place], companies, census)
            if is_plausible(finding):
                yield Pair(person, seen[place], finding)
