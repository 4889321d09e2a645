"""The open asks in a terminal, and as fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.outcome import Outcome
from tracker.formats._columns import UNNAMED
from tracker.formats._doubts import doubts
from tracker.formats._fields import Fields, hours, stamp
from tracker.formats._lines import ASCII, OUTCOME_STYLE, UNICODE, Line, cell, headed, outside
from tracker.formats._words import ago, count, left, moment_words
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.waiting import OpenAsk, Waiting
    from tracker.formats import View
    from tracker.formats._lines import Signs

_TIME = 9
_NUDGES = 6
_GAP = "  "
_WIDE_FROM = 100


def open_fields(one: OpenAsk) -> Fields:
    """One open ask; the hours that are left are in the configured clock."""
    ask = one.judged.ask
    first = ask.sent[0].message_id
    return {
        "id": one.connection.id,
        "name": one_line(one.connection.name),
        "company": one_line(one.connection.company),
        "subject": one_line(ask.subject),
        "channel": ask.channel.value,
        "asked_at": stamp(ask.asked_at),
        "due_at": stamp(one.due_at),
        "hours_left": hours(one.left),
        "message_id": None if first is None else one_line(first),
        "nudges": one.judged.nudges,
    }


def waiting_lines(waiting: Waiting, view: View) -> Iterator[Line]:
    """The table, no line wider than the view or 80 cells."""
    signs, width = UNICODE if view.unicode else ASCII, max(view.width, 80) - 1
    yield from doubts(waiting.coverage, waiting.as_of, view, waiting.judging)
    yield from headed(_headline(waiting), moment_words(waiting.as_of, view.zone), width)
    if not waiting.asks:
        return
    widths = _widths(width)
    yield []
    yield _heading(widths, signs)
    for one in waiting.asks:
        yield _line(one, waiting, widths, signs)
    yield []
    yield [("Why?  tracker show NAME", "dim")]


def _headline(waiting: Waiting) -> str:
    if not waiting.asks:
        return "No ask is open."
    verb = "is" if len(waiting.asks) == 1 else "are"
    return f"{count(len(waiting.asks), 'ask', 'asks')} {verb} open, the next has {left(waiting.asks[0].left)}"


def _widths(width: int) -> tuple[int, int, int, int]:
    """Cells of person, company, subject, and of the nudges, which narrow lines leave out."""
    is_wide = width >= _WIDE_FROM - 1
    person, company, nudges = (28, 22, _NUDGES) if is_wide else (18, 14, 0)
    taken = 4 + person + company + 2 * _TIME + 4 * len(_GAP) + (nudges + len(_GAP) if nudges else 0)
    return person, company, width - taken, nudges


def _heading(widths: tuple[int, int, int, int], signs: Signs) -> Line:
    person, company, subject, nudges = widths
    cells = [
        cell("", person, signs=signs),
        cell("company", company, signs=signs),
        cell("subject", subject, signs=signs),
        *([cell("nudges", nudges, signs=signs, right=True)] if nudges else []),
        cell("asked", _TIME, signs=signs, right=True),
        cell("time left", _TIME, signs=signs, right=True),
    ]
    return [("    " + _GAP.join(cells), "dim")]


def _line(one: OpenAsk, waiting: Waiting, widths: tuple[int, int, int, int], signs: Signs) -> Line:
    person, company, subject, nudges = widths
    ask, sign = one.judged.ask, signs.outcomes[Outcome.WAITING]
    repeated = f"{one.judged.nudges}" if one.judged.nudges else ""
    return [
        ("  ", ""),
        (f"{sign} ", OUTCOME_STYLE[Outcome.WAITING]),
        (cell(outside(one.connection.name) or UNNAMED, person, signs=signs), "bold"),
        (_GAP + cell(outside(one.connection.company), company, signs=signs) + _GAP, ""),
        (cell(outside(ask.subject) or "(no subject)", subject, signs=signs) + _GAP, ""),
        *([(cell(repeated, nudges, signs=signs, right=True) + _GAP, "dim")] if nudges else []),
        (cell(ago(ask.asked_at, waiting.as_of), _TIME, signs=signs, right=True) + _GAP, "dim"),
        (cell(left(one.left), _TIME, signs=signs, right=True), ""),
    ]
