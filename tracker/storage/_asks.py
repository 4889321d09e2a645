"""An ask as a row and back: scalars in columns, its sendings and the evidence as compact JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, select, type_coerce

from tracker.domain.asks import Ask, Channel, Evidence, Rung, Send
from tracker.domain.kind import MessageKind
from tracker.domain.message import FolderRole
from tracker.sanitizer import storable
from tracker.storage._schema import ask as table
from tracker.storage._types import from_microseconds, to_microseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Select

    from tracker.domain.brief import Brief
    from tracker.domain.message import AddrSpec, MessageId

_NOTHING = "[[],[],0,0,0,[]]"
"""No evidence at all, as with most asks without an answer."""

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)

_TOGETHER = 2000
"""Rows whose JSON is read in one call."""

_ANSWERS = ("answered_at", "person_at", "human_at", "uncertain_at")

_MOMENTS = ("by_other_at", "away_at", "delayed_at", "undeliverable_at", "orphaned_at")

_COLUMNS = (
    "connection_id", "channel", "subject", "reply_to", "last_word", "is_group", "identity", "asked_at",
    *_MOMENTS, "sent", "evidence",
)  # fmt: skip

_FIRST_MOMENT, _SENT, _EVIDENCE = (_COLUMNS.index(name) for name in (_MOMENTS[0], "sent", "evidence"))

# A look into a dictionary takes a quarter of the time of an enumeration's own.
_CHANNELS = {channel.value: channel for channel in Channel}
_KINDS = {kind.value: kind for kind in MessageKind}
_RUNGS = {rung.value: rung for rung in Rung}
_ROLES = {role.value: role for role in FolderRole}


def to_row(ask: Ask, brief: Brief | None) -> tuple[Any, ...]:
    """The row of an ask, and of what it is in brief, in the order of its columns, with values as drivers take them."""
    return (
        ask.connection,
        to_microseconds(ask.asked_at),
        storable(ask.identity),
        brief is not None,
        *[None if brief is None else _count(getattr(brief, name)) for name in _ANSWERS],
        ask.channel.value,
        storable(ask.subject),
        storable(ask.reply_to),
        ask.last_word,
        ask.group,
        *[_count(getattr(ask, name)) for name in _MOMENTS],
        dump(_sent(ask)),
        _found(ask),
    )


def _count(at: datetime | None) -> int | None:
    return None if at is None else to_microseconds(at)


def read(db: Connection, among: range | None, *, whole: Collection[int] | None = None) -> Iterator[Ask]:
    """The asks of everybody, or of the connections `among` which they are wanted, oldest first.

    With `whole`, those that can be read in brief are left out but for these people.

    Moments are read as plain numbers and JSON many rows at a time: per value and per row that is most of a report.
    """
    plain = (type_coerce(table.c[name], BigInteger) if name.endswith("_at") else table.c[name] for name in _COLUMNS)
    chosen = _ordered(select(*plain), among)
    if whole is not None:
        chosen = chosen.where(table.c.is_brief.is_(False) | table.c.connection_id.in_(whole))
    for some in db.execute(chosen.execution_options(yield_per=_TOGETHER)).partitions():
        sent = json.loads(f"[{','.join(row[_SENT] for row in some)}]")
        found = json.loads(f"[{','.join(row[_EVIDENCE] or _NOTHING for row in some)}]")
        yield from map(_ask, some, sent, found)


def _ordered(chosen: Select[Any], among: range | None) -> Select[Any]:
    chosen = chosen.order_by(table.c.connection_id, table.c.asked_at, table.c.identity)
    if among is None:
        return chosen
    return chosen.where(table.c.connection_id >= among.start, table.c.connection_id < among.stop)


def _ask(row: Sequence[Any], sent: Sequence[list[Any]], found: Sequence[Any]) -> Ask:
    connection, channel, subject, reply_to, last_word, is_group, identity, asked_at = row[:_FIRST_MOMENT]
    messages, exact, *single, rules = found
    person, human, uncertain = [_evidence_in(messages[one[0]], *one[1:]) if one else None for one in single]
    by_other_at, away_at, delayed_at, undeliverable_at, orphaned_at = map(_moment, row[_FIRST_MOMENT:_SENT])
    first, *nudges = sent
    first[:0] = identity, asked_at
    return Ask(
        connection=connection,
        channel=_CHANNELS[channel],
        subject=subject,
        sent=tuple([_send_in(*send) for send in (first, *nudges)]),
        reply_to=reply_to,
        last_word=bool(last_word),
        group=bool(is_group),
        exact=tuple([_evidence_in(messages[one], rung, rule) for one, rung, rule in exact]),
        person=person,
        human=human,
        uncertain=uncertain,
        by_other_at=by_other_at,
        away_at=away_at,
        delayed_at=delayed_at,
        undeliverable_at=undeliverable_at,
        orphaned_at=orphaned_at,
        rules=tuple([(reason, rule) for reason, rule in rules]),
    )


def _sent(ask: Ask) -> list[list[Any]]:
    """Its sendings; the identity and the moment of the first are columns of their own."""
    first, *nudges = map(_send_out, ask.sent)
    return [first[2:], *nudges]


def _found(ask: Ask) -> str:
    """Each message that is evidence of something, once; what each is evidence of; the rules. Empty without any."""
    every = [one for one in (*ask.exact, ask.person, ask.human, ask.uncertain) if one is not None]
    if not every and not ask.rules:
        return ""
    messages = list(dict.fromkeys(map(_message, every)))

    def refer(one: Evidence | None) -> list[Any] | int:
        return 0 if one is None else [messages.index(_message(one)), one.rung.value, storable(one.rule)]

    rules = [[storable(reason), storable(rule)] for reason, rule in ask.rules]
    single = [refer(one) for one in (ask.person, ask.human, ask.uncertain)]
    return dump([[_short(list(told)) for told in messages], [refer(one) for one in ask.exact], *single, rules])


def _short(values: list[Any]) -> list[Any]:
    """Without the empty values at the end but for the first three, which reading fills up again."""
    while len(values) > 3 and not values[-1]:
        values.pop()
    return values


def dump(value: Sequence[Any]) -> str:
    """Compact JSON."""
    return _ENCODER.encode(value)


def _send_out(send: Send) -> list[Any]:
    at = to_microseconds(send.at)
    return _short(
        [
            storable(send.identity),
            at,
            storable(send.to),
            None if send.message_id is None else storable(send.message_id),
            to_microseconds(send.at_latest) - at,
            None if send.bounced_at is None else to_microseconds(send.bounced_at),
            storable(send.status),
            None if send.retired_at is None else to_microseconds(send.retired_at),
        ]
    )


def _send_in(
    identity: str,
    at: int,
    to: AddrSpec,
    message_id: MessageId | None = None,
    later: int = 0,
    bounced_at: int | None = None,
    status: str = "",
    retired_at: int | None = None,
) -> Send:
    moment = from_microseconds(at)
    latest = from_microseconds(at + later) if later else moment
    return Send(identity, message_id, to, moment, latest, _moment(bounced_at), status, _moment(retired_at))


def _message(one: Evidence) -> tuple[Any, ...]:
    """What an evidence says of its message, whatever it is evidence of."""
    name = None if one.message_id is None else storable(one.message_id)
    hidden = one.hidden_in.value if one.hidden_in else None
    return storable(one.identity), name, to_microseconds(one.at), one.kind.value, hidden


def _evidence_in(message: Sequence[Any], rung: str, rule: str) -> Evidence:
    identity, message_id, at, kind, *hidden = message
    return Evidence(
        identity=identity,
        message_id=message_id,
        at=from_microseconds(at),
        kind=_KINDS[kind],
        rung=_RUNGS[rung],
        rule=rule,
        hidden_in=_ROLES[hidden[0]] if hidden else None,
    )


def _moment(count: int | None) -> datetime | None:
    return None if count is None else from_microseconds(count)
