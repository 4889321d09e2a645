"""The report for reading in a terminal: the answer first, then people by verdict with their asks as signs.

What a report does not need is loaded where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.outcome import Outcome
from tracker.domain.verdict import Verdict
from tracker.formats._columns import INDENT, columns, heading, person_line
from tracker.formats._doubts import doubts
from tracker.formats._groups import groups
from tracker.formats._lines import (
    ASCII,
    OUTCOME_STYLE,
    UNICODE,
    VERDICT_STYLE,
    Line,
    Signs,
    cut,
    fill,
    headed,
    isolated,
    loud,
    outside,
    paint,
)
from tracker.formats._words import (
    ORDER,
    asked_people,
    count,
    headline,
    moment_words,
    near_words,
    never_asked,
    rule,
    threshold,
    window,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.domain.asking import Advice
    from tracker.domain.connection import Connection
    from tracker.domain.diagnosis import Diagnosis
    from tracker.domain.linking import Candidate
    from tracker.domain.report import Report, Row, Story
    from tracker.domain.tuning import Tuning
    from tracker.domain.waiting import Waiting
    from tracker.formats import View

NARROWEST = 80
"""Below this many cells lines are those of this width."""

_ACCOUNT = 30


def render(report: Report, view: View) -> Iterator[str]:
    """The report; no line is wider than the view, or than `NARROWEST`."""
    for line in _lines(report, view):
        yield paint(line, colour=view.colour)


def render_prune(report: Report, view: View) -> Iterator[str]:
    """The people of the report, as in the report."""
    return render(report, view)


def render_story(story: Story, view: View) -> Iterator[str]:
    """The evidence behind one verdict, an ask a line."""
    from tracker.formats._story import story_lines

    for line in story_lines(story, view):
        yield paint(line, colour=view.colour)


def render_waiting(waiting: Waiting, view: View) -> Iterator[str]:
    """The open asks, one a line."""
    from tracker.formats._waiting import waiting_lines

    for line in waiting_lines(waiting, view):
        yield paint(line, colour=view.colour)


def render_proposals(proposals: Sequence[tuple[Connection, Candidate]], view: View) -> Iterator[str]:
    """Each address that may be somebody's, with the reasons below."""
    from tracker.formats._linking import proposal_lines

    for line in proposal_lines(proposals, view):
        yield paint(line, colour=view.colour)


def render_advice(advice: Advice, view: View) -> Iterator[str]:
    """Whom to ask, one a line."""
    from tracker.formats._asking import advice_lines

    for line in advice_lines(advice, view):
        yield paint(line, colour=view.colour)


def render_tuning(tuning: Tuning, view: View) -> Iterator[str]:
    """What each threshold would change, one a line."""
    from tracker.formats._tuning import tuning_lines

    for line in tuning_lines(tuning, view):
        yield paint(line, colour=view.colour)


def render_diagnosis(diagnosis: Diagnosis, view: View) -> Iterator[str]:
    """What the doctor found, one check a line, with the remedy below."""
    from tracker.formats._diagnosis import diagnosis_lines

    for line in diagnosis_lines(diagnosis, view):
        yield paint(line, colour=view.colour)


def _lines(report: Report, view: View) -> Iterator[Line]:
    signs, width = UNICODE if view.unicode else ASCII, max(view.width, NARROWEST) - 1
    yield from doubts(report.coverage, report.as_of, view, report.judging)
    yield from headed(headline(report), moment_words(report.as_of, view.zone), width)
    if not report.connections:
        yield [("Import them:  tracker import Connections.csv", "")]
        return
    yield []
    if asked_people(report.summary):
        yield [*_bar(report, width, signs)]
        yield from fill(_legend(report, signs), width, gap="   ", signs=signs)
        yield []
        yield from fill(_sign_legend(report, signs), width, gap="   ", signs=signs)
        yield []
    yield from _people(report, view, signs)
    yield from _footer(report, view, width, signs)


