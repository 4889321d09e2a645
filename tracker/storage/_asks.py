"""An ask as a row and back: scalars in columns, its sendings and the evidence as compact JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tracker.domain.asks import Ask, Channel, Evidence, Rung, Send
from tracker.domain.connection import ConnectionId
from tracker.domain.kind import MessageKind
from tracker.domain.message import AddrSpec, FolderRole, MessageId
from tracker.sanitizer import storable
from tracker.storage._types import from_microseconds, to_microseconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row

_NOTHING: tuple[Any, ...] = ((), None, None, None, ())
_MOMENTS = ("by_other_at", "away_at", "delayed_at", "undeliverable_at", "orphaned_at")


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


def from_row(row: Row[Any]) -> Ask:
    """The ask of a row of all columns."""
    exact, person, human, uncertain, rules = json.loads(row.evidence) if row.evidence else _NOTHING
    return Ask(
        connection=ConnectionId(row.connection_id),
        channel=Channel(row.channel),
        subject=row.subject,
        sent=tuple(_send_in(send) for send in json.loads(row.sent)),
        reply_to=AddrSpec(row.reply_to),
        last_word=row.last_word,
        group=row.is_group,
        exact=tuple(_evidence_in(one) for one in exact),
        person=_evidence_in(person) if person else None,
        human=_evidence_in(human) if human else None,
        uncertain=_evidence_in(uncertain) if uncertain else None,
        by_other_at=row.by_other_at,
        away_at=row.away_at,
        delayed_at=row.delayed_at,
        undeliverable_at=row.undeliverable_at,
        orphaned_at=row.orphaned_at,
        rules=tuple((reason, rule) for reason, rule in rules),
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
    return Send(
        identity=identity,
        message_id=_message_id(message_id),
        to=AddrSpec(to),
        at=from_microseconds(at),
        at_latest=from_microseconds(at_latest),
        bounced_at=_moment(bounced_at),
        status=status,
        retired_at=_moment(retired_at),
    )


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
    return Evidence(
        identity=identity,
        message_id=_message_id(message_id),
        at=from_microseconds(at),
        kind=MessageKind(kind),
        rung=Rung(rung),
        rule=rule,
        hidden_in=FolderRole(hidden_in) if hidden_in else None,
    )


def _message_id(text: str | None) -> MessageId | None:
    return None if text is None else MessageId(text)


def _moment(count: int | None) -> datetime | None:
    return None if count is None else from_microseconds(count)
