"""The user's marks: kept apart from what exports and messages say, so that neither can undo them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from tracker.domain.connection import ConnectionId
from tracker.domain.marks import Mark, MarkKind
from tracker.sanitizer import storable
from tracker.storage._schema import mark

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def add(db: Connection, person: ConnectionId, made: Mark) -> None:
    """Keep a mark in place of an earlier one about the same."""
    ask = None if made.ask is None else storable(made.ask)
    db.execute(
        delete(mark).where(
            mark.c.connection_id == person,
            mark.c.kind == made.kind.value,
            mark.c.message_id.is_not_distinct_from(ask),
            mark.c.heard_at.is_not_distinct_from(made.heard_at),
        )
    )
    values = {
        "connection_id": person,
        "kind": made.kind.value,
        "made_at": made.made_at,
        "note": storable(made.note),
        "message_id": ask,
        "heard_at": made.heard_at,
    }
    db.execute(insert(mark).values(values))


def drop(db: Connection, person: ConnectionId, made: Mark) -> None:
    """Drop the mark of a person that was made at that moment."""
    here = (mark.c.connection_id == person) & (mark.c.kind == made.kind.value) & (mark.c.made_at == made.made_at)
    db.execute(delete(mark).where(here))


def clear(db: Connection, person: ConnectionId) -> int:
    """Drop the marks of a person; how many there were."""
    return db.execute(delete(mark).where(mark.c.connection_id == person)).rowcount


def all_marks(db: Connection, among: range | None = None) -> dict[ConnectionId, tuple[Mark, ...]]:
    """The marks by person, in the order in which they were made; of everyone or of some connections."""
    chosen = select(mark).order_by(mark.c.made_at, mark.c.id)
    if among is not None:
        chosen = chosen.where(mark.c.connection_id >= among.start, mark.c.connection_id < among.stop)
    found: dict[ConnectionId, tuple[Mark, ...]] = {}
    for row in db.execute(chosen):
        person = ConnectionId(row.connection_id)
        found[person] = (*found.get(person, ()), _from_row(row))
    return found


def _from_row(row: Row[tuple[object, ...]]) -> Mark:
    return Mark(
        kind=MarkKind(row.kind),
        made_at=row.made_at,
        note=row.note,
        ask=row.message_id,
        heard_at=row.heard_at,
    )
