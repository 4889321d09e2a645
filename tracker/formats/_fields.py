"""The fields of the machine-readable formats: names, order and units are a contract with other people's scripts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tracker.domain.verdict import Verdict
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from tracker.domain.coverage import Coverage
    from tracker.domain.outcome import JudgedAsk, Judging
    from tracker.domain.report import Report, Row, Story

Fields = dict[str, object]

_WITHOUT_ZONE = len("2026-11-20T09:00:00")

_SUMMARY = (
    Verdict.RESPONSIVE,
    Verdict.SLOW,
    Verdict.UNRESPONSIVE,
    Verdict.UNPROVEN,
    Verdict.WAITING,
    Verdict.UNTESTED,
    Verdict.UNREACHABLE,
)

COLUMNS = (
    "id", "name", "company", "position", "profile_url", "connected_on", "addresses", "verdict",
    "asks", "in_time", "late", "overdue", "silences", "waiting", "heard", "excluded", "unknown",
    "on_time_rate", "reply_rate", "reply_rate_low", "reply_rate_high",
    "median_latency_hours", "last_asked_at", "last_reply_at", "last_heard_at",
)  # fmt: skip
"""The fields of a connection, in their order."""


def stamp(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with Z, whole seconds."""
    return None if moment is None else f"{moment.astimezone(UTC).isoformat(timespec='seconds')[:_WITHOUT_ZONE]}Z"


def hours(span: timedelta | None) -> float | None:
    """Hours, to the thousandth."""
    return None if span is None else round(span / timedelta(hours=1), 3)


def head_fields(report: Report) -> Fields:
    """Everything of a report but its connections."""
    return {
        **judging_fields(report.as_of, report.judging),
        "coverage": _coverage(report.coverage),
        "summary": {
            "connections": report.connections,
            **{verdict.value: report.summary.get(verdict, 0) for verdict in _SUMMARY},
        },
    }


def judging_fields(as_of: datetime, judging: Judging) -> Fields:
    """The moment for which a document holds, and how it was judged."""
    days = judging.window / timedelta(days=1)
    return {
        "schema": 1,
        "as_of": stamp(as_of),
        "threshold_hours": hours(judging.threshold),
        "clock": judging.clock.name,
        "window_days": int(days) if days.is_integer() else days,
    }


def _coverage(coverage: Coverage) -> Fields:
    accounts = [
        {
            "name": one_line(account.name),
            "synced_at": stamp(account.synced_at),
            "folders": account.folders,
            "messages": account.messages,
            "unreadable": account.unreadable,
            "missing": account.missing,
        }
        for account in coverage.accounts
    ]
    return {"complete": coverage.complete, "accounts": accounts}


def connection_fields(row: Row) -> Fields:
    """A connection with what its asks add up to: `COLUMNS` in their order."""
    person, counted = row.connection, row.tally
    low, high = row.reply_bounds or (None, None)
    return {
        "id": person.id,
        "name": one_line(person.name),
        "company": one_line(person.company),
        "position": one_line(person.position),
        "profile_url": None if person.profile_url is None else one_line(person.profile_url),
        "connected_on": person.connected_on.isoformat() if person.connected_on else None,
        "addresses": [one_line(addr) for addr in person.addresses],
        "verdict": row.verdict.value,
        "asks": counted.asks,
        "in_time": counted.in_time,
        "late": counted.late,
        "overdue": counted.overdue,
        "silences": counted.silences,
        "waiting": counted.waiting,
        "heard": counted.heard,
        "excluded": counted.excluded,
        "unknown": counted.unknown,
        "on_time_rate": _share(counted.on_time_rate),
        "reply_rate": _share(counted.reply_rate),
        "reply_rate_low": _share(low),
        "reply_rate_high": _share(high),
        "median_latency_hours": hours(row.median_latency),
        "last_asked_at": stamp(row.last_asked_at),
        "last_reply_at": stamp(row.last_reply_at),
        "last_heard_at": stamp(row.last_heard_at),
    }


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def asked_fields(row: Row, clock: str) -> Fields:
    """A connection with its asks."""
    return {**connection_fields(row), "asks_detail": [ask_fields(judged, clock) for judged in row.asks]}


def story_fields(story: Story) -> Fields:
    """The one connection of a story with its asks."""
    return asked_fields(story.row, story.judging.clock.name)


def ask_fields(judged: JudgedAsk, clock: str) -> Fields:
    """One ask and what became of it; the working latency is known only where the working clock judged it."""
    ask, answer = judged.ask, judged.evidence
    return {
        "asked_at": stamp(ask.asked_at),
        "subject": one_line(ask.subject),
        "nudges": judged.nudges,
        "channel": ask.channel.value,
        "outcome": judged.outcome.value,
        "reason": judged.reason.value if judged.reason else None,
        "paired_by": answer.rung.value if answer else None,
        "answered_at": stamp(answer.at) if answer else None,
        "latency_hours": hours(judged.elapsed),
        "working_latency_hours": hours(judged.latency) if clock == "working" else None,
        "message_id": _outside(ask.sent[0].message_id),
        "reply_message_id": _outside(answer.message_id) if answer else None,
        "kind_of_reply": answer.kind.value if answer else None,
    }


def _outside(text: str | None) -> str | None:
    return None if text is None else one_line(text)
