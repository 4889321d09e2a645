"""From the facts of an ask to its outcome, for a threshold and a moment.

Nothing here is ever stored: threshold, window and clock re-judge all of history at once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from tracker.domain.asks import PAUSE, Ask, Evidence
from tracker.domain.clock import Clock, ElapsedClock
from tracker.domain.reception import GAP
from tracker.domain.timing import delivered, earliest, latency_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tracker.domain.asks import Moments
    from tracker.domain.marks import Mark
    from tracker.domain.message import AddrSpec
    from tracker.domain.reception import Lost


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

    MARKED = "marked"
    UNDELIVERABLE = "undeliverable"
    RETIRED_ADDRESS = "retired_address"
    AWAY = "away"
    GROUP = "group"
    LAST_WORD = "last_word"
    ANSWERED_BY_OTHER = "answered_by_other"
    NOT_SYNCED = "not_synced"
    GAP = "gap"
    DELIVERY_DELAYED = "delivery_delayed"
    MAYBE_UNDELIVERABLE = "maybe_undeliverable"
    UNCERTAIN_SENDER = "uncertain_sender"


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
    archived   the same for messages (by identity) that lie in archives alone, which end where they end
    received   for each of the user's addresses, the days (UTC) on which something came in, sorted
    explicit   whether the user chose as_of, so that later facts do not exist
    kept_from  what is older may be stored no longer; None if nothing was ever deleted for its age
    whole_from what is older may not be there, deleted or never read; None if nothing is missing
    lost       for each of the user's addresses, the times of which what came in is not there
    """

    as_of: datetime
    covered: datetime | None
    received: Mapping[AddrSpec, Sequence[date]]
    explicit: bool = False
    archived: Mapping[str, datetime] = field(default_factory=dict)
    kept_from: datetime | None = None
    whole_from: datetime | None = None
    lost: Mapping[AddrSpec, Sequence[Lost]] = field(default_factory=dict)

    def covered_for(self, ask: Ask) -> datetime | None:
        """Up to when an answer to `ask` would be known; None if that cannot be told."""
        return self.covered_to(send.identity for send in ask.sent)

    def covered_to(self, identities: Iterable[str]) -> datetime | None:
        """The same for the messages of an ask, at least one."""
        if self.covered is None or not self.archived:
            return self.covered
        return min(self.archived.get(identity, self.covered) for identity in identities)

    @cached_property
    def horizon(self) -> datetime:
        """Facts after this moment do not exist."""
        return self.as_of if self.explicit else datetime.max.replace(tzinfo=UTC)

    def may_lack_context(self, ask: Moments, due: datetime) -> bool:
        """Whether what bears on an ask may not be there: an answer, a word before it, an absence note."""
        asked_at = ask.asked_at
        if any(moment is not None and asked_at < moment + GAP for moment in (self.kept_from, self.whole_from)):
            return True
        return any(one.bears_on(asked_at, due) for one in self.lost.get(ask.reply_to, ()))

    def may_lack_asks(self, since: datetime) -> bool:
        """Whether asks sent after `since` may have been deleted, and the answers to them."""
        return self.kept_from is not None and since < self.kept_from

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

    @property
    def asked_at(self) -> datetime:
        """When it was first asked."""
        return self.ask.asked_at

    @property
    def latest(self) -> datetime:
        """When it was first sent, by the later of the message's stamps."""
        return self.ask.sent[0].at_latest

    @property
    def rule(self) -> str:
        """The name of the rule that decided, for people; empty where the words of the outcome say it all."""
        if self.reason is Reason.UNCERTAIN_SENDER and self.ask.uncertain is not None:
            return self.ask.uncertain.rule
        if self.reason is not None:
            return dict(self.ask.rules).get(self.reason, "")
        return self.evidence.rule if self.evidence is not None else ""


def judge(ask: Ask, judging: Judging, known: Knowledge, marks: Sequence[Mark] = ()) -> JudgedAsk:
    """The outcome of `ask`: the first of the table in which the words are defined. `marks` are the user's word."""
    nudges = sum(known.has(send.at) for send in ask.sent[1:])
    answer = earliest(ask, known)
    if any(mark.expects_no_reply(ask) for mark in marks):
        return JudgedAsk(ask, Outcome.EXCLUDED, Reason.MARKED, answer, nudges=nudges)
    latency = elapsed = None
    if answer is not None:
        latency, elapsed = latency_of(ask, answer, judging.clock, known)
        if latency is not None and latency <= judging.threshold:
            return JudgedAsk(ask, Outcome.IN_TIME, None, answer, latency, elapsed, nudges)
    if _heard_in_time(ask, judging, known):
        return JudgedAsk(ask, Outcome.IN_TIME, None, ask.person, nudges=nudges)
    excluded = excuse(ask, judging, known)
    if answer is not None and latency is not None:
        reason = for_only(ask, deadline(ask, judging, known), known)
        outcome = Outcome.LATE if reason is None else Outcome.EXCLUDED
        return JudgedAsk(ask, outcome, reason, answer, latency, elapsed, nudges)
    if excluded is not None:
        return JudgedAsk(ask, Outcome.EXCLUDED, excluded, answer, nudges=nudges)
    heard = answer or _known(ask.human, known)
    if heard is not None or any(mark.clears(ask) and known.has(mark.heard_at) for mark in marks):
        return JudgedAsk(ask, Outcome.HEARD, None, heard, nudges=nudges)
    latest, covered = delivered(ask, known).at_latest, known.covered_for(ask)
    outcome, doubt = unanswered(ask, latest, covered, judging=judging, known=known)
    return JudgedAsk(ask, outcome, doubt, nudges=nudges)


