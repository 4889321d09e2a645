"""From a person's outcomes to a verdict, which is never stored."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from math import sqrt
from statistics import NormalDist, median
from typing import TYPE_CHECKING

from tracker.domain.outcome import Outcome, Reason
from tracker.domain.values import value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tracker.domain.asks import Ask
    from tracker.domain.brief import Judged
    from tracker.domain.message import AddrSpec
    from tracker.domain.outcome import Judging, Knowledge

SILENCE = timedelta(days=7)
"""Overdue asks within this time (or the threshold, if longer) of the first of a run are one silence."""


class Verdict(StrEnum):
    """What a person's asks say about them, in the order in which people are told."""

    RESPONSIVE = "responsive"
    SLOW = "slow"
    UNRESPONSIVE = "unresponsive"
    UNPROVEN = "unproven"
    WAITING = "waiting"
    UNTESTED = "untested"
    UNREACHABLE = "unreachable"


@value(frozen=True, slots=True)
class Tally:
    """What a person's asks in the window add up to."""

    in_time: int = 0
    late: int = 0
    overdue: int = 0
    silences: int = 0
    waiting: int = 0
    heard: int = 0
    excluded: int = 0
    unknown: int = 0
    untellable: int = 0
    """Of the excluded, those that asked nobody: group mail and last words."""

    @property
    def asks(self) -> int:
        """n: the asks that count."""
        return self.in_time + self.late + self.overdue

    @property
    def answered(self) -> int:
        """Asks with a reply, in time or not."""
        return self.in_time + self.late

    @property
    def on_time_rate(self) -> float | None:
        """Share of the asks that were answered in time; None if none counts."""
        return self.in_time / (self.asks + self.heard) if self.asks + self.heard else None

    @property
    def answer_rate(self) -> float | None:
        """Share of the asks that were answered at all; None if none counts."""
        return self.answered / (self.asks + self.heard) if self.asks + self.heard else None

    @property
    def trials(self) -> int:
        """Answers and silences: what the bounds are taken of."""
        return self.answered + self.silences

    @property
    def reply_rate(self) -> float | None:
        """Answers among answers and silences; None if there is neither."""
        return self.answered / self.trials if self.trials else None

    def reply_bounds(self, confidence: float) -> tuple[float, float] | None:
        """The two one-sided Wilson bounds of the reply rate; None if there is nothing to count."""
        return wilson(self.answered, self.trials, confidence) if self.trials else None


def tally(asks: Sequence[Judged], judging: Judging) -> Tally:
    """Count `asks`, which are those in the window. The word of an outcome is the name of its count."""
    if not asks:
        return _NOTHING
    counts: dict[str, int] = {}
    overdue: list[datetime] = []
    untellable = 0
    for judged in asks:
        outcome = judged.outcome
        counts[outcome] = counts.get(outcome, 0) + 1
        if outcome is _OVERDUE:
            overdue.append(judged.asked_at)
        elif judged.reason in _NOBODY:
            untellable += 1
    return Tally(**counts, silences=silences(sorted(overdue), judging.threshold), untellable=untellable)


_NOTHING = Tally()
_OVERDUE = Outcome.OVERDUE  # an enumeration looks its members up each time
_NOBODY = frozenset({Reason.GROUP, Reason.LAST_WORD})


def silences(overdue: Sequence[datetime], threshold: timedelta) -> int:
    """How many silences these times (sorted) are: two mails in one week are one."""
    count, until = 0, None
    for asked_at in overdue:
        if until is None or asked_at > until:
            count, until = count + 1, asked_at + max(SILENCE, threshold)
    return count


@lru_cache(maxsize=4096)
def wilson(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    """The lower and the upper one-sided Wilson score bound of `successes` of `trials` (> 0).

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927. Each bound alone holds
    with `confidence`; both together with 2 * confidence - 1.
    """
    z = NormalDist().inv_cdf(confidence)
    share, spread = successes / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


_RULES: tuple[tuple[Verdict, Callable[[Tally, Judging], bool]], ...] = (
    (Verdict.UNTESTED, lambda t, _: _asked(t) == 0),
    (Verdict.WAITING, lambda t, _: t.asks + t.heard == 0 and t.waiting > 0),
    (Verdict.RESPONSIVE, lambda t, j: t.in_time > 0 and (t.on_time_rate or 0) >= j.cut),
    (Verdict.SLOW, lambda t, j: t.answered > 0 and (t.answer_rate or 0) >= j.cut),
    (Verdict.UNRESPONSIVE, lambda t, j: t.trials > 0 and wilson(t.answered, t.trials, j.confidence)[1] < j.cut),
)


def verdict(counted: Tally, judging: Judging, *, unreachable: bool, is_partial: bool = False) -> Verdict:
    """The first row of the verdict table that holds; `unproven` if none does.

    `is_partial`: asks of the window may have been deleted with their answers, so that silence proves nothing.
    """
    if unreachable:
        return Verdict.UNREACHABLE
    found = next((row for row, holds in _RULES if holds(counted, judging)), Verdict.UNPROVEN)
    return Verdict.UNPROVEN if is_partial and found is Verdict.UNRESPONSIVE else found


def _asked(counted: Tally) -> int:
    """Asks of any outcome, without those that asked nobody."""
    return counted.asks + counted.waiting + counted.heard + counted.unknown + counted.excluded - counted.untellable


def is_unreachable(
    addresses: Sequence[AddrSpec], asks: Sequence[Ask], heard: Sequence[datetime], known: Knowledge
) -> bool:
    """Whether each of a person's `addresses` is dead and nothing human came since. Without an address: no."""
    deaths = [_died_at(addr, asks, known) for addr in addresses]
    dead = [death for death in deaths if death is not None]
    if not dead or len(dead) < len(deaths):
        return False
    return not any(moment > max(dead) and known.has(moment) for moment in heard)


def _died_at(addr: AddrSpec, asks: Sequence[Ask], known: Knowledge) -> datetime | None:
    """When the last message sent to `addr` told that nobody is there; None if it did not, or if nothing was sent.

    Only a bounce that blames the address (5.1.x, RFC 3463) or nothing in particular speaks of its death: others are
    about this message (too large, refused as spam) or about now (a full mailbox).
    """
    sent = [send for ask in asks for send in ask.sent if send.to == addr and known.has(send.at)]
    last = max(sent, key=lambda send: (send.at, send.identity), default=None)
    if last is None:
        return None
    if known.has(last.bounced_at) and (not last.status or last.status.startswith("5.1.")):
        return last.bounced_at
    return last.retired_at if known.has(last.retired_at) else None


def median_latency(asks: Sequence[Judged]) -> timedelta | None:
    """The median of the exact latencies, in the judging clock; None if there is none."""
    seconds = [judged.latency.total_seconds() for judged in asks if judged.latency is not None]
    return timedelta(seconds=median(seconds)) if seconds else None
