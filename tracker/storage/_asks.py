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
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from tracker.domain.connection import ConnectionId

_NOTHING = "[[],0,0,0,[]]"
"""No evidence at all, as with most asks without an answer."""

_TOGETHER = 2000
"""Rows whose JSON is read in one call."""

_MOMENTS = ("by_other_at", "away_at", "delayed_at", "undeliverable_at", "orphaned_at")

_COLUMNS = (
    "connection_id", "channel", "subject", "reply_to", "last_word", "is_group", *_MOMENTS, "sent", "evidence",
)  # fmt: skip

_FIRST_MOMENT, _SENT, _EVIDENCE = (_COLUMNS.index(name) for name in (_MOMENTS[0], "sent", "evidence"))

# A look into a dictionary takes a quarter of the time of an enumeration's own.
_CHANNELS = {channel.value: channel for channel in Channel}
_KINDS = {kind.value: kind for kind in MessageKind}
_RUNGS = {rung.value: rung for rung in Rung}
_ROLES = {role.value: role for role in FolderRole}


def to_row(ask: Ask) -> dict[str, Any]:
    """The row of an ask."""
    single = [None if one is None else _evidence_out(one) for one in (ask.person, ask.human, ask.uncertain)]
    return {
        "connection_id": ask.connection,
        "asked_at": ask.asked_at,
        "identity": storable(ask.identity),
        "channel": ask.channel.value,
        "subject": storable(ask.subject),
        "reply_to": storable(ask.reply_to),
        "last_word": ask.last_word,
        "is_group": ask.group,
        **{name: getattr(ask, name) for name in _MOMENTS},
        "sent": dump([_send_out(send) for send in ask.sent]),
        "evidence": _found(ask, single),
    }


def read(db: Connection, only: ConnectionId | None) -> Iterator[Ask]:
    """The asks of everybody, or of one connection, oldest first.

    Moments are read as plain numbers and JSON many rows at a time: per value and per row that is most of a report.
    """
    plain = (type_coerce(table.c[name], BigInteger) if name in _MOMENTS else table.c[name] for name in _COLUMNS)
    chosen = select(*plain).order_by(table.c.connection_id, table.c.asked_at, table.c.identity)
    if only is not None:
        chosen = chosen.where(table.c.connection_id == only)
    for some in db.execute(chosen.execution_options(yield_per=_TOGETHER)).partitions():
        sent = json.loads(f"[{','.join(row[_SENT] for row in some)}]")
        found = json.loads(f"[{','.join(row[_EVIDENCE] or _NOTHING for row in some)}]")
        yield from map(_ask, some, sent, found)


def _ask(row: Sequence[Any], sent: Sequence[list[Any]], found: Sequence[Any]) -> Ask:
    exact, person, human, uncertain, rules = found
    by_other_at, away_at, delayed_at, undeliverable_at, orphaned_at = map(_moment, row[_FIRST_MOMENT:_SENT])
    return Ask(
        connection=row[0],
        channel=_CHANNELS[row[1]],
        subject=row[2],
        sent=tuple([_send_in(send) for send in sent]),
        reply_to=row[3],
        last_word=bool(row[4]),
        group=bool(row[5]),
        exact=tuple([_evidence_in(one) for one in exact]),
        person=_evidence_in(person) if person else None,
        human=_evidence_in(human) if human else None,
        uncertain=_evidence_in(uncertain) if uncertain else None,
        by_other_at=by_other_at,
        away_at=away_at,
        delayed_at=delayed_at,
        undeliverable_at=undeliverable_at,
        orphaned_at=orphaned_at,
        rules=tuple([(reason, rule) for reason, rule in rules]),
    )


def _found(ask: Ask, single: Sequence[list[Any] | None]) -> str:
    """The evidence and the rules, empty if there are neither, as with most asks."""
    if not ask.exact and not any(single) and not ask.rules:
        return ""
    rules = [[storable(reason), storable(rule)] for reason, rule in ask.rules]
    return dump([[_evidence_out(one) for one in ask.exact], *single, rules])


def dump(value: Sequence[Any]) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _send_out(send: Send) -> list[Any]:
    return [
        storable(send.identity),
        None if send.message_id is None else storable(send.message_id),
        storable(send.to),
        to_microseconds(send.at),
        to_microseconds(send.at_latest),
        None if send.bounced_at is None else to_microseconds(send.bounced_at),
        storable(send.status),
        None if send.retired_at is None else to_microseconds(send.retired_at),
    ]


def _send_in(values: list[Any]) -> Send:
    identity, message_id, to, at, at_latest, bounced_at, status, retired_at = values
    moment = from_microseconds(at)
    latest = moment if at_latest == at else from_microseconds(at_latest)
    return Send(identity, message_id, to, moment, latest, _moment(bounced_at), status, _moment(retired_at))


def _evidence_out(evidence: Evidence) -> list[Any]:
    return [
        storable(evidence.identity),
        None if evidence.message_id is None else storable(evidence.message_id),
        to_microseconds(evidence.at),
        evidence.kind.value,
        evidence.rung.value,
        storable(evidence.rule),
        evidence.hidden_in.value if evidence.hidden_in else None,
    ]


def _evidence_in(values: list[Any]) -> Evidence:
    identity, message_id, at, kind, rung, rule, hidden_in = values
    hidden = _ROLES[hidden_in] if hidden_in else None
    return Evidence(identity, message_id, from_microseconds(at), _KINDS[kind], _RUNGS[rung], rule, hidden)


def _moment(count: int | None) -> datetime | None:
    return None if count is None else from_microseconds(count)
