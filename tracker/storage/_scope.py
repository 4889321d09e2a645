"""Which people's asks must be computed again, and which mail that needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tracker.domain.bounces import BOUNCE_WAIT, may_be_about
from tracker.domain.connection import ConnectionId
from tracker.domain.kind import DELIVERY_REPORTS
from tracker.storage import _meta
from tracker.storage._messages import MessageReader
from tracker.storage._rows import pieces
from tracker.storage._schema import (
    connection_address,
    delivery_report,
    dirty_connection,
    dirty_message,
    mailbox,
    message,
    participant,
)
from tracker.storage._types import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Select

    from tracker.domain.message import Address, AddrSpec, Message

EVERYBODY = 20_000
"""So many dirty messages are quicker paired with all the others than sought out of them."""


def scope_of(db: Connection, fingerprint: str) -> frozenset[ConnectionId] | None:
    """The connections whose asks must be computed again; None for everybody."""
    if _meta.get(db, _meta.FINGERPRINT) != fingerprint:
        return None
    if (db.scalar(select(func.count()).select_from(dirty_message)) or 0) > EVERYBODY:
        return None
    facts = MessageReader(db).closure(db.scalars(select(dirty_message.c.message_id)))
    people = _owners(db, {address.addr for fact in facts.values() for address in _people(fact)})
    dirty = MessageReader(db).of(_dirty_reports(db))
    for moment in {fact.arrived_at for fact in dirty.values() if fact.signals & DELIVERY_REPORTS}:
        if moment is not None:
            people |= _asked_before(db, moment)
    people |= set(db.scalars(select(dirty_connection.c.connection_id)))
    return frozenset(map(ConnectionId, people))


def mail_of(db: Connection, people: Collection[ConnectionId]) -> list[Message]:
    """All mail by or to these connections and all delivery reports that may be about it, closed over threads.

    A report that names a message is of its thread. Others came within the time after it in which a bounce may come,
    and tell of somebody who was written to, or of nobody.
    """
    if not people:
        return []
    reader, seeds = MessageReader(db), set[int]()
    for piece in pieces(people):
        seeds.update(db.scalars(_mail_by_or_to(piece)))
    mail = reader.closure(seeds)
    reports = _reports_after(db, sorted(fact.sent_at for fact in mail.values() if fact.sent_at)) - mail.keys()
    written_to = {address.addr for fact in mail.values() for address in fact.recipients}
    near = (number for number, report in reader.of(reports).items() if may_be_about(report, written_to))
    return list({**mail, **reader.closure(near)}.values())


def _reports_after(db: Connection, sent: Sequence[datetime]) -> set[int]:
    """The delivery reports that came within the time in which a bounce of messages sent then may come."""
    found: set[int] = set()
    came, spans = delivery_report.c.arrived_at, _joined(sent)
    for start, end in spans:
        within = came.between(to_microseconds(start), to_microseconds(end))
        found.update(db.scalars(select(delivery_report.c.message_id).where(within)))
    return found


def _joined(sent: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """The spans of `BOUNCE_WAIT` after each moment (sorted), those that overlap as one."""
    spans: list[tuple[datetime, datetime]] = []
    for moment in sent:
        start = spans.pop()[0] if spans and moment <= spans[-1][1] else moment
        spans.append((start, moment + BOUNCE_WAIT))
    return spans


def _mail_by_or_to(people: Collection[ConnectionId]) -> Select[int]:
    return (
        select(participant.c.message_id)
        .join(mailbox, mailbox.c.id == participant.c.mailbox_id)
        .join(connection_address, connection_address.c.addr == mailbox.c.addr)
        .where(connection_address.c.connection_id.in_(people))
        .distinct()
    )


def _dirty_reports(db: Connection) -> list[int]:
    joined = dirty_message.join(delivery_report, delivery_report.c.message_id == dirty_message.c.message_id)
    return list(db.scalars(select(dirty_message.c.message_id).select_from(joined)))


def _people(fact: Message) -> Iterable[Address]:
    yield from fact.recipients
    if fact.author is not None:
        yield fact.author


def _owners(db: Connection, addresses: Collection[AddrSpec]) -> set[int]:
    owners = select(connection_address.c.connection_id)
    found: set[int] = set()
    for piece in pieces(addresses):
        found.update(db.scalars(owners.where(connection_address.c.addr.in_(piece))))
    return found


def _asked_before(db: Connection, moment: datetime) -> set[int]:
    """Owners of a recipient of any message that was, by either of its stamps, sent in the week before `moment`."""
    since = moment - BOUNCE_WAIT
    chosen = (
        select(connection_address.c.connection_id)
        .join(mailbox, mailbox.c.addr == connection_address.c.addr)
        .join(participant, participant.c.mailbox_id == mailbox.c.id)
        .join(message, message.c.id == participant.c.message_id)
        .where(message.c.dated_at.between(since, moment) | message.c.received_at.between(since, moment))
        .distinct()
    )
    return set(db.scalars(chosen))
