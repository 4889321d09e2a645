"""From the facts of an ask to its outcome, and from a person's outcomes to a verdict.

Nothing here is ever stored: threshold, window, cut, confidence and clock re-judge all of history at once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from math import sqrt
from statistics import NormalDist, median
from typing import TYPE_CHECKING

from tracker.domain.asks import EXACT, Ask, Evidence
from tracker.domain.clock import Clock, ElapsedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.domain.message import AddrSpec

SKEW = timedelta(hours=26)
"""A reply may seem to precede its ask by this much (two clocks, two zones). Beyond, the pair has no latency."""

PAUSE = timedelta(days=30)
"""How long an absence note speaks for its sender."""

GAP = timedelta(days=30)
"""An inbox that received nothing at all for this long before and after an ask is no witness."""

SILENCE = timedelta(days=7)
"""Overdue asks within this time (or the threshold, if longer) of the first of a run are one silence."""


class Outcome(StrEnum):
    """What became of an ask."""

    IN_TIME = "in_time"
    LATE = "late"
    EXCLUDED = "excluded"
    HEARD = "heard"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    OVERDUE = "overdue"


class Reason(StrEnum):
    """Why an ask does not count, or cannot be told."""

    UNDELIVERABLE = "undeliverable"
    AWAY = "away"
    GROUP = "group"
    LAST_WORD = "last_word"
    ANSWERED_BY_OTHER = "answered_by_other"
    NOT_SYNCED = "not_synced"
    GAP = "gap"
    DELIVERY_DELAYED = "delivery_delayed"
    MAYBE_UNDELIVERABLE = "maybe_undeliverable"
    UNCERTAIN_SENDER = "uncertain_sender"


class Verdict(StrEnum):
    """What a person's asks say about them, in the order in which people are told."""

    RESPONSIVE = "responsive"
    SLOW = "slow"
    UNRESPONSIVE = "unresponsive"
    UNPROVEN = "unproven"
    WAITING = "waiting"
    UNTESTED = "untested"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Judging:
    """What the user wants to know: within how long, counted how, and how sure."""

    threshold: timedelta = timedelta(hours=48)
    window: timedelta = timedelta(days=730)
    cut: float = 0.5
    confidence: float = 0.9
    clock: Clock = field(default_factory=ElapsedClock)


@dataclass(frozen=True)
class Knowledge:
    """What is known at the moment of judging.

    as_of      the moment for which the outcome is told
    covered    up to when the mailbox is known to be read; None before the first complete pass
    received   for each of the user's addresses, the days (UTC) on which something came in, sorted
    explicit   whether the user chose as_of, so that later facts do not exist
    """

    as_of: datetime
    covered: datetime | None
    received: Mapping[AddrSpec, Sequence[date]]
    explicit: bool = False

    @cached_property
    def horizon(self) -> datetime:
        """Facts after this moment do not exist."""
        return self.as_of if self.explicit else datetime.max.replace(tzinfo=UTC)

    def has(self, moment: datetime | None) -> bool:
        """Whether something that happened at `moment` is known."""
        return moment is not None and moment <= self.horizon


@dataclass(frozen=True, slots=True)
class JudgedAsk:
    """An ask and what became of it. `latency` is in the judging clock, `elapsed` in all hours; None if not exact."""

    ask: Ask
    outcome: Outcome
    reason: Reason | None = None
    evidence: Evidence | None = None
    latency: timedelta | None = None
    elapsed: timedelta | None = None
    nudges: int = 0


def judge(ask: Ask, judging: Judging, known: Knowledge) -> JudgedAsk:
    """The outcome of `ask`: the first of the table in which the words are defined."""
    nudges = sum(known.has(send.at) for send in ask.sent[1:])
    answer = _earliest(ask.exact, known)
    latency = elapsed = None
    if answer is not None:
        latency, elapsed = _latency(ask, answer, judging.clock)
        if latency is not None and latency <= judging.threshold:
            return JudgedAsk(ask, Outcome.IN_TIME, None, answer, latency, elapsed, nudges)
    if _heard_in_time(ask, judging, known):
        return JudgedAsk(ask, Outcome.IN_TIME, None, ask.person, nudges=nudges)
    excluded = _excluded(ask, judging, known)
    if answer is not None and latency is not None:
        outcome = Outcome.EXCLUDED if _is_for_only(excluded) else Outcome.LATE
        reason = excluded if outcome is Outcome.EXCLUDED else None
        return JudgedAsk(ask, outcome, reason, answer, latency, elapsed, nudges)
    if excluded is not None:
        return JudgedAsk(ask, Outcome.EXCLUDED, excluded, answer or _known(ask.human, known), nudges=nudges)
    heard = answer or _known(ask.human, known)
    if heard is not None:
        return JudgedAsk(ask, Outcome.HEARD, None, heard, nudges=nudges)
    outcome, doubt = _unanswered(ask, judging, known)
    return JudgedAsk(ask, outcome, doubt, nudges=nudges)


def _earliest(exact: Sequence[Evidence], known: Knowledge) -> Evidence | None:
    replies = [reply for reply in exact if known.has(reply.at)]
    return min(replies, key=lambda reply: (reply.at, EXACT.index(reply.rung), reply.identity), default=None)


def _known(evidence: Evidence | None, known: Knowledge) -> Evidence | None:
    return evidence if evidence is not None and known.has(evidence.at) else None


