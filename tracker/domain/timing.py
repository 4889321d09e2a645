"""When an ask counts from, which message answers it, and how long that took."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.domain.asks import EXACT, SKEW

if TYPE_CHECKING:
    from tracker.domain.asks import Ask, Evidence, Send
    from tracker.domain.clock import Clock
    from tracker.domain.outcome import Knowledge


def earliest(ask: Ask, known: Knowledge) -> Evidence | None:
    """The earliest exact reply; one that seems to be older than the ask only if there is no other."""
    replies = [reply for reply in ask.exact if known.has(reply.at)]
    oldest = ask.asked_at - SKEW
    return min(
        replies,
        key=lambda reply: (reply.at < oldest, reply.at, EXACT.index(reply.rung), reply.identity),
        default=None,
    )


def delivered(ask: Ask, known: Knowledge) -> Send:
    """The first sending that did not come back: nobody can answer what never arrived. If all did, the first."""
    arrived = (send for send in ask.sent if known.has(send.at) and not known.has(send.bounced_at))
    return next(arrived, ask.sent[0])


def latency_of(ask: Ask, reply: Evidence, clock: Clock, known: Knowledge) -> tuple[timedelta | None, timedelta | None]:
    """How long the reply took, in the clock and in all hours; (None, None) if the stamps contradict each other."""
    first, arrived = ask.sent[0], delivered(ask, known)
    starts = (arrived.at_latest, arrived.at, first.at_latest)
    start = next((moment for moment in starts if moment <= reply.at), first.at)
    if reply.at >= start:
        return clock.between(start, reply.at), reply.at - start
    if start - reply.at <= SKEW:
        return timedelta(0), timedelta(0)
    return None, None
