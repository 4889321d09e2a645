"""Markdown (CommonMark with GitHub's tables) to paste into an issue, a wiki or a note."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.formats._doubts import coverage_doubts, not_counted
from tracker.formats._groups import groups
from tracker.formats._words import ORDER, ago, answered, count, duration, headline, moment_words, rule, window
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.report import Report, Row
    from tracker.domain.verdict import Verdict
    from tracker.formats import View

# Everything that CommonMark or GitHub gives a meaning to inside a line: emphasis, code, links, HTML, entities, tables,
# mentions, issue numbers, and addresses that become links by themselves.
_ACTIVE = re.compile(r"([\\`*_{}\[\]()<>#+!|~&$@:]|(?<=www)\.|^[-=.]|(?<=^\d)[.)])", re.IGNORECASE)

_COLUMNS = ("Person", "Company", "Position", "Answered", "Usually", "Last ask", "Not counted")


def render(report: Report, view: View) -> Iterator[str]:
    """The report, complete: everyone in it, by verdict."""
    yield f"# {headline(report).rstrip('.')}\n\n"
    for doubt in coverage_doubts(report.coverage, report.as_of, view, report.judging):
        yield f"**{escape(doubt)}**\n\n"
    messages = count(report.coverage.messages, "message", "messages")
    unreadable = sum(account.unreadable for account in report.coverage.accounts)
    yield (
        f"As of {moment_words(report.as_of, view.zone)}. Mail read: {messages}, {unreadable:,} unreadable. "
        f"Asks of the last {window(report.judging)}.\n\n"
    )
    yield "| Verdict | People | Rule |\n| :-- | --: | :-- |\n"
    for verdict in ORDER:
        yield f"| {verdict.value} | {report.summary.get(verdict, 0)} | {rule(verdict, report.judging)} |\n"
    for verdict, rows in groups(report.rows, ranked=view.ranked, untested=True):
        yield from _group(report, verdict, rows)


def _group(report: Report, verdict: Verdict, rows: list[Row]) -> Iterator[str]:
    yield f"\n## {verdict.value.capitalize()}: {len(rows)}\n\n"
    yield f"| {' | '.join(_COLUMNS)} |\n| :-- | :-- | :-- | --: | --: | --: | :-- |\n"
    for row in rows:
        person = row.connection
        cells = (
            escape(person.name),
            escape(person.company),
            escape(person.position),
            answered(row),
            duration(row.median_latency).replace("<", r"\<") if row.median_latency is not None else "",
            ago(row.last_asked_at, report.as_of).replace("<", r"\<"),
            not_counted(row),
        )
        yield f"| {' | '.join(cells)} |\n"


def escape(text: str) -> str:
    """Text from outside on one line, as letters only: nothing in it is markup."""
    return _ACTIVE.sub(r"\\\1", one_line(text))
