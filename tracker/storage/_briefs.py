"""Asks in brief: numbers of columns only, and those before the window added up by the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, case, func, select, type_coerce

from tracker.domain.brief import Brief, Older
from tracker.domain.connection import ConnectionId
from tracker.storage._schema import ask as table
from tracker.storage._schema import heard, mark
from tracker.storage._types import from_microseconds, to_microseconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from tracker.domain.brief import Window

_TOGETHER = 2_000
"""Rows that are fetched in one call."""

_TOLD = tuple({"last_word": "last_word", "group": "is_group"}.get(name, name) for name in Brief._fields)
_FIRST_MOMENT = Brief._fields.index("asked_at")


def read(db: Connection, among: range, window: Window) -> Iterator[tuple[ConnectionId, Brief]]:
    """The asks of the window that can be told in brief, of people without a mark, oldest first."""
    chosen = _of(select(table.c.connection_id, *map(_plain, _TOLD)), among)
    chosen = chosen.where(_plain("asked_at") > to_microseconds(window.since))
    chosen = chosen.order_by(table.c.connection_id, table.c.asked_at, table.c.identity)
    for some in db.execute(chosen.execution_options(yield_per=_TOGETHER)).partitions():
        for person, *facts in some:
            moments = [None if count is None else from_microseconds(count) for count in facts[_FIRST_MOMENT:]]
            yield person, Brief(*facts[:_FIRST_MOMENT], *moments)


def older(db: Connection, among: range, window: Window) -> dict[ConnectionId, Older]:
    """What those before the window add up to."""
    answered, horizon = _plain("answered_at"), to_microseconds(window.horizon)
    asked = _plain("asked_at")
    chosen = _of(
        select(table.c.connection_id, func.count(), func.max(asked), func.max(case((answered <= horizon, answered)))),
        among,
    )
    chosen = chosen.where(asked <= to_microseconds(window.since)).group_by(table.c.connection_id)
    return {
        ConnectionId(person): Older(count, from_microseconds(last), _moment(replied))
        for person, count, last, replied in db.execute(chosen)
    }


def last_heard(db: Connection, among: range, window: Window) -> dict[ConnectionId, tuple[datetime, ...]]:
    """The latest time at which each was heard: any verdict asks for no other."""
    person, horizon = heard.c.connection_id, to_microseconds(window.horizon)
    stored = db.execute(select(heard).where(person >= among.start, person < among.stop)).all()
    times = json.loads(f"[{','.join(counts for _, counts in stored)}]")
    last = (max((count for count in counts if count <= horizon), default=None) for counts in times)
    return {
        ConnectionId(person): () if count is None else (from_microseconds(count),)
        for (person, _), count in zip(stored, last, strict=True)
    }


def _of(chosen: Select[Any], among: range) -> Select[Any]:
    marked = select(mark.c.connection_id)
    person = table.c.connection_id
    return chosen.where(person >= among.start, person < among.stop, table.c.is_brief, person.not_in(marked))


def _plain(name: str) -> ColumnElement[Any]:
    """A column; a moment as the number that it is stored as."""
    return type_coerce(table.c[name], BigInteger) if name.endswith("_at") else table.c[name]


def _moment(count: int | None) -> datetime | None:
    return None if count is None else from_microseconds(count)
