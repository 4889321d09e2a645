"""What was derived from the facts, to be read: whether it still holds, the asks, and the days of receiving."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tracker.domain.connection import ConnectionId
from tracker.domain.message import AddrSpec
from tracker.domain.report import Evidences
from tracker.storage import _asks, _briefs, _marks, _meta
from tracker.storage._schema import dirty_connection, dirty_message, heard, mailbox, message, participant, received
from tracker.storage._types import from_microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from tracker.domain.asks import Ask
    from tracker.domain.brief import Brief, Window

FROM_YEAR_1 = 719_162
"""Days from 0001-01-01 to 1970-01-01: counted from there no day is negative, so that all databases round alike."""


def is_dirty(db: Connection, fingerprint: str) -> bool:
    """Whether anything must be computed again."""
    if _meta.get(db, _meta.FINGERPRINT) != fingerprint:
        return True
    return any(db.execute(select(table).limit(1)).first() for table in (dirty_message, dirty_connection))


def received_days(db: Connection) -> dict[AddrSpec, tuple[date, ...]]:
    """The days of receiving of each of the user's addresses, sorted."""
    found: dict[AddrSpec, list[date]] = {}
    for addr, day in db.execute(select(received).order_by(received.c.addr, received.c.day)):
        found.setdefault(AddrSpec(addr), []).append(date.fromordinal(day + FROM_YEAR_1 + 1))
    return {addr: tuple(days) for addr, days in found.items()}


def wrote(db: Connection, addr: AddrSpec, since: datetime, until: datetime) -> bool:
    """Whether a message of this author was sent between the two moments, by every stamp that it bears."""
    dated, received_at = message.c.dated_at, message.c.received_at
    chosen = (
        select(message.c.id)
        .join(participant, participant.c.message_id == message.c.id)
        .join(mailbox, mailbox.c.id == participant.c.mailbox_id)
        .where(mailbox.c.addr == addr, message.c.author_id == mailbox.c.id)
        .where(func.coalesce(dated, received_at) > since, func.coalesce(received_at, dated) > since)
        .where(func.coalesce(dated, received_at) < until, func.coalesce(received_at, dated) < until)
    )
    return db.execute(chosen.limit(1)).first() is not None


def evidences(db: Connection, among: range | None) -> Evidences:
    """What was paired, and the user's marks, of everyone or of some connections."""
    marks = _marks.all_marks(db, among)
    return Evidences(_by_person(_asks.read(db, among)), _heard(db, among), marks)


def evidences_in_brief(db: Connection, among: range, window: Window) -> Evidences:
    """The same of some connections, in brief where that will do."""
    marks = _marks.all_marks(db, among)
    briefs: dict[ConnectionId, list[Brief]] = {}
    for person, short in _briefs.read(db, among, window):
        briefs.setdefault(person, []).append(short)
    asks = _by_person(_asks.read(db, among, whole=marks))
    return Evidences(asks, _briefs.last_heard(db, among, window), marks, briefs, _briefs.older(db, among, window))


def _by_person(found: Iterable[Ask]) -> dict[ConnectionId, list[Ask]]:
    asks: dict[ConnectionId, list[Ask]] = {}
    for one in found:
        asks.setdefault(one.connection, []).append(one)
    return asks


def _heard(db: Connection, among: range | None) -> dict[ConnectionId, tuple[datetime, ...]]:
    moments = select(heard)
    if among is not None:
        moments = moments.where(heard.c.connection_id >= among.start, heard.c.connection_id < among.stop)
    return {
        ConnectionId(person): tuple(map(from_microseconds, json.loads(counts)))
        for person, counts in db.execute(moments)
    }
