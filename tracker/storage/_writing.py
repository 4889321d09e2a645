"""Messages as rows of the tables that they are in, a column at a time: with a call for each value it takes longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.domain.message import Delivery
from tracker.sanitizer import storable
from tracker.storage._messages import SAME, clean, digest, mask_of, named_ids, words_of
from tracker.storage._types import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from tracker.domain.message import Address, Message, ReportedRecipient

Mailboxes = dict[tuple[str, str], int]
"""(name, addr-spec), as messages have them, to the id of its row."""


def pairs_of(facts: Collection[Message]) -> set[tuple[str, str]]:
    """Every (name, addr-spec) that these messages bear."""
    found: set[tuple[str, str]] = {(one.name, one.addr) for fact in facts if (one := fact.author) is not None}
    for recipients in _recipients(facts):
        found.update([(one.name, one.addr) for field in recipients if field for one in field])
    for addrs in _addrs(facts):
        found.update([("", addr) for field in addrs if field for addr in field])
    return found


def people_of(facts: Mapping[int, Message], ids: Mailboxes) -> set[tuple[int, int]]:
    """The ids of the mailboxes of the author and the recipients, each with the row id of the message."""
    authors = {number: one for number, fact in facts.items() if (one := fact.author) is not None}
    found = {(ids[one.name, one.addr], number) for number, one in authors.items()}
    for recipients in _recipients(facts.values()):
        named = zip(facts, recipients, strict=True)
        found.update([(ids[one.name, one.addr], number) for number, field in named if field for one in field])
    return found


def names_of(facts: Mapping[int, Message]) -> set[tuple[int, int]]:
    """The digests of all ids that a message has, names or returns, each with the row id of the message."""
    return {(digest(msg_id), number) for number, fact in facts.items() for msg_id in named_ids(fact)}


def rows_of(facts: Mapping[int, Message], ids: Mailboxes) -> list[tuple[Any, ...]]:
    """The rows of messages, given by row id; see `columns_of`."""
    return list(zip(*columns_of(facts, ids), strict=True))


def is_plain(fact: Message) -> bool:
    """Whether the columns that few messages need are empty in its row."""
    return not fact.reported and not fact.returned and fact.relayed_at is None


def columns_of(facts: Mapping[int, Message], ids: Mailboxes) -> tuple[Sequence[Any], ...]:
    """The columns of messages, given by row id, in their order, with values as drivers take them.

    Raises ValueError for an identity that is not hexadecimal, and for a time without zone.
    """
    every = facts.values()
    return (
        list(facts),
        [bytearray.fromhex(fact.identity) for fact in every],  # bytes take SQLite's driver four times as long
        [None if (one := fact.author) is None else ids[one.name, one.addr] for fact in every],
        _moments([fact.dated_at for fact in every]),
        _moments([fact.received_at for fact in every]),
        [mask_of(fact.seen_in) for fact in every],
        [None if fact.message_id is None else clean(fact.message_id) for fact in every],
        [_lines(fact.aliases) if fact.aliases else "" for fact in every],
        [_parents(fact) if fact.in_reply_to else None for fact in every],
        [_lines(fact.references) if fact.references else "" for fact in every],
        _numbers(every, ids),
        [words_of(fact.signals) for fact in every],
        [storable(fact.subject) for fact in every],
        [_lines(fact.thread_keys) or None if fact.thread_keys else None for fact in every],
        [bytes.fromhex(fact.thread_index) or None if fact.thread_index else None for fact in every],
        _moments([fact.relayed_at for fact in every]),
        [_deliveries(fact.reported) if fact.reported else None for fact in every],
        [_lines(fact.returned) or None if fact.returned else None for fact in every],
    )


def _recipients(facts: Collection[Message]) -> tuple[list[tuple[Address, ...]], ...]:
    return [fact.to for fact in facts], [fact.cc for fact in facts], [fact.bcc for fact in facts]


def _addrs(facts: Collection[Message]) -> tuple[list[Sequence[str]], ...]:
    """Reply-To, reported recipients, List-Post."""
    return (
        [fact.reply_to for fact in facts],
        [[told.addr for told in fact.reported] if fact.reported else () for fact in facts],
        [fact.list_posts for fact in facts],
    )


def _moments(moments: Iterable[datetime | None]) -> list[int | None]:
    return [None if at is None else to_microseconds(at) for at in moments]


def _numbers(facts: Collection[Message], ids: Mailboxes) -> list[str]:
    """To, Cc, Bcc, Reply-To, reported recipients, List-Post: ids joined by commas, the six fields by semicolons."""
    columns = [
        [",".join([str(ids[one.name, one.addr]) for one in field]) if field else "" for field in recipients]
        for recipients in _recipients(facts)
    ]
    columns += [
        [",".join([str(ids["", addr]) for addr in field]) if field else "" for field in addrs]
        for addrs in _addrs(facts)
    ]
    return [";".join(fields).rstrip(";") for fields in zip(*columns, strict=True)]


def _lines(ids: Sequence[str]) -> str:
    return "\n".join(map(clean, ids))


def _parents(fact: Message) -> str:
    return SAME if fact.in_reply_to == fact.references[-1:] else _lines(fact.in_reply_to)


def _deliveries(reported: Sequence[ReportedRecipient]) -> str | None:
    """What became of each reported recipient, a line each; None if all failed and no code says why."""
    if all(told.delivery is Delivery.FAILED and not told.status for told in reported):
        return None
    return "\n".join(f"{told.delivery.value} {clean(told.status)}" for told in reported)
