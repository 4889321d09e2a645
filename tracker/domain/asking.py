"""Whom to ask for an introduction, a meeting or a referral: those who answer in time, the surest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.connection import folded
from tracker.domain.verdict import Verdict, wilson

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tracker.domain.connection import ConnectionId
    from tracker.domain.coverage import Coverage
    from tracker.domain.outcome import Judging
    from tracker.domain.report import Reciprocity, Report, Row


@dataclass(frozen=True, slots=True)
class Advised:
    """Somebody to ask. `low` is the least share of asks answered in time that the evidence allows."""

    row: Row
    low: float
    reciprocity: Reciprocity | None = None

    @property
    def last_contact_at(self) -> datetime | None:
        """When one of the two last wrote to the other."""
        moments = [at for at in (self.row.last_asked_at, self.row.last_heard_at) if at is not None]
        return max(moments, default=None)


@dataclass(frozen=True, slots=True)
class Advice:
    """Whom to ask at companies whose name contains `company`; `others` more are responsive than are listed."""

    as_of: datetime
    judging: Judging
    coverage: Coverage
    company: str
    people: tuple[Advised, ...]
    others: int


def advise(
    report: Report, company: str, reciprocity: Callable[[ConnectionId], Reciprocity | None], *, limit: int | None
) -> Advice:
    """The responsive people of the report by the lower Wilson bound of their share in time, at most `limit`.

    `reciprocity` is asked for those who are listed only.
    """
    wanted = folded(company)
    found = [
        Advised(row, on_time_low(row, report.judging))
        for row in report.rows
        if row.verdict is Verdict.RESPONSIVE and wanted in folded(row.connection.company)
    ]
    found.sort(key=lambda one: (-one.low, one.row.connection.name.casefold(), one.row.connection.id))
    listed = tuple(Advised(one.row, one.low, reciprocity(one.row.connection.id)) for one in found[: limit or None])
    return Advice(report.as_of, report.judging, report.coverage, company, listed, len(found) - len(listed))


def on_time_low(row: Row, judging: Judging) -> float:
    """The lower one-sided Wilson bound of the share of asks that were answered in time."""
    counted = row.tally.asks + row.tally.heard
    return wilson(row.tally.in_time, counted, judging.confidence)[0] if counted else 0.0
