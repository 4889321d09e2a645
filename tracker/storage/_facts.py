"""Storing what was read: idempotent, in any order, a batch in one transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from tracker.storage import _meta
from tracker.storage._messages import (
    SENT,
    Mailboxes,
    clean,
    digest,
    mask_of,
    named_ids,
    pairs_of,
    participants_of,
    to_row,
)
from tracker.storage._rows import insert_new, pieces
from tracker.storage._schema import delivery_report, dirty_message, mailbox, message, named_id, participant, sender

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from tracker.domain.message import Message

REPORT_SIGNALS = frozenset({"failed_recipients", "report_delivery_status", "postmaster_bounce"})
"""Marks of a message that may tell of a failed delivery."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Row ids by identity, and how many of the messages are new."""

    numbers: dict[str, int]
    new: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored of a message that comes again."""

    number: int
    received_at: datetime | None
    roles: int


def store_messages(db: Connection, facts: Iterable[Message]) -> Stored:
    """Store messages and mark as dirty those that are new, or of which a copy told something new."""
    merged = _merged(facts)
    known = _known(db, list(merged))
    fresh = [fact for identity, fact in merged.items() if identity not in known]
    again = [(fact, known[identity]) for identity, fact in merged.items() if identity in known]
    first = 1 + (db.scalar(select(func.coalesce(func.max(message.c.id), 0))) or 0)
    added = dict(zip((fact.identity for fact in fresh), range(first, first + len(fresh)), strict=True))
    _insert(db, fresh, added)
    changed = _update(db, again)
    _mark(db, [*added.values(), *changed])
    return Stored({**{identity: row.number for identity, row in known.items()}, **added}, len(fresh))


def _merged(facts: Iterable[Message]) -> dict[str, Message]:
    """One message an identity: the first copy, the earliest stamp, all roles."""
    merged: dict[str, Message] = {}
    for fact in facts:
        known = merged.get(fact.identity)
        if known is None:
            merged[fact.identity] = fact
        else:
            received_at = _earlier(known.received_at, fact.received_at)
            merged[fact.identity] = replace(known, received_at=received_at, seen_in=known.seen_in | fact.seen_in)
    return merged


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((stamp for stamp in (one, other) if stamp is not None), default=None)


def _known(db: Connection, identities: Sequence[str]) -> dict[str, _Known]:
    columns = select(message.c.identity, message.c.id, message.c.received_at, message.c.roles)
    found: dict[str, _Known] = {}
    for piece in pieces(bytes.fromhex(identity) for identity in identities):
        for identity, *rest in db.execute(columns.where(message.c.identity.in_(piece))):
            found[identity.hex()] = _Known(*rest)
    return found


def _insert(db: Connection, fresh: Sequence[Message], numbers: dict[str, int]) -> None:
    if not fresh:
        return
    ids = _mailboxes(db, fresh)
    db.execute(insert(message), [to_row(fact, numbers[fact.identity], ids) for fact in fresh])
    people = [
        {"mailbox_id": person, "message_id": numbers[fact.identity]}
        for fact in fresh
        for person in participants_of(fact, ids)
    ]
    names = [
        {"digest": name, "message_id": numbers[fact.identity]}
        for fact in fresh
        for name in {digest(msg_id) for msg_id in named_ids(fact)}
    ]
    reports = [{"message_id": numbers[fact.identity]} for fact in fresh if fact.signals & REPORT_SIGNALS]
    for table, rows in ((participant, people), (named_id, names), (delivery_report, reports)):
        if rows:
            db.execute(insert(table), rows)
    _count_sent(db, [fact for fact in fresh if mask_of(fact.seen_in) & SENT])
    _meta.put(db, _meta.MESSAGES, str(int(_meta.get(db, _meta.MESSAGES) or 0) + len(fresh)))


def _mailboxes(db: Connection, facts: Iterable[Message]) -> Mailboxes:
    """The row ids of every mailbox in `facts`; those that are not there yet are stored."""
    digests = {_digest(*pair): pair for pair in {pair for fact in facts for pair in pairs_of(fact)}}
    ids: Mailboxes = {}
    columns = select(mailbox.c.digest, mailbox.c.id)
    for piece in pieces(digests):
        ids.update((digests[key], number) for key, number in db.execute(columns.where(mailbox.c.digest.in_(piece))))
    last = db.scalar(select(func.coalesce(func.max(mailbox.c.id), 0))) or 0
    rows: list[dict[str, Any]] = []
    for key, (name, addr) in digests.items():
        if (name, addr) not in ids:
            last += 1
            ids[name, addr] = last
            rows.append({"id": last, "digest": key, "addr": addr, "name": name})
    if rows:
        db.execute(insert(mailbox), rows)
    return ids


def _digest(name: str, addr: str) -> bytes:
    return blake2b(f"{addr}\n{name}".encode(), digest_size=16).digest()


def _update(db: Connection, again: Sequence[tuple[Message, _Known]]) -> list[int]:
    """Lower stamps and add roles; the row ids of the messages that this changed."""
    rows: list[dict[str, Any]] = []
    sent = []
    is_earlier = False
    for fact, known in again:
        received_at = _earlier(known.received_at, fact.received_at)
        roles = known.roles | mask_of(fact.seen_in)
        if (received_at, roles) == (known.received_at, known.roles):
            continue
        rows.append({"number": known.number, "received_at": received_at, "roles": roles})
        is_earlier = is_earlier or received_at != known.received_at
        if roles & ~known.roles & SENT:
            sent.append(fact)
    if rows:
        db.execute(update(message).where(message.c.id == bindparam("number")), rows)
    if is_earlier:
        _meta.put(db, _meta.STALE_DAYS, "1")
    _count_sent(db, sent)
    return [row["number"] for row in rows]


def _count_sent(db: Connection, sent: Iterable[Message]) -> None:
    counts = Counter(clean(fact.author.addr) for fact in sent if fact.author is not None)
    if not counts:
        return
    insert_new(db, sender, [{"addr": addr, "messages": 0} for addr in counts])
    more = update(sender).where(sender.c.addr == bindparam("who"))
    db.execute(
        more.values(messages=sender.c.messages + bindparam("more")),
        [{"who": addr, "more": count} for addr, count in counts.items()],
    )


def _mark(db: Connection, numbers: Sequence[int]) -> None:
    """Before the first pairing nothing need be marked: it takes everything."""
    if numbers and _meta.get(db, _meta.FINGERPRINT) is not None:
        insert_new(db, dirty_message, [{"message_id": number} for number in numbers])
