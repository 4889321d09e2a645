"""Linking: addresses for people who have none, proposed from mail and address books, decided by the user."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tracker.addresses import normalise
from tracker.domain.connection import is_profile, profile_addr
from tracker.domain.joining import plain_name
from tracker.domain.linking import Candidate, Correspondent
from tracker.errors import UsageError
from tracker.linking import candidates
from tracker.sanitizer import one_line
from tracker.service.judging import address_book

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from tracker.config import Config
    from tracker.domain.connection import Connection, ConnectionId
    from tracker.domain.message import AddrSpec
    from tracker.storage import Store

BY_BOOK = 0.9
"""The confidence in an address that the user's own address book gives to somebody of that name: there are namesakes."""

BY_NAME = 0.9
"""The confidence that LinkedIn messages under a name are those of the one connection of that name."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An address that may be a person's."""

    person: Connection
    candidate: Candidate


def propose(store: Store, config: Config) -> list[Proposal]:
    """The addresses that may belong to people without one, the surest first."""
    book, rejected = address_book(store, config), store.rejected_links()
    people = {person.id: person for person in store.connections()}
    seen = store.correspondents(book.own)
    by_mail = [one for one in seen if not is_profile(one.addr)]
    without = [person for person in people.values() if not person.addresses]
    found = candidates(without, by_mail, known=book, rejected=rejected)
    merged = _with_books(found, store.proposals(), {one.addr: one for one in seen}, {one.id: one for one in without})
    profiles = [
        one for one in _profiles(people.values(), seen) if (one.connection, one.correspondent.addr) not in rejected
    ]
    ordered = sorted([*merged, *profiles], key=lambda one: (-one.confidence, one.connection, one.correspondent.addr))
    return [Proposal(people[one.connection], one) for one in ordered]


def _profiles(people: Iterable[Connection], seen: Iterable[Correspondent]) -> Iterator[Candidate]:
    """Whose LinkedIn messages are they? Older exports tell no profile of connections, but LinkedIn writes one name."""
    by_name: dict[str, list[ConnectionId]] = defaultdict(list)
    for person in people:
        if person.profile is None:
            by_name[plain_name(person.name)].append(person.id)
    for one in seen:
        names = {plain_name(name) for name in one.names} if is_profile(one.addr) else set()
        namesakes = [person for name in sorted(names) if name for person in by_name.get(name, ())]
        for namesake in namesakes:
            yield Candidate(namesake, one, BY_NAME / len(namesakes), ("LinkedIn messages bear the same name",))


def _with_books(
    found: Iterable[Candidate],
    books: Mapping[ConnectionId, Mapping[AddrSpec, str]],
    seen: Mapping[AddrSpec, Correspondent],
    people: Mapping[ConnectionId, Connection],
) -> list[Candidate]:
    """What address books say, beside what the mailbox does. People of one name share the confidence in an address."""
    namesakes = Counter(addr for addresses in books.values() for addr in addresses)
    by_pair = {(one.connection, one.correspondent.addr): one for one in found}
    for person, addresses in books.items():
        for addr, name in addresses.items() if person in people else ():
            reason = f"your address book gives it to {one_line(name)}"
            plain = Candidate(person, seen.get(addr, Correspondent(addr, (name,))), 0.0, ())
            known = by_pair.get((person, addr), plain)
            sure = max(known.confidence, BY_BOOK / namesakes[addr])
            by_pair[person, addr] = replace(known, confidence=sure, evidence=(reason, *known.evidence))
    return list(by_pair.values())


def decide(store: Store, proposal: Proposal, *, accepted: bool, now: datetime) -> None:
    """Remember the user's word about a proposal."""
    store.decide_link(proposal.person.id, proposal.candidate.correspondent.addr, accepted=accepted, at=now)


def accept_above(store: Store, proposals: Sequence[Proposal], least: float, now: datetime) -> list[Proposal]:
    """Accept every proposal of at least this confidence, of each person the surest one; which."""
    accepted: dict[ConnectionId, Proposal] = {}
    for proposal in proposals:
        if proposal.candidate.confidence >= least and proposal.person.id not in accepted:
            accepted[proposal.person.id] = proposal
            decide(store, proposal, accepted=True, now=now)
    return list(accepted.values())


def unlink(store: Store, text: str, now: datetime) -> list[Connection]:
    """Take an address away from everybody who has it, for good; from whom. Raises `UsageError` if nobody has."""
    _, is_url, rest = text.partition("linkedin.com/in/")
    slug = re.split(r"[/?#]", rest, maxsplit=1)[0]
    addr = profile_addr(unquote(slug)) if is_url else normalise(text)
    owners = [person for person in store.connections(removed=True) if addr in person.places]
    if addr is None or not owners:
        raise UsageError(f"nobody has the address {text!r}", hint="tracker show WHO tells a person's addresses")
    for person in owners:
        store.decide_link(person.id, addr, accepted=False, at=now)
    return owners
