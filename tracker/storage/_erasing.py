"""Erasing a person: the connection, what the user said of it, their mail, and their name in everybody else's."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text, update

from tracker.storage import _meta, _projection
from tracker.storage._facts import replace_messages
from tracker.storage._forgetting import NOBODY, Forgotten, remember
from tracker.storage._horizon import NOT_STORED
from tracker.storage._messages import MessageReader
from tracker.storage._rows import insert_new, pieces
from tracker.storage._schema import (
    connection,
    connection_address,
    delivery_report,
    forgotten,
    location,
    mailbox,
    message,
    named_id,
    participant,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection as Database

    from tracker.domain.connection import ConnectionId


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased of a person: their messages, and their name in how many others."""

    messages: int
    redacted: int


def erase(db: Database, person: ConnectionId) -> Erased:
    """Erase a person. An address that somebody else of the network has as well stays theirs."""
    if db.dialect.name == "sqlite":
        db.execute(text("PRAGMA secure_delete = ON"))
    key = db.scalar(select(connection.c.key).where(connection.c.id == person))
    shared = select(connection_address.c.addr).where(connection_address.c.connection_id != person)
    chosen = select(connection_address.c.addr).where(connection_address.c.connection_id == person)
    addresses = list(db.scalars(chosen.where(connection_address.c.addr.not_in(shared))))
    remember(db, [*([key] if key else []), *addresses])
    erased = _clean_mail(db, addresses)
    db.execute(delete(connection).where(connection.c.id == person))
    _projection.drop(db)
    return erased


def erase_again(db: Database, salt: str | None, digests: Collection[bytes]) -> int | None:
    """Erase whomever another database remembers as forgotten; how many people and addresses. None by another salt.

    A backup tells nothing of those who were forgotten after it was made.
    """
    own = _meta.get(db, _meta.SALT)
    if not digests or salt is None:
        return 0
    if own not in {None, salt}:
        return None
    if db.dialect.name == "sqlite":
        db.execute(text("PRAGMA secure_delete = ON"))
    _meta.put(db, _meta.SALT, salt)
    insert_new(db, forgotten, [{"digest": digest} for digest in digests])
    is_forgotten = Forgotten(db)
    keys = {row.id: row.key for row in db.execute(select(connection.c.id, connection.c.key))}
    addresses = select(connection_address.c.connection_id, connection_address.c.addr)
    people = {number for number, key in keys.items() if is_forgotten.name(key)}
    people |= {number for number, addr in db.execute(addresses) if is_forgotten.name(addr)}
    db.execute(delete(connection_address).where(connection_address.c.connection_id.in_(people)))
    db.execute(delete(connection).where(connection.c.id.in_(people)))
    written = [addr for addr in db.scalars(select(mailbox.c.addr).distinct()) if is_forgotten.name(addr)]
    _clean_mail(db, written)
    _projection.drop(db)
    return len(people) + len(written)


def _clean_mail(db: Database, addresses: Collection[str]) -> Erased:
    is_forgotten = Forgotten(db)
    boxes = [
        number
        for piece in pieces(addresses)
        for number in db.scalars(select(mailbox.c.id).where(mailbox.c.addr.in_(piece)))
    ]
    touched: set[int] = set()
    for piece in pieces(boxes):
        touched.update(db.scalars(select(participant.c.message_id).where(participant.c.mailbox_id.in_(piece))))
    facts = MessageReader(db).of([*touched, *db.scalars(select(delivery_report.c.message_id))])
    kept = {number: is_forgotten.without(fact) for number, fact in facts.items()}
    gone = [number for number, fact in kept.items() if fact is None]
    redacted = {number: fact for number, fact in kept.items() if fact is not None and fact != facts[number]}
    replace_messages(db, redacted)
    _drop(db, gone)
    for number in boxes:
        # Other mail may still name it, as the place for answers say; the digest finds it no longer.
        nobody = {"addr": NOBODY, "name": "", "digest": secrets.token_bytes(16)}
        db.execute(update(mailbox).where(mailbox.c.id == number).values(**nobody))
    return Erased(len(gone), len(redacted))


def _drop(db: Database, numbers: Collection[int]) -> None:
    """Delete messages; their UIDs stay accounted for, so that no audit brings them back."""
    for piece in pieces(numbers):
        for table in (participant, named_id, delivery_report):
            db.execute(delete(table).where(table.c.message_id.in_(piece)))
        db.execute(update(location).where(location.c.message_id.in_(piece)).values(message_id=NOT_STORED))
        db.execute(delete(message).where(message.c.id.in_(piece)))
    _meta.put(db, _meta.MESSAGES, str(db.scalar(select(func.count()).select_from(message)) or 0))
