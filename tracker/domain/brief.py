"""An ask in brief: one sending, at most one answer, and the moments that may bear on what became of it.

Most asks of a large mailbox can be told so. They are read and judged in a fraction of the time that a whole `Ask`
takes, and always as `judge` would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from tracker.domain.outcome import Outcome, for_only, unanswered

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from tracker.domain.asks import Ask
    from tracker.domain.message import AddrSpec
    from tracker.domain.outcome import Judging, Knowledge, Reason


class Brief(NamedTuple):
    """What is left of such an ask; every other field is as in `Ask`. Times are aware UTC.

    asked_at     when it was sent, by both stamps of its message
    answered_at  when the exact reply came, not before it
    person_at    when the message of the `person` rung came, not before it
    human_at     when their earliest message of any sort after it came
    """

    identity: str
    reply_to: AddrSpec
    last_word: bool
    group: bool
    asked_at: datetime
    answered_at: datetime | None = None
    person_at: datetime | None = None
    human_at: datetime | None = None
    uncertain_at: datetime | None = None
    by_other_at: datetime | None = None
    away_at: datetime | None = None
    delayed_at: datetime | None = None
    undeliverable_at: datetime | None = None
    orphaned_at: datetime | None = None


class Window(NamedTuple):
    """Which asks are to be told: those after `since`; and nothing that happened after `horizon` exists."""

    since: datetime
    horizon: datetime


class Older(NamedTuple):
    """What the asks of a person that lie before a window add up to."""

    asks: int
    last_asked_at: datetime
    last_reply_at: datetime | None = None


def brief_of(ask: Ask) -> Brief | None:
    """The ask in brief; None if it was sent twice, came back, or has stamps or answers that contradict each other."""
    first, *nudges = ask.sent
    answer, *further = ask.exact or (None,)
    moments = [one.at for one in (answer, ask.person) if one is not None]
    if nudges or further or first.at_latest != first.at or came_back(ask) or min(moments, default=first.at) < first.at:
        return None
    return Brief(
        identity=first.identity,
        reply_to=ask.reply_to,
        last_word=ask.last_word,
        group=ask.group,
        asked_at=first.at,
        answered_at=answer.at if answer else None,
        person_at=ask.person.at if ask.person else None,
        human_at=ask.human.at if ask.human else None,
        uncertain_at=ask.uncertain_at,
        by_other_at=ask.by_other_at,
        away_at=ask.away_at,
        delayed_at=ask.delayed_at,
        undeliverable_at=ask.undeliverable_at,
        orphaned_at=ask.orphaned_at,
    )


def came_back(ask: Ask) -> bool:
    """Whether anything that was sent came back, or told that nobody reads the address.

    Whether an address is dead depends on all that was sent there, so that no ask of such a person is read in brief.
    """
    return any(send.bounced_at is not None or send.retired_at is not None for send in ask.sent)


class Judged(Protocol):
    """What became of an ask. `latest` is when it was sent by the later of its stamps; `latency` is in the clock."""

    @property
    def outcome(self) -> Outcome: ...  # noqa: D102 -- as the class says
    @property
    def reason(self) -> Reason | None: ...  # noqa: D102 -- as the class says
    @property
    def latency(self) -> timedelta | None: ...  # noqa: D102 -- as the class says
    @property
    def asked_at(self) -> datetime: ...  # noqa: D102 -- as the class says
    @property
    def latest(self) -> datetime: ...  # noqa: D102 -- as the class says


class JudgedBrief(NamedTuple):
    """What became of an ask in brief. `latency` is in the judging clock, None without an exact answer."""

    asked_at: datetime
    outcome: Outcome
    reason: Reason | None = None
    latency: timedelta | None = None

    @property
    def latest(self) -> datetime:
        """When it was sent: its two stamps agree."""
        return self.asked_at


def judge_brief(ask: Brief, judging: Judging, known: Knowledge) -> JudgedBrief:
    """The outcome of an ask about which the user said nothing: the same ladder as that of `judge`."""
    asked_at = ask.asked_at
    latency = _passed(asked_at, ask.answered_at, judging, known)
    if latency is not None and latency <= judging.threshold:
        return JudgedBrief(asked_at, _IN_TIME, None, latency)
    heard = _passed(asked_at, ask.person_at, judging, known)
    if heard is not None and heard <= judging.threshold:
        return JudgedBrief(asked_at, _IN_TIME)
    reason = for_only(ask, judging.clock.after(asked_at, judging.threshold), known)
    if reason is not None:
        return JudgedBrief(asked_at, _EXCLUDED, reason, latency)
    if latency is not None:
        return JudgedBrief(asked_at, _LATE, None, latency)
    if known.has(ask.human_at):
        return JudgedBrief(asked_at, _HEARD)
    covered = known.covered_to((ask.identity,))
    return JudgedBrief(asked_at, *unanswered(ask, asked_at, covered, judging=judging, known=known))


def _passed(start: datetime, end: datetime | None, judging: Judging, known: Knowledge) -> timedelta | None:
    """The time from `start` to `end` in the clock; None if nothing is known to have happened then."""
    return judging.clock.between(start, end) if end is not None and known.has(end) else None


# An enumeration looks its members up each time.
_IN_TIME, _LATE, _EXCLUDED, _HEARD = Outcome.IN_TIME, Outcome.LATE, Outcome.EXCLUDED, Outcome.HEARD