def _latency(ask: Ask, reply: Evidence, clock: Clock) -> tuple[timedelta | None, timedelta | None]:
    """How long the reply took, in the clock and in all hours; (None, None) if the stamps contradict each other."""
    first = ask.sent[0]
    start = first.at_latest if first.at_latest <= reply.at else first.at
    if reply.at >= start:
        return clock.between(start, reply.at), reply.at - start
    if start - reply.at <= SKEW:
        return timedelta(0), timedelta(0)
    return None, None


def _heard_in_time(ask: Ask, judging: Judging, known: Knowledge) -> bool:
    person = _known(ask.person, known)
    return person is not None and judging.clock.between(ask.asked_at, person.at) <= judging.threshold


def _is_undeliverable(ask: Ask, _: Judging, known: Knowledge) -> bool:
    sent = [send for send in ask.sent if known.has(send.at)]
    return bool(sent) and all(known.has(send.bounced_at) for send in sent)


def _is_away(ask: Ask, judging: Judging, known: Knowledge) -> bool:
    note = ask.away_at
    return note is not None and known.has(note) and note <= judging.clock.after(ask.asked_at, judging.threshold)


# The first that holds; those marked for-only also set aside a late answer.
_EXCLUDING: tuple[tuple[Reason, bool, Callable[[Ask, Judging, Knowledge], bool]], ...] = (
    (Reason.UNDELIVERABLE, False, _is_undeliverable),
    (Reason.AWAY, True, _is_away),
    (Reason.GROUP, True, lambda ask, _, __: ask.group),
    (Reason.LAST_WORD, True, lambda ask, _, __: ask.last_word),
    (Reason.ANSWERED_BY_OTHER, True, lambda ask, _, known: known.has(ask.by_other_at)),
)


def _excluded(ask: Ask, judging: Judging, known: Knowledge) -> Reason | None:
    return next((reason for reason, _, holds in _EXCLUDING if holds(ask, judging, known)), None)


def _is_for_only(reason: Reason | None) -> bool:
    return any(for_only for listed, for_only, _ in _EXCLUDING if listed is reason)


def _unanswered(ask: Ask, judging: Judging, known: Knowledge) -> tuple[Outcome, Reason | None]:
    latest = ask.sent[0].at_latest
    if judging.clock.between(latest, known.as_of) <= judging.threshold:
        return Outcome.WAITING, None
    deadline = judging.clock.after(latest, judging.threshold)
    if known.covered is None or known.covered < deadline:
        return Outcome.UNKNOWN, Reason.NOT_SYNCED
    if _in_gap(ask, deadline, known):
        return Outcome.UNKNOWN, Reason.GAP
    doubts = (
        (Reason.DELIVERY_DELAYED, ask.delayed_at),
        (Reason.MAYBE_UNDELIVERABLE, ask.undeliverable_at),
        (Reason.UNCERTAIN_SENDER, ask.uncertain.at if ask.uncertain else None),
    )
    doubt = next((reason for reason, moment in doubts if known.has(moment)), None)
    return (Outcome.UNKNOWN, doubt) if doubt else (Outcome.OVERDUE, None)


def _in_gap(ask: Ask, deadline: datetime, known: Knowledge) -> bool:
    if known.has(ask.orphaned_at):
        return True
    first, last = (ask.asked_at - GAP).date(), min(deadline + GAP, known.horizon).date()
    days = known.received.get(ask.reply_to, ())
    return bisect_right(days, last) == bisect_left(days, first)


@dataclass(frozen=True, slots=True)
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


def tally(asks: Sequence[JudgedAsk], judging: Judging) -> Tally:
    """Count `asks`, which are those in the window."""
    counts = dict.fromkeys(Outcome, 0)
    for judged in asks:
        counts[judged.outcome] += 1
    overdue = sorted(judged.ask.asked_at for judged in asks if judged.outcome is Outcome.OVERDUE)
    nobody = {Reason.GROUP, Reason.LAST_WORD}
    return Tally(
        in_time=counts[Outcome.IN_TIME],
        late=counts[Outcome.LATE],
        overdue=counts[Outcome.OVERDUE],
        silences=silences(overdue, judging.threshold),
        waiting=counts[Outcome.WAITING],
        heard=counts[Outcome.HEARD],
        excluded=counts[Outcome.EXCLUDED],
        unknown=counts[Outcome.UNKNOWN],
        untellable=sum(judged.outcome is Outcome.EXCLUDED and judged.reason in nobody for judged in asks),
    )


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


def verdict(counted: Tally, judging: Judging, *, unreachable: bool) -> Verdict:
    """The first row of the verdict table that holds; `unproven` if none does."""
    if unreachable:
        return Verdict.UNREACHABLE
    return next((row for row, holds in _RULES if holds(counted, judging)), Verdict.UNPROVEN)


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
    """When the last message sent to `addr` bounced; None if it did not, or if nothing was sent."""
    sent = [send for ask in asks for send in ask.sent if send.to == addr and known.has(send.at)]
    last = max(sent, key=lambda send: (send.at, send.identity), default=None)
    return last.bounced_at if last is not None and known.has(last.bounced_at) else None


def median_latency(asks: Sequence[JudgedAsk]) -> timedelta | None:
    """The median of the exact latencies, in the judging clock; None if there is none."""
    seconds = [judged.latency.total_seconds() for judged in asks if judged.latency is not None]
    return timedelta(seconds=median(seconds)) if seconds else None
