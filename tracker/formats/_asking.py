"""Whom to ask, in a terminal and as fields: the reason in words, and what stands between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.verdict import Verdict
from tracker.formats._columns import UNNAMED
from tracker.formats._doubts import doubts
from tracker.formats._fields import Fields, connection_fields, hours, judging_fields, stamp
from tracker.formats._lines import ASCII, UNICODE, VERDICT_STYLE, Line, cell, headed, isolated, outside, sentences
from tracker.formats._words import ago, count, duration, moment_words, percent, threshold
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.asking import Advice, Advised
    from tracker.domain.report import Reciprocity
    from tracker.formats import View
    from tracker.formats._lines import Signs

_GAP = "  "
_TIME = 9
_WIDE_FROM = 100


def advice_fields(advice: Advice) -> Fields:
    """The whole document: how it was judged, then the people, the surest first."""
    return {
        **judging_fields(advice.as_of, advice.judging),
        "company": one_line(advice.company),
        "others": advice.others,
        "connections": [_advised_fields(one, advice) for one in advice.people],
    }


def _advised_fields(one: Advised, advice: Advice) -> Fields:
    mutual = one.reciprocity
    return {
        **connection_fields(one.row),
        "on_time_rate_low": round(one.low, 3),
        "reason": one_line(_reason(one, advice)),
        "last_contact_at": stamp(one.last_contact_at),
        "you": {
            "asked": mutual.asked if mutual else 0,
            "in_time": mutual.in_time if mutual else 0,
            "unanswered": mutual.unanswered if mutual else 0,
            "median_latency_hours": hours(mutual.median_latency) if mutual else None,
        },
    }


def advice_lines(advice: Advice, view: View) -> Iterator[Line]:
    """The list, no line wider than the view or 80 cells."""
    signs, width = UNICODE if view.unicode else ASCII, max(view.width, 80) - 1
    yield from doubts(advice.coverage, advice.as_of, view, advice.judging)
    yield from headed(_headline(advice), moment_words(advice.as_of, view.zone), width)
    for one in advice.people:
        yield []
        yield _line(one, advice, width, signs)
        yield from _below(_reason(one, advice), width, "", signs)
        warning = _warning(one.reciprocity)
        if warning:
            yield from _below(warning, width, "bold yellow", signs)
    if advice.people:
        yield []
        more = f"{count(advice.others, 'more', 'more')}: tracker ask --limit 0   " if advice.others else ""
        yield [(f"{more}Why?  tracker show NAME", "dim")]


def _below(text: str, width: int, style: str, signs: Signs) -> Iterator[Line]:
    """Running text under a person's name."""
    for line in sentences([text], width - 4, style, signs):
        yield [("    ", ""), *line]


def _headline(advice: Advice) -> str:
    total = len(advice.people) + advice.others
    where = f" at companies called {one_line(advice.company)!r}" if advice.company else ""
    if not total:
        return f"Nobody{where} is known to answer within {threshold(advice.judging)}."
    verb = "answers" if total == 1 else "answer"
    return f"{count(total, 'person', 'people')}{where} {verb} within {threshold(advice.judging)}, the surest first"


def _line(one: Advised, advice: Advice, width: int, signs: Signs) -> Line:
    person = one.row.connection
    name = 28 if width >= _WIDE_FROM - 1 else 22
    job = ", ".join(isolated(part, signs) for part in (outside(person.position), outside(person.company)) if part)
    last = ago(one.last_contact_at, advice.as_of) if one.last_contact_at else ""
    rest = width - 4 - name - len(_GAP) * 2 - _TIME - 8
    return [
        ("  ", ""),
        (f"{signs.verdicts[Verdict.RESPONSIVE]} ", VERDICT_STYLE[Verdict.RESPONSIVE]),
        (cell(outside(person.name) or UNNAMED, name, signs=signs), "bold"),
        (_GAP + cell(job, rest, signs=signs) + _GAP, ""),
        (cell(last and f"contact {last}", _TIME + 8, signs=signs, right=True), "dim"),
    ]


def _reason(one: Advised, advice: Advice) -> str:
    """Why this person, in words: what they did, how sure that is, and how the user answers them."""
    counted, row = one.row.tally, one.row
    asks = count(counted.asks + counted.heard, "ask", "asks")
    words = f"answered {counted.in_time} of {asks} within {threshold(advice.judging)}"
    if row.median_latency is not None:
        words += f", usually after {duration(row.median_latency)}"
    words += f"; at least {percent(one.low)} % are to be expected"
    mutual = one.reciprocity
    if mutual is None:
        return f"{words}; they asked you nothing"
    answered = f"you answer them: {mutual.in_time} of {mutual.asked}"
    quick = f", usually after {duration(mutual.median_latency)}" if mutual.median_latency is not None else ""
    return f"{words}; {answered}{quick}"


def _warning(mutual: Reciprocity | None) -> str:
    if mutual is None or not mutual.unanswered:
        return ""
    mails = count(mutual.unanswered, "mail", "mails")
    return f"You left {mails} of theirs unanswered: answer first, then ask."
