"""What a digest tells: which asks fall due, which passed their time, which were answered, and nothing about people.

It holds moments and asks, no verdict; within each part the order is that of time, so that it ranks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.domain.coverage import STALE
from tracker.domain.outcome import Outcome, deadline

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.domain.connection import Connection
    from tracker.domain.coverage import Coverage
    from tracker.domain.outcome import JudgedAsk, Judging, Knowledge
    from tracker.domain.report import Report

AHEAD = timedelta(hours=48)
"""How far a digest looks ahead, by the clock on the wall."""


@dataclass(frozen=True, slots=True)
class Due:
    """An open ask whose time runs out soon; `left` is the time until then, in the judging clock."""

    connection: Connection
    judged: JudgedAsk
    due_at: datetime
    left: timedelta


@dataclass(frozen=True, slots=True)
class Passed:
    """An ask whose time ran out at `due_at` without an answer."""

    connection: Connection
    judged: JudgedAsk
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """An ask that was answered at `at`."""

    connection: Connection
    judged: JudgedAsk
    at: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """What happened in the time `since` before `as_of`, and what falls due after `now`.

    due       the next to run out first
    passed    the latest to run out first
    answered  the latest answer first
    """

    now: datetime
    as_of: datetime
    since: timedelta
    judging: Judging
    coverage: Coverage
    due: tuple[Due, ...] = ()
    passed: tuple[Passed, ...] = ()
    answered: tuple[Answered, ...] = ()

    @property
    def is_behind(self) -> bool:
        """Whether the mailbox was read once, but not lately: then silence would be taken for a quiet week."""
        is_polled = any(not account.is_archive for account in self.coverage.accounts)
        return is_polled and self.coverage.as_of is not None and self.now - self.as_of > STALE

    @property
    def has_news(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.due or self.passed or self.answered) or self.is_behind


def build_digest(report: Report, known: Knowledge, *, now: datetime, since: timedelta) -> Digest:
    """The digest of the asks in `report`, told at `now`.

    What happened is told up to the report's own moment. An ask whose time ran out after that moment and before `now`
    is left to the next digest, since nobody knows yet whether it was answered.
    """
    judging, from_then = report.judging, report.as_of - since
    due: list[Due] = []
    passed: list[Passed] = []
    answered: list[Answered] = []
    for row in report.rows:
        for judged in row.asks:
            if judged.outcome in _ANSWERED:
                if judged.evidence is not None and judged.evidence.at > from_then:
                    answered.append(Answered(row.connection, judged, judged.evidence.at))
            elif judged.outcome in _UNANSWERED:
                due_at = deadline(judged.ask, judging, known)
                if judged.outcome is Outcome.OVERDUE and due_at > from_then:
                    passed.append(Passed(row.connection, judged, due_at))
                elif judged.outcome is Outcome.WAITING and now < due_at <= now + AHEAD:
                    due.append(Due(row.connection, judged, due_at, judging.clock.between(now, due_at)))
    return Digest(
        now=now,
        as_of=report.as_of,
        since=since,
        judging=judging,
        coverage=report.coverage,
        due=tuple(sorted(due, key=lambda one: (one.due_at, _tie(one)))),
        passed=tuple(sorted(passed, key=lambda one: (-one.due_at.timestamp(), _tie(one)))),
        answered=tuple(sorted(answered, key=lambda one: (-one.at.timestamp(), _tie(one)))),
    )


_ANSWERED = frozenset({Outcome.IN_TIME, Outcome.LATE})
_UNANSWERED = frozenset({Outcome.WAITING, Outcome.OVERDUE})


def _tie(one: Due | Passed | Answered) -> tuple[str, int, str]:
    return one.connection.name.casefold(), one.connection.id, one.judged.ask.identity
