"""Who is who: from names of connections and addresses of the mailbox to candidates with a calibrated confidence.

Nothing is decided here: a candidate is a proposal, and the user has the last word. How the confidence comes about, and
how well it is calibrated, is in docs/linking.md.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tracker.domain.linking import Candidate
from tracker.linking._pairs import Pair, pairs
from tracker.linking._scoring import confidence, odds, shares
from tracker.linking._wording import words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tracker.domain.connection import AddressBook, Connection, ConnectionId
    from tracker.domain.linking import Correspondent
    from tracker.domain.message import AddrSpec

LEAST = 0.03
"""What is less likely than this is no candidate."""


def candidates(
    people: Sequence[Connection],
    correspondents: Sequence[Correspondent],
    *,
    known: AddressBook,
    rejected: Collection[tuple[ConnectionId, AddrSpec]] = (),
) -> list[Candidate]:
    """The addresses that may be those of `people` (connections without one), the surest first.

    A person may have several, and an address several persons; then its confidence is shared among them. `known` is the
    whole network: namesakes in it are rivals, and its addresses show where companies write from. `rejected` pairs are
    those that the user refused. The order of what comes in changes nothing.
    """
    wanted, refused = {one.id for one in people}, frozenset(rejected)
    of_address: dict[AddrSpec, list[Pair]] = defaultdict(list)
    for pair in pairs(people, correspondents, book=known):
        addr = pair.seen.correspondent.addr
        if (pair.person.connection.id, addr) not in refused:
            of_address[addr].append(pair)
    found = [one for rivals in of_address.values() for one in _weighed(rivals) if one.connection in wanted]
    return sorted(found, key=lambda one: (-one.confidence, one.connection, one.correspondent.addr))


def _weighed(rivals: Sequence[Pair]) -> Iterator[Candidate]:
    """The candidates for one address."""
    weights = [odds(pair.finding) for pair in rivals]
    for pair, weight, share in zip(rivals, weights, shares(weights), strict=True):
        sure = confidence(share, weight / sum(weights), pair.finding)
        if sure >= LEAST:
            evidence = words(pair.person, pair.seen, pair.finding)
            yield Candidate(pair.person.connection.id, pair.seen.correspondent, sure, evidence)