def _known(evidence: Evidence | None, known: Knowledge) -> Evidence | None:
    return evidence if evidence is not None and known.has(evidence.at) else None


def _heard_in_time(ask: Ask, judging: Judging, known: Knowledge) -> bool:
    person = _known(ask.person, known)
    if person is None:
        return False
    sent_at = delivered(ask, known).at
    start = sent_at if sent_at <= person.at else ask.asked_at
    return judging.clock.between(start, person.at) <= judging.threshold


def _is_undeliverable(ask: Ask, _: Judging, known: Knowledge) -> bool:
    sent = [send for send in ask.sent if known.has(send.at)]
    return bool(sent) and all(known.has(send.bounced_at) for send in sent)


def _is_retired(ask: Ask, judging: Judging, known: Knowledge) -> bool:
    """Whether a note that nobody reads the address came about when an answer to any sending was due.

    Who leaves long after an ask was there to answer it.
    """
    return any(
        known.has(send.at)
        and send.retired_at is not None
        and known.has(send.retired_at)
        and send.retired_at <= judging.clock.after(send.at_latest, judging.threshold) + PAUSE
        for send in ask.sent
    )


def _is_away(ask: Moments, due: datetime, known: Knowledge) -> bool:
    note = ask.away_at
    return note is not None and known.has(note) and note <= due


def deadline(ask: Ask, judging: Judging, known: Knowledge) -> datetime:
    """When an answer is due, in the ask's favour: counted from the later stamp of the first sending that arrived."""
    return judging.clock.after(delivered(ask, known).at_latest, judging.threshold)


# What was sent did not come to anybody. The first that holds.
_RETURNED: tuple[tuple[Reason, Callable[[Ask, Judging, Knowledge], bool]], ...] = (
    (Reason.UNDELIVERABLE, _is_undeliverable),
    (Reason.RETIRED_ADDRESS, _is_retired),
)

# Of these asks only an answer in time counts: they can speak for the person, and never against. The first that holds.
_FOR_ONLY: tuple[tuple[Reason, Callable[[Moments, datetime, Knowledge], bool]], ...] = (
    (Reason.AWAY, _is_away),
    (Reason.GROUP, lambda ask, _, __: ask.group),
    (Reason.LAST_WORD, lambda ask, _, __: ask.last_word),
    (Reason.ANSWERED_BY_OTHER, lambda ask, _, known: known.has(ask.by_other_at)),
)


def excuse(ask: Ask, judging: Judging, known: Knowledge) -> Reason | None:
    """Why `ask` cannot speak against the person, whatever became of it; None if it can."""
    returned = next((reason for reason, holds in _RETURNED if holds(ask, judging, known)), None)
    return returned or for_only(ask, deadline(ask, judging, known), known)


def for_only(ask: Moments, due: datetime, known: Knowledge) -> Reason | None:
    """Why even a late answer cannot speak against the person; None if it can. `due` is the ask's deadline."""
    for reason, holds in _FOR_ONLY:
        if holds(ask, due, known):
            return reason
    return None


def unanswered(
    ask: Moments, latest: datetime, covered: datetime | None, *, judging: Judging, known: Knowledge
) -> tuple[Outcome, Reason | None]:
    """What silence means of an ask that may speak against the person.

    latest   when it was sent, by the later of its stamps
    covered  up to when an answer to it would be known
    """
    if judging.clock.between(latest, known.as_of) <= judging.threshold:
        return Outcome.WAITING, None
    due = judging.clock.after(latest, judging.threshold)
    if covered is None or covered < due or known.may_lack_context(ask, due):
        return Outcome.UNKNOWN, Reason.NOT_SYNCED
    if _in_gap(ask, due, known):
        return Outcome.UNKNOWN, Reason.GAP
    doubts = (
        (Reason.DELIVERY_DELAYED, ask.delayed_at),
        (Reason.MAYBE_UNDELIVERABLE, ask.undeliverable_at),
        (Reason.UNCERTAIN_SENDER, ask.uncertain_at),
    )
    doubt = next((reason for reason, moment in doubts if known.has(moment)), None)
    return (Outcome.UNKNOWN, doubt) if doubt else (Outcome.OVERDUE, None)


def _in_gap(ask: Moments, due: datetime, known: Knowledge) -> bool:
    if known.has(ask.orphaned_at):
        return True
    # Only days are known: what came in on the last day of an explicit as_of may have come after it.
    first, last = (ask.asked_at - GAP).date(), min(due + GAP, known.horizon - timedelta(days=1)).date()
    days = known.received.get(ask.reply_to, ())
    return bisect_right(days, last) == bisect_left(days, first)
