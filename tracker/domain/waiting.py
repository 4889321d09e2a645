"""The open asks: what may still be answered in time, and how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.outcome import JudgedAsk, Judging, Knowledge, Outcome, deadline

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from tracker.domain.connection import Connection
    from tracker.domain.coverage import Coverage
    from tracker.domain.report import Report


@dataclass(frozen=True, slots=True)
class OpenAsk:
    """An ask that waits for its answer until `due_at`; `left` is the time until then, in the judging clock."""

    connection: Connection
    judged: JudgedAsk
    due_at: datetime
    left: timedelta


@dataclass(frozen=True, slots=True)
class Waiting:
    """The open asks, the next to become overdue first."""

    as_of: datetime
    judging: Judging
    coverage: Coverage
    asks: tuple[OpenAsk, ...]


def open_asks(report: Report, known: Knowledge) -> Waiting:
    """The asks of `report` that are waiting."""
    judging = report.judging
    found = []
    for row in report.rows:
        for judged in row.asks:
            if judged.outcome is Outcome.WAITING:
                due = deadline(judged.ask, judging, known)
                left = judging.clock.between(known.as_of, due)
                found.append(OpenAsk(row.connection, judged, due, left))
    found.sort(key=lambda one: (one.due_at, one.connection.name.casefold(), one.connection.id, one.judged.ask.identity))
    return Waiting(report.as_of, judging, report.coverage, tuple(found))
