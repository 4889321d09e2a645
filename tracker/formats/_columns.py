"""Which columns the table has at a width, and what a person's line shows in each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker.domain.outcome import Outcome
from tracker.domain.verdict import Verdict
from tracker.formats._doubts import not_counted, why_nothing_counts
from tracker.formats._lines import OUTCOME_STYLE, Line, Signs, cell, outside
from tracker.formats._words import ago, answered, duration, left, percent, time_left

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.domain.report import Report, Row

UNNAMED = "(no name)"

INDENT = 2
GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in cells, how far it may shrink, its style, and whether it is flush right."""

    name: str
    width: int
    least: int
    style: str = ""
    right: bool = False


_PERSON, _COMPANY, _POSITION, _ASKS = "person", "company", "position", "asks"
_ANSWERED, _RANGE, _USUALLY, _LAST, _CONNECTED, _WHY = (
    "answered",
    "range",
    "usually",
    "last ask",
    "connected",
    "not counted",
)

# From which width on: person, company, position, asks; below the first, the first.
_STEPS = ((170, 32, 26, 24, 18), (112, 28, 22, 14, 14), (100, 28, 22, 0, 14), (0, 16, 15, 0, 10))
_RANGE_FROM, _WIDE_FROM = 132, 170

# Where not everything fits, this is the order in which columns give way.
_SHRINKING = (_WHY, _POSITION, _COMPANY, _ASKS, _PERSON)


def columns(width: int) -> list[Column]:
    """The columns for lines of `width` cells; a last cell stays free, since some terminals wrap on it."""
    person, company, position, asks = next(step[1:] for step in _STEPS if width >= step[0])
    chosen = [
        Column(_PERSON, person, 16, "bold"),
        Column(_COMPANY, company, 15 if width < 100 else 18),
        *([Column(_POSITION, position, 14, "dim")] if position else []),
        Column(_ASKS, asks, 10 if width < 100 else 14),
        Column(_ANSWERED, 8, 8, right=True),
        *([Column(_RANGE, 10, 10, right=True)] if width >= _RANGE_FROM else []),
        Column(_USUALLY, 9, 9, right=True),
        Column(_LAST, 9, 9, right=True),
        *([Column(_CONNECTED, 9, 9, "dim", right=True), Column(_WHY, 30, 20, "dim")] if width >= _WIDE_FROM else []),
    ]
    return _fitted(chosen, max(width, 80) - 1)


def _fitted(chosen: list[Column], width: int) -> list[Column]:
    """The columns in exactly `width` cells: too much is taken in the order of shrinking, the rest is the person's."""
    rest = width - INDENT - sum(column.width for column in chosen) - GAP * (len(chosen) - 1)
    widths = {column.name: column.width for column in chosen}
    least = {column.name: column.least for column in chosen}
    for name in _SHRINKING:
        if rest < 0 and name in widths:
            taken = min(-rest, widths[name] - least[name])
            widths[name] -= taken
            rest += taken
    widths[_PERSON] += max(rest, 0)
    return [replace(column, width=widths[column.name]) for column in chosen]


def heading(chosen: Sequence[Column], signs: Signs) -> Line:
    """The names of the columns; the person's needs none."""
    names = ["" if column.name == _PERSON else column.name for column in chosen]
    cells = [
        cell(name, column.width, signs=signs, right=column.right) for name, column in zip(names, chosen, strict=True)
    ]
    return [(" " * INDENT + (" " * GAP).join(cells), "dim")]


def person_line(row: Row, report: Report, chosen: Sequence[Column], signs: Signs) -> Line:
    """One person with the evidence."""
    texts = _texts(row, report, signs)
    line: Line = [(" " * INDENT, "")]
    for number, column in enumerate(chosen):
        if number:
            line.append((" " * GAP, ""))
        if column.name == _ASKS:
            line.extend(_ask_signs(row, column.width, signs))
        else:
            line.append((cell(texts[column.name], column.width, signs=signs, right=column.right), column.style))
    return line


def _texts(row: Row, report: Report, signs: Signs) -> dict[str, str]:
    """What stands in each column but that of the signs."""
    person = row.connection
    return {
        _PERSON: outside(person.name) or UNNAMED,
        _COMPANY: outside(person.company),
        _POSITION: outside(person.position),
        _ANSWERED: answered(row),
        _RANGE: bounds(row, signs),
        _USUALLY: usually(row, report, signs),
        _LAST: ago(row.last_asked_at, report.as_of) or signs.dash,
        _CONNECTED: f"{person.connected_on:%Y-%m}" if person.connected_on else "",
        _WHY: not_counted(row),
    }


def bounds(row: Row, signs: Signs) -> str:
    """The range "57-95 %": the two one-sided bounds of the reply rate; empty if nothing counts."""
    if row.reply_bounds is None:
        return ""
    low, high = row.reply_bounds
    return f"{percent(low)}{signs.span}{percent(high)} %"


def usually(row: Row, report: Report, signs: Signs) -> str:
    """The median latency; for people whose answer is waited for, the time that the next open ask has left."""
    if row.verdict is Verdict.WAITING:
        spans = [
            time_left(judged, report.judging, report.as_of)
            for judged in row.judged
            if judged.outcome is Outcome.WAITING
        ]
        return left(min(spans)) if spans else ""
    if row.median_latency is not None:
        return duration(row.median_latency)
    return signs.dash if row.tally.asks else ""


def _ask_signs(row: Row, width: int, signs: Signs) -> Line:
    """A sign for each ask, oldest first and the latest if they are too many; one word where there is none."""
    shown = [judged.outcome for judged in row.judged if judged.outcome in signs.outcomes]
    if not shown:
        return [(cell(why_nothing_counts(row), width, signs=signs), "dim italic")]
    more = ""
    if len(shown) > width:
        kept = width - len(f"+{len(shown)} ")
        more, shown = f"+{len(shown) - kept} ", shown[-kept:]
    line: Line = [(more, "dim")] if more else []
    line.extend(_runs(shown, signs))
    line.append((" " * (width - len(more) - len(shown)), ""))
    return line


def _runs(outcomes: Sequence[Outcome], signs: Signs) -> Line:
    """Equal neighbours share a piece, which keeps the escapes few."""
    line: Line = []
    for outcome in outcomes:
        sign, style = signs.outcomes[outcome], OUTCOME_STYLE[outcome]
        if line and line[-1][1] == style:
            line[-1] = (line[-1][0] + sign, style)
        else:
            line.append((sign, style))
    return line