def _bar(report: Report, width: int, signs: Signs) -> Line:
    """Everyone who was asked, side by side. Nobody's share is too small to be seen."""
    numbers = {verdict: report.summary.get(verdict, 0) for verdict in ORDER if verdict is not Verdict.UNTESTED}
    shown = {verdict: number for verdict, number in numbers.items() if number}
    total, free = sum(shown.values()), width - len(shown)
    exact = {verdict: number * free / total for verdict, number in shown.items()}
    cells = {verdict: 1 + int(share) for verdict, share in exact.items()}
    for verdict in sorted(exact, key=lambda name: int(exact[name]) - exact[name])[: width - sum(cells.values())]:
        cells[verdict] += 1
    return [(signs.bar[verdict] * size, VERDICT_STYLE[verdict]) for verdict, size in cells.items()]


def _legend(report: Report, signs: Signs) -> Iterator[Line]:
    for verdict in ORDER:
        number = report.summary.get(verdict, 0)
        if number and verdict is not Verdict.UNTESTED:
            yield [(f"{signs.verdicts[verdict]} {number:,} {verdict.value}", loud(verdict))]


def _sign_legend(report: Report, signs: Signs) -> Iterator[Line]:
    words = {
        Outcome.IN_TIME: f"within {threshold(report.judging)}",
        Outcome.LATE: "later",
        Outcome.OVERDUE: "no answer",
        Outcome.WAITING: "open",
    }
    yield [("Each sign is one ask:", "dim")]
    for outcome, word in words.items():
        yield [(signs.outcomes[outcome], OUTCOME_STYLE[outcome]), (f" {word}", "")]


def _people(report: Report, view: View, signs: Signs) -> Iterator[Line]:
    chosen = columns(view.width)
    shown = list(groups(report.rows, ranked=view.ranked, untested=view.chosen))
    if shown:
        yield heading(chosen, signs)
    for verdict, rows in shown:
        yield _group_heading(report, verdict, rows, signs)
        listed = rows if view.per_group is None else rows[: view.per_group]
        for row in listed:
            yield person_line(row, report, chosen, signs)
        if len(listed) < len(rows):
            more = f"{signs.ellipsis} {len(rows) - len(listed):,} more:  tracker report --verdict {verdict.value}"
            yield [(" " * INDENT + more, "dim")]
        yield []
    if not shown:
        yield [("No one to list with these options.", "")]
        yield []


def _group_heading(report: Report, verdict: Verdict, rows: list[Row], signs: Signs) -> Line:
    everyone = report.summary.get(verdict, 0)
    number = f"{len(rows):,}" if len(rows) >= everyone else f"{len(rows):,} of {everyone:,}"
    colour = VERDICT_STYLE[verdict]
    return [
        (f"{signs.verdicts[verdict]} {verdict.value.upper()} {number}", loud(verdict)),
        (f"  {rule(verdict, report.judging)}", f"dim {colour}".strip()),
    ]


def _footer(report: Report, view: View, width: int, signs: Signs) -> Iterator[Line]:
    untold = never_asked(report)
    if untold:
        yield [(untold, "dim")]
    yield from fill(_reading(report, view, signs), width, gap=" ", signs=signs)


def _reading(report: Report, view: View, signs: Signs) -> Iterator[Line]:
    """How much was read and of what; each account is a piece, so that a line can break before it."""
    coverage, now = report.coverage, report.as_of
    read = f"Mail read: {count(coverage.messages, 'message', 'messages')}"
    unreadable = sum(account.unreadable for account in coverage.accounts)
    end = f", {unreadable:,} unreadable." if unreadable else "."
    texts = [
        f"{isolated(cut(outside(account.name), _ACCOUNT, signs.ellipsis), signs)} "
        + (f"to {near_words(account.read_to, now, view.zone, minutes=True)}" if account.read_to else "not yet")
        for account in coverage.accounts
    ]
    if texts:
        texts[0] = f"{read} ({texts[0]}"
        texts[:-1] = [f"{text} {signs.dot}" for text in texts[:-1]]
        texts[-1] += f"){end}"
    else:
        texts = [f"{read}{end}"]
    for text in (*texts, f"Asks of the last {window(report.judging)}.", "Why?  tracker show NAME"):
        yield [(text, "dim")]
