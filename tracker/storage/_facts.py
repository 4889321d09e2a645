"""Storing what was read: idempotent, in any order, a batch in one transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from tracker.domain.copies import of_copies
from tracker.domain.kind import DELIVERY_REPORTS
from tracker.sanitizer import storable
from tracker.storage import _meta
from tracker.storage._forgetting import Forgotten
from tracker.storage._horizon import horizon_of, is_kept
from tracker.storage._messages import SENT, MessageReader, clean, mask_of
from tracker.storage._rows import (
    delete_in,
    insert_columns,
    insert_missing,
    insert_new,
    insert_rows,
    replace_rows,
    select_in,
)
from tracker.storage._schema import (
    delivery_report,
    dirty_message,
    mailbox,
    mailing_list,
    message,
    named_id,
    participant,
    sender,
)
from tracker.storage._types import to_microseconds
from tracker.storage._writing import Mailboxes, columns_of, is_plain, names_of, pairs_of, people_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from tracker.domain.message import Message

_PLACES = {column.name: place for place, column in enumerate(message.c)}
_ROLES = _PLACES["roles"]

_DATING = [_PLACES[name] for name in ("received_at", "dated_at", "relayed_at", "mailboxes", "author_id")]
"""Columns that decide on which days something came in, and for whom."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Row ids by identity, and how many of the messages are new.

    Not stored are those of people who were erased, and those that are older than what is kept.
    """

    numbers: dict[str, int]
    new: int


def store_messages(db: Connection, facts: Iterable[Message]) -> Stored:
    """Store messages and mark as dirty those that are new, or of which a copy told something new."""
    merged = _merged(_wanted(db, facts))
    known = _known(db, list(merged))
    # In the order of identities, by which pages of their index are written once a batch.
    fresh = sorted(
        (fact for identity, fact in merged.items() if identity not in known),
        key=lambda fact: (not is_plain(fact), fact.identity),
    )
    again = {known[identity]: fact for identity, fact in merged.items() if identity in known}
    first = 1 + (db.scalar(select(func.coalesce(func.max(message.c.id), 0))) or 0)
    added = dict(zip((fact.identity for fact in fresh), range(first, first + len(fresh)), strict=True))
    _insert(db, fresh, added)
    changed = _update(db, again)
    _mark(db, [*added.values(), *changed])
    return Stored({**known, **added}, len(fresh))


def _wanted(db: Connection, facts: Iterable[Message]) -> Iterable[Message]:
    """The facts that are young enough to be kept, without those who were erased."""
    is_forgotten, horizon = Forgotten(db), horizon_of(db)
    if not is_forgotten and horizon is None:
        return facts
    young = (fact for fact in facts if is_kept(fact, horizon))
    return (kept for fact in young if (kept := is_forgotten.without(fact)) is not None)


def _merged(facts: Iterable[Message]) -> dict[str, Message]:
    """One message an identity."""
    merged: dict[str, Message] = {}
    for fact in facts:
        known = merged.get(fact.identity)
        merged[fact.identity] = fact if known is None else of_copies(known, fact)
    return merged


def _known(db: Connection, identities: Sequence[str]) -> dict[str, int]:
    """The row ids of the messages that are there, by identity."""
    chosen = select_in(db, (message.c.identity, message.c.id), map(bytearray.fromhex, identities))
    return {identity.hex(): number for identity, number in chosen}


def _insert(db: Connection, fresh: Sequence[Message], numbers: dict[str, int]) -> None:
    if not fresh:
        return
    ids = _mailboxes(db, fresh)
    numbered = {numbers[fact.identity]: fact for fact in fresh}
    plain = {number: fact for number, fact in numbered.items() if is_plain(fact)}
    for some in (plain, {number: fact for number, fact in numbered.items() if number not in plain}):
        insert_columns(db, message, columns_of(some, ids))
    _index(db, numbered, ids)
    _count_sent(db, [fact for fact in fresh if mask_of(fact.seen_in) & SENT])
    _meta.put(db, _meta.MESSAGES, str(int(_meta.get(db, _meta.MESSAGES) or 0) + len(fresh)))


def _index(db: Connection, facts: Mapping[int, Message], ids: Mailboxes) -> None:
    """By whom and to whom these messages are, which ids they have and name, and which tell of failed deliveries."""
    reports = [(number, _came(fact)) for number, fact in facts.items() if not fact.signals.isdisjoint(DELIVERY_REPORTS)]
    for table, rows in ((participant, people_of(facts, ids)), (named_id, names_of(facts))):
        insert_missing(db, table, sorted(rows))
    insert_missing(db, delivery_report, reports)
    insert_missing(db, mailing_list, sorted({(clean(addr),) for fact in facts.values() for addr in fact.list_posts}))


def _came(report: Message) -> int | None:
    return None if report.arrived_at is None else to_microseconds(report.arrived_at)


def _mailboxes(db: Connection, facts: Collection[Message]) -> Mailboxes:
    """The row ids of every mailbox in `facts`; those that are not there yet are stored."""
    stored = {pair: (storable(pair[0]), clean(pair[1])) for pair in pairs_of(facts)}
    digests = {pair: _digest(*pair) for pair in set(stored.values())}
    known = {bytes(key): number for key, number in select_in(db, (mailbox.c.digest, mailbox.c.id), digests.values())}
    last = db.scalar(select(func.coalesce(func.max(mailbox.c.id), 0))) or 0
    fresh = [(key, addr, name) for (name, addr), key in digests.items() if key not in known]
    insert_rows(db, mailbox, [(number, *row) for number, row in enumerate(fresh, start=last + 1)])
    known.update((row[0], number) for number, row in enumerate(fresh, start=last + 1))
    return {pair: known[digests[kept]] for pair, kept in stored.items()}


def _digest(name: str, addr: str) -> bytes:
    return blake2b(f"{addr}\n{name}".encode(), digest_size=16).digest()


def _update(db: Connection, again: Mapping[int, Message]) -> list[int]:
    """Take up what further copies tell; the row ids of the messages that this changed."""
    known = MessageReader(db).of(again)
    told = {number: of_copies(known[number], fact) for number, fact in again.items()}
    differing = {number: fact for number, fact in told.items() if fact != known[number]}
    if not differing:
        return []
    ids = _mailboxes(db, [*differing.values(), *(known[number] for number in differing)])
    rows = _by_number(rows_of(differing, ids))
    before = _by_number(rows_of({number: known[number] for number in differing}, ids))
    changed = [number for number in rows if rows[number] != before[number]]
    if not changed:
        return []
    for table in (participant, named_id, delivery_report):
        delete_in(db, table.c.message_id, changed)
    _index(db, {number: differing[number] for number in changed}, ids)
    replace_rows(db, message, [rows[number] for number in changed])
    if any(rows[number][column] != before[number][column] for number in changed for column in _DATING):
        _meta.put(db, _meta.STALE_DAYS, "1")
    _count_sent(db, [told[number] for number in changed if rows[number][_ROLES] & ~before[number][_ROLES] & SENT])
    return changed


def _by_number(rows: Iterable[tuple[Any, ...]]) -> dict[int, tuple[Any, ...]]:
    return {row[0]: row for row in rows}


def replace_messages(db: Connection, facts: Mapping[int, Message]) -> None:
    """Store these facts in place of what is known of the messages in these rows."""
    if not facts:
        return
    ids = _mailboxes(db, facts.values())
    for table in (participant, named_id, delivery_report):
        delete_in(db, table.c.message_id, facts)
    _index(db, facts, ids)
    replace_rows(db, message, rows_of(facts, ids))


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
        insert_missing(db, dirty_message, [(number,) for number in numbers])
