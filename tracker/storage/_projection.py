"""What is derived from the facts and can be dropped at any time: asks, when people were heard, days of receiving."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, case, delete, func, literal, or_, select, type_coerce

from tracker.domain.brief import brief_of, came_back
from tracker.domain.message import DISAGREEMENT, AddrSpec
from tracker.storage import _asks, _meta
from tracker.storage._derived import FROM_YEAR_1
from tracker.storage._messages import MessageReader
from tracker.storage._parts import PART, parts
from tracker.storage._rows import insert_new, insert_rows, pieces
from tracker.storage._schema import (
    ask,
    dirty_connection,
    dirty_message,
    heard,
    mailbox,
    message,
    participant,
    received,
)
from tracker.storage._scope import mail_of, scope_of
from tracker.storage._types import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlalchemy import ColumnElement, Connection

    from tracker.domain.asks import Pairing
    from tracker.domain.connection import ConnectionId
    from tracker.domain.message import Message

FEW = 500
"""So many people's mail is sought by itself; for more of them the threads of all mail are looked up first."""

_DAY = 86_400_000_000


class PairingWork:
    """One pairing, alone in its transaction: who is to be paired, with which mail, and the place for the result.

    `scope` holds the connections whose asks must be computed again: None for everybody, empty for nobody.
    """

    def __init__(self, db: Connection, fingerprint: str) -> None:
        self._db = db
        self._fingerprint = fingerprint
        self.scope = scope_of(db, fingerprint)

    def mail(self) -> list[Message]:
        """The messages that the scope needs, all at once; `parts` gives the same piece by piece."""
        if self.scope is None:
            return list(MessageReader(self._db).every())
        return mail_of(self._db, self.scope)

    @property
    def is_small(self) -> bool:
        """Whether all mail that the scope needs comes as one part."""
        return self.scope is not None and len(self.scope) <= FEW

    def parts(
        self, mine: Collection[AddrSpec], size: int = PART
    ) -> Iterator[tuple[frozenset[ConnectionId], list[Message]]]:
        """People of the scope, each once, with the messages that they need; see `_parts.parts`."""
        if not self.is_small:
            yield from parts(self._db, self.scope, mine, size)
        elif self.scope:
            yield self.scope, mail_of(self._db, self.scope)

    def save(self, pairing: Pairing, *, mine: Collection[AddrSpec]) -> None:
        """Replace the asks and the times of the scope, and bring the days of receiving up to date.

        `mine` holds every address of the user's, as the pairing saw them.
        """
        self.save_each([pairing], mine=mine)

    def save_each(self, pairings: Iterable[Pairing], *, mine: Collection[AddrSpec]) -> int:
        """The same with the parts of a pairing, of which one at a time need be in memory; how many asks they hold."""
        _forget(self._db, self.scope)
        count = 0
        for pairing in pairings:
            _keep(self._db, pairing)
            count += len(pairing.asks)
        self._receive(mine)
        for table in (dirty_message, dirty_connection):
            self._db.execute(delete(table))
        _meta.put(self._db, _meta.FINGERPRINT, self._fingerprint)
        return count

    def _receive(self, mine: Collection[AddrSpec]) -> None:
        db, own = self._db, _digest(mine)
        is_whole = self.scope is None or _meta.get(db, _meta.STALE_DAYS) is not None or _meta.get(db, _meta.MINE) != own
        if is_whole:
            db.execute(delete(received))
            _meta.drop(db, _meta.STALE_DAYS)
            _meta.put(db, _meta.MINE, own)
        insert_new(db, received, _days(db, mine, is_whole=is_whole))


def _keep(db: Connection, pairing: Pairing) -> None:
    if pairing.asks:
        # In the order of their key, which fills the pages of a table that is sorted by it.
        ordered = sorted(pairing.asks, key=lambda one: (one.connection, one.asked_at, one.identity))
        returned = {one.connection for one in ordered if came_back(one)}
        briefs = (None if one.connection in returned else brief_of(one) for one in ordered)
        insert_rows(db, ask, map(_asks.to_row, ordered, briefs))
    times = ((who, sorted(map(to_microseconds, moments))) for who, moments in pairing.heard.items() if moments)
    insert_rows(db, heard, ((who, _asks.dump(found)) for who, found in times))


def _forget(db: Connection, scope: frozenset[ConnectionId] | None) -> None:
    for table in (ask, heard):
        if scope is None:
            db.execute(delete(table))
        else:
            for piece in pieces(scope):
                db.execute(delete(table).where(table.c.connection_id.in_(piece)))


def _digest(mine: Collection[AddrSpec]) -> str:
    return blake2b("\n".join(sorted(mine)).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _arrived() -> ColumnElement[int]:
    """`Message.arrived_at` in microseconds, as SQL."""
    stamps = (message.c.dated_at, message.c.received_at, message.c.relayed_at)
    dated, came, relayed = (type_coerce(column, BigInteger) for column in stamps)
    within = DISAGREEMENT.total_seconds() * 1_000_000
    return case(
        (came.is_(None), dated), (func.abs(came - dated) > int(within), func.coalesce(relayed, dated)), else_=came
    )


def _days(db: Connection, mine: Collection[AddrSpec], *, is_whole: bool) -> list[dict[str, Any]]:
    """Days on which an inbound message named an address of `mine`: of all messages, or of the dirty ones."""
    own = select(mailbox.c.id).where(mailbox.c.addr.in_(list(mine)))
    arrived = _arrived()
    day = (arrived + literal(FROM_YEAR_1 * _DAY, BigInteger)) // literal(_DAY, BigInteger)
    chosen = (
        select(mailbox.c.addr, day)
        .select_from(participant)
        .join(mailbox, mailbox.c.id == participant.c.mailbox_id)
        .join(message, message.c.id == participant.c.message_id)
        .where(mailbox.c.id.in_(own), arrived.is_not(None))
        .where(or_(message.c.author_id.is_(None), message.c.author_id.not_in(own)))
        .distinct()
    )
    if not is_whole:
        chosen = chosen.where(message.c.id.in_(select(dirty_message.c.message_id)))
    return [{"addr": addr, "day": number - FROM_YEAR_1} for addr, number in db.execute(chosen)]


def drop(db: Connection) -> None:
    """Drop all that is derived, so that the next pairing does everybody."""
    for table in (ask, heard, received, dirty_message, dirty_connection):
        db.execute(delete(table))
    _meta.drop(db, _meta.FINGERPRINT, _meta.STALE_DAYS, _meta.MINE)
