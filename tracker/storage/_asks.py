"""An ask as a row and back: scalars in columns, its sendings and the evidence as compact JSON."""

from __future__ import annotations

import json
from operator import attrgetter
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

_NUL = "\\u0000"
"""What no database takes, as JSON has it."""

_NEEDED = 3
"""Values of a sending that are told even if they are empty."""

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)

_TOGETHER = 2000
"""Rows whose JSON is read in one call."""

_ANSWERS = ("answered_at", "person_at", "human_at", "uncertain_at")

_MOMENTS = ("by_other_at", "away_at", "delayed_at", "undeliverable_at", "orphaned_at")

_answers_of, _moments_of = attrgetter(*_ANSWERS), attrgetter(*_MOMENTS)

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
        *([None] * len(_ANSWERS) if brief is None else map(_count, _answers_of(brief))),
        ask.channel.value,
        storable(ask.subject),
        storable(ask.reply_to),
        ask.last_word,
        ask.group,
        *map(_count, _moments_of(ask)),
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
    places: dict[tuple[Any, ...], int] = {}

    def refer(one: Evidence | None) -> list[Any] | int:
        return 0 if one is None else [places.setdefault(_message(one), len(places)), one.rung, one.rule]

    exact = [refer(one) for one in ask.exact]
    single = [refer(one) for one in (ask.person, ask.human, ask.uncertain)]
    return dump([[*places], exact, *single, ask.rules]) if places or ask.rules else ""


def dump(value: Sequence[Any]) -> str:
    """Compact JSON that every database takes."""
    text = _ENCODER.encode(value)
    return text if text.isascii() and _NUL not in text else _ENCODER.encode(_storable(value))


def _storable(value: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
    if isinstance(value, str):
        return storable(value)
    return [_storable(one) for one in value] if isinstance(value, list | tuple) else value


def _send_out(send: Send) -> list[Any]:
    at = to_microseconds(send.at)
    values = [
        send.identity,
        at,
        send.to,
        send.message_id,
        0 if send.at_latest is send.at else to_microseconds(send.at_latest) - at,
        _count(send.bounced_at),
        send.status,
        _count(send.retired_at),
    ]
    while len(values) > _NEEDED and not values[-1]:  # reading fills them up again
        values.pop()
    return values


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
    told = (one.identity, one.message_id, to_microseconds(one.at), one.kind)
    return (*told, one.hidden_in) if one.hidden_in else told


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
