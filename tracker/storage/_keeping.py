"""Retention: messages that are older than wanted are deleted, a page at a time, and are never stored again.

Their UIDs stay accounted for, so that neither a pass nor an audit asks for them. People and marks stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, or_, select, update

from tracker.storage import _meta, _projection
from tracker.storage._horizon import NOT_STORED, horizon_of
from tracker.storage._messages import MessageReader, digest, named_ids, numbers_of
from tracker.storage._rows import pieces
from tracker.storage._schema import delivery_report, location, mailbox, message, named_id, participant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Table

PAGE = 5_000
"""Messages that are looked at in one transaction, so that nobody who writes waits long."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was done with a page: its last row (None: there are no more), and how many messages were deleted."""

    last: int | None
    deleted: int = 0


def drop_page(db: Connection, after: int, size: int) -> Page:
    """Delete what is too old of the next page of messages above the row `after`."""
    horizon = horizon_of(db)
    ids = select(message.c.id).where(message.c.id > after).order_by(message.c.id).limit(size)
    page = list(db.scalars(ids)) if horizon is not None else []
    if horizon is None or not page:
        return Page(None)
    here = message.c.id.between(page[0], page[-1])
    old = list(db.scalars(select(message.c.id).where(here, _is_older(horizon))))
    if old:
        _forget_indices(db, old)
        lying = location.c.message_id.between(page[0], page[-1])
        dropped = select(message.c.id).where(here, _is_older(horizon))
        # In one look at all places, which are not sorted by message.
        db.execute(update(location).where(lying, location.c.message_id.in_(dropped)).values(message_id=NOT_STORED))
        db.execute(delete(message).where(here, _is_older(horizon)))
        _meta.put(db, _meta.MESSAGES, str(max(0, int(_meta.get(db, _meta.MESSAGES) or 0) - len(old))))
        _projection.drop(db)
    return Page(page[-1], len(old))


def _is_older(horizon: datetime) -> ColumnElement[bool]:
    """`is_kept`, denied, as SQL."""
    dates = (message.c.dated_at, message.c.received_at, message.c.relayed_at)
    none_is_young = and_(*(or_(at.is_(None), at < horizon) for at in dates))
    return and_(none_is_young, or_(*(at.is_not(None) for at in dates)))


def _forget_indices(db: Connection, old: Collection[int]) -> None:
    """Delete by whom and to whom these are and which ids they name, row by row: no index finds them by message."""
    reader = MessageReader(db)
    for piece in pieces(old):
        rows = db.execute(select(message).where(message.c.id.in_(piece))).all()
        people = {(person, row.id) for row in rows for person in numbers_of(row.author_id, row.mailboxes)}
        facts = reader.of(piece).items()
        names = {(digest(name), number) for number, fact in facts for name in named_ids(fact)}
        _delete(db, participant, people)
        _delete(db, named_id, names)
        db.execute(delete(delivery_report).where(delivery_report.c.message_id.in_(piece)))


def _delete(db: Connection, table: Table, keys: Iterable[tuple[int, int]]) -> None:
    first, second = (column.name for column in table.primary_key.columns)
    sign = "?" if db.dialect.name == "sqlite" else "%s"
    listed = sorted(keys)
    if listed:
        statement = f"DELETE FROM {table.name} WHERE {first} = {sign} AND {second} = {sign}"  # noqa: S608 -- names of the schema alone
        db.exec_driver_sql(statement, listed)


def drop_unnamed(db: Connection) -> int:
    """Delete the names and addresses that no message bears any longer; how many there were."""
    rows = db.execute(select(message.c.author_id, message.c.mailboxes).execution_options(yield_per=PAGE))
    named = {number for author, boxes in rows for number in numbers_of(author, boxes)}
    gone = [number for number in db.scalars(select(mailbox.c.id)) if number not in named]
    for piece in pieces(gone):
        db.execute(delete(mailbox).where(mailbox.c.id.in_(piece)))
    return len(gone)
