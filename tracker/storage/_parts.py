"""All mail in parts that fit into memory: each holds all that the asks of a few people need."""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tracker.domain.bounces import named_by
from tracker.domain.connection import ConnectionId
from tracker.storage._messages import MessageReader, digest
from tracker.storage._rows import pieces
from tracker.storage._schema import connection_address, delivery_report, mailbox, message, named_id, participant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlalchemy import Connection

    from tracker.domain.message import AddrSpec, Message

PART = 2_000
"""Messages with which a part is full: with what is made of them about 8 MiB. Larger ones are no quicker."""

_PEOPLE = 50
"""People whose mail is sought at a time."""


def parts(
    db: Connection, scope: Collection[ConnectionId] | None, mine: Collection[AddrSpec], size: int = PART
) -> Iterator[tuple[frozenset[ConnectionId], list[Message]]]:
    """People of the `scope` (None: everybody) with all mail by or to them and the delivery reports, threads whole.

    Each person who has mail comes once. A report that names a message from one of the addresses `mine` is of its
    thread; any other may be about anybody, and is part of all. A part is full with `size` messages, and not before it
    outweighs those.
    """
    threads = _Threads(db)
    known = threads.whole(_about_anybody(db, mine))
    reports = _read(db, known)
    people: set[ConnectionId] = set()
    numbers: set[int] = set()
    for person, mail in _mail_of_each(db, scope):
        people.add(person)
        numbers |= threads.whole(mail - numbers) - known
        if len(numbers) >= max(size, len(known)):
            yield frozenset(people), reports + _read(db, numbers)
            people.clear()
            numbers.clear()
    if people:
        yield frozenset(people), reports + _read(db, numbers)


class _Threads:
    """Which messages have or name an id in common, directly or through others, by their row ids."""

    def __init__(self, db: Connection) -> None:
        size = 1 + (db.scalar(select(func.max(message.c.id))) or 0)
        self._next = array("i", range(size))  # a ring for each thread
        self._top = array("i", range(size))  # the way to its representative
        named = select(named_id.c.digest, named_id.c.message_id).order_by(named_id.c.digest)
        last, first = None, 0
        for some in db.execute(named.execution_options(yield_per=10_000)).partitions():
            for key, number in some:
                if key == last:
                    self._join(first, number)
                else:
                    last, first = key, number

    def whole(self, numbers: Iterable[int]) -> set[int]:
        """These messages and all others of their threads."""
        found: set[int] = set()
        for first in numbers:
            number = first
            while number not in found:
                found.add(number)
                number = self._next[number]
        return found

    def _join(self, one: int, other: int) -> None:
        """Make one ring of two by letting their places go on in each other."""
        one_top, other_top = self._root(one), self._root(other)
        if one_top != other_top:
            self._top[other_top] = one_top
            self._next[one], self._next[other] = self._next[other], self._next[one]

    def _root(self, number: int) -> int:
        """The representative of a thread; halves the way on it (union-find)."""
        top = self._top
        while (parent := top[number]) != number:
            number = top[number] = top[parent]
        return number


def _about_anybody(db: Connection, mine: Collection[AddrSpec]) -> Iterator[int]:
    """The delivery reports that name no message of the user's that is stored."""
    for piece in pieces(db.scalars(select(delivery_report.c.message_id))):
        reader = MessageReader(db)
        named = {number: named_by(report) for number, report in reader.of(piece).items()}
        digests = {digest(msg_id) for ids in named.values() for msg_id in ids}
        there = reader.of({number for some in pieces(digests) for number in reader.naming(some)}).values()
        own = {msg_id for fact in there if _is_sent(fact, mine) for msg_id in fact.names}
        yield from (number for number, ids in named.items() if own.isdisjoint(ids))


def _is_sent(fact: Message, mine: Collection[AddrSpec]) -> bool:
    return fact.author is not None and fact.author.addr in mine and fact.sent_at is not None


def _mail_of_each(db: Connection, scope: Collection[ConnectionId] | None) -> Iterator[tuple[ConnectionId, set[int]]]:
    """Those of the `scope` who have mail, each with the row ids of what is by or to them."""
    everybody = db.scalars(select(connection_address.c.connection_id).distinct().order_by("connection_id")).all()
    chosen = [number for number in everybody if scope is None or number in scope]
    by_or_to = (
        select(connection_address.c.connection_id, participant.c.message_id)
        .join(mailbox, mailbox.c.addr == connection_address.c.addr)
        .join(participant, participant.c.mailbox_id == mailbox.c.id)
    )
    for start in range(0, len(chosen), _PEOPLE):
        some = chosen[start : start + _PEOPLE]
        found: dict[int, set[int]] = defaultdict(set)
        for person, number in db.execute(by_or_to.where(connection_address.c.connection_id.in_(some))).all():
            found[person].add(number)
        for person, mail in found.items():
            yield ConnectionId(person), mail


def _read(db: Connection, numbers: Collection[int]) -> list[Message]:
    return list(MessageReader(db).of(sorted(numbers)).values())
