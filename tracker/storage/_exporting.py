"""All that is stored about one person, as plain values: nothing is left out and nothing is judged."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.connection import only
from tracker.storage import _asks, _marks
from tracker.storage._messages import MessageReader
from tracker.storage._rows import pieces
from tracker.storage._schema import (
    account,
    connection,
    connection_address,
    folder,
    heard,
    link_decision,
    location,
    mailbox,
    participant,
    proposal,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection as Database
    from sqlalchemy import Table

    from tracker.domain.connection import ConnectionId

    Plain = dict[str, object]


def export(db: Database, person: ConnectionId) -> Plain:
    """What is stored about a person: moments as ISO 8601 UTC, dates as ISO 8601; values as JSON takes them."""
    found: Mapping[str, object] = {
        "connection": _rows(db, connection, "id", person)[0],
        "addresses": _rows(db, connection_address, "connection_id", person),
        "marks": [asdict(mark) for mark in _marks.all_marks(db, only(person)).get(person, ())],
        "link_decisions": _rows(db, link_decision, "connection_id", person),
        "proposals": _rows(db, proposal, "connection_id", person),
        "messages": _messages(db, person),
        "asks": [asdict(ask) for ask in _asks.read(db, only(person))],
        "heard": _rows(db, heard, "connection_id", person),
    }
    return {name: _plain(value) for name, value in found.items()}


def _rows(db: Database, table: Table, column: str, number: int) -> list[Plain]:
    rows = db.execute(select(table).where(table.c[column] == number).order_by(*table.primary_key.columns))
    return [dict(row) for row in rows.mappings()]


def _messages(db: Database, person: ConnectionId) -> list[Plain]:
    """Every message by or to the person, and where copies of it lie."""
    theirs = select(connection_address.c.addr).where(connection_address.c.connection_id == person)
    chosen = (
        select(participant.c.message_id)
        .join(mailbox, mailbox.c.id == participant.c.mailbox_id)
        .where(mailbox.c.addr.in_(theirs))
        .distinct()
    )
    facts = MessageReader(db).of(list(db.scalars(chosen)))
    places = _places(db, facts)
    ordered = sorted(facts, key=lambda number: (str(facts[number].sent_at), facts[number].identity))
    return [{**asdict(facts[number]), "lies_in": places[number]} for number in ordered]


def _places(db: Database, numbers: Collection[int]) -> dict[int, list[Plain]]:
    found: dict[int, list[Plain]] = defaultdict(list)
    columns = select(location.c.message_id, account.c.name, folder.c.name, location.c.uid)
    joined = columns.join(folder, folder.c.id == location.c.folder_id).join(
        account, account.c.id == folder.c.account_id
    )
    for piece in pieces(numbers):
        for number, account_name, folder_name, uid in db.execute(joined.where(location.c.message_id.in_(piece))):
            found[number].append({"account": account_name, "folder": folder_name, "uid": uid})
    return found


def _plain(value: object) -> object:
    """The value as JSON takes it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(one) for one in value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
