"""What the header fields leave open, asked for at the few messages where it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.kind import DELIVERY_REPORTS
from tracker.parsing import with_relay, with_report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tracker.domain.folder import Folder
    from tracker.domain.message import Message
    from tracker.sources import Source

    Facts = Sequence[tuple[int, Message]]

BODY_LIMIT = 65_536
"""Bytes of a delivery report: what it tells stands before what it returns."""

BODIES_AHEAD = 10
"""Delivery reports of a batch that are asked for ahead, so that of five batches at most 3 MiB of them wait."""


def expect_looks(source: Source, folder: Folder, facts: Facts) -> None:
    """Let the source begin with what `enriched` will ask for."""
    reports = [uid for uid, message in facts if _is_report(message)]
    source.expect_looks(folder, _misdated(facts), reports[:BODIES_AHEAD], BODY_LIMIT)


def enriched(source: Source, folder: Folder, facts: Facts, now: datetime) -> list[tuple[int, Message]]:
    """The messages by their UIDs, with when they were relayed and what they report, where either is open."""
    misdated = _misdated(facts)
    hops = source.received(folder, misdated) if misdated else {}
    relayed = [(uid, with_relay(message, hops[uid], now=now) if uid in hops else message) for uid, message in facts]
    return [(uid, _reported(source, folder, uid, message)) for uid, message in relayed]


def _misdated(facts: Facts) -> list[int]:
    return [uid for uid, message in facts if message.is_misdated]


def _is_report(message: Message) -> bool:
    return not message.signals.isdisjoint(DELIVERY_REPORTS)


def _reported(source: Source, folder: Folder, uid: int, message: Message) -> Message:
    if not _is_report(message):
        return message
    body = source.body(folder, uid, BODY_LIMIT)
    return with_report(message, body) if body else message
